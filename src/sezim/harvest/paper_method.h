// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sezim/harvest/method.h"

namespace sezim {

// The published harvest (docs/method.md): frames ten times in each second of speech, exactly one face, a vote.
class PaperMethod : public HarvestMethod {
 public:
  PaperMethod(const Recipe& recipe, const ModelStore& store);

  std::shared_ptr<const OnnxSession> speech_model() const override { return speech_; }
  std::unique_ptr<SpeechCutter> NewSpeechCutter() const override;
  std::unique_ptr<UnitWatcher> NewWatcher(StageTimes& times) const override;
  HarvestedStretches Decide(const std::vector<std::string>& units, const SoundTrack& sound,
                            const ReadSound& read_sound) const override;

 private:
  const Recipe& recipe_;
  std::shared_ptr<const OnnxSession> speech_;
  std::vector<std::shared_ptr<const OnnxSession>> expression_;
};

}  // namespace sezim
