// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/experiment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/utf8.h"
#include "sezim/infer/model_card.h"
#include "sezim/learn/classifier.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxSystems = 200;

constexpr std::array<std::pair<Protocol, std::string_view>, 7> kProtocols = {{
    {Protocol::kSpeakerFolds, "speaker-folds"},
    {Protocol::kLeaveOneSpeakerOut, "leave-one-speaker-out"},
    {Protocol::kRandomDraws, "random-draws"},
    {Protocol::kCrossCorpus, "cross-corpus"},
    {Protocol::kOfficial, "official"},
    {Protocol::kHeldOutSpeakers, "held-out-speakers"},
    {Protocol::kFaceFolder, "face-folder"},
}};

// Reads one table of the file and refuses what nobody asked for.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string_view origin, std::string where)
      : table_(table), origin_(origin), where_(std::move(where)) {}

  [[noreturn]] void Refuse(const std::string& what) const { Refuse(table_, what); }
  [[noreturn]] void Refuse(const toml::node& node, const std::string& what) const {
    throw Error(
        ErrorKind::kBadInput,
        fmt::format("experiment '{}', line {}: {}{}", ValidUtf8(origin_), node.source().begin.line, where_, what),
        "docs/formats/experiment.md describes the file");
  }

  bool Has(const char* key) const { return table_.contains(key); }

  std::string Text(const char* key) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return "";
    const auto text = node->value_exact<std::string>();
    if (!text || text->empty() || text->size() > 500) Refuse(*node, fmt::format("'{}' must be a text", key));
    return *text;
  }
  std::string RequiredText(const char* key) {
    const std::string text = Text(key);
    if (text.empty()) Refuse(fmt::format("'{}' is missing", key));
    return text;
  }
  bool Flag(const char* key, bool otherwise) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto flag = node->value_exact<bool>();
    if (!flag) Refuse(*node, fmt::format("'{}' must be true or false", key));
    return *flag;
  }
  int Whole(const char* key, int otherwise, int least, int most) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto number = node->value_exact<std::int64_t>();
    if (!number || *number < least || *number > most) {
      Refuse(*node, fmt::format("'{}' must be a whole number from {} to {}", key, least, most));
    }
    return static_cast<int>(*number);
  }
  std::optional<double> Number(const char* key, double least, double most) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    const auto number = node->value<double>();
    if (!number || !(*number >= least && *number <= most)) {
      Refuse(*node, fmt::format("'{}' must be a number from {} to {}", key, least, most));
    }
    return number;
  }
  std::vector<std::string> Texts(const char* key) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const toml::array* list = node->as_array();
    if (list == nullptr || list->empty()) Refuse(*node, fmt::format("'{}' must be a list of texts", key));
    std::vector<std::string> texts;
    for (const toml::node& item : *list) {
      const auto text = item.value_exact<std::string>();
      if (!text) Refuse(item, fmt::format("'{}' must be a list of texts", key));
      texts.push_back(*text);
    }
    return texts;
  }
  std::map<std::string, double> Numbers(const char* key) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const toml::table* inner = node->as_table();
    if (inner == nullptr) Refuse(*node, fmt::format("'{}' must be a table of numbers", key));
    std::map<std::string, double> numbers;
    for (const auto& [name, value] : *inner) {
      const auto number = value.value<double>();
      if (!number || !std::isfinite(*number)) Refuse(value, fmt::format("'{}.{}' must be a number", key, name.str()));
      numbers[std::string(name.str())] = *number;
    }
    return numbers;
  }
  // The table [key].
  std::optional<TableReader> Table(const char* key) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_table()) Refuse(*node, fmt::format("'{}' must be a table, begun by [{}]", key, key));
    return TableReader(*node->as_table(), origin_, fmt::format("{}: ", key));
  }
  // The tables of a list [[key]].
  std::vector<TableReader> Tables(const char* key) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const toml::array* list = node->as_array();
    if (list == nullptr || !list->is_array_of_tables() || list->size() > kMaxSystems) {
      Refuse(*node, fmt::format("'{}' must be at most {} tables, each begun by [[{}]]", key, kMaxSystems, key));
    }
    std::vector<TableReader> readers;
    for (const toml::node& item : *list) {
      readers.emplace_back(*item.as_table(), origin_, fmt::format("{}{} {}: ", where_, key, readers.size() + 1));
    }
    return readers;
  }

  void RequireAllKnown() const {
    for (const auto& [key, node] : table_) {
      if (!known_.contains(std::string(key.str()))) {
        Refuse(node, fmt::format("there is no '{}' here; known are {}", ValidUtf8(key.str()), fmt::join(known_, ", ")));
      }
    }
  }

 private:
  const toml::table& table_;
  std::string_view origin_;
  std::string where_;
  std::set<std::string> known_;
};

