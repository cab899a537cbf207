// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/ffmpeg.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <new>
#include <tuple>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim::ffmpeg {
namespace {

// Containers of sound and moving pictures that name no other file. Not playlists, which do, nor what FFmpeg reads of
// games, pictures, subtitles and music notation.
constexpr const char* kContainers =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegtsraw,mpegvideo,h264,hevc,m4v,obu,ivf,flv,live_flv,"
    "asf,asf_o,ogg,wav,w64,aiff,caf,au,flac,mp3,aac,ac3,eac3,amr,dv,mxf,nut,rm,ivr,vob,gxf,wtv,wv,ape,tta,dts,dtshd,"
    "swf,nuv,nsv,pva,ty,lxf,lmlm4,dhav,smjpeg,vivo,mlp,truehd,mpc,mpc8,tak,oma,nistsphere,voc,ircam,dsf,qcp,xwma,sox";

constexpr std::size_t kMaxAllocation = std::size_t{1} << 29;  // by FFmpeg, at once; a header can ask for any number

// FFmpeg writes to standard error by itself; what matters reaches our callers as codes and flags.
void Quieten() {
  static std::once_flag once;
  std::call_once(once, [] {
    av_log_set_level(AV_LOG_QUIET);
    av_max_alloc(kMaxAllocation);
  });
}

[[noreturn]] void ThrowUnreadable(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorKind::kBadInput, fmt::format("'{}' is not a readable media file ({})", DisplayName(path), why),
              "check that it plays in a media player; an interrupted download must be fetched again");
}

off_t SizeOf(const FileDescriptor& file) {
  struct stat status {};
  return ::fstat(file.get(), &status) == 0 ? status.st_size : -1;
}

void RequireSomething(const FileDescriptor& file, const std::filesystem::path& path) {
  if (SizeOf(file) != 0) return;
  throw Error(ErrorKind::kBadInput, fmt::format("'{}' is empty", DisplayName(path)), "download or copy it again");
}

// What FFmpeg takes for sound because of a file's name alone has neither rate nor channels.
bool IsSoundOfNothing(const AVFormatContext& input) {
  const AVCodecParameters* const only = input.nb_streams == 1 ? input.streams[0]->codecpar : nullptr;
  return only != nullptr && only->codec_type == AVMEDIA_TYPE_AUDIO && only->sample_rate == 0;
}

std::string UrlOf(const std::filesystem::path& path) {
  return "file:" + path.native();
}

Bytes OpenBytes(const std::filesystem::path& path) {
  AVIOContext* bytes = nullptr;
  ThrowIfFailed(avio_open(&bytes, UrlOf(path).c_str(), AVIO_FLAG_READ), "cannot open", path);
  return Bytes(bytes);
}

// Throws where FFmpeg takes the file for something that is not one of kContainers.
void RequireKnownContainer(const std::filesystem::path& path) {
  const Bytes bytes = OpenBytes(path);
  const AVInputFormat* format = nullptr;
  av_probe_input_buffer2(bytes.get(), &format, path.c_str(), nullptr, 0, 0);
  if (format == nullptr || av_match_list(format->name, kContainers, ',') > 0) return;
  throw Error(
      ErrorKind::kBadInput,
      fmt::format("'{}' is of a kind that is not read ({}, '{}')", DisplayName(path), format->long_name, format->name),
      "if it is a video, convert it, as with 'ffmpeg -i FILE new.mp4'; of a playlist, give its links or files");
}

[[noreturn]] void ThrowUnopened(int code, const std::filesystem::path& path) {
  if (code == AVERROR(EINVAL)) RequireKnownContainer(path);
  if (code == AVERROR(EIO)) ThrowUnreadable(path, "it ends within its header");  // what FFmpeg says of Matroska then
  if (code != AVERROR_INVALIDDATA && code != AVERROR(EINVAL) && code != AVERROR_EOF) {
    ThrowIfFailed(code, "cannot open", path);
  }
  ThrowUnreadable(path, Describe(code));
}

// FFmpeg decodes a picture to learn what a stream holds: within our limit of pixels.
void FindStreams(AVFormatContext& input, const std::filesystem::path& path) {
  std::vector<AVDictionary*> options(input.nb_streams, nullptr);
  for (AVDictionary*& one : options) av_dict_set_int(&one, "max_pixels", kMaxPixels, 0);
  const int code = avformat_find_stream_info(&input, options.empty() ? nullptr : options.data());
  for (AVDictionary*& one : options) av_dict_free(&one);
  RequireNoReadError(*input.pb, path);
  ThrowIfFailed(code, "cannot read the streams of", path);
}

}  // namespace

