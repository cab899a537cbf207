// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/confusion_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr int kCell = 64;              // pixels, as are the others
constexpr int kLetter = 8;             // about the width of one
constexpr int kTop = 84;               // title and the columns' names
constexpr int kBottom = 36;            // what the axes are
constexpr double kOtherInkFrom = 0.6;  // share of a row from which a cell needs the other ink, in either scheme

// Colours are those of the page's preference; a cell's shade is the opacity of one blue on the page's ground.
constexpr const char* kStyle =
    "<style>"
    ".confusion{--ground:#ffffff;--ink:#1b1f24;--faint:#5b6570;--line:#d0d7de;--shade:#052f5f;--on:#ffffff}"
    "@media(prefers-color-scheme:dark){.confusion{--ground:#14181d;--ink:#e6e9ec;--faint:#9aa5b0;--line:#3a424b;"
    "--shade:#6cb6ff;--on:#0b1016}}"
    ".confusion text{font:14px system-ui,sans-serif;fill:var(--ink)}"
    ".confusion .title{font-weight:600;font-size:15px}.confusion .axis{fill:var(--faint);font-size:12px}"
    ".confusion .count{font-size:12px}.confusion .cell{fill:var(--shade);stroke:var(--line)}"
    ".confusion .ground{fill:var(--ground)}.confusion .on{fill:var(--on)}"
    "</style>";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : ValidUtf8(text)) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string Text(double x, double y, std::string_view anchor, std::string_view css_class, std::string_view text) {
  return fmt::format(R"(<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>)", x, y, anchor, css_class,
                     Escaped(text));
}

std::string Cell(double x, double y, std::int64_t count, std::int64_t row_sum) {
  const double share = row_sum > 0 ? static_cast<double>(count) / static_cast<double>(row_sum) : 0;
  std::string cell = fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" class="cell" fill-opacity="{:.3f}"/>)",
                                 x, y, kCell, kCell, share);
  if (row_sum == 0) return cell;
  const char* on = share >= kOtherInkFrom ? " on" : "";
  const double middle = x + kCell / 2.0;
  cell += Text(middle, y + 30, "middle", fmt::format("share{}", on), fmt::format("{:.0f} %", 100 * share));
  cell += Text(middle, y + 48, "middle", fmt::format("count{}", on), fmt::format("{}", count));
  return cell;
}

}  // namespace

std::string ConfusionSvg(const ConfusionMatrix& matrix, const std::vector<std::string>& names,
                         const std::string& title) {
  Check(names.size() == matrix.num_classes(), "a name for each class");
  std::size_t longest = 5;
  for (const std::string& name : names) longest = std::max(longest, name.size());
  const int left = static_cast<int>(longest) * kLetter + 44;
  const int side = static_cast<int>(names.size()) * kCell;
  const int width = std::max(left + side + 16, static_cast<int>(title.size()) * (kLetter + 1) + 32);
  const int height = kTop + side + kBottom;
  const std::string summary =
      fmt::format("Confusion matrix of {} clips: accuracy {:.1f} %, unweighted average recall {:.1f} %.",
                  matrix.total(), 100 * matrix.Accuracy(), 100 * matrix.UnweightedAverageRecall());
  std::string svg = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" class="confusion" role="img">)",
      width, height);
  svg += fmt::format("<title>{}</title><desc>{}</desc>{}", Escaped(title), Escaped(summary), kStyle);
  svg += fmt::format(R"(<rect class="ground" width="{}" height="{}"/>)", width, height);
  svg += Text(16, 28, "start", "title", title);
  const double middle = left + side / 2.0;
  svg += Text(middle, height - 12, "middle", "axis", "taken for");
  svg += fmt::format(
      R"svg(<text transform="translate(20 {}) rotate(-90)" text-anchor="middle" class="axis">truth</text>)svg",
      kTop + side / 2.0);
  // Long names stand aslant, for a cell is narrow.
  for (std::size_t k = 0; k < names.size(); ++k) {
    const double x = left + (static_cast<double>(k) + 0.5) * kCell;
    svg += fmt::format(R"svg(<text transform="translate({} {}) rotate(-24)" text-anchor="start">{}</text>)svg", x - 16,
                       kTop - 10, Escaped(names[k]));
  }
  for (std::size_t truth = 0; truth < names.size(); ++truth) {
    const double y = kTop + static_cast<double>(truth) * kCell;
    svg += Text(left - 10, y + kCell / 2.0 + 5, "end", "name", names[truth]);
    for (std::size_t k = 0; k < names.size(); ++k) {
      svg += Cell(left + static_cast<double>(k) * kCell, y, matrix.count(truth, k), matrix.num_true(truth));
    }
  }
  return svg + "</svg>\n";
}

}  // namespace sezim
