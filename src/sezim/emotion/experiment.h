// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/features/vary_sound.h"
#include "sezim/learn/class_balance.h"

namespace sezim {

// How utterances are divided into those that train and those that test.
enum class Protocol {
  kSpeakerFolds,        // "speaker-folds": `folds` groups of speakers, each tests once
  kLeaveOneSpeakerOut,  // "leave-one-speaker-out"
  kRandomDraws,         // "random-draws": `draws` times a `share` of the utterances tests; speakers are shared
  kCrossCorpus,         // "cross-corpus": one part of the corpora trains, the other tests
  kFaceFolder,          // "face-folder": expression networks on the test part of a folder of faces
  kOfficial,            // "official": the split that the corpora come with
  kHeldOutSpeakers,     // "held-out-speakers": 80 / 10 / 10 % of the utterances, by speaker: the last tests
};
std::string_view NameOf(Protocol protocol);

// A corpus of an experiment: a reader's name, and a folder below the data root.
struct ExperimentCorpus {
  std::string reader{};
  std::filesystem::path folder{};  // relative and inside the data root; empty: the folder given with --corpus
  bool tests = true;               // cross-corpus: false for those that train, true for those that test
};

// A part of the corpora with a mapping of its labels: each system is evaluated on each.
struct ExperimentDataset {
  std::string name{};
  std::string label_map{};
  std::optional<std::string> language{};  // only utterances in it
};

// A figure that somebody else states for the like of a system, printed beside ours and marked as published.
struct PublishedFigure {
  std::string measure{};  // "accuracy", "uar" or "macro_f1"
  double value = 0;       // 0 to 1
  std::string where{};    // who states it, and of what
  std::string dataset{};  // beside the system on this dataset only; empty: on each
};

// What is evaluated: features, a classifier or a network on them, or the mean of other systems' scores.
struct ExperimentSystem {
  std::string name{};
  std::string features{};                 // a feature set
  std::string classifier{};               // a classifier's or a network's name
  bool speaker_normalisation = false;     // of a mean: whether any of its systems is normalised so
  std::optional<ClassBalance> balance{};  // of classes in training; nothing: weights, or what the network usually has
  bool holds_out = true;                  // of a network: some of the training speakers train not, but say when to stop
  std::vector<SoundChange> augment{};     // the training part's utterances come changed, too,
  int copies = 0;                         // so many times
  std::vector<std::string> models{};      // face-folder: expression networks, whose mean is taken; or a classifier
  std::vector<std::string> mean_of{};     // names of systems before it; then it has no features of its own
  std::map<std::string, double> options{};  // of a network's training, by name
  std::vector<PublishedFigure> published{};
};

// The model that `sezim train` makes of an experiment with one system.
struct ModelDescription {
  std::string name{};  // as a model store takes it
  std::string description{};
  std::string licence{};     // SPDX identifier
  double abstain_below = 0;  // of the highest score, 0 to 1
};

// An experiment as its file says; docs/formats/experiment.md describes the file.
struct Experiment {
  std::string name{};  // the file's, without its extension
  std::string title{};
  Protocol protocol = Protocol::kSpeakerFolds;
  int folds = 5;
  double share = 0.1;
  int draws = 3;
  int inner_folds = 5;
  std::uint64_t seed = 1;
  bool official_shares_speakers = false;  // official: somebody may speak in what trains and in what tests
  std::vector<ExperimentCorpus> corpora{};
  std::vector<ExperimentDataset> datasets{};
  std::vector<ExperimentSystem> systems{};
  std::optional<ModelDescription> model{};

  bool speakers_shared() const { return protocol == Protocol::kRandomDraws || official_shares_speakers; }
};

// What an experiment's file may hold.
inline constexpr std::size_t kMaxExperimentBytes = std::size_t{256} << 10;

// Throws Error: kNotFound, or kBadInput that names file, line and what was expected.
Experiment ReadExperiment(const std::filesystem::path& file);
Experiment ParseExperiment(std::string_view toml, std::string_view origin);

}  // namespace sezim
