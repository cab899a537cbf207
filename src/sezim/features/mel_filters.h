// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sezim {

// kHtk: 2595 log10(1 + f / 700) (O'Shaughnessy 1987; the same as 1127 ln(1 + f / 700)).
// kSlaney: 200/3 Hz a mel below 1 kHz, a factor of 6.4 in 27 mel above (Auditory Toolbox, 1998).
enum class MelScale { kHtk, kSlaney };

double MelOfHz(MelScale scale, double hz);
double HzOfMel(MelScale scale, double mel);

// How the height of a triangle at a bin follows from its corners, which are evenly spaced in mel.
enum class MelTriangles {
  kStraightInHz,   // straight between corners in Hz (librosa)
  kStraightInMel,  // straight between corners in mel (HTK, Kaldi)
  kOnBins,  // as kStraightInHz, corners moved down to bins of a transform one sample longer (python_speech_features)
};

struct MelFilterOptions {
  double sample_rate_hz = 16'000;
  int fft_size = 512;
  int num_bands = 26;
  double low_hz = 0;
  double high_hz = 8000;
  MelScale scale = MelScale::kHtk;
  MelTriangles triangles = MelTriangles::kStraightInMel;
  bool has_unit_area = false;  // else the triangles have height 1

  void Check() const;  // throws Error (kUsage)
};

// Overlapping triangles that add up a power spectrum into bands. Immutable; may be shared by threads.
class MelFilters {
 public:
  // `power` must be readable up to a multiple of this many numbers beyond the last bin, whatever these are, if finite.
  static constexpr std::size_t kPadding = 8;

  explicit MelFilters(const MelFilterOptions& options);

  int num_bands() const { return static_cast<int>(bands_.size()); }

  // `power`: the fft_size / 2 + 1 bins and kPadding more; `bands`: num_bands() numbers.
  void Apply(std::span<const float> power, std::span<float> bands) const;

 private:
  struct Band {
    std::size_t first_bin;
    std::size_t first_weight;
    std::size_t num_weights;  // a multiple of kPadding
  };
  std::vector<Band> bands_{};
  std::vector<float> weights_{};
  std::size_t num_bins_ = 0;
};

}  // namespace sezim
