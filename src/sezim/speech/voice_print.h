// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sezim/infer/onnx_session.h"

namespace sezim {

// Tells what a voice is like, by GE2E (Wan et al. 2018, Generalized end-to-end loss for speaker verification; model
// "ge2e"). May be used from several threads at once.
class VoicePrinter {
 public:
  // Throws Error (kModel) if the network has another interface than the model "ge2e".
  explicit VoicePrinter(std::shared_ptr<const OnnxSession> network);

  // 256 numbers of length 1: the mean over the fewest pieces of 1.6 s that cover them, evenly over `samples` (16 kHz),
  // which are raised to -30 dB where they are quieter. A sound of less than 1.6 s is one piece; one of less than 0.1 s
  // gives nothing.
  std::vector<float> Print(std::span<const std::int16_t> samples) const;

  // As above; full scale 1.
  std::vector<float> Print(std::span<const float> samples) const;

 private:
  std::shared_ptr<const OnnxSession> network_;
};

}  // namespace sezim
