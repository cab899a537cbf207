// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sezim/harvest/method.h"

namespace sezim {

// Our own harvest (docs/method.md): speech between pauses, faces followed 25 times a second, and only the face whose
// mouth makes the voice.
class DefaultMethod : public HarvestMethod {
 public:
  DefaultMethod(const Recipe& recipe, const ModelStore& store);

  std::shared_ptr<const OnnxSession> speech_model() const override { return speech_; }
  std::unique_ptr<SpeechCutter> NewSpeechCutter() const override;
  std::unique_ptr<UnitWatcher> NewWatcher(StageTimes& times) const override;
  HarvestedStretches Decide(const std::vector<std::string>& units, const SoundTrack& sound,
                            const ReadSound& read_sound) const override;

 private:
  const Recipe& recipe_;
  std::shared_ptr<const OnnxSession> speech_;
  std::shared_ptr<const OnnxSession> detector_;
  std::shared_ptr<const OnnxSession> fallback_;
  std::vector<std::shared_ptr<const OnnxSession>> expression_;
};

}  // namespace sezim
