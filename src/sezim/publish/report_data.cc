// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/report_data.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/corpus/corpus_toml.h"
#include "sezim/corpus/source_record.h"
#include "sezim/publish/published.h"
#include "sezim/publish/review_sample.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kReportVersion = 1;

// Numbers 0, 1, … for texts, in the order in which they come; -1 for none.
class Numbering {
 public:
  int Of(const std::optional<std::string>& text) { return text ? Of(*text) : -1; }
  int Of(const std::string& text) {
    const auto [at, is_new] = numbers_.try_emplace(text, static_cast<int>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return at->second;
  }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::map<std::string, int> numbers_;
  std::vector<std::string> texts_;
};

std::vector<std::string_view> EmotionNames() {
  std::vector<std::string_view> names;
  for (const Emotion emotion : kEmotions) names.push_back(NameOf(emotion));
  return names;
}

// A share in thousandths: short, and as fine as a page can show.
long Thousandths(double share) {
  return std::lround(share * 1000);
}

Json SpansJson(const std::vector<SpanMs>& spans) {
  Json json = Json::array();
  for (const SpanMs& span : spans) {
    json.push_back(span.start_ms);
    json.push_back(span.end_ms);
  }
  return json;
}

// The title that a site gave the source; empty where it was not collected, or its record cannot be read.
std::string TitleOf(const SourceRow& source) {
  if (source.provenance_json.empty()) return {};
  try {
    return ParseSourceRecord(source.provenance_json).title;
  } catch (const Error&) {
    return {};
  }
}

// Which source a record is of: found by the digest, or by its name where there is none.
class SourceIndex {
 public:
  explicit SourceIndex(const std::vector<SourceRow>& sources) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      by_name_.try_emplace(sources[i].name, i);
      if (!sources[i].sha256.empty()) by_both_.try_emplace({sources[i].id(), sources[i].name}, i);
    }
  }
  int Find(const std::string& id, const std::string& name) const {
    if (const auto found = by_both_.find({id, name}); found != by_both_.end()) return static_cast<int>(found->second);
    const auto found = by_name_.find(name);
    return found != by_name_.end() ? static_cast<int>(found->second) : -1;
  }

 private:
  std::map<std::string, std::size_t> by_name_;
  std::map<std::pair<std::string, std::string>, std::size_t> by_both_;
};

std::string_view NameOf(SourceState state) {
  switch (state) {
    case SourceState::kWorking: return "working";
    case SourceState::kDone: return "done";
    default: return "rejected";
  }
}

Json SourceJson(const SourceRow& source) {
  Json json{{"name", ValidUtf8(source.name)}, {"id", source.id()}, {"state", NameOf(source.state)}};
  if (const std::string title = TitleOf(source); !title.empty()) json["title"] = ValidUtf8(title);
  json["duration_s"] = source.counts.duration_s;
  json["speech_s"] = source.counts.speech_s;
  json["speech"] = SpansJson(source.timeline.speech);
  json["faces"] = SpansJson(source.timeline.faces);
  return json;
}

Json SegmentsJson(const std::vector<SegmentRecord>& segments, const SourceIndex& sources, Numbering& languages,
                  Numbering& speakers, Numbering& checks) {
  Json columns;
  for (const char* name : {"id", "source", "start_ms", "end_ms", "emotion", "scores", "agreement", "frames", "language",
                           "speaker", "snr_db", "voice_emotion", "voice_check", "audio"}) {
    columns[name] = Json::array();
  }
  for (const SegmentRecord& one : segments) {
    columns["id"].push_back(one.id);
    columns["source"].push_back(sources.Find(one.source_id, one.source));
    columns["start_ms"].push_back(one.start_ms);
    columns["end_ms"].push_back(one.end_ms);
    columns["emotion"].push_back(static_cast<int>(one.emotion));
    for (const float score : one.scores) columns["scores"].push_back(Thousandths(score));
    columns["agreement"].push_back(Thousandths(one.agreement));
    columns["frames"].push_back(one.num_frames);
    columns["language"].push_back(languages.Of(one.language));
    columns["speaker"].push_back(speakers.Of(one.speaker));
    columns["snr_db"].push_back(one.snr_db ? Json(std::round(*one.snr_db * 10) / 10) : Json(nullptr));
    columns["voice_emotion"].push_back(one.voice_emotion ? static_cast<int>(*one.voice_emotion) : -1);
    const std::string check = VoiceCheckText(one);
    columns["voice_check"].push_back(checks.Of(check.empty() ? std::nullopt : std::optional(check)));
    columns["audio"].push_back(one.audio);
  }
  return columns;
}

