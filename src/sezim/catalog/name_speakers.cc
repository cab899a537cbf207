// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/name_speakers.h"

#include <filesystem>
#include <map>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/corpus/source_record.h"

namespace sezim {
namespace {

// Speech of one person: one face's segments, and after clustering several faces'.
struct Turns {
  SpeechGroup speech;
  std::vector<std::string> segments;  // ids, in the order of the corpus

  void Add(Turns&& other) {
    speech.Add(other.speech);
    segments.insert(segments.end(), other.segments.begin(), other.segments.end());
  }
};

std::string ChannelOf(const SourceRow& source) {
  if (source.provenance_json.empty()) return std::filesystem::path(source.locator).parent_path().string();
  try {
    const std::string channel = ParseSourceRecord(source.provenance_json).channel;
    return channel.empty() ? source.locator : channel;
  } catch (const Error&) {
    return source.locator;
  }
}

std::vector<Turns> Clustered(std::vector<Turns> turns, const SpeakerClusterOptions& options) {
  std::vector<SpeechGroup> groups;
  for (const Turns& one : turns) groups.push_back(one.speech);
  const std::vector<std::size_t> speakers = ClusterSpeakers(groups, options);
  std::vector<Turns> clustered;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (speakers[i] == clustered.size()) clustered.emplace_back();
    clustered[speakers[i]].Add(std::move(turns[i]));
  }
  return clustered;
}

}  // namespace

void NameSpeakers(Catalog& catalog, const SpeakerClusterOptions& options) {
  std::map<std::string, std::string> channel_of;  // by locator
  for (const SourceRow& source : catalog.Sources()) channel_of[source.locator] = ChannelOf(source);

  std::map<std::string, std::vector<Turns>> of_channel;
  std::vector<Turns> of_source;
  std::map<std::int64_t, std::size_t> of_face;
  std::string locator;
  const auto end_source = [&] {
    std::vector<Turns>& channel = of_channel[channel_of[locator]];
    for (Turns& one : Clustered(std::exchange(of_source, {}), options)) channel.push_back(std::move(one));
    of_face.clear();
  };
  catalog.ForEachVoice([&](const SegmentVoice& segment) {
    if (segment.locator != locator) end_source();
    locator = segment.locator;
    const bool has_face = segment.face_number >= 0;
    const auto known = has_face ? of_face.find(segment.face_number) : of_face.end();
    const std::size_t group = known != of_face.end() ? known->second : of_source.size();
    if (group == of_source.size()) of_source.emplace_back();
    if (has_face) of_face[segment.face_number] = group;
    SpeechGroup& speech = of_source[group].speech;
    speech.AddVoice(segment.print, static_cast<double>(segment.end_ms - segment.start_ms) / 1000);
    if (speech.face.empty()) speech.AddFace(segment.face_print);  // all segments of the group have the same
    of_source[group].segments.push_back(segment.segment_id);
  });
  end_source();

  std::vector<std::pair<std::string, std::string>> speakers;
  for (auto& [channel, turns] : of_channel) {
    for (const Turns& speaker : Clustered(std::move(turns), options)) {
      for (const std::string& segment : speaker.segments) speakers.emplace_back(segment, speaker.segments.front());
    }
  }
  catalog.SetSpeakers(speakers);
}

void RenameSpeakers(Catalog& catalog) {
  std::map<std::string, std::string> new_name;
  std::vector<std::pair<std::string, std::string>> speakers;
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    if (segment.speaker) {
      speakers.emplace_back(segment.id, new_name.emplace(*segment.speaker, segment.id).first->second);
    }
  });
  catalog.SetSpeakers(speakers);
}

}  // namespace sezim
