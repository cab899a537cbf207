// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/emotion/recognize_file.h"

namespace sezim {

// A stretch in which one emotion was recognised, or in which the recogniser abstained.
struct EmotionStretch {
  double start_s = 0;
  double end_s = 0;
  std::string emotion{};  // empty: abstained
  double confidence = 0;  // mean over its windows
};

// Windows that overlap, as stretches that do not: the time between the middles of two windows belongs half to each, and
// neighbours of one emotion become one stretch. `spans` ascend.
std::vector<EmotionStretch> StretchesOf(std::span<const EmotionSpan> spans, const std::vector<std::string>& labels);

enum class RecognitionFormat {
  kJson,      // a line of JSON for each window
  kCsv,       // a row for each window, scores in columns
  kRttm,      // NIST's rich transcription: SPEAKER lines whose name is the emotion, one for each stretch
  kSrt,       // SubRip subtitles, one for each stretch
  kAudacity,  // Audacity's label track, one label for each stretch
};
// Throws Error (kUsage) for another name than "json", "csv", "rttm", "srt" or "audacity".
RecognitionFormat RecognitionFormatFromName(std::string_view name);

// What comes before the first file of an output: CSV's column names, else nothing.
std::string HeaderOf(RecognitionFormat format, const std::vector<std::string>& labels);

// What was recognised in `file`, as text in a format. SubRip and Audacity have no place for a file's name.
std::string TextOf(RecognitionFormat format, const std::string& file, std::span<const EmotionSpan> spans,
                   const std::vector<std::string>& labels);

// The course of the scores over time as an SVG picture: the scores of each window, one colour an emotion, stacked; pale
// where the recogniser abstained, nothing where nobody speaks. Of many windows, neighbours share a column. Readable on
// a light and on a dark ground.
std::string CourseSvg(const std::string& file, std::span<const EmotionSpan> spans,
                      const std::vector<std::string>& labels);

}  // namespace sezim
