// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sezim {

// Where a harvest's time goes.
enum class Stage { kDownload, kDigest, kAudio, kSpeech, kDecode, kFaces, kExpression, kWrite, kVoice };

inline constexpr std::array<const char*, 9> kStageNames = {"download", "digest",     "audio", "speech", "decode",
                                                           "faces",    "expression", "write", "voice"};

// Seconds spent in each stage, summed over threads. Safe to use from several threads.
class StageTimes {
 public:
  void Add(Stage stage, std::chrono::nanoseconds time) {
    nanoseconds_[static_cast<std::size_t>(stage)] += time.count();
  }
  double Seconds(Stage stage) const {
    return static_cast<double>(nanoseconds_[static_cast<std::size_t>(stage)]) * 1e-9;
  }

 private:
  std::array<std::atomic<std::int64_t>, kStageNames.size()> nanoseconds_{};
};

// Adds the time from its making to its end to a stage.
class StageTimer {
 public:
  StageTimer(StageTimes& times, Stage stage) : times_(times), stage_(stage) {}
  ~StageTimer() { times_.Add(stage_, std::chrono::steady_clock::now() - start_); }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  StageTimes& times_;
  Stage stage_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace sezim
