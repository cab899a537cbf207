// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/catalog.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/packing.h"
#include "sezim/catalog/schema.h"

namespace sezim {
namespace {

const char* NameOf(SourceState state) {
  switch (state) {
    case SourceState::kWorking: return "working";
    case SourceState::kDone: return "done";
    case SourceState::kRejected: return "rejected";
  }
  return "";
}

SourceState StateFromName(const std::string& name) {
  if (name == "done") return SourceState::kDone;
  return name == "rejected" ? SourceState::kRejected : SourceState::kWorking;
}

[[noreturn]] void Translate(const SQLite::Exception& error, const std::filesystem::path& file) {
  const std::string what = fmt::format("the catalogue '{}': {}", DisplayName(file), error.what());
  switch (error.getErrorCode()) {
    case SQLITE_FULL: throw SystemError(ENOSPC, "cannot write the catalogue", DisplayName(file));
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      throw Error(ErrorKind::kBadInput, what,
                  "it is damaged or not a catalogue: use another folder, or remove it and harvest again");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: throw Error(ErrorKind::kBusy, what, "close the program that has it open");
    default: throw Error(ErrorKind::kIo, what, "check the disk and who may write there");
  }
}

template <typename T>
void BindOrNull(SQLite::Statement& statement, const char* name, const std::optional<T>& value) {
  if (value) {
    statement.bind(name, *value);
  } else {
    statement.bind(name);
  }
}

void BindBytes(SQLite::Statement& statement, const char* name, const std::string& bytes) {
  statement.bind(name, bytes.data(), static_cast<int>(bytes.size()));
}

std::string BytesOf(const SQLite::Column& column) {
  return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

std::optional<std::string> TextOf(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getString();
}

std::optional<std::int64_t> NumberOf(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getInt64();
}

SourceRow SourceFrom(SQLite::Statement& row) {
  SourceRow source;
  source.locator = BytesOf(row.getColumn("locator"));
  source.name = row.getColumn("name").getString();
  source.sha256 = row.getColumn("sha256").getString();
  source.size_bytes = row.getColumn("size_bytes").getInt64();
  source.modified_ns = row.getColumn("modified_ns").getInt64();
  source.state = StateFromName(row.getColumn("state").getString());
  source.language = TextOf(row.getColumn("language"));
  source.provenance_json = row.getColumn("provenance").getString();
  source.counts = {.duration_s = row.getColumn("duration_s").getDouble(),
                   .speech_s = row.getColumn("speech_s").getDouble(),
                   .frames_looked_at = row.getColumn("frames_looked_at").getInt64(),
                   .frames_without_picture = row.getColumn("frames_without_picture").getInt64(),
                   .frames_without_face = row.getColumn("frames_without_face").getInt64(),
                   .frames_with_several_faces = row.getColumn("frames_with_several_faces").getInt64(),
                   .frames_kept = row.getColumn("frames_kept").getInt64()};
  source.timeline = UnpackTimeline(BytesOf(row.getColumn("timeline")));
  return source;
}

}  // namespace

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

struct Catalog::Impl {
  explicit Impl(const std::filesystem::path& path) : file(path), database(Open(path)) {}

  static SQLite::Database Open(const std::filesystem::path& path) {
    try {
      return SQLite::Database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000);
    } catch (const SQLite::Exception& error) {
      Translate(error, path);
    }
  }

  // Runs `work` in one transaction and translates what SQLite reports.
  template <typename Work>
  auto InTransaction(const Work& work) {
    try {
      SQLite::Transaction transaction(database);
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        transaction.commit();
      } else {
        auto result = work();
        transaction.commit();
        return result;
      }
    } catch (const SQLite::Exception& error) {
      Translate(error, file);
    }
  }

