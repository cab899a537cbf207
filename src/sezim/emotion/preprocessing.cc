// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/preprocessing.h"

#include <fmt/format.h>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/features/loudness.h"
#include "sezim/features/trim_silence.h"
#include "sezim/features/wiener_filter.h"

namespace sezim {

PreprocessStep MakePreprocessStep(const std::string& name, const FeatureOptions& options, double sample_rate_hz) {
  FeatureOptionReader reader(name, options);
  if (name == "trim") {
    double top_db = 25;
    reader.Read("top_db", top_db);
    reader.RequireNoOthers();
    if (top_db <= 0) throw Error(ErrorKind::kUsage, fmt::format("top_db must be above 0, not {}", top_db), "give 25");
    return [top_db](std::span<const float> samples) {
      const std::span<const float> part = TrimSilence(samples, top_db);
      return std::vector<float>(part.begin(), part.end());
    };
  }
  if (name == "wiener") {
    WienerOptions wiener;
    reader.Read("noise_share", wiener.noise_share);
    reader.Read("smoothing", wiener.smoothing);
    reader.Read("least_gain_db", wiener.least_gain_db);
    reader.RequireNoOthers();
    wiener.Check();
    return [wiener](std::span<const float> samples) { return ReduceNoise(samples, wiener); };
  }
  if (name == "loudness") {
    double target_lufs = -23;
    reader.Read("target_lufs", target_lufs);
    reader.RequireNoOthers();
    return [target_lufs, sample_rate_hz](std::span<const float> samples) {
      return NormalizeLoudness(samples, sample_rate_hz, target_lufs);
    };
  }
  throw Error(ErrorKind::kUsage, fmt::format("there is no step '{}'", ValidUtf8(name)),
              "give trim, wiener or loudness (docs/features.md)");
}

}  // namespace sezim
