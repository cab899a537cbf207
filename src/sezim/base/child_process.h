// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <span>
#include <string>

#include "sezim/base/file.h"
#include "sezim/base/subprocess.h"

namespace sezim {

// A program that has been started, for RunSubprocess: killed and waited for at the latest when this object
// dies. Used by one thread, the one that started it.
class ChildProcess {
 public:
  // Of `options`, environment and working_folder matter here. Throws Error (kNotFound, kIo).
  ChildProcess(std::span<const std::string> arguments, const SubprocessOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // To its whole process group. Nothing happens after Wait(); before, its id cannot have gone to somebody
  // else.
  void Signal(int number) const;

  // Waits for its end and gives its status as waitpid does. Called once. Throws Error.
  int Wait();

  FileDescriptor out;  // its standard output and error, to be read from without blocking
  FileDescriptor error;
  FileDescriptor ended;  // readable once it has ended

 private:
  int Reap() noexcept;  // 0, or an errno value

  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace sezim
