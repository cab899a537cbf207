// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/model_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxWeightsBytes = std::size_t{8} << 30;

ModelCard ReadCard(const fs::path& file) {
  return ParseModelCard(ReadTextFile(file, kMaxModelCardBytes), DisplayName(file));
}

void RequireDigest(const ModelCard& card, const std::string& sha256, const fs::path& file) {
  if (sha256 == card.sha256) return;
  throw Error(ErrorKind::kModel,
              fmt::format("the weights '{}' have sha256 {}, but the card of {} says {}", DisplayName(file), sha256,
                          card.name, card.sha256),
              card.source ? fmt::format("they are damaged or not the published ones: remove that file and run "
                                        "'sezim models pull {}'",
                                        card.name)
                          : "add the right file, or a card that describes this one, with 'sezim models add'");
}

// The problem with an installed model that shows without reading its weights, or nothing.
std::optional<std::string> Problem(const ModelCard& card, const fs::path& weights) {
  std::error_code error;
  const auto size = fs::file_size(weights, error);
  if (error) return fmt::format("'{}' is missing", DisplayName(weights));
  if (size == static_cast<std::uintmax_t>(card.size_bytes)) return std::nullopt;
  return fmt::format("'{}' has {} bytes, its card says {}", DisplayName(weights), size, card.size_bytes);
}

template <typename Visit>
void ForEachEntry(const fs::path& folder, const Visit& visit) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) visit(at->path());
}

}  // namespace

ModelStore::ModelStore(fs::path folder, fs::path shipped_cards, fs::path shipped_models)
    : folder_(std::move(folder)),
      shipped_cards_(std::move(shipped_cards)),
      shipped_models_(std::move(shipped_models)) {}

std::vector<ModelStore::Entry> ModelStore::List() const {
  std::map<std::string, Entry> entries;
  ForEachEntry(shipped_cards_, [&](const fs::path& file) {
    if (file.extension() != ".toml") return;
    Entry entry{.card = ReadCard(file), .state = State::kAbsent, .problem = ""};
    entries[entry.card.name] = entry;
  });
  const auto look = [&](const fs::path& model) {
    if (!IsModelName(model.filename().native()) || !fs::exists(model / "card.toml")) return;
    Entry entry;
    try {
      entry.card = ReadCard(model / "card.toml");
      if (entry.card.name != model.filename().native()) {
        throw Error(ErrorKind::kModel, fmt::format("its card names another model, {}", entry.card.name));
      }
      const auto problem = Problem(entry.card, model / "model.onnx");
      entry.state = problem ? State::kDamaged : State::kInstalled;
      entry.problem = problem.value_or("");
    } catch (const Error& error) {
      entry.card.name = model.filename().native();
      entry.state = State::kDamaged;
      entry.problem = error.what();
    }
    entries[model.filename().native()] = entry;
  };
  ForEachEntry(shipped_models_, look);
  ForEachEntry(folder_, look);
  std::vector<Entry> list;
  for (auto& [name, entry] : entries) list.push_back(std::move(entry));
  return list;
}

Model ModelStore::Load(std::string_view name) const {
  if (!IsModelName(name)) {
    throw Error(ErrorKind::kUsage, fmt::format("'{}' is no model name", ValidUtf8(name)),
                "'sezim models list' shows the names");
  }
  fs::path model = folder_ / name;
  if (!fs::exists(model / "card.toml") && fs::exists(shipped_models_ / name / "card.toml")) {
    model = shipped_models_ / name;
  }
  if (!fs::exists(model / "card.toml")) {
    const std::string what = fmt::format("the model {} is not in the store '{}'", name, DisplayName(folder_));
    const fs::path card = shipped_cards_ / (std::string(name) + ".toml");
    if (!fs::exists(card))
      throw ModelToBring(what, "'sezim models list' shows those that ship; add your own with 'sezim models add'");
    const std::string remedy =
        fmt::format("fetch it with 'sezim models pull {}', or add your own with 'sezim models add'", name);
    if (const ModelCard known = ReadCard(card); !known.source && !known.url) throw ModelToBring(what, remedy);
    throw Error(ErrorKind::kNotFound, what, remedy);
  }
  return LoadFolder(model);
}

Model ModelStore::LoadFolder(const fs::path& model) {
  if (!fs::exists(model / "card.toml")) {
    throw Error(ErrorKind::kNotFound, fmt::format("'{}' holds no model: there is no card.toml", DisplayName(model)),
                "give the folder that 'sezim train' wrote");
  }
  Model loaded{.card = ReadCard(model / "card.toml"), .weights = {}};
  const fs::path weights = model / "model.onnx";
  if (const auto problem = Problem(loaded.card, weights)) {
    throw Error(ErrorKind::kModel, fmt::format("the model {} is damaged: {}", loaded.card.name, *problem),
                fmt::format("remove '{}' and fetch or add it again", DisplayName(model)));
  }
  loaded.weights = ReadTextFile(weights, kMaxWeightsBytes);
  RequireDigest(loaded.card, Sha256OfText(loaded.weights), weights);
  return loaded;
}

Model ModelStore::Open(const std::string& name_or_folder) const {
  const bool is_folder = name_or_folder.find('/') != std::string::npos || fs::is_directory(name_or_folder);
  return is_folder ? LoadFolder(name_or_folder) : Load(name_or_folder);
}

void ModelStore::Verify(std::string_view name) const {
  if (const ModelCard card = Load(name).card; !card.card_sha256.empty()) RequireUnchanged(card);
}

std::optional<fs::path> ModelStore::ShippedCardOf(const fs::path& file) const {
  const std::string sha256 = Sha256OfFile(file);
  std::optional<fs::path> found;
  ForEachEntry(shipped_cards_, [&](const fs::path& card) {
    if (card.extension() == ".toml" && ReadCard(card).sha256 == sha256) found = card;
  });
  return found;
}

Model ModelStore::Examine(const fs::path& file, const fs::path& card_file) {
  Model model{.card = ReadCard(card_file), .weights = ReadTextFile(file, kMaxWeightsBytes)};
  if (const std::string sha256 = Sha256OfText(model.weights); sha256 != model.card.sha256) {
    throw Error(ErrorKind::kModel,
                fmt::format("the weights '{}' have sha256 {}, but the card of {} says {}", DisplayName(file), sha256,
                            model.card.name, model.card.sha256),
                "give the file that the card describes, or correct 'file.sha256' in the card");
  }
  if (const auto problem = Problem(model.card, file)) {
    throw Error(ErrorKind::kModel, fmt::format("the card of {} does not fit: {}", model.card.name, *problem),
                "correct 'file.size_bytes' in the card");
  }
  return model;
}

ModelCard ModelStore::Add(const fs::path& file, const fs::path& card_file) const {
  const std::string card_text = ReadTextFile(card_file, kMaxModelCardBytes);
  const ModelCard card = Examine(file, card_file).card;
  const fs::path model = folder_ / card.name;
  MakeFolder(model);
  const fs::path temporary = model / fmt::format("model.onnx.{}.tmp", ::getpid());
  std::error_code error;
  fs::copy_file(file, temporary, fs::copy_options::overwrite_existing, error);
  if (error) {
    ::unlink(temporary.c_str());
    throw SystemError(error.value(), "cannot copy the weights to", DisplayName(temporary));
  }
  CommitFile(temporary, model / "model.onnx");
  WriteFileAtomically(model / "card.toml", card_text);
  return card;
}

}  // namespace sezim
