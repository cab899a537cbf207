// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/audio_writer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/media/ffmpeg.h"

namespace sezim {
namespace {

constexpr int kPcmBlock = 4096;

class AudioFileWriter {
 public:
  AudioFileWriter(const std::filesystem::path& path, AudioFormat format) : path_(path) {
    AVFormatContext* made = nullptr;
    ffmpeg::ThrowIfFailed(avformat_alloc_output_context2(&made, nullptr, NameOf(format), nullptr), "cannot create",
                          path_);
    output_.reset(made);
    output_->flags |= AVFMT_FLAG_BITEXACT;
    OpenEncoder(format);
    AVStream* stream = avformat_new_stream(output_.get(), nullptr);
    Check(stream != nullptr, "an audio file has one stream");
    stream->time_base = {1, kSampleRateHz};
    ffmpeg::ThrowIfFailed(avcodec_parameters_from_context(stream->codecpar, encoder_.get()), "cannot create", path_);
    ffmpeg::ThrowIfFailed(avio_open(&output_->pb, ("file:" + path.native()).c_str(), AVIO_FLAG_WRITE), "cannot create",
                          path_);
    ffmpeg::ThrowIfFailed(avformat_write_header(output_.get(), nullptr), "cannot write", path_);
  }

  void Write(std::span<const std::int16_t> samples) {
    const auto block = static_cast<std::size_t>(encoder_->frame_size > 0 ? encoder_->frame_size : kPcmBlock);
    while (!samples.empty()) {
      const auto some = samples.first(std::min(block, samples.size()));
      samples = samples.subspan(some.size());
      const ffmpeg::Frame frame = ffmpeg::NewFrame();
      frame->format = encoder_->sample_fmt;
      frame->sample_rate = kSampleRateHz;
      frame->nb_samples = static_cast<int>(some.size());
      frame->pts = num_written_;
      av_channel_layout_copy(&frame->ch_layout, &encoder_->ch_layout);
      ffmpeg::ThrowIfFailed(av_frame_get_buffer(frame.get(), 0), "cannot write", path_);
      std::memcpy(frame->data[0], some.data(), some.size_bytes());
      num_written_ += frame->nb_samples;
      Encode(frame.get());
    }
  }

  void Finish() {
    Encode(nullptr);
    ffmpeg::ThrowIfFailed(av_write_trailer(output_.get()), "cannot write", path_);
    avio_flush(output_->pb);
    ffmpeg::ThrowIfFailed(output_->pb->error, "cannot write", path_);
    ffmpeg::ThrowIfFailed(avio_closep(&output_->pb), "cannot write", path_);
  }

 private:
  void OpenEncoder(AudioFormat format) {
    const AVCodec* codec =
        avcodec_find_encoder(format == AudioFormat::kFlac ? AV_CODEC_ID_FLAC : AV_CODEC_ID_PCM_S16LE);
    Check(codec != nullptr, "FFmpeg encodes FLAC and PCM");
    encoder_.reset(avcodec_alloc_context3(codec));
    encoder_->sample_fmt = AV_SAMPLE_FMT_S16;
    encoder_->sample_rate = kSampleRateHz;
    encoder_->time_base = {1, kSampleRateHz};
    encoder_->ch_layout = AV_CHANNEL_LAYOUT_MONO;
    encoder_->flags |= AV_CODEC_FLAG_BITEXACT;
    encoder_->thread_count = 1;
    ffmpeg::ThrowIfFailed(avcodec_open2(encoder_.get(), codec, nullptr), "cannot encode", path_);
  }

  void Encode(const AVFrame* frame) {
    ffmpeg::ThrowIfFailed(avcodec_send_frame(encoder_.get(), frame), "cannot encode", path_);
    const ffmpeg::Packet packet = ffmpeg::NewPacket();
    for (;;) {
      const int code = avcodec_receive_packet(encoder_.get(), packet.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      ffmpeg::ThrowIfFailed(code, "cannot encode", path_);
      packet->stream_index = 0;
      ffmpeg::ThrowIfFailed(av_write_frame(output_.get(), packet.get()), "cannot write", path_);
    }
  }

  std::filesystem::path path_;
  ffmpeg::OutputContext output_;
  ffmpeg::CodecContext encoder_;
  std::int64_t num_written_ = 0;
};

}  // namespace

const char* NameOf(AudioFormat format) {
  return format == AudioFormat::kFlac ? "flac" : "wav";
}

void WriteAudioFile(const std::filesystem::path& path, AudioFormat format, std::span<const std::int16_t> samples) {
  std::filesystem::path temporary = path;
  temporary += ".tmp";
  try {
    AudioFileWriter writer(temporary, format);
    writer.Write(samples);
    writer.Finish();
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw SystemError(errno, "cannot create", DisplayName(path));
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace sezim
