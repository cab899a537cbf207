// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/media/ffmpeg.h"
#include "sezim/media/grey_image.h"

namespace sezim::ffmpeg {

// Takes the luma of decoded frames: from the Y plane as it is for 8-bit YUV, by conversion for anything else.
class LumaReader {
 public:
  LumaReader() = default;

  // Turns pictures by what `stream` says of the camera's position.
  explicit LumaReader(const AVStream& stream);

  // Valid until the next call or until `frame` is released. Throws Error (kBadInput).
  GreyView Read(const AVFrame& frame, const std::filesystem::path& path);

 private:
  Rotation rotation_ = Rotation::kNone;
  GreyImage turned_;
  GreyImage converted_;
  Scaler scaler_;
};

}  // namespace sezim::ffmpeg
