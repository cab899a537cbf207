// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/model_search.h"

#include <algorithm>
#include <set>

#include "sezim/learn/folds.h"
#include "sezim/learn/metrics.h"
#include "sezim/learn/temperature.h"

namespace sezim {
namespace {

std::vector<Fold> InnerFolds(const Dataset& train, const SearchOptions& options) {
  const std::set<std::string> speakers(train.speakers.begin(), train.speakers.end());
  const auto wanted = static_cast<std::size_t>(options.num_inner_folds);
  if (speakers.size() >= 2) {
    return SpeakerFolds(train.speakers, std::min(wanted, speakers.size()), options.seed);
  }
  // One speaker: every utterance is a speaker of its own.
  std::vector<std::string> utterances;
  for (std::size_t i = 0; i < train.size(); ++i) utterances.push_back(std::to_string(i));
  return SpeakerFolds(utterances, std::min(wanted, train.size()), options.seed);
}

bool HasSeveralClasses(const Dataset& data) {
  return std::any_of(data.labels.begin(), data.labels.end(), [&](int label) { return label != data.labels.front(); });
}

}  // namespace

FeatureMatrix FittedClassifier::Logits(const FeatureMatrix& rows) const {
  return classifier->Logits(standardizer.Apply(rows));
}

FeatureMatrix FittedClassifier::Scores(const FeatureMatrix& rows) const {
  return ScoresOf(Logits(rows), temperature);
}

std::string FittedClassifier::Onnx() const {
  const auto dim = static_cast<std::int64_t>(standardizer.mean().size());
  OnnxGraph graph("sezim-classifier");
  graph.AddInput("features", std::vector<OnnxSize>{"N", dim});
  const std::string mean = graph.AddWeight("mean", {.shape = {dim}, .values = standardizer.mean()});
  const std::string scale = graph.AddWeight("scale", {.shape = {dim}, .values = standardizer.scale()});
  const std::string centred = graph.AddNode("Sub", {"features", mean});
  const std::string rows = graph.AddNode("Mul", {centred, scale});
  graph.AddNodeAs("Identity", std::vector<std::string>{classifier->AddTo(graph, rows)}, "logits");
  const std::int64_t num_classes = classifier->Logits({.num_frames = 0, .dim = static_cast<int>(dim)}).dim;
  graph.AddOutput("logits", std::vector<OnnxSize>{"N", num_classes});
  return graph.Bytes();
}

FittedClassifier FitWithSearch(const ClassifierMethod& method, const Dataset& train, const SearchOptions& options) {
  CheckTrainable(train);
  const std::vector<std::string> choices = method.Choices();
  std::vector<FeatureMatrix> logits(choices.size(), {.dim = train.num_classes});
  std::vector<int> truth;
  for (const Fold& fold : InnerFolds(train, options)) {
    Dataset part = Subset(train, fold.train);
    if (!HasSeveralClasses(part)) continue;
    const Standardizer standardizer(part.rows);
    part.rows = standardizer.Apply(part.rows);
    const Dataset held_out = Subset(train, fold.test);
    const std::vector<FeatureMatrix> tried = method.TryAll(part, standardizer.Apply(held_out.rows));
    for (std::size_t choice = 0; choice < choices.size(); ++choice) {
      logits[choice].num_frames += tried[choice].num_frames;
      logits[choice].values.insert(logits[choice].values.end(), tried[choice].values.begin(),
                                   tried[choice].values.end());
    }
    truth.insert(truth.end(), held_out.labels.begin(), held_out.labels.end());
  }

  std::size_t best = 0;
  double best_uar = -1;
  for (std::size_t choice = 0; choice < choices.size(); ++choice) {
    ConfusionMatrix matrix(static_cast<std::size_t>(train.num_classes));
    const std::vector<int> predicted = LargestOf(logits[choice]);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      matrix.Add(static_cast<std::size_t>(truth[i]), static_cast<std::size_t>(predicted[i]));
    }
    const double uar = truth.empty() ? 0 : matrix.UnweightedAverageRecall();
    if (uar > best_uar) {
      best = choice;
      best_uar = uar;
    }
  }

  FittedClassifier fitted{.standardizer = Standardizer(train.rows),
                          .temperature = FitTemperature(logits[best], truth),
                          .choice = choices[best],
                          .inner_uar = best_uar};
  Dataset standardised = train;
  standardised.rows = fitted.standardizer.Apply(train.rows);
  fitted.classifier = method.Train(standardised, best);
  return fitted;
}

}  // namespace sezim