Packet NewPacket() {
  Packet packet(av_packet_alloc());
  if (!packet) throw std::bad_alloc();
  return packet;
}

Frame NewFrame() {
  Frame frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  return frame;
}

std::string Describe(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> words{};
  av_strerror(code, words.data(), words.size());
  return words.data();
}

void ThrowIfFailed(int code, std::string_view doing, const std::filesystem::path& path) {
  if (code >= 0) return;
  if (code == AVERROR(ENOMEM)) {  // FFmpeg says so, too, of headers that tell of more than there is
    throw Error(ErrorKind::kBadInput, fmt::format("'{}' needs more memory than there is", DisplayName(path)),
                "check that it plays in a media player");
  }
  for (const int number : {ENOSPC, EDQUOT, ENOENT, EACCES, EPERM, EIO, EMFILE, ENFILE, ESTALE}) {
    if (code == AVERROR(number)) throw SystemError(number, doing, DisplayName(path));
  }
  throw Error(ErrorKind::kBadInput, fmt::format("{} '{}': {}", doing, DisplayName(path), Describe(code)),
              "check that it plays in a media player; if it was downloaded, download it again");
}

void RequireNoReadError(const AVIOContext& bytes, const std::filesystem::path& path) {
  if (bytes.error < 0) throw SystemError(AVUNERROR(bytes.error), "cannot read", DisplayName(path));
}

InputContext OpenInput(const std::filesystem::path& path) {
  Quieten();
  RequireSomething(OpenForReading(path), path);
  Bytes bytes = OpenBytes(path);
  AVFormatContext* opened = avformat_alloc_context();
  if (opened == nullptr) throw std::bad_alloc();
  opened->pb = bytes.get();
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  av_dict_set(&options, "format_whitelist", kContainers, 0);
  const int code = avformat_open_input(&opened, UrlOf(path).c_str(), nullptr, &options);  // frees it where it fails
  av_dict_free(&options);
  if (code < 0) {
    RequireNoReadError(*bytes, path);
    ThrowUnopened(code, path);
  }
  InputContext input(opened);
  std::ignore = bytes.release();
  FindStreams(*input, path);
  if (IsSoundOfNothing(*input)) ThrowUnreadable(path, "no sound is found in it");
  return input;
}

int BestStream(AVFormatContext& input, AVMediaType type) {
  const int best = av_find_best_stream(&input, type, -1, -1, nullptr, 0);
  if (best < 0) return -1;
  return (input.streams[best]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0 ? -1 : best;
}

CodecContext OpenDecoder(const AVStream& stream, const std::filesystem::path& path) {
  const AVCodec* codec = avcodec_find_decoder(stream.codecpar->codec_id);
  if (codec == nullptr) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}' holds {}, which this FFmpeg cannot decode", DisplayName(path),
                            avcodec_get_name(stream.codecpar->codec_id)),
                "convert it to H.264 and AAC in MP4, or use an FFmpeg with that codec");
  }
  CodecContext context(avcodec_alloc_context3(codec));
  if (!context) throw std::bad_alloc();
  ThrowIfFailed(avcodec_parameters_to_context(context.get(), stream.codecpar), "cannot set up a decoder for", path);
  context->pkt_timebase = stream.time_base;
  context->thread_count = 1;
  context->max_pixels = kMaxPixels;
  ThrowIfFailed(avcodec_open2(context.get(), codec, nullptr), "cannot open a decoder for", path);
  return context;
}

int64_t ClockZero(const AVFormatContext& input) {
  int64_t zero = AV_NOPTS_VALUE;
  for (unsigned int i = 0; i < input.nb_streams; ++i) {
    const AVStream& stream = *input.streams[i];
    const AVMediaType type = stream.codecpar->codec_type;
    if (stream.start_time == AV_NOPTS_VALUE) continue;
    if (type != AVMEDIA_TYPE_AUDIO && type != AVMEDIA_TYPE_VIDEO) continue;
    if ((stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) continue;
    const int64_t start = av_rescale_q(stream.start_time, stream.time_base, AV_TIME_BASE_Q);
    if (zero == AV_NOPTS_VALUE || start < zero) zero = start;
  }
  return zero == AV_NOPTS_VALUE ? 0 : zero;
}

double SecondsFromTimestamp(int64_t timestamp, const AVStream& stream, int64_t clock_zero) {
  return static_cast<double>(timestamp) * av_q2d(stream.time_base) - static_cast<double>(clock_zero) / AV_TIME_BASE;
}

}  // namespace sezim::ffmpeg
