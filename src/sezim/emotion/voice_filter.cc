// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/voice_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/parallel.h"
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
  std::map<std::string, std::vector<SegmentRecord>> dropped;  // by source_id
  for (const SegmentRecord& segment : Segments(catalog)) {
    ++counts.num_segments;
    const bool is_known = std::find(known.begin(), known.end(), segment.emotion) != known.end();
    if (!is_known || !segment.voice_emotion) {
      ++counts.num_unknown;
      if (!options.keeps_unknown) dropped[segment.source_id].push_back(segment);
    } else if (*segment.voice_emotion == segment.emotion) {
      ++counts.num_agreeing;
    } else {
      ++counts.num_disagreeing;
      dropped[segment.source_id].push_back(segment);
    }
  }
  if (!options.drops) return counts;
  for (const SourceRow& source : catalog.Sources()) {
    const auto of_source = dropped.find(source.id());
    if (of_source == dropped.end() || source.state != SourceState::kDone) continue;
    std::vector<RejectionRecord> rejections;
    for (const SegmentRecord& segment : of_source->second) {
      const bool is_known = std::find(known.begin(), known.end(), segment.emotion) != known.end();
      RejectionRecord rejection{.source = segment.source,
                                .source_id = segment.source_id,
                                .start_ms = segment.start_ms,
                                .end_ms = segment.end_ms,
                                .reason = is_known && segment.voice_emotion ? "voice-disagrees" : "voice-unknown",
                                .num_frames = segment.num_frames};
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
