// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "sezim/catalog/catalog.h"
#include "sezim/corpus/corpus_folder.h"
#include "sezim/emotion/voice_model.h"

namespace sezim {

// The published harvest's last stage (section 3.5): a segment stays only where its voice sounds like what its face
// shows.
struct VoiceFilterOptions {
  std::string model = "none";  // a name in the store or a folder
  bool drops = true;           // false: what the voice says is only written down
  bool keeps_unknown = true;   // of emotions that the model does not know; false: they are dropped

  bool asks_voice() const { return model != "none"; }
};

struct VoiceFilterCounts {
  std::int64_t num_segments = 0;  // before
  std::int64_t num_agreeing = 0;
  std::int64_t num_unverified = 0;  // whose emotion the model does not know, or too short to be heard
  std::int64_t num_disagreeing = 0;
  std::int64_t num_dropped = 0;
};

// Told while it works, from any of its threads.
struct VoiceFilterEvents {
  std::function<void(double)> on_progress = [](double) {};               // the share of the segments that was heard
  std::function<void(std::chrono::nanoseconds)> on_heard = [](auto) {};  // how long hearing one took
};

// Lets `model` hear every kept segment that it has not heard yet, writes down what it says, and rejects segments as
// "voice-disagrees" and "voice-unknown" as the options have it; their sound is removed. When it is cut short, the same
// call again does the rest. The result does not depend on `num_jobs`. Throws Error (kModel if the model's labels are
// not among the seven emotions; kIo, kNoSpace, kInterrupted).
VoiceFilterCounts FilterByVoice(Catalog& catalog, const CorpusFolder& corpus, const VoiceModel& model,
                                const VoiceFilterOptions& options, int num_jobs, std::stop_token stop,
                                const VoiceFilterEvents& events = {});

}  // namespace sezim
