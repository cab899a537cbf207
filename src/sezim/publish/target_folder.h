// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace sezim {

// A new folder that gets all of its content at once, or none: it is written into OUT/.partial and moved up when it is
// complete. Whatever goes wrong before leaves nothing behind, but for a process that is killed, which leaves .partial.
class TargetFolder {
 public:
  // `out` is a folder that does not exist yet or is empty. Throws Error (kUsage if it is not, kIo, kNoSpace).
  explicit TargetFolder(std::filesystem::path out);
  ~TargetFolder();
  TargetFolder(const TargetFolder&) = delete;
  TargetFolder& operator=(const TargetFolder&) = delete;

  // Where to write.
  const std::filesystem::path& folder() const { return partial_; }

  // Brings all to disk and moves it to its place. Throws Error (kIo, kNoSpace).
  void Commit();

 private:
  std::filesystem::path out_;
  std::filesystem::path partial_;
  std::filesystem::path made_;  // the topmost folder that did not exist before; empty if all did
  std::vector<std::filesystem::path> moved_;
  bool committed_ = false;
};

// Writes a new file below a TargetFolder's folder, with the folders it lies in. Throws Error (kIo, kNoSpace).
void WriteNewFile(const std::filesystem::path& path, std::string_view bytes);

}  // namespace sezim
