// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/experiment_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/emotion/experiment_comparison.h"
#include "sezim/emotion/experiment_table.h"
#include "sezim/learn/calibration.h"
#include "sezim/learn/pooled_answers.h"
#include "sezim/publish/experiment_html.h"
#include "sezim/publish/page_parts.h"
#include "sezim/publish/page_text.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMark = "sezim experiment";
constexpr std::size_t kMarkWithin = 400;        // bytes from the beginning of a page
constexpr std::size_t kMaxCurvePoints = 200;    // more cannot be seen
constexpr std::size_t kFirstAnswersHidden = 9;  // a share of fewer answers is noise

Json Reliability(const PooledAnswers& answers) {
  Json bins = Json::array();
  if (answers.confidences.empty()) return bins;
  for (const ReliabilityBin& bin : ReliabilityBins(answers.confidences, answers.is_right)) {
    bins.push_back({{"confidence", bin.mean_confidence}, {"accuracy", bin.accuracy}, {"num_clips", bin.num_clips}});
  }
  return bins;
}

Json Curve(const PooledAnswers& answers) {
  Json points = Json::array();
  if (answers.confidences.empty()) return points;
  const std::vector<RiskAtCoverage> curve = RiskCoverageCurve(answers.confidences, answers.is_right);
  const auto num_answers = static_cast<double>(answers.confidences.size());
  double next = 0;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const bool is_last = i + 1 == curve.size();
    if (!is_last && (curve[i].coverage < next || curve[i].coverage * num_answers <= kFirstAnswersHidden)) continue;
    points.push_back({{"coverage", curve[i].coverage}, {"risk", curve[i].risk}, {"threshold", curve[i].threshold}});
    next = curve[i].coverage + 1.0 / kMaxCurvePoints;
  }
  return points;
}

// What the page's charts draw.
Json ChartData(const ExperimentResult& result) {
  Json datasets = Json::array(), systems = Json::array();
  for (const ExperimentDataset& dataset : result.experiment.datasets) datasets.push_back(dataset.name);
  const std::vector<std::size_t> best = BestRows(result.rows);
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const ExperimentRow& row = result.rows[i];
    const PooledAnswers answers = PoolOf(row.folds, row.labels, static_cast<int>(row.classes.size()));
    const auto dataset = std::find_if(result.experiment.datasets.begin(), result.experiment.datasets.end(),
                                      [&](const ExperimentDataset& one) { return one.name == row.dataset; });
    const ConfidenceInterval& interval = row.figures.pooled.uar_interval;
    const bool has_interval = !std::isnan(interval.low);
    Json folds = Json::array();
    for (std::size_t f = 0; f < row.folds.size(); ++f) {
      folds.push_back({{"fold", row.folds[f].name}, {"uar", row.figures.uar.folds[f]}});
    }
    systems.push_back({{"name", row.system.name + (row.system.speaker_normalisation ? " (speaker-normalised)" : "")},
                       {"dataset", dataset - result.experiment.datasets.begin()},
                       {"is_best", std::find(best.begin(), best.end(), i) != best.end()},
                       {"mean", row.figures.uar.mean},
                       {"low", has_interval ? Json(interval.low) : Json(nullptr)},
                       {"high", has_interval ? Json(interval.high) : Json(nullptr)},
                       {"folds", folds},
                       {"reliability", Reliability(answers)},
                       {"curve", Curve(answers)}});
  }
  return {{"datasets", datasets}, {"systems", systems}};
}

constexpr std::string_view kExplanation =
    "<p class=\"quiet\">Mean ± standard deviation over folds. UAR: unweighted average recall; its 95 % interval is "
    "that of "
    "all folds together, by bootstrap of speakers (of utterances where speakers are not known). AUC: one class against "
    "the others, mean over classes. ECE: expected calibration error. To best: the UAR less that of the best system; p: "
    "how likely a difference as large is by chance, by a paired t-test over folds and by McNemar’s exact test over "
    "utterances. Neither is corrected for comparing many systems, and folds share training data, which makes the "
    "t-test’s p too small.</p>";

}  // namespace

std::string ExperimentPage(const ExperimentResult& result, const ExperimentOrigin& origin) {
  const WebAssets& assets = ExperimentAssets();
  const Json data = ChartData(result);
  std::string page;
  const auto put = [&](std::string_view text) { page += text; };
  const auto put_text = [&](std::string_view text) { page += HtmlText(ValidUtf8(text)); };
  FillPage(assets.page, put,
           {{"mark", [&] { put(kMark); }},
            {"policy",
             [&] {
               put(
                   fmt::format("default-src 'none'; script-src {}; style-src 'unsafe-inline'; base-uri 'none'; "
                               "form-action 'none'",
                               ScriptSources(assets)));
             }},
            {"title", [&] { put_text(result.experiment.title); }},
            {"protocol", [&] { put_text(ProtocolText(result.experiment)); }},
            {"style", [&] { put(assets.style); }},
            {"warning", [&] { put(SharedSpeakersWarning(result.experiment)); }},
            {"table", [&] { put(SystemsTable(result)); }},
            {"explanation", [&] { put(kExplanation); }},
            {"options", [&] { put(SystemOptions(result)); }},
            {"systems",
             [&] {
               for (std::size_t i = 0; i < result.rows.size(); ++i) put(SystemSection(result, i));
             }},
            {"problems", [&] { put(ProblemsSection(result)); }},
            {"version", [&] { put(SEZIM_VERSION); }},
            {"command", [&] { put_text(origin.command); }},
            {"toml", [&] { put(HtmlText(origin.toml)); }},
            {"notices", [&] { put(Notices(assets)); }},
            {"data", [&] { put(JsonForScript(data.dump(-1, ' ', false, Json::error_handler_t::replace))); }},
            {"libraries",
             [&] {
               for (const WebLibrary& library : assets.libraries)
                 put(fmt::format("<script>{}</script>\n", library.script));
             }},
            {"script", [&] { put(assets.script); }}});
  return page;
}

void RequireExperimentPageOrNothing(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return;
  std::string head(kMarkWithin, '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  if (head.find(fmt::format("content=\"{}\"", kMark)) != std::string::npos) return;
  throw Error(ErrorKind::kUsage, fmt::format("'{}' is there and is no report of an experiment", DisplayName(file)),
              "give another file with --report, or remove this one");
}

}  // namespace sezim
