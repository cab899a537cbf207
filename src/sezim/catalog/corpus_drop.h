// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sezim/corpus/corpus_folder.h"

namespace sezim {

struct DroppedFromCorpus {
  std::int64_t num_sources = 0;  // the named one, and others with the same bytes; of a speaker: where they were heard
  std::int64_t num_segments = 0;
  std::int64_t num_reports = 0;   // pages removed from the corpus folder
  bool is_split_removed = false;  // split.json, which could not be read
};

// Removes all that came from a source: its segments and their sound, kept media, unfinished work and downloads,
// records, rejections, places in the split, and the reports in the corpus folder, which name and show it. No later
// harvest into this corpus takes the same bytes again, whatever they are called: only digests of them and of the path
// or URL stay. What of other sources was rejected for repeating it stays rejected and no longer names it; a copy that
// is encoded anew and comes later is not recognised, for nothing of the sound or the pictures is kept. `which` is a
// source's id, its path or URL, or its name, if only one has it. Sounds go first, which makes room on a full disk, and
// the catalogue is written anew last. When it is cut short, the same call again does the rest. Throws Error: kNotFound
// for a source that the corpus does not have, kUsage for a name of several, kBusy while a harvest runs, kIo, kNoSpace.
DroppedFromCorpus DropSource(const CorpusFolder& corpus, const std::string& which);

// Removes all segments of a speaker, as segments.jsonl names them: records, faces, voice prints, sound, places in the
// split, and the reports in the corpus folder. No later harvest of the same videos takes what lies there again: the
// digests of their bytes and the times stay. Nothing of the voice is kept, so recordings of that person in other videos
// are not recognised. Throws Error as DropSource does.
DroppedFromCorpus DropSpeaker(const CorpusFolder& corpus, const std::string& speaker);

}  // namespace sezim
