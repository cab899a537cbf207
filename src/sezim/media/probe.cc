// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/probe.h"

#include <fmt/format.h>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/declared_length.h"
#include "sezim/media/ffmpeg.h"

namespace sezim {

void MediaLimits::Check() const {
  OptionChecks checks("media limits");
  checks.Require(max_duration_s > 0, fmt::format("max_duration_s must be above 0, not {}", max_duration_s));
  checks.Require(min_side_px >= 1, fmt::format("min_side_px must be at least 1, not {}", min_side_px));
  checks.Require(max_side_px >= min_side_px,
                 fmt::format("max_side_px must be at least min_side_px, not {}", max_side_px));
  checks.Require(max_sample_rate_hz > 0, fmt::format("max_sample_rate_hz must be above 0, not {}", max_sample_rate_hz));
  checks.Require(max_channels > 0, fmt::format("max_channels must be above 0, not {}", max_channels));
  checks.Require(max_gap_s > 0, fmt::format("max_gap_s must be above 0, not {}", max_gap_s));
  checks.ThrowIfAny();
}

MediaInfo Probe(const std::filesystem::path& path) {
  const ffmpeg::InputContext input = ffmpeg::OpenInput(path);
  const int64_t zero = ffmpeg::ClockZero(*input);
  MediaInfo info;
  info.container = input->iformat->name;
  const bool is_made_up = info.container == "avi" && IsUnfinishedAvi(path);
  if (input->duration != AV_NOPTS_VALUE && !is_made_up)
    info.duration_s = static_cast<double>(input->duration) / AV_TIME_BASE;
  info.duration_is_declared = !is_made_up && input->duration_estimation_method == AVFMT_DURATION_FROM_STREAM;

  const auto start_of = [&](const AVStream& stream) {
    return stream.start_time == AV_NOPTS_VALUE ? 0 : ffmpeg::SecondsFromTimestamp(stream.start_time, stream, zero);
  };
  if (const int index = ffmpeg::BestStream(*input, AVMEDIA_TYPE_AUDIO); index >= 0) {
    const AVStream& stream = *input->streams[index];
    info.audio = AudioInfo{.codec = avcodec_get_name(stream.codecpar->codec_id),
                           .sample_rate_hz = stream.codecpar->sample_rate,
                           .num_channels = stream.codecpar->ch_layout.nb_channels,
                           .start_s = start_of(stream)};
  }
  if (const int index = ffmpeg::BestStream(*input, AVMEDIA_TYPE_VIDEO); index >= 0) {
    const AVStream& stream = *input->streams[index];
    info.video = VideoInfo{.codec = avcodec_get_name(stream.codecpar->codec_id),
                           .width = stream.codecpar->width,
                           .height = stream.codecpar->height,
                           .frames_per_s = av_q2d(stream.avg_frame_rate),
                           .start_s = start_of(stream)};
    if (stream.avg_frame_rate.den == 0) info.video->frames_per_s = 0;
  }
  return info;
}

void RequireHarvestable(const MediaInfo& info, const MediaLimits& limits, const std::filesystem::path& path) {
  const std::string name = DisplayName(path);
  const auto refuse = [](const std::string& what, const char* remedy) {
    throw Error(ErrorKind::kBadInput, what, remedy);
  };
  if (!info.audio && !info.video) {
    refuse(fmt::format("'{}' holds neither sound nor moving pictures", name),
           "give a video of people who speak; if it is one, download or copy it again");
  }
  if (!info.video) {
    refuse(fmt::format("'{}' has sound but no picture, and the face is the teacher", name),
           "give a video, or leave audio files out");
  }
  if (!info.audio) {
    refuse(fmt::format("'{}' has a picture but no sound", name), "give a video with its sound track");
  }
  const VideoInfo& video = *info.video;
  const AudioInfo& audio = *info.audio;
  if (video.width <= 0 || video.height <= 0) {  // FFmpeg forgets a size that it refuses
    refuse(fmt::format("'{}' has frames that are too large, or whose size it does not tell", name),
           "check that it plays in a media player, and scale it: ffmpeg -i IN -vf scale=-2:720 OUT");
  }
  if (video.width < limits.min_side_px || video.height < limits.min_side_px || video.width > limits.max_side_px ||
      video.height > limits.max_side_px) {
    refuse(fmt::format("'{}' has frames of {}x{} pixels; sides from {} to {} are accepted", name, video.width,
                       video.height, limits.min_side_px, limits.max_side_px),
           "scale the video, for example with ffmpeg -i IN -vf scale=-2:720 OUT");
  }
  if (std::int64_t{video.width} * video.height > ffmpeg::kMaxPixels) {
    refuse(fmt::format("'{}' has frames of {}x{} pixels; at most {} million pixels are accepted", name, video.width,
                       video.height, ffmpeg::kMaxPixels / 1'000'000),
           "scale the video, for example with ffmpeg -i IN -vf scale=-2:720 OUT");
  }
  if (audio.sample_rate_hz < 1000 || audio.sample_rate_hz > limits.max_sample_rate_hz || audio.num_channels < 1 ||
      audio.num_channels > limits.max_channels) {
    refuse(fmt::format("'{}' has sound of {} Hz and {} channels; 1000 to {} Hz and 1 to {} channels are accepted", name,
                       audio.sample_rate_hz, audio.num_channels, limits.max_sample_rate_hz, limits.max_channels),
           "convert the sound, for example with ffmpeg -i IN -ar 16000 -ac 1 OUT");
  }
  if (info.duration_s && *info.duration_s > limits.max_duration_s) {
    refuse(fmt::format("'{}' declares {:.0f} s; at most {:.0f} s are accepted", name, *info.duration_s,
                       limits.max_duration_s),
           "cut it into parts, or repair its header by remuxing: ffmpeg -i IN -c copy OUT");
  }
}

}  // namespace sezim
