// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sezim/infer/onnx_session.h"
#include "sezim/learn/metrics.h"
#include "sezim/speech/speech_spans.h"

namespace sezim {

struct SpeechEvaluation {
  std::int64_t num_files = 0;
  std::int64_t num_frames = 0;         // of 32 ms, with a truth
  std::int64_t num_speech_frames = 0;  // by the truth
  double roc_auc = 0;
  double threshold = 0;  // for what follows
  PrecisionRecall frames;
  double accuracy = 0;
};

// Compares the voice activity network with hand-made truth over all 32-ms frames of all clips of a folder: NAME.wav
// beside NAME.scv, whose one line is "NAME,start,end,flag,start,end,flag,…" in seconds, flag 1 for speech. A frame is
// what the truth says of its middle; frames that the truth does not cover are left out.
// Throws Error (kNotFound, kBadInput, kIo).
SpeechEvaluation EvaluateSpeech(const std::filesystem::path& folder, std::shared_ptr<const OnnxSession> network,
                                double threshold);

// One stretch of a truth file.
struct SpeechTruth {
  SpeechSpan span;
  bool is_speech = false;
};
std::vector<SpeechTruth> ParseSpeechTruth(std::string_view text, std::string_view origin);

}  // namespace sezim
