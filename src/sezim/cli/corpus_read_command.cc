// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/corpus_read_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "sezim/base/counted.h"
#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/parallel.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/cli/tell.h"
#include "sezim/corpus/clip_stats.h"
#include "sezim/corpus/label_map.h"
#include "sezim/corpus/read_corpus.h"
#include "sezim/media/probe.h"

namespace sezim::cli {
namespace {

constexpr std::size_t kMaxProblemsShown = 50;

struct Arguments {
  std::string reader;
  std::vector<std::string> folders;
  std::string labels;
  bool no_hours = false;
  bool json = false;
};

// The length of each clip; one that cannot be opened is a problem and leaves the corpus.
std::vector<double> ProbeClips(ClipCorpus& corpus) {
  std::vector<double> durations_s(corpus.clips.size(), -1);
  std::vector<std::string> problems(corpus.clips.size());
  std::atomic<std::size_t> num_done = 0;
  {
    const ProgressBar bar([&] {
      return fmt::format("opening {}",
                         Bar(static_cast<double>(num_done) / static_cast<double>(durations_s.size()), 40));
    });
    const int num_threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    ParallelFor(corpus.clips.size(), num_threads, [&](std::size_t i) {
      try {
        const MediaInfo info = Probe(corpus.clips[i].audio);
        const std::string name = DisplayName(corpus.clips[i].audio);
        if (!info.audio) throw Error(ErrorKind::kBadInput, fmt::format("'{}' has no sound", name));
        durations_s[i] = info.duration_s.value_or(0);
      } catch (const Error& error) {
        problems[i] = fmt::format("{}: {}", corpus.clips[i].id, error.what());
      }
      ++num_done;
    });
  }
  std::vector<Clip> clips;
  std::vector<double> kept_s;
  for (std::size_t i = 0; i < corpus.clips.size(); ++i) {
    if (!problems[i].empty()) {
      corpus.problems.push_back(problems[i]);
      continue;
    }
    clips.push_back(std::move(corpus.clips[i]));
    kept_s.push_back(durations_s[i]);
  }
  corpus.clips = std::move(clips);
  return kept_s;
}

// Emotions become classes; clips whose emotion the map does not name are left out. How many those are.
std::size_t Apply(const LabelMap& map, ClipCorpus& corpus) {
  std::vector<Clip> clips;
  for (Clip& clip : corpus.clips) {
    const auto one_class = map.Map(clip.emotion);
    if (!one_class) continue;
    clip.emotion = *one_class;
    clips.push_back(std::move(clip));
  }
  const std::size_t num_left_out = corpus.clips.size() - clips.size();
  corpus.clips = std::move(clips);
  return num_left_out;
}

ClipCorpus ReadAll(const Arguments& arguments) {
  if (arguments.reader == "merged") return ReadMergedCorpora(arguments.folders);
  if (arguments.folders.size() != 1) {
    throw Error(ErrorKind::kUsage, fmt::format("the reader '{}' takes one folder", ValidUtf8(arguments.reader)),
                "for several corpora give: merged READER:FOLDER READER:FOLDER …");
  }
  return ReadCorpus(arguments.reader, arguments.folders.front());
}

int Read(const Arguments& arguments) {
  ClipCorpus corpus = ReadAll(arguments);
  if (!arguments.labels.empty()) {
    const std::size_t num_left_out = Apply(LabelMap::Open(arguments.labels), corpus);
    if (num_left_out > 0) Tell("{} clips of other emotions left out\n", num_left_out);
  }
  const bool hours = !arguments.no_hours;
  const std::vector<double> durations_s = hours ? ProbeClips(corpus) : std::vector<double>();
  const ClipStats stats = StatsOf(corpus.clips, durations_s);
  if (arguments.json) {
    fmt::print("{}\n", JsonOf(stats, corpus, hours));
  } else {
    fmt::print("{}: {}, {}; licence: {}\n\n{}", corpus.name,
               Counted(static_cast<std::int64_t>(stats.all.num_clips), "clip"),
               Counted(std::ssize(stats.all.speakers), "speaker"), corpus.licence, TextOf(stats, hours));
  }
  if (corpus.problems.empty()) return kDone;
  const std::size_t num_shown = std::min(kMaxProblemsShown, corpus.problems.size());
  for (std::size_t i = 0; i < num_shown; ++i) Tell("{}\n", corpus.problems[i]);
  if (num_shown < corpus.problems.size()) {
    Tell("… and {} more (--json has them all)\n", corpus.problems.size() - num_shown);
  }
  Tell("{} files or lines do not fit and were left out\n", corpus.problems.size());
  return kSomeRejected;
}

int Readers(const Arguments& arguments) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const ReaderInfo& info : KnownReaders()) {
    if (arguments.json) {
      json.push_back({{"name", info.name},
                      {"languages", info.languages},
                      {"licence", info.licence},
                      {"summary", info.summary},
                      {"layout", info.layout}});
    } else {
      fmt::print("{}\n  {}\n  languages: {}; licence: {}\n  {}\n\n", info.name, info.summary, info.languages,
                 info.licence, info.layout);
    }
  }
  if (arguments.json) {
    fmt::print("{}\n", json.dump(1));
  } else {
    fmt::print("merged\n  several of these as one: sezim corpus read merged ravdess:DIR emodb:DIR\n");
  }
  return kDone;
}

}  // namespace

void AddCorpusReadCommands(CLI::App& corpus, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* read = corpus.add_subcommand("read", "See what a corpus of emotional speech holds, public or your own");
  std::vector<std::string_view> names;
  for (const ReaderInfo& info : KnownReaders()) names.push_back(info.name);
  read->add_option("READER", arguments->reader,
                   fmt::format("What the folder is: {}, or merged", fmt::join(names, ", ")))
      ->required();
  read->add_option("FOLDER", arguments->folders,
                   "The corpus; for csv and jsonl also the list itself; for merged several READER:FOLDER")
      ->required();
  read->add_option(
      "--labels", arguments->labels,
      fmt::format("Show classes as this label map makes them: {}, or a file", fmt::join(LabelMap::Names(), ", ")));
  read->add_flag("--no-hours", arguments->no_hours, "Do not open the files: faster, without their lengths");
  read->add_flag("--json", arguments->json, "Print JSON");
  read->footer(
      "Examples:\n"
      "  sezim corpus read ravdess data/ravdess\n"
      "  sezim corpus read csv clips.csv --labels harvest7\n"
      "  sezim corpus read merged ravdess:data/ravdess emodb:data/emodb --json\n"
      "Files are opened but not decoded: damage further inside shows when they are used.\n"
      "Exit status 3 where files or lines do not fit: each is named with its reason.");
  read->callback([arguments, &chosen] { chosen = [arguments] { return Read(*arguments); }; });
  CLI::App* readers =
      corpus.add_subcommand("readers", "The corpora that 'read' and experiments know, and their layouts");
  readers->add_flag("--json", arguments->json, "Print JSON");
  readers->callback([arguments, &chosen] { chosen = [arguments] { return Readers(*arguments); }; });
}

}  // namespace sezim::cli
