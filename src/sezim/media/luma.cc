// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/luma.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <cmath>
#include <cstdint>

#include "sezim/base/error.h"

namespace sezim::ffmpeg {
namespace {

Rotation RotationOf(const AVStream& stream) {
  const auto* matrix =
      reinterpret_cast<const std::int32_t*>(av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (matrix == nullptr) return Rotation::kNone;
  const double counterclockwise = av_display_rotation_get(matrix);  // degrees in [-180, 180], NaN if singular
  if (std::isnan(counterclockwise)) return Rotation::kNone;
  switch (((static_cast<int>(std::lround(counterclockwise / 90)) % 4) + 4) % 4) {
    case 1: return Rotation::kCounterclockwise90;
    case 2: return Rotation::kHalfTurn;
    case 3: return Rotation::kClockwise90;
    default: return Rotation::kNone;
  }
}

// True if plane 0 holds one 8-bit luma sample for each pixel, side by side.
bool HasLumaPlane(const AVPixFmtDescriptor& format) {
  if ((format.flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL |
                       AV_PIX_FMT_FLAG_BITSTREAM)) != 0) {
    return false;
  }
  const AVComponentDescriptor& luma = format.comp[0];
  return luma.plane == 0 && luma.depth == 8 && luma.step == 1 && luma.shift == 0;
}

}  // namespace

LumaReader::LumaReader(const AVStream& stream) : rotation_(RotationOf(stream)) {}

GreyView LumaReader::Read(const AVFrame& frame, const std::filesystem::path& path) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
  GreyView view;
  if (description != nullptr && HasLumaPlane(*description)) {
    const bool full = frame.color_range == AVCOL_RANGE_JPEG || format == AV_PIX_FMT_YUVJ420P ||
                      format == AV_PIX_FMT_YUVJ422P || format == AV_PIX_FMT_YUVJ444P || format == AV_PIX_FMT_GRAY8;
    view = {frame.data[0], frame.width, frame.height, frame.linesize[0], !full};
  } else {
    scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height, format, frame.width, frame.height,
                                       AV_PIX_FMT_GRAY8, SWS_POINT, nullptr, nullptr, nullptr));
    if (!scaler_) ThrowIfFailed(AVERROR_INVALIDDATA, "cannot take the luma of", path);
    converted_.width = frame.width;
    converted_.height = frame.height;
    const int stride = (frame.width + 31) / 32 * 32;  // swscale writes whole vectors
    converted_.pixels.resize(static_cast<std::size_t>(stride) * static_cast<std::size_t>(frame.height));
    std::uint8_t* planes[] = {converted_.pixels.data(), nullptr, nullptr, nullptr};
    const int strides[] = {stride, 0, 0, 0};
    ThrowIfFailed(sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, planes, strides),
                  "cannot take the luma of", path);
    view = {converted_.pixels.data(), frame.width, frame.height, stride, false};
  }
  if (rotation_ == Rotation::kNone) return view;
  turned_ = Rotated(view, rotation_);
  return turned_.view();
}

}  // namespace sezim::ffmpeg
