// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/picture.h"

#include <fmt/format.h>

#include <cstring>
#include <string>
#include <string_view>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/ffmpeg.h"
#include "sezim/media/luma.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxPictureBytes = std::size_t{16} << 20;
constexpr int kMaxSidePx = 16'384;

AVCodecID CodecOf(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return AV_CODEC_ID_MJPEG;
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return AV_CODEC_ID_PNG;
  return AV_CODEC_ID_NONE;
}

[[noreturn]] void Refuse(const std::filesystem::path& path) {
  throw Error(ErrorKind::kBadInput,
              fmt::format("'{}' is not a JPEG or PNG picture that can be read", DisplayName(path)),
              "remove it, or replace it by a JPEG or PNG file");
}

}  // namespace

GreyImage ReadPicture(const std::filesystem::path& path) {
  return DecodePicture(ReadTextFile(path, kMaxPictureBytes), path);
}

GreyImage DecodePicture(std::string_view bytes, const std::filesystem::path& path) {
  if (bytes.size() > kMaxPictureBytes) Refuse(path);
  const AVCodec* codec = avcodec_find_decoder(CodecOf(bytes));
  if (codec == nullptr) Refuse(path);
  ffmpeg::CodecContext decoder(avcodec_alloc_context3(codec));
  decoder->thread_count = 1;
  decoder->max_pixels = std::int64_t{kMaxSidePx} * kMaxSidePx;
  ffmpeg::ThrowIfFailed(avcodec_open2(decoder.get(), codec, nullptr), "cannot open a decoder for", path);
  const ffmpeg::Packet packet = ffmpeg::NewPacket();
  ffmpeg::ThrowIfFailed(av_new_packet(packet.get(), static_cast<int>(bytes.size())), "cannot read", path);
  std::memcpy(packet->data, bytes.data(), bytes.size());
  const ffmpeg::Frame frame = ffmpeg::NewFrame();
  const bool decoded = avcodec_send_packet(decoder.get(), packet.get()) >= 0 &&
                       avcodec_send_packet(decoder.get(), nullptr) >= 0 &&
                       avcodec_receive_frame(decoder.get(), frame.get()) >= 0;
  if (!decoded || frame->width > kMaxSidePx || frame->height > kMaxSidePx) Refuse(path);
  ffmpeg::LumaReader reader;
  GreyImage picture = Rotated(reader.Read(*frame, path), Rotation::kNone);
  picture.limited_range = false;  // JPEG and PNG have no other
  return picture;
}

}  // namespace sezim
