// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/run_experiment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <span>

#include "sezim/base/error.h"
#include "sezim/base/parallel.h"
#include "sezim/emotion/fit_classifier.h"
#include "sezim/emotion/fit_network.h"
#include "sezim/emotion/kept_folds.h"
#include "sezim/emotion/run_face_experiment.h"
#include "sezim/learn/classifier.h"
#include "sezim/learn/folds.h"

namespace sezim {
namespace {

class Runner {
 public:
  Runner(const Experiment& experiment, const ModelStore& store, const ExperimentOptions& options)
      : experiment_(experiment), options_(options), data_(experiment, store, options) {
    result_.experiment = experiment;
  }

  ExperimentResult Run() {
    LeaveOutWhatCannotBeTrained();
    data_.Extract(systems_);
    result_.problems.insert(result_.problems.end(), data_.problems().begin(), data_.problems().end());
    std::size_t num_done = 0;
    for (const ExperimentDataset& dataset : experiment_.datasets) {
      const LabelledPart part = data_.PartOf(dataset);
      std::vector<Fold> folds;
      try {
        folds = FoldsOf(part);
        for (const Fold& fold : folds) CheckSpeakerDisjoint(fold, part.speakers);
      } catch (const Error& error) {
        // One of several datasets may be too small; that is no reason to give up the others.
        if (experiment_.datasets.size() == 1) throw;
        result_.problems.push_back(fmt::format("dataset '{}': {}", dataset.name, error.what()));
        continue;
      }
      const std::size_t first_row = result_.rows.size();
      for (const ExperimentSystem& system : systems_) {
        const auto progress = [&](double share) {
          const auto total = static_cast<double>(experiment_.datasets.size() * systems_.size());
          options_.progress("evaluating " + system.name, (static_cast<double>(num_done) + share) / total);
        };
        ExperimentRow row{.system = system,
                          .dataset = dataset.name,
                          .classes = part.classes,
                          .labels = part.labels,
                          .speakers = part.speakers};
        if (!system.mean_of.empty()) {
          row.folds = MeanOf(system, first_row);
        } else if (IsClassifierMethod(system.classifier)) {
          row.folds = Evaluate(system, part, folds, progress);
        } else {
          row.folds = EvaluateNetwork(system, part, folds, progress);
        }
        row.figures = FiguresOf(row.folds, part.labels, static_cast<int>(part.classes.size()), part.speakers);
        result_.rows.push_back(std::move(row));
        ++num_done;
      }
    }
    if (result_.rows.empty()) {
      throw Error(ErrorKind::kBadInput,
                  fmt::format("no dataset of the experiment '{}' can be divided: {}", experiment_.name,
                              fmt::join(result_.problems, "; ")),
                  "check the experiment's label maps, languages and folds, and whether the corpus names its speakers");
    }
    return std::move(result_);
  }

 private:
  // A program without libtorch evaluates the rest, and says so.
  void LeaveOutWhatCannotBeTrained() {
    std::set<std::string> left_out;
    for (const ExperimentSystem& system : experiment_.systems) {
      const bool is_network = system.mean_of.empty() && !IsClassifierMethod(system.classifier);
      const auto gone = std::find_if(system.mean_of.begin(), system.mean_of.end(),
                                     [&](const std::string& name) { return left_out.contains(name); });
      if (is_network && !options_.train_network) {
        result_.untrained.push_back(
            fmt::format("system '{}': training the network '{}' needs sezim built with "
                        "-DSEZIM_TRAINING=ON (docs/training.md)",
                        system.name, system.classifier));
      } else if (gone != system.mean_of.end()) {
        result_.untrained.push_back(fmt::format("system '{}': its part '{}' was left out", system.name, *gone));
      } else {
        systems_.push_back(system);
        continue;
      }
      left_out.insert(system.name);
    }
    if (systems_.empty()) throw Error(ErrorKind::kUsage, result_.untrained.front(), "build sezim so");
  }

  std::vector<Fold> FoldsOf(const LabelledPart& part) const {
    if (part.utterances.empty()) {
      throw Error(ErrorKind::kBadInput, "no utterance has a language and an emotion that are asked for",
                  "check the experiment's label map and language");
    }
    std::vector<std::string> classes;
    for (const int label : part.labels) classes.push_back(part.classes[static_cast<std::size_t>(label)]);
    switch (experiment_.protocol) {
      case Protocol::kSpeakerFolds: {
        const bool ravdess = experiment_.corpora.size() == 1 && experiment_.corpora[0].reader == "ravdess";
        if (ravdess && experiment_.folds == 6) return NamedSpeakerGroups(part.speakers, EmoBoxRavdessGroups());
        return SpeakerFolds(part.speakers, static_cast<std::size_t>(experiment_.folds), experiment_.seed, classes);
      }
      case Protocol::kLeaveOneSpeakerOut: return LeaveOneSpeakerOut(part.speakers);
      case Protocol::kRandomDraws:
        return RandomDraws(part.labels.size(), experiment_.share, static_cast<std::size_t>(experiment_.draws),
                           experiment_.seed);
      case Protocol::kHeldOutSpeakers: {
        Fold fold = EightyTenTen(part.speakers, experiment_.seed, classes);
        // What is chosen, is chosen by inner folds, so the middle tenth trains too.
        fold.train.insert(fold.train.end(), fold.dev.begin(), fold.dev.end());
        std::sort(fold.train.begin(), fold.train.end());
        fold.dev.clear();
        return {fold};
      }
      case Protocol::kFaceFolder:
      case Protocol::kCrossCorpus: break;
    }
    Fold fold{.name = "across"};
    for (std::size_t i = 0; i < part.utterances.size(); ++i) {
      (data_.Tests(part.utterances[i]) ? fold.test : fold.train).push_back(i);
    }
    return {fold};
  }

