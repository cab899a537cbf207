// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "sezim/catalog/catalog.h"
#include "sezim/corpus/corpus_folder.h"
#include "sezim/harvest/download.h"
#include "sezim/harvest/inputs.h"
#include "sezim/harvest/stage_times.h"

namespace sezim {

// A source's media where they can be read.
struct LocalMedia {
  std::filesystem::path path;
  std::int64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  bool is_download = false;
  std::string provenance_json;  // of a download: what its site says of it
};

std::int64_t ModifiedNs(const struct stat& status);

// Whether the file is there with the size and time of change that the source's record has.
bool IsAsRecorded(const std::filesystem::path& file, const SourceRow& source);

// The input's own file; of a URL, what a download into the corpus' scratch folder brings, or a finished download of an
// earlier, interrupted run. Throws Error (kNotFound, kBadInput, kNetwork, kNoSpace, kInterrupted).
LocalMedia FetchMedia(const HarvestInput& input, const CorpusFolder& corpus, const DownloadOptions& options,
                      StageTimes& times, std::stop_token stop);

// Gives a download a second name that stays, CORPUS/media/ID.EXTENSION. Throws Error.
void KeepMedia(const LocalMedia& media, const std::string& source_id, const CorpusFolder& corpus);

// Called when the work on a source has ended: a download is removed, an input's own file left alone.
void ReleaseMedia(const LocalMedia& media);

}  // namespace sezim
