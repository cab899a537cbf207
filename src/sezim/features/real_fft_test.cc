// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/real_fft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace sezim {
namespace {

TEST(RealFft, IsTheSumThatDefinesIt) {
  std::mt19937 random(1);
  std::normal_distribution<float> noise(0, 1);
  for (const int size : {4, 8, 16, 100, 400, 512, 1024, 2048}) {
    RealFft fft(size);
    for (int round = 0; round < 2; ++round) {  // the second with the first one's leavings
      std::vector<float> samples;
      for (int n = 0; n < size; ++n) samples.push_back(noise(random));
      std::copy(samples.begin(), samples.end(), fft.input().begin());
      const std::span<const std::complex<float>> bins = fft.Transform();
      ASSERT_EQ(std::ssize(bins), size / 2 + 1);
      for (int k = 0; k <= size / 2; ++k) {
        std::complex<double> sum = 0;
        for (int n = 0; n < size; ++n) {
          sum += static_cast<double>(samples[static_cast<std::size_t>(n)]) *
                 std::polar(1.0, -2 * std::numbers::pi * k * n / size);
        }
        const auto& bin = bins[static_cast<std::size_t>(k)];
        EXPECT_NEAR(bin.real(), sum.real(), 2e-5 * std::sqrt(size) * 4) << size << ", bin " << k;
        EXPECT_NEAR(bin.imag(), sum.imag(), 2e-5 * std::sqrt(size) * 4) << size << ", bin " << k;
      }
    }
  }
}

TEST(RealFft, InverseGivesTheSamplesBack) {
  std::mt19937 random(2);
  std::normal_distribution<float> noise(0, 1);
  for (const int size : {4, 16, 100, 512}) {
    RealFft fft(size);
    std::vector<float> samples;
    for (int n = 0; n < size; ++n) samples.push_back(noise(random));
    std::copy(samples.begin(), samples.end(), fft.input().begin());
    const std::span<const std::complex<float>> bins = fft.Transform();
    const std::vector<std::complex<float>> kept(bins.begin(), bins.end());
    std::vector<float> back(samples.size());
    fft.Inverse(kept, back);
    for (std::size_t n = 0; n < samples.size(); ++n) EXPECT_NEAR(back[n], samples[n], 1e-5) << size << ", " << n;
  }
}

}  // namespace
}  // namespace sezim
