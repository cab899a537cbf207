// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/representation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "sezim/base/error.h"
#include "sezim/speech/clip_network.h"
#include "sezim/speech/frame_network.h"
#include "sezim/speech/ge2e_representation.h"
#include "sezim/speech/whisper_layers.h"

namespace sezim {
namespace {

constexpr std::string_view kGe2eStates = "ge2e-states";
constexpr std::array<std::string_view, 3> kShipped = {"whisper-base", "ge2e", kGe2eStates};
constexpr std::array<std::string_view, 3> kToBring = {"vggvox", "emotion2vec", "xvector"};

using Make = std::unique_ptr<const Representation> (*)(Model);

template <typename T>
std::unique_ptr<const Representation> MakeOf(Model model) {
  return std::make_unique<T>(std::move(model));
}

// What the task on a model's card makes of it.
const std::map<std::string_view, Make>& Tasks() {
  static const std::map<std::string_view, Make> tasks{
      {"speech-layers", MakeOf<WhisperLayers>}, {"speaker-embedding", MakeOf<Ge2eEmbedding>},
      {"speech-frames", MakeOf<FrameNetwork>},  {"speaker-spectrogram", MakeOf<SpectrogramNetwork>},
      {"speaker-fbank", MakeOf<FbankNetwork>},
  };
  return tasks;
}

template <typename Names>
bool Has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Model Load(const std::string& name, const ModelStore& store) {
  try {
    return store.Load(name);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound || !Has(kToBring, name)) throw;
    throw ModelToBring(error.what(),
                       fmt::format("no registry carries it: docs/representations.md says how to get its weights and to "
                                   "add them with 'sezim models add FILE --card {}.toml'",
                                   name));
  }
}

}  // namespace

std::unique_ptr<const Representation> OpenRepresentation(const std::string& name, const ModelStore& store) {
  if (name == kGe2eStates) return std::make_unique<Ge2eStates>(name, store.Load("ge2e"));
  Model model = Load(name, store);
  const auto found = Tasks().find(model.card.task);
  if (found != Tasks().end()) return found->second(std::move(model));
  throw Error(ErrorKind::kModel,
              fmt::format("the model {} of task {} is no representation of speech", name, model.card.task),
              "docs/representations.md has those that are, and the tasks that make a model of yours one");
}

bool IsRepresentation(const std::string& name, const ModelStore& store) {
  if (Has(kShipped, name) || Has(kToBring, name)) return true;
  const std::vector<ModelStore::Entry> models = store.List();
  return std::any_of(models.begin(), models.end(), [&](const ModelStore::Entry& entry) {
    return entry.card.name == name && Tasks().contains(entry.card.task);
  });
}

}  // namespace sezim
