// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/emotion_course.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr std::array<std::pair<std::string_view, RecognitionFormat>, 5> kFormats = {{
    {"json", RecognitionFormat::kJson},
    {"csv", RecognitionFormat::kCsv},
    {"rttm", RecognitionFormat::kRttm},
    {"srt", RecognitionFormat::kSrt},
    {"audacity", RecognitionFormat::kAudacity},
}};

double Milli(double value) {
  return std::round(value * 1000) / 1000;
}

std::string JsonLine(const std::string& file, const EmotionSpan& span, const std::vector<std::string>& labels) {
  nlohmann::ordered_json scores = nlohmann::ordered_json::object();
  for (std::size_t k = 0; k < labels.size(); ++k) {
    scores[labels[k]] = std::round(static_cast<double>(span.emotion.scores[k]) * 1e4) / 1e4;
  }
  const nlohmann::ordered_json line{
      {"file", ValidUtf8(file)},
      {"start_s", Milli(span.start_s)},
      {"end_s", Milli(span.end_s)},
      {"emotion", labels[span.emotion.label]},
      {"confidence", std::round(static_cast<double>(span.emotion.confidence()) * 1e4) / 1e4},
      {"abstained", span.emotion.abstained},
      {"scores", scores}};
  return line.dump() + "\n";
}

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string SubRipTime(double seconds) {
  const auto ms = static_cast<long long>(std::llround(seconds * 1000));
  return fmt::format("{:02}:{:02}:{:02},{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

// A word without spaces, which separate RTTM's fields.
std::string RttmWord(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }, '_');
  return text.empty() ? "_" : ValidUtf8(text);
}

}  // namespace

std::vector<EmotionStretch> StretchesOf(std::span<const EmotionSpan> spans, const std::vector<std::string>& labels) {
  std::vector<EmotionStretch> stretches;
  std::size_t num_windows = 0;  // of the last stretch
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const EmotionSpan& span = spans[i];
    double start = span.start_s, end = span.end_s;
    const bool meets_last = i > 0 && spans[i - 1].end_s >= span.start_s;
    const bool meets_next = i + 1 < spans.size() && span.end_s >= spans[i + 1].start_s;
    if (meets_last) start = (spans[i - 1].start_s + spans[i - 1].end_s + span.start_s + span.end_s) / 4;
    if (meets_next) end = (span.start_s + span.end_s + spans[i + 1].start_s + spans[i + 1].end_s) / 4;
    const std::string emotion = span.emotion.abstained ? "" : labels[span.emotion.label];
    const auto confidence = static_cast<double>(span.emotion.confidence());
    if (meets_last && stretches.back().emotion == emotion) {
      EmotionStretch& last = stretches.back();
      last.end_s = end;
      last.confidence += (confidence - last.confidence) / static_cast<double>(++num_windows);
    } else {
      stretches.push_back({.start_s = start, .end_s = end, .emotion = emotion, .confidence = confidence});
      num_windows = 1;
    }
  }
  return stretches;
}

RecognitionFormat RecognitionFormatFromName(std::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  throw Error(ErrorKind::kUsage, fmt::format("there is no format '{}'", name),
              "use one of json, csv, rttm, srt, audacity");
}

std::string HeaderOf(RecognitionFormat format, const std::vector<std::string>& labels) {
  if (format != RecognitionFormat::kCsv) return "";
  std::string header = "file,start_s,end_s,emotion,confidence,abstained";
  for (const std::string& label : labels) header += "," + CsvCell(label);
  return header + "\n";
}

std::string TextOf(RecognitionFormat format, const std::string& file, std::span<const EmotionSpan> spans,
                   const std::vector<std::string>& labels) {
  std::string text;
  if (format == RecognitionFormat::kJson) {
    for (const EmotionSpan& span : spans) text += JsonLine(file, span, labels);
    return text;
  }
  if (format == RecognitionFormat::kCsv) {
    for (const EmotionSpan& span : spans) {
      text += fmt::format("{},{:.3f},{:.3f},{},{:.4f},{},{:.4f}\n", CsvCell(ValidUtf8(file)), span.start_s, span.end_s,
                          CsvCell(labels[span.emotion.label]), span.emotion.confidence(),
                          span.emotion.abstained ? "yes" : "no", fmt::join(span.emotion.scores, ","));
    }
    return text;
  }
  int number = 0;
  for (const EmotionStretch& stretch : StretchesOf(spans, labels)) {
    if (stretch.emotion.empty()) continue;
    if (format == RecognitionFormat::kRttm) {
      // Both ends rounded first: else a stretch could reach a millisecond into the next.
      const double start = Milli(stretch.start_s);
      text += fmt::format("SPEAKER {} 1 {:.3f} {:.3f} <NA> <NA> {} {:.3f} <NA>\n",
                          RttmWord(std::filesystem::path(file).stem().string()), start, Milli(stretch.end_s) - start,
                          RttmWord(stretch.emotion), stretch.confidence);
    } else if (format == RecognitionFormat::kSrt) {
      text += fmt::format("{}\n{} --> {}\n{} {:.0f} %\n\n", ++number, SubRipTime(stretch.start_s),
                          SubRipTime(stretch.end_s), stretch.emotion, 100 * stretch.confidence);
    } else {
      text += fmt::format("{:.3f}\t{:.3f}\t{}\n", stretch.start_s, stretch.end_s, stretch.emotion);
    }
  }
  return text;
}

}  // namespace sezim
