// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/corpus/source_record.h"
#include "sezim/publish/csv.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxFactBytes = 10'000;

std::string HeaderOf(const std::vector<Column>& columns) {
  std::vector<std::string> names(columns.size());
  std::transform(columns.begin(), columns.end(), names.begin(), [](const Column& column) { return column.name; });
  return CsvRow(names);
}

PublishedSource Published(const SourceRow& row) {
  PublishedSource source{.id = row.id(), .name = row.name, .language = row.language.value_or("")};
  if (IsFetchableUrl(row.locator)) source.url = row.locator;
  if (row.provenance_json.empty()) return source;
  const SourceRecord record = ParseSourceRecord(row.provenance_json);
  source.url = record.url;
  source.title = record.title;
  source.channel = record.channel;
  source.license = record.license;
  if (source.language.empty()) source.language = record.language;
  return source;
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsDate(const std::string& text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  const bool looks_like_one = text.size() == kShape.size() &&
                              std::equal(text.begin(), text.end(), kShape.begin(),
                                         [](char c, char shape) { return shape == 'd' ? IsDigit(c) : c == shape; });
  if (!looks_like_one) return false;
  const auto number = [&](std::size_t at, std::size_t count) { return std::stoi(text.substr(at, count)); };
  return std::chrono::year_month_day(std::chrono::year(number(0, 4)),
                                     std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                     std::chrono::day(static_cast<unsigned>(number(8, 2))))
      .ok();
}

// MAJOR.MINOR.PATCH, each of digits.
bool IsRelease(const std::string& text) {
  int num_dots = 0;
  char last = '.';
  for (const char c : text) {
    if (c == '.' ? last == '.' : !IsDigit(c)) return false;
    num_dots += c == '.';
    last = c;
  }
  return num_dots == 2 && last != '.';
}

// An SPDX identifier (by its characters; its list is not asked) or an address.
bool IsLicense(const std::string& text) {
  return IsFetchableUrl(text) || std::all_of(text.begin(), text.end(), [](char c) {
           return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '+';
         });
}

}  // namespace

void DatasetFacts::RequireValid() const {
  OptionChecks checks("what is said of the dataset");
  for (const auto& [option, text] : {std::pair("--name", name),
                                     {"--license", license},
                                     {"--creator", creator},
                                     {"--url", url},
                                     {"--cite", citation},
                                     {"--release", version}}) {
    checks.Require(text.size() <= kMaxFactBytes && ValidUtf8(text) == text,
                   fmt::format("{} must be one line of UTF-8 text of at most {} bytes", option, kMaxFactBytes));
  }
  checks.Require(!name.empty(), "--name must not be empty");
  checks.Require(url.empty() || IsFetchableUrl(url), "--url must start with http:// or https://");
  checks.Require(IsLicense(license),
                 "--license must be an SPDX identifier, such as CC-BY-4.0 or LicenseRef-of-ours, or start with http:// "
                 "or https://, without blanks");
  checks.Require(IsRelease(version), "--release must be MAJOR.MINOR.PATCH, such as 1.0.0");
  checks.Require(date.empty() || IsDate(date), "--date must be a day, such as 2026-01-31");
  checks.ThrowIfAny();
}

std::string VoiceEmotionText(const SegmentRecord& record) {
  return record.voice_emotion ? std::string(NameOf(*record.voice_emotion)) : "";
}

std::string VoiceCheckText(const SegmentRecord& record) {
  return record.voice_check ? std::string(NameOf(*record.voice_check)) : "";
}

std::vector<PublishedSource> PublishedSources(const std::vector<SourceRow>& sources,
                                              const std::vector<PublishedSegment>& segments) {
  std::map<std::string, PublishedSource> by_id;
  for (const SourceRow& row : sources) {
    if (row.state == SourceState::kDone) by_id.try_emplace(row.id(), Published(row));
  }
  for (const PublishedSegment& segment : segments) {
    const auto found = by_id.find(segment.record.source_id);
    Check(found != by_id.end(), "every segment has a finished source");
    ++found->second.num_segments;
    found->second.duration_s += segment.record.duration_s();
  }
  std::vector<PublishedSource> all;
  for (auto& [id, source] : by_id) all.push_back(std::move(source));
  std::stable_sort(all.begin(), all.end(),
                   [](const PublishedSource& a, const PublishedSource& b) { return a.name < b.name; });
  return all;
}

