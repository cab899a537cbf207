// SPDX-License-Identifier: Apache-2.0
#pragma once

// FFmpeg's C handles as owning pointers, and its error codes as sezim::Error. Included by media/*.cc only.

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/frame.h>
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace sezim::ffmpeg {

template <auto Free>
struct FreeByAddress {
  template <typename T>
  void operator()(T* handle) const {
    Free(&handle);
  }
};

struct FreeSwsContext {
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};

struct CloseOutput {
  void operator()(AVFormatContext* context) const {
    if (context->pb != nullptr) avio_closep(&context->pb);
    avformat_free_context(context);
  }
};

// Of an input whose bytes were opened before it.
struct CloseInput {
  void operator()(AVFormatContext* context) const {
    AVIOContext* bytes = context->pb;
    avformat_close_input(&context);
    avio_closep(&bytes);
  }
};

using Bytes = std::unique_ptr<AVIOContext, FreeByAddress<avio_closep>>;
using InputContext = std::unique_ptr<AVFormatContext, CloseInput>;
using OutputContext = std::unique_ptr<AVFormatContext, CloseOutput>;
using CodecContext = std::unique_ptr<AVCodecContext, FreeByAddress<avcodec_free_context>>;
using Packet = std::unique_ptr<AVPacket, FreeByAddress<av_packet_free>>;
using Frame = std::unique_ptr<AVFrame, FreeByAddress<av_frame_free>>;
using Resampler = std::unique_ptr<SwrContext, FreeByAddress<swr_free>>;
using Scaler = std::unique_ptr<SwsContext, FreeSwsContext>;

Packet NewPacket();
Frame NewFrame();

// FFmpeg's words for one of its error codes.
std::string Describe(int code);

// Throws Error for a negative `code`: kNoSpace, kIo or kBadInput; "DOING 'PATH': words".
void ThrowIfFailed(int code, std::string_view doing, const std::filesystem::path& path);

// Throws Error (kIo) if the system has ever failed to read `bytes`, which demuxers take for their end, or for damage.
void RequireNoReadError(const AVIOContext& bytes, const std::filesystem::path& path);

// Opens a local regular file whose container is one of those that hold sound or moving pictures. Playlists, scripts
// and image or text formats, which could name other files or make noise of anything, are refused.
// Throws Error (kNotFound, kIo, kBadInput).
InputContext OpenInput(const std::filesystem::path& path);

// The stream of `type` that a player would choose, or -1; cover pictures are no video.
int BestStream(AVFormatContext& input, AVMediaType type);

// Pictures of more pixels are refused before memory is taken for them: 8K is 33 million.
inline constexpr std::int64_t kMaxPixels = 40'000'000;

// A decoder of one thread for `stream`. Throws Error (kBadInput) if this build of FFmpeg has none.
CodecContext OpenDecoder(const AVStream& stream, const std::filesystem::path& path);

// Zero of the source's clock in AV_TIME_BASE units: the earliest start of any of its streams.
int64_t ClockZero(const AVFormatContext& input);

// A timestamp of `stream` in seconds on the source's clock.
double SecondsFromTimestamp(int64_t timestamp, const AVStream& stream, int64_t clock_zero);

}  // namespace sezim::ffmpeg
