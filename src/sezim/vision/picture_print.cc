// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/picture_print.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/packing.h"
#include "sezim/vision/face_track.h"
#include "sezim/vision/shot_cut.h"

namespace sezim {
namespace {

constexpr std::int64_t kPicturesPerStep = 5;
static_assert(kPicturesPerStep == kPicturesPerS * kPicturePrintStepS);

constexpr int kWidth = kSmallPictureWidth;
constexpr int kHeight = kSmallPictureHeight;
constexpr int kHalf = kWidth / 2;

constexpr double kLeastChange = 0.1;  // grey levels; a codec's noise changes a wave by a tenth of that
constexpr int kMaxLevel = 7;

// Waves down and across: those of the longest wavelengths, without the mean brightness.
constexpr std::array<std::pair<int, int>, kNumPictureWaves> kWaves = {{{1, 0},
                                                                       {2, 0},
                                                                       {3, 0},
                                                                       {4, 0},
                                                                       {0, 2},
                                                                       {1, 2},
                                                                       {2, 2},
                                                                       {3, 2},
                                                                       {0, 4},
                                                                       {1, 4},
                                                                       {2, 4},
                                                                       {3, 4},
                                                                       {0, 6},
                                                                       {1, 6},
                                                                       {2, 6},
                                                                       {3, 6}}};

// cos(pi * (at + 1/2) * wave / length), the basis of the DCT-II.
double Basis(int at, int wave, int length) {
  return std::cos(std::numbers::pi * (at + 0.5) * wave / length);
}

// Each wave's value at each pixel of the left half.
std::vector<double> MakeBasis() {
  std::vector<double> basis;
  for (const auto& [down, across] : kWaves) {
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kHalf; ++x) basis.push_back(Basis(y, down, kHeight) * Basis(x, across, kWidth));
    }
  }
  return basis;
}

std::int8_t Level(double change) {
  const double level = std::round(std::log2(1 + std::abs(change) / kLeastChange));
  return static_cast<std::int8_t>(std::copysign(std::min(level, double{kMaxLevel}), change));
}

}  // namespace

std::string PackPicturePrint(const PicturePrint& print) {
  std::string bytes;
  for (const PictureChange& change : print) {
    Pack(bytes, change.step);
    for (const std::int8_t level : change.levels) Pack(bytes, level);
  }
  return bytes;
}

PicturePrint UnpackPicturePrint(std::string_view bytes) {
  PicturePrint print;
  while (!bytes.empty()) {
    PictureChange change{.step = Unpack<std::uint32_t>(bytes)};
    bool is_good = print.empty() || print.back().step < change.step;
    for (std::int8_t& level : change.levels) {
      level = Unpack<std::int8_t>(bytes);
      is_good = is_good && level >= -kMaxLevel && level <= kMaxLevel;
    }
    if (!is_good) {
      throw Error(ErrorKind::kBadInput, "the catalogue holds a print of pictures that sezim did not write",
                  "remove the corpus folder and harvest again");
    }
    print.push_back(change);
  }
  return print;
}

void PicturePrinter::Accept(std::int64_t picture, std::span<const std::uint8_t> small) {
  Check(small.size() == std::size_t{kWidth} * kHeight, "a picture made small");
  if (const std::int64_t step = picture / kPicturesPerStep; step != step_) {
    step_ = step;
    num_pictures_ = 0;
    sum_.assign(std::size_t{kHalf} * kHeight, 0);
  }
  for (std::size_t y = 0; y < kHeight; ++y) {
    for (std::size_t x = 0; x < kHalf; ++x) {
      sum_[y * kHalf + x] += small[y * kWidth + x] + small[y * kWidth + kWidth - 1 - x];
    }
  }
  if (++num_pictures_ == kPicturesPerStep) EndStep();
}

void PicturePrinter::EndStep() {
  static const std::vector<double> basis = MakeBasis();
  // The mean over the picture times two, the amplitude of a wave.
  constexpr double kScale = 2.0 / (kWidth * kHeight * kPicturesPerStep);
  Waves now{};
  auto at = basis.begin();
  for (double& wave : now) {
    for (const int pixels : sum_) wave += *at++ * pixels;
    wave *= kScale;
  }
  if (last_step_ == step_ - 1) {
    PictureChange& change = print_.emplace_back();
    change.step = static_cast<std::uint32_t>(step_);
    for (std::size_t i = 0; i < kNumPictureWaves; ++i) change.levels[i] = Level(now[i] - last_[i]);
  }
  last_step_ = step_;
  last_ = now;
}

PicturePrint PicturePrinter::Take() {
  return std::exchange(print_, {});
}

}  // namespace sezim
