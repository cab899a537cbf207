// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/corpus_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;
constexpr std::size_t kHeadBytes = 512;

bool SameContent(const fs::path& a, const fs::path& b) {
  std::error_code error;
  if (fs::file_size(a, error) != fs::file_size(b, error) || error) return false;
  std::ifstream one(a, std::ios::binary);
  std::ifstream two(b, std::ios::binary);
  return std::equal(std::istreambuf_iterator<char>(one), {}, std::istreambuf_iterator<char>(two));
}

// What kept downloads are called.
bool IsSourceId(const std::string& name) {
  return name.size() == 16 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// As far as links lead somewhere: one that goes round in circles stays as it is.
fs::path Resolved(const fs::path& path) {
  std::error_code error;
  const fs::path resolved = fs::weakly_canonical(path, error);
  return error ? fs::absolute(path).lexically_normal() : resolved;
}

bool LiesIn(const fs::path& folder, const fs::path& path) {
  const fs::path inner = Resolved(path);
  const fs::path outer = Resolved(folder);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

}  // namespace

fs::path UnfinishedReport(const fs::path& page) {
  fs::path unfinished = page;
  return unfinished += fmt::format(".{}.page.tmp", ::getpid());
}

bool IsUnfinishedReport(const fs::path& file) {
  return file.filename().native().ends_with(".page.tmp");
}

bool IsReport(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string head(kHeadBytes, '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, stream.gcount())));
  return head.find(kReportMark) != std::string::npos;
}

void CorpusFolder::RequireCorpus() const {
  RequireNothingLost();
  if (fs::exists(description()) && fs::exists(catalog())) return;
  throw Error(ErrorKind::kNotFound, fmt::format("'{}' is not a corpus folder", DisplayName(root_)),
              "give a folder that 'sezim harvest … --out FOLDER' made");
}

void CorpusFolder::RequireNothingLost() const {
  std::error_code error;
  const std::uintmax_t num_bytes = fs::file_size(catalog(), error);
  if (!fs::exists(segments()) || (!error && num_bytes > 0)) return;
  throw Error(ErrorKind::kBadInput,
              fmt::format("the corpus '{}' has lost its catalogue, '{}'", DisplayName(root_), DisplayName(catalog())),
              "bring it back from a copy: it alone knows which sources and speakers were dropped for good. Without it, "
              "harvest into a new folder, and leave out what must not be there");
}

bool CorpusFolder::Holds(const fs::path& path) const {
  return LiesIn(root_, path);
}

bool CorpusFolder::HoldsDownload(const fs::path& path) const {
  std::error_code error;
  if (!fs::is_regular_file(description(), error) && !fs::is_regular_file(catalog(), error)) return false;
  return LiesIn(scratch(), path) || (IsSourceId(path.stem().native()) && LiesIn(media(), path));
}

FileLock CorpusFolder::Lock() const {
  return {root_ / ".lock", fmt::format("the corpus '{}'", DisplayName(root_))};
}

fs::path CorpusFolder::download(const std::string& url) const {
  return scratch() / ("download-" + Sha256OfText(url).substr(0, 16));
}

fs::path CorpusFolder::AudioFile(const std::string& path_in_folder) const {
  const fs::path relative = fs::path(path_in_folder).lexically_normal();
  if (relative.empty() || relative.is_absolute() || *relative.begin() != "audio") {
    throw Error(ErrorKind::kBadInput,
                fmt::format("the corpus '{}' names an audio file outside its audio folder: '{}'", DisplayName(root_),
                            ValidUtf8(path_in_folder)),
                "its segments.jsonl or catalogue was changed by hand: harvest again");
  }
  return root_ / relative;
}

void WriteLinesIfChanged(const fs::path& file, const std::function<void(const WriteLine&)>& write) {
  fs::path temporary = file;
  temporary += ".tmp";
  try {
    {
      const FileDescriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
      if (!out) throw SystemError(errno, "cannot create", DisplayName(temporary));
      std::string buffer;
      const auto flush = [&] {
        WriteAll(out, std::as_bytes(std::span(buffer)), temporary);
        buffer.clear();
      };
      write([&](const std::string& line) {
        buffer += line;
        buffer += '\n';
        if (buffer.size() >= kBufferBytes) flush();
      });
      flush();
    }
    if (SameContent(temporary, file)) {
      ::unlink(temporary.c_str());
    } else {
      CommitFile(temporary, file);
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace sezim