  void Prepare() {
    try {
      database.exec(
          "PRAGMA foreign_keys = ON; PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL; "
          "PRAGMA secure_delete = ON;");
      const int id = database.execAndGet("PRAGMA application_id").getInt();
      const int format = database.execAndGet("PRAGMA user_version").getInt();
      const int num_tables = database.execAndGet("SELECT count(*) FROM sqlite_master").getInt();
      if (id == kCatalogId && format == kCatalogFormat) return;
      if (id == kCatalogId && format >= 1 && format < kCatalogFormat) {
        InTransaction([&] {
          if (format < 2) database.exec(kDroppedSchema);
          if (format < 3) database.exec(kFormat3Schema);
          database.exec(kFormat4Schema);
          database.exec(fmt::format("PRAGMA user_version = {}", kCatalogFormat));
        });
        return;
      }
      if (num_tables > 0) {
        throw Error(ErrorKind::kBadInput,
                    fmt::format("'{}' is a database of another kind or version (format {}, this sezim writes {})",
                                DisplayName(file), format, kCatalogFormat),
                    "use another folder, or the sezim that made it");
      }
    } catch (const SQLite::Exception& error) {
      Translate(error, file);
    }
    InTransaction([&] {
      database.exec(kCatalogSchema);
      database.exec(kDroppedSchema);
      database.exec(kFormat3Schema);
      database.exec(kFormat4Schema);
      database.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kCatalogId, kCatalogFormat));
    });
  }

  void Put(const SourceRow& source) {
    SQLite::Statement statement(
        database,
        "INSERT INTO source VALUES (:locator, :name, :sha256, :size_bytes, :modified_ns, :state, :language, "
        ":provenance,"
        " :duration_s, :speech_s, :looked_at, :no_picture, :no_face, :several_faces, :kept, :timeline)"
        " ON CONFLICT (locator) DO UPDATE SET name = excluded.name, sha256 = excluded.sha256,"
        " size_bytes = excluded.size_bytes, modified_ns = excluded.modified_ns, state = excluded.state,"
        " language = excluded.language, provenance = excluded.provenance, duration_s = excluded.duration_s,"
        " speech_s = excluded.speech_s, frames_looked_at = excluded.frames_looked_at,"
        " frames_without_picture = excluded.frames_without_picture,"
        " frames_without_face = excluded.frames_without_face,"
        " frames_with_several_faces = excluded.frames_with_several_faces, frames_kept = excluded.frames_kept,"
        " timeline = excluded.timeline");
    BindBytes(statement, ":locator", source.locator);
    statement.bind(":name", source.name);
    statement.bind(":sha256", source.sha256);
    statement.bind(":size_bytes", source.size_bytes);
    statement.bind(":modified_ns", source.modified_ns);
    statement.bind(":state", NameOf(source.state));
    BindOrNull(statement, ":language", source.language);
    statement.bind(":provenance", source.provenance_json);
    statement.bind(":duration_s", source.counts.duration_s);
    statement.bind(":speech_s", source.counts.speech_s);
    statement.bind(":looked_at", source.counts.frames_looked_at);
    statement.bind(":no_picture", source.counts.frames_without_picture);
    statement.bind(":no_face", source.counts.frames_without_face);
    statement.bind(":several_faces", source.counts.frames_with_several_faces);
    statement.bind(":kept", source.counts.frames_kept);
    BindBytes(statement, ":timeline", PackTimeline(source.timeline));
    statement.exec();
  }

  void RememberDropped(const std::string& digest) {
    SQLite::Statement statement(database, "INSERT OR IGNORE INTO dropped VALUES (:digest)");
    statement.bind(":digest", digest);
    statement.exec();
  }

  void Clear(const std::string& table, const std::string& locator) {
    SQLite::Statement statement(database, fmt::format("DELETE FROM {} WHERE locator = :locator", table));
    BindBytes(statement, ":locator", locator);
    statement.exec();
  }

  void Add(const std::string& locator, const SegmentRecord& segment) {
    SQLite::Statement statement(
        database,
        "INSERT INTO segment VALUES (:id, :locator, :source, :source_id, :start_ms, :end_ms,"
        " :emotion, :scores, :agreement, :frames, :language, :audio, :sha256, NULL, :snr_db, NULL, NULL)");
    statement.bind(":id", segment.id);
    BindBytes(statement, ":locator", locator);
    statement.bind(":source", segment.source);
    statement.bind(":source_id", segment.source_id);
    statement.bind(":start_ms", segment.start_ms);
    statement.bind(":end_ms", segment.end_ms);
    statement.bind(":emotion", std::string(sezim::NameOf(segment.emotion)));
    statement.bind(":scores", segment.scores.data(), static_cast<int>(sizeof(segment.scores)));
    statement.bind(":agreement", segment.agreement);
    statement.bind(":frames", segment.num_frames);
    BindOrNull(statement, ":language", segment.language);
    statement.bind(":audio", segment.audio);
    statement.bind(":sha256", segment.sha256);
    BindOrNull(statement, ":snr_db", segment.snr_db);
    statement.exec();
  }

  void Add(const std::string& segment_id, const SegmentExtras& extras) {
    SQLite::Statement statement(database, "INSERT INTO segment_extras VALUES (:id, :face, :voice, :face_number)");
    statement.bind(":id", segment_id);
    BindBytes(statement, ":face", extras.face_jpeg);
    std::string voice;
    for (const float number : extras.voice_print) Pack(voice, number);
    BindBytes(statement, ":voice", voice);
    statement.bind(":face_number", extras.face_number);
    statement.exec();
  }

  void Add(const std::string& locator, const Fingerprint& fingerprint) {
    SQLite::Statement statement(database, "INSERT INTO fingerprint VALUES (:locator, :numbers)");
    BindBytes(statement, ":locator", locator);
    std::string numbers;
    for (const std::uint32_t number : fingerprint) Pack(numbers, number);
    BindBytes(statement, ":numbers", numbers);
    statement.exec();
  }

  void RemoveSegments(const std::vector<SegmentRecord>& segments) {
    SQLite::Statement remove(database, "DELETE FROM segment WHERE id = :id");
    for (const SegmentRecord& segment : segments) {
      remove.bind(":id", segment.id);
      remove.exec();
      remove.reset();
    }
  }

  void Add(const std::string& locator, const RejectionRecord& rejection) {
    SQLite::Statement statement(database,
                                "INSERT INTO rejection VALUES (:locator, :source, :source_id, :start_ms, :end_ms,"
                                " :reason, :detail, :remedy, :frames)");
    BindBytes(statement, ":locator", locator);
    statement.bind(":source", rejection.source);
    BindOrNull(statement, ":source_id", rejection.source_id);
    BindOrNull(statement, ":start_ms", rejection.start_ms);
    BindOrNull(statement, ":end_ms", rejection.end_ms);
    statement.bind(":reason", rejection.reason);
    BindOrNull(statement, ":detail", rejection.detail);
    BindOrNull(statement, ":remedy", rejection.remedy);
    BindOrNull(statement, ":frames", rejection.num_frames);
    statement.exec();
  }

  std::filesystem::path file;
  SQLite::Database database;
};

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
    impl_->Clear("segment", source.locator);
    impl_->Clear("rejection", source.locator);
    impl_->Clear("fingerprint", source.locator);
  });
}

