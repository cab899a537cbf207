// SPDX-License-Identifier: Apache-2.0
// What FrameDecoder hands on: orientation, pixel formats and ranges.
#include "sezim/media/luma.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "sezim/media/frame_decoder.h"
#include "support/clips.h"
#include "support/temporary_folder.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

// The first picture of a file, on the scale from black 0 to white 1.
struct Shown {
  int width = 0;
  int height = 0;
  bool limited_range = false;
  std::array<double, 4> corners{};  // upper left, upper right, lower left, lower right
};

Shown FirstOf(const fs::path& file) {
  FrameDecoder decoder(file);
  Shown shown;
  const double time = 0;
  decoder.Decode(std::span(&time, 1), [&](std::size_t, const GreyView* picture) {
    ASSERT_NE(picture, nullptr);
    shown = {.width = picture->width, .height = picture->height, .limited_range = picture->limited_range};
    for (std::size_t i = 0; i < 4; ++i) {
      const int x = i % 2 == 0 ? picture->width / 4 : picture->width * 3 / 4;
      const int y = i < 2 ? picture->height / 4 : picture->height * 3 / 4;
      const double value = picture->data[y * picture->stride + x];
      shown.corners[i] = picture->limited_range ? (value - 16) / 219 : value / 255;
    }
  });
  return shown;
}

// Four quarters of grey on a picture of 80 x 48, in a lossless or nearly lossless codec: 0, 0.2, 0.6 and 1.
constexpr std::array<double, 4> kQuarters = {0, 0.2, 0.6, 1};

fs::path MakeQuarters(const TemporaryFolder& folder, const std::string& name, const std::vector<std::string>& options) {
  const fs::path raw = folder / "quarters.gray";
  {
    std::ofstream stream(raw, std::ios::binary);
    for (int frame = 0; frame < 3; ++frame) {
      for (int y = 0; y < 48; ++y) {
        for (int x = 0; x < 80; ++x) {
          const std::size_t quarter = (y < 24 ? 0U : 2U) + (x < 40 ? 0U : 1U);
          stream << static_cast<char>(static_cast<int>(255 * kQuarters[quarter]));
        }
      }
    }
  }
  std::vector<std::string> arguments = {
      "-f", "rawvideo", "-pixel_format", "gray", "-video_size", "80x48", "-framerate", "25", "-i", raw};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back(folder / name);
  RunFfmpeg(arguments);
  return folder / name;
}

void ExpectCorners(const Shown& shown, const std::array<double, 4>& expected, const char* what) {
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(shown.corners[i], expected[i], 0.02) << what << ", corner " << i;
}

// The transformation matrix of a QuickTime or MP4 track (ISO/IEC 14496-12, 6.2.2) as its bytes: a b u, c d v,
// x y w. A point (p, q) is shown at (a p + c q, b p + d q), with q growing downwards.
std::string MatrixBytes(int a, int b, int c, int d) {
  std::string bytes;
  for (const int value : {a * 0x10000, b * 0x10000, 0, c * 0x10000, d * 0x10000, 0, 0, 0, 0x40000000}) {
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(static_cast<unsigned>(value) >> shift & 0xFFU);
  }
  return bytes;
}

TEST(Luma, IsTurnedUpright) {
  const TemporaryFolder folder;
  const fs::path plain = MakeQuarters(folder, "plain.mp4", {"-c:v", "libx264", "-qp", "1", "-pix_fmt", "yuv420p"});
  const auto [a, b, c, d] = kQuarters;  // a b above c d
  ExpectCorners(FirstOf(plain), kQuarters, "as it is");
  struct Turn {
    const char* name;
    std::string matrix;
    bool is_quarter;
    std::array<double, 4> corners;
  };
  const std::vector<Turn> turns = {{"clockwise", MatrixBytes(0, 1, -1, 0), true, {c, a, d, b}},
                                   {"half", MatrixBytes(-1, 0, 0, -1), false, {d, c, b, a}},
                                   {"counterclockwise", MatrixBytes(0, -1, 1, 0), true, {b, d, a, c}}};
  for (const Turn& turn : turns) {
    std::string bytes = ContentOf(plain);
    const std::string identity = MatrixBytes(1, 0, 0, 1);
    const std::size_t of_film = bytes.find(identity);
    const std::size_t of_track = bytes.find(identity, of_film + 1);
    ASSERT_NE(of_track, std::string::npos);
    bytes.replace(of_track, identity.size(), turn.matrix);
    const fs::path turned = folder.Write("turned.mp4", bytes);
    const Shown shown = FirstOf(turned);
    EXPECT_EQ(shown.width, turn.is_quarter ? 48 : 80) << turn.name;
    EXPECT_EQ(shown.height, turn.is_quarter ? 80 : 48) << turn.name;
    ExpectCorners(shown, turn.corners, turn.name);
    // What FFmpeg's own program shows, which turns pictures by itself.
    RunFfmpeg({"-i", turned, "-c:v", "ffv1", "-pix_fmt", "yuv420p", folder / "reference.mkv"});
    ExpectCorners(FirstOf(folder / "reference.mkv"), shown.corners, turn.name);
  }
}

