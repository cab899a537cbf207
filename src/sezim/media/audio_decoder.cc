// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/audio_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <optional>
#include <string_view>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/declared_length.h"
#include "sezim/media/ffmpeg.h"

namespace sezim {
namespace {

constexpr double kJitterS = 0.04;
constexpr double kMaxBackwardLeapS = 10;
constexpr int kSilenceBlock = 16'384;
constexpr const char* kRemedyForTruncated =
    "download or copy it again, or keep what is there by remuxing: ffmpeg -i IN -c copy OUT";

// A declared end may be missed by this much: containers round, and the last frames may be undecodable.
double AllowedShortfall(double declared_s) {
  return std::max(1.0, 0.01 * declared_s);
}

constexpr double kExactShortfallS = 0.1;  // where the end is declared to the sample

bool AllFinite(const float* samples, int count) {
  return std::all_of(samples, samples + count, [](float sample) { return std::isfinite(sample); });
}

bool AllFinite(const double* samples, int count) {
  return std::all_of(samples, samples + count, [](double sample) { return std::isfinite(sample); });
}

// Whether all samples of a decoded frame are numbers.
bool HoldsNumbers(const AVFrame& frame) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  const int channels = frame.ch_layout.nb_channels;
  const int count = frame.nb_samples * (planar ? 1 : channels);
  for (int plane = 0; plane < (planar ? channels : 1); ++plane) {
    const void* const data = frame.extended_data[plane];
    const AVSampleFormat packed = av_get_packed_sample_fmt(format);
    if (packed == AV_SAMPLE_FMT_FLT && !AllFinite(static_cast<const float*>(data), count)) return false;
    if (packed == AV_SAMPLE_FMT_DBL && !AllFinite(static_cast<const double*>(data), count)) return false;
  }
  return true;
}

}  // namespace

class AudioDecoder::Impl {
 public:
  Impl(std::filesystem::path path, const MediaLimits& limits, int out_rate_hz)
      : path_(std::move(path)), limits_(limits), out_rate_hz_(out_rate_hz), input_(ffmpeg::OpenInput(path_)) {
    const int index = ffmpeg::BestStream(*input_, AVMEDIA_TYPE_AUDIO);
    if (index < 0) {
      throw Error(ErrorKind::kBadInput, fmt::format("'{}' has no sound", DisplayName(path_)),
                  "give a file with a sound track");
    }
    stream_ = input_->streams[index];
    clock_zero_ = ffmpeg::ClockZero(*input_);
    const std::string_view container = input_->iformat->name;
    // Of these FFmpeg believes what is there instead.
    if (container == "wav") declared_wav_s_ = DeclaredWavSeconds(path_);
    if (container == "asf") declared_s_ = DeclaredAsfSecondsIfCut(path_);
    if (container == "avi") {
      is_unfinished_ = IsUnfinishedAvi(path_);
      declared_s_ = DeclaredAviSeconds();
    }
    if (ffmpeg::BestStream(*input_, AVMEDIA_TYPE_VIDEO) >= 0) {  // of sound alone programs are less careful
      lacks_end_ = (container == "ogg" && LacksOggEnd(path_)) || (container == "mpegts" && EndsWithinTsPacket(path_));
    }
    is_exact_ = container == "flac";
    decoder_ = ffmpeg::OpenDecoder(*stream_, path_);
    decoder_->request_sample_fmt = AV_SAMPLE_FMT_FLTP;
  }

  bool Next(std::vector<std::int16_t>& samples) {
    const std::size_t before = samples.size();
    while (samples.size() == before && !finished_) Step(samples);
    return samples.size() > before;
  }

  std::int64_t num_corrupt_packets() const { return num_corrupt_packets_; }