std::optional<SourceRow> Catalog::FindContent(const std::string& sha256, const std::string& other_than_locator) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&]() -> std::optional<SourceRow> {
    SQLite::Statement statement(impl_->database,
                                "SELECT * FROM source WHERE sha256 = :sha256 AND locator <> :locator"
                                " AND NOT EXISTS (SELECT 1 FROM rejection WHERE rejection.locator = source.locator"
                                " AND reason = :duplicate)"
                                " ORDER BY name, locator");
    statement.bind(":sha256", sha256);
    BindBytes(statement, ":locator", other_than_locator);
    statement.bind(":duplicate", kDuplicateSource);
    if (!statement.executeStep()) return std::nullopt;
    return SourceFrom(statement);
  });
}

bool Catalog::IsDuplicate(const std::string& locator) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    SQLite::Statement statement(impl_->database,
                                "SELECT 1 FROM rejection WHERE locator = :locator AND reason = :duplicate");
    BindBytes(statement, ":locator", locator);
    statement.bind(":duplicate", kDuplicateSource);
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

std::vector<std::string> Catalog::Units(const std::string& locator) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    std::vector<std::string> units;
    SQLite::Statement statement(impl_->database,
                                "SELECT observations FROM unit WHERE locator = :locator ORDER BY number");
    BindBytes(statement, ":locator", locator);
    while (statement.executeStep()) units.push_back(BytesOf(statement.getColumn(0)));
    return units;
  });
}

