// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/speaking.h"

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"
#include "sezim/vision/face_track.h"

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

// A picture that is shown on has grown older by just the time between two pictures of the clock.
std::size_t NumDifferent(std::span<const MouthMeasure> mouth) {
  constexpr double kStepS = 1.0 / kPicturesPerS;
  constexpr double kToleranceS = 1e-3;
  std::size_t count = std::min<std::size_t>(mouth.size(), 1);
  for (std::size_t i = 1; i < mouth.size(); ++i) {
    const double older_s = static_cast<double>(mouth[i].age_s) - static_cast<double>(mouth[i - 1].age_s);
    if (std::abs(older_s - kStepS) > kToleranceS) ++count;
  }
  return count;
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
