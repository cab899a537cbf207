// SPDX-License-Identifier: Apache-2.0
// Feature sets: whatever the bytes, a set that measures a quarter of a second of sound in finite numbers, or an Error.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/emotion/feature_set.h"

namespace {

// A tone that falls silent.
std::vector<float> Sound(int sample_rate_hz) {
  std::vector<float> samples(static_cast<std::size_t>(sample_rate_hz / 4));
  for (std::size_t i = 0; i < samples.size() / 2; ++i) samples[i] = 0.3F * std::sin(static_cast<float>(i) / 20);
  return samples;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sezim::ModelStore kNone("/nonexistent", "/nonexistent", "/nonexistent");
  try {
    const sezim::FeatureSet set = sezim::FeatureSet::Parse({reinterpret_cast<const char*>(data), size}, "fuzz", kNone);
    const sezim::FeatureMatrix features = set.Extract(Sound(set.sample_rate_hz()));
    if (features.dim != set.dim() ||
        features.values.size() != static_cast<std::size_t>(features.num_frames * features.dim)) {
      std::abort();
    }
    for (const float value : features.values) {
      if (!std::isfinite(value)) std::abort();
    }
  } catch (const sezim::Error&) {}
  return 0;
}
