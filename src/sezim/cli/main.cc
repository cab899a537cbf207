// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/cli/command.h"
#include "sezim/cli/tell.h"

namespace {

using sezim::cli::ExitStatus;

// What was printed is a result: a disk that is full behind standard output is no success.
int Flushed(int status) {
  const int error = std::fflush(stdout) != 0 ? errno : std::ferror(stdout) != 0 ? EIO : 0;
  if (error == 0) return status;
  throw sezim::SystemError(error, "cannot write", "standard output");
}

// A standard descriptor that is closed would be given to the first file that is opened, and what is printed would go
// into it. From then on nobody hears what is said on standard error; writing results to standard output fails.
void OccupyStandardDescriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) == -1 && errno == EBADF) ::open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
}

// fmt's way of saying that it could not print.
bool IsOfPrinting(const std::system_error& error) {
  return std::string_view(error.what()).starts_with("cannot write to file");
}

// CLI11 asks for a command even where a word was given that is none.
std::string WhatIsWrong(const CLI::App& app, const CLI::Error& error) {
  const std::string message = error.what();
  const std::vector<std::string> unknown = app.remaining(true);
  if (!message.starts_with("A subcommand is required") || unknown.empty() || unknown.front().starts_with('-')) {
    return message;
  }
  return fmt::format("there is no command '{}'", unknown.front());
}

int InternalError(const std::exception& error) {
  sezim::cli::Tell("sezim: internal error: {}\n       please report it, with the command you gave.\n", error.what());
  return ExitStatus::kFailed;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): building the command line fails only for want of memory
int main(int argc, char** argv) {
  OccupyStandardDescriptors();
  CLI::App app{
      "sezim turns raw video into labelled emotional speech, with the speaker's face as the teacher.\n"
      "\n"
      "  sezim collect videos --keyword 'сұхбат' --out sources.jsonl   find videos\n"
      "  sezim harvest sources.jsonl --out corpus --language kk        make a corpus of them\n"
      "  sezim corpus stats corpus                                     see what is in it\n"};
  app.name("sezim");
  app.require_subcommand(1);
  app.set_version_flag("--version", "sezim " SEZIM_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    return fmt::format("sezim: {}\n       'sezim --help' and 'sezim COMMAND --help' tell what there is.\n",
                       WhatIsWrong(*failed, error));
  });
  try {
    sezim::cli::Action chosen;
    sezim::cli::AddCollectCommand(app, chosen);
    sezim::cli::AddHarvestCommand(app, chosen);
    sezim::cli::AddCorpusCommand(app, chosen);
    sezim::cli::AddModelsCommand(app, chosen);
    sezim::cli::AddEvaluateCommand(app, chosen);
    sezim::cli::AddTrainCommand(app, chosen);
    sezim::cli::AddRecognizeCommand(app, chosen);
    sezim::cli::AddFeaturesCommand(app, chosen);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const int code = app.exit(error);
      return code == 0 ? ExitStatus::kDone : ExitStatus::kWrongUsage;
    }
    return chosen ? Flushed(chosen()) : ExitStatus::kWrongUsage;
  } catch (const sezim::Error& error) {
    sezim::cli::PrintError(error);
    return sezim::cli::StatusOf(error);
  } catch (const std::system_error& error) {
    if (!IsOfPrinting(error)) return InternalError(error);
    sezim::cli::PrintError(sezim::SystemError(error.code().value(), "cannot write", "standard output"));
  } catch (const std::bad_alloc&) {
    sezim::cli::Tell("sezim: out of memory\n       give fewer --jobs, or close other programs.\n");
  } catch (const std::exception& error) {
    return InternalError(error);
  }
  return ExitStatus::kFailed;
}