Json RejectionsJson(const std::vector<RejectionRecord>& rejections, const SourceIndex& sources, Numbering& reasons) {
  Json columns;
  for (const char* name : {"source", "start_ms", "end_ms", "reason", "detail"}) columns[name] = Json::array();
  for (const RejectionRecord& one : rejections) {
    columns["source"].push_back(sources.Find(one.source_id.value_or(""), one.source));
    columns["start_ms"].push_back(one.start_ms ? Json(*one.start_ms) : Json(nullptr));
    columns["end_ms"].push_back(one.end_ms ? Json(*one.end_ms) : Json(nullptr));
    columns["reason"].push_back(reasons.Of(one.reason));
    columns["detail"].push_back(one.detail ? Json(ValidUtf8(*one.detail)) : Json(nullptr));
  }
  return columns;
}

Json Head(const ReportData& data) {
  Json json{{"version", kReportVersion}};
  json["corpus"] = {{"name", data.name}, {"recipe", data.recipe}, {"fingerprint", data.fingerprint}};
  json["emotions"] = EmotionNames();
  return json;
}

}  // namespace

ReportData ReadReportData(const CorpusFolder& corpus, const Catalog& catalog) {
  ReportData data;
  const toml::table described = toml::parse(ReadCorpusToml(corpus));
  data.name = ValidUtf8(described["corpus"]["name"].value_or(DisplayName(corpus.root().filename())));
  data.recipe = ValidUtf8(described["recipe"]["name"].value_or(std::string()));
  data.sources = catalog.Sources();
  LabelFingerprint fingerprint;
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    fingerprint.Add(segment.id, segment.emotion);
    data.segments.push_back(segment);
  });
  data.fingerprint = fingerprint.HexDigest();
  catalog.ForEachRejection([&](const RejectionRecord& rejection) { data.rejections.push_back(rejection); });
  return data;
}

std::string ReportJson(const ReportData& data, const std::string& audio_base, bool has_sounds) {
  Json json = Head(data);
  json["audio_base"] = audio_base;
  json["has_sounds"] = has_sounds;
  json["sources"] = Json::array();
  for (const SourceRow& source : data.sources) json["sources"].push_back(SourceJson(source));
  const SourceIndex sources(data.sources);
  Numbering languages;
  Numbering speakers;
  Numbering checks;
  Numbering reasons;
  json["segments"] = SegmentsJson(data.segments, sources, languages, speakers, checks);
  json["rejections"] = RejectionsJson(data.rejections, sources, reasons);
  json["languages"] = languages.texts();
  json["speakers"] = speakers.texts();
  json["voice_checks"] = checks.texts();
  json["reasons"] = reasons.texts();
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ReviewJson(const ReportData& data, const std::vector<std::size_t>& sample, const ReviewOptions& options) {
  Json json = Head(data);
  json["has_sounds"] = true;
  json["review"] = {{"per_emotion", options.per_emotion}, {"seed", options.seed}};
  Json columns;
  for (const std::size_t index : sample) {
    const SegmentRecord& one = data.segments[index];
    columns["id"].push_back(one.id);
    columns["start_ms"].push_back(0);
    columns["end_ms"].push_back(one.end_ms - one.start_ms);
    columns["emotion"].push_back(static_cast<int>(one.emotion));
    for (const float score : one.scores) columns["scores"].push_back(Thousandths(score));
    columns["agreement"].push_back(Thousandths(one.agreement));
    columns["frames"].push_back(one.num_frames);
    columns["audio"].push_back(one.audio);
  }
  json["segments"] = columns;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sezim
