// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/speaking.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sezim/base/error.h"

namespace sezim {
namespace {

// Note [Evidence of speaking]
// Two numbers speak for a mouth: its synchrony with the voice, and how much it moves. A mouth that does not make the
// voice either rests or says other words (half of each is assumed), and only of one that rests does the motion tell.
//
// The synchrony of n pictures is taken as normally distributed. Neighbouring pictures depend on each other, and some
// are shown twice, so that n of them count for less than half as many: a mouth that does not make the voice has a
// synchrony of 0 with a variance of 2.4 / n (2.2 of faces that listen, 2.4 of dubbed ones, in the talking programmes of
// seeds 1 to 3), one that does has kSpeakingSynchrony, with more variance, since voices and faces differ. The logarithm
// of the motion ratio is taken as normally distributed too. Measured on eleven clips of ten people with their own and
// each other's voices, and on three faces that rest. Where pictures are shown for long, each counts for one at most:
// the correlation of k unrelated pairs has a variance of 1 / (k - 1).
constexpr double kSpeakingSynchrony = 0.5;
constexpr double kSpeakingVariance = 0.17 * 0.17;
constexpr double kPicturesPerIndependentOne = 2.4;
constexpr double kSpeakingMotion = 2.15;
constexpr double kRestingMotion = 1.17;
constexpr double kMotionVariance = 0.3 * 0.3;  // of the logarithm
constexpr double kLeastMotion = 0.05;

double Correlation(std::span<const MouthMeasure> mouth, std::span<const float> energy) {
  const auto n = static_cast<double>(mouth.size());
  double mean_x = 0, mean_y = 0;
  for (std::size_t i = 0; i < mouth.size(); ++i) {
    mean_x += mouth[i].openness / n;
    mean_y += energy[i] / n;
  }
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < mouth.size(); ++i) {
    const double x = mouth[i].openness - mean_x;
    const double y = energy[i] - mean_y;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const double norm = std::sqrt(xx * yy);
  return norm > 1e-12 ? std::clamp(xy / norm, -1.0, 1.0) : 0;
}

// Note [Pictures that are shown on]
// A picture that is shown on does not differ from the one before. Where a video was encoded anew at a higher rate, each
// repetition is a picture of its own, and differs by the coding's noise. So a picture counts only if it differs by
// enough of the largest difference around it: a face that moves goes on moving. Half a second tells most; where
// pictures are shown for a second and longer, that may hold nothing but noise, so three seconds have a say too.
// What is held stands alone, a picture that differs clearly between two that do not. A face that speaks moves for some
// pictures on end, also where it hardly moves between. So if most do not stand alone, all that differ at all count.
// Of 77 films of eleven clips in x264, MPEG-4, VP8 and MJPEG with 1, 2, 3 and 5 pictures a second held at 25, 74 to 77
// have fewer than 7 a second then and most alone, with 8 to 50 a second of their own none of 396.
struct Around {
  std::size_t num_pictures;  // to either side
  float least_share;         // of the largest difference among them
};
constexpr std::array kAround = {Around{13, 0.2F}, Around{38, 0.1F}};

bool DiffersEnough(std::span<const MouthMeasure> mouth, std::size_t i) {
  const float change = mouth[i].change;
  return change > 0 && std::ranges::all_of(kAround, [&](const Around& around) {
           const std::size_t from = i - std::min(i, around.num_pictures);
           const std::size_t to = std::min(mouth.size(), i + around.num_pictures + 1);
           return std::ranges::all_of(mouth.subspan(from, to - from), [&](const MouthMeasure& one) {
             return change >= around.least_share * one.change;
           });
         });
}

std::size_t NumDifferent(std::span<const MouthMeasure> mouth) {
  std::size_t num_new = 0;
  std::size_t num_clear = 0;
  std::size_t num_alone = 0;
  bool last_is_clear = false;
  for (std::size_t i = 1; i < mouth.size(); ++i) {
    if (mouth[i].change <= 0) continue;
    const bool is_clear = DiffersEnough(mouth, i);
    ++num_new;
    if (is_clear) ++num_clear;
    if (last_is_clear && !is_clear) ++num_alone;
    last_is_clear = is_clear;
  }
  const auto first = std::min<std::size_t>(mouth.size(), 1);
  return first + (2 * num_alone > num_clear ? num_clear : num_new);
}

double LogNormalDensity(double x, double mean, double variance) {
  return -0.5 * ((x - mean) * (x - mean) / variance + std::log(variance));
}

// Between minus infinity and log 2: much motion is no proof, since other words move a mouth too.
double MotionLogOdds(double ratio) {
  const double motion = std::log(std::max(ratio, kLeastMotion));
  const double speaking = std::min(motion, std::log(kSpeakingMotion));  // more than usual counts as usual
  const double resting = std::max(motion, std::log(kRestingMotion));    // and so does less
  const double rests_rather = LogNormalDensity(resting, std::log(kRestingMotion), kMotionVariance) -
                              LogNormalDensity(speaking, std::log(kSpeakingMotion), kMotionVariance);
  return std::log(2.0) - std::log1p(std::exp(rests_rather));
}

}  // namespace

SpeakingEvidence WeighSpeaking(std::span<const MouthMeasure> mouth, std::span<const float> energy) {
  Check(mouth.size() == energy.size(), "each picture has a mouth and a voice");
  SpeakingEvidence evidence{.num_pictures = mouth.size(), .num_different = NumDifferent(mouth)};
  if (evidence.num_different < 3) return evidence;
  evidence.synchrony = Correlation(mouth, energy);
  double of_mouth = 0, of_upper_face = 0;
  for (const MouthMeasure& one : mouth) {
    of_mouth += one.mouth_motion;
    of_upper_face += one.upper_motion;
  }
  evidence.motion_ratio = of_upper_face > 0 ? of_mouth / of_upper_face : 0;
  const double variance = std::max(kPicturesPerIndependentOne / static_cast<double>(evidence.num_pictures),
                                   1 / static_cast<double>(evidence.num_different - 1));
  // The wider of the two distributions is the likelier one again far below 0. A mouth that moves against the voice is
  // no likelier to make it for that: below the least odds they stay there.
  const double least_at = -kSpeakingSynchrony * variance / kSpeakingVariance;
  const double synchrony = std::max(evidence.synchrony, least_at);
  evidence.log_odds = LogNormalDensity(synchrony, kSpeakingSynchrony, variance + kSpeakingVariance) -
                      LogNormalDensity(synchrony, 0, variance) + MotionLogOdds(evidence.motion_ratio);
  return evidence;
}

}  // namespace sezim
