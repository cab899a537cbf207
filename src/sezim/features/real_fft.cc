// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/real_fft.h"

extern "C" {
#include <libavutil/mem.h>
#include <libavutil/tx.h>
}

#include <bit>
#include <opencv2/core.hpp>
#include <vector>

#include "sezim/base/error.h"

namespace sezim {
namespace {

struct FreeAligned {
  void operator()(float* memory) const { av_free(memory); }
};

// Zeros, aligned as FFmpeg's vector code wants them.
std::unique_ptr<float[], FreeAligned> AlignedFloats(std::size_t count) {
  std::unique_ptr<float[], FreeAligned> memory(static_cast<float*>(av_calloc(count, sizeof(float))));
  if (!memory) throw std::bad_alloc();
  return memory;
}

}  // namespace

struct RealFft::Impl {
  explicit Impl(int fft_size)
      : size(fft_size),
        samples(AlignedFloats(static_cast<std::size_t>(size) + 2)),
        bins(AlignedFloats(static_cast<std::size_t>(size) + 2)) {
    if (!std::has_single_bit(static_cast<unsigned>(size))) return;
    const float scale = 1;
    const int code = av_tx_init(&context, &transform, AV_TX_FLOAT_RDFT, 0, size, &scale, 0);
    Check(code >= 0, "FFmpeg transforms any power of two");
  }
  ~Impl() { av_tx_uninit(&context); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void Run() {
    if (context != nullptr) {
      transform(context, bins.get(), samples.get(), sizeof(float));
      return;
    }
    const cv::Mat in(1, size, CV_32F, samples.get());
    cv::dft(in, other, cv::DFT_COMPLEX_OUTPUT);
    const auto* first = other.ptr<float>();
    std::copy(first, first + size + 2, bins.get());
  }

  int size;
  std::unique_ptr<float[], FreeAligned> samples;
  std::unique_ptr<float[], FreeAligned> bins;  // real and imaginary parts in turn
  AVTXContext* context = nullptr;
  av_tx_fn transform = nullptr;
  cv::Mat other;
};

RealFft::RealFft(int size) {
  Check(size >= 4 && size % 2 == 0, "a transform of an even number of samples");
  impl_ = std::make_unique<Impl>(size);
}

RealFft::~RealFft() = default;
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;

int RealFft::size() const {
  return impl_->size;
}

std::span<float> RealFft::input() {
  return {impl_->samples.get(), static_cast<std::size_t>(impl_->size)};
}

std::span<const std::complex<float>> RealFft::Transform() {
  impl_->Run();
  return {reinterpret_cast<const std::complex<float>*>(impl_->bins.get()), static_cast<std::size_t>(num_bins())};
}

void RealFft::Power(std::span<float> power) {
  impl_->Run();
  const float* bins = impl_->bins.get();
  const auto count = static_cast<std::size_t>(num_bins());
  Check(power.size() >= count, "room for all bins");
  for (std::size_t k = 0; k < count; ++k) power[k] = bins[2 * k] * bins[2 * k] + bins[2 * k + 1] * bins[2 * k + 1];
}

// Hartley's way: of an even and an odd part added up, the real part of the transform is that of the even one, the
// imaginary part that of the odd one.
void RealFft::Inverse(std::span<const std::complex<float>> bins, std::span<float> samples) {
  const auto size = static_cast<std::size_t>(impl_->size);
  Check(bins.size() == size / 2 + 1 && samples.size() >= size, "bins and room of the transform's size");
  float* in = impl_->samples.get();
  in[0] = bins[0].real();
  in[size / 2] = bins[size / 2].real();
  for (std::size_t k = 1; k < size / 2; ++k) {
    in[k] = bins[k].real() + bins[k].imag();
    in[size - k] = bins[k].real() - bins[k].imag();
  }
  impl_->Run();
  const float* out = impl_->bins.get();
  const float scale = 1 / static_cast<float>(size);
  samples[0] = out[0] * scale;
  samples[size / 2] = out[size] * scale;
  for (std::size_t n = 1; n < size / 2; ++n) {
    samples[n] = (out[2 * n] + out[2 * n + 1]) * scale;
    samples[size - n] = (out[2 * n] - out[2 * n + 1]) * scale;
  }
}

}  // namespace sezim
