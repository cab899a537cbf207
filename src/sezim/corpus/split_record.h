// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace sezim {

// The parts of a split, in the order in which shares are given.
enum class Part { kTrain, kDev, kTest };

inline constexpr std::size_t kNumParts = 3;
inline constexpr std::array<Part, kNumParts> kParts = {Part::kTrain, Part::kDev, Part::kTest};

// "train", "dev", "test".
std::string_view NameOf(Part part);

// A number for each part, in the order of kParts.
template <typename T>
using ByPart = std::array<T, kNumParts>;

// What never lies in two parts.
enum class SplitBy {
  kSpeakerAndSource,  // neither a speaker nor a source
  kSpeaker,           // a speaker; sources are shared
  kRandom,            // only a segment: speakers and sources are shared
};

inline constexpr std::array<SplitBy, 3> kSplitBys = {SplitBy::kSpeakerAndSource, SplitBy::kSpeaker, SplitBy::kRandom};

// "speaker-and-source", "speaker", "random".
std::string_view NameOf(SplitBy by);

// A corpus' split: CORPUS/split.json (docs/formats/split.md).
struct SplitRecord {
  SplitBy by = SplitBy::kSpeakerAndSource;
  std::uint64_t seed = 1;
  ByPart<double> shares{};              // as asked for; they sum to 1
  std::map<std::string, Part> parts{};  // of each segment, by its id
};

// The file's text: JSON with a line for each segment, by id. The same record always gives the same bytes.
std::string ToJson(const SplitRecord& split);

// Reads such a file. Throws Error (kNotFound, kIo; kBadInput for anything else than what ToJson writes).
SplitRecord ReadSplit(const std::filesystem::path& file);

}  // namespace sezim
