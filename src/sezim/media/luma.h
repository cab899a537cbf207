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
  struct ScalerKey {
    int width = 0;
    int height = 0;
    int format = AV_PIX_FMT_NONE;
    bool is_full = false;  // range

    bool operator==(const ScalerKey&) const = default;
  };

  // (Re)makes the scaler when the pictures' form is new or has changed.
  void PrepareScaler(const AVFrame& frame, const std::filesystem::path& path);

  Rotation rotation_ = Rotation::kNone;
  GreyImage turned_;
  GreyImage converted_;
  Scaler scaler_;
  ScalerKey scaler_key_;
};

}  // namespace sezim::ffmpeg