Protocol ProtocolOf(TableReader& reader) {
  const std::string name = reader.RequiredText("protocol");
  for (const auto& [protocol, known] : kProtocols) {
    if (known == name) return protocol;
  }
  std::vector<std::string_view> names;
  for (const auto& entry : kProtocols) names.push_back(entry.second);
  reader.Refuse(fmt::format("there is no protocol '{}'; use one of {}", name, fmt::join(names, ", ")));
}

ExperimentCorpus CorpusOf(TableReader& reader, Protocol protocol) {
  ExperimentCorpus corpus{.reader = reader.RequiredText("reader"), .folder = reader.Text("folder")};
  const bool escapes = corpus.folder.is_absolute() || std::any_of(corpus.folder.begin(), corpus.folder.end(),
                                                                  [](const auto& part) { return part == ".."; });
  if (escapes) reader.Refuse("'folder' must lie below the data root");
  const std::string part = reader.Text("part");
  if (protocol == Protocol::kCrossCorpus) {
    if (part != "train" && part != "test") reader.Refuse("'part' must be \"train\" or \"test\"");
    corpus.tests = part == "test";
  } else if (!part.empty()) {
    reader.Refuse("'part' goes with the protocol cross-corpus only");
  }
  reader.RequireAllKnown();
  return corpus;
}

ExperimentDataset DatasetOf(TableReader& reader, const std::string& label_map) {
  ExperimentDataset dataset{.name = reader.RequiredText("name"), .label_map = reader.Text("label_map")};
  if (dataset.label_map.empty()) dataset.label_map = label_map;
  if (dataset.label_map.empty()) reader.Refuse("'label_map' is missing, here and at the top");
  if (const std::string language = reader.Text("language"); !language.empty()) dataset.language = language;
  reader.RequireAllKnown();
  return dataset;
}

// What `read` makes of a text of the file, or the file's place and what was expected.
template <typename Read>
auto Named(const TableReader& reader, const Read& read, const std::string& name) {
  try {
    return read(name);
  } catch (const Error& error) {
    reader.Refuse(fmt::format("{}; {}", error.what(), error.remedy()));
  }
}

std::optional<ClassBalance> BalanceOf(TableReader& reader) {
  const std::string name = reader.Text("balance");
  if (name.empty()) return std::nullopt;
  return Named(reader, ClassBalanceFromName, name);
}

std::vector<SoundChange> AugmentOf(TableReader& reader) {
  std::vector<SoundChange> changes;
  for (const std::string& name : reader.Texts("augment")) changes.push_back(Named(reader, SoundChangeFromName, name));
  std::sort(changes.begin(), changes.end());
  if (std::adjacent_find(changes.begin(), changes.end()) != changes.end()) reader.Refuse("'augment' names one twice");
  return changes;
}

PublishedFigure PublishedOf(TableReader& reader, const std::vector<ExperimentDataset>& datasets) {
  PublishedFigure figure{.measure = reader.RequiredText("measure"),
                         .where = reader.RequiredText("where"),
                         .dataset = reader.Text("dataset")};
  if (figure.measure != "accuracy" && figure.measure != "uar" && figure.measure != "macro_f1") {
    reader.Refuse("'measure' must be \"accuracy\", \"uar\" or \"macro_f1\"");
  }
  const auto value = reader.Number("value", 0, 1);
  if (!value) reader.Refuse("'value' is missing, a number from 0 to 1");
  figure.value = *value;
  const bool is_known = std::any_of(datasets.begin(), datasets.end(),
                                    [&](const ExperimentDataset& one) { return one.name == figure.dataset; });
  if (!figure.dataset.empty() && !is_known) {
    reader.Refuse(fmt::format("there is no [[dataset]] '{}'", ValidUtf8(figure.dataset)));
  }
  reader.RequireAllKnown();
  return figure;
}

