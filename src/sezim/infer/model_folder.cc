// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/model_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/toml_string.h"

namespace sezim {
namespace {

bool IsControlCharacter(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string TensorsText(const char* key, const std::vector<TensorCard>& tensors) {
  std::string text;
  for (const TensorCard& tensor : tensors) {
    text += fmt::format("\n[[{}]]\nname = {}\ndtype = {}\nshape = [{}]\nmeaning = {}\n", key, TomlString(tensor.name),
                        TomlString(tensor.dtype), fmt::join(tensor.shape, ", "), TomlString(tensor.meaning));
  }
  return text;
}

}  // namespace

std::string ModelCardText(const ModelCard& card, const std::string& comment) {
  std::string text;
  std::istringstream lines(comment);
  for (std::string line; std::getline(lines, line);) {
    std::replace_if(line.begin(), line.end(), IsControlCharacter, ' ');  // TOML allows none in a comment
    text += line.empty() ? "#\n" : "# " + line + "\n";
  }
  std::string labels;
  for (const std::string& label : card.labels) labels += (labels.empty() ? "" : ", ") + TomlString(label);
  text += fmt::format(
      "schema = 1\nname = {}\ntask = {}\ndescription = {}\nlicence = {}\ntrained_on = {}\nlabels = [{}]\n\n",
      TomlString(card.name), TomlString(card.task), TomlString(card.description), TomlString(card.licence),
      TomlString(card.trained_on), labels);
  text += fmt::format("[file]\nname = \"model.onnx\"\nsha256 = \"{}\"\nsize_bytes = {}\ncard_sha256 = \"{}\"\n",
                      card.sha256, card.size_bytes, DigestOf(card));
  text += TensorsText("inputs", card.inputs) + TensorsText("outputs", card.outputs);
  if (card.features.empty()) {
    return text + fmt::format("\n[preprocessing]\nrange = [{}, {}]\ngamma = {}\n", card.input_black, card.input_white,
                              card.input_gamma);
  }
  text += fmt::format("\n[preprocessing]\nfeatures = {}\nfeatures_digest = \"{}\"\n", TomlString(card.features),
                      card.features_digest);
  if (!card.feature_set.empty()) text += fmt::format("feature_set = {}\n", TomlString(card.feature_set));
  text += fmt::format("\n[calibration]\ntemperature = {}\nabstain_below = {}\n", card.temperature, card.abstain_below);
  return text;
}

void RequireNoOtherModel(const std::filesystem::path& folder, const std::string& name) {
  if (!std::filesystem::exists(folder)) return;
  if (!std::filesystem::is_directory(folder)) {
    throw Error(ErrorKind::kUsage, fmt::format("'{}' is not a folder", DisplayName(folder)),
                "give another one with --out");
  }
  const std::filesystem::path card = folder / "card.toml";
  if (!std::filesystem::exists(card)) {
    std::error_code unreadable;  // then writing will say so
    for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
      // What was left by a program that was killed before it wrote the card.
      if (entry.path().filename().native().starts_with("model.onnx")) continue;
      throw Error(
          ErrorKind::kUsage,
          fmt::format("'{}' holds '{}' and no model", DisplayName(folder), DisplayName(entry.path().filename())),
          "give a folder with --out that is empty or does not exist yet");
    }
    return;
  }
  const std::string there = ParseModelCard(ReadTextFile(card, kMaxModelCardBytes), DisplayName(card)).name;
  if (there == name) return;
  throw Error(ErrorKind::kUsage, fmt::format("'{}' holds another model, {}", DisplayName(folder), there),
              "give another folder with --out");
}

void WriteModelFolder(const ModelCard& card, const std::string& onnx, const std::string& comment,
                      const std::filesystem::path& folder) {
  RequireNoOtherModel(folder, card.name);
  MakeFolder(folder);
  WriteFileAtomically(folder / "model.onnx", onnx);
  WriteFileAtomically(folder / "card.toml", ModelCardText(card, comment));
}

}  // namespace sezim