  std::vector<FoldScores> Evaluate(const ExperimentSystem& system, const LabelledPart& part,
                                   const std::vector<Fold>& folds, const std::function<void(double)>& progress) const {
    const Dataset data = data_.VectorsOf(system, part);
    const auto method = MethodOf(system, experiment_);
    const std::string digest = DigestOf(system, part, std::span(&data.rows, 1), std::span(&data.copies, 1));
    std::vector<FoldScores> scores(folds.size());
    std::atomic<std::size_t> num_done = 0;
    ParallelFor(folds.size(), options_.num_jobs, [&](std::size_t i) {
      if (options_.stop.stop_requested()) throw Stopped();
      const Fold& fold = folds[i];
      scores[i] = Once(digest, fold, [&] {
        const FittedClassifier fitted =
            FitWithSearch(*method, Subset(data, fold.train), SearchOptionsOf(system, experiment_));
        return FoldScores{.name = fold.name,
                          .test = fold.test,
                          .scores = fitted.Scores(Subset(data.rows, fold.test)),
                          .choice = fitted.choice};
      });
      progress(static_cast<double>(++num_done) / static_cast<double>(folds.size()));
    });
    return scores;
  }

  // Networks are trained one after the other: libtorch has one chance for the process.
  std::vector<FoldScores> EvaluateNetwork(const ExperimentSystem& system, const LabelledPart& part,
                                          const std::vector<Fold>& folds,
                                          const std::function<void(double)>& progress) const {
    const NetworkClips data{.clips = data_.FramesOf(system, part), .copies = data_.CopiesOf(system, part)};
    // Threads add in another order.
    const std::string digest =
        DigestOf(system, part, data.clips, data.copies) + fmt::format(" on {} threads", options_.num_jobs);
    std::vector<FoldScores> scores;
    for (const Fold& fold : folds) {
      scores.push_back(Once(digest, fold, [&] {
        const FittedNetwork fitted = FitNetwork(
            system, experiment_, part, data, fold.train, {.initial = options_.initial}, options_, [&](double share) {
              progress((static_cast<double>(scores.size()) + share) / static_cast<double>(folds.size()));
            });
        if (fitted.trained.interrupted) throw Stopped();
        const auto num_classes = static_cast<int>(part.classes.size());
        return FoldScores{.name = fold.name,
                          .test = fold.test,
                          .scores = ScoresOf(fitted, data.clips, fold.test, num_classes, options_.num_jobs),
                          .choice = "as the experiment says"};
      }));
    }
    return scores;
  }

  Error Stopped() const {
    return Error(ErrorKind::kInterrupted, "stopped",
                 options_.kept == nullptr ? "" : "the same command goes on with the folds that are left");
  }

  // Empty where nothing is kept.
  std::string DigestOf(const ExperimentSystem& system, const LabelledPart& part,
                       std::span<const FeatureMatrix> utterances, std::span<const FeatureMatrix> copies) const {
    return options_.kept == nullptr ? "" : DigestOfRow(experiment_, system, part, utterances, copies);
  }

  FoldScores Once(const std::string& digest, const Fold& fold, const std::function<FoldScores()>& compute) const {
    return options_.kept == nullptr ? compute() : options_.kept->Get(digest, fold, compute);
  }

  // The mean of the scores that earlier systems gave on the same folds.
  std::vector<FoldScores> MeanOf(const ExperimentSystem& system, std::size_t first_row) const {
    std::vector<FoldScores> mean;
    for (std::size_t at = first_row; at < result_.rows.size(); ++at) {
      const ExperimentRow& row = result_.rows[at];
      const bool wanted =
          std::find(system.mean_of.begin(), system.mean_of.end(), row.system.name) != system.mean_of.end();
      if (!wanted) continue;
      if (mean.empty()) {
        mean = row.folds;
        for (FoldScores& fold : mean) fold.choice = "mean";
        continue;
      }
      for (std::size_t fold = 0; fold < mean.size(); ++fold) {
        for (std::size_t k = 0; k < mean[fold].scores.values.size(); ++k) {
          mean[fold].scores.values[k] += row.folds[fold].scores.values[k];
        }
      }
    }
    for (FoldScores& fold : mean) {
      for (float& score : fold.scores.values) score /= static_cast<float>(system.mean_of.size());
    }
    return mean;
  }

  const Experiment& experiment_;
  const ExperimentOptions& options_;
  ExperimentData data_;
  std::vector<ExperimentSystem> systems_;  // those that can be evaluated
  ExperimentResult result_;
};

}  // namespace

ExperimentResult RunExperiment(const Experiment& experiment, const ModelStore& store,
                               const ExperimentOptions& options) {
  if (experiment.protocol == Protocol::kFaceFolder) return RunFaceExperiment(experiment, store, options);
  return Runner(experiment, store, options).Run();
}

}  // namespace sezim
