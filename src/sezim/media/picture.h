// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sezim/media/grey_image.h"

namespace sezim {

// The luma of a JPEG or PNG file of at most 16 MiB, full range. Throws Error (kNotFound, kIo, kBadInput).
GreyImage ReadPicture(const std::filesystem::path& path);

}  // namespace sezim
