// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/png.h"

#include <cstring>

#include "sezim/base/error.h"
#include "sezim/media/ffmpeg.h"

namespace sezim {

std::string EncodePng(std::span<const std::uint8_t> rgb, int width, int height) {
  const auto is_fine = [](int side) { return side >= 1 && side <= 8192; };
  Check(is_fine(width) && is_fine(height) && std::ssize(rgb) == std::ptrdiff_t{3} * width * height,
        "a picture of three bytes a pixel");
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
  Check(codec != nullptr, "FFmpeg encodes PNG");
  const ffmpeg::CodecContext encoder(avcodec_alloc_context3(codec));
  encoder->width = width;
  encoder->height = height;
  encoder->pix_fmt = AV_PIX_FMT_RGB24;
  encoder->time_base = {1, 1};
  encoder->thread_count = 1;
  encoder->flags |= AV_CODEC_FLAG_BITEXACT;
  ffmpeg::ThrowIfFailed(avcodec_open2(encoder.get(), codec, nullptr), "cannot encode", "a picture");

  const ffmpeg::Frame frame = ffmpeg::NewFrame();
  frame->format = encoder->pix_fmt;
  frame->width = width;
  frame->height = height;
  frame->pts = 0;
  ffmpeg::ThrowIfFailed(av_frame_get_buffer(frame.get(), 0), "cannot encode", "a picture");
  const auto row = static_cast<std::size_t>(width) * 3;
  for (int y = 0; y < height; ++y) {
    std::memcpy(frame->data[0] + std::ptrdiff_t{y} * frame->linesize[0], rgb.data() + static_cast<std::size_t>(y) * row,
                row);
  }
  ffmpeg::ThrowIfFailed(avcodec_send_frame(encoder.get(), frame.get()), "cannot encode", "a picture");
  const ffmpeg::Packet packet = ffmpeg::NewPacket();
  ffmpeg::ThrowIfFailed(avcodec_receive_packet(encoder.get(), packet.get()), "cannot encode", "a picture");
  return {reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)};
}

}  // namespace sezim
