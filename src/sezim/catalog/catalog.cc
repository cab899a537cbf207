// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/catalog.h"

#include <fmt/format.h>

#include <cstring>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/packing.h"
#include "sezim/catalog/catalog_storage.h"
#include "sezim/catalog/without_spans.h"

namespace sezim {

SourceCounts& SourceCounts::operator+=(const SourceCounts& other) {
  duration_s += other.duration_s;
  speech_s += other.speech_s;
  frames_looked_at += other.frames_looked_at;
  frames_without_picture += other.frames_without_picture;
  frames_without_face += other.frames_without_face;
  frames_with_several_faces += other.frames_with_several_faces;
  frames_kept += other.frames_kept;
  return *this;
}

Catalog::Catalog(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {
  impl_->Prepare();
}

Catalog::~Catalog() = default;

std::optional<SourceRow> Catalog::FindSource(const std::string& locator) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&]() -> std::optional<SourceRow> {
    SQLite::Statement statement(impl_->database, "SELECT * FROM source WHERE locator = :locator");
    BindBytes(statement, ":locator", locator);
    if (!statement.executeStep()) return std::nullopt;
    return SourceFrom(statement);
  });
}

std::vector<SourceRow> Catalog::Sources() const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    std::vector<SourceRow> sources;
    SQLite::Statement statement(impl_->database, "SELECT * FROM source ORDER BY name, locator");
    while (statement.executeStep()) sources.push_back(SourceFrom(statement));
    return sources;
  });
}

void Catalog::BeginSource(const SourceRow& source) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    SQLite::Statement known(impl_->database, "SELECT sha256 FROM source WHERE locator = :locator");
    BindBytes(known, ":locator", source.locator);
    const bool same_content = known.executeStep() && known.getColumn(0).getString() == source.sha256;
    known.reset();
    impl_->Put(source);
    if (!same_content) impl_->Clear("unit", source.locator);
    impl_->ClearResults(source.locator);
  });
}

std::optional<SourceRow> Catalog::FindContent(const std::string& sha256, const std::string& other_than_locator) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&]() -> std::optional<SourceRow> {
    SQLite::Statement statement(impl_->database,
                                "SELECT * FROM source WHERE sha256 = :sha256 AND locator <> :locator"
                                " AND NOT EXISTS (SELECT 1 FROM rejection WHERE rejection.locator = source.locator"
                                " AND reason IN (:duplicate, :io))"
                                " ORDER BY name, locator");
    statement.bind(":sha256", sha256);
    BindBytes(statement, ":locator", other_than_locator);
    statement.bind(":duplicate", kDuplicateSource);
    statement.bind(":io", std::string(NameOf(ErrorKind::kIo)));
    if (!statement.executeStep()) return std::nullopt;
    return SourceFrom(statement);
  });
}

bool Catalog::IsRejectedFor(const std::string& locator, std::string_view reason) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    SQLite::Statement statement(impl_->database,
                                "SELECT 1 FROM rejection WHERE locator = :locator AND reason = :reason");
    BindBytes(statement, ":locator", locator);
    statement.bind(":reason", std::string(reason));
    return statement.executeStep();
  });
}

void Catalog::SaveUnit(const std::string& locator, std::int64_t unit, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    SQLite::Statement statement(impl_->database, "INSERT OR REPLACE INTO unit VALUES (:locator, :number, :bytes)");
    BindBytes(statement, ":locator", locator);
    statement.bind(":number", unit);
    BindBytes(statement, ":bytes", bytes);
    statement.exec();
  });
}

std::vector<std::int64_t> Catalog::UnitsDone(const std::string& locator) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    std::vector<std::int64_t> numbers;
    SQLite::Statement statement(impl_->database, "SELECT number FROM unit WHERE locator = :locator ORDER BY number");
    BindBytes(statement, ":locator", locator);
    while (statement.executeStep()) numbers.push_back(statement.getColumn(0).getInt64());
    return numbers;
  });
}

std::string Catalog::Unit(const std::string& locator, std::int64_t unit) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    SQLite::Statement statement(impl_->database,
                                "SELECT observations FROM unit WHERE locator = :locator AND number = :number");
    BindBytes(statement, ":locator", locator);
    statement.bind(":number", unit);
    Check(statement.executeStep(), "a unit that is read was saved");
    return BytesOf(statement.getColumn(0));
  });
}

