// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "sezim/base/emotion.h"
#include "sezim/base/file.h"

namespace sezim {

// Stands within the first bytes of every report's page, so that a page is told from any other file.
inline constexpr const char* kReportMark = "sezim corpus report";

// The name under which a page is written until it is complete, and whether a name is such.
std::filesystem::path UnfinishedReport(const std::filesystem::path& page);
bool IsUnfinishedReport(const std::filesystem::path& file);

// Whether `file` is a report's page. Never throws: what cannot be read is none.
bool IsReport(const std::filesystem::path& file);

// Where everything in a corpus folder is (docs/formats/corpus.md).
class CorpusFolder {
 public:
  explicit CorpusFolder(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path description() const { return root_ / "corpus.toml"; }
  std::filesystem::path catalog() const { return root_ / "catalog.db"; }
  std::filesystem::path segments() const { return root_ / "segments.jsonl"; }
  std::filesystem::path rejected() const { return root_ / "rejected.jsonl"; }
  std::filesystem::path split() const { return root_ / "split.json"; }
  std::filesystem::path audio(Emotion emotion) const { return root_ / "audio" / NameOf(emotion); }
  std::filesystem::path report() const { return root_ / "report.html"; }
  std::filesystem::path review() const { return root_ / "review.html"; }
  std::filesystem::path media() const { return root_ / "media"; }
  std::filesystem::path scratch() const { return root_ / ".work"; }
  // Of the video that a URL leads to, while it is worked on: named by a digest, since nothing from outside may form a
  // path.
  std::filesystem::path download(const std::string& url) const;

  // Throws Error (kNotFound) unless the folder holds a corpus; says so if it has lost its catalogue.
  void RequireCorpus() const;

  // Throws Error (kBadInput) if the folder has records of a corpus, but no catalogue, or an empty file for one.
  void RequireNothingLost() const;

  // Whether `path`, which need not be there, lies in the folder, wherever links and '..' on the way lead; also of the
  // folder itself.
  bool Holds(const std::filesystem::path& path) const;

  // Whether `path` is a video that the corpus has downloaded: one that it keeps, or one that is being worked on. Not of
  // other videos that somebody has put there.
  bool HoldsDownload(const std::filesystem::path& path) const;

  // Held while a run changes the corpus. Throws Error (kBusy).
  FileLock Lock() const;

  // The file of a segment, from the path in its record. Throws Error (kBadInput) for a path that leads out of the
  // folder.
  std::filesystem::path AudioFile(const std::string& path_in_folder) const;

 private:
  std::filesystem::path root_;
};

// Writes the lines that `write` hands to its argument into `file`, atomically; leaves the file alone if it has just
// these lines already. Throws Error (kIo, kNoSpace).
using WriteLine = std::function<void(const std::string& line)>;
void WriteLinesIfChanged(const std::filesystem::path& file, const std::function<void(const WriteLine&)>& write);

}  // namespace sezim
