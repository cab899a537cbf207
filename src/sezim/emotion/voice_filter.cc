// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/voice_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/parallel.h"
#include "sezim/corpus/segment_file.h"
#include "sezim/media/read_sound.h"

namespace sezim {
namespace {

constexpr std::size_t kBatch = 256;  // segments that are heard between two writes to the catalogue

// Where each of the model's labels stands among the seven emotions.
std::vector<Emotion> EmotionsOf(const VoiceModel& model) {
  std::vector<Emotion> emotions;
  for (const std::string& label : model.labels()) {
    const auto emotion = EmotionFromName(label);
    if (!emotion) {
      throw Error(
          ErrorKind::kModel,
          fmt::format("the model {} tells '{}', which is none of the harvest's emotions", model.card().name, label),
          "train one with label_map = \"harvest7\"");
    }
    emotions.push_back(*emotion);
  }
  return emotions;
}

std::vector<SegmentRecord> Segments(const Catalog& catalog) {
  std::vector<SegmentRecord> segments;
  catalog.ForEachSegment([&](const SegmentRecord& segment) { segments.push_back(segment); });
  return segments;
}

VoiceCheck CheckOf(const SegmentRecord& segment, const std::vector<Emotion>& known) {
  const bool is_known = std::find(known.begin(), known.end(), segment.emotion) != known.end();
  if (!is_known || !segment.voice_emotion) return VoiceCheck::kUnverified;
  return *segment.voice_emotion == segment.emotion ? VoiceCheck::kAgrees : VoiceCheck::kDisagrees;
}

// What the voice says of the segments that the model has not heard yet goes into the catalogue.
void HearNewSegments(Catalog& catalog, const CorpusFolder& corpus, const VoiceModel& model,
                     const std::vector<Emotion>& emotions, int num_jobs, std::stop_token stop,
                     const VoiceFilterEvents& events) {
  const std::set<std::string> heard = catalog.SegmentsHeardBy(model.card().sha256);
  std::vector<SegmentRecord> waiting = Segments(catalog);
  std::erase_if(waiting, [&](const SegmentRecord& segment) { return heard.contains(segment.id); });
  for (std::size_t from = 0; from < waiting.size(); from += kBatch) {
    std::vector<HeardSegment> batch(std::min(kBatch, waiting.size() - from));
    ParallelFor(batch.size(), num_jobs, [&](std::size_t i) {
      if (stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
      const SegmentRecord& segment = waiting[from + i];
      batch[i].segment_id = segment.id;
      const auto began = std::chrono::steady_clock::now();
      ReadSegmentFile(corpus, segment);  // refuses one that is not as it was harvested
      const auto said = model.Recognize(ReadSound(corpus.AudioFile(segment.audio)));
      events.on_heard(std::chrono::steady_clock::now() - began);
      if (!said) return;
      batch[i].scores.emplace();
      for (std::size_t k = 0; k < emotions.size(); ++k) ScoreOf(*batch[i].scores, emotions[k]) = said->scores[k];
    });
    catalog.SetVoiceEmotions(model.card().sha256, batch);
    events.on_progress(static_cast<double>(from + batch.size()) / static_cast<double>(waiting.size()));
  }
}

}  // namespace

VoiceFilterCounts FilterByVoice(Catalog& catalog, const CorpusFolder& corpus, const VoiceModel& model,
                                const VoiceFilterOptions& options, int num_jobs, std::stop_token stop,
                                const VoiceFilterEvents& events) {
  const std::vector<Emotion> known = EmotionsOf(model);
  HearNewSegments(catalog, corpus, model, known, num_jobs, stop, events);

  VoiceFilterCounts counts;
  std::vector<std::pair<std::string, VoiceCheck>> checks;     // that are new
  std::map<std::string, std::vector<SegmentRecord>> dropped;  // by source_id
  for (SegmentRecord& segment : Segments(catalog)) {
    ++counts.num_segments;
    const VoiceCheck check = CheckOf(segment, known);
    if (segment.voice_check != check) checks.emplace_back(segment.id, check);
    segment.voice_check = check;
    counts.num_agreeing += check == VoiceCheck::kAgrees;
    counts.num_disagreeing += check == VoiceCheck::kDisagrees;
    counts.num_unverified += check == VoiceCheck::kUnverified;
    const bool stays = check == VoiceCheck::kAgrees || (check == VoiceCheck::kUnverified && options.keeps_unknown);
    if (!stays) dropped[segment.source_id].push_back(std::move(segment));
  }
  catalog.SetVoiceChecks(checks);
  if (!options.drops) return counts;
  for (const SourceRow& source : catalog.Sources()) {
    const auto of_source = dropped.find(source.id());
    if (of_source == dropped.end() || source.state != SourceState::kDone) continue;
    std::vector<RejectionRecord> rejections;
    for (const SegmentRecord& segment : of_source->second) {
      const bool disagrees = segment.voice_check == VoiceCheck::kDisagrees;
      RejectionRecord rejection = RejectionOf(segment, disagrees ? "voice-disagrees" : "voice-unknown");
      if (segment.voice_emotion) {
        rejection.detail =
            fmt::format("face {}, voice {} {:.0f} %", NameOf(segment.emotion), NameOf(*segment.voice_emotion),
                        100 * ScoreOf(*segment.voice_scores, *segment.voice_emotion));
      }
      rejections.push_back(std::move(rejection));
      std::error_code error;
      std::filesystem::remove(corpus.AudioFile(segment.audio), error);
      if (error) throw SystemError(error.value(), "cannot remove", segment.audio);
    }
    catalog.RejectSegments(source, of_source->second, rejections);
    counts.num_dropped += std::ssize(rejections);
  }
  return counts;
}

}  // namespace sezim
