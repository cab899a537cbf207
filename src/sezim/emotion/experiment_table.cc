// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/experiment_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "sezim/base/file.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

std::string ProtocolText(const Experiment& experiment) {
  switch (experiment.protocol) {
    case Protocol::kSpeakerFolds: return fmt::format("{} folds, speakers apart", experiment.folds);
    case Protocol::kLeaveOneSpeakerOut: return "one fold for each speaker, speakers apart";
    case Protocol::kRandomDraws:
      return fmt::format("{} random draws of {:.0f} % to test on, SPEAKERS SHARED", experiment.draws,
                         100 * experiment.share);
    case Protocol::kHeldOutSpeakers: return "a tenth of the speakers' utterances to test on, speakers apart";
    case Protocol::kCrossCorpus: return "trained on one corpus, tested on another";
  }
  return "";
}

std::string Percent(const FoldFigure& figure) {
  return figure.folds.size() > 1 ? fmt::format("{:.1f} ± {:.1f}", 100 * figure.mean, 100 * figure.std)
                                 : fmt::format("{:.1f}", 100 * figure.mean);
}

std::size_t NumSpeakers(const ExperimentRow& row) {
  return std::set<std::string>(row.speakers.begin(), row.speakers.end()).size();
}

// "system" or, where there are several datasets, "dataset: system".
std::string NameOfRow(const ExperimentResult& result, const ExperimentRow& row) {
  std::string name = result.experiment.datasets.size() > 1 ? row.dataset + ": " + row.system.name : row.system.name;
  if (row.system.speaker_normalisation) name += " (speaker-normalised)";
  return name;
}

Json JsonOfFigure(const FoldFigure& figure) {
  return {{"mean", figure.mean}, {"std", figure.std}, {"folds", figure.folds}};
}

Json JsonOfRow(const ExperimentResult& result, const ExperimentRow& row) {
  const ConfusionMatrix& matrix = row.figures.confusion;
  Json confusion = Json::array(), per_class = Json::object(), choices = Json::array();
  for (std::size_t truth = 0; truth < row.classes.size(); ++truth) {
    Json line = Json::array();
    for (std::size_t k = 0; k < row.classes.size(); ++k) line.push_back(matrix.count(truth, k));
    confusion.push_back(line);
    const PrecisionRecall figures = matrix.OfClass(truth);
    per_class[row.classes[truth]] = {{"precision", figures.precision},
                                     {"recall", figures.recall},
                                     {"f1", figures.f1},
                                     {"num_clips", matrix.num_true(truth)}};
  }
  for (const FoldScores& fold : row.folds) choices.push_back({{"fold", fold.name}, {"choice", fold.choice}});
  Json json{{"name", row.system.name},
            {"dataset", row.dataset},
            {"features", row.system.features},
            {"classifier", row.system.classifier},
            {"speaker_normalisation", row.system.speaker_normalisation},
            {"protocol", NameOf(result.experiment.protocol)},
            {"speakers_shared", result.experiment.speakers_shared()},
            {"num_clips", row.labels.size()},
            {"num_tested", row.figures.num_tested()},
            {"num_speakers", NumSpeakers(row)},
            {"accuracy", JsonOfFigure(row.figures.accuracy)},
            {"uar", JsonOfFigure(row.figures.uar)},
            {"macro_f1", JsonOfFigure(row.figures.macro_f1)},
            {"per_class", per_class},
            {"confusion", {{"labels", row.classes}, {"rows_are_truth", confusion}}},
            {"choices", choices}};
  if (!row.system.mean_of.empty()) json["mean_of"] = row.system.mean_of;
  if (row.system.published_accuracy) {
    json["published"] = {{"accuracy", *row.system.published_accuracy}, {"where", row.system.published_where}};
  }
  return json;
}

}  // namespace

std::string TextOf(const ExperimentResult& result) {
  std::string text = fmt::format("{}\n{}\n", result.experiment.title, ProtocolText(result.experiment));
  std::size_t width = 30;
  for (const ExperimentRow& row : result.rows) width = std::max(width, NameOfRow(result, row).size());
  text += fmt::format("\n{:<{}}  {:>7}  {:>12}  {:>12}  {:>12}\n", "per cent", width, "clips", "UAR", "accuracy",
                      "macro F1");
  for (const ExperimentRow& row : result.rows) {
    text += fmt::format("{:<{}}  {:>7}  {:>12}  {:>12}  {:>12}\n", NameOfRow(result, row), width, row.labels.size(),
                        Percent(row.figures.uar), Percent(row.figures.accuracy), Percent(row.figures.macro_f1));
    if (row.system.published_accuracy) {
      text += fmt::format("{:<{}}  {:>7}  {:>12}  {:>12.1f}\n", "  published: " + row.system.published_where, width, "",
                          "", 100 * *row.system.published_accuracy);
    }
  }
  text += "mean ± standard deviation over folds; UAR: unweighted average recall\n";
  for (const ExperimentDataset& dataset : result.experiment.datasets) {
    const ExperimentRow* best = nullptr;
    for (const ExperimentRow& row : result.rows) {
      if (row.dataset == dataset.name && (best == nullptr || row.figures.uar.mean > best->figures.uar.mean))
        best = &row;
    }
    if (best == nullptr) continue;
    text += fmt::format("\n{}\n{}", NameOfRow(result, *best), TextOf(best->figures.confusion, best->classes));
  }
  return text;
}

std::string MarkdownOf(const ExperimentResult& result) {
  std::string text = fmt::format("{}: {}.\n\n", result.experiment.title, ProtocolText(result.experiment));
  text += "| system | clips | UAR | accuracy | macro F1 |\n| --- | --- | --- | --- | --- |\n";
  for (const ExperimentRow& row : result.rows) {
    text += fmt::format("| {} | {} | {} | {} | {} |\n", NameOfRow(result, row), row.labels.size(),
                        Percent(row.figures.uar), Percent(row.figures.accuracy), Percent(row.figures.macro_f1));
    if (row.system.published_accuracy) {
      text += fmt::format("| *published: {}* | | | *{:.1f}* | |\n", row.system.published_where,
                          100 * *row.system.published_accuracy);
    }
  }
  return text;
}

std::string JsonOf(const ExperimentResult& result) {
  const Experiment& experiment = result.experiment;
  Json systems = Json::array(), problems = Json::array();
  for (const ExperimentRow& row : result.rows) systems.push_back(JsonOfRow(result, row));
  for (const std::string& problem : result.problems) problems.push_back(ValidUtf8(problem));
  const Json json{{"experiment", experiment.name},
                  {"title", experiment.title},
                  {"protocol", NameOf(experiment.protocol)},
                  {"speakers_shared", experiment.speakers_shared()},
                  {"seed", experiment.seed},
                  {"systems", systems},
                  {"problems", problems}};
  return json.dump(1);
}

}  // namespace sezim
