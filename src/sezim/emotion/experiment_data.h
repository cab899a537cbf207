// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/emotion/clip_features.h"
#include "sezim/emotion/experiment.h"
#include "sezim/emotion/feature_cache.h"
#include "sezim/emotion/network_trainer.h"
#include "sezim/infer/model_store.h"
#include "sezim/learn/dataset.h"

namespace sezim {

class KeptFolds;

struct ExperimentOptions {
  std::filesystem::path data_root = ".";
  std::filesystem::path corpus{};  // for an experiment's corpora that name no folder
  int num_jobs = 1;
  NetworkTrainer train_network{};          // for systems that are networks; empty: there is no training here
  std::shared_ptr<const Model> initial{};  // whose weights networks start with; null: by chance
  FeatureCache* cache = nullptr;           // for what networks compute; null: none
  KeptFolds* kept = nullptr;               // of the experiment when it was stopped; null: none
  std::stop_token stop{};
  std::function<void(const std::string& what, double share)> progress = [](const std::string&, double) {};
};

// A dataset of an experiment: which of the utterances are in it, and what their labels are there.
struct LabelledPart {
  std::vector<std::size_t> utterances{};
  std::vector<int> labels{};
  std::vector<std::string> speakers{};
  std::vector<std::string> classes{};
};

// The utterances of an experiment's corpora with their features.
class ExperimentData {
 public:
  // Reads the corpora. Keeps references to all three. Throws Error.
  ExperimentData(const Experiment& experiment, const ModelStore& store, const ExperimentOptions& options);

  // Computes the features of a system, which is no mean. What fails under one set of features is left out under all, so
  // that all systems see the same. Throws Error (kInterrupted, and what opening a set throws).
  void Extract(const ExperimentSystem& system);

  // Throws Error (kNotFound, kBadInput) for a label map that cannot be read.
  LabelledPart PartOf(const ExperimentDataset& dataset) const;

  // Cross-corpus: whether an utterance is of a corpus that tests.
  bool Tests(std::size_t utterance) const { return tests_[utterance]; }

  // "train", "dev" or "test" where the utterance's corpus has a split of its own, else nothing.
  std::string OfficialPart(std::size_t utterance) const { return clips_[utterance].part.value_or(""); }

  // A corpus whose own split was made at random; nothing if there is none.
  const std::string& split_at_random() const { return split_at_random_; }

  // The part's features as a system wants them: one vector an utterance, or frames. Vectors of a set without
  // functionals are an Error (kUsage).
  Dataset VectorsOf(const ExperimentSystem& system, const LabelledPart& part) const;
  std::vector<FeatureMatrix> FramesOf(const ExperimentSystem& system, const LabelledPart& part) const;

  // The frames of the changed copies that train besides the part's utterances, if the system asks for them: of each
  // utterance system.copies, after those of the utterance before. Of one that only tests they are without frames.
  std::vector<FeatureMatrix> CopiesOf(const ExperimentSystem& system, const LabelledPart& part) const;

  const std::vector<std::string>& problems() const { return problems_; }  // files that were left out, and why
  std::vector<std::string> licences() const;                              // of the corpora, each once

 private:
  void Read(const ExperimentCorpus& wanted);
  void ExtractCopy(const ExperimentSystem& system, int copy);

  const Experiment& experiment_;
  const ModelStore& store_;
  const ExperimentOptions& options_;
  std::vector<Clip> clips_;
  std::vector<bool> tests_;
  std::vector<bool> failed_;
  std::map<std::string, std::size_t> num_of_reader_;
  std::map<std::string, ClipFeatures> features_;  // by KeyOf
  std::vector<std::string> licences_;
  std::string split_at_random_;
  std::vector<std::string> problems_;
};

}  // namespace sezim
