// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "sezim/emotion/voice_model.h"
#include "sezim/speech/voice_activity.h"

namespace sezim {

// A piece of a file and what its voice sounds like.
struct EmotionSpan {
  double start_s = 0;
  double end_s = 0;
  VoiceEmotion emotion{};
};

struct RecognizeOptions {
  double window_s = 3;      // the length of a window, in [0.5, 30]
  double step_s = 1;        // from one window to the next, in [0.1, 30]
  double min_speech = 0.3;  // the share of a window that has to be speech, in [0, 1]

  void Check() const;  // throws Error (kUsage)
};

// Listens to a file in windows, at its speech only. A file of up to one window is one piece. `progress` is told
// the share done each second of sound (0 where the file does not tell its length); what it throws ends the work. Throws
// Error (kNotFound, kIo, kBadInput, kModel).
std::vector<EmotionSpan> RecognizeFile(const std::filesystem::path& file, const VoiceModel& model,
                                       std::shared_ptr<const OnnxSession> voice_activity,
                                       const RecognizeOptions& options, const std::function<void(double)>& progress);

}  // namespace sezim
