// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/evaluate_speech.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/speech/voice_activity.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxTruthBytes = 1 << 20;

std::optional<double> Number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<fs::path> TruthFiles(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".scv") files.push_back(at->path());
  }
  if (error) throw SystemError(error.value(), "cannot read the folder", DisplayName(folder));
  if (files.empty()) {
    throw Error(ErrorKind::kNotFound, fmt::format("there is no truth file (*.scv) in '{}'", DisplayName(folder)),
                "give a folder of NAME.wav with NAME.scv");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<SpeechTruth> ParseSpeechTruth(std::string_view text, std::string_view origin) {
  const auto refuse = [&](std::size_t field) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}', field {}: expected NAME,start,end,flag,start,end,flag,… with ascending seconds and "
                            "flags 0 or 1",
                            ValidUtf8(origin), field),
                "correct the truth file");
  };
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ',')) text.remove_suffix(1);
  std::vector<std::string_view> fields;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    fields.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  if (fields.size() < 4 || fields.size() % 3 != 1) refuse(fields.size());
  std::vector<SpeechTruth> truth;
  for (std::size_t i = 1; i < fields.size(); i += 3) {
    const auto start = Number(fields[i]);
    const auto end = Number(fields[i + 1]);
    const auto flag = Number(fields[i + 2]);
    if (!start || !end || !flag || !(*start >= 0) || !(*end >= *start) || (*flag != 0 && *flag != 1)) refuse(i);
    if (!truth.empty() && *start < truth.back().span.start_s) refuse(i);
    truth.push_back({{*start, *end}, *flag == 1});
  }
  return truth;
}

SpeechEvaluation EvaluateSpeech(const fs::path& folder, std::shared_ptr<const OnnxSession> network, double threshold) {
  std::vector<float> scores;
  std::vector<bool> is_speech;
  SpeechEvaluation result;
  result.threshold = threshold;
  for (const fs::path& truth_file : TruthFiles(folder)) {
    const auto truth = ParseSpeechTruth(ReadTextFile(truth_file, kMaxTruthBytes), DisplayName(truth_file));
    AudioDecoder decoder(fs::path(truth_file).replace_extension(".wav"));
    VoiceActivityDetector detector(network);
    std::vector<std::int16_t> samples;
    while (decoder.Next(samples)) {
      detector.AcceptWaveform(samples);
      samples.clear();
    }
    detector.InputFinished();
    ++result.num_files;
    for (std::size_t i = 0; i < detector.probabilities().size(); ++i) {
      const double middle_s = (static_cast<double>(i) + 0.5) * kVadWindowS;
      const auto holds = [&](const SpeechTruth& one) {
        return middle_s >= one.span.start_s && middle_s < one.span.end_s;
      };
      const auto found = std::find_if(truth.begin(), truth.end(), holds);
      if (found == truth.end()) continue;
      scores.push_back(detector.probabilities()[i]);
      is_speech.push_back(found->is_speech);
    }
  }
  ConfusionMatrix matrix(2);
  for (std::size_t i = 0; i < scores.size(); ++i) matrix.Add(is_speech[i] ? 1 : 0, scores[i] > threshold ? 1 : 0);
  result.num_frames = matrix.total();
  result.num_speech_frames = matrix.num_true(1);
  result.roc_auc = RocAuc(scores, is_speech);
  result.frames = matrix.OfClass(1);
  result.accuracy = matrix.Accuracy();
  return result;
}

}  // namespace sezim
