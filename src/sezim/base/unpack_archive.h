// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace sezim {

struct UnpackLimits {
  std::int64_t max_files = 200'000;
  std::int64_t max_bytes = std::int64_t{4} << 30;  // of all files together
};

// Unpacks the regular files of an archive (tar, also compressed; zip) whose path has the folder `part` in it into
// `folder`, by their paths. Links are left out; a path that would leave the folder is an Error. Throws Error
// (kNotFound, kIo, kNoSpace; kBadInput for what is no archive, is damaged or is beyond the limits).
void UnpackArchive(const std::filesystem::path& archive, std::string_view part, const std::filesystem::path& folder,
                   const UnpackLimits& limits = {});

}  // namespace sezim
