// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/corpus/clip.h"
#include "sezim/emotion/feature_cache.h"
#include "sezim/emotion/feature_set.h"

namespace sezim {

struct ClipFeatures {
  std::vector<int> part_dims{};          // of the set
  std::vector<FeatureMatrix> of_clip{};  // one for each clip; without frames where it failed
  std::vector<std::string> problems{};   // one for each clip: why it failed; empty text if it did not
};

struct ExtractOptions {
  int num_jobs = 1;
  FeatureCache* cache = nullptr;  // where what networks compute is looked up and kept; null: nowhere
  std::stop_token stop{};
  std::function<void(double)> progress = [](double) {};  // the share done; called from any of the jobs

  // If there is one: what is heard instead of each clip's samples at that rate; nothing: the clip is left without
  // frames. Called from any of the jobs.
  using Change = std::optional<std::vector<float>>(std::size_t clip, std::span<const float> samples,
                                                   int sample_rate_hz);
  std::function<Change> change{};
};

// Decodes each clip and computes `set` of it. A clip that cannot be read, holds no sound or nothing but silence, or
// gives numbers that are not finite is a problem of its own. Throws Error (kInterrupted).
ClipFeatures ExtractClips(const FeatureSet& set, std::span<const Clip> clips, const ExtractOptions& options);

}  // namespace sezim
