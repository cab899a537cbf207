// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/listen.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/speech/voice_activity.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

// Gathers spans into units. See Note [Units].
class UnitMaker {
 public:
  explicit UnitMaker(const std::function<void(Unit)>& on_unit) : on_unit_(on_unit) {}

  void Add(const SpeechSpan& span) {
    const auto number = static_cast<std::int64_t>(span.start_s) / kUnitSeconds;
    if (number != unit_.number) Hand();
    unit_.number = number;
    unit_.spans.push_back(span);
  }

  void Hand() {
    if (!unit_.spans.empty()) on_unit_(std::exchange(unit_, {}));
  }

 private:
  const std::function<void(Unit)>& on_unit_;
  Unit unit_;
};

}  // namespace

SoundTrack ListenToSource(const fs::path& media, const fs::path& pcm_file, const MediaLimits& limits,
                          const HarvestMethod& method, StageTimes& times, std::stop_token stop,
                          const std::function<void(Unit)>& on_unit) {
  AudioDecoder decoder(media, limits);
  VoiceActivityDetector voice(method.speech_model());
  const std::unique_ptr<SpeechCutter> cutter = method.NewSpeechCutter();
  UnitMaker units(on_unit);
  const FileDescriptor pcm(::open(pcm_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!pcm) throw SystemError(errno, "cannot create", DisplayName(pcm_file));

  SoundTrack track;
  std::optional<Fingerprinter> fingerprinter;
  if (method.wants_fingerprint()) fingerprinter.emplace();
  std::vector<std::int16_t> samples;
  for (bool more = true; more;) {
    if (stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
    {
      const StageTimer timer(times, Stage::kAudio);
      samples.clear();
      while (more && samples.size() < kSampleRateHz) more = decoder.Next(samples);
      track.num_samples += static_cast<std::int64_t>(samples.size());
      WriteAll(pcm, std::as_bytes(std::span(samples)), pcm_file);
      if (fingerprinter) fingerprinter->AcceptWaveform(samples);
    }
    const StageTimer timer(times, Stage::kSpeech);
    voice.AcceptWaveform(samples);
    if (!more) voice.InputFinished();
    cutter->Decide(voice.probabilities(), track.duration_s(), !more, [&](const SpeechSpan& span) {
      track.speech.push_back(span);
      units.Add(span);
    });
  }
  units.Hand();
  if (fingerprinter) track.fingerprint = fingerprinter->Finish();
  if (track.num_samples == 0) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("the sound of '{}' is empty or cannot be decoded", DisplayName(media)),
                "check that it plays in a media player");
  }
  return track;
}

ReadSound SoundReader(const fs::path& pcm_file, std::int64_t num_samples) {
  const auto file = std::make_shared<const FileDescriptor>(OpenForReading(pcm_file));
  return [file, pcm_file, num_samples](std::int64_t from_ms, std::int64_t to_ms) {
    constexpr std::int64_t kSamplesPerMs = kSampleRateHz / 1000;
    const std::int64_t from = std::clamp<std::int64_t>(from_ms * kSamplesPerMs, 0, num_samples);
    const std::int64_t to = std::clamp<std::int64_t>(to_ms * kSamplesPerMs, from, num_samples);
    std::vector<std::int16_t> samples(static_cast<std::size_t>(to - from));
    const auto bytes = std::as_writable_bytes(std::span(samples));
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got = ::pread(file->get(), bytes.data() + filled, bytes.size() - filled,
                                  static_cast<off_t>(from * 2 + static_cast<std::int64_t>(filled)));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw SystemError(errno, "cannot read", DisplayName(pcm_file));
      Check(got > 0, "a segment lies within its source's sound");
      filled += static_cast<std::size_t>(got);
    }
    return samples;
  };
}

}  // namespace sezim
