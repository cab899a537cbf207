// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sezim {

// How to run another program. It reads nothing (standard input is /dev/null), inherits no file descriptor
// beyond standard output and error, starts with default signal handling in a process group of its own, and is
// killed when the thread that runs it dies, whatever kills that.
struct SubprocessOptions {
  // Added to our own environment; replaces what has the same name there.
  std::vector<std::pair<std::string, std::string>> environment{};

  // Where the program runs; empty: our own working folder.
  std::filesystem::path working_folder{};

  // The longest it may run, and the longest it may write nothing at all; 0: no limit.
  std::chrono::milliseconds wall_timeout{0};
  std::chrono::milliseconds idle_timeout{0};

  // Whoever has to be ended gets SIGTERM, and this much later SIGKILL, as does its whole process group.
  std::chrono::milliseconds kill_grace{2000};

  // More than this on standard output is an Error; of standard error, the last so many bytes are kept.
  std::size_t max_stdout_bytes = std::size_t{64} << 20;
  std::size_t max_stderr_bytes = std::size_t{64} << 10;

  // Called for each line that is not empty as it comes, without its end ("\n" or "\r\n"), from the calling
  // thread. What it throws ends the program and leaves RunSubprocess. With on_stdout_line, standard output is
  // not kept, so that only max_line_bytes bounds it: a longer line is an Error there, and is handed on in
  // pieces to on_stderr_line.
  std::function<void(std::string_view)> on_stdout_line{};
  std::function<void(std::string_view)> on_stderr_line{};
  std::size_t max_line_bytes = std::size_t{16} << 20;

  // Ends the program, and makes RunSubprocess throw an Error of kind kInterrupted.
  std::stop_token stop{};
};

enum class SubprocessEnd { kExited, kSignalled, kWallTimeout, kIdleTimeout };

struct SubprocessResult {
  SubprocessEnd end = SubprocessEnd::kExited;
  int exit_status = 0;     // where end is kExited
  int signal = 0;          // where end is kSignalled
  std::string out;         // standard output, unless there was an on_stdout_line
  std::string error_tail;  // the end of standard error

  bool Succeeded() const { return end == SubprocessEnd::kExited && exit_status == 0; }
};

// Runs `arguments[0]`, looked up in PATH unless it has a slash, with these arguments; no shell is involved.
// Returns when the program has ended and been waited for; what it started in its process group and left
// behind is killed. Failing and running out of time are values; throws Error: kNotFound (no such program or
// working folder), kBadInput (too much output), kInterrupted (`stop`), kIo. May be called from several
// threads at once.
SubprocessResult RunSubprocess(std::span<const std::string> arguments, const SubprocessOptions& options = {});

// How it ended, for people: "exit status 2", "signal 9 (Killed)", "no output for 30 s", ….
std::string Describe(const SubprocessResult& result, const SubprocessOptions& options);

}  // namespace sezim
