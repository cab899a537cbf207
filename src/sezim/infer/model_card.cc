// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/model_card.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cmath>
#include <sstream>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxTensors = 64;
constexpr std::size_t kMaxRank = 8;
constexpr std::size_t kMaxLabels = 10'000;

// Takes fields out of a card and says which one is not as it should be.
class CardReader {
 public:
  CardReader(const toml::table& table, std::string_view origin) : table_(table), origin_(origin) {}

  [[noreturn]] void Refuse(const std::string& what) const {
    throw Error(ErrorKind::kModel, fmt::format("model card '{}': {}", ValidUtf8(origin_), what),
                "docs/formats/model-card.md describes each field");
  }

  std::string Text(std::string_view path) const {
    const auto value = table_.at_path(path).value<std::string>();
    if (!value || value->empty()) Refuse(fmt::format("'{}' must be a text that is not empty", path));
    return *value;
  }

  std::optional<std::string> OptionalText(std::string_view path) const {
    if (!table_.at_path(path)) return std::nullopt;
    return Text(path);
  }

  std::vector<std::string> Texts(std::string_view path) const {
    std::vector<std::string> texts;
    const toml::array* array = table_.at_path(path).as_array();
    if (array == nullptr) Refuse(fmt::format("'{}' must be a list of texts (empty where there are none)", path));
    if (array->size() > kMaxLabels) Refuse(fmt::format("'{}' has more than {} entries", path, kMaxLabels));
    for (const toml::node& node : *array) {
      const auto text = node.value<std::string>();
      if (!text) Refuse(fmt::format("'{}' must hold texts only", path));
      texts.push_back(*text);
    }
    return texts;
  }

  std::vector<TensorCard> Tensors(std::string_view path) const {
    const toml::array* array = table_.at_path(path).as_array();
    if (array == nullptr || array->empty() || array->size() > kMaxTensors) {
      Refuse(fmt::format("there must be 1 to {} [[{}]]", kMaxTensors, path));
    }
    std::vector<TensorCard> tensors;
    for (const toml::node& node : *array) {
      const toml::table* entry = node.as_table();
      if (entry == nullptr) Refuse(fmt::format("[[{}]] must be tables", path));
      const CardReader fields(*entry, origin_);
      TensorCard tensor{
          .name = fields.Text("name"), .dtype = fields.Text("dtype"), .shape = {}, .meaning = fields.Text("meaning")};
      const toml::array* shape = (*entry)["shape"].as_array();
      if (shape == nullptr || shape->size() > kMaxRank) Refuse(fmt::format("[[{}]] needs a 'shape' list", path));
      for (const toml::node& side : *shape) {
        const auto size = side.value_exact<std::int64_t>();
        if (!size || *size == 0 || *size < -1)
          Refuse(fmt::format("a side in a shape of [[{}]] is -1 or above 0", path));
        tensor.shape.push_back(*size);
      }
      tensors.push_back(std::move(tensor));
    }
    return tensors;
  }

  const toml::table& table() const { return table_; }

 private:
  const toml::table& table_;
  std::string_view origin_;
};

void ReadVoicePreprocessing(const CardReader& reader, ModelCard& card) {
  card.features = reader.OptionalText("preprocessing.features").value_or("");
  if (card.features.empty()) return;
  card.feature_set = reader.OptionalText("preprocessing.feature_set").value_or("");
  card.features_digest = reader.Text("preprocessing.features_digest");
  if (!IsSha256(card.features_digest)) {
    reader.Refuse("'preprocessing.features_digest' must be 64 lower-case hexadecimal digits");
  }
  card.temperature = reader.table().at_path("calibration.temperature").value<double>().value_or(0);
  if (!(card.temperature >= 0.001 && card.temperature <= 1000)) {
    reader.Refuse("'calibration.temperature' must be a number between 0.001 and 1000");
  }
  card.abstain_below = reader.table().at_path("calibration.abstain_below").value<double>().value_or(-1);
  if (!(card.abstain_below >= 0 && card.abstain_below <= 1)) {
    reader.Refuse("'calibration.abstain_below' must be a number between 0 and 1");
  }
}

