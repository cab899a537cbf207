// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sezim {

inline constexpr int kCatalogFormat = 6;       // PRAGMA user_version
inline constexpr int kCatalogId = 0x73657a69;  // PRAGMA application_id: "sezi"

// docs/formats/catalog.md describes each column.
inline constexpr const char* kCatalogSchema = R"sql(
CREATE TABLE source (
  locator BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('working', 'done', 'rejected')),
  language TEXT,
  provenance TEXT NOT NULL,
  duration_s REAL NOT NULL DEFAULT 0,
  speech_s REAL NOT NULL DEFAULT 0,
  frames_looked_at INTEGER NOT NULL DEFAULT 0,
  frames_without_picture INTEGER NOT NULL DEFAULT 0,
  frames_without_face INTEGER NOT NULL DEFAULT 0,
  frames_with_several_faces INTEGER NOT NULL DEFAULT 0,
  frames_kept INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX source_by_content ON source (sha256);

CREATE TABLE unit (
  locator BLOB NOT NULL REFERENCES source ON DELETE CASCADE,
  number INTEGER NOT NULL,
  observations BLOB NOT NULL,
  PRIMARY KEY (locator, number)
) WITHOUT ROWID;

CREATE TABLE segment (
  id TEXT PRIMARY KEY,
  locator BLOB NOT NULL REFERENCES source ON DELETE CASCADE,
  source TEXT NOT NULL,
  source_id TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (end_ms > start_ms),
  emotion TEXT NOT NULL,
  scores BLOB NOT NULL,
  agreement REAL NOT NULL,
  frames INTEGER NOT NULL,
  language TEXT,
  audio TEXT NOT NULL,
  sha256 TEXT NOT NULL
);
CREATE INDEX segment_in_order ON segment (source, start_ms, id);
CREATE INDEX segment_of_source ON segment (locator);

CREATE TABLE rejection (
  locator BLOB NOT NULL REFERENCES source ON DELETE CASCADE,
  source TEXT NOT NULL,
  source_id TEXT,
  start_ms INTEGER,
  end_ms INTEGER,
  reason TEXT NOT NULL,
  detail TEXT,
  remedy TEXT,
  frames INTEGER
);
CREATE INDEX rejection_in_order ON rejection (source, start_ms);
CREATE INDEX rejection_of_source ON rejection (locator);
)sql";

// Each of the following is added to a new catalogue, and to one of an earlier format.
inline constexpr const char* kDroppedSchema = R"sql(
CREATE TABLE dropped (digest TEXT PRIMARY KEY) WITHOUT ROWID;
)sql";

inline constexpr const char* kFormat3Schema = R"sql(
ALTER TABLE source ADD COLUMN timeline BLOB NOT NULL DEFAULT x'';
ALTER TABLE segment ADD COLUMN speaker TEXT;
ALTER TABLE segment ADD COLUMN snr_db REAL;

CREATE TABLE dropped_span (sha256 TEXT NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL);
CREATE INDEX dropped_span_of_content ON dropped_span (sha256);

CREATE TABLE fingerprint (
  locator BLOB PRIMARY KEY REFERENCES source ON DELETE CASCADE,
  numbers BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE segment_extras (
  id TEXT PRIMARY KEY REFERENCES segment ON DELETE CASCADE,
  face BLOB NOT NULL,
  voice BLOB NOT NULL,
  face_number INTEGER NOT NULL
);
)sql";

// What a voice model, known by its digest, made of the segment; nothing where the segment was too short for it.
inline constexpr const char* kFormat4Schema = R"sql(
ALTER TABLE segment ADD COLUMN voice_model TEXT;
ALTER TABLE segment ADD COLUMN voice_scores BLOB;
)sql";

// Unfinished work of an earlier format lacks what is seen of the pictures: it is done again.
inline constexpr const char* kFormat5Schema = R"sql(
CREATE TABLE picture_print (
  locator BLOB PRIMARY KEY REFERENCES source ON DELETE CASCADE,
  changes BLOB NOT NULL
) WITHOUT ROWID;
DELETE FROM unit;
ALTER TABLE segment_extras ADD COLUMN face_print BLOB NOT NULL DEFAULT x'';
)sql";

// What a voice check came to, and the label and language of what was rejected: not known of an earlier format.
inline constexpr const char* kFormat6Schema = R"sql(
ALTER TABLE segment ADD COLUMN voice_check TEXT;
ALTER TABLE rejection ADD COLUMN emotion TEXT;
ALTER TABLE rejection ADD COLUMN language TEXT;
)sql";

}  // namespace sezim
