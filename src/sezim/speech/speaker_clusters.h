// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sezim {

// Speech that is known to be of one person: the sum of their voice prints (speech/voice_print.h), each times its
// seconds, and the sum of the seconds.
struct VoiceGroup {
  std::vector<float> sum{};
  double seconds = 0;

  // Adds a print of length 1 over `print_s` seconds.
  void Add(std::span<const float> print, double print_s);
  void Add(const VoiceGroup& other);
};

struct SpeakerClusterOptions {
  double min_likeness = 0.93;  // below it two groups are different people

  void Check() const;  // throws Error (kUsage)
};

// Note [How alike two voices are]
// A print of n seconds of speech is that of its speaker and a deviation: what was said, and in which mood. Deviations
// of one speaker's speech are taken to be independent, of square length kSpreadS / n (beside 1). So the cosine between
// the prints of two parts of n and m seconds of one person's speech is 1 / sqrt((1 + kSpreadS / n) (1 + kSpreadS / m)),
// and the cosine times that root, the likeness, is about 1 for one person whatever the lengths. Measured on RAVDESS and
// EMO-DB (docs/results.md): 0.70 between single clips of one person, of some 2 s, 0.92 between fives, as the formula
// has it; different people's likeness is 0.76 and 0.83 on average.
inline constexpr double kSpreadS = 0.77;

double Likeness(const VoiceGroup& a, const VoiceGroup& b);

// The number of the speaker of each group: the most alike pair becomes one speaker, whose speech is summed, until no
// pair is alike enough. Speakers are numbered in the order of their first group. Ties go to the earliest pair.
// Time and memory are quadratic in the number of groups up to kMaxGroupsAtOnce; more are put together part by part.
std::vector<std::size_t> ClusterSpeakers(std::span<const VoiceGroup> groups, const SpeakerClusterOptions& options);

inline constexpr std::size_t kMaxGroupsAtOnce = 2000;

}  // namespace sezim
