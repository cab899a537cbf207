// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/web_assets.h"

// The assembler takes the files in as they are. CMake names the folders, and builds this file anew when one changes.
#define SEZIM_ASSET(symbol, file)               \
  __asm__(                                      \
      ".pushsection .rodata\n"                  \
      "sezim_asset_" #symbol                    \
      ":\n"                                     \
      ".incbin \"" file                         \
      "\"\n"                                    \
      "sezim_asset_" #symbol                    \
      "_end:\n"                                 \
      ".globl sezim_asset_" #symbol             \
      "\n"                                      \
      ".globl sezim_asset_" #symbol             \
      "_end\n"                                  \
      ".popsection\n");                         \
  extern "C" const char sezim_asset_##symbol[]; \
  extern "C" const char sezim_asset_##symbol##_end[]

// NOLINTBEGIN(bugprone-macro-parentheses)
SEZIM_ASSET(page, SEZIM_WEB_FOLDER "/report/index.html");
SEZIM_ASSET(style, SEZIM_WEB_FOLDER "/report/report.css");
SEZIM_ASSET(script, SEZIM_REPORT_SCRIPT);
SEZIM_ASSET(experiment_page, SEZIM_WEB_FOLDER "/experiment/index.html");
SEZIM_ASSET(experiment_style, SEZIM_WEB_FOLDER "/experiment/experiment.css");
SEZIM_ASSET(experiment_script, SEZIM_WEB_FOLDER "/experiment/experiment.js");
SEZIM_ASSET(vega, SEZIM_CHARTS_FOLDER "/vega/build/vega.min.js");
SEZIM_ASSET(vega_licence, SEZIM_CHARTS_FOLDER "/vega/LICENSE");
SEZIM_ASSET(lite, SEZIM_CHARTS_FOLDER "/vega-lite/build/vega-lite.min.js");
SEZIM_ASSET(lite_licence, SEZIM_CHARTS_FOLDER "/vega-lite/LICENSE");
SEZIM_ASSET(embed, SEZIM_CHARTS_FOLDER "/vega-embed/build/vega-embed.min.js");
SEZIM_ASSET(embed_licence, SEZIM_CHARTS_FOLDER "/vega-embed/LICENSE");
// NOLINTEND(bugprone-macro-parentheses)

#define SEZIM_TEXT(symbol) std::string_view(sezim_asset_##symbol, sezim_asset_##symbol##_end)

namespace sezim {
namespace {

std::vector<WebLibrary> ChartLibraries() {
  return {{"Vega", SEZIM_TEXT(vega_licence), SEZIM_TEXT(vega)},
          {"Vega-Lite", SEZIM_TEXT(lite_licence), SEZIM_TEXT(lite)},
          {"Vega-Embed", SEZIM_TEXT(embed_licence), SEZIM_TEXT(embed)}};
}

}  // namespace

const WebAssets& ReportAssets() {
  static const WebAssets assets{.page = SEZIM_TEXT(page),
                                .style = std::string(SEZIM_TEXT(style)),
                                .script = SEZIM_TEXT(script),
                                .libraries = ChartLibraries()};
  return assets;
}

const WebAssets& ExperimentAssets() {
  static const WebAssets assets{.page = SEZIM_TEXT(experiment_page),
                                .style = std::string(SEZIM_TEXT(style)) + std::string(SEZIM_TEXT(experiment_style)),
                                .script = SEZIM_TEXT(experiment_script),
                                .libraries = ChartLibraries()};
  return assets;
}

}  // namespace sezim