void Catalog::FinishSource(const SourceRow& source, const std::vector<SegmentRecord>& segments,
                           const std::vector<RejectionRecord>& rejections, const std::vector<SegmentExtras>& extras,
                           const Fingerprint& fingerprint) {
  Check(extras.empty() || extras.size() == segments.size(), "extras of no segment or of each");
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    impl_->Put(source);
    for (const char* table : {"unit", "segment", "rejection", "fingerprint"}) impl_->Clear(table, source.locator);
    if (!fingerprint.empty()) impl_->Add(source.locator, fingerprint);
    for (const SegmentRecord& segment : segments) impl_->Add(source.locator, segment);
    for (std::size_t i = 0; i < extras.size(); ++i) impl_->Add(segments[i].id, extras[i]);
    for (const RejectionRecord& rejection : rejections) impl_->Add(source.locator, rejection);
  });
}

void Catalog::RejectSource(const SourceRow& source, const RejectionRecord& rejection) {
  FinishSource(source, {}, {rejection});
}

void Catalog::DropSource(const std::string& locator, const std::vector<std::string>& digests) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    for (const char* table : {"unit", "segment", "rejection", "fingerprint", "source"}) impl_->Clear(table, locator);
    for (const std::string& digest : digests) impl_->RememberDropped(digest);
  });
}

void Catalog::RememberDropped(const std::string& digest) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] { impl_->RememberDropped(digest); });
}

bool Catalog::IsDropped(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    SQLite::Statement statement(impl_->database, "SELECT 1 FROM dropped WHERE digest = :digest");
    statement.bind(":digest", digest);
    return statement.executeStep();
  });
}

Fingerprint Catalog::FingerprintOf(const std::string& locator) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    Fingerprint fingerprint;
    SQLite::Statement row(impl_->database, "SELECT numbers FROM fingerprint WHERE locator = :locator");
    BindBytes(row, ":locator", locator);
    if (!row.executeStep()) return fingerprint;
    const std::string bytes = BytesOf(row.getColumn(0));
    for (std::string_view rest = bytes; !rest.empty();) fingerprint.push_back(Unpack<std::uint32_t>(rest));
    return fingerprint;
  });
}

void Catalog::RejectSegments(const SourceRow& source, const std::vector<SegmentRecord>& segments,
                             const std::vector<RejectionRecord>& rejections) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    impl_->RemoveSegments(segments);
    for (const RejectionRecord& rejection : rejections) impl_->Add(source.locator, rejection);
  });
}

void Catalog::DropSegments(const SourceRow& source, const std::vector<SegmentRecord>& segments) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    impl_->RemoveSegments(segments);
    SQLite::Statement remember(impl_->database, "INSERT INTO dropped_span VALUES (:sha256, :start_ms, :end_ms)");
    for (const SegmentRecord& segment : segments) {
      remember.bind(":sha256", source.sha256);
      remember.bind(":start_ms", segment.start_ms);
      remember.bind(":end_ms", segment.end_ms);
      remember.exec();
      remember.reset();
    }
  });
}

std::vector<SpanMs> Catalog::DroppedSpans(const std::string& sha256) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    std::vector<SpanMs> spans;
    SQLite::Statement row(impl_->database,
                          "SELECT start_ms, end_ms FROM dropped_span WHERE sha256 = :sha256 ORDER BY start_ms, end_ms");
    row.bind(":sha256", sha256);
    while (row.executeStep()) spans.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getInt64()});
    return spans;
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
      visit(segment);
    }
  });
}

void Catalog::ForEachRejection(const std::function<void(const RejectionRecord&)>& visit) const {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    SQLite::Statement row(impl_->database, "SELECT * FROM rejection ORDER BY source, start_ms, end_ms, reason, detail");
    while (row.executeStep()) {
      visit({.source = row.getColumn("source").getString(),
             .source_id = TextOf(row.getColumn("source_id")),
             .start_ms = NumberOf(row.getColumn("start_ms")),
             .end_ms = NumberOf(row.getColumn("end_ms")),
             .reason = row.getColumn("reason").getString(),
             .detail = TextOf(row.getColumn("detail")),
             .remedy = TextOf(row.getColumn("remedy")),
             .num_frames = NumberOf(row.getColumn("frames"))});
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
