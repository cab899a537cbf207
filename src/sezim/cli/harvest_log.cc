// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/harvest_log.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "sezim/base/counted.h"
#include "sezim/base/file.h"
#include "sezim/cli/command.h"
#include "sezim/cli/tell.h"

namespace sezim::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto kJsonInterval = std::chrono::seconds(5);

void PrintJson(Json json) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  json["time_unix_s"] = std::chrono::duration<double>(now).count();
  Tell("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

double Rounded(double value) {
  return std::round(value * 1000) / 1000;
}

Json ProgressJson(const HarvestMeter::Reading& reading) {
  return {{"event", "progress"},
          {"done_share", Rounded(reading.done_share)},
          {"elapsed_s", Rounded(reading.elapsed_s)},
          {"media_s", Rounded(reading.media_s)},
          {"times_real_time", Rounded(reading.times_real_time())},
          {"sources_done", reading.num_sources_done},
          {"sources", reading.num_sources},
          {"segments_kept", reading.num_segments_kept},
          {"segments_rejected", reading.num_segments_rejected}};
}

std::string ProgressText(const HarvestMeter::Reading& reading) {
  if (reading.heard_share >= 0 && reading.heard_share < 1) {
    return fmt::format("{} {:3.0f} %  of the segments heard by the voice model", Bar(reading.heard_share, 20),
                       reading.heard_share * 100);
  }
  // Short enough for 80 columns, and what may be cut off last.
  return fmt::format("{} {:3.0f} %  {:.1f}x real time  {} left  {}/{} sources  {} kept {} rejected",
                     Bar(reading.done_share, 10), reading.done_share * 100, reading.times_real_time(),
                     reading.left_s() < 0 ? "?" : Duration(reading.left_s()), reading.num_sources_done,
                     reading.num_sources, reading.num_segments_kept, reading.num_segments_rejected);
}

std::string VoiceText(const VoiceFilterCounts& counts) {
  return fmt::format(
      "of {} segments {} sound like their label, {} do not, and {} are unverified (too short, or of a label that the "
      "voice model does not know); {} of them dropped",
      counts.num_segments, counts.num_agreeing, counts.num_disagreeing, counts.num_unverified, counts.num_dropped);
}

}  // namespace

void HarvestLog::Say(const std::string& line) {
  if (const auto bar = bar_.lock()) {
    bar->Say(line);
  } else {
    Tell("{}\n", line);
  }
}

std::shared_ptr<void> HarvestLog::Watch(const HarvestMeter& meter) {
  if (form_ == Form::kText) {
    auto bar = std::make_shared<ProgressBar>([&meter] { return ProgressText(meter.Read()); });
    bar_ = bar;
    return bar;
  }
  return std::make_shared<std::jthread>([&meter](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, stop, kJsonInterval, [] { return false; }) && !stop.stop_requested()) {
      PrintJson(ProgressJson(meter.Read()));
    }
  });
}

HarvestEvents HarvestLog::Events() {
  HarvestEvents events;
  events.on_begun = [this](const SourceRow& source) {
    if (form_ == Form::kJson) {
      PrintJson({{"event", "source_begun"}, {"source", source.name}, {"source_id", source.id()}});
    }
  };
  events.on_done = [this](const SourceRow& source, std::int64_t num_segments) {
    const SourceCounts& counts = source.counts;
    if (form_ == Form::kJson) {
      PrintJson({{"event", "source_done"},
                 {"source", source.name},
                 {"source_id", source.id()},
                 {"duration_s", Rounded(counts.duration_s)},
                 {"speech_s", Rounded(counts.speech_s)},
                 {"frames", counts.frames_looked_at},
                 {"frames_without_picture", counts.frames_without_picture},
                 {"frames_without_face", counts.frames_without_face},
                 {"frames_with_several_faces", counts.frames_with_several_faces},
                 {"frames_kept", counts.frames_kept},
                 {"segments", num_segments}});
    } else {
      Say(fmt::format("{}: {} out of {} with {} of speech", source.name, Counted(num_segments, "segment"),
                      Duration(counts.duration_s), Duration(counts.speech_s)));
    }
  };
  events.on_rejected = [this](const RejectionRecord& rejection) {
    if (form_ == Form::kJson) {
      Json json{{"event", "source_rejected"}, {"source", rejection.source}, {"reason", rejection.reason}};
      if (rejection.detail) json["detail"] = *rejection.detail;
      if (rejection.remedy) json["remedy"] = *rejection.remedy;
      PrintJson(json);
    } else {
      std::string what = rejection.detail.value_or(rejection.source);
      if (what.find(rejection.source) == std::string::npos) what = fmt::format("'{}': {}", rejection.source, what);
      Say(fmt::format("rejected ({}): {}{}", rejection.reason, what,
                      rejection.remedy ? fmt::format("\n    {}", *rejection.remedy) : ""));
    }
  };
  return events;
}

