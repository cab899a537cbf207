// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "sezim/features/fingerprint.h"
#include "sezim/vision/picture_print.h"

namespace sezim {

// Finds in each source the stretches whose pictures an earlier source has too, whatever is heard with them: also where
// they were cut out, moved, mirrored, scaled or encoded anew. A stretch lasts at least `options.min_s`, and its
// pictures have to move: where hardly anything changes, nothing can be told. Pictures that come again within one source
// (a programme's opening, what is shown while somebody talks) are no repeats. Ascending by (later, start).
std::vector<Repeat> FindPictureRepeats(std::span<const PicturePrint> prints, const RepeatOptions& options);

}  // namespace sezim
