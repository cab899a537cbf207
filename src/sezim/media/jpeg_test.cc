// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/jpeg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "sezim/media/ffmpeg.h"

namespace sezim {
namespace {

// A smooth picture of odd sides, so that no block is whole.
GreyImage Hills(int width, int height) {
  GreyImage image{.pixels = {}, .width = width, .height = height};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.pixels.push_back(static_cast<std::uint8_t>(127 + 120 * std::sin(x * 0.1) * std::cos(y * 0.07)));
    }
  }
  return image;
}

ffmpeg::Frame Decode(const std::string& jpeg) {
  const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
  const ffmpeg::CodecContext decoder(avcodec_alloc_context3(codec));
  EXPECT_EQ(avcodec_open2(decoder.get(), codec, nullptr), 0);
  const ffmpeg::Packet packet = ffmpeg::NewPacket();
  EXPECT_EQ(av_new_packet(packet.get(), static_cast<int>(jpeg.size())), 0);
  std::copy(jpeg.begin(), jpeg.end(), packet->data);
  EXPECT_EQ(avcodec_send_packet(decoder.get(), packet.get()), 0);
  ffmpeg::Frame frame = ffmpeg::NewFrame();
  EXPECT_EQ(avcodec_receive_frame(decoder.get(), frame.get()), 0);
  return frame;
}

TEST(Jpeg, ShowsThePicture) {
  const GreyImage image = Hills(97, 33);
  const std::string jpeg = EncodeJpeg(image.view());
  EXPECT_TRUE(jpeg.starts_with("\xff\xd8\xff"));
  EXPECT_LT(jpeg.size(), image.pixels.size());
  const ffmpeg::Frame frame = Decode(jpeg);
  ASSERT_EQ(frame->width, 97);
  ASSERT_EQ(frame->height, 33);
  EXPECT_EQ(frame->color_range, AVCOL_RANGE_JPEG);
  double sum = 0;
  for (int y = 0; y < 33; ++y) {
    for (int x = 0; x < 97; ++x) {
      const auto at = static_cast<std::size_t>(y * 97 + x);
      sum += std::abs(frame->data[0][std::ptrdiff_t{y} * frame->linesize[0] + x] - image.pixels[at]);
    }
  }
  EXPECT_LT(sum / (97 * 33), 2.5);
  EXPECT_EQ(frame->data[1][0], 128);  // grey
}

TEST(Jpeg, GivesTheSameBytesForTheSamePixels) {
  EXPECT_EQ(EncodeJpeg(Hills(96, 96).view()), EncodeJpeg(Hills(96, 96).view()));
}

}  // namespace
}  // namespace sezim
