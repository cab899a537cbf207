// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/corpus_filter_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "sezim/base/counted.h"
#include "sezim/catalog/corpus_records.h"
#include "sezim/catalog/name_speakers.h"
#include "sezim/cli/interrupt.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/cli/tell.h"
#include "sezim/corpus/corpus_toml.h"
#include "sezim/emotion/voice_filter.h"
#include "sezim/harvest/corpus_description.h"

namespace sezim::cli {
namespace {

struct Arguments {
  std::string corpus;
  VoiceFilterOptions options{.model = std::string(kDefaultVoiceModel)};
  bool dry_run = false;
  bool drop_unknown = false;
  bool json = false;
  int jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
};

void NoteWhatIsOutOfDate(const CorpusFolder& corpus) {
  for (const auto& [page, command] : {std::pair{corpus.report(), "report"}, {corpus.review(), "report --review"}}) {
    if (!IsReport(page)) continue;
    Tell("note: '{}' shows what was there before; 'sezim corpus {}' makes a new one\n", DisplayName(page), command);
  }
  if (std::filesystem::exists(corpus.split())) {
    Tell("note: '{}' has segments that were dropped; 'sezim corpus split' makes it anew\n",
         DisplayName(corpus.split()));
  }
}

int Filter(const Arguments& arguments) {
  VoiceFilterOptions options = arguments.options;
  options.drops = !arguments.dry_run;
  options.keeps_unknown = !arguments.drop_unknown;
  const VoiceModel model = VoiceModel::Open(options.model, ModelStore());
  const CorpusFolder corpus(arguments.corpus);
  corpus.RequireCorpus();
  const FileLock lock = corpus.Lock();
  ReadCorpusToml(corpus);  // before anything is dropped
  Catalog catalog(corpus.catalog());
  std::atomic<double> share = 0;
  VoiceFilterCounts counts;
  {
    const ProgressBar bar([&] { return fmt::format("listening {}", Bar(share, 40)); });
    counts = FilterByVoice(catalog, corpus, model, options, arguments.jobs, StopOnInterrupt(),
                           {.on_progress = [&](double done) { share = done; }});
  }
  DescribeFilter(corpus, model.card(), options.drops);
  RenameSpeakers(catalog);
  WriteRecords(catalog, corpus);
  if (arguments.json) {
    const nlohmann::ordered_json json{{"model", model.card().name},          {"segments", counts.num_segments},
                                      {"agreeing", counts.num_agreeing},     {"disagreeing", counts.num_disagreeing},
                                      {"unverified", counts.num_unverified}, {"dropped", counts.num_dropped}};
    fmt::print("{}\n", json.dump(1));
    return kDone;
  }
  const auto percent = [&](std::int64_t part) {
    return counts.num_segments > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(counts.num_segments) : 0.0;
  };
  fmt::print("{}, heard by {}\n", Counted(counts.num_segments, "segment"), model.card().name);
  fmt::print("  {:>6} ({:.1f} %) sound like their label\n", counts.num_agreeing, percent(counts.num_agreeing));
  fmt::print("  {:>6} ({:.1f} %) do not\n", counts.num_disagreeing, percent(counts.num_disagreeing));
  fmt::print("  {:>6} ({:.1f} %) are unverified: of a label that the model does not know, or too short\n",
             counts.num_unverified, percent(counts.num_unverified));
  fmt::print("{} dropped; segments.jsonl says what each voice sounds like\n", counts.num_dropped);
  if (counts.num_dropped > 0) NoteWhatIsOutOfDate(corpus);
  return kDone;
}

}  // namespace

void AddCorpusFilterCommand(CLI::App& corpus_command, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      corpus_command.add_subcommand("filter", "Keep the segments whose voice sounds like what the face shows");
  command->add_option("CORPUS", arguments->corpus, "A folder that 'sezim harvest' made")->required();
  command->add_option("--voice-model", arguments->options.model, "A voice model: a name, or a folder of 'sezim train'")
      ->capture_default_str();
  command->add_flag("--dry-run", arguments->dry_run, "Write down what the voices sound like, but drop nothing");
  command->add_flag("--drop-unknown", arguments->drop_unknown,
                    "Drop segments of emotions that the model does not know, too (default: they stay, unverified)");
  command->add_option("--jobs,-j", arguments->jobs, "Threads")->check(CLI::Range(1, 256))->capture_default_str();
  command->add_flag("--json", arguments->json, "Print JSON");
  command->footer(
      "\nThis is the last stage of the published harvest. What is dropped goes to rejected.jsonl and its sound is "
      "removed;\n"
      "only harvesting again brings it back, so look first:\n"
      "  sezim corpus filter corpus --dry-run\n"
      "  sezim corpus filter corpus --voice-model my-model\n");
  command->callback([arguments, &chosen] { chosen = [arguments] { return Filter(*arguments); }; });
}

}  // namespace sezim::cli
