// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sezim/base/sha256.h"
#include "sezim/infer/model_card.h"

namespace sezim {

// A card of a recogniser of emotion from the voice, whose file holds the word "weights".
inline ModelCard MadeVoiceCard() {
  return {.name = "mine",
          .task = "voice-emotion",
          .description = "a description",
          .licence = "CC0-1.0",
          .trained_on = "tones",
          .labels = {"angry", "sad"},
          .sha256 = Sha256OfText("weights"),
          .size_bytes = 7,
          .inputs = {{.name = "features", .dtype = "float32", .shape = {-1, 78}, .meaning = "one row a clip"}},
          .outputs = {{.name = "logits", .dtype = "float32", .shape = {-1, 2}, .meaning = "logits"}},
          .features = "mfcc39-stats",
          .features_digest = std::string(64, 'a'),
          .temperature = 0.11253270651076192,
          .abstain_below = 0.5};
}

}  // namespace sezim