struct Format {
  const char* name;
  std::string file;
  std::vector<std::string> options;
  std::optional<bool> limited_range{};  // of what is handed on, where it matters
};

void PrintTo(const Format& format, std::ostream* out) {
  *out << format.name;
}

class LumaFormats : public testing::TestWithParam<Format> {};

TEST_P(LumaFormats, BlackIsBlackAndWhiteIsWhite) {
  const TemporaryFolder folder;
  const Shown shown = FirstOf(MakeQuarters(folder, GetParam().file, GetParam().options));
  EXPECT_EQ(shown.width, 80);
  EXPECT_EQ(shown.height, 48);
  ExpectCorners(shown, kQuarters, GetParam().name);
  EXPECT_EQ(shown.limited_range, GetParam().limited_range.value_or(shown.limited_range));
}

std::vector<std::string> Ffv1(const char* format, const char* range) {
  return {"-c:v", "ffv1", "-vf", std::string("scale=out_range=") + range, "-pix_fmt", format, "-color_range", range};
}

INSTANTIATE_TEST_SUITE_P(
    All, LumaFormats,
    testing::Values(Format{"Yuv420Limited", "x.mkv", Ffv1("yuv420p", "tv"), true},
                    Format{"Yuv420Full", "x.mkv", Ffv1("yuv420p", "pc"), false},
                    Format{"Yuv444Limited", "x.mkv", Ffv1("yuv444p", "tv"), true},
                    Format{"Yuv422TenBitLimited", "x.mkv", Ffv1("yuv422p10le", "tv")},
                    Format{"Yuv420TenBitLimited", "x.mkv", Ffv1("yuv420p10le", "tv")},
                    Format{"Yuv420TenBitFull", "x.mkv", Ffv1("yuv420p10le", "pc")},
                    Format{"Grey", "x.mkv", {"-c:v", "ffv1", "-pix_fmt", "gray"}, false},
                    Format{"GreyTenBit", "x.mkv", {"-c:v", "ffv1", "-pix_fmt", "gray10le"}},
                    Format{"Rgb", "x.mkv", {"-c:v", "ffv1", "-pix_fmt", "bgr0"}},
                    Format{"RgbPng", "x.mov", {"-c:v", "png", "-pix_fmt", "rgb24"}},
                    Format{"RgbRunLength", "x.mov", {"-c:v", "qtrle", "-pix_fmt", "rgb24"}},
                    Format{"PackedYuv", "x.avi", {"-c:v", "rawvideo", "-pix_fmt", "uyvy422"}},
                    Format{"H264Full",
                           "x.mp4",
                           {"-c:v", "libx264", "-qp", "1", "-vf", "scale=out_range=pc", "-pix_fmt", "yuvj420p"},
                           false},
                    Format{"H264TenBit",
                           "x.mp4",
                           {"-c:v", "libx264", "-qp", "1", "-vf", "scale=out_range=tv", "-pix_fmt", "yuv420p10le"}}),
    [](const auto& format) { return std::string(format.param.name); });

TEST(Luma, TakesPicturesOfAnyWidth) {
  for (const char* size : {"17x16", "33x19", "16x16", "1001x16"}) {
    const TemporaryFolder folder;
    RunFfmpeg({"-f", "lavfi", "-i", std::string("color=gray:duration=0.2:size=") + size + ",format=rgb24", "-c:v",
               "ffv1", "-pix_fmt", "bgr0", folder / "x.mkv"});
    const Shown shown = FirstOf(folder / "x.mkv");
    EXPECT_EQ(std::to_string(shown.width) + "x" + std::to_string(shown.height), size);
    ExpectCorners(shown, {0.502, 0.502, 0.502, 0.502}, size);
  }
}

}  // namespace
}  // namespace sezim
