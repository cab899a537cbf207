// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sezim {

// Note [How pictures change]
// A picture hash by DCT (Zauner 2010, Implementation and Benchmarking of Perceptual Image Hash Functions) tells what a
// picture looks like. All talks given in one room look alike, so this one tells how the picture *changes*: what stands
// still leaves no trace in it, and two talks of one person in one chair have nothing in common. It is taken of small
// pictures, each the mean over one step of time, so that another codec, size or frame rate changes it little. Of the
// cosine waves across the picture only those are taken that are equal in a picture and its mirror image.

inline constexpr std::size_t kNumPictureWaves = 16;
inline constexpr double kPicturePrintStepS = 0.2;

// How the picture of one step differs from that of the step before.
struct PictureChange {
  std::uint32_t step = 0;                              // begins at step * kPicturePrintStepS of the source's clock
  std::array<std::int8_t, kNumPictureWaves> levels{};  // -7 to 7: of each wave, the logarithm of its change; 0: none

  bool operator==(const PictureChange&) const = default;
};

// All that was seen of a source, ascending by step. Steps that were not looked at, or not the one before, are left out.
using PicturePrint = std::vector<PictureChange>;

// As bytes, the form in which the catalogue keeps it (docs/formats/catalog.md).
std::string PackPicturePrint(const PicturePrint& print);

// Throws Error (kBadInput) if `bytes` are not what PackPicturePrint makes.
PicturePrint UnpackPicturePrint(std::string_view bytes);

// Makes the print of consecutive pictures, kPicturesPerS a second. Not thread-safe.
class PicturePrinter {
 public:
  // The next picture, as ShotCutDetector makes it small; n is shown at n / kPicturesPerS seconds. Requires ascending
  // numbers, of which any may be left out: only steps all of whose pictures came are taken.
  void Accept(std::int64_t picture, std::span<const std::uint8_t> small);

  // What was seen since the last call.
  PicturePrint Take();

 private:
  using Waves = std::array<double, kNumPictureWaves>;

  void EndStep();

  PicturePrint print_;
  std::vector<int> sum_;  // of the step's pictures, folded in the middle
  int num_pictures_ = 0;
  std::int64_t step_ = -1;
  std::int64_t last_step_ = -2;  // the last complete one, of which are
  Waves last_{};
};

}  // namespace sezim