 private:
  // Reads one packet and decodes what it holds; at the end of the file drains decoder and resampler.
  void Step(std::vector<std::int16_t>& samples) {
    const int code = av_read_frame(input_.get(), packet_.get());
    ffmpeg::RequireNoReadError(*input_->pb, path_);
    if (code < 0) {
      if (code != AVERROR_EOF) broken_off_ = true;
      avcodec_send_packet(decoder_.get(), nullptr);
      DrainDecoder(samples);
      Flush(samples);
      finished_ = true;
      RequireWhole();
      return;
    }
    NoteReached();
    if (packet_->stream_index == stream_->index) {
      const int sent = avcodec_send_packet(decoder_.get(), packet_.get());
      if (sent < 0 && sent != AVERROR(EAGAIN)) ++num_corrupt_packets_;
      DrainDecoder(samples);
    }
    av_packet_unref(packet_.get());
  }

  void DrainDecoder(std::vector<std::int16_t>& samples) {
    for (;;) {
      const int code = avcodec_receive_frame(decoder_.get(), frame_.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      if (code < 0) {
        ++num_corrupt_packets_;
        return;
      }
      Accept(samples);
      av_frame_unref(frame_.get());
    }
  }

  // Places one decoded frame on the clock: silence before it, or its front cut off, as its timestamp asks.
  void Accept(std::vector<std::int16_t>& samples) {
    if (frame_->sample_rate < 1000 || frame_->sample_rate > limits_.max_sample_rate_hz || frame_->nb_samples <= 0 ||
        !HoldsNumbers(*frame_)) {
      ++num_corrupt_packets_;
      return;
    }
    PrepareResampler(samples);
    const double rate = frame_->sample_rate;
    int skip = 0;
    if (frame_->best_effort_timestamp != AV_NOPTS_VALUE) {
      const double at = ffmpeg::SecondsFromTimestamp(frame_->best_effort_timestamp, *stream_, clock_zero_);
      const double lag = at - position_s_;
      if (lag > limits_.max_gap_s || lag < -kMaxBackwardLeapS) ThrowLeap(at);
      const double jitter_s = position_s_ > 0 ? kJitterS : 0;  // where the sound begins is no jitter
      if (lag > jitter_s) {
        FeedSilence(static_cast<std::int64_t>(std::llround(lag * rate)), samples);
      } else if (lag < -jitter_s) {
        skip = static_cast<int>(std::min<double>(std::round(-lag * rate), frame_->nb_samples));
        skipped_s_ += skip / rate;
      }
    }
    std::vector<const std::uint8_t*> planes = PlanesFrom(skip);
    Convert(planes.data(), frame_->nb_samples - skip, samples);
  }

  std::vector<const std::uint8_t*> PlanesFrom(int skip) const {
    const auto format = static_cast<AVSampleFormat>(frame_->format);
    const int channels = frame_->ch_layout.nb_channels;
    const bool planar = av_sample_fmt_is_planar(format) != 0;
    const std::ptrdiff_t step = std::ptrdiff_t{av_get_bytes_per_sample(format)} * (planar ? 1 : channels);
    std::vector<const std::uint8_t*> planes;
    for (int c = 0; c < (planar ? channels : 1); ++c) planes.push_back(frame_->extended_data[c] + step * skip);
    return planes;
  }

  void FeedSilence(std::int64_t count, std::vector<std::int16_t>& samples) {
    const auto format = static_cast<AVSampleFormat>(frame_->format);
    const int channels = frame_->ch_layout.nb_channels;
    const bool planar = av_sample_fmt_is_planar(format) != 0;
    std::vector<std::uint8_t> zeros(static_cast<std::size_t>(av_get_bytes_per_sample(format)) * kSilenceBlock *
                                    static_cast<std::size_t>(planar ? 1 : channels));
    std::vector<std::uint8_t*> planes(static_cast<std::size_t>(planar ? channels : 1), zeros.data());
    av_samples_set_silence(planes.data(), 0, kSilenceBlock, channels, format);
    while (count > 0) {
      const int some = static_cast<int>(std::min<std::int64_t>(count, kSilenceBlock));
      Convert(const_cast<const std::uint8_t**>(planes.data()), some, samples);
      count -= some;
    }
  }

  // (Re)makes the resampler when the stream's form is new or has changed, which some broadcasts do at
  // programme borders.
  void PrepareResampler(std::vector<std::int16_t>& samples) {
    const bool same = resampler_ && frame_->format == format_ && frame_->sample_rate == sample_rate_hz_ &&
                      frame_->ch_layout.nb_channels == num_channels_;
    if (same) return;
    Flush(samples);
    AVChannelLayout from{};
    if (frame_->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
      av_channel_layout_default(&from, frame_->ch_layout.nb_channels);
    } else {
      av_channel_layout_copy(&from, &frame_->ch_layout);
    }
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    SwrContext* made = nullptr;
    const int code = swr_alloc_set_opts2(&made, &mono, AV_SAMPLE_FMT_S16, out_rate_hz_, &from,
                                         static_cast<AVSampleFormat>(frame_->format), frame_->sample_rate, 0, nullptr);
    av_channel_layout_uninit(&from);
    resampler_.reset(made);
    ffmpeg::ThrowIfFailed(code, "cannot convert the sound of", path_);
    // From 16-bit to 16-bit samples soxr dithers with a random seed; by way of floats nothing does.
    av_opt_set_sample_fmt(resampler_.get(), "internal_sample_fmt", AV_SAMPLE_FMT_FLTP, 0);
    av_opt_set(resampler_.get(), "resampler", "soxr", 0);
    if (swr_init(resampler_.get()) < 0) {  // an FFmpeg without libsoxr
      av_opt_set(resampler_.get(), "resampler", "swr", 0);
      ffmpeg::ThrowIfFailed(swr_init(resampler_.get()), "cannot convert the sound of", path_);
    }
    format_ = frame_->format;
    sample_rate_hz_ = frame_->sample_rate;
    num_channels_ = frame_->ch_layout.nb_channels;
  }

  void Convert(const std::uint8_t** planes, int count, std::vector<std::int16_t>& samples) {
    const int room = swr_get_out_samples(resampler_.get(), count);
    ffmpeg::ThrowIfFailed(room, "cannot convert the sound of", path_);
    const std::size_t before = samples.size();
    samples.resize(before + static_cast<std::size_t>(room));
    auto* out = reinterpret_cast<std::uint8_t*>(samples.data() + before);
    const int got = swr_convert(resampler_.get(), &out, room, planes, count);
    samples.resize(before + static_cast<std::size_t>(std::max(got, 0)));
    ffmpeg::ThrowIfFailed(got, "cannot convert the sound of", path_);
    if (planes != nullptr) position_s_ += static_cast<double>(count) / sample_rate_hz_;
    if (position_s_ > limits_.max_duration_s) {
      throw Error(ErrorKind::kBadInput,
                  fmt::format("'{}' is longer than the {:.0f} s accepted", DisplayName(path_), limits_.max_duration_s),
                  "cut it into parts");
    }
  }

  void Flush(std::vector<std::int16_t>& samples) {
    if (resampler_) Convert(nullptr, 0, samples);
  }

  void NoteReached() {
    const AVStream& stream = *input_->streams[packet_->stream_index];
    const int64_t at = packet_->pts != AV_NOPTS_VALUE ? packet_->pts : packet_->dts;
    if (at == AV_NOPTS_VALUE) return;
    reached_s_ = std::max(reached_s_, ffmpeg::SecondsFromTimestamp(at + packet_->duration, stream, clock_zero_));
  }

  // The header counts the pictures, each of which takes as long.
  std::optional<double> DeclaredAviSeconds() const {
    const int index = ffmpeg::BestStream(*input_, AVMEDIA_TYPE_VIDEO);
    if (index < 0 || input_->streams[index]->nb_frames <= 0) return std::nullopt;
    const AVStream& video = *input_->streams[index];
    return static_cast<double>(video.nb_frames) * av_q2d(video.time_base);
  }

  void RequireWhole() const {
    if (skipped_s_ > std::max(1.0, position_s_)) {
      throw Error(ErrorKind::kBadInput,
                  fmt::format("'{}' has {:.1f} s of sound for {:.1f} s of its clock: its timestamps stand nearly still",
                              DisplayName(path_), skipped_s_ + position_s_, position_s_),
                  "make its timestamps anew: ffmpeg -fflags +igndts+genpts -i IN -c copy OUT, or convert it again");
    }
    if (lacks_end_) {
      throw Error(ErrorKind::kBadInput,
                  fmt::format("'{}' is truncated: its data end at {:.1f} s, where nothing should end",
                              DisplayName(path_), reached_s_),
                  kRemedyForTruncated);
    }
    if (is_unfinished_) return;
    if (declared_wav_s_ && reached_s_ + kExactShortfallS < *declared_wav_s_) ThrowTruncated(*declared_wav_s_);
    if (declared_s_ && reached_s_ + AllowedShortfall(*declared_s_) < *declared_s_) ThrowTruncated(*declared_s_);
    const bool declared =
        input_->duration != AV_NOPTS_VALUE && input_->duration_estimation_method == AVFMT_DURATION_FROM_STREAM;
    if (!declared) return;
    const double declared_s = static_cast<double>(input_->duration) / AV_TIME_BASE;
    // Matroska declares where its timestamps end, which need not start at 0.
    const double end_s = reached_s_ + std::max(0.0, static_cast<double>(clock_zero_) / AV_TIME_BASE);
    const double allowed_s = broken_off_ || is_exact_ ? kExactShortfallS : AllowedShortfall(declared_s);
    if (end_s + allowed_s < declared_s) ThrowTruncated(declared_s);
  }

  [[noreturn]] void ThrowTruncated(double declared_s) const {
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}' is truncated: it declares {:.1f} s but its data end at {:.1f} s", DisplayName(path_),
                            declared_s, reached_s_),
                kRemedyForTruncated);
  }

  [[noreturn]] void ThrowLeap(double at_s) const {
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}' has sound timestamps that leap from {:.1f} s to {:.1f} s", DisplayName(path_),
                            position_s_, at_s),
                "repair it by remuxing: ffmpeg -fflags +genpts -i IN -c copy OUT");
  }

  std::filesystem::path path_;
  MediaLimits limits_;
  int out_rate_hz_;
  ffmpeg::InputContext input_;
  ffmpeg::CodecContext decoder_;
  ffmpeg::Resampler resampler_;
  ffmpeg::Packet packet_ = ffmpeg::NewPacket();
  ffmpeg::Frame frame_ = ffmpeg::NewFrame();
  const AVStream* stream_ = nullptr;
  int64_t clock_zero_ = 0;
  double skipped_s_ = 0;  // cut off because the clock was there already
  int format_ = AV_SAMPLE_FMT_NONE;
  int sample_rate_hz_ = 0;
  int num_channels_ = 0;
  double position_s_ = 0;  // end of what went into the resampler, on the source's clock
  double reached_s_ = 0;   // end of the last packet of any stream
  std::int64_t num_corrupt_packets_ = 0;
  std::optional<double> declared_wav_s_;
  std::optional<double> declared_s_;  // as precise as headers are of which AllowedShortfall tells
  bool is_unfinished_ = false;        // what its header declares means nothing
  bool lacks_end_ = false;            // it is cut off, by its container's own marks
  bool is_exact_ = false;             // the container declares its end to the sample
  bool broken_off_ = false;
  bool finished_ = false;
};

AudioDecoder::AudioDecoder(const std::filesystem::path& path, const MediaLimits& limits, int sample_rate_hz)
    : impl_(std::make_unique<Impl>(path, limits, sample_rate_hz)) {}

AudioDecoder::~AudioDecoder() = default;

bool AudioDecoder::Next(std::vector<std::int16_t>& samples) {
  return impl_->Next(samples);
}

std::int64_t AudioDecoder::num_corrupt_packets() const {
  return impl_->num_corrupt_packets();
}

}  // namespace sezim
