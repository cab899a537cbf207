// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sezim/infer/onnx_session.h"

namespace sezim {

// What GE2E makes of a voice.
struct HeardVoice {
  std::vector<float> print{};  // 256 numbers of length 1
  double overlap_log_odds =
      0;  // natural logarithm: above 0 rather two people speak at once than one; see voice_print.cc
};

// Tells what a voice is like, by GE2E (Wan et al. 2018, Generalized end-to-end loss for speaker verification; model
// "ge2e"). May be used from several threads at once.
class VoicePrinter {
 public:
  // Throws Error (kModel) if the network has another interface than the model "ge2e".
  explicit VoicePrinter(std::shared_ptr<const OnnxSession> network);

  // Both are the mean over the fewest pieces of 1.6 s that cover them, evenly over `samples` (16 kHz), which are raised
  // to -30 dB where they are quieter. A sound of less than 1.6 s is one piece; one of less than 0.1 s has no print.
  HeardVoice Hear(std::span<const std::int16_t> samples) const;

  // As above; full scale 1.
  HeardVoice Hear(std::span<const float> samples) const;

  // The print alone.
  std::vector<float> Print(std::span<const std::int16_t> samples) const { return Hear(samples).print; }
  std::vector<float> Print(std::span<const float> samples) const { return Hear(samples).print; }

 private:
  std::shared_ptr<const OnnxSession> network_;
};

}  // namespace sezim
