// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sezim {

// What the zeroth coefficient of a cosine transform is multiplied by; the others by sqrt(2 / num_bands).
enum class ZerothScale {
  kOrthonormal,  // sqrt(1 / num_bands) (SciPy's norm="ortho", Kaldi)
  kAsOthers,     // sqrt(2 / num_bands) (HTK)
};

// From logarithms of bands to cepstral coefficients: the cosine transform of type II,
// c[k] = scale sum_n x[n] cos(pi k (n + 1/2) / num_bands), times the lifter 1 + (L / 2) sin(pi (k + lifter_shift) / L)
// (HTK Book, 5.6). Immutable.
class CosineTransform {
 public:
  struct Options {
    int num_bands = 26;
    int num_coefficients = 13;
    ZerothScale zeroth = ZerothScale::kOrthonormal;
    double lifter = 22;       // L; 0: none
    double lifter_shift = 0;  // 1 in librosa
  };
  explicit CosineTransform(const Options& options);

  // How many numbers Apply reads: num_bands, filled up with zeros.
  std::size_t num_inputs() const { return num_inputs_; }

  // `bands`: num_inputs() numbers, those beyond num_bands zero.
  void Apply(std::span<const float> bands, std::span<float> coefficients) const;

 private:
  std::size_t num_inputs_;
  std::size_t num_coefficients_;
  std::vector<float> weights_{};
};

}  // namespace sezim
