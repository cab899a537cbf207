// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/features/feature_matrix.h"
#include "sezim/infer/model_store.h"

namespace sezim {

// What is measured in a sound before its emotion is recognised: kinds of frames and what sums them up, composed by a
// TOML file (docs/formats/feature-set.md). Thread-safe.
class FeatureSet {
 public:
  struct Known {
    std::string name;
    std::string description;
  };

  // Opens the set that ships under this name, or the one in this file (a path with '/' or ".toml"). `store` has the
  // networks that it may need. Throws Error: kNotFound for an unknown name with those that there are, kBadInput for a
  // file that is no feature set, naming the line and what was expected, and whatever opening a network throws.
  static FeatureSet Open(const std::string& name_or_file, const ModelStore& store);

  // The set that this text defines, called `origin` in messages. Throws Error as Open does.
  static FeatureSet Parse(std::string_view toml, const std::string& origin, const ModelStore& store);

  // Whether Open takes this for a name and not for a file.
  static bool IsName(const std::string& name_or_file);

  // The sets that ship with sezim (DataFolder()/feature-sets), by name.
  static std::vector<Known> KnownSets();

  ~FeatureSet();
  FeatureSet(FeatureSet&&) noexcept;
  FeatureSet& operator=(FeatureSet&&) noexcept;

  const std::string& name() const;  // as it was opened
  const std::string& description() const;
  const std::string& definition() const;  // the text of its TOML
  int dim() const;
  const std::vector<std::string>& names() const;  // of the dim() numbers
  const std::vector<int>& part_dims() const;      // how many of them each part gives, in order
  bool is_framewise() const;                      // else one row for a sound
  double hop_s() const;                           // from a row to the next; 0 if not frame-wise
  int sample_rate_hz() const;                     // of the samples that Extract takes

  // Differs between sets that may give different numbers: the SHA-256 of the definition without its description, of the
  // networks used and of the version of the calculations. For caches.
  const std::string& digest() const;

  // Whether a network computes a part of it, which takes long enough to keep the result (feature_cache.h).
  bool uses_networks() const;

  // `samples`: mono, full scale 1, at sample_rate_hz(). One row, or one for each frame. Of an empty sound a frame-wise
  // set gives no rows, functionals are 0. Never holds NaN for finite samples.
  FeatureMatrix Extract(std::span<const float> samples) const;

 private:
  struct Impl;
  explicit FeatureSet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sezim
