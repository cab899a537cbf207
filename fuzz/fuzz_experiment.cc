// SPDX-License-Identifier: Apache-2.0
// Experiments: whatever the bytes, corpora below the data root and systems that have what they need, or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "sezim/base/error.h"
#include "sezim/emotion/experiment.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const sezim::Experiment experiment = sezim::ParseExperiment({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (experiment.corpora.empty() || experiment.systems.empty() || experiment.datasets.empty()) std::abort();
    for (const sezim::ExperimentCorpus& corpus : experiment.corpora) {
      if (corpus.folder.is_absolute()) std::abort();
      for (const auto& part : corpus.folder) {
        if (part == "..") std::abort();
      }
    }
    std::set<std::string> before;
    for (const sezim::ExperimentSystem& system : experiment.systems) {
      for (const std::string& name : system.mean_of) {
        if (!before.contains(name)) std::abort();
      }
      if (!before.insert(system.name).second) std::abort();
    }
  } catch (const sezim::Error&) {}
  return 0;
}
