// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/vision/opencv_threads.h"

namespace sezim {

void HaarFaceDetectorOptions::Check() const {
  OptionChecks checks("face detector");
  checks.Require(scale_factor > 1.01 && scale_factor <= 2,
                 fmt::format("scale_factor must lie above 1.01 and at most at 2, not at {}", scale_factor));
  checks.Require(min_neighbours >= 0 && min_neighbours <= 100,
                 fmt::format("min_neighbours must lie between 0 and 100, not at {}", min_neighbours));
  checks.Require(min_face_share >= 0 && min_face_share < 1,
                 fmt::format("min_face_share must be at least 0 and below 1, not {}", min_face_share));
  checks.ThrowIfAny();
}

struct HaarFaceDetector::Impl {
  HaarFaceDetectorOptions options;
  cv::CascadeClassifier cascade;
};

std::filesystem::path HaarFaceDetector::DefaultCascade() {
  if (const char* own = std::getenv("SEZIM_HAAR_CASCADE")) return own;
  return "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";
}

HaarFaceDetector::HaarFaceDetector(const HaarFaceDetectorOptions& options, const std::filesystem::path& cascade)
    : impl_(std::make_unique<Impl>()) {
  options.Check();
  KeepOpenCvToOneThread();
  impl_->options = options;
  { const FileDescriptor readable = OpenForReading(cascade); }
  bool loaded = false;
  try {
    loaded = impl_->cascade.load(cascade.string());
  } catch (const cv::Exception&) {
    // Reported below like a file that is no cascade.
  }
  if (!loaded) {
    throw Error(ErrorKind::kModel, fmt::format("'{}' is no Haar cascade that OpenCV can read", DisplayName(cascade)),
                "install the Debian package opencv-data, or set SEZIM_HAAR_CASCADE to a cascade file");
  }
}

HaarFaceDetector::~HaarFaceDetector() = default;

std::vector<DetectedFace> HaarFaceDetector::Detect(const GreyView& picture) {
  const cv::Mat luma(picture.height, picture.width, CV_8UC1, const_cast<std::uint8_t*>(picture.data),
                     static_cast<std::size_t>(picture.stride));
  const int min_side =
      static_cast<int>(std::lround(impl_->options.min_face_share * std::min(picture.width, picture.height)));
  std::vector<cv::Rect> found;
  impl_->cascade.detectMultiScale(luma, found, impl_->options.scale_factor, impl_->options.min_neighbours, 0,
                                  cv::Size(min_side, min_side));
  std::vector<DetectedFace> faces;
  for (const cv::Rect& rect : found) {
    const cv::Rect inside = rect & cv::Rect(0, 0, picture.width, picture.height);
    if (!inside.empty()) faces.push_back({.box = {inside.x, inside.y, inside.width, inside.height}});
  }
  return faces;
}

}  // namespace sezim