void HarvestLog::LeftOut(const Error& error) {
  if (form_ == Form::kJson) {
    PrintJson({{"event", "left_out"}, {"detail", error.what()}, {"remedy", error.remedy()}});
  } else {
    Say(fmt::format("left out: {}\n    {}", error.what(), error.remedy()));
  }
}

void HarvestLog::Note(const std::string& text) {
  if (form_ == Form::kJson) {
    PrintJson({{"event", "note"}, {"detail", text}});
  } else {
    Say("note: " + text);
  }
}

void HarvestLog::Failed(const Error& error) {
  if (form_ == Form::kJson) {
    PrintJson(
        {{"event", "failed"}, {"reason", NameOf(error.kind())}, {"detail", error.what()}, {"remedy", error.remedy()}});
  } else {
    PrintError(error);
  }
}

void HarvestLog::Summary(const HarvestSummary& summary, const HarvestMeter::Reading& reading, const StageTimes& times,
                         int num_jobs, const std::string& folder) {
  double total_s = 0;
  for (std::size_t i = 0; i < kStageNames.size(); ++i) total_s += times.Seconds(static_cast<Stage>(i));
  if (form_ == Form::kJson) {
    Json stages = Json::object();
    for (std::size_t i = 0; i < kStageNames.size(); ++i) {
      stages[kStageNames[i]] = Rounded(times.Seconds(static_cast<Stage>(i)));
    }
    Json json = ProgressJson(reading);
    json["event"] = "summary";
    json["sources_done_now"] = summary.num_sources_done;
    json["sources_done_before"] = summary.num_sources_skipped;
    json["languages_set"] = summary.num_languages_set;
    json["sources_rejected"] = summary.num_sources_rejected;
    json["sources_dropped_before"] = summary.num_sources_dropped;
    json["interrupted"] = summary.interrupted;
    if (const auto& voice = summary.voice) {
      json["voice"] = {{"segments", voice->num_segments},
                       {"agreeing", voice->num_agreeing},
                       {"disagreeing", voice->num_disagreeing},
                       {"unverified", voice->num_unverified},
                       {"dropped", voice->num_dropped}};
    }
    json["jobs"] = num_jobs;
    json["stages_s"] = stages;
    PrintJson(json);
    return;
  }
  if (summary.num_sources_dropped > 0) {
    Say(fmt::format("left out: {}, dropped from this corpus before", Counted(summary.num_sources_dropped, "source")));
  }
  if (summary.num_languages_set > 0) {
    Say(fmt::format("language set: {} harvested before", Counted(summary.num_languages_set, "source")));
  }
  if (summary.num_sources_done == 0 && summary.num_sources_rejected == 0 && !summary.interrupted) {
    Say(fmt::format("nothing to do: {} harvested before", Counted(summary.num_sources_skipped, "source")));
    if (summary.voice && summary.voice->num_dropped > 0) Say(VoiceText(*summary.voice));  // an earlier run was stopped
    return;
  }
  Say(fmt::format(
      "{}{} harvested, {} dealt with before, {} rejected; {} kept, {} rejected; {} in {}, {:.1f}x real time",
      summary.interrupted ? "stopped: " : "", Counted(summary.num_sources_done, "source"), summary.num_sources_skipped,
      summary.num_sources_rejected, Counted(reading.num_segments_kept, "segment"), reading.num_segments_rejected,
      Duration(reading.media_s), Duration(reading.elapsed_s), reading.times_real_time()));
  if (summary.voice) Say(VoiceText(*summary.voice));
  std::string table;
  for (std::size_t i = 0; i < kStageNames.size(); ++i) {
    const double seconds = times.Seconds(static_cast<Stage>(i));
    if (seconds < 0.0005) continue;
    table += fmt::format("  {:<11}{:>9.2f} s{:>6.0f} %\n", kStageNames[i], seconds, 100 * seconds / total_s);
  }
  if (!table.empty())
    Say(fmt::format("where the time went, {} threads together:\n{}", num_jobs, table.substr(0, table.size() - 1)));
  if (summary.interrupted) {
    Say("the same command goes on where this one stopped");
  } else {
    Say(fmt::format("look at it with: sezim corpus stats {}", ValidUtf8(folder)));
  }
}

}  // namespace sezim::cli
