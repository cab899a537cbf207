// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/experiment_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sezim/base/file.h"
#include "sezim/emotion/experiment_comparison.h"
#include "sezim/emotion/experiment_table.h"
#include "sezim/learn/confusion_picture.h"
#include "sezim/publish/page_text.h"

namespace sezim {
namespace {

constexpr int kNumColumns = 11;

std::string Safe(std::string_view text) {
  return HtmlText(ValidUtf8(text));
}

std::string Percent(double share) {
  return std::isnan(share) ? "–" : fmt::format("{:.1f}", 100 * share);
}

std::string Percent(const FoldFigures& figure) {
  return figure.folds.size() > 1 ? fmt::format("{:.1f} ± {:.1f}", 100 * figure.mean, 100 * figure.std)
                                 : Percent(figure.mean);
}

std::string Probability(double p) {
  return p < 0.001 ? "&lt; 0.001" : fmt::format("{:.3f}", p);
}

std::string Cells(const std::vector<std::string>& texts) {
  std::string cells;
  for (const std::string& text : texts) cells += fmt::format("<td>{}</td>", text);
  return cells;
}

std::string SystemName(const ExperimentSystem& system) {
  return system.name + (system.speaker_normalisation ? " (speaker-normalised)" : "");
}

std::string SystemLine(const ExperimentRow& row, std::size_t index, const RowComparison* comparison) {
  const PooledFigures& pooled = row.figures.pooled;
  const std::string interval =
      std::isnan(pooled.uar_interval.low)
          ? "–"
          : fmt::format("{:.1f} to {:.1f}", 100 * pooled.uar_interval.low, 100 * pooled.uar_interval.high);
  std::vector<std::string> cells = {fmt::format("{}", row.figures.num_tested()),
                                    Percent(row.figures.uar),
                                    interval,
                                    Percent(row.figures.accuracy),
                                    Percent(row.figures.macro_f1),
                                    Percent(pooled.auc),
                                    Percent(pooled.calibration_error)};
  if (comparison == nullptr) {
    cells.insert(cells.end(), {"best", "", ""});
  } else {
    cells.push_back(fmt::format("{:.1f}", 100 * comparison->uar_difference));
    cells.push_back(comparison->t_test ? Probability(comparison->t_test->p) : "–");
    cells.push_back(Probability(comparison->mcnemar.p));
  }
  std::string line =
      fmt::format(R"(<tr{}><th scope="row"><a href="#system-{}">{}</a></th>{}</tr>)",
                  comparison == nullptr ? " class=\"is-best\"" : "", index, Safe(SystemName(row.system)), Cells(cells));
  for (const PublishedFigure& figure : PublishedBeside(row)) {
    const auto under = [&](std::string_view measure) {
      return measure == figure.measure ? Percent(figure.value) : std::string();
    };
    line += fmt::format(R"(<tr class="published"><th scope="row">published: {}</th>{}</tr>)", Safe(figure.where),
                        Cells({"", under("uar"), "", under("accuracy"), under("macro_f1"), "", "", "", "", ""}));
  }
  return line + "\n";
}

std::string ClassTable(const ExperimentRow& row) {
  const ConfusionMatrix& matrix = row.figures.confusion;
  std::string table =
      "<table class=\"figures\"><thead><tr><th scope=\"col\">Class</th><th scope=\"col\">utterances</th>"
      "<th scope=\"col\">precision</th><th scope=\"col\">recall</th><th scope=\"col\">F1</th></tr></thead><tbody>";
  for (std::size_t k = 0; k < row.classes.size(); ++k) {
    const PrecisionRecall figures = matrix.OfClass(k);
    const bool occurs = matrix.num_true(k) > 0;
    table += fmt::format("<tr><th scope=\"row\">{}</th>{}</tr>", Safe(row.classes[k]),
                         Cells({fmt::format("{}", matrix.num_true(k)), Percent(figures.precision),
                                occurs ? Percent(figures.recall) : "–", occurs ? Percent(figures.f1) : "–"}));
  }
  return table + "</tbody></table>";
}

std::string ChoicesTable(const ExperimentRow& row) {
  std::string table =
      "<table class=\"figures\"><thead><tr><th scope=\"col\">Fold</th><th scope=\"col\">utterances</th>"
      "<th scope=\"col\">UAR</th><th scope=\"col\">choice</th></tr></thead><tbody>";
  for (std::size_t f = 0; f < row.folds.size(); ++f) {
    const FoldScores& fold = row.folds[f];
    table +=
        fmt::format("<tr><th scope=\"row\">{}</th>{}</tr>", Safe(fold.name),
                    Cells({fmt::format("{}", fold.test.size()), Percent(row.figures.uar.folds[f]), Safe(fold.choice)}));
  }
  return table + "</tbody></table>";
}

std::string MadeOf(const ExperimentSystem& system) {
  if (system.mean_of.empty()) return fmt::format("{} on {}", system.classifier, system.features);
  std::string names;
  for (const std::string& name : system.mean_of) names += (names.empty() ? "" : ", ") + name;
  return "the mean of the scores of " + names;
}

// A card with what there is, or nothing.
std::string ListCard(std::string_view id, std::string_view title, const std::vector<std::string>& texts) {
  if (texts.empty()) return "";
  std::string items;
  for (const std::string& text : texts) items += fmt::format("<li>{}</li>\n", Safe(text));
  return fmt::format(
      "<section class=\"card\" aria-labelledby=\"{0}\"><h2 id=\"{0}\">{1}: {2}</h2><ul class=\"problems\">\n{3}"
      "</ul></section>\n",
      id, title, texts.size(), items);
}

// A part of a page that is scrolled sideways where it is too wide, by keyboard too.
std::string Scrolled(std::string_view label, std::string_view content) {
  return fmt::format(R"(<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>)", Safe(label),
                     content);
}

}  // namespace

std::string SystemsTable(const ExperimentResult& result) {
  const std::vector<RowComparison> comparisons = CompareWithBest(result.rows);
  std::string table =
      "<table class=\"figures\"><thead><tr><th scope=\"col\">System, figures in %</th><th scope=\"col\">tested</th>"
      "<th scope=\"col\">UAR</th><th scope=\"col\">95 % interval</th><th scope=\"col\">accuracy</th>"
      "<th scope=\"col\">macro F1</th><th scope=\"col\">AUC</th><th scope=\"col\">ECE</th>"
      "<th scope=\"col\">to best</th><th scope=\"col\">p<br>t-test</th><th scope=\"col\">p<br>McNemar</th>"
      "</tr></thead><tbody>\n";
  std::string dataset;
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const ExperimentRow& row = result.rows[i];
    if (result.experiment.datasets.size() > 1 && (i == 0 || row.dataset != dataset)) {
      table += fmt::format("<tr class=\"dataset\"><th colspan=\"{}\" scope=\"rowgroup\">{}</th></tr>\n", kNumColumns,
                           Safe(row.dataset));
    }
    dataset = row.dataset;
    const auto found =
        std::find_if(comparisons.begin(), comparisons.end(), [&](const RowComparison& one) { return one.row == i; });
    table += SystemLine(row, i, found == comparisons.end() ? nullptr : &*found);
  }
  return table + "</tbody></table>";
}

