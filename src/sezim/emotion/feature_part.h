// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sezim/features/feature_matrix.h"
#include "sezim/features/feature_options.h"
#include "sezim/features/functionals.h"
#include "sezim/infer/model_store.h"

namespace sezim {

// Where the frames of a part of a feature set come from. Thread-safe.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  virtual int dim() const = 0;
  virtual std::vector<std::string> names() const = 0;
  virtual double hop_s() const = 0;
  virtual std::string digest() const { return ""; }  // of a network, if there is one
  virtual FeatureMatrix Frames(std::span<const float> samples) const = 0;
};

// A kind of frames by name. Throws Error (kUsage, and for networks kNotFound, kModel).
std::unique_ptr<const FrameSource> MakeFrameSource(const std::string& frames, const FeatureOptions& options,
                                                   double sample_rate_hz, const ModelStore& store);

enum class Select {
  kAll,
  kActive,  // frames at most active_db below the loudest (features/active_frames.h)
};

// One [[part]] of a feature set.
struct FeaturePart {
  std::unique_ptr<const FrameSource> source{};
  std::string prefix{};  // of the names of its columns
  Select select = Select::kAll;
  double active_db = 30;
  std::vector<Functional> functionals{};  // empty: the frames themselves

  std::vector<std::string> Names() const;
  FeatureMatrix Extract(std::span<const float> samples, double sample_rate_hz) const;
};

}  // namespace sezim
