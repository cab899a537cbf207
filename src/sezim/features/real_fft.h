// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <complex>
#include <memory>
#include <span>

namespace sezim {

// The discrete Fourier transform of `size` real samples, unscaled: bin k is the sum of x[n] exp(-2 pi i k n / size).
// Powers of two are FFmpeg's vectorised transform, other sizes OpenCV's. Takes no memory after it is made. Not
// thread-safe.
class RealFft {
 public:
  // `size` is even and at least 4.
  explicit RealFft(int size);
  ~RealFft();
  RealFft(RealFft&&) noexcept;
  RealFft& operator=(RealFft&&) noexcept;

  int size() const;
  int num_bins() const { return size() / 2 + 1; }

  // Where the `size` samples have to be put before Transform, which leaves anything in it.
  std::span<float> input();

  // The bins 0 to size / 2 of what is in input(); they last until the next call.
  std::span<const std::complex<float>> Transform();

  // Squared magnitudes of Transform's bins, into the first num_bins() of `power`.
  void Power(std::span<float> power);

  // The real samples whose transform `bins` is (those of bins 0 to size / 2; the imaginary parts of the first and last
  // are taken as 0): Inverse(Transform()) is the input. They lie in `samples`, which has room for size of them.
  void Inverse(std::span<const std::complex<float>> bins, std::span<float> samples);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sezim
