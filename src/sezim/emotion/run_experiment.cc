// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/run_experiment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/parallel.h"
#include "sezim/corpus/label_map.h"
#include "sezim/corpus/read_corpus.h"
#include "sezim/emotion/clip_features.h"
#include "sezim/learn/classifier.h"
#include "sezim/learn/folds.h"
#include "sezim/learn/model_search.h"
#include "sezim/learn/temperature.h"

namespace sezim {
namespace {

// The clips of all corpora of an experiment.
struct Utterances {
  std::vector<Clip> clips{};
  std::vector<bool> tests{};  // cross-corpus: which part each belongs to
};

// A dataset of an experiment: which of the utterances are in it, and what their labels are there.
struct LabelledPart {
  std::vector<std::size_t> utterances{};
  std::vector<int> labels{};
  std::vector<std::string> speakers{};
  std::vector<std::string> classes{};
};

class Runner {
 public:
  Runner(const Experiment& experiment, const ModelStore& store, const ExperimentOptions& options)
      : experiment_(experiment), store_(store), options_(options) {
    result_.experiment = experiment;
  }

  ExperimentResult Run() {
    ReadCorpora();
    for (const ExperimentSystem& system : experiment_.systems) {
      if (system.mean_of.empty()) Extract(system.features);
    }
    DropWhatFailed();
    std::size_t num_done = 0;
    for (const ExperimentDataset& dataset : experiment_.datasets) {
      const LabelledPart part = PartOf(dataset);
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
      for (const ExperimentSystem& system : experiment_.systems) {
        const auto progress = [&](double share) {
          const auto total = static_cast<double>(experiment_.datasets.size() * experiment_.systems.size());
          options_.progress("evaluating " + system.name, (static_cast<double>(num_done) + share) / total);
        };
        ExperimentRow row{.system = system,
                          .dataset = dataset.name,
                          .classes = part.classes,
                          .labels = part.labels,
                          .speakers = part.speakers};
        row.folds = system.mean_of.empty() ? Evaluate(system, part, folds, progress) : MeanOf(system, first_row);
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
  void ReadCorpora() {
    const bool several = experiment_.corpora.size() > 1;
    std::map<std::string, std::size_t> num_of_reader;
    for (const ExperimentCorpus& wanted : experiment_.corpora) {
      std::filesystem::path folder = options_.data_root / wanted.folder;
      if (wanted.folder.empty()) {
        folder = options_.corpus;
        if (folder.empty()) {
          throw Error(ErrorKind::kUsage, fmt::format("the experiment '{}' needs a corpus", experiment_.name),
                      "give its folder with --corpus");
        }
      }
      ClipCorpus corpus = ReadCorpus(wanted.reader, folder);
      // Two corpora of one reader are two sets of people.
      const std::size_t number = ++num_of_reader[corpus.name];
      if (number > 1) corpus.name += fmt::format("-{}", number);
      for (const std::string& problem : corpus.problems) result_.problems.push_back(corpus.name + ": " + problem);
      for (Clip& clip : corpus.clips) {
        if (several) {
          clip.id = corpus.name + "/" + clip.id;
          if (!clip.speaker.empty()) clip.speaker = corpus.name + "/" + clip.speaker;
        }
        all_.clips.push_back(std::move(clip));
        all_.tests.push_back(wanted.tests);
      }
    }
  }

  void Extract(const std::string& set_name) {
    if (features_.contains(set_name)) return;
    const FeatureSet set = FeatureSet::Open(set_name, store_);
    features_[set_name] = ExtractClips(
        set, all_.clips,
        {.num_jobs = options_.num_jobs, .cache = options_.cache, .stop = options_.stop, .progress = [&](double share) {
           options_.progress("computing " + set_name, share);
         }});
  }

  // What fails under one set of features is left out under all, so that all systems see the same.
  void DropWhatFailed() {
    failed_.assign(all_.clips.size(), false);
    for (std::size_t i = 0; i < all_.clips.size(); ++i) {
      for (const auto& [name, features] : features_) {
        if (features.problems[i].empty() || failed_[i]) continue;
        failed_[i] = true;
        result_.problems.push_back(features.problems[i]);
      }
    }
  }

  LabelledPart PartOf(const ExperimentDataset& dataset) const {
    const LabelMap map = LabelMap::Open(dataset.label_map);
    LabelledPart part{.classes = map.classes()};
    for (std::size_t i = 0; i < all_.clips.size(); ++i) {
      const Clip& clip = all_.clips[i];
      if (failed_[i] || (dataset.language && clip.language != dataset.language)) continue;
      const std::optional<std::string> emotion = map.Map(clip.emotion);
      if (!emotion) continue;
      const auto found = std::find(part.classes.begin(), part.classes.end(), *emotion);
      part.utterances.push_back(i);
      part.labels.push_back(static_cast<int>(found - part.classes.begin()));
      part.speakers.push_back(clip.speaker);
    }
    return part;
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
      case Protocol::kCrossCorpus: break;
    }
    Fold fold{.name = "across"};
    for (std::size_t i = 0; i < part.utterances.size(); ++i) {
      (all_.tests[part.utterances[i]] ? fold.test : fold.train).push_back(i);
    }
    return {fold};
  }

  std::vector<FoldScores> Evaluate(const ExperimentSystem& system, const LabelledPart& part,
                                   const std::vector<Fold>& folds, const std::function<void(double)>& progress) const {
    const Dataset data = DatasetOf(system, part);
    const auto method =
        MakeClassifierMethod(system.classifier, {.balanced = system.balanced, .seed = experiment_.seed});
    std::vector<FoldScores> scores(folds.size());
    std::atomic<std::size_t> num_done = 0;
    ParallelFor(folds.size(), options_.num_jobs, [&](std::size_t i) {
      if (options_.stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
      const Fold& fold = folds[i];
      const FittedClassifier fitted = FitWithSearch(
          *method, Subset(data, fold.train), {.num_inner_folds = experiment_.inner_folds, .seed = experiment_.seed});
      scores[i] = {.name = fold.name,
                   .test = fold.test,
                   .scores = fitted.Scores(Subset(data.rows, fold.test)),
                   .choice = fitted.choice};
      progress(static_cast<double>(++num_done) / static_cast<double>(folds.size()));
    });
    return scores;
  }

  Dataset DatasetOf(const ExperimentSystem& system, const LabelledPart& part) const {
    const ClipFeatures& features = features_.at(system.features);
    Dataset data{.labels = part.labels,
                 .speakers = part.speakers,
                 .num_classes = static_cast<int>(part.classes.size()),
                 .part_dims = features.part_dims};
    for (const std::size_t utterance : part.utterances) {
      const FeatureMatrix& own = features.of_clip[utterance];
      if (own.num_frames != 1) {
        throw Error(
            ErrorKind::kUsage,
            fmt::format("system '{}': '{}' needs one row of features for an utterance, and the set '{}' gives one "
                        "for each frame",
                        system.name, system.classifier, system.features),
            "use a feature set with functionals, or a network");
      }
      data.rows.dim = own.dim;
      ++data.rows.num_frames;
      data.rows.values.insert(data.rows.values.end(), own.values.begin(), own.values.end());
    }
    if (system.speaker_normalisation) data.rows = NormaliseBySpeaker(data.rows, data.speakers);
    return data;
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
  const ModelStore& store_;
  const ExperimentOptions& options_;
  Utterances all_;
  std::vector<bool> failed_;
  std::map<std::string, ClipFeatures> features_;
  ExperimentResult result_;
};

}  // namespace

ExperimentResult RunExperiment(const Experiment& experiment, const ModelStore& store,
                               const ExperimentOptions& options) {
  return Runner(experiment, store, options).Run();
}

}  // namespace sezim