// A system of `experiment`, whose datasets and systems before it have been read.
ExperimentSystem SystemOf(TableReader& reader, const Experiment& experiment) {
  ExperimentSystem system{.name = reader.RequiredText("name"),
                          .features = reader.Text("features"),
                          .classifier = reader.Text("classifier"),
                          .speaker_normalisation = reader.Flag("speaker_normalisation", false),
                          .balance = BalanceOf(reader),
                          .holds_out = reader.Flag("hold_out", true),
                          .augment = AugmentOf(reader),
                          .copies = reader.Whole("copies", 0, 1, 20),
                          .models = reader.Texts("models"),
                          .mean_of = reader.Texts("mean_of"),
                          .options = reader.Numbers("options")};
  for (TableReader& figure : reader.Tables("published")) {
    system.published.push_back(PublishedOf(figure, experiment.datasets));
  }
  const std::vector<ExperimentSystem>& before = experiment.systems;
  const auto named = [&](const std::string& name) {
    return std::find_if(before.begin(), before.end(), [&](const auto& other) { return other.name == name; });
  };
  if (named(system.name) != before.end()) reader.Refuse(fmt::format("there is already a system '{}'", system.name));
  if (experiment.protocol == Protocol::kFaceFolder) {
    for (const char* key : {"features", "mean_of", "speaker_normalisation", "augment", "copies", "hold_out"}) {
      if (reader.Has(key)) reader.Refuse(fmt::format("a system on faces has no '{}'", key));
    }
    if (system.models.empty() == system.classifier.empty()) {
      reader.Refuse("a system on faces has 'models', or a 'classifier' that 'sezim train' is to train");
    }
    for (const char* key : {"balance", "options"}) {
      if (reader.Has(key) && !system.models.empty()) reader.Refuse(fmt::format("'{}' is for training", key));
    }
  } else if (!system.models.empty()) {
    reader.Refuse("'models' goes with the protocol face-folder only");
  } else if (system.mean_of.empty()) {
    if (system.features.empty() || system.classifier.empty())
      reader.Refuse("needs 'features' and 'classifier', or 'mean_of'");
  } else {
    for (const char* key :
         {"features", "classifier", "speaker_normalisation", "balance", "hold_out", "augment", "copies", "options"}) {
      if (reader.Has(key)) reader.Refuse(fmt::format("'mean_of' has no '{}' of its own", key));
    }
    for (const std::string& name : system.mean_of) {
      const auto part = named(name);
      if (part == before.end()) {
        reader.Refuse(fmt::format("'mean_of' names '{}', which is no system before it", name));
      }
      system.speaker_normalisation = system.speaker_normalisation || part->speaker_normalisation;
    }
  }
  for (const char* key : {"options", "hold_out"}) {
    if (IsClassifierMethod(system.classifier) && reader.Has(key)) {
      reader.Refuse(fmt::format("'{}' is for networks, and '{}' is none", key, system.classifier));
    }
  }
  if (!system.holds_out && system.options.contains("patience")) {
    reader.Refuse("'patience' needs somebody who is held out, and 'hold_out' is false");
  }
  if (system.augment.empty() != (system.copies == 0)) reader.Refuse("'augment' and 'copies' go together");
  reader.RequireAllKnown();
  return system;
}

ModelDescription ModelOf(TableReader& reader, Protocol protocol) {
  ModelDescription model{.name = reader.RequiredText("name"),
                         .description = reader.RequiredText("description"),
                         .licence = reader.RequiredText("licence"),
                         .abstain_below = reader.Number("abstain_below", 0, 1).value_or(0)};
  if (protocol == Protocol::kFaceFolder && reader.Has("abstain_below")) {
    reader.Refuse("'abstain_below' is for recognisers of the voice");
  }
  if (!IsModelName(model.name)) reader.Refuse("'name' must be 1 to 64 of a-z, 0-9, '-' and '.'");
  reader.RequireAllKnown();
  return model;
}

}  // namespace

