// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "sezim/base/paths.h"
#include "sezim/emotion/feature_set.h"
#include "sezim/features/feature_matrix.h"

namespace sezim {

// Keeps what was measured in sounds, by the content of the sound and the digest of what was measured, one file each
// (docs/formats/feature-cache.md). What is damaged is measured again; a cache that cannot be written to is no cache and
// no error. May be used by several threads, and by several programs on one folder.
class FeatureCache {
 public:
  static constexpr std::uint64_t kDefaultMaxBytes = std::uint64_t{4} << 30;

  // `folder` is made when it is first needed. The files that were used the longest ago are removed when all are larger
  // than `max_bytes`.
  explicit FeatureCache(std::filesystem::path folder = CacheFolder() / "features",
                        std::uint64_t max_bytes = kDefaultMaxBytes);

  // What is kept for these samples and `digest`, a text that differs between whatever may give other numbers; else what
  // `compute` gives, which is kept. What `compute` throws is passed on and nothing is kept.
  FeatureMatrix Get(const std::string& digest, std::span<const float> samples,
                    const std::function<FeatureMatrix()>& compute);

  // If the files have more than `max_bytes`, removes those that were used the longest ago until the rest has nine
  // tenths of that; removes what interrupted programs left. Returns the bytes that remain.
  std::uint64_t Prune(std::uint64_t max_bytes);

  std::int64_t num_found() const { return num_found_; }
  std::int64_t num_computed() const { return num_computed_; }

  // Why the last file could not be written, if one could not.
  std::optional<std::string> problem() const;

 private:
  void Keep(const std::string& key, const FeatureMatrix& features);

  std::filesystem::path folder_;
  std::uint64_t max_bytes_;
  std::atomic<std::int64_t> num_found_ = 0, num_computed_ = 0;
  mutable std::mutex mutex_;
  std::optional<std::uint64_t> kept_bytes_{};  // of the folder, once it was looked at
  std::optional<std::string> problem_{};
};

// `set` of these samples: out of `cache`, which may be null, if networks compute a part of it. What is quick to measure
// is not kept.
FeatureMatrix ExtractCached(const FeatureSet& set, std::span<const float> samples, FeatureCache* cache);

}  // namespace sezim
