// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "sezim/corpus/corpus_folder.h"
#include "sezim/publish/report_data.h"

namespace sezim {

struct ReportOptions {
  std::filesystem::path out{};            // empty: report.html in the corpus folder, or review.html
  std::optional<ReviewOptions> review{};  // a page for a reviewer; it holds its sounds
  bool embed_sounds = false;
};

// What one page may hold, so that a browser can open it.
inline constexpr std::uint64_t kMaxSoundBytes = std::uint64_t{256} << 20;  // of all sounds, before Base64
inline constexpr std::size_t kMaxFacePictures = 20'000;

struct WrittenReport {
  std::filesystem::path file{};
  std::size_t num_segments = 0;  // in the page
  std::size_t num_faces = 0;     // segments with a picture
  std::uint64_t size_bytes = 0;
};

// Writes a corpus' page: one HTML file with all its code, data and pictures, which asks no network for anything. The
// same corpus and options give the same bytes. Every sound in the page is compared with its record on the way. An
// earlier page is replaced; any other file is left alone.
// Throws Error: kUsage for a file that is no report, or for sounds beyond kMaxSoundBytes; kNotFound for a corpus or
// a sound that is not there; kBadInput for a sound that differs from its record; kBusy if a source was dropped
// meanwhile; kIo, kNoSpace. Nothing is left behind then.
WrittenReport WriteReport(const CorpusFolder& corpus, const ReportOptions& options,
                          const std::function<void(double)>& on_progress = {});

}  // namespace sezim
