// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/read_voices.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/speech/speech_spans.h"
#include "sezim/speech/voice_activity.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> SoundFiles(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string extension = at->path().extension();
    if (extension == ".flac" || extension == ".wav") files.push_back(at->path());
  }
  if (error) throw SystemError(error.value(), "cannot read the folder", DisplayName(folder));
  if (files.empty()) {
    throw Error(ErrorKind::kNotFound, fmt::format("there is no sound (.flac, .wav) in '{}'", DisplayName(folder)),
                "give a folder of recordings, each of one speaker");
  }
  std::sort(files.begin(), files.end());
  return files;
}

// 16 kHz, from the first speech to the last one; all of it where there is none.
std::vector<std::int16_t> ReadSpeech(const fs::path& file, const std::shared_ptr<const OnnxSession>& speech) {
  AudioDecoder decoder(file);
  VoiceActivityDetector detector(speech);
  std::vector<std::int16_t> samples;
  while (decoder.Next(samples)) {}
  detector.AcceptWaveform(samples);
  detector.InputFinished();
  const auto spans = FindSpeechSpans(detector.probabilities(), static_cast<double>(samples.size()) / 16'000, {});
  if (spans.empty()) return samples;
  const auto from = static_cast<std::size_t>(spans.front().start_s * 16'000);
  const auto to = std::min(samples.size(), static_cast<std::size_t>(spans.back().end_s * 16'000));
  return {samples.begin() + static_cast<std::ptrdiff_t>(from), samples.begin() + static_cast<std::ptrdiff_t>(to)};
}

}  // namespace

void ForEachVoice(const fs::path& folder, int name_letters, const std::shared_ptr<const OnnxSession>& speech,
                  const OnVoice& on_voice, const std::function<void(double)>& on_progress) {
  std::map<std::string, std::size_t> number_of;
  const std::vector<fs::path> files = SoundFiles(folder);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string person = name_letters > 0
                                   ? files[i].filename().string().substr(0, static_cast<std::size_t>(name_letters))
                                   : files[i].parent_path().string();
    on_voice(number_of.emplace(person, number_of.size()).first->second, ReadSpeech(files[i], speech));
    on_progress(static_cast<double>(i + 1) / static_cast<double>(files.size()));
  }
}

}  // namespace sezim