void Catalog::FinishSource(const SourceRow& source, const std::vector<SegmentRecord>& segments,
                           const std::vector<RejectionRecord>& rejections, const std::vector<SegmentExtras>& extras,
                           const SourcePrints& prints) {
  Check(extras.empty() || extras.size() == segments.size(), "extras of no segment or of each");
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    const std::vector<SpanMs> dropped = impl_->DroppedSpans(source.sha256);
    SourceRow row = source;
    row.timeline = WithoutSpans(source.timeline, dropped);
    impl_->Put(row);
    impl_->Clear("unit", source.locator);
    impl_->ClearResults(source.locator);
    impl_->Add(source.locator, WithoutSpans(prints, dropped, source.sha256));
    for (const SegmentRecord& segment : segments) impl_->Add(source.locator, segment);
    for (std::size_t i = 0; i < extras.size(); ++i) impl_->Add(segments[i].id, extras[i]);
    for (const RejectionRecord& rejection : rejections) impl_->Add(source.locator, rejection);
  });
}

void Catalog::RejectSource(const SourceRow& source, const RejectionRecord& rejection) {
  FinishSource(source, {}, {rejection});
}

void Catalog::SetLanguage(const std::string& locator, const std::string& language) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    for (const char* set :
         {"UPDATE source SET language = :language WHERE locator = :locator",
          "UPDATE segment SET language = :language WHERE locator = :locator",
          "UPDATE rejection SET language = :language WHERE locator = :locator AND start_ms NOT NULL"}) {
      SQLite::Statement statement(impl_->database, set);
      statement.bind(":language", language);
      BindBytes(statement, ":locator", locator);
      statement.exec();
    }
  });
}

std::optional<std::string> Catalog::Damage() const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&]() -> std::optional<std::string> {
    SQLite::Statement statement(impl_->database, "PRAGMA integrity_check(1)");
    if (!statement.executeStep()) return "cannot be checked";
    const std::string found = statement.getColumn(0).getString();
    return found == "ok" ? std::nullopt : std::optional(found);
  });
}

SourcePrints Catalog::PrintsOf(const std::string& locator) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] { return impl_->PrintsOf(locator); });
}

void Catalog::RejectSegments(const SourceRow& source, const std::vector<SegmentRecord>& segments,
                             const std::vector<RejectionRecord>& rejections) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    impl_->RemoveSegments(segments);
    for (const RejectionRecord& rejection : rejections) impl_->Add(source.locator, rejection);
  });
}

void Catalog::ForEachSegment(const std::function<void(const SegmentRecord&)>& visit) const {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    SQLite::Statement row(impl_->database, "SELECT * FROM segment ORDER BY source, start_ms, id");
    while (row.executeStep()) {
      SegmentRecord segment{.id = row.getColumn("id").getString(),
                            .source = row.getColumn("source").getString(),
                            .source_id = row.getColumn("source_id").getString(),
                            .start_ms = row.getColumn("start_ms").getInt64(),
                            .end_ms = row.getColumn("end_ms").getInt64(),
                            .agreement = row.getColumn("agreement").getDouble(),
                            .num_frames = row.getColumn("frames").getInt64(),
                            .speaker = TextOf(row.getColumn("speaker")),
                            .language = TextOf(row.getColumn("language")),
                            .audio = row.getColumn("audio").getString(),
                            .sha256 = row.getColumn("sha256").getString()};
      if (!row.getColumn("snr_db").isNull()) segment.snr_db = row.getColumn("snr_db").getDouble();
      const auto emotion = EmotionFromName(row.getColumn("emotion").getString());
      const std::string scores = BytesOf(row.getColumn("scores"));
      if (!emotion || scores.size() != sizeof(segment.scores)) {
        throw Error(
            ErrorKind::kBadInput,
            fmt::format("the catalogue '{}' holds a segment that sezim did not write", DisplayName(impl_->file)),
            "remove the corpus folder and harvest again");
      }
      segment.emotion = *emotion;
      std::memcpy(segment.scores.data(), scores.data(), scores.size());
      const std::string voice = BytesOf(row.getColumn("voice_scores"));
      if (voice.size() == sizeof(EmotionScores)) {
        segment.voice_scores.emplace();
        std::memcpy(segment.voice_scores->data(), voice.data(), voice.size());
        segment.voice_emotion = Strongest(*segment.voice_scores);
      }
      if (const auto check = TextOf(row.getColumn("voice_check"))) segment.voice_check = VoiceCheckFromName(*check);
      visit(segment);
    }
  });
}

