// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
  kVoiced,  // frames with a fundamental frequency (features/pitch.h)
};

// A sound, and what several parts of a set want to know of it.
class SoundToMeasure {
 public:
  SoundToMeasure(std::span<const float> samples, double sample_rate_hz)
      : samples_(samples), sample_rate_hz_(sample_rate_hz) {}

  std::span<const float> samples() const { return samples_; }
  double sample_rate_hz() const { return sample_rate_hz_; }

  // For each of `num_frames` frames of `hop_s`: is it voiced? The pitch is tracked once, each 10 ms; a frame is what
  // the nearest of those frames is.
  std::vector<char> VoicedFrames(std::int64_t num_frames, double hop_s);

 private:
  std::span<const float> samples_;
  double sample_rate_hz_;
  std::optional<std::vector<char>> voiced_{};  // each 10 ms
};

// One [[part]] of a feature set.
struct FeaturePart {
  std::unique_ptr<const FrameSource> source{};
  std::string prefix{};                // of the names of its columns
  std::vector<std::size_t> columns{};  // of the source's numbers, ascending; empty: all
  Select select = Select::kAll;
  double active_db = 30;
  std::vector<Functional> functionals{};  // empty: the frames themselves

  std::vector<std::string> Names() const;
  FeatureMatrix Extract(SoundToMeasure& sound) const;
};

}  // namespace sezim
