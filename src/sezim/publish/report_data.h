// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sezim/catalog/catalog.h"
#include "sezim/corpus/corpus_folder.h"

namespace sezim {

// What a report's page shows, apart from pictures and sounds.
struct ReportData {
  std::string name{};  // of the corpus
  std::string recipe{};
  std::string fingerprint{};  // see review_sample.h
  std::vector<SourceRow> sources{};
  std::vector<SegmentRecord> segments{};  // the page's, in its order
  std::vector<RejectionRecord> rejections{};
};

// Everything in a corpus. Throws Error (kNotFound, kBadInput, kIo).
ReportData ReadReportData(const CorpusFolder& corpus, const Catalog& catalog);

// Which sample a review page holds.
struct ReviewOptions {
  std::size_t per_emotion = 20;  // 1 to kMaxPerEmotion
  std::uint64_t seed = 1;        // at most kMaxSeed
};

// The page's data as JSON (docs/formats/report.md). `audio_base` leads from the page's folder to the corpus' ("" or
// "../corpus/"), as a URL; empty where the sounds are in the page. `has_sounds`: they are.
std::string ReportJson(const ReportData& data, const std::string& audio_base, bool has_sounds);

// The same of a review page, which holds a sample and of each segment only what a reviewer may know: no name of a
// source, no language, no speaker.
std::string ReviewJson(const ReportData& data, const std::vector<std::size_t>& sample, const ReviewOptions& options);

}  // namespace sezim
