// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/experiment_output.h"

#include "sezim/base/file.h"
#include "sezim/emotion/experiment_table.h"
#include "sezim/publish/experiment_page.h"

namespace sezim::cli {

void ExperimentOutput::AddOptions(CLI::App& command) {
  command.add_option("--json", json, "Write all figures to this file (docs/formats/experiment.md)");
  command.add_option("--report", report,
                     "Write a page with table, charts and confusion matrices to this HTML file; it needs no network");
}

void ExperimentOutput::Check() const {
  if (!report.empty()) RequireExperimentPageOrNothing(report);
}

void ExperimentOutput::Write(const ExperimentResult& result, const std::string& command,
                             const std::string& toml) const {
  if (!json.empty()) WriteFileAtomically(json, JsonOf(result));
  if (report.empty()) return;
  const ExperimentOrigin origin{.command = command + " --report " + Quoted(report), .toml = toml};
  WriteFileAtomically(report, ExperimentPage(result, origin));
}

std::string Quoted(const std::string& word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/=:,+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace sezim::cli
