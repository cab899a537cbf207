// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/run_experiment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <span>

#include "sezim/base/counted.h"
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
      : experiment_(experiment), options_(options), data_(experiment, store, options), systems_(experiment.systems) {
    result_.experiment = experiment;
  }

  ExperimentResult Run() {
    SkipWhatCannotBeTrained();
    ExtractOrSkip();
    result_.problems.insert(result_.problems.end(), data_.problems().begin(), data_.problems().end());
    std::size_t num_done = 0;
    for (const ExperimentDataset& dataset : experiment_.datasets) {
      const LabelledPart part = data_.PartOf(dataset);
      std::vector<Fold> folds;
      try {
        folds = FoldsOf(part);
        for (const Fold& fold : folds) {
          CheckSpeakerDisjoint(fold, part.speakers);
          CheckTrainsSeveralClasses(fold, part);
        }
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
        progress(0);
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
  void SkipWhatCannotBeTrained() {
    std::map<std::string, std::string> reasons;
    for (const ExperimentSystem& system : systems_) {
      const bool is_network = system.mean_of.empty() && !IsClassifierMethod(system.classifier);
      if (!is_network || options_.train_network) continue;
      reasons[system.name] = fmt::format(
          "training the network '{}' needs sezim built with -DSEZIM_TRAINING=ON (docs/training.md)", system.classifier);
    }
    Skip(reasons);
  }

  void ExtractOrSkip() {
    std::map<std::string, std::string> reasons;
    for (const ExperimentSystem& system : systems_) {
      if (!system.mean_of.empty()) continue;
      try {
        data_.Extract(system);
      } catch (const ModelToBring& absent) {
        reasons[system.name] = fmt::format("{}; {}", absent.what(), absent.remedy());
      }
    }
    Skip(reasons);
  }

  // Skips the systems for which there is a reason, by name, and the means of them.
  void Skip(const std::map<std::string, std::string>& reasons) {
    std::vector<ExperimentSystem> left;
    std::set<std::string> gone;
    for (ExperimentSystem& system : systems_) {
      const auto reason = reasons.find(system.name);
      const auto part = std::find_if(system.mean_of.begin(), system.mean_of.end(),
                                     [&](const std::string& name) { return gone.contains(name); });
      if (reason != reasons.end()) {
        result_.skipped.push_back(fmt::format("system '{}': {}", system.name, reason->second));
      } else if (part != system.mean_of.end()) {
        result_.skipped.push_back(fmt::format("system '{}': its part '{}' is skipped", system.name, *part));
      } else {
        left.push_back(std::move(system));
        continue;
      }
      gone.insert(system.name);
    }
    systems_ = std::move(left);
    if (systems_.empty()) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("no system of '{}' can be evaluated here: {}", experiment_.name,
                              fmt::join(result_.skipped, "; ")),
                  "do what is said of one of them");
    }
  }

  std::vector<Fold> FoldsOf(const LabelledPart& part) const {
    if (part.utterances.empty()) {
      const std::vector<std::string>& problems = data_.problems();
      if (!problems.empty()) {
        throw Error(ErrorKind::kBadInput,
                    fmt::format("no utterance is left; {} left out, the first one: {}",
                                Counted(std::ssize(problems), "file"), problems.front()),
                    "mend them, or check the experiment's corpus, features, label map and language");
      }
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
      case Protocol::kOfficial: return {WithDevInTrain(OfficialFold(part))};
      // What is chosen, is chosen by inner folds, so the middle tenth trains too.
      case Protocol::kHeldOutSpeakers: return {WithDevInTrain(EightyTenTen(part.speakers, experiment_.seed, classes))};
      case Protocol::kFaceFolder:
      case Protocol::kCrossCorpus: break;
    }
    Fold fold{.name = "across"};
    for (std::size_t i = 0; i < part.utterances.size(); ++i) {
      (data_.Tests(part.utterances[i]) ? fold.test : fold.train).push_back(i);
    }
    return {fold};
  }

  Fold OfficialFold(const LabelledPart& part) const {
    if (!data_.split_at_random().empty() && !experiment_.speakers_shared()) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("the split of the corpus '{}' was made at random, so that speakers may be on both sides",
                              data_.split_at_random()),
                  "divide it by 'sezim corpus split', which keeps speakers apart, or give the experiment "
                  "speakers_shared = true, which every table then says");
    }
    std::vector<std::string> parts;
    for (const std::size_t utterance : part.utterances) parts.push_back(data_.OfficialPart(utterance));
    return OfficialSplit(parts, part.speakers, experiment_.speakers_shared());
  }

  static void CheckTrainsSeveralClasses(const Fold& fold, const LabelledPart& part) {
    std::set<int> classes;
    for (const std::size_t i : fold.train) classes.insert(part.labels[i]);
    if (classes.size() >= 2) return;
    throw Error(ErrorKind::kBadInput,
                classes.empty() ? fmt::format("nothing is left to train on in {}", fold.name)
                                : fmt::format("all that is left to train on in {} is {}", fold.name,
                                              part.classes[static_cast<std::size_t>(*classes.begin())]),
                "training needs utterances of two emotions at least: give more corpora or speakers, fewer folds or "
                "another label map");
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
            FitWithSearch(*method, Subset(data, fold.train), SearchOptionsOf(system, experiment_, options_.stop));
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
    try {
      return options_.kept == nullptr ? compute() : options_.kept->Get(digest, fold, compute);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) throw Stopped();
      throw;
    }
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
