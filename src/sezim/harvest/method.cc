// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/method.h"

#include <cmath>
#include <utility>

#include "sezim/media/audio_decoder.h"
#include "sezim/speech/voice_activity.h"

namespace sezim {

double SoundTrack::duration_s() const {
  return static_cast<double>(num_samples) / kSampleRateHz;
}

std::int64_t SoundTrack::duration_ms() const {
  return num_samples * 1000 / kSampleRateHz;
}

double SoundTrack::speech_s() const {
  double sum_s = 0;
  for (const SpeechSpan& span : speech) sum_s += span.end_s - span.start_s;
  return sum_s;
}

std::vector<SpanMs> SoundTrack::speech_ms() const {
  std::vector<SpanMs> spans;
  for (const SpeechSpan& span : speech)
    spans.push_back({std::llround(span.start_s * 1000), std::llround(span.end_s * 1000)});
  return JoinedSpans(std::move(spans));
}

std::vector<std::shared_ptr<const OnnxSession>> LoadExpressionNetworks(const Recipe& recipe, const ModelStore& store) {
  std::vector<std::shared_ptr<const OnnxSession>> networks;
  for (const std::string& name : recipe.expression_models) {
    networks.push_back(std::make_shared<OnnxSession>(store.Load(name)));
  }
  return networks;
}

std::unique_ptr<HarvestMethod> MakeHarvestMethod(const Recipe& recipe, const ModelStore& store) {
  auto method = recipe.method == Method::kPaper ? MakePaperMethod(recipe, store) : MakeDefaultMethod(recipe, store);
  StageTimes unused;
  method->NewWatcher(unused);  // throws where a network is not one for its place
  const VoiceActivityDetector voice(method->speech_model());
  return method;
}

}  // namespace sezim
