// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/progress_bar.h"
#include "sezim/cli/tell.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>

namespace sezim::cli {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(200);
constexpr const char* kClearLine = "\r\033[K";

std::size_t TerminalWidth() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

struct ProgressBar::State {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool shown = false;
};

ProgressBar::ProgressBar(std::function<std::string()> text)
    : text_(std::move(text)), state_(std::make_unique<State>()) {
  if (::isatty(STDERR_FILENO) == 0) return;
  thread_ = std::jthread([this](const std::stop_token& stop) {
    std::unique_lock lock(state_->mutex);
    while (!stop.stop_requested()) {
      Draw();
      state_->changed.wait_for(lock, stop, kInterval, [] { return false; });
    }
    Tell("{}", kClearLine);
  });
}

ProgressBar::~ProgressBar() = default;

void ProgressBar::Draw() {
  std::string line = text_();
  const std::size_t width = TerminalWidth() - 1;
  if (line.size() > width) line.resize(width);  // the line is ASCII
  Tell("{}{}", kClearLine, line);
  std::fflush(stderr);
  state_->shown = true;
}

void ProgressBar::Say(const std::string& line) {
  const std::lock_guard lock(state_->mutex);
  Tell("{}{}\n", state_->shown ? kClearLine : "", line);
}

std::string Bar(double share, int width) {
  const int filled = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * width));
  return "[" + std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(width - filled), '-') + "]";
}

std::string Duration(double seconds) {
  const auto total = static_cast<long>(std::lround(seconds));
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} min {:02} s", total / 60, total % 60);
  return fmt::format("{} h {:02} min", total / 3600, total % 3600 / 60);
}

}  // namespace sezim::cli
