// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace sezim {

// A picture as a PNG file. `rgb`: three bytes a pixel, rows without padding; sides of 1 to 8192 pixels. The same pixels
// always give the same bytes.
std::string EncodePng(std::span<const std::uint8_t> rgb, int width, int height);

}  // namespace sezim
