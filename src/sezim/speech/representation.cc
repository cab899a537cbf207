// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/representation.h"

#include <fmt/format.h>

#include "sezim/base/error.h"
#include "sezim/speech/ge2e_representation.h"
#include "sezim/speech/whisper_layers.h"

namespace sezim {

std::unique_ptr<const Representation> OpenRepresentation(const std::string& name, const ModelStore& store) {
  if (name == "ge2e-states") return std::make_unique<Ge2eStates>(name, store.Load("ge2e"));
  Model model = store.Load(name);
  const std::string& task = model.card.task;
  if (task == "speech-layers") return std::make_unique<WhisperLayers>(std::move(model));
  if (task == "speaker-embedding") return std::make_unique<Ge2eEmbedding>(model);
  throw Error(ErrorKind::kModel, fmt::format("the model {} of task {} is no representation of speech", name, task),
              "docs/representations.md has those that are, and the tasks that make a model of yours one");
}

}  // namespace sezim
