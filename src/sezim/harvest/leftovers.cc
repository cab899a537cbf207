// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/leftovers.h"

#include <unistd.h>

#include "sezim/base/emotion.h"

namespace sezim {
namespace fs = std::filesystem;

void RemoveFilesIn(const fs::path& folder, const std::function<bool(const fs::path&)>& is_unwanted) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (is_unwanted(at->path())) ::unlink(at->path().c_str());
  }
}

void RemoveLeftovers(const CorpusFolder& corpus) {
  const auto has_extension = [](const char* extension) {
    return [extension](const fs::path& file) { return file.extension() == extension; };
  };
  RemoveFilesIn(corpus.root(), has_extension(".tmp"));
  for (const Emotion emotion : kEmotions) RemoveFilesIn(corpus.audio(emotion), has_extension(".tmp"));
  RemoveFilesIn(corpus.scratch(), has_extension(".pcm"));
}

}  // namespace sezim
