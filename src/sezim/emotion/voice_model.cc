// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/voice_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/learn/temperature.h"
#include "sezim/media/audio_decoder.h"

namespace sezim {
namespace {

[[noreturn]] void Refuse(const ModelCard& card, const std::string& what, const std::string& remedy) {
  throw Error(ErrorKind::kModel, fmt::format("the model {}: {}", card.name, what), remedy);
}

bool IsControlCharacter(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool HasControlCharacter(const std::string& text) {
  return std::any_of(text.begin(), text.end(), IsControlCharacter);
}

const ModelCard& Checked(const ModelCard& card) {
  if (card.task != kVoiceEmotionTask || card.features.empty() || card.inputs.size() != 1 || card.labels.size() < 2) {
    Refuse(card, fmt::format("it is no recogniser of emotion from the voice (its task is '{}')", card.task),
           "'sezim models list' shows those with the task voice-emotion; 'sezim train' makes one");
  }
  std::set<std::string> labels;
  for (const std::string& label : card.labels) {
    if (label.empty() || HasControlCharacter(label) || !labels.insert(label).second) {
      Refuse(card, "its labels must differ, and each be a text on one line that is not empty", "correct its card.toml");
    }
  }
  return card;
}

FeatureSet FeaturesOf(const ModelCard& card, const ModelStore& store) {
  if (!card.feature_set.empty()) {
    return FeatureSet::Parse(card.feature_set, fmt::format("the feature set on the card of {}", card.name), store);
  }
  if (!FeatureSet::IsName(card.features)) {
    Refuse(card, fmt::format("its features are a file, '{}', that is not on its card", ValidUtf8(card.features)),
           "train it again with this version of sezim");
  }
  return FeatureSet::Open(card.features, store);
}

}  // namespace

VoiceModel VoiceModel::Open(const std::string& name_or_folder, const ModelStore& store) {
  return {store.Open(name_or_folder), store};
}

VoiceModel::VoiceModel(Model model, const ModelStore& store)
    : card_(Checked(model.card)),
      features_(FeaturesOf(card_, store)),
      classifier_(std::move(model.weights), card_.inputs.front().name, features_.dim(),
                  static_cast<int>(card_.labels.size()), card_.name) {
  if (features_.digest() != card_.features_digest) {
    Refuse(card_, fmt::format("it was trained on other features than '{}' gives here", card_.features),
           "train it again with this version of sezim and these networks");
  }
  if (features_.sample_rate_hz() != kSampleRateHz) {
    Refuse(card_, fmt::format("its features take {} samples a second", features_.sample_rate_hz()),
           fmt::format("train it on features that take {}", kSampleRateHz));
  }
  // A network that does not give what its card promises is found now, not after hours of other work.
  Classify({.num_frames = 1,
            .dim = features_.dim(),
            .values = std::vector<float>(static_cast<std::size_t>(features_.dim()))});
  RequireUnchanged(card_);
}

std::optional<VoiceEmotion> VoiceModel::Recognize(std::span<const float> samples) const {
  const FeatureMatrix features = features_.Extract(samples);
  if (features.num_frames == 0) return std::nullopt;
  return Classify(features);
}

VoiceEmotion VoiceModel::Classify(const FeatureMatrix& features) const {
  const FeatureMatrix logits{
      .num_frames = 1, .dim = static_cast<int>(card_.labels.size()), .values = classifier_.Logits(features)};
  VoiceEmotion emotion{.scores = ScoresOf(logits, card_.temperature).values};
  emotion.label =
      static_cast<std::size_t>(std::max_element(emotion.scores.begin(), emotion.scores.end()) - emotion.scores.begin());
  emotion.abstained = static_cast<double>(emotion.confidence()) < card_.abstain_below;
  return emotion;
}

}  // namespace sezim
