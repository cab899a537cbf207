// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/recognize_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/media/probe.h"

namespace sezim {
namespace {

constexpr float kSpeech = 0.5F;     // probability above which 32 ms are speech
constexpr double kMinRestS = 0.25;  // what is left behind the last window is heard again from there on

std::int64_t SamplesOf(double seconds) {
  return std::llround(seconds * kSampleRateHz);
}

// Keeps the sound that windows to come still need.
class WindowedSound {
 public:
  WindowedSound(const VoiceModel& model, std::shared_ptr<const OnnxSession> voice_activity,
                const RecognizeOptions& options)
      : model_(model), options_(options), voice_(std::move(voice_activity)) {}

  void Accept(std::span<const std::int16_t> samples) {
    voice_.AcceptWaveform(samples);
    for (const std::int16_t sample : samples) samples_.push_back(static_cast<float>(sample) / 32768);
    num_heard_ += std::ssize(samples);
    Listen();
  }

  std::vector<EmotionSpan> Finish() {
    voice_.InputFinished();
    Listen();
    const std::int64_t window = SamplesOf(options_.window_s);
    const std::int64_t last_end = next_start_ - SamplesOf(options_.step_s) + window;
    if (num_heard_ < window) {
      Hear(0, num_heard_);
    } else if (num_heard_ - last_end >= SamplesOf(kMinRestS)) {
      Hear(num_heard_ - window, num_heard_);
    }
    return std::move(spans_);
  }

  std::int64_t num_heard() const { return num_heard_; }

 private:
  // All windows whose sound and speech are known.
  void Listen() {
    const std::int64_t window = SamplesOf(options_.window_s);
    const std::int64_t decided = std::min(num_heard_, std::ssize(voice_.probabilities()) * kVadWindowSamples);
    while (next_start_ + window <= decided) {
      Hear(next_start_, next_start_ + window);
      next_start_ += SamplesOf(options_.step_s);
    }
    // A window at the end may begin one window before what was heard.
    const std::int64_t needed = std::min(next_start_, num_heard_ - window);
    if (needed - first_ > 10 * window) {
      samples_.erase(samples_.begin(), samples_.begin() + (needed - first_));
      first_ = needed;
    }
  }

  void Hear(std::int64_t start, std::int64_t end) {
    if (SpeechShare(start, end) < options_.min_speech || end <= start) return;
    const std::span<const float> sound =
        std::span(samples_).subspan(static_cast<std::size_t>(start - first_), static_cast<std::size_t>(end - start));
    if (auto emotion = model_.Recognize(sound)) {
      spans_.push_back({.start_s = static_cast<double>(start) / kSampleRateHz,
                        .end_s = static_cast<double>(end) / kSampleRateHz,
                        .emotion = std::move(*emotion)});
    }
  }

  double SpeechShare(std::int64_t start, std::int64_t end) const {
    const auto& probabilities = voice_.probabilities();
    const auto from = static_cast<std::size_t>(start / kVadWindowSamples);
    const std::size_t to =
        std::min(probabilities.size(), static_cast<std::size_t>((end + kVadWindowSamples - 1) / kVadWindowSamples));
    if (from >= to) return 0;
    const auto speech = std::count_if(probabilities.begin() + static_cast<std::ptrdiff_t>(from),
                                      probabilities.begin() + static_cast<std::ptrdiff_t>(to),
                                      [](float probability) { return probability >= kSpeech; });
    return static_cast<double>(speech) / static_cast<double>(to - from);
  }

  const VoiceModel& model_;
  const RecognizeOptions& options_;
  VoiceActivityDetector voice_;
  std::vector<float> samples_;  // from first_ on
  std::int64_t first_ = 0;
  std::int64_t num_heard_ = 0;
  std::int64_t next_start_ = 0;
  std::vector<EmotionSpan> spans_;
};

}  // namespace

void RecognizeOptions::Check() const {
  OptionChecks checks("recognition");
  checks.Require(window_s >= 0.5 && window_s <= 30, fmt::format("the window must be 0.5 to 30 s, not {}", window_s));
  checks.Require(step_s >= 0.1 && step_s <= window_s,
                 fmt::format("the step must be 0.1 s to the length of the window, not {}", step_s));
  checks.Require(min_speech >= 0 && min_speech <= 1,
                 fmt::format("the share of speech must be 0 to 1, not {}", min_speech));
  checks.ThrowIfAny();
}

std::vector<EmotionSpan> RecognizeFile(const std::filesystem::path& file, const VoiceModel& model,
                                       std::shared_ptr<const OnnxSession> voice_activity,
                                       const RecognizeOptions& options, const std::function<void(double)>& progress) {
  options.Check();
  const double duration_s = Probe(file).duration_s.value_or(0);
  AudioDecoder decoder(file);
  WindowedSound sound(model, std::move(voice_activity), options);
  std::vector<std::int16_t> samples;
  for (bool more = true; more;) {
    samples.clear();
    while (more && samples.size() < kSampleRateHz) more = decoder.Next(samples);
    sound.Accept(samples);
    const double heard_s = static_cast<double>(sound.num_heard()) / kSampleRateHz;
    progress(duration_s > 0 ? std::min(1.0, heard_s / duration_s) : 0);
  }
  if (sound.num_heard() == 0) {
    throw Error(ErrorKind::kBadInput, fmt::format("the sound of '{}' is empty or cannot be decoded", DisplayName(file)),
                "check that it plays in a media player");
  }
  return sound.Finish();
}

}  // namespace sezim
