// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/model_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "sezim/base/error.h"
#include "sezim/learn/folds.h"
#include "sezim/learn/metrics.h"
#include "sezim/learn/temperature.h"

namespace sezim {
namespace {

std::vector<Fold> InnerFolds(const Dataset& train, const SearchOptions& options) {
  const std::set<std::string> speakers(train.speakers.begin(), train.speakers.end());
  const auto wanted = static_cast<std::size_t>(options.num_inner_folds);
  if (speakers.size() >= 2 && !speakers.contains("")) {
    return SpeakerFolds(train.speakers, std::min(wanted, speakers.size()), options.seed);
  }
  // One speaker, or unknown ones: every utterance is a speaker of its own.
  std::vector<std::string> utterances;
  for (std::size_t i = 0; i < train.size(); ++i) utterances.push_back(std::to_string(i));
  return SpeakerFolds(utterances, std::min(wanted, train.size()), options.seed);
}

// How much the dimensions count.
struct Weighting {
  std::string name;  // ", …"
  std::vector<float> weights;
};

// Each kind of features alone, and all together: such that inner products over the dimension, which the kernels are
// made of, are the mean of those of the kinds.
std::vector<Weighting> WeightingsOf(const Dataset& data) {
  const auto dim = static_cast<std::size_t>(data.rows.dim);
  if (data.part_dims.size() < 2) return {{"", std::vector<float>(dim, 1)}};
  const std::size_t num_parts = data.part_dims.size();
  std::vector<Weighting> weightings = {{", all kinds of features", {}}};
  for (const int part : data.part_dims) {
    const auto weight =
        static_cast<float>(std::sqrt(static_cast<double>(dim) / (static_cast<double>(num_parts) * part)));
    weightings[0].weights.insert(weightings[0].weights.end(), static_cast<std::size_t>(part), weight);
  }
  std::size_t from = 0;
  for (std::size_t part = 0; part < num_parts; ++part) {
    const auto size = static_cast<std::size_t>(data.part_dims[part]);
    Weighting alone{fmt::format(", kind {} of features", part + 1), std::vector<float>(dim)};
    std::fill_n(alone.weights.begin() + static_cast<std::ptrdiff_t>(from), size,
                static_cast<float>(std::sqrt(static_cast<double>(dim) / static_cast<double>(size))));
    weightings.push_back(std::move(alone));
    from += size;
  }
  Check(from == dim, "the kinds of features make up all of them");
  return weightings;
}

bool HasSeveralClasses(const Dataset& data) {
  return std::any_of(data.labels.begin(), data.labels.end(), [&](int label) { return label != data.labels.front(); });
}

// What trains, standardised: the utterances of `part` and their copies, drawn by class.
Dataset TrainingRows(Dataset part, const Standardizer& standardizer, const SearchOptions& options) {
  part.rows = standardizer.Apply(part.rows);
  if (part.copies.num_frames > 0) part.copies = standardizer.Apply(part.copies);
  part = WithCopies(std::move(part));
  if (options.balance != ClassBalance::kOverSample && options.balance != ClassBalance::kUnderSample) return part;
  std::mt19937_64 generator(options.seed);
  std::vector<std::size_t> drawn = DrawByClass(part.labels, options.balance, generator);
  std::sort(drawn.begin(), drawn.end());
  return Subset(part, drawn);
}

void GoOnUnlessStopped(const SearchOptions& options) {
  if (options.stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
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
  const auto dim = static_cast<std::size_t>(train.rows.dim);
  const std::vector<Weighting> weightings =
      method.MindsWeights() ? WeightingsOf(train) : std::vector<Weighting>{{"", std::vector<float>(dim, 1)}};
  // By weighting and choice.
  std::vector<FeatureMatrix> logits(weightings.size() * choices.size(), {.dim = train.num_classes});
  std::vector<int> truth;
  for (const Fold& fold : InnerFolds(train, options)) {
    const Dataset part = Subset(train, fold.train);
    if (!HasSeveralClasses(part)) continue;
    const Dataset held_out = Subset(train, fold.test);
    for (std::size_t w = 0; w < weightings.size(); ++w) {
      GoOnUnlessStopped(options);
      Standardizer standardizer(part.rows);
      standardizer.Weigh(weightings[w].weights);
      const std::vector<FeatureMatrix> tried =
          method.TryAll(TrainingRows(part, standardizer, options), standardizer.Apply(held_out.rows));
      for (std::size_t choice = 0; choice < choices.size(); ++choice) {
        FeatureMatrix& all = logits[w * choices.size() + choice];
        all.num_frames += tried[choice].num_frames;
        all.values.insert(all.values.end(), tried[choice].values.begin(), tried[choice].values.end());
      }
    }
    truth.insert(truth.end(), held_out.labels.begin(), held_out.labels.end());
  }

  std::size_t best = 0;
  double best_uar = -1;
  for (std::size_t at = 0; at < logits.size(); ++at) {
    ConfusionMatrix matrix(static_cast<std::size_t>(train.num_classes));
    const std::vector<int> predicted = LargestOf(logits[at]);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      matrix.Add(static_cast<std::size_t>(truth[i]), static_cast<std::size_t>(predicted[i]));
    }
    const double uar = truth.empty() ? 0 : matrix.UnweightedAverageRecall();
    if (uar > best_uar) {
      best = at;
      best_uar = uar;
    }
  }

  GoOnUnlessStopped(options);
  const Weighting& weighting = weightings[best / choices.size()];
  const std::size_t choice = best % choices.size();
  FittedClassifier fitted{.standardizer = Standardizer(train.rows),
                          .temperature = FitTemperature(logits[best], truth),
                          .choice = choices[choice] + weighting.name,
                          .inner_uar = best_uar};
  fitted.standardizer.Weigh(weighting.weights);
  fitted.classifier = method.Train(TrainingRows(train, fitted.standardizer, options), choice);
  return fitted;
}

}  // namespace sezim
