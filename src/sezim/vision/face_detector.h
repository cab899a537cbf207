// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "sezim/media/grey_image.h"
#include "sezim/vision/face.h"

namespace sezim {

struct HaarFaceDetectorOptions {
  // Viola-Jones: the window grows by this factor from one size to the next.
  double scale_factor = 1.3;
  // Viola-Jones: so many windows must agree on a face.
  int min_neighbours = 5;
  // Faces smaller than this share of the picture's shorter side are not looked for.
  double min_face_share = 0.16;

  void Check() const;  // throws Error (kUsage)
};

// Finds faces in a picture. The answer depends on the picture alone. Not thread-safe; one object for each thread.
class FaceDetector {
 public:
  virtual ~FaceDetector() = default;

  // The faces in no particular order; empty where there is none. Any size of picture is allowed.
  virtual std::vector<DetectedFace> Detect(const GreyView& picture) = 0;
};

// Viola and Jones (2001) as OpenCV has it, with its frontal face cascade: the published recipe's detector.
class HaarFaceDetector : public FaceDetector {
 public:
  // Throws Error: kUsage for the options, kNotFound or kModel for the cascade.
  explicit HaarFaceDetector(const HaarFaceDetectorOptions& options,
                            const std::filesystem::path& cascade = DefaultCascade());
  ~HaarFaceDetector() override;

  std::vector<DetectedFace> Detect(const GreyView& picture) override;

  // haarcascade_frontalface_default.xml of the package opencv-data; $SEZIM_HAAR_CASCADE overrides it.
  static std::filesystem::path DefaultCascade();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sezim
