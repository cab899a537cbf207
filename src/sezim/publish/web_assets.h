// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sezim {

// A library that the page holds, with the notice that its licence asks for.
struct WebLibrary {
  std::string_view name;
  std::string_view licence;
  std::string_view script;
};

// A page, which the build put into the library: a folder of web/ and the chart libraries.
struct WebAssets {
  std::string_view page;    // HTML with {{name}} where something goes in
  std::string style;        // CSS
  std::string_view script;  // our own, all files one after another
  std::vector<WebLibrary> libraries;
};

const WebAssets& ReportAssets();      // of a corpus: web/report
const WebAssets& ExperimentAssets();  // of an experiment: web/experiment, with the report's style before its own

}  // namespace sezim
