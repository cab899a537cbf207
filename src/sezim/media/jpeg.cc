// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/jpeg.h"

#include <cstring>

#include "sezim/base/error.h"
#include "sezim/media/ffmpeg.h"

namespace sezim {

std::string EncodeJpeg(const GreyView& picture) {
  constexpr int kQuality = 5;  // of FFmpeg's scale: 2 is best, 31 worst
  const auto is_fine = [](int side) { return side >= 16 && side <= 4096; };
  Check(is_fine(picture.width) && is_fine(picture.height) && !picture.limited_range, "a picture that JPEG can hold");
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  Check(codec != nullptr, "FFmpeg encodes JPEG");
  const ffmpeg::CodecContext encoder(avcodec_alloc_context3(codec));
  encoder->width = picture.width;
  encoder->height = picture.height;
  encoder->pix_fmt = AV_PIX_FMT_YUVJ420P;  // the encoder knows no grey; flat colour planes cost some 40 bytes
  encoder->color_range = AVCOL_RANGE_JPEG;
  encoder->time_base = {1, 1};
  encoder->thread_count = 1;
  encoder->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_QSCALE;
  encoder->global_quality = kQuality * FF_QP2LAMBDA;
  ffmpeg::ThrowIfFailed(avcodec_open2(encoder.get(), codec, nullptr), "cannot encode", "a face");

  const ffmpeg::Frame frame = ffmpeg::NewFrame();
  frame->format = encoder->pix_fmt;
  frame->width = picture.width;
  frame->height = picture.height;
  frame->quality = encoder->global_quality;
  frame->pts = 0;
  ffmpeg::ThrowIfFailed(av_frame_get_buffer(frame.get(), 0), "cannot encode", "a face");
  for (int y = 0; y < picture.height; ++y) {
    std::memcpy(frame->data[0] + std::ptrdiff_t{y} * frame->linesize[0], picture.data + y * picture.stride,
                static_cast<std::size_t>(picture.width));
  }
  for (const int plane : {1, 2}) {
    for (int y = 0; y < (picture.height + 1) / 2; ++y) {
      std::memset(frame->data[plane] + std::ptrdiff_t{y} * frame->linesize[plane], 128,
                  static_cast<std::size_t>((picture.width + 1) / 2));
    }
  }
  ffmpeg::ThrowIfFailed(avcodec_send_frame(encoder.get(), frame.get()), "cannot encode", "a face");
  const ffmpeg::Packet packet = ffmpeg::NewPacket();
  ffmpeg::ThrowIfFailed(avcodec_receive_packet(encoder.get(), packet.get()), "cannot encode", "a face");
  return {reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)};
}

}  // namespace sezim
