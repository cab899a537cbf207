// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "sezim/base/file.h"
#include "sezim/emotion/emotion_course.h"

namespace sezim {
namespace {

constexpr double kLeft = 56, kTop = 40, kWidth = 1100, kHeight = 260, kRight = 150, kBottom = 44;

// Colours that stay apart for those who do not tell red from green (after Okabe and Ito 2008).
const std::map<std::string, std::string_view> kColours = {
    {"angry", "#d55e00"}, {"disgust", "#8a7d00"},  {"fear", "#7a4fb5"}, {"happy", "#e69f00"},  {"neutral", "#8c8c8c"},
    {"sad", "#0072b2"},   {"surprise", "#cc79a7"}, {"calm", "#009e73"}, {"boredom", "#56b4e9"}};
constexpr std::array<std::string_view, 4> kOthers = {"#4d7c0f", "#9f1239", "#115e59", "#78350f"};

std::string_view ColourOf(const std::string& label, std::size_t index) {
  const auto found = kColours.find(label);
  return found != kColours.end() ? found->second : kOthers[index % kOthers.size()];
}

std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : ValidUtf8(text)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

// Seconds between marks on the axis of time: at most twelve of them.
double TickStep(double duration_s) {
  for (const double step : {0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0}) {
    if (duration_s / step <= 12) return step;
  }
  return 3600;
}

std::string TimeText(double seconds) {
  if (seconds < 60) return fmt::format("{:g} s", seconds);
  const auto whole = static_cast<long long>(seconds);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

// Of a long file, windows that share a column of the picture become one, with their mean scores; it is faded where most
// of them abstain.
std::vector<EmotionSpan> Columns(std::span<const EmotionSpan> spans) {
  constexpr double kMaxColumns = 360;
  if (static_cast<double>(spans.size()) <= kMaxColumns) return {spans.begin(), spans.end()};
  const double width_s = spans.back().end_s / kMaxColumns;
  std::vector<EmotionSpan> columns;
  for (std::size_t i = 0; i < spans.size();) {
    const auto column_of = [&](std::size_t at) { return std::floor(spans[at].start_s / width_s); };
    EmotionSpan joined = spans[i];
    std::size_t count = 0, num_abstained = 0;
    std::fill(joined.emotion.scores.begin(), joined.emotion.scores.end(), 0.0F);
    for (const double column = column_of(i); i < spans.size() && column_of(i) == column; ++i, ++count) {
      for (std::size_t k = 0; k < joined.emotion.scores.size(); ++k) {
        joined.emotion.scores[k] += spans[i].emotion.scores[k];
      }
      num_abstained += spans[i].emotion.abstained ? 1 : 0;
      joined.end_s = spans[i].end_s;
    }
    for (float& score : joined.emotion.scores) score /= static_cast<float>(count);
    joined.emotion.abstained = 2 * num_abstained > count;
    columns.push_back(std::move(joined));
  }
  return columns;
}

}  // namespace

std::string CourseSvg(const std::string& file, std::span<const EmotionSpan> windows,
                      const std::vector<std::string>& labels) {
  const std::vector<EmotionSpan> spans = Columns(windows);
  const double duration_s = spans.empty() ? 1 : std::max(spans.back().end_s, 0.1);
  const auto x_of = [&](double seconds) { return kLeft + kWidth * seconds / duration_s; };
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"14\">\n"
      "<style>text{{fill:#222}} .axis{{stroke:#888}} @media (prefers-color-scheme:dark){{svg{{background:#181818}} "
      "text{{fill:#ddd}}}}</style>\n<title>Emotion over time: {2}</title>\n"
      "<text x=\"{3}\" y=\"24\" font-size=\"16\">{2}</text>\n",
      kLeft + kWidth + kRight, kTop + kHeight + kBottom, Escaped(file), kLeft);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    // Each window is drawn where it is nearer to its middle than its neighbours are to theirs.
    const EmotionSpan& span = spans[i];
    const bool meets_last = i > 0 && spans[i - 1].end_s >= span.start_s;
    const bool meets_next = i + 1 < spans.size() && span.end_s >= spans[i + 1].start_s;
    const double start =
        meets_last ? (spans[i - 1].start_s + spans[i - 1].end_s + span.start_s + span.end_s) / 4 : span.start_s;
    const double end =
        meets_next ? (span.start_s + span.end_s + spans[i + 1].start_s + spans[i + 1].end_s) / 4 : span.end_s;
    double top = kTop + kHeight;
    for (std::size_t k = 0; k < labels.size(); ++k) {
      const double height = kHeight * static_cast<double>(span.emotion.scores[k]);
      top -= height;
      svg += fmt::format(
          "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"{}\"{}>"
          "<title>{} {:.0f} %, {:.1f} to {:.1f} s</title></rect>\n",
          x_of(start), top, std::max(0.5, x_of(end) - x_of(start)), height, ColourOf(labels[k], k),
          span.emotion.abstained ? " opacity=\"0.35\"" : "", Escaped(labels[k]),
          100 * static_cast<double>(span.emotion.scores[k]), span.start_s, span.end_s);
    }
  }
  const double bottom = kTop + kHeight;
  svg += fmt::format("<line class=\"axis\" x1=\"{0}\" y1=\"{1}\" x2=\"{2}\" y2=\"{1}\"/>\n", kLeft, bottom,
                     kLeft + kWidth);
  for (const int percent : {0, 50, 100}) {
    svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{} %</text>\n", kLeft - 8,
                       bottom - kHeight * percent / 100 + 5, percent);
  }
  const double step = TickStep(duration_s);
  for (double at = 0; at <= duration_s + 1e-9; at += step) {
    svg += fmt::format(
        "<line class=\"axis\" x1=\"{0:.2f}\" y1=\"{1}\" x2=\"{0:.2f}\" y2=\"{2}\"/>"
        "<text x=\"{0:.2f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
        x_of(at), bottom, bottom + 5, bottom + 22, TimeText(at));
  }
  for (std::size_t k = 0; k < labels.size(); ++k) {
    const double y = kTop + 14 + 24 * static_cast<double>(labels.size() - 1 - k);
    svg += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"14\" height=\"14\" fill=\"{}\"/><text x=\"{}\" y=\"{}\">{}</text>\n",
        kLeft + kWidth + 20, y - 12, ColourOf(labels[k], k), kLeft + kWidth + 40, y, Escaped(labels[k]));
  }
  if (spans.empty()) {
    svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">no speech</text>\n", kLeft + kWidth / 2,
                       kTop + kHeight / 2);
  }
  return svg + "</svg>\n";
}

}  // namespace sezim
