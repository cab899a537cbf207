// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/face_parts.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/unpack_archive.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

// The folder named `part` in or below `folder`, at most three levels down.
fs::path PartIn(const fs::path& folder, const std::string& part, const fs::path& source) {
  for (fs::recursive_directory_iterator at(folder), end; at != end; ++at) {
    if (at.depth() > 2) at.disable_recursion_pending();
    if (at->is_directory() && at->path().filename() == part) return at->path();
  }
  throw Error(ErrorKind::kBadInput, fmt::format("'{}' has no part '{}'", DisplayName(source), part),
              fmt::format("expected is FER2013's form: {}/angry/*.jpg and so on", part));
}

fs::path MakeScratchFolder() {
  std::string path = (fs::temp_directory_path() / "sezim-faces-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw SystemError(errno, "cannot make the folder", path);
  return path;
}

}  // namespace

FaceParts::FaceParts(const Experiment& experiment, const ExperimentOptions& options) {
  const fs::path& wanted = experiment.corpora.front().folder;
  source_ = wanted.empty() ? options.corpus : options.data_root / wanted;
  if (source_.empty()) {
    throw Error(ErrorKind::kUsage, fmt::format("'{}' needs a folder of faces", experiment.name),
                "give it with --corpus");
  }
  if (fs::exists(source_)) return;
  fs::path archive = source_;
  archive += ".tar.xz";
  if (!fs::exists(archive)) {
    throw Error(ErrorKind::kNotFound,
                fmt::format("there is neither a folder '{}' nor '{}'", DisplayName(source_), DisplayName(archive)),
                "give the folder above it with --data-root");
  }
  source_ = archive;
}

FaceParts::~FaceParts() {
  RemoveUnpacked();
}

void FaceParts::RemoveUnpacked() {
  std::error_code ignored;
  if (!scratch_.empty()) fs::remove_all(scratch_, ignored);
  scratch_.clear();
}

fs::path FaceParts::Part(const std::string& name) {
  if (fs::is_directory(source_)) return PartIn(source_, name, source_);
  if (scratch_.empty()) scratch_ = MakeScratchFolder();
  const fs::path folder = scratch_ / name;
  if (!fs::exists(folder)) {
    MakeFolder(folder);
    UnpackArchive(source_, name, folder);
  }
  // Below, since an archive's paths may begin with the part itself.
  return PartIn(folder, name, source_);
}

}  // namespace sezim
