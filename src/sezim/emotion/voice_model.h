// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/emotion/clip_classifier.h"
#include "sezim/emotion/feature_set.h"
#include "sezim/infer/model_store.h"

namespace sezim {

inline constexpr std::string_view kVoiceEmotionTask = "voice-emotion";
inline constexpr std::string_view kDefaultVoiceModel = "voice-emodb";  // ships with sezim

// What a voice model makes of a sound.
struct VoiceEmotion {
  std::vector<float> scores{};  // one for each label, calibrated; they sum to 1
  std::size_t label = 0;        // of the highest, the first of equals
  bool abstained = false;       // the highest is below what the model's card demands

  float confidence() const { return scores[label]; }
};

// A recogniser of emotion from the voice, as `sezim train` makes it: a feature set, a classifier, a temperature.
// Safe to use from several threads.
class VoiceModel {
 public:
  // As ModelStore::Open takes it. Throws Error: kNotFound; kModel if it is damaged, no voice model, or was trained on
  // features that are computed otherwise here.
  static VoiceModel Open(const std::string& name_or_folder, const ModelStore& store);

  // Nothing for a sound that is too short for the features. `samples`: mono, full scale 1, at 16 kHz.
  std::optional<VoiceEmotion> Recognize(std::span<const float> samples) const;

  // The same for features of this model's set that were computed already.
  VoiceEmotion Classify(const FeatureMatrix& features) const;

  const std::vector<std::string>& labels() const { return card_.labels; }
  const ModelCard& card() const { return card_; }
  const FeatureSet& features() const { return features_; }

 private:
  VoiceModel(Model model, const ModelStore& store);

  ModelCard card_;
  FeatureSet features_;
  ClipClassifier classifier_;
};

}  // namespace sezim
