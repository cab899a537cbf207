// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mfcc_options.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "sezim/base/error.h"

namespace sezim {

MfccOptions MfccOptions::Of(MfccMode mode) {
  MfccOptions options{.mode = mode};
  if (mode == MfccMode::kKaldi) {
    options.edges = FrameEdges::kWhole;
    options.removes_mean = true;
    options.triangles = MelTriangles::kStraightInMel;
  } else if (mode == MfccMode::kLibrosa) {
    options.edges = FrameEdges::kCentred;
    options.window_end = WindowEnd::kPeriodic;
    options.pre_emphasis = 0;
    options.scale = MelScale::kSlaney;
    options.triangles = MelTriangles::kStraightInHz;
    options.has_unit_area = true;
    options.top_db = 80;
  }
  return options;
}

int MfccOptions::window_samples() const {
  return static_cast<int>(std::lround(window_s * sample_rate_hz));
}

int MfccOptions::hop_samples() const {
  return static_cast<int>(std::lround(hop_s * sample_rate_hz));
}

int MfccOptions::transform_size() const {
  return fft_size > 0 ? fft_size : static_cast<int>(std::bit_ceil(static_cast<unsigned>(window_samples())));
}

void MfccOptions::Check() const {
  OptionChecks checks("mfcc");
  checks.Require(sample_rate_hz >= 1000 && sample_rate_hz <= 400'000,
                 fmt::format("the sample rate must be from 1000 to 400000 Hz, not {}", sample_rate_hz));
  checks.Require(window_s >= 0.001 && window_s <= 1 && window_samples() >= 4,
                 fmt::format("window_s must be from 0.001 to 1 s, not {}", window_s));
  checks.Require(hop_s > 0 && hop_s <= window_s && hop_samples() >= 1,
                 fmt::format("hop_s must be above 0 and at most window_s ({} s), not {}", window_s, hop_s));
  checks.Require(
      fft_size == 0 || (fft_size >= window_samples() && fft_size <= 1 << 20 && fft_size % 2 == 0),
      fmt::format("fft_size must be even and at least the window's {} samples, not {}", window_samples(), fft_size));
  checks.Require(pre_emphasis >= 0 && pre_emphasis < 1,
                 fmt::format("pre_emphasis must be at least 0 and below 1, not {}", pre_emphasis));
  checks.Require(
      num_coefficients >= 1 && num_coefficients <= num_bands,
      fmt::format("coefficients must be from 1 to the number of bands ({}), not {}", num_bands, num_coefficients));
  checks.Require(level == MfccLevel::kC0 || mode != MfccMode::kLibrosa, "mode librosa has no log energy");
  checks.Require(top_db == 0 || mode == MfccMode::kLibrosa, "top_db belongs to mode librosa");
  checks.Require(top_db >= 0, fmt::format("top_db must not be below 0, but is {}", top_db));
  checks.Require(lifter >= 0, fmt::format("lifter must not be below 0, but is {}", lifter));
  checks.Require(delta_frames >= 0 && delta_frames <= 50,
                 fmt::format("delta_frames must be from 0 to 50, not {}", delta_frames));
  checks.ThrowIfAny();
  MelFilterOptions{.sample_rate_hz = sample_rate_hz, .num_bands = num_bands, .low_hz = low_hz, .high_hz = high_hz}
      .Check();
}

}  // namespace sezim
