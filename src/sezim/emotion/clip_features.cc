// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/clip_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/parallel.h"
#include "sezim/media/read_sound.h"

namespace sezim {
namespace {

FeatureMatrix FeaturesOf(const FeatureSet& set, std::span<const Clip> clips, std::size_t i,
                         const ExtractOptions& options) {
  const Clip& clip = clips[i];
  std::vector<float> samples = ReadSound(clip.audio, set.sample_rate_hz());
  if (std::all_of(samples.begin(), samples.end(), [](float sample) { return sample == 0; })) {
    throw Error(ErrorKind::kBadInput, fmt::format("'{}' is silent from end to end", DisplayName(clip.audio)),
                "leave it out");
  }
  if (options.change) {
    auto changed = options.change(i, samples, set.sample_rate_hz());
    if (!changed) return {.dim = set.dim()};
    samples = *std::move(changed);
  }
  FeatureMatrix features = ExtractCached(set, samples, options.cache);
  if (features.num_frames == 0) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}' holds too little sound for '{}'", DisplayName(clip.audio), set.name()),
                "leave it out");
  }
  const bool finite =
      std::all_of(features.values.begin(), features.values.end(), [](float value) { return std::isfinite(value); });
  if (!finite) {
    throw Error(ErrorKind::kBadInput, fmt::format("'{}' gives features that are not finite", DisplayName(clip.audio)),
                "leave it out");
  }
  return features;
}

}  // namespace

ClipFeatures ExtractClips(const FeatureSet& set, std::span<const Clip> clips, const ExtractOptions& options) {
  ClipFeatures result{.part_dims = set.part_dims(),
                      .of_clip = std::vector<FeatureMatrix>(clips.size()),
                      .problems = std::vector<std::string>(clips.size())};
  std::atomic<std::size_t> num_done = 0;
  ParallelFor(clips.size(), options.num_jobs, [&](std::size_t i) {
    if (options.stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
    try {
      result.of_clip[i] = FeaturesOf(set, clips, i, options);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kModel) throw;
      result.problems[i] = error.what();
      result.of_clip[i] = {.dim = set.dim()};
    }
    options.progress(static_cast<double>(++num_done) / static_cast<double>(clips.size()));
  });
  return result;
}

}  // namespace sezim
