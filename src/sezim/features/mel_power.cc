// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mel_power.h"

#include "sezim/base/error.h"
#include "sezim/features/mel_filters.h"
#include "sezim/features/short_time_spectrum.h"

namespace sezim {

std::span<const float> MelFrames::Frame(std::int64_t index) const {
  const auto size = static_cast<std::size_t>(num_bands);
  return std::span(power).subspan(static_cast<std::size_t>(index) * size, size);
}

MelFrames MelPower(std::span<const float> samples, const MelPowerOptions& options) {
  Check(options.window_samples >= 16 && options.window_samples % 2 == 0 && options.hop_samples > 0 &&
            options.num_bands > 0,
        "a window of an even number of samples");
  const MelFilters filters({.sample_rate_hz = options.sample_rate_hz,
                            .fft_size = options.window_samples,
                            .num_bands = options.num_bands,
                            .low_hz = 0,
                            .high_hz = options.sample_rate_hz / 2,
                            .scale = MelScale::kSlaney,
                            .triangles = MelTriangles::kStraightInHz,
                            .has_unit_area = true});
  std::vector<float> bands(static_cast<std::size_t>(options.num_bands));
  MelFrames frames{.num_bands = options.num_bands};
  const auto take = [&](std::span<const float> power) {
    filters.Apply(power, bands);
    frames.power.insert(frames.power.end(), bands.begin(), bands.end());
    ++frames.num_frames;
  };
  ShortTimeSpectrum spectrum({.window_samples = options.window_samples,
                              .fft_size = options.window_samples,
                              .hop_samples = options.hop_samples});
  spectrum.Accept(samples, take);
  spectrum.Finish(take);
  return frames;
}

}  // namespace sezim
