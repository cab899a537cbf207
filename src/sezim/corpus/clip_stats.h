// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>

#include "sezim/corpus/clip.h"

namespace sezim {

// What is counted of some clips.
struct ClipCounts {
  std::size_t num_clips = 0;
  std::size_t num_female = 0;  // said by women, as far as the corpus tells
  std::size_t num_male = 0;
  double duration_s = 0;
  std::set<std::string> speakers{};  // without the unknown
};

struct ClipStats {
  ClipCounts all{};
  std::map<std::string, ClipCounts> by_emotion{};
  std::map<std::string, std::map<std::string, std::size_t>> by_speaker{};  // of each, clips of each emotion; "" unknown
  std::map<std::string, std::size_t> by_language{};                        // "" unknown
  std::map<std::string, std::size_t> by_part{};                            // of the official split, where there is one
};

// `durations_s` holds the length of each clip, or nothing at all.
ClipStats StatsOf(std::span<const Clip> clips, std::span<const double> durations_s);

// As a table for people, and as JSON. `hours`: whether lengths are known.
std::string TextOf(const ClipStats& stats, bool hours);
std::string JsonOf(const ClipStats& stats, const ClipCorpus& corpus, bool hours);

}  // namespace sezim
