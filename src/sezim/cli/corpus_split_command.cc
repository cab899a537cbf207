// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/corpus_split_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "sezim/cli/tell.h"
#include "sezim/publish/corpus_split.h"
#include "sezim/publish/seed.h"

namespace sezim::cli {
namespace {

struct Arguments {
  std::string corpus;
  std::string shares = "80/10/10";
  std::string by{NameOf(SplitOptions{}.by)};
  std::uint64_t seed = 1;
  bool json = false;
};

int Split(const Arguments& arguments) {
  SplitOptions options{.shares = SharesFromText(arguments.shares), .seed = arguments.seed};
  for (const SplitBy by : kSplitBys) {
    if (arguments.by == NameOf(by)) options.by = by;
  }
  const CorpusFolder corpus(arguments.corpus);
  const SplitReport report = SplitCorpus(corpus, options);
  fmt::print("{}{}", arguments.json ? JsonOf(report) : TextOf(report), arguments.json ? "\n" : "");
  for (const std::string& note : NotesOn(report)) Tell("note: {}\n", note);
  Tell("wrote {}; 'sezim corpus export' goes by it\n", DisplayName(corpus.split()));
  return kDone;
}

}  // namespace

void AddCorpusSplitCommand(CLI::App& corpus_command, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = corpus_command.add_subcommand("split", "Divide a corpus into train, dev and test");
  command->footer(
      "Each part gets its share of every emotion, as nearly as can be. Segments that share a speaker or a source\n"
      "stay in one part, unless --by says otherwise. The result is CORPUS/split.json; the same corpus, shares and seed "
      "give the same split.\n"
      "\n"
      "  sezim corpus split corpus                       80 % train, 10 % dev, 10 % test\n"
      "  sezim corpus split corpus --shares 80/0/20      train and test only\n"
      "  sezim corpus split corpus --by speaker          speakers are kept apart, sources are shared: for corpora in\n"
      "                                                  which everybody is in every source\n"
      "  sezim corpus split corpus --by random           speakers are shared: only to compare with others\n");
  command->add_option("CORPUS", arguments->corpus, "A folder that 'sezim harvest' made")->required();
  command
      ->add_option("--shares", arguments->shares,
                   "Of train/dev/test, in percent (or with the sum 1); 0 leaves dev or test out")
      ->capture_default_str();
  std::vector<std::string> names;
  for (const SplitBy by : kSplitBys) names.emplace_back(NameOf(by));
  command->add_option("--by", arguments->by, "What no two parts share; 'random': nothing")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "Another number gives another split")
      ->check(CLI::Range(kMaxSeed))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments, &chosen] { chosen = [arguments] { return Split(*arguments); }; });
}

}  // namespace sezim::cli
