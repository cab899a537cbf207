// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sezim/speech/speaker_clusters.h"
#include "sezim/speech/voice_print.h"

namespace sezim {

// How clusters fit the people they are made of; both have one number for each thing clustered.
struct ClusterFigures {
  std::size_t num_items = 0;
  std::size_t num_people = 0;
  std::size_t num_clusters = 0;
  double purity = 0;          // share of the items that are of their cluster's most frequent person
  double inverse_purity = 0;  // share that are in their person's most frequent cluster
};
ClusterFigures CompareClusters(std::span<const std::size_t> people, std::span<const std::size_t> clusters);

// A recording of one person's voice.
struct VoiceClip {
  std::size_t person = 0;
  std::vector<float> print{};
  double speech_s = 0;
};

// The clips of a folder, as ForEachVoice (read_voices.h) reads them; those too short for a voice print are left out.
std::vector<VoiceClip> ReadVoiceClips(const std::filesystem::path& folder, int name_letters,
                                      const std::shared_ptr<const OnnxSession>& speech, const VoicePrinter& printer,
                                      const std::function<void(double)>& on_progress);

// Clusters the clips after putting together up to `clips_per_group` of a person, drawn by chance (`seed`): as a face in
// sight for a while, whose turns are known to be of one person.
ClusterFigures EvaluateSpeakers(std::span<const VoiceClip> clips, std::size_t clips_per_group,
                                const SpeakerClusterOptions& options, unsigned seed);

}  // namespace sezim
