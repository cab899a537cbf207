// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "sezim/infer/model_card.h"

namespace sezim {

// A model's folder as training leaves it: card.toml (docs/formats/model-card.md) and model.onnx.

// The card as TOML. `comment` comes on top, line by line.
std::string ModelCardText(const ModelCard& card, const std::string& comment);

// Throws Error (kUsage) if `folder` is a file, or holds a model of another name or something else that is no model: for
// before anything that takes long.
void RequireNoOtherModel(const std::filesystem::path& folder, const std::string& name);

// Writes both files, each complete or not at all; the card last. Throws Error (kIo, kNoSpace; kUsage as
// RequireNoOtherModel).
void WriteModelFolder(const ModelCard& card, const std::string& onnx, const std::string& comment,
                      const std::filesystem::path& folder);

}  // namespace sezim
