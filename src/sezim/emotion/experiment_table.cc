// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/experiment_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "sezim/base/file.h"
#include "sezim/emotion/experiment_comparison.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

std::string Percent(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.1f}", 100 * share);
}

std::string Percent(const FoldFigures& figure) {
  return figure.folds.size() > 1 ? fmt::format("{:.1f} ± {:.1f}", 100 * figure.mean, 100 * figure.std)
                                 : fmt::format("{:.1f}", 100 * figure.mean);
}

std::string IntervalText(const ConfidenceInterval& interval) {
  if (std::isnan(interval.low)) return "-";
  return fmt::format("{:.1f} to {:.1f}", 100 * interval.low, 100 * interval.high);
}

std::string ProbabilityText(double p) {
  return p < 0.001 ? "<0.001" : fmt::format("{:.3f}", p);
}

std::size_t NumSpeakers(const ExperimentRow& row) {
  return std::set<std::string>(row.speakers.begin(), row.speakers.end()).size();
}

// JSON has no word for what is not a number.
Json NumberOrNull(double number) {
  return std::isfinite(number) ? Json(number) : Json(nullptr);
}

Json JsonOfFigure(const FoldFigures& figure) {
  return {{"mean", figure.mean}, {"std", figure.std}, {"folds", figure.folds}};
}

Json JsonOfPooled(const PooledFigures& pooled) {
  Json accuracy_at = Json::array();
  for (std::size_t i = 0; i < kToldCoverages.size(); ++i) {
    accuracy_at.push_back({{"coverage", kToldCoverages[i]}, {"accuracy", NumberOrNull(pooled.accuracy_at[i])}});
  }
  Json interval = nullptr;
  if (!std::isnan(pooled.uar_interval.low)) {
    interval = {{"low", pooled.uar_interval.low},
                {"high", pooled.uar_interval.high},
                {"level", BootstrapOptions().level},
                {"num_replicates", BootstrapOptions().num_replicates},
                {"drawn", pooled.by_speaker ? "speakers" : "utterances"}};
  }
  return {{"uar", NumberOrNull(pooled.uar)},
          {"uar_interval", interval},
          {"auc", NumberOrNull(pooled.auc)},
          {"calibration_error", NumberOrNull(pooled.calibration_error)},
          {"risk_coverage_area", NumberOrNull(pooled.risk_coverage_area)},
          {"accuracy_at_coverage", accuracy_at}};
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
  for (const FoldScores& fold : row.folds) choices.push_back({{"fold", ValidUtf8(fold.name)}, {"choice", fold.choice}});
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
            {"pooled", JsonOfPooled(row.figures.pooled)},
            {"per_class", per_class},
            {"confusion", {{"labels", row.classes}, {"rows_are_truth", confusion}}},
            {"choices", choices}};
  if (!row.system.mean_of.empty()) json["mean_of"] = row.system.mean_of;
  for (const PublishedFigure& figure : PublishedBeside(row)) {
    json["published"].push_back({{"measure", figure.measure}, {"value", figure.value}, {"where", figure.where}});
  }
  return json;
}

Json JsonOfComparison(const ExperimentResult& result, const RowComparison& one) {
  const ExperimentRow& row = result.rows[one.row];
  Json json{{"dataset", row.dataset},
            {"system", row.system.name},
            {"best", result.rows[one.best].system.name},
            {"uar_difference", one.uar_difference},
            {"paired_t_test", nullptr},
            {"mcnemar",
             {{"num_utterances", one.num_utterances},
              {"only_system_right", one.mcnemar.only_a_right},
              {"only_best_right", one.mcnemar.only_b_right},
              {"p", one.mcnemar.p}}}};
  if (one.t_test) {
    json["paired_t_test"] = {{"t", NumberOrNull(one.t_test->t)},
                             {"degrees_of_freedom", one.t_test->degrees_of_freedom},
                             {"p", one.t_test->p}};
  }
  return json;
}

// The value of a published figure in the column of `measure`, which is empty for another one.
std::string Under(std::string_view measure, const PublishedFigure& figure) {
  return measure == figure.measure ? Percent(figure.value) : "";
}

std::string NameOf(const PublishedFigure& figure) {
  return "  published: " + figure.where;
}

// What stands below the first table: how sure the systems are, and how they compare with the best.
std::string SecondTable(const ExperimentResult& result, std::size_t width) {
  const std::vector<RowComparison> comparisons = CompareWithBest(result.rows);
  std::string text = fmt::format("\n{:<{}}  {:>5}  {:>5}  {:>20}  {:>8}  {:>8}  {:>8}\n", "per cent", width, "AUC",
                                 "ECE", "right at 90, 80, 60", "to best", "p (t)", "p (McN)");
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const PooledFigures& pooled = result.rows[i].figures.pooled;
    const std::string right = fmt::format("{:>6} {:>6} {:>6}", Percent(pooled.accuracy_at[1]),
                                          Percent(pooled.accuracy_at[2]), Percent(pooled.accuracy_at[3]));
    const auto found =
        std::find_if(comparisons.begin(), comparisons.end(), [&](const RowComparison& one) { return one.row == i; });
    text += fmt::format("{:<{}}  {:>5}  {:>5}  {}", NameOfRow(result, result.rows[i]), width, Percent(pooled.auc),
                        Percent(pooled.calibration_error), right);
    if (found == comparisons.end()) {
      text += "      best\n";
    } else {
      text += fmt::format("  {:>8.1f}  {:>8}  {:>8}\n", 100 * found->uar_difference,
                          found->t_test ? ProbabilityText(found->t_test->p) : "-", ProbabilityText(found->mcnemar.p));
    }
  }
  text +=
      "AUC: one class against the others, mean over classes. ECE: expected calibration error. right at 90, 80, 60: "
      "accuracy\nof the surest 90, 80, 60 % of the answers. to best: UAR less that of the best system; p: how likely a "
      "difference as\nlarge is by chance, by a paired t-test over folds and by McNemar's exact test over utterances. "
      "Neither is corrected\nfor comparing many systems, and folds share training data, which makes p (t) too small.\n";
  return text;
}

}  // namespace

