// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/opencv_threads.h"

#include <opencv2/core/utility.hpp>

namespace sezim {

void KeepOpenCvToOneThread() {
  static const bool done = [] {
    cv::setNumThreads(1);
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace sezim
