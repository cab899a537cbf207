// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/paths.h"
#include "sezim/infer/model_card.h"

namespace sezim {

// A model whose weights are in memory and have the digest their card promises.
struct Model {
  ModelCard card;
  std::string weights;  // the bytes of model.onnx
};

// A model that is not in the store and that sezim cannot fetch: its user has to add it (kNotFound).
class ModelToBring : public Error {
 public:
  ModelToBring(const std::string& what, std::string remedy) : Error(ErrorKind::kNotFound, what, std::move(remedy)) {}
};

// The models of this machine: FOLDER/NAME/{card.toml, model.onnx}, and the cards of those that sezim knows how to
// fetch, and the models that ship with sezim as they are. Nothing is kept in memory between calls; safe to use from
// several threads.
class ModelStore {
 public:
  enum class State {
    kInstalled,  // card and weights are there, sizes agree
    kAbsent,     // known, not fetched
    kDamaged,    // there, but not what the card promises
  };
  struct Entry {
    ModelCard card;
    State state = State::kAbsent;
    std::string problem;  // of a damaged one
  };

  explicit ModelStore(std::filesystem::path folder = ModelStoreFolder(),
                      std::filesystem::path shipped_cards = DataFolder() / "models" / "cards",
                      std::filesystem::path shipped_models = DataFolder() / "models" / "trained");

  // All models, by name: the shipped ones and those that users added. Looks at sizes, not at digests.
  std::vector<Entry> List() const;

  // Throws Error: kNotFound with the command that fetches it, as ModelToBring where nothing does; kModel if its digest
  // is not that of its card.
  Model Load(std::string_view name) const;

  // The model in a folder of its own, as `sezim train` writes it: card.toml and model.onnx. Throws Error (kNotFound,
  // kModel).
  static Model LoadFolder(const std::filesystem::path& folder);

  // A name in the store, or a folder with card.toml and model.onnx (a path with '/', or one that is a folder). Throws
  // what Load and LoadFolder throw.
  Model Open(const std::string& name_or_folder) const;

  // As Load, but looks at the digest only: every byte is read. Throws Error.
  void Verify(std::string_view name) const;

  // The shipped card whose digest is that of `file`, if any. Throws Error if the file cannot be read.
  std::optional<std::filesystem::path> ShippedCardOf(const std::filesystem::path& file) const;

  // The weights `file` and the card in `card_file`. Throws Error (kModel) unless the card's digest and size are theirs.
  static Model Examine(const std::filesystem::path& file, const std::filesystem::path& card_file);

  // Copies the weights `file` in, under the card in `card_file`, whose digest must be that of the file.
  // Throws Error; a failed call leaves the store as it was.
  ModelCard Add(const std::filesystem::path& file, const std::filesystem::path& card_file) const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::filesystem::path shipped_cards_;
  std::filesystem::path shipped_models_;
};

}  // namespace sezim
