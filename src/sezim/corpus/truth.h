// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/speech/speech_spans.h"

namespace sezim {

// What is known of one stretch of a programme (docs/formats/truth.md).
struct TruthSpan {
  double start_s = 0;
  double end_s = 0;
  std::string kind{};                // "speaking", "voice_over", …
  bool usable = false;               // a harvest should keep the speech in it
  std::optional<Emotion> emotion{};  // where it is known
  std::string speaker{};             // whose voice is heard; empty: not told
  std::vector<SpeechSpan> speech{};  // where a voice is heard, within the span
};

struct Truth {
  std::string media{};  // file name of the programme
  double duration_s = 0;
  std::vector<TruthSpan> spans{};  // ascending, disjoint
};

inline constexpr std::size_t kMaxTruthBytes = std::size_t{64} << 20;

// Throws Error (kBadInput) that names the place, what was expected and the remedy. `origin` is for messages.
Truth ParseTruth(std::string_view json, std::string_view origin);
Truth ReadTruth(const std::filesystem::path& file);

}  // namespace sezim
