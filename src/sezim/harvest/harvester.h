// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/catalog/catalog.h"
#include "sezim/emotion/voice_filter.h"
#include "sezim/harvest/harvest_meter.h"
#include "sezim/harvest/inputs.h"
#include "sezim/harvest/recipe.h"
#include "sezim/harvest/stage_times.h"
#include "sezim/infer/model_store.h"

namespace sezim {

struct HarvestOptions {
  Recipe recipe{};
  int num_jobs = 1;                       // threads
  std::optional<std::string> language{};  // of all sources that do not state their own
  bool keep_media = false;                // keep what was downloaded, in CORPUS/media
  YtDlpPacing pacing{};                   // of downloads

  void Check() const;  // throws Error (kUsage)
};

// What happens while a harvest runs. Called from its threads, one call at a time.
struct HarvestEvents {
  std::function<void(const SourceRow&)> on_begun = [](const SourceRow&) {};
  std::function<void(const SourceRow&, std::int64_t num_segments)> on_done = [](const SourceRow&, std::int64_t) {};
  std::function<void(const RejectionRecord&)> on_rejected = [](const RejectionRecord&) {};
};

struct HarvestSummary {
  std::int64_t num_sources_done = 0;      // in this run
  std::int64_t num_sources_skipped = 0;   // finished by an earlier run
  std::int64_t num_languages_set = 0;     // of those: sources whose language was told anew
  std::int64_t num_sources_rejected = 0;  // of the inputs, in this run or an earlier one
  std::int64_t num_sources_dropped = 0;   // of the inputs, dropped from the corpus before and so left out
  bool interrupted = false;
  std::optional<VoiceFilterCounts> voice{};  // of the whole corpus, where a voice model was asked
};

// Harvests `inputs` into the corpus `folder`, making it if need be. What an earlier run finished is left as it is, what
// it began goes on where it stopped. The corpus that results depends on the inputs, the recipe and the models only: not
// on the number of threads, nor on how often the work was interrupted.
// A source that cannot be harvested is rejected with its reason and the others go on. Throws Error: kUsage when the
// folder was made with another recipe or other models, kBusy when another run works there, kNoSpace, kIo, kModel.
// When `stop` is requested it ends soon, with everything finished so far in the corpus.
HarvestSummary Harvest(const std::vector<HarvestInput>& inputs, const std::filesystem::path& folder,
                       const HarvestOptions& options, const ModelStore& store, HarvestMeter& meter, StageTimes& times,
                       const HarvestEvents& events, std::stop_token stop);

}  // namespace sezim
