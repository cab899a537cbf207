// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// Something that is measured in one stream of sound, frame by frame. Samples go in, in pieces of any size, and frames
// come out in order; however the sound is cut into pieces, the frames are the same to the bit. Where a frame depends on
// the whole sound (a level below its loudest frame, say), all frames become ready when the input is finished.
// Samples are mono at the sample rate that the object was made for; full scale is 1.0. An empty sound has no frames.
// Not thread-safe: one object for each stream.
class FrameFeatures {
 public:
  virtual ~FrameFeatures() = default;

  virtual int dim() const = 0;                         // numbers in a frame
  virtual std::vector<std::string> names() const = 0;  // of each of them
  virtual double hop_s() const = 0;                    // from a frame to the next

  // Takes the next samples. Requires that the input is not finished.
  virtual void AcceptWaveform(std::span<const float> samples) = 0;

  // No more samples will come: all frames that are still missing become ready.
  virtual void InputFinished() = 0;

  std::int64_t num_frames_ready() const { return ready_.num_frames; }

  // Takes out the frames that are ready and have not been taken yet.
  FeatureMatrix TakeReady() { return std::exchange(ready_, {.dim = dim()}); }

 protected:
  // Makes a frame ready.
  void Emit(std::span<const float> frame) {
    ready_.dim = static_cast<int>(frame.size());
    ready_.values.insert(ready_.values.end(), frame.begin(), frame.end());
    ++ready_.num_frames;
  }

 private:
  FeatureMatrix ready_;
};

// All frames of a whole sound; `features` must be new.
inline FeatureMatrix ExtractAll(FrameFeatures& features, std::span<const float> samples) {
  features.AcceptWaveform(samples);
  features.InputFinished();
  return features.TakeReady();
}

}  // namespace sezim
