// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/voice_activity.h"

#include <algorithm>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr std::size_t kWindow = kVadWindowSamples;
constexpr std::size_t kContext = 64;  // samples of the window before, which the network sees again

// Windows decided in one call of the network. Fixed, because sums inside the network may round otherwise for another
// number of windows, and results must not depend on how the stream was cut.
constexpr std::size_t kBlockWindows = 128;

Tensor ZeroState() {
  return {{1, 1, 128}, std::vector<float>(128, 0.0F)};
}

}  // namespace

VoiceActivityDetector::VoiceActivityDetector(std::shared_ptr<const OnnxSession> network)
    : network_(std::move(network)), waiting_(kContext, 0.0F), hidden_(ZeroState()), cell_(ZeroState()) {
  const ModelCard& card = network_->card();
  const bool fits = card.task == "voice-activity" && card.inputs.size() == 3 && card.outputs.size() == 3 &&
                    card.inputs[0].shape == std::vector<std::int64_t>{-1, kWindow + kContext};
  if (!fits) {
    throw Error(ErrorKind::kModel, "the model " + card.name + " is not a voice-activity network that takes sequences",
                "use silero-vad-sequence");
  }
}

void VoiceActivityDetector::AcceptWaveform(std::span<const std::int16_t> samples) {
  for (const std::int16_t sample : samples) waiting_.push_back(static_cast<float>(sample) / 32768.0F);
  while (waiting_.size() >= kContext + kBlockWindows * kWindow) Decide(kBlockWindows);
}

void VoiceActivityDetector::InputFinished() {
  const std::size_t left = waiting_.size() - kContext;
  const std::size_t num_windows = (left + kWindow - 1) / kWindow;
  waiting_.resize(kContext + num_windows * kWindow, 0.0F);
  if (num_windows > 0) Decide(num_windows);
}

void VoiceActivityDetector::Decide(std::size_t num_windows) {
  Tensor input{{static_cast<std::int64_t>(num_windows), kWindow + kContext}, {}};
  input.values.reserve(num_windows * (kWindow + kContext));
  for (std::size_t w = 0; w < num_windows; ++w) {
    const auto row = waiting_.begin() + static_cast<std::ptrdiff_t>(w * kWindow);
    input.values.insert(input.values.end(), row, row + kWindow + kContext);
  }
  const Tensor inputs[] = {std::move(input), std::move(hidden_), std::move(cell_)};
  std::vector<Tensor> outputs = network_->Run(inputs);
  Check(outputs[0].values.size() == num_windows, "the network gives one probability for each window");
  probabilities_.insert(probabilities_.end(), outputs[0].values.begin(), outputs[0].values.end());
  hidden_ = std::move(outputs[1]);
  cell_ = std::move(outputs[2]);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(num_windows * kWindow));
}

}  // namespace sezim