std::string ProtocolText(const Experiment& experiment) {
  switch (experiment.protocol) {
    case Protocol::kSpeakerFolds: return fmt::format("{} folds, speakers apart", experiment.folds);
    case Protocol::kLeaveOneSpeakerOut: return "one fold for each speaker, speakers apart";
    case Protocol::kRandomDraws:
      return fmt::format("{} random draws of {:.0f} % to test on, SPEAKERS SHARED", experiment.draws,
                         100 * experiment.share);
    case Protocol::kOfficial:
      return experiment.speakers_shared() ? "the corpus's own split, SPEAKERS SHARED"
                                          : "the corpus's own split, speakers apart";
    case Protocol::kHeldOutSpeakers: return "a tenth of the speakers' utterances to test on, speakers apart";
    case Protocol::kFaceFolder: return "networks as they are, on the test part";
    case Protocol::kCrossCorpus: return "trained on one corpus, tested on another";
  }
  return "";
}

std::string NameOfRow(const ExperimentResult& result, const ExperimentRow& row) {
  std::string name = result.experiment.datasets.size() > 1 ? row.dataset + ": " + row.system.name : row.system.name;
  if (row.system.speaker_normalisation) name += " (speaker-normalised)";
  return name;
}

std::vector<PublishedFigure> PublishedBeside(const ExperimentRow& row) {
  std::vector<PublishedFigure> beside;
  for (const PublishedFigure& figure : row.system.published) {
    if (figure.dataset.empty() || figure.dataset == row.dataset) beside.push_back(figure);
  }
  return beside;
}

std::string TextOf(const ExperimentResult& result) {
  std::string text = fmt::format("{}\n{}\n", result.experiment.title, ProtocolText(result.experiment));
  std::size_t width = 30;
  for (const ExperimentRow& row : result.rows) {
    width = std::max(width, NameOfRow(result, row).size());
    for (const PublishedFigure& figure : PublishedBeside(row)) width = std::max(width, NameOf(figure).size());
  }
  text += fmt::format("\n{:<{}}  {:>7}  {:>12}  {:>14}  {:>12}  {:>12}\n", "per cent", width, "tested", "UAR",
                      "95 % interval", "accuracy", "macro F1");
  for (const ExperimentRow& row : result.rows) {
    text +=
        fmt::format("{:<{}}  {:>7}  {:>12}  {:>14}  {:>12}  {:>12}\n", NameOfRow(result, row), width,
                    row.figures.num_tested(), Percent(row.figures.uar), IntervalText(row.figures.pooled.uar_interval),
                    Percent(row.figures.accuracy), Percent(row.figures.macro_f1));
    for (const PublishedFigure& figure : PublishedBeside(row)) {
      text += fmt::format("{:<{}}  {:>7}  {:>12}  {:>14}  {:>12}  {:>12}\n", NameOf(figure), width, "",
                          Under("uar", figure), "", Under("accuracy", figure), Under("macro_f1", figure));
    }
  }
  text +=
      "mean ± standard deviation over folds; UAR: unweighted average recall. 95 % interval: of the UAR of all folds "
      "together,\nby bootstrap of speakers (of utterances where speakers are not known)\n";
  text += SecondTable(result, width);
  for (const std::size_t best : BestRows(result.rows)) {
    const ExperimentRow& row = result.rows[best];
    text += fmt::format("\n{}\n{}", NameOfRow(result, row), TextOf(row.figures.confusion, row.classes));
  }
  return text;
}

std::string MarkdownOf(const ExperimentResult& result) {
  std::string text = fmt::format("{}: {}.\n\n", result.experiment.title, ProtocolText(result.experiment));
  text += "| system | tested | UAR | accuracy | macro F1 |\n| --- | --- | --- | --- | --- |\n";
  for (const ExperimentRow& row : result.rows) {
    text += fmt::format("| {} | {} | {} | {} | {} |\n", NameOfRow(result, row), row.figures.num_tested(),
                        Percent(row.figures.uar), Percent(row.figures.accuracy), Percent(row.figures.macro_f1));
    for (const PublishedFigure& figure : PublishedBeside(row)) {
      text += fmt::format("| *published: {}* | | {} | {} | {} |\n", figure.where, Under("uar", figure),
                          Under("accuracy", figure), Under("macro_f1", figure));
    }
  }
  return text;
}

std::string JsonOf(const ExperimentResult& result) {
  const Experiment& experiment = result.experiment;
  Json systems = Json::array(), comparisons = Json::array(), problems = Json::array(), skipped = Json::array();
  for (const ExperimentRow& row : result.rows) systems.push_back(JsonOfRow(result, row));
  for (const RowComparison& one : CompareWithBest(result.rows)) comparisons.push_back(JsonOfComparison(result, one));
  for (const std::string& problem : result.problems) problems.push_back(ValidUtf8(problem));
  for (const std::string& system : result.skipped) skipped.push_back(ValidUtf8(system));
  const Json json{{"experiment", experiment.name},
                  {"title", experiment.title},
                  {"protocol", NameOf(experiment.protocol)},
                  {"speakers_shared", experiment.speakers_shared()},
                  {"seed", experiment.seed},
                  {"systems", systems},
                  {"comparisons", comparisons},
                  {"problems", problems},
                  {"skipped", skipped}};
  return json.dump(1);
}

}  // namespace sezim
