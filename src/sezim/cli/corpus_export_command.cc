// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/corpus_export_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <memory>

#include "sezim/base/counted.h"
#include "sezim/cli/interrupt.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/cli/tell.h"
#include "sezim/publish/corpus_export.h"

namespace sezim::cli {
namespace {

struct Arguments {
  std::string corpus;
  std::string format;
  std::int64_t shard_mb = 256;
  bool no_split = false;
  ExportOptions options;
};

int Export(const Arguments& arguments) {
  ExportOptions options = arguments.options;
  for (const ExportFormat format : kExportFormats) {
    if (arguments.format == NameOf(format)) options.format = format;
  }
  options.shard_bytes = arguments.shard_mb << 20;
  options.use_split = !arguments.no_split;
  options.stop = StopOnInterrupt();
  std::atomic<double> share = 0;
  Exported exported;
  {
    const ProgressBar bar([&] { return Bar(share, 40); });
    exported = ExportCorpus(CorpusFolder(arguments.corpus), options, [&](double done) { share = done; });
  }
  Tell("exported {} to {}\n", Counted(exported.num_segments, "segment"), DisplayName(options.out));
  if (!exported.is_split && !arguments.no_split) {
    Tell("note: all are in train; 'sezim corpus split' makes parts without a common speaker\n");
  }
  if (!exported.not_said.empty()) {
    Tell("note: before you publish it, say {}; DATASHEET.md marks what else only you know\n",
         fmt::join(exported.not_said, ", "));
  }
  return kDone;
}

}  // namespace

void AddCorpusExportCommand(CLI::App& corpus_command, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  ExportOptions& options = arguments->options;
  CLI::App* command = corpus_command.add_subcommand("export", "Write a corpus in a form that other tools read");
  command->footer(
      "  audiofolder   train/, dev/ and test/ with sounds and metadata.jsonl, for Hugging Face datasets\n"
      "  webdataset    tar files, for streaming\n"
      "  lhotse        manifests of recordings and supervisions\n"
      "  kaldi         a data folder for each part, with the sound as WAV\n"
      "  csv           sounds in folders, and segments.csv\n"
      "\n"
      "Each also has segments.csv, SOURCES.csv (where everything came from, and under which licence), croissant.json\n"
      "and DATASHEET.md. Parts are those of 'sezim corpus split'. The same corpus gives the same bytes.\n"
      "\n"
      "  sezim corpus export corpus --format audiofolder --out published --name 'Kazakh talk' --license CC-BY-4.0\n");
  command->add_option("CORPUS", arguments->corpus, "A folder that 'sezim harvest' made")->required();
  std::vector<std::string> names;
  for (const ExportFormat format : kExportFormats) names.emplace_back(NameOf(format));
  command->add_option("--format", arguments->format, "Which form (see below)")->required()->check(CLI::IsMember(names));
  command->add_option("--out", options.out, "A folder that is empty or does not exist yet")->required();
  command->add_flag("--no-split", arguments->no_split, "Put all into train, even where the corpus has a split");
  command->add_option("--shard-mb", arguments->shard_mb, "MiB in a shard of webdataset, at least 1")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20))
      ->capture_default_str();
  command->add_option("--name", options.facts.name, "Of the dataset (default: the corpus' own)");
  command->add_option("--license", options.facts.license, "Of the dataset: an SPDX identifier or a URL");
  command->add_option("--creator", options.facts.creator, "Who made it");
  command->add_option("--url", options.facts.url, "Where it is published");
  command->add_option("--date", options.facts.date, "When it is published, as 2026-01-31");
  command->add_option("--cite", options.facts.citation, "How to cite it");
  command->add_option("--release", options.facts.version, "Version of the dataset: MAJOR.MINOR.PATCH")
      ->capture_default_str();
  command->callback([arguments, &chosen] { chosen = [arguments] { return Export(*arguments); }; });
}

}  // namespace sezim::cli