std::string SystemOptions(const ExperimentResult& result) {
  std::string options;
  const std::vector<std::size_t> best = BestRows(result.rows);
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    options += fmt::format("<option value=\"{}\"{}>{}</option>", i, !best.empty() && i == best[0] ? " selected" : "",
                           Safe(NameOfRow(result, result.rows[i])));
  }
  return options;
}

std::string SystemSection(const ExperimentResult& result, std::size_t index) {
  const ExperimentRow& row = result.rows[index];
  const PooledFigures& pooled = row.figures.pooled;
  std::string section =
      fmt::format("<section class=\"system\" id=\"system-{0}\" aria-labelledby=\"name-{0}\">\n", index);
  section += fmt::format("<h3 id=\"name-{}\">{}</h3><p class=\"quiet\">{}</p>\n<div class=\"cards\">\n", index,
                         Safe(NameOfRow(result, row)), Safe(MadeOf(row.system)));
  section += fmt::format(
      "<figure class=\"card\"><h2>Calibration</h2><div class=\"chart reliability\"></div><figcaption "
      "class=\"quiet\">How "
      "often answers of a confidence are right; on the dashed line they are as sure as they should be. Expected "
      "calibration error {} %.</figcaption></figure>\n",
      Percent(pooled.calibration_error));
  section += fmt::format(
      "<figure class=\"card\"><h2>Abstaining</h2><div class=\"chart risk\"></div><figcaption class=\"quiet\">The share "
      "of "
      "wrong answers when the least sure are not given; grey: the other systems. Accuracy of all answers {} %, of the "
      "surest 90 % {} %, 80 % {} %, 60 % {} %.</figcaption></figure>\n",
      Percent(pooled.accuracy_at[0]), Percent(pooled.accuracy_at[1]), Percent(pooled.accuracy_at[2]),
      Percent(pooled.accuracy_at[3]));
  section += fmt::format("<figure class=\"card\"><h2>Confusion</h2>{}</figure>\n",
                         Scrolled("Confusion matrix of " + NameOfRow(result, row),
                                  ConfusionSvg(row.figures.confusion, row.classes, "All folds together")));
  section += fmt::format("<div class=\"card\"><h2>Classes</h2>{}</div>\n",
                         Scrolled("Figures of each class of " + NameOfRow(result, row), ClassTable(row)));
  section += fmt::format(
      "<div class=\"card card-wide\"><details><summary>Folds, and what was chosen in each</summary>{}"
      "</details></div>\n",
      Scrolled("Folds of " + NameOfRow(result, row), ChoicesTable(row)));
  return section + "</div>\n</section>\n";
}

std::string SharedSpeakersWarning(const Experiment& experiment) {
  if (!experiment.speakers_shared()) return "";
  return "<p class=\"warning\" role=\"note\"><strong>SPEAKERS SHARED.</strong> The same people are heard in training "
         "and "
         "in test. These figures say nothing about people who were not trained on, for whom they are much too "
         "high.</p>";
}

std::string ProblemsSection(const ExperimentResult& result) {
  return ListCard("problems-title", "Left out", result.problems) + ListCard("skipped-title", "Skipped", result.skipped);
}

}  // namespace sezim
