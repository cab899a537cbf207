// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/interrupt.h"

#include <unistd.h>

#include <csignal>
#include <thread>

#include "sezim/cli/command.h"

namespace sezim::cli {

std::stop_token StopOnInterrupt() {
  // The signals are blocked everywhere and taken by one thread, which may do what a signal handler may not.
  static std::stop_source source;
  static sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([] {
    int number = 0;
    sigwait(&signals, &number);
    source.request_stop();
    sigwait(&signals, &number);
    _exit(kInterrupted);
  }).detach();
  return source.get_token();
}

}  // namespace sezim::cli
