// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/croissant.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

// The vocabulary's terms, as the Croissant 1.1 specification asks every description to spell them out.
Json Context() {
  Json context = {{"@language", "en"}, {"@vocab", "https://schema.org/"}};
  for (const char* term : {"arrayShape", "citeAs",   "column",       "containedIn",   "equivalentProperty",
                           "extract",    "field",    "fileProperty", "fileObject",    "fileSet",
                           "format",     "includes", "isArray",      "isLiveDataset", "jsonPath",
                           "key",        "md5",      "parentField",  "path",          "recordSet",
                           "references", "regex",    "repeated",     "replace",       "samplingRate",
                           "separator",  "source",   "subField",     "transform"}) {
    context[term] = fmt::format("cr:{}", term);
  }
  context["conformsTo"] = "dct:conformsTo";
  context["cr"] = "http://mlcommons.org/croissant/";
  context["rai"] = "http://mlcommons.org/croissant/RAI/";
  context["dct"] = "http://purl.org/dc/terms/";
  context["sc"] = "https://schema.org/";
  context["data"] = {{"@id", "cr:data"}, {"@type", "@json"}};
  context["examples"] = {{"@id", "cr:examples"}, {"@type", "@json"}};
  context["dataType"] = {{"@id", "cr:dataType"}, {"@type", "@vocab"}};
  context["name"] = {{"@container", "@language"}};
  context["description"] = {{"@container", "@language"}};
  return context;
}

Json FileObject(const PublishedFile& file) {
  return {{"@type", "cr:FileObject"},
          {"@id", file.path},
          {"name", file.path},
          {"description", file.description},
          {"contentUrl", file.path},
          {"contentSize", fmt::format("{} B", file.num_bytes)},
          {"encodingFormat", file.media_type},
          {"sha256", file.sha256}};
}

// The rows of a CSV file as records.
Json RecordSet(const char* name, const char* file, const char* description, const std::vector<Column>& columns) {
  Json fields = Json::array();
  for (const Column& column : columns) {
    fields.push_back({{"@type", "cr:Field"},
                      {"@id", fmt::format("{}/{}", name, column.name)},
                      {"name", column.name},
                      {"description", column.description},
                      {"dataType", column.data_type},
                      {"source", {{"fileObject", {{"@id", file}}}, {"extract", {{"column", column.name}}}}}});
  }
  return {{"@type", "cr:RecordSet"},
          {"@id", name},
          {"name", name},
          {"description", description},
          {"key", {{"@id", fmt::format("{}/id", name)}}},
          {"field", fields}};
}

}  // namespace

std::string CroissantJson(const DatasetFacts& facts, const std::string& description, const ExportContent& content) {
  Json json;
  json["@context"] = Context();
  json["@type"] = "sc:Dataset";
  json["conformsTo"] = "http://mlcommons.org/croissant/1.1";
  json["name"] = facts.name;
  json["description"] = description;
  json["version"] = facts.version;
  if (!facts.license.empty()) json["license"] = facts.license;
  if (!facts.url.empty()) json["url"] = facts.url;
  if (!facts.creator.empty()) json["creator"] = {{"@type", "sc:Person"}, {"name", facts.creator}};
  if (!facts.date.empty()) json["datePublished"] = facts.date;
  if (!facts.citation.empty()) json["citeAs"] = facts.citation;
  json["keywords"] = {"speech emotion recognition", "emotional speech", "audio"};
  if (!content.languages.empty()) json["inLanguage"] = content.languages;
  Json distribution = Json::array();
  for (const PublishedFile& file : content.files) distribution.push_back(FileObject(file));
  if (!content.sound_patterns.empty()) {
    distribution.push_back({{"@type", "cr:FileSet"},
                            {"@id", "sounds"},
                            {"name", "sounds"},
                            {"description", "The sound of each segment, 16 kHz mono 16-bit"},
                            {"encodingFormat", content.sound_type},
                            {"includes", content.sound_patterns}});
  }
  json["distribution"] = distribution;
  json["recordSet"] = {RecordSet("segments", "segments.csv", "The labelled segments of speech", SegmentColumns()),
                       RecordSet("sources", "SOURCES.csv", "The videos that they were cut out of", SourceColumns())};
  return json.dump(2) + "\n";
}

}  // namespace sezim
