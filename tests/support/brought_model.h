// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sezim/base/error.h"
#include "sezim/infer/model_store.h"
#include "support/temporary_folder.h"

namespace sezim {

// A model that no registry carries: out of the store, or made of `file` in the folder shared/models beside the project,
// which a developer may have. Nothing where neither has it: a test then says that it is skipped.
inline std::optional<Model> BroughtModel(const std::string& name, const std::string& file) {
  try {
    return ModelStore().Load(name);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
  }
  const std::filesystem::path source = SEZIM_SOURCE_FOLDER;
  const std::filesystem::path weights = source.parent_path() / "shared" / "models" / file;
  if (!std::filesystem::exists(weights)) return std::nullopt;
  const TemporaryFolder folder;
  const ModelStore store(folder / "models", source / "models" / "cards");
  store.Add(weights, source / "models" / "cards" / (name + ".toml"));
  return store.Load(name);
}

}  // namespace sezim
