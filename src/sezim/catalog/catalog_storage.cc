// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/catalog_storage.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

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

template <typename T>
void BindOrNull(SQLite::Statement& statement, const char* name, const std::optional<T>& value) {
  if (value) {
    statement.bind(name, *value);
  } else {
    statement.bind(name);
  }
}

}  // namespace

[[noreturn]] void Translate(const SQLite::Exception& error, const std::filesystem::path& file) {
  const std::string what = fmt::format("the catalogue '{}': {}", DisplayName(file), error.what());
  switch (error.getErrorCode()) {
    case SQLITE_FULL: throw SystemError(ENOSPC, "cannot write the catalogue", DisplayName(file));
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      throw Error(
          ErrorKind::kBadInput, what,
          "it is damaged or not a catalogue: bring it back from a copy, or harvest into another folder, and leave out "
          "what was dropped from this one, which it alone knows");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: throw Error(ErrorKind::kBusy, what, "close the program that has it open");
    default: throw Error(ErrorKind::kIo, what, "check the disk and who may write there");
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

Catalog::Impl::Impl(const std::filesystem::path& path) : file(path), database(Open(path)) {}

SQLite::Database Catalog::Impl::Open(const std::filesystem::path& path) {
  try {
    return SQLite::Database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000);
  } catch (const SQLite::Exception& error) {
    Translate(error, path);
  }
}

void Catalog::Impl::Prepare() {
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
        if (format < 4) database.exec(kFormat4Schema);
        if (format < 5) database.exec(kFormat5Schema);
        database.exec(kFormat6Schema);
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
    database.exec(kFormat5Schema);
    database.exec(kFormat6Schema);
    database.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kCatalogId, kCatalogFormat));
  });
}

void Catalog::Impl::Put(const SourceRow& source) {
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

void Catalog::Impl::Clear(const std::string& table, const std::string& locator) {
  SQLite::Statement statement(database, fmt::format("DELETE FROM {} WHERE locator = :locator", table));
  BindBytes(statement, ":locator", locator);
  statement.exec();
}

void Catalog::Impl::ClearResults(const std::string& locator) {
  for (const char* table : {"segment", "rejection", "fingerprint", "picture_print"}) Clear(table, locator);
}

void Catalog::Impl::Add(const std::string& locator, const SegmentRecord& segment) {
  SQLite::Statement statement(
      database,
      "INSERT INTO segment VALUES (:id, :locator, :source, :source_id, :start_ms, :end_ms,"
      " :emotion, :scores, :agreement, :frames, :language, :audio, :sha256, NULL, :snr_db, NULL, NULL, NULL)");
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

void Catalog::Impl::Add(const std::string& segment_id, const SegmentExtras& extras) {
  SQLite::Statement statement(database,
                              "INSERT INTO segment_extras (id, face, voice, face_number, face_print)"
                              " VALUES (:id, :face, :voice, :face_number, :face_print)");
  statement.bind(":id", segment_id);
  BindBytes(statement, ":face", extras.face_jpeg);
  std::string voice;
  for (const float number : extras.voice_print) Pack(voice, number);
  BindBytes(statement, ":voice", voice);
  statement.bind(":face_number", extras.face_number);
  // Its largest number, which is 255, has no meaning: descriptions are compared by their directions.
  std::string face_print;
  float largest = 0;
  for (const float number : extras.face_print) largest = std::max(largest, number);
  for (const float number : extras.face_print) {
    face_print.push_back(static_cast<char>(largest > 0 ? std::lround(255 * std::max(0.0F, number) / largest) : 0));
  }
  BindBytes(statement, ":face_print", face_print);
  statement.exec();
}

void Catalog::Impl::Add(const std::string& locator, const SourcePrints& prints) {
  if (!prints.sound.empty()) {
    SQLite::Statement statement(database, "INSERT INTO fingerprint VALUES (:locator, :numbers)");
    BindBytes(statement, ":locator", locator);
    std::string numbers;
    for (const std::uint32_t number : prints.sound) Pack(numbers, number);
    BindBytes(statement, ":numbers", numbers);
    statement.exec();
  }
  if (!prints.pictures.empty()) {
    SQLite::Statement statement(database, "INSERT INTO picture_print VALUES (:locator, :changes)");
    BindBytes(statement, ":locator", locator);
    BindBytes(statement, ":changes", PackPicturePrint(prints.pictures));
    statement.exec();
  }
}

SourcePrints Catalog::Impl::PrintsOf(const std::string& locator) {
  SourcePrints prints;
  SQLite::Statement sound(database, "SELECT numbers FROM fingerprint WHERE locator = :locator");
  BindBytes(sound, ":locator", locator);
  if (sound.executeStep()) {
    const std::string bytes = BytesOf(sound.getColumn(0));
    for (std::string_view rest = bytes; !rest.empty();) prints.sound.push_back(Unpack<std::uint32_t>(rest));
  }
  SQLite::Statement pictures(database, "SELECT changes FROM picture_print WHERE locator = :locator");
  BindBytes(pictures, ":locator", locator);
  if (pictures.executeStep()) prints.pictures = UnpackPicturePrint(BytesOf(pictures.getColumn(0)));
  return prints;
}

void Catalog::Impl::RemoveSegments(const std::vector<SegmentRecord>& segments) {
  SQLite::Statement remove(database, "DELETE FROM segment WHERE id = :id");
  for (const SegmentRecord& segment : segments) {
    remove.bind(":id", segment.id);
    remove.exec();
    remove.reset();
  }
}

void Catalog::Impl::Add(const std::string& locator, const RejectionRecord& rejection) {
  SQLite::Statement statement(database,
                              "INSERT INTO rejection VALUES (:locator, :source, :source_id, :start_ms, :end_ms,"
                              " :reason, :detail, :remedy, :frames, :emotion, :language)");
  BindBytes(statement, ":locator", locator);
  statement.bind(":source", rejection.source);
  BindOrNull(statement, ":source_id", rejection.source_id);
  BindOrNull(statement, ":start_ms", rejection.start_ms);
  BindOrNull(statement, ":end_ms", rejection.end_ms);
  statement.bind(":reason", rejection.reason);
  BindOrNull(statement, ":detail", rejection.detail);
  BindOrNull(statement, ":remedy", rejection.remedy);
  BindOrNull(statement, ":frames", rejection.num_frames);
  std::optional<std::string> emotion;
  if (rejection.emotion) emotion = std::string(sezim::NameOf(*rejection.emotion));
  BindOrNull(statement, ":emotion", emotion);
  BindOrNull(statement, ":language", rejection.language);
  statement.exec();
}

}  // namespace sezim
