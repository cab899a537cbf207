// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/subprocess.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <optional>

#include "sezim/base/child_process.h"
#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Cuts what comes into lines.
class LineCutter {
 public:
  using Callback = std::function<void(std::string_view)>;
  LineCutter(const Callback& callback, std::size_t max_line_bytes)
      : callback_(callback), max_line_bytes_(max_line_bytes) {}

  // False when a line was longer than allowed and was handed on in pieces.
  bool Feed(std::string_view bytes) {
    bool fits = true;
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      line_ += bytes.substr(0, end);
      if (line_.size() > max_line_bytes_) fits = false;
      if (end != std::string_view::npos || !fits) Finish();
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    }
    return fits;
  }

  void Finish() {
    std::string line = std::move(line_);
    line_.clear();
    if (line.ends_with('\r')) line.pop_back();
    if (callback_ && !line.empty()) callback_(line);
  }

 private:
  const Callback& callback_;
  std::size_t max_line_bytes_;
  std::string line_;
};

class Session {
 public:
  Session(std::span<const std::string> arguments, const SubprocessOptions& options)
      : program_(ValidUtf8(arguments[0])),
        options_(options),
        out_lines_(options.on_stdout_line, options.max_line_bytes),
        error_lines_(options.on_stderr_line, options.max_line_bytes),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        child_(arguments, options),
        started_(Clock::now()),
        last_output_(started_) {
    if (!wake_) throw SystemError(errno, "cannot watch", program_);
  }

