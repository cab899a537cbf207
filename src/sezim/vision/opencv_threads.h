// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sezim {

// Keeps OpenCV from threads of its own: sezim's threads each look at pictures of their own. To be called before a
// thread calls OpenCV for the first time. OpenCV must not be told so while another thread is at work in it; hence only
// the first call does anything, and the others wait for it.
void KeepOpenCvToOneThread();

}  // namespace sezim
