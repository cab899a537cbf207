// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/evaluate_overlap_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "sezim/cli/progress_bar.h"
#include "sezim/harvest/segment_sound_options.h"
#include "sezim/infer/model_store.h"
#include "sezim/learn/evaluate_overlap.h"
#include "sezim/learn/read_voices.h"
#include "sezim/speech/voice_print.h"

namespace sezim::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string data;
  int name_letters = 0;
  double max_log_odds = SegmentSoundOptions().max_overlap_log_odds;
  unsigned draws = 1;
  unsigned seed = 1;
  bool json = false;
};

std::shared_ptr<const OnnxSession> Network(const std::string& name) {
  return std::make_shared<OnnxSession>(ModelStore().Load(name));
}

std::vector<OneVoice> ReadVoices(const Arguments& arguments) {
  constexpr std::size_t kMinSamples = 8000;  // what a harvest would not take
  std::vector<OneVoice> voices;
  std::atomic<double> share = 0;
  const ProgressBar bar([&] { return fmt::format("reading {}", Bar(share, 40)); });
  ForEachVoice(
      arguments.data, arguments.name_letters, Network("silero-vad-sequence"),
      [&](std::size_t person, std::vector<std::int16_t> samples) {
        if (samples.size() >= kMinSamples) voices.push_back({person, std::move(samples)});
      },
      [&](double done) { share = done; });
  return voices;
}

int Overlap(const Arguments& arguments) {
  const std::vector<OneVoice> voices = ReadVoices(arguments);
  const VoicePrinter printer(Network("ge2e"));
  const auto log_odds = [&](const std::vector<std::int16_t>& samples) {
    return printer.Hear(samples).overlap_log_odds;
  };
  const int num_threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  Json json = Json::array();
  if (!arguments.json) {
    fmt::print("{} clips; more than {:g} is two voices\n\n", voices.size(), arguments.max_log_odds);
    fmt::print("{:<16}{:>20}{:>12}{:>17}\n", "voices", "share of the time", "below, dB", "taken for two, %");
  }
  const auto show = [&](const char* what, const OverlapKind& kind, const std::vector<double>& all) {
    const auto num_two =
        std::count_if(all.begin(), all.end(), [&](double one) { return one > arguments.max_log_odds; });
    const double share = all.empty() ? 0 : static_cast<double>(num_two) / static_cast<double>(all.size());
    const bool is_mixed = kind.share > 0;
    json.push_back({{"voices", is_mixed ? 2 : 1}, {"clips", all.size()}, {"taken_for_two", share}});
    if (is_mixed) {
      json.back().update({{"share", kind.share}, {"least_db", kind.least_db}, {"most_db", kind.most_db}});
    }
    if (arguments.json) return;
    fmt::print("{:<16}{:>20}{:>12}{:>17.1f}\n", what, is_mixed ? fmt::format("{:g}", kind.share) : "",
               is_mixed ? fmt::format("{:g} to {:g}", kind.least_db, kind.most_db) : "", 100 * share);
  };
  show("one", {.share = 0}, LogOddsAlone(voices, log_odds, num_threads));
  for (const double share : {1.0, 0.5}) {
    for (const double least_db : {0.0, 5.0}) {
      const OverlapKind kind{.share = share, .least_db = least_db, .most_db = least_db + 5};
      std::vector<double> all;
      for (unsigned draw = 0; draw < arguments.draws; ++draw) {
        const unsigned seed = arguments.seed + draw * 1'000'003;  // far from those of the other draws
        const std::vector<double> some = LogOddsMixed(voices, kind, seed, log_odds, num_threads);
        all.insert(all.end(), some.begin(), some.end());
      }
      show("two at once", kind, all);
    }
  }
  if (arguments.json) fmt::print("{}\n", json.dump(1));
  return kDone;
}

}  // namespace

void AddEvaluateOverlapCommand(CLI::App& evaluate, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = evaluate.add_subcommand(
      "overlap", "Two voices at once: how many are heard, and how many single ones are mistaken");
  command->footer(
      "Each recording is heard alone, and mixed with one of another person: over all of its time and over half of it,\n"
      "0 to 5 and 5 to 10 dB below it.\n"
      "\n"
      "  sezim evaluate overlap --data ravdess                        a folder for each speaker\n"
      "  sezim evaluate overlap --data emodb --name-letters 2         03a01Fa.wav is of speaker 03\n");
  command->add_option("--data", arguments->data, "A folder of recordings (.flac, .wav), each of one speaker")
      ->required();
  command
      ->add_option("--name-letters", arguments->name_letters,
                   "How many letters at the start of a file's name tell the speaker; 0: its folder does")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command->add_option("--max-log-odds", arguments->max_log_odds, "Above it there are two (sound.max_overlap_log_odds)")
      ->capture_default_str();
  command->add_option("--draws", arguments->draws, "Mixtures of each recording, for small folders")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "Another number makes other mixtures")->capture_default_str();
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments, &chosen] { chosen = [arguments] { return Overlap(*arguments); }; });
}

}  // namespace sezim::cli