  SubprocessResult Run() {
    const std::stop_callback wake_up(options_.stop, [this] {
      const std::uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof(one));
    });
    while (!ended_ || child_.out || child_.error) {
      WaitForNews();
      if (child_.out) TakeOut();
      if (child_.error) TakeError();
      if (!ended_) LookAtClock();
      if (ended_ && Clock::now() >= drain_until_) break;
    }
    if (stopped_) throw Error(ErrorKind::kInterrupted, fmt::format("stopped while '{}' was running", program_));
    out_lines_.Finish();
    error_lines_.Finish();
    const int status = child_.Wait();
    if (timed_out_) {
      result_.end = *timed_out_;
    } else if (WIFEXITED(status)) {
      result_.exit_status = WEXITSTATUS(status);
    } else {
      result_.end = SubprocessEnd::kSignalled;
      result_.signal = WTERMSIG(status);
    }
    return std::move(result_);
  }

 private:
  void WaitForNews() {
    // The longest wait, in case a deadline is far: the clock is looked at afterwards.
    std::array<pollfd, 4> watched{{{child_.out.get(), POLLIN, 0},
                                   {child_.error.get(), POLLIN, 0},
                                   {ended_ ? -1 : child_.ended.get(), POLLIN, 0},
                                   {stopped_ ? -1 : wake_.get(), POLLIN, 0}}};
    const auto until = NextDeadline();
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    ::poll(watched.data(), watched.size(), static_cast<int>(std::clamp<long>(left, 0, 60'000)));
    if ((watched[2].revents & POLLIN) != 0) {
      // What it left running would hold the pipes open. They are drained of what has been written, then given
      // up.
      ended_ = true;
      child_.Signal(SIGKILL);
      drain_until_ = Clock::now() + milliseconds(1000);
    }
    if ((watched[3].revents & POLLIN) != 0) {
      stopped_ = true;
      BeginKill();
    }
  }

  Clock::time_point NextDeadline() const {
    if (ended_) return drain_until_;
    if (kill_at_) return *kill_at_;
    auto next = Clock::now() + std::chrono::hours(1);
    if (options_.wall_timeout.count() > 0) next = std::min(next, started_ + options_.wall_timeout);
    if (options_.idle_timeout.count() > 0) next = std::min(next, last_output_ + options_.idle_timeout);
    return next;
  }

  void LookAtClock() {
    const auto now = Clock::now();
    if (kill_at_) {
      if (now < *kill_at_) return;
      child_.Signal(SIGKILL);
      kill_at_ = now + std::chrono::hours(1);
    } else if (options_.wall_timeout.count() > 0 && now >= started_ + options_.wall_timeout) {
      timed_out_ = SubprocessEnd::kWallTimeout;
      BeginKill();
    } else if (options_.idle_timeout.count() > 0 && now >= last_output_ + options_.idle_timeout) {
      timed_out_ = SubprocessEnd::kIdleTimeout;
      BeginKill();
    }
  }

  void BeginKill() {
    if (kill_at_) return;
    child_.Signal(SIGTERM);
    child_.Signal(SIGCONT);  // a stopped process could not end
    kill_at_ = Clock::now() + options_.kill_grace;
  }

  void TakeOut() {
    const std::string_view bytes = Read(child_.out);
    if (bytes.empty() || kill_at_) return;
    if (options_.on_stdout_line) {
      if (!out_lines_.Feed(bytes)) throw TooMuch("a line of more than", options_.max_line_bytes);
    } else {
      if (result_.out.size() + bytes.size() > options_.max_stdout_bytes) {
        throw TooMuch("more than", options_.max_stdout_bytes);
      }
      result_.out += bytes;
    }
  }

  void TakeError() {
    const std::string_view bytes = Read(child_.error);
    if (bytes.empty()) return;
    error_lines_.Feed(bytes);
    std::string& tail = result_.error_tail;
    tail += bytes;
    if (tail.size() > options_.max_stderr_bytes) tail.erase(0, tail.size() - options_.max_stderr_bytes);
  }

  // What there is to be read, at most a block; closes `pipe` at its end.
  std::string_view Read(FileDescriptor& pipe) {
    const ssize_t got = ::read(pipe.get(), block_.data(), block_.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (got <= 0) {
      pipe.Close();
      return {};
    }
    last_output_ = Clock::now();
    return {block_.data(), static_cast<std::size_t>(got)};
  }

  Error TooMuch(std::string_view what, std::size_t limit) const {
    return {ErrorKind::kBadInput, fmt::format("'{}' wrote {} {} bytes to its standard output", program_, what, limit),
            "check what it was asked to do"};
  }

  const std::string program_;
  const SubprocessOptions& options_;
  LineCutter out_lines_;
  LineCutter error_lines_;
  FileDescriptor wake_;
  ChildProcess child_;
  Clock::time_point started_;
  Clock::time_point last_output_;
  Clock::time_point drain_until_;
  std::optional<Clock::time_point> kill_at_;
  std::optional<SubprocessEnd> timed_out_;
  bool ended_ = false;
  bool stopped_ = false;
  SubprocessResult result_;
  std::array<char, 1 << 16> block_{};
};

}  // namespace

SubprocessResult RunSubprocess(std::span<const std::string> arguments, const SubprocessOptions& options) {
  Check(!arguments.empty(), "a program to run is named");
  if (options.stop.stop_requested()) {
    throw Error(ErrorKind::kInterrupted, fmt::format("stopped before '{}' was started", ValidUtf8(arguments[0])));
  }
  for (const std::string& argument : arguments) {
    if (argument.find('\0') == std::string::npos) continue;
    throw Error(ErrorKind::kUsage, "an argument of another program holds a zero byte", "remove it");
  }
  return Session(arguments, options).Run();
}

std::string Describe(const SubprocessResult& result, const SubprocessOptions& options) {
  const auto seconds = [](milliseconds time) { return static_cast<double>(time.count()) / 1000.0; };
  switch (result.end) {
    case SubprocessEnd::kExited: return fmt::format("exit status {}", result.exit_status);
    case SubprocessEnd::kSignalled: return fmt::format("signal {} ({})", result.signal, ::strsignal(result.signal));
    case SubprocessEnd::kWallTimeout: return fmt::format("not done after {:g} s", seconds(options.wall_timeout));
    case SubprocessEnd::kIdleTimeout: return fmt::format("no output for {:g} s", seconds(options.idle_timeout));
  }
  return "unknown";
}

}  // namespace sezim
