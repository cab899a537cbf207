// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/corpus_description.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <sstream>
#include <string_view>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/base/toml_string.h"
#include "sezim/corpus/corpus_toml.h"
#include "sezim/emotion/voice_model.h"

namespace sezim {
namespace {

constexpr std::string_view kComparedFrom = "[recipe]";  // what stands before may differ between runs
constexpr std::string_view kFilter = "[filter]";        // stands before that

std::string ModelToml(std::string_view role, std::string_view name, std::string_view sha256) {
  return fmt::format("\n[[model]]\nrole = \"{}\"\nname = \"{}\"\nsha256 = \"{}\"\n", role, name, sha256);
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void RequireSame(const std::string& there, const std::string& wanted, const std::filesystem::path& file) {
  const std::size_t from = there.find(kComparedFrom);
  const std::vector<std::string> old_lines = Lines(from == std::string::npos ? "" : there.substr(from));
  const std::vector<std::string> new_lines = Lines(wanted);
  const auto [a, b] = std::mismatch(old_lines.begin(), old_lines.end(), new_lines.begin(), new_lines.end());
  if (a == old_lines.end() && b == new_lines.end()) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("this corpus was made with another recipe or other models: '{}' says '{}', this run has '{}'",
                          DisplayName(file), a == old_lines.end() ? "" : ValidUtf8(*a), b == new_lines.end() ? "" : *b),
              "harvest into another folder, or with the recipe and models that this one was made with");
}

}  // namespace

void DescribeFilter(const CorpusFolder& corpus, const ModelCard& model, bool drops) {
  std::string text = ReadCorpusToml(corpus);
  std::size_t recipe = std::min(text.find(kComparedFrom), text.size());
  if (const std::size_t filter = text.find(kFilter); filter < recipe) {
    text.erase(filter, recipe - filter);
    recipe = filter;
  }
  text.insert(recipe, fmt::format("{}\nname = {}\nsha256 = \"{}\"\ndrops = {}\n\n", kFilter,
                                  TomlString(ValidUtf8(model.name)), model.sha256, drops));
  WriteFileAtomically(corpus.description(), text);
}

std::optional<std::string> FilteredBy(const CorpusFolder& corpus) {
  if (!std::filesystem::exists(corpus.description())) return std::nullopt;
  return toml::parse(ReadCorpusToml(corpus))["filter"]["name"].value<std::string>();
}

void DescribeCorpus(const CorpusFolder& corpus, const Recipe& recipe, const ModelStore& store) {
  std::string compared = RecipeToml(recipe);
  const auto add = [&](std::string_view role, const std::string& name) {
    const ModelCard card = store.Load(name).card;
    compared += ModelToml(role, name, card.sha256);
    return card;
  };
  add("speech", recipe.speech_model);
  if (recipe.method == Method::kPaper) {
    compared += ModelToml("faces", HaarFaceDetector::DefaultCascade().filename().string(),
                          Sha256OfFile(HaarFaceDetector::DefaultCascade()));
  } else {
    add("faces", recipe.speaker.detector_model);
    add("faces", recipe.speaker.fallback_model);
    add("voices", recipe.voice_model);
    if (recipe.speakers.face_weight > 0) add("persons", recipe.face_model);
    if (recipe.speaker.asks_network()) {
      add("speaking", recipe.speaker.speaking_model + "-faces");
      add("speaking", recipe.speaker.speaking_model + "-voice");
    }
  }
  for (const std::string& name : recipe.expression_models) {
    const ModelCard card = add("expression", name);
    compared +=
        fmt::format("input_range = [{}, {}]\ninput_gamma = {}\n", card.input_black, card.input_white, card.input_gamma);
  }
  if (recipe.voice_filter.asks_voice()) {
    const ModelCard card = VoiceModel::Open(recipe.voice_filter.model, store).card();
    compared += ModelToml("voice", card.name, card.sha256);
  }
  if (std::filesystem::exists(corpus.description())) {
    RequireSame(ReadCorpusToml(corpus), compared, corpus.description());
    return;
  }
  const std::filesystem::path root = std::filesystem::absolute(corpus.root() / ".").lexically_normal().parent_path();
  WriteFileAtomically(corpus.description(),
                      fmt::format("# What this corpus was made with; docs/formats/corpus.md explains each field.\n"
                                  "[corpus]\nname = {}\nmade_by = \"sezim {}\"\n\n{}",
                                  TomlString(DisplayName(root.filename())), SEZIM_VERSION, compared));
}

}  // namespace sezim
