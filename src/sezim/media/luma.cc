// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/luma.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <cmath>
#include <cstdint>
#include <new>
#include <utility>

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
  if ((format.flags &
       (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BITSTREAM)) != 0) {
    return false;
  }
  const AVComponentDescriptor& luma = format.comp[0];
  return luma.plane == 0 && luma.depth == 8 && luma.step == 1 && luma.shift == 0;
}

}  // namespace

void LumaReader::PrepareScaler(const AVFrame& frame, const std::filesystem::path& path) {
  const ScalerKey key = {frame.width, frame.height, frame.format, frame.color_range == AVCOL_RANGE_JPEG};
  if (scaler_ && key == scaler_key_) return;
  scaler_.reset(sws_alloc_context());
  if (!scaler_) throw std::bad_alloc();
  SwsContext* scaler = scaler_.get();
  for (const auto& [option, value] : {std::pair{"srcw", frame.width},
                                      {"srch", frame.height},
                                      {"dstw", frame.width},
                                      {"dsth", frame.height},
                                      {"src_format", frame.format},
                                      {"dst_format", static_cast<int>(AV_PIX_FMT_GRAY8)},
                                      {"src_range", key.is_full ? 1 : 0},
                                      {"dst_range", 1},
                                      {"sws_flags", static_cast<int>(SWS_POINT)}}) {
    ThrowIfFailed(av_opt_set_int(scaler, option, value, 0), "cannot take the luma of", path);
  }
  ThrowIfFailed(sws_init_context(scaler, nullptr, nullptr), "cannot take the luma of", path);
  scaler_key_ = key;
}

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
    PrepareScaler(frame, path);
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
