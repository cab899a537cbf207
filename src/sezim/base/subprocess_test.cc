// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/subprocess.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"

namespace sezim {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// These tests write small shell programs on purpose: what is tested never puts a shell in between by itself.
std::vector<std::string> Shell(const std::string& script) {
  return {"sh", "-c", script};
}

ErrorKind KindOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_FALSE(error.remedy().empty() && error.kind() == ErrorKind::kNotFound);
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::kIo;
}

std::size_t NumOpenFiles() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

bool HasChildren() {
  return !(::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD);
}

bool IsRunning(int process) {
  return ::kill(process, 0) == 0;
}

TEST(Subprocess, KeepsOutputErrorAndStatus) {
  const SubprocessResult result = RunSubprocess(Shell("printf out; printf err >&2; exit 3"));
  EXPECT_EQ(result.end, SubprocessEnd::kExited);
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_EQ(result.out, "out");
  EXPECT_EQ(result.error_tail, "err");
  EXPECT_FALSE(result.Succeeded());
  EXPECT_EQ(Describe(result, {}), "exit status 3");
  EXPECT_TRUE(RunSubprocess(Shell("true")).Succeeded());
}

TEST(Subprocess, HandsArgumentsOnUntouched) {
  const std::vector<std::string> hostile = {"printf", "[%s]", "a b", "$(id)", "`id`", "'",
                                            "\"",     "\n",   "*",   ";",     "",     "\xff"};
  EXPECT_EQ(RunSubprocess(hostile).out, "[a b][$(id)][`id`]['][\"][\n][*][;][][\xff]");
  EXPECT_EQ(KindOf([] {
              RunSubprocess(std::vector<std::string>{"printf", std::string("a\0b", 3)});
            }),
            ErrorKind::kUsage);
}

TEST(Subprocess, TellsTheSignal) {
  const SubprocessResult result = RunSubprocess(Shell("kill -9 $$"));
  EXPECT_EQ(result.end, SubprocessEnd::kSignalled);
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_EQ(Describe(result, {}), "signal 9 (Killed)");
}

TEST(Subprocess, NamesAMissingProgramOrFolder) {
  EXPECT_EQ(KindOf([] { RunSubprocess(std::vector<std::string>{"no-such-program-here"}); }), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf([] { RunSubprocess(Shell("true"), {.working_folder = "/no/such/folder"}); }), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf([] { RunSubprocess(std::vector<std::string>{"/"}); }), ErrorKind::kIo);
}

TEST(Subprocess, AFileThatIsNoProgramIsNotGivenToAShell) {
  const TemporaryFolder folder;
  folder.Write("script", "touch was-run\n");  // without #!
  std::filesystem::permissions(folder / "script", std::filesystem::perms::owner_all);
  SubprocessOptions options;
  options.working_folder = folder.path();
  EXPECT_EQ(KindOf([&] { RunSubprocess(std::vector<std::string>{(folder / "script").string()}, options); }),
            ErrorKind::kIo);
  const char* const before = std::getenv("PATH");
  const std::string path = before == nullptr ? "" : before;
  ::setenv("PATH", (folder.path().string() + ":" + path).c_str(), 1);
  EXPECT_EQ(KindOf([&] { RunSubprocess(std::vector<std::string>{"script"}, options); }), ErrorKind::kIo);
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "was-run"));
}

TEST(Subprocess, SetsEnvironmentAndFolder) {
  ASSERT_EQ(::setenv("SEZIM_TEST_VARIABLE", "old", 1), 0);
  const SubprocessResult result =
      RunSubprocess(Shell("echo $SEZIM_TEST_VARIABLE; env | grep -c SEZIM_TEST; pwd"),
                    {.environment = {{"SEZIM_TEST_VARIABLE", "new"}}, .working_folder = "/"});
  ::unsetenv("SEZIM_TEST_VARIABLE");
  EXPECT_EQ(result.out, "new\n1\n/\n");
}

TEST(Subprocess, GivesNothingToRead) {
  EXPECT_EQ(RunSubprocess(std::vector<std::string>{"cat"}).out, "");
}

