// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sezim/media/grey_image.h"

namespace sezim {

// The picture as a grey JPEG file (ITU-T T.81, baseline) of middling quality. The same pixels always give the same
// bytes. Requires full range and sides of 16 to 4096 pixels.
std::string EncodeJpeg(const GreyView& picture);

}  // namespace sezim
