// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sezim/infer/onnx_session.h"

namespace sezim {

inline constexpr int kVadWindowSamples = 512;  // 32 ms at 16 kHz
inline constexpr double kVadWindowS = 0.032;

// Probability of speech for each 32-ms window of one stream of sound, by Silero VAD (model "silero-vad-sequence").
// However the stream is cut into AcceptWaveform calls, the probabilities are the same. Not thread-safe; the network may
// be shared.
class VoiceActivityDetector {
 public:
  // Requires a network of the interface of the model "silero-vad-sequence"; throws Error (kModel) for another.
  explicit VoiceActivityDetector(std::shared_ptr<const OnnxSession> network);

  // Takes the next samples, 16 kHz mono.
  void AcceptWaveform(std::span<const std::int16_t> samples);

  // No more samples will come: the last window, filled up with silence, is decided too.
  void InputFinished();

  // Probabilities in [0, 1] of all windows decided so far; window i begins at sample 512 i. They come in blocks of
  // about 4 s, and the rest after InputFinished.
  const std::vector<float>& probabilities() const { return probabilities_; }

 private:
  void Decide(std::size_t num_windows);

  std::shared_ptr<const OnnxSession> network_;
  std::vector<float> waiting_;  // 64 samples of context, then what is not decided yet
  Tensor hidden_;
  Tensor cell_;
  std::vector<float> probabilities_;
};

}  // namespace sezim
