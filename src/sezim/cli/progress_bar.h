// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace sezim::cli {

// A line at the bottom of the terminal that is drawn anew a few times a second while the object lives; nothing at all
// where standard error is no terminal.
class ProgressBar {
 public:
  // `text` makes the line; it is called from another thread.
  explicit ProgressBar(std::function<std::string()> text);
  ~ProgressBar();

  // Writes a line of talk to standard error, above the bar. Safe to use from several threads.
  void Say(const std::string& line);

 private:
  void Draw();

  struct State;
  std::function<std::string()> text_;
  std::unique_ptr<State> state_;
  std::jthread thread_;
};

// "[#####-----]" with `share` in [0, 1] of it filled.
std::string Bar(double share, int width);

// Seconds as people say them: "42 s", "3 min 20 s", "2 h 05 min".
std::string Duration(double seconds);

}  // namespace sezim::cli