void ReadPreprocessing(const CardReader& reader, ModelCard& card) {
  const auto range = reader.table().at_path("preprocessing.range");
  if (!range) return;
  const auto black = range[0].value<double>();
  const auto white = range[1].value<double>();
  if (!black || !white || !std::isfinite(*black) || !std::isfinite(*white) || *black >= *white) {
    reader.Refuse("'preprocessing.range' must be [BLACK, WHITE] with BLACK below WHITE");
  }
  card.input_black = *black;
  card.input_white = *white;
  if (const auto gamma = reader.table().at_path("preprocessing.gamma")) {
    card.input_gamma = gamma.value<double>().value_or(0);
    if (!(card.input_gamma >= 0.1 && card.input_gamma <= 10)) {
      reader.Refuse("'preprocessing.gamma' must be a number between 0.1 and 10");
    }
  }
}

}  // namespace

bool IsModelName(std::string_view name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= 64 && name.front() != '-' && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), allowed);
}

bool IsSha256(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

ModelCard ParseModelCard(std::string_view toml, std::string_view origin) {
  if (toml.size() > kMaxModelCardBytes) {
    throw Error(ErrorKind::kModel,
                fmt::format("model card '{}' is larger than {} bytes", ValidUtf8(origin), kMaxModelCardBytes),
                "check that this is a model card");
  }
  toml::table table;
  try {
    table = toml::parse(toml, origin);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::kModel,
                fmt::format("model card '{}', line {}: {}", ValidUtf8(origin), error.source().begin.line,
                            ValidUtf8(error.description())),
                "correct the TOML");
  }
  const CardReader reader(table, origin);
  if (table["schema"].value_exact<std::int64_t>() != 1) reader.Refuse("'schema' must be 1");

  ModelCard card;
  card.name = reader.Text("name");
  if (!IsModelName(card.name)) {
    reader.Refuse("'name' must be 1 to 64 of a-z, 0-9, '-' and '.', starting with a letter or a digit");
  }
  card.task = reader.Text("task");
  card.description = reader.Text("description");
  card.licence = reader.Text("licence");
  card.trained_on = reader.Text("trained_on");
  card.labels = reader.Texts("labels");
  card.sha256 = reader.Text("file.sha256");
  if (!IsSha256(card.sha256)) reader.Refuse("'file.sha256' must be 64 lower-case hexadecimal digits");
  card.size_bytes = table.at_path("file.size_bytes").value_exact<std::int64_t>().value_or(0);
  if (card.size_bytes <= 0) reader.Refuse("'file.size_bytes' must be a number above 0");
  card.inputs = reader.Tensors("inputs");
  card.outputs = reader.Tensors("outputs");
  if (table["source"]) {
    card.source = ModelSource{.registry = reader.Text("source.registry"),
                              .package = reader.Text("source.package"),
                              .version = reader.Text("source.version")};
  }
  card.url = reader.OptionalText("file.url");
  if (card.url && !card.url->starts_with("https://")) reader.Refuse("'file.url' must start with https://");
  ReadPreprocessing(reader, card);
  ReadVoicePreprocessing(reader, card);
  card.card_sha256 = reader.OptionalText("file.card_sha256").value_or("");
  return card;
}

std::string DigestOf(const ModelCard& card) {
  std::string text;
  // Each with its length, so that no two cards give the same text.
  const auto add = [&text](std::string_view part) { text += fmt::format("{}:{}\n", part.size(), part); };
  for (const std::string* part : {&card.name, &card.task, &card.licence, &card.trained_on, &card.sha256, &card.features,
                                  &card.feature_set, &card.features_digest}) {
    add(*part);
  }
  for (const std::vector<TensorCard>* tensors : {&card.inputs, &card.outputs}) {
    add(std::to_string(tensors->size()));
    for (const TensorCard& tensor : *tensors) {
      add(tensor.name);
      add(tensor.dtype);
      add(fmt::format("{}", fmt::join(tensor.shape, ",")));
    }
  }
  for (const double number :
       {card.input_black, card.input_white, card.input_gamma, card.temperature, card.abstain_below}) {
    add(fmt::format("{}", number));
  }
  for (const std::string& label : card.labels) add(label);
  return Sha256OfText(text);
}

void RequireUnchanged(const ModelCard& card) {
  if (card.card_sha256 == DigestOf(card)) return;
  throw Error(ErrorKind::kModel,
              fmt::format("the card of the model {} {}", card.name,
                          card.card_sha256.empty() ? "has no 'file.card_sha256'"
                                                   : "was changed: 'file.card_sha256' is of other labels, "
                                                     "preprocessing, calibration, licence or weights"),
              "take the card that was written with the model, or train it again");
}

}  // namespace sezim