void Catalog::ForEachRejection(const std::function<void(const RejectionRecord&)>& visit) const {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    SQLite::Statement row(impl_->database, "SELECT * FROM rejection ORDER BY source, start_ms, end_ms, reason, detail");
    while (row.executeStep()) {
      const auto emotion = TextOf(row.getColumn("emotion"));
      visit({.source = row.getColumn("source").getString(),
             .source_id = TextOf(row.getColumn("source_id")),
             .start_ms = NumberOf(row.getColumn("start_ms")),
             .end_ms = NumberOf(row.getColumn("end_ms")),
             .reason = row.getColumn("reason").getString(),
             .detail = TextOf(row.getColumn("detail")),
             .remedy = TextOf(row.getColumn("remedy")),
             .num_frames = NumberOf(row.getColumn("frames")),
             .emotion = emotion ? EmotionFromName(*emotion) : std::nullopt,
             .language = TextOf(row.getColumn("language"))});
    }
  });
}

std::string Catalog::FacePicture(const std::string& segment_id) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&]() -> std::string {
    SQLite::Statement statement(impl_->database, "SELECT face FROM segment_extras WHERE id = :id");
    statement.bind(":id", segment_id);
    return statement.executeStep() ? BytesOf(statement.getColumn(0)) : std::string();
  });
}

void Catalog::ForEachVoice(const std::function<void(const SegmentVoice&)>& visit) const {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    SQLite::Statement row(impl_->database,
                          "SELECT * FROM segment JOIN segment_extras USING (id) WHERE length(voice) > 0"
                          " ORDER BY source, start_ms, id");
    while (row.executeStep()) {
      SegmentVoice voice{.segment_id = row.getColumn("id").getString(),
                         .source = row.getColumn("source").getString(),
                         .locator = BytesOf(row.getColumn("locator")),
                         .start_ms = row.getColumn("start_ms").getInt64(),
                         .end_ms = row.getColumn("end_ms").getInt64(),
                         .face_number = row.getColumn("face_number").getInt64()};
      const std::string bytes = BytesOf(row.getColumn("voice"));
      for (std::string_view rest = bytes; !rest.empty();) voice.print.push_back(Unpack<float>(rest));
      for (const char byte : BytesOf(row.getColumn("face_print"))) {
        voice.face_print.push_back(static_cast<float>(static_cast<unsigned char>(byte)));
      }
      visit(voice);
    }
  });
}

bool Catalog::HasVoicesWithoutSpeaker() const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    SQLite::Statement row(impl_->database,
                          "SELECT 1 FROM segment JOIN segment_extras USING (id)"
                          " WHERE speaker IS NULL AND length(voice) > 0 LIMIT 1");
    return row.executeStep();
  });
}

std::set<std::string> Catalog::SegmentsHeardBy(const std::string& model_sha256) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    std::set<std::string> heard;
    SQLite::Statement row(impl_->database, "SELECT id FROM segment WHERE voice_model = :model");
    row.bind(":model", model_sha256);
    while (row.executeStep()) heard.insert(row.getColumn(0).getString());
    return heard;
  });
}

void Catalog::SetVoiceEmotions(const std::string& model_sha256, const std::vector<HeardSegment>& heard) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    SQLite::Statement statement(impl_->database,
                                "UPDATE segment SET voice_model = :model, voice_scores = :scores WHERE id = :id");
    for (const HeardSegment& segment : heard) {
      statement.bind(":model", model_sha256);
      if (segment.scores) {
        statement.bind(":scores", segment.scores->data(), static_cast<int>(sizeof(EmotionScores)));
      } else {
        statement.bind(":scores");
      }
      statement.bind(":id", segment.segment_id);
      statement.exec();
      statement.reset();
    }
  });
}

void Catalog::SetVoiceChecks(const std::vector<std::pair<std::string, VoiceCheck>>& checks) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    SQLite::Statement statement(impl_->database, "UPDATE segment SET voice_check = :voice_check WHERE id = :id");
    for (const auto& [id, check] : checks) {
      statement.bind(":id", id);
      statement.bind(":voice_check", std::string(NameOf(check)));
      statement.exec();
      statement.reset();
    }
  });
}

void Catalog::SetSpeakers(const std::vector<std::pair<std::string, std::string>>& speakers) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    impl_->database.exec("UPDATE segment SET speaker = NULL");
    SQLite::Statement statement(impl_->database, "UPDATE segment SET speaker = :speaker WHERE id = :id");
    for (const auto& [id, speaker] : speakers) {
      statement.bind(":id", id);
      statement.bind(":speaker", speaker);
      statement.exec();
      statement.reset();
    }
  });
}

}  // namespace sezim
