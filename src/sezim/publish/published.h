// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sezim/catalog/catalog.h"
#include "sezim/corpus/segment_record.h"
#include "sezim/corpus/split_record.h"

namespace sezim {

// A segment as an export holds it. Neither its face nor its voice print is ever published.
struct PublishedSegment {
  SegmentRecord record{};
  Part part = Part::kTrain;
  std::string file{};    // where its sound is in the export, '/' between the parts; of WebDataset its shard
  std::string sha256{};  // of the sound as exported
};

// Where it was looked for segments, as far as it may be told: never a path of this machine.
struct PublishedSource {
  std::string id{};
  std::string name{};  // below its input folder, or the URL
  std::string url{};   // empty: a local file
  std::string title{};
  std::string channel{};
  std::string license{};  // as its site states it; empty: not stated
  std::string language{};
  std::int64_t num_segments = 0;
  double duration_s = 0;  // of these segments
};

// What the publisher says of the whole.
struct DatasetFacts {
  std::string name{};
  std::string license{};  // an SPDX identifier or a URL; this and all below may be empty
  std::string creator{};
  std::string url{};
  std::string date{};  // published: "2026-01-31"
  std::string citation{};
  std::string version = "1.0.0";  // MAJOR.MINOR.PATCH

  // Throws Error (kUsage).
  void RequireValid() const;
};

// A file that every export of some kind has.
struct PublishedFile {
  std::string path{};  // in the export
  std::string media_type{};
  std::string description{};
  std::string sha256{};
  std::int64_t num_bytes = 0;
};

// All that was harvested to the end, by name, with what these segments have of each.
std::vector<PublishedSource> PublishedSources(const std::vector<SourceRow>& sources,
                                              const std::vector<PublishedSegment>& segments);

// One column of segments.csv or SOURCES.csv.
struct Column {
  std::string name{};
  std::string data_type{};  // "sc:Text", "sc:Float", "sc:Integer", "sc:URL"
  std::string description{};
};
std::vector<Column> SegmentColumns();
std::vector<Column> SourceColumns();

// What a voice model heard in a segment, and what came of comparing it with the label; empty where none was asked.
std::string VoiceEmotionText(const SegmentRecord& record);
std::string VoiceCheckText(const SegmentRecord& record);

// The text of segments.csv and SOURCES.csv: a row of names, and one for each segment or source.
std::string SegmentsCsv(const std::vector<PublishedSegment>& segments);
std::string SourcesCsv(const std::vector<PublishedSource>& sources);

}  // namespace sezim
