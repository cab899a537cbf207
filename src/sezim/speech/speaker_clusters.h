// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sezim {

// Speech that is known to be of one person: the sum of their voice prints (speech/voice_print.h), each times its
// seconds, the sum of the seconds, and the sum of the descriptions of the speaker's face (vision/face_describer.h), if
// any face was described.
struct SpeechGroup {
  std::vector<float> voice{};
  double seconds = 0;
  std::vector<float> face{};

  // Adds a print of length 1 over `print_s` seconds.
  void AddVoice(std::span<const float> print, double print_s);
  // Adds a description, of which only the direction matters.
  void AddFace(std::span<const float> description);
  void Add(const SpeechGroup& other);
};

struct SpeakerClusterOptions {
  double min_likeness = 0.93;  // below it two groups are different people
  double face_weight = 0.5;    // how much faces add to the likeness of voices of much speech; 0: voices alone

  void Check() const;  // throws Error (kUsage)
};

// Note [How alike two speakers are]
// A print of n seconds of speech is that of its speaker and a deviation: what was said, and in which mood. Deviations
// of one speaker's speech are taken to be independent, of square length kSpreadS / n (beside 1). So the cosine between
// the prints of two parts of n and m seconds of one person's speech is 1 / sqrt((1 + kSpreadS / n) (1 + kSpreadS / m)),
// and the cosine times that root, the likeness, is about 1 for one person whatever the lengths. Measured on RAVDESS and
// EMO-DB (docs/results.md): 0.70 between single clips of one person, of some 2 s, 0.92 between fives, as the formula
// has it; different people's likeness is 0.76 and 0.83 on average.
//
// Where both have faces, what the cosine of the faces has above kEvenFace is added: the most alike faces of two people
// lay there, and the least alike of one person (vision/face_describer.h). The less speech there is, the less the voices
// tell beside the faces: EMO-DB's likeness is 0.91 with a deviation of 0.14 of one person and 0.76 with one of 0.12 of
// two where each has 2.8 s, 0.96 with 0.05 and 0.79 with 0.08 where each has 11 s. So the faces are weighed by
// face_weight (1 + kShortS (1 / n + 1 / m)), no n below kLeastS. With a weight of 0.5 and much speech two different
// faces, at 0.35, need a likeness of voices of 1.04, two pictures of one face, at 0.75, 0.84; with 3 s each, 1.41 and
// 0.54.
inline constexpr double kSpreadS = 0.77;
inline constexpr double kEvenFace = 0.57;
inline constexpr double kShortS = 5, kLeastS = 2;

double Likeness(const SpeechGroup& a, const SpeechGroup& b, const SpeakerClusterOptions& options);

// The number of the speaker of each group: the most alike pair becomes one speaker, whose speech is summed, until no
// pair is alike enough. Speakers are numbered in the order of their first group. Ties go to the earliest pair.
// Time and memory are quadratic in the number of groups up to kMaxGroupsAtOnce; more are put together part by part.
std::vector<std::size_t> ClusterSpeakers(std::span<const SpeechGroup> groups, const SpeakerClusterOptions& options);

inline constexpr std::size_t kMaxGroupsAtOnce = 2000;

}  // namespace sezim
