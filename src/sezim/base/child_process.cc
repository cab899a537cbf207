// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "sezim/base/error.h"

namespace sezim {
namespace {

Error Failed(std::string_view doing, int error_number = errno) {
  return SystemError(error_number, doing, "another program");
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Failed("cannot make a pipe to");
    read = FileDescriptor(ends[0]);
    write = FileDescriptor(ends[1]);
  }
  FileDescriptor read;
  FileDescriptor write;
};

std::vector<std::string> MergedEnvironment(const SubprocessOptions& options) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(options.environment.begin(), options.environment.end(),
                                      [&](const auto& extra) { return extra.first == name; });
    if (!replaced) merged.emplace_back(text);
  }
  for (const auto& [name, value] : options.environment) merged.push_back(fmt::format("{}={}", name, value));
  return merged;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool IsProgram(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

// Where a program is that is named as in a shell: by its path, or by a name in a folder of PATH. What is not found is
// returned as it is, for exec to say why. (exec*p would hand a file that is no program to /bin/sh.)
std::string PathOf(const std::string& program) {
  const char* const folders = std::getenv("PATH");
  if (program.empty() || program.find('/') != std::string::npos || folders == nullptr) return program;
  std::string_view rest = folders;
  for (bool more = true; more;) {
    const std::size_t end = rest.find(':');
    const std::string_view folder = rest.substr(0, end);
    const std::string path = fmt::format("{}/{}", folder.empty() ? "." : folder, program);
    if (IsProgram(path)) return path;
    more = end != std::string_view::npos;
    if (more) rest.remove_prefix(end + 1);
  }
  return program;
}

// What the new process reports through the status pipe when it cannot become the program.
struct StartFailure {
  enum Step : int { kFolder, kStart, kPlumbing } step;
  int error_number;
};

// Note [After fork]
// Between fork and exec, other threads' locks may be held for ever in the new process: nothing here may
// allocate, lock or throw, and all that it needs was made before.
struct ChildPlan {
  const char* program;  // its path
  char** arguments;
  char** environment;
  const char* folder;  // null: stay
  int out;
  int error;
  int status;
  pid_t parent;

  [[noreturn]] void Become() const {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent died before it could be watched
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    // The descriptors below 3 may be any of ours (when we were started without them), so they are moved up
    // first.
    const int high_out = ::fcntl(out, F_DUPFD_CLOEXEC, 10);
    const int high_error = ::fcntl(error, F_DUPFD_CLOEXEC, 10);
    const int high_status = ::fcntl(status, F_DUPFD_CLOEXEC, 10);
    const int high_null = ::fcntl(null, F_DUPFD_CLOEXEC, 10);
    if (::dup2(high_null, 0) < 0 || ::dup2(high_out, 1) < 0 || ::dup2(high_error, 2) < 0) {
      Report(high_status, StartFailure::kPlumbing);
    }
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (folder != nullptr && ::chdir(folder) != 0) Report(high_status, StartFailure::kFolder);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(program, arguments, environment);
    Report(high_status, StartFailure::kStart);
  }

  [[noreturn]] static void Report(int pipe, StartFailure::Step step) {
    const StartFailure failure{step, errno};
    [[maybe_unused]] const ssize_t written = ::write(pipe, &failure, sizeof(failure));
    ::_exit(127);
  }
};

void ThrowIfNotStarted(const FileDescriptor& status, const std::string& program, const SubprocessOptions& options) {
  StartFailure failure{};
  ssize_t got = 0;
  while ((got = ::read(status.get(), &failure, sizeof(failure))) < 0 && errno == EINTR) {}
  if (got != sizeof(failure)) return;  // closed by exec
  if (failure.step == StartFailure::kFolder) {
    throw SystemError(failure.error_number, "cannot run a program in", DisplayName(options.working_folder));
  }
  const bool absent =
      failure.step == StartFailure::kStart && (failure.error_number == ENOENT || failure.error_number == ENOTDIR);
  throw Error(absent ? ErrorKind::kNotFound : ErrorKind::kIo,
              fmt::format("cannot start the program '{}': {}", ValidUtf8(program), std::strerror(failure.error_number)),
              absent ? fmt::format("install '{}' and see that its folder is in PATH", ValidUtf8(program))
                     : "check that it is a program that you may run");
}

}  // namespace

ChildProcess::ChildProcess(std::span<const std::string> arguments, const SubprocessOptions& options) {
  std::vector<std::string> owned(arguments.begin(), arguments.end());
  std::vector<std::string> environment = MergedEnvironment(options);
  const std::vector<char*> argument_pointers = Pointers(owned);
  const std::vector<char*> environment_pointers = Pointers(environment);
  Pipe out_pipe;
  Pipe error_pipe;
  Pipe status_pipe;
  const std::string program = PathOf(arguments[0]);
  const ChildPlan plan{program.c_str(),
                       const_cast<char**>(argument_pointers.data()),
                       const_cast<char**>(environment_pointers.data()),
                       options.working_folder.empty() ? nullptr : options.working_folder.c_str(),
                       out_pipe.write.get(),
                       error_pipe.write.get(),
                       status_pipe.write.get(),
                       ::getpid()};
  // No handler of ours may run in the new process: signals stay blocked until it has reset them.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_ = ::fork();
  if (pid_ == 0) plan.Become();
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid_ < 0) throw Failed("cannot start", fork_error);

  ::setpgid(pid_, pid_);  // both sides do it, so that it is done whoever comes first
  out = std::move(out_pipe.read);
  error = std::move(error_pipe.read);
  status_pipe.write.Close();
  try {
    ThrowIfNotStarted(status_pipe.read, arguments[0], options);
    ended = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    if (!ended) throw Failed("cannot watch");
    for (const FileDescriptor* pipe : {&out, &error}) {
      if (::fcntl(pipe->get(), F_SETFL, O_NONBLOCK) != 0) throw Failed("cannot read from");
    }
  } catch (...) {
    Signal(SIGKILL);
    Reap();
    throw;
  }
}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0) return;
  Signal(SIGKILL);
  Reap();
}

void ChildProcess::Signal(int number) const {
  if (pid_ > 0) ::kill(-pid_, number);
}

int ChildProcess::Wait() {
  if (const int error_number = Reap(); error_number != 0) {
    throw Failed("cannot learn the exit status of", error_number);
  }
  return status_;
}

int ChildProcess::Reap() noexcept {
  pid_t got = 0;
  while ((got = ::waitpid(pid_, &status_, 0)) < 0 && errno == EINTR) {}
  pid_ = -1;
  return got < 0 ? errno : 0;
}

}  // namespace sezim