TEST(Subprocess, HandsOnNoDescriptorAndDefaultSignals) {
  const int leaky = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as a library might
  ASSERT_GE(leaky, 0);
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  // ls itself has one more open, the folder it reads.
  EXPECT_EQ(RunSubprocess(std::vector<std::string>{"ls", "/proc/self/fd"}).out, "0\n1\n2\n3\n");
  const SubprocessResult status =
      RunSubprocess(std::vector<std::string>{"grep", "SigIgn\\|SigBlk", "/proc/self/status"});
  EXPECT_EQ(status.out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  ::signal(SIGPIPE, before);
  ::close(leaky);
}

TEST(Subprocess, CallsBackLineByLine) {
  std::vector<std::string> out;
  std::vector<std::string> error;
  SubprocessOptions options;
  options.on_stdout_line = [&](std::string_view line) { out.emplace_back(line); };
  options.on_stderr_line = [&](std::string_view line) { error.emplace_back(line); };
  const SubprocessResult result = RunSubprocess(Shell("printf 'a\\r\\nb\\n\\nc'; echo d >&2; echo e >&2"), options);
  EXPECT_EQ(out, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(error, (std::vector<std::string>{"d", "e"}));
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.error_tail, "d\ne\n");
}

TEST(Subprocess, TakesEndlessOutputLineByLineInBoundedMemory) {
  std::size_t num_lines = 0;
  SubprocessOptions options;
  options.max_stdout_bytes = 10;
  options.on_stdout_line = [&](std::string_view line) { num_lines += line == "yes" ? 1 : 0; };
  EXPECT_TRUE(RunSubprocess(Shell("yes yes | head -n 300000"), options).Succeeded());
  EXPECT_EQ(num_lines, 300000U);
}

TEST(Subprocess, LimitsOutput) {
  EXPECT_EQ(RunSubprocess(Shell("printf 0123456789"), {.max_stdout_bytes = 10}).out, "0123456789");
  EXPECT_EQ(KindOf([] { RunSubprocess(Shell("printf 0123456789a; sleep 60"), {.max_stdout_bytes = 10}); }),
            ErrorKind::kBadInput);
  SubprocessOptions options;
  options.on_stdout_line = [](std::string_view) {};
  options.max_line_bytes = 1000;
  EXPECT_EQ(KindOf([&] {
              RunSubprocess(std::vector<std::string>{"cat", "/dev/zero"}, options);
            }),
            ErrorKind::kBadInput);
  const SubprocessResult tail = RunSubprocess(Shell("seq 1 50000 >&2"), {.max_stderr_bytes = 12});
  EXPECT_EQ(tail.error_tail, "49999\n50000\n");
}

TEST(Subprocess, EndsWhatTakesTooLong) {
  const auto start = steady_clock::now();
  const SubprocessOptions wall{.wall_timeout = milliseconds(200), .kill_grace = milliseconds(100)};
  const SubprocessResult late = RunSubprocess(Shell("while true; do echo x; sleep 0.05; done"), wall);
  EXPECT_EQ(late.end, SubprocessEnd::kWallTimeout);
  EXPECT_EQ(Describe(late, wall), "not done after 0.2 s");

  const SubprocessOptions idle{.idle_timeout = milliseconds(300), .kill_grace = milliseconds(100)};
  const SubprocessResult silent = RunSubprocess(Shell("echo x; sleep 60"), idle);
  EXPECT_EQ(silent.end, SubprocessEnd::kIdleTimeout);
  EXPECT_EQ(silent.out, "x\n");
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));

  const SubprocessResult chatty = RunSubprocess(Shell("for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done"), idle);
  EXPECT_TRUE(chatty.Succeeded());
}

TEST(Subprocess, KillsWhoIgnoresTheRequest) {
  const SubprocessOptions options{.wall_timeout = milliseconds(300), .kill_grace = milliseconds(200)};
  const SubprocessResult result = RunSubprocess(Shell("trap '' TERM; while true; do sleep 0.05; done"), options);
  EXPECT_EQ(result.end, SubprocessEnd::kWallTimeout);
}

TEST(Subprocess, LeavesNothingRunningInItsGroup) {
  const auto start = steady_clock::now();
  const SubprocessResult result = RunSubprocess(Shell("sleep 60 & echo $!"));
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
  const int left_behind = std::stoi(result.out);
  for (int i = 0; i < 100 && IsRunning(left_behind); ++i) std::this_thread::sleep_for(milliseconds(20));
  // Its new parent may not have waited for it yet: a zombie counts as ended.
  if (IsRunning(left_behind)) {
    EXPECT_NE(RunSubprocess(Shell("grep '^State:.*zombie' /proc/" + result.out)).out, "");
  }
}

TEST(Subprocess, StopsWhenAsked) {
  std::stop_source source;
  SubprocessOptions options{.stop = source.get_token()};
  std::atomic<bool> running = false;
  options.on_stdout_line = [&](std::string_view) { running = true; };
  std::jthread stopper([&] {
    while (!running) std::this_thread::sleep_for(milliseconds(5));
    source.request_stop();
  });
  const auto start = steady_clock::now();
  EXPECT_EQ(KindOf([&] { RunSubprocess(Shell("echo ready; exec sleep 60"), options); }), ErrorKind::kInterrupted);
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(KindOf([&] { RunSubprocess(Shell("true"), options); }), ErrorKind::kInterrupted);
}

TEST(Subprocess, ExceptionFromACallbackEndsTheProgram) {
  SubprocessOptions options;
  int process = 0;
  options.on_stdout_line = [&](std::string_view line) {
    process = std::stoi(std::string(line));
    throw std::runtime_error("enough");
  };
  EXPECT_THROW(RunSubprocess(Shell("echo $$; exec sleep 60"), options), std::runtime_error);
  EXPECT_FALSE(IsRunning(process));
}

TEST(Subprocess, LeaksNothingFromManyThreads) {
  RunSubprocess(Shell("true"));
  const std::size_t before = NumOpenFiles();
  std::atomic<int> num_right = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          const std::string word = std::to_string(t * 100 + i);
          num_right += RunSubprocess(std::vector<std::string>{"echo", word}).out == word + "\n" ? 1 : 0;
          try {
            RunSubprocess(std::vector<std::string>{"no-such-program-here"});
          } catch (const Error&) {
            ++num_right;
          }
        }
      });
    }
  }
  EXPECT_EQ(num_right, 80);
  EXPECT_EQ(NumOpenFiles(), before);
  EXPECT_FALSE(HasChildren());
}

}  // namespace
}  // namespace sezim