std::vector<Column> SegmentColumns() {
  std::vector<Column> columns = {
      {"id", "sc:Text", "Unique id of the segment"},
      {"part", "sc:Text", "train, dev or test"},
      {"file", "sc:Text", "Where its sound is in this folder; of WebDataset, its shard"},
      {"emotion", "sc:Text", "The label: what the speaker's face shows"},
      {"speaker", "sc:Text", "Who speaks, by an arbitrary id; empty where it is not known"},
      {"language", "sc:Text", "Language tag (BCP 47); empty where it is not known"},
      {"start_s", "sc:Float", "Where the segment starts in its source, seconds"},
      {"end_s", "sc:Float", "Where it ends, seconds"},
      {"duration_s", "sc:Float", "Its length, seconds"},
      {"agreement", "sc:Float",
       "Share of the pictures of the face in which it shows the label, of those that were asked about"},
      {"frames", "sc:Integer", "Number of pictures of the face that were looked at"},
      {"snr_db", "sc:Float", "Level of the voice above what is heard around it, decibels; empty where it is not known"},
      {"voice_emotion", "sc:Text", "What a voice model heard in it; empty where none was asked or it is too short"},
      {"voice_check", "sc:Text",
       "What came of comparing that with the label: agrees, disagrees or unverified; empty where no model was asked"}};
  for (const Emotion emotion : kEmotions) {
    columns.push_back({fmt::format("score_{}", NameOf(emotion)), "sc:Float",
                       fmt::format("Mean probability of {} over the pictures of the face", NameOf(emotion))});
  }
  columns.push_back({"source_id", "sc:Text", "Its source, as in SOURCES.csv"});
  columns.push_back({"sha256", "sc:Text", "Digest of the sound file"});
  return columns;
}

std::vector<Column> SourceColumns() {
  return {{"id", "sc:Text", "First 16 hexadecimal digits of the SHA-256 of the video"},
          {"name", "sc:Text", "Name of the video's file, or its address"},
          {"url", "sc:Text", "Where it was found; empty for a local file"},
          {"title", "sc:Text", "Its title there"},
          {"channel", "sc:Text", "Who put it there"},
          {"license", "sc:Text", "The licence stated there; empty where none is stated"},
          {"language", "sc:Text", "Language tag (BCP 47); empty where it is not known"},
          {"segments", "sc:Integer", "Number of segments out of it; 0 where nothing was kept"},
          {"duration_s", "sc:Float", "Length of these segments together, seconds"}};
}

std::string SegmentsCsv(const std::vector<PublishedSegment>& segments) {
  std::string csv = HeaderOf(SegmentColumns());
  for (const PublishedSegment& segment : segments) {
    const SegmentRecord& record = segment.record;
    std::vector<std::string> cells = {record.id,
                                      std::string(NameOf(segment.part)),
                                      segment.file,
                                      std::string(NameOf(record.emotion)),
                                      CsvText(record.speaker.value_or("")),
                                      CsvText(record.language.value_or("")),
                                      fmt::format("{:.3f}", static_cast<double>(record.start_ms) / 1000),
                                      fmt::format("{:.3f}", static_cast<double>(record.end_ms) / 1000),
                                      fmt::format("{:.3f}", record.duration_s()),
                                      fmt::format("{:.4f}", record.agreement),
                                      fmt::format("{}", record.num_frames),
                                      record.snr_db ? fmt::format("{:.1f}", *record.snr_db) : "",
                                      VoiceEmotionText(record),
                                      VoiceCheckText(record)};
    for (const double score : FourDigitScores(record.scores)) cells.push_back(fmt::format("{:.4f}", score));
    cells.push_back(record.source_id);
    cells.push_back(segment.sha256);
    csv += CsvRow(cells);
  }
  return csv;
}

std::string SourcesCsv(const std::vector<PublishedSource>& sources) {
  std::string csv = HeaderOf(SourceColumns());
  for (const PublishedSource& source : sources) {
    csv += CsvRow(std::vector<std::string>{source.id, CsvText(source.name), CsvText(source.url), CsvText(source.title),
                                           CsvText(source.channel), CsvText(source.license), CsvText(source.language),
                                           fmt::format("{}", source.num_segments),
                                           fmt::format("{:.3f}", source.duration_s)});
  }
  return csv;
}

}  // namespace sezim
