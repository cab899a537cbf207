// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include "sezim/media/grey_image.h"

namespace sezim {

// The luma of a JPEG or PNG file of at most 16 MiB, full range. Throws Error (kNotFound, kIo, kBadInput).
GreyImage ReadPicture(const std::filesystem::path& path);

// The same of the bytes of such a file; messages call it by `name`. Throws Error (kBadInput).
GreyImage DecodePicture(std::string_view bytes, const std::filesystem::path& name);

}  // namespace sezim
