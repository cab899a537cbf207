// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/corpus/corpus_folder.h"
#include "sezim/harvest/yt_dlp.h"

namespace sezim {

// One thing to harvest.
struct HarvestInput {
  std::string locator{};  // absolute path (any bytes) or URL
  std::string name{};     // for people and records: the path below the input folder, the file name, or the URL
  bool is_url = false;
  bool may_be_list = false;               // a URL that may lead to a playlist instead of one video
  std::int64_t size_bytes = 0;            // of a file; 0 where unknown
  std::optional<std::string> language{};  // as its list of sources states it
  std::string provenance_json{};          // its line in the list of sources; else empty
};

struct HarvestInputs {
  std::vector<HarvestInput> inputs{};  // sorted by (name, locator), each locator once
  std::int64_t num_left_alone = 0;     // files in folders whose names are not those of videos
  std::vector<Error> left_out{};       // lines of lists that are not understood, folders that may not be read,
                                       // lists on the net that lack some of their entries
};

// What `arguments` (files, folders, lists of sources *.jsonl, URLs) stand for. Folders are searched to any depth for
// files with the extension of a video; links to folders are not followed, and downloads that a corpus below keeps or
// works on are left out: their links are its sources. A folder that has such a name itself and holds no video counts as
// one, so that its rejection tells of it. A file given by name is taken whatever it is called.
// Nothing is opened but the lists. Throws Error (kNotFound, kBadInput, kIo).
HarvestInputs FindInputs(const std::vector<std::string>& arguments);

// Throws Error (kUsage) if an input is a download of the very corpus that is to be made of it.
void RefuseOwnDownloads(const std::vector<HarvestInput>& inputs, const CorpusFolder& corpus);

// Asks the net what the URLs that may be lists lead to, and puts the videos of a playlist, channel, feed or page in the
// place of its link. A link that cannot be listed stays: its download will say why. Of one that is
// listed in part, left_out says so.
// Throws Error (kNotFound without yt-dlp; kInterrupted).
void ExpandLists(HarvestInputs& found, const YtDlpPacing& pacing, std::stop_token stop);

// The inputs of shard `index` (from 1) out of `count`: each input is in one shard, by a digest of its name, so that
// machines that see the same inputs share them out without talking to each other.
std::vector<HarvestInput> ShardOf(const std::vector<HarvestInput>& inputs, int index, int count);

}  // namespace sezim