std::string_view NameOf(Protocol protocol) {
  return std::find_if(kProtocols.begin(), kProtocols.end(), [&](const auto& entry) { return entry.first == protocol; })
      ->second;
}

Experiment ParseExperiment(std::string_view text, std::string_view origin) {
  toml::table table;
  try {
    table = toml::parse(text, origin);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("experiment '{}', line {}: {}", ValidUtf8(origin), error.source().begin.line,
                            ValidUtf8(error.description())),
                "docs/formats/experiment.md describes the file");
  }
  TableReader reader(table, origin, "");
  Experiment experiment;
  experiment.title = reader.RequiredText("title");
  experiment.protocol = ProtocolOf(reader);
  const std::pair<const char*, Protocol> own_options[] = {{"folds", Protocol::kSpeakerFolds},
                                                          {"share", Protocol::kRandomDraws},
                                                          {"draws", Protocol::kRandomDraws},
                                                          {"speakers_shared", Protocol::kOfficial}};
  for (const auto& [key, protocol] : own_options) {
    if (reader.Has(key) && experiment.protocol != protocol) {
      reader.Refuse(fmt::format("'{}' goes with the protocol {} only", key, NameOf(protocol)));
    }
  }
  experiment.folds = reader.Whole("folds", experiment.folds, 2, 1000);
  experiment.share = reader.Number("share", 0.01, 0.9).value_or(experiment.share);
  experiment.draws = reader.Whole("draws", experiment.draws, 1, 100);
  experiment.inner_folds = reader.Whole("inner_folds", experiment.inner_folds, 2, 100);
  experiment.seed = static_cast<std::uint64_t>(reader.Whole("seed", 1, 0, 1'000'000'000));
  experiment.official_shares_speakers = reader.Flag("speakers_shared", false);
  const std::string label_map = reader.Text("label_map");
  for (TableReader& corpus : reader.Tables("corpus")) {
    experiment.corpora.push_back(CorpusOf(corpus, experiment.protocol));
  }
  for (TableReader& dataset : reader.Tables("dataset")) experiment.datasets.push_back(DatasetOf(dataset, label_map));
  for (TableReader& system : reader.Tables("system")) {
    experiment.systems.push_back(SystemOf(system, experiment));
  }
  if (auto model = reader.Table("model")) experiment.model = ModelOf(*model, experiment.protocol);
  reader.RequireAllKnown();
  if (experiment.corpora.empty()) reader.Refuse("there is no [[corpus]]");
  if (experiment.systems.empty()) reader.Refuse("there is no [[system]]");
  if (experiment.datasets.empty()) {
    const bool is_needed = experiment.protocol != Protocol::kFaceFolder;
    if (is_needed && label_map.empty()) reader.Refuse("'label_map' is missing");
    experiment.datasets.push_back({.name = "all", .label_map = label_map});
  }
  if (experiment.protocol == Protocol::kFaceFolder &&
      (experiment.corpora.size() != 1 || experiment.datasets.size() != 1 ||
       experiment.corpora[0].reader != "fer2013")) {
    reader.Refuse("face-folder needs one [[corpus]] with reader = \"fer2013\", and no [[dataset]]");
  }
  if (experiment.protocol == Protocol::kCrossCorpus) {
    const auto tests = std::count_if(experiment.corpora.begin(), experiment.corpora.end(),
                                     [](const auto& corpus) { return corpus.tests; });
    if (tests == 0 || tests == static_cast<std::ptrdiff_t>(experiment.corpora.size())) {
      reader.Refuse("cross-corpus needs a [[corpus]] with part = \"train\" and one with part = \"test\"");
    }
  }
  return experiment;
}

Experiment ReadExperiment(const std::filesystem::path& file) {
  Experiment experiment = ParseExperiment(ReadTextFile(file, kMaxExperimentBytes), DisplayName(file));
  experiment.name = file.stem().string();
  return experiment;
}

}  // namespace sezim
