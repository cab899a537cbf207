// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "sezim/base/error.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/harvest/harvester.h"

namespace sezim::cli {

// What 'sezim harvest' says on standard error: lines for people and a progress bar, or one JSON object a line.
class HarvestLog {
 public:
  enum class Form { kText, kJson };

  explicit HarvestLog(Form form) : form_(form) {}

  // Shows how far the harvest has come for as long as the returned object lives: a progress bar in a terminal; in JSON
  // a "progress" object every 5 s.
  std::shared_ptr<void> Watch(const HarvestMeter& meter);

  HarvestEvents Events();
  // Something among the inputs that is no source.
  void LeftOut(const Error& error);
  // What the user should know before the harvest begins.
  void Note(const std::string& text);
  // What ends the run.
  void Failed(const Error& error);

  // Totals, and the table of where the time went.
  void Summary(const HarvestSummary& summary, const HarvestMeter::Reading& reading, const StageTimes& times,
               int num_jobs, const std::string& folder);

 private:
  void Say(const std::string& line);

  Form form_;
  std::weak_ptr<ProgressBar> bar_;
};

}  // namespace sezim::cli
