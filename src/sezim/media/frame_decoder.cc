// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/frame_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/ffmpeg.h"
#include "sezim/media/luma.h"
#include "sezim/media/picture_order.h"

namespace sezim {
namespace {

// Note [Which pictures are decoded]
// A picture is wanted if it is one of the PictureChoice (PictureOrder) and a wanted time falls between its timestamp
// and that of the next one of them. Packets come in decoding order, so that is known only after as many packets as the
// codec may reorder (at most 16 in H.264 and HEVC). We read that far ahead, then tell the codec to skip what is neither
// wanted nor referred to. Of the PictureChoice, what lies behind the last wanted time is never skipped: the codec takes
// some of it before the last answer is known, and the next call may want it. What is shown before the first anchor of a
// seek counts as not there: it was not told which of it is wanted, and another seek goes further to the front.
constexpr std::size_t kLookahead = 20;

// Note [Indexes]
// MP4 and AVI say at once where every picture is. Matroska's index is read by FFmpeg at the first seek, so we begin
// with one. FLV has none but what FFmpeg makes up of the packets that it has read, and so has Matroska where its index
// was left out or ends: there a seek reads on without decoding. It lands at or before where we were, and all from there
// is decoded twice, if there is no key picture in between. So only stretches of some length are passed over there, and
// longer ones each time that it was in vain.

constexpr double kMaxPictureAgeS = 1.0;
constexpr double kTimeToleranceS = 1e-4;      // timestamps are rounded to the container's time base
constexpr double kSeekWithIndexGapS = 0.5;    // a seek costs less than decoding this much
constexpr double kSeekWithoutIndexGapS = 10;  // where a seek may land anywhere before its target; see Note [Indexes]
constexpr double kLateSeekStepS = 10;

// Broadcast streams have no index and few timestamps: a seek lands between key pictures, and until the next
// timestamp comes FFmpeg counts from a wrong one. So much is decoded before the wanted time there.
constexpr double kPrerollWithoutIndexS = 2;
constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

class FrameDecoder::Impl {
 public:
  Impl(std::filesystem::path path, const MediaLimits& limits, PictureChoice choice)
      : path_(std::move(path)), limits_(limits), input_(ffmpeg::OpenInput(path_)) {
    const int index = ffmpeg::BestStream(*input_, AVMEDIA_TYPE_VIDEO);
    if (index < 0) {
      throw Error(ErrorKind::kBadInput, fmt::format("'{}' has no picture", DisplayName(path_)), "give a video");
    }
    for (unsigned int i = 0; i < input_->nb_streams; ++i) {
      if (static_cast<int>(i) != index) input_->streams[i]->discard = AVDISCARD_ALL;
    }
    stream_ = input_->streams[index];
    clock_zero_ = ffmpeg::ClockZero(*input_);
    is_matroska_ = std::string_view(input_->iformat->name).starts_with("matroska");
    has_index_ = (input_->iformat->flags & AVFMT_TS_DISCONT) == 0;
    decoder_ = ffmpeg::OpenDecoder(*stream_, path_);
    if (choice == PictureChoice::kEnough) {
      decoder_->skip_loop_filter = AVDISCARD_NONREF;
      order_ = PictureOrder(static_cast<int64_t>(kEnoughGapS / av_q2d(stream_->time_base)));
    }
    luma_.emplace(*stream_);
    if (stream_->avg_frame_rate.num > 0 && stream_->avg_frame_rate.den > 0) {
      frame_duration_s_ = 1 / av_q2d(stream_->avg_frame_rate);
    }
  }

  void Decode(std::span<const double> times_s, const Sink& sink, const std::stop_token& stop) {
    Check(std::is_sorted(times_s.begin(), times_s.end()), "wanted times ascend");
    times_s_ = times_s;
    next_ = 0;
    sought_for_ = std::numeric_limits<std::size_t>::max();
    sink_ = &sink;
    must_seek_ = std::exchange(broken_off_, true);  // nobody knows where a call that threw has left us
    while (next_ < times_s_.size()) {
      if (stop.stop_requested()) {
        throw Error(ErrorKind::kInterrupted, fmt::format("stopped while decoding '{}'", DisplayName(path_)));
      }
      SeekIfWorthIt();
      if (!DecodeOne() && !LandedLate(kNever)) break;
    }
    DeliverUntil(shown_s_ + std::min(frame_duration_s_, kMaxPictureAgeS));
    while (next_ < times_s_.size()) Deliver(nullptr);
    broken_off_ = false;
  }

  double shown_since_s() const { return shown_s_; }
  const FrameDecoderCounts& counts() const { return counts_; }

 private:
  double SecondsOf(int64_t timestamp) const { return ffmpeg::SecondsFromTimestamp(timestamp, *stream_, clock_zero_); }

  // Passes over a stretch without wanted pictures if a seek is likely to land beyond where we are. See Note [Indexes].
  void SeekIfWorthIt() {
    const double target_s = times_s_[next_];
    if (std::exchange(must_seek_, false)) {
      sought_for_ = next_;
      SeekTo(target_s);
      return;
    }
    const double here_s = std::isfinite(read_until_s_) ? read_until_s_ : 0;
    const bool backwards = std::isfinite(shown_s_) && target_s + kTimeToleranceS < shown_s_;
    if (!backwards && !IsKeyPictureBetween(here_s, target_s)) return;
    if (sought_for_ == next_) return;  // once for each wanted time
    sought_for_ = next_;
    if (!backwards && counts_.num_packets > 0) sought_from_s_ = here_s;
    SeekTo(target_s);
  }

  // As far as one can know without reading on.
  bool IsKeyPictureBetween(double here_s, double target_s) const {
    if (is_matroska_ && counts_.num_packets == 0) return true;
    const int num_entries = has_index_ ? avformat_index_get_entries_count(stream_) : 0;
    const AVIndexEntry* last = num_entries > 0 ? avformat_index_get_entry(stream_, num_entries - 1) : nullptr;
    if (last == nullptr || SecondsOf(last->timestamp) <= here_s) {
      return target_s > here_s + gap_beyond_index_s_;
    }
    if (target_s <= here_s + kSeekWithIndexGapS) return false;
    const int entry = av_index_search_timestamp(stream_, TimestampOf(target_s), AVSEEK_FLAG_BACKWARD);
    return entry >= 0 && SecondsOf(avformat_index_get_entry(stream_, entry)->timestamp) > here_s;
  }

  int64_t TimestampOf(double seconds) const {
    const double clock_s = seconds + static_cast<double>(clock_zero_) / AV_TIME_BASE;
    return static_cast<int64_t>(std::floor(clock_s / av_q2d(stream_->time_base)));
  }

  void SeekTo(double seconds) {
    ++counts_.num_seeks;
    if (!has_index_) seconds -= kPrerollWithoutIndexS;
    if (!SeekContainer(TimestampOf(seconds))) return;  // go on reading from here
    Restart();
    sought_s_ = seconds;
  }

  // To the last key picture at or before `target`, or else to the first one; false if the container cannot
  // seek.
  bool SeekContainer(int64_t target) {
    AVFormatContext* input = input_.get();
    const int index = stream_->index;
    return avformat_seek_file(input, index, std::numeric_limits<int64_t>::min(), target, target, 0) >= 0 ||
           av_seek_frame(input, index, target, AVSEEK_FLAG_BACKWARD) >= 0 ||
           av_seek_frame(input, index, target, 0) >= 0 || av_seek_frame(input, -1, 0, AVSEEK_FLAG_BYTE) >= 0;
  }

  void Restart() {
    avcodec_flush_buffers(decoder_.get());
    pending_.clear();
    order_.Restart();
    av_frame_unref(shown_.get());
    shown_s_ = -kNever;
    read_until_s_ = -kNever;
    end_of_file_ = false;
    drained_ = false;
  }

  // Moves on by one packet, or, at the end, by draining the codec; false when nothing is left.
  bool DecodeOne() {
    ReceiveAll();  // a codec that still holds a picture of the call before would refuse the packet
    if (next_ == times_s_.size()) return true;
    ReadAhead();
    if (pending_.empty()) {
      if (drained_) return false;
      drained_ = true;
      avcodec_send_packet(decoder_.get(), nullptr);
    } else {
      const ffmpeg::Packet packet = std::move(pending_.front());
      pending_.pop_front();
      decoder_->skip_frame = IsWanted(*packet) ? AVDISCARD_DEFAULT : AVDISCARD_NONREF;
      avcodec_send_packet(decoder_.get(), packet.get());  // a corrupt packet yields no picture: none is shown
    }
    ReceiveAll();
    return true;
  }

  void ReadAhead() {
    while (!end_of_file_ && pending_.size() < kLookahead) {
      ffmpeg::Packet packet = ffmpeg::NewPacket();
      const int code = av_read_frame(input_.get(), packet.get());
      ffmpeg::RequireNoReadError(*input_->pb, path_);
      if (code < 0) {
        end_of_file_ = true;
        return;
      }
      if (packet->stream_index != stream_->index) continue;
      ++counts_.num_packets;
      if (packet->pts == AV_NOPTS_VALUE) {
        order_.ReadUnknown();
      } else {
        order_.Read(packet->pts, (packet->flags & AV_PKT_FLAG_DISCARD) == 0);
      }
      const int64_t at =
          packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;  // AVI with B-pictures has the latter
      if (at != AV_NOPTS_VALUE) read_until_s_ = std::max(read_until_s_, SecondsOf(at));
      pending_.push_back(std::move(packet));
    }
  }

  // See Note [Which pictures are decoded].
  bool IsWanted(const AVPacket& packet) const {
    if (packet.pts == AV_NOPTS_VALUE) return true;
    if (!order_.IsNeeded(packet.pts)) return false;
    const std::optional<int64_t> after = order_.NextNeeded(packet.pts);
    // As DeliverUntil has it, with something to spare for rounding.
    const double from_s = SecondsOf(packet.pts) - 1.5 * kTimeToleranceS;
    const double until_s = after ? SecondsOf(*after) - 0.5 * kTimeToleranceS : kNever;
    const auto wanted = std::lower_bound(times_s_.begin() + static_cast<std::ptrdiff_t>(next_), times_s_.end(), from_s);
    return wanted == times_s_.end() || *wanted < until_s;
  }

  void ReceiveAll() {
    while (next_ < times_s_.size()) {
      if (avcodec_receive_frame(decoder_.get(), frame_.get()) < 0) return;
      ++counts_.num_decoded;
      if (frame_->best_effort_timestamp == AV_NOPTS_VALUE) continue;
      if (order_.IsBeforeFirst(frame_->best_effort_timestamp)) continue;
      const double at_s = SecondsOf(frame_->best_effort_timestamp);
      if (LandedLate(at_s)) return;
      DeliverUntil(at_s);
      av_frame_unref(shown_.get());
      av_frame_move_ref(shown_.get(), frame_.get());
      shown_s_ = at_s;
    }
  }

  // After a seek that landed behind its target (no index, or a broken one), seeks again further in front,
  // each time twice as far as the time before.
  bool LandedLate(double at_s) {
    if (!sought_s_) return false;
    const double target_s = *sought_s_;
    sought_s_.reset();
    if (at_s <= std::exchange(sought_from_s_, -kNever)) gap_beyond_index_s_ *= 2;
    if (at_s <= times_s_[next_] + kTimeToleranceS || target_s <= 0) {
      late_step_s_ = kLateSeekStepS;
      return false;
    }
    SeekTo(std::max(0.0, target_s - std::exchange(late_step_s_, 2 * late_step_s_)));
    return true;
  }

  // Hands the shown picture to all wanted times before `until_s`.
  void DeliverUntil(double until_s) {
    while (next_ < times_s_.size() && times_s_[next_] + kTimeToleranceS < until_s) {
      const double time_s = times_s_[next_];
      // Written as above: a picture that is only just too early for the one before it must be in time for itself.
      const bool is_its_time = time_s + kTimeToleranceS >= shown_s_ && time_s - shown_s_ <= kMaxPictureAgeS;
      Deliver(shown_->buf[0] != nullptr && is_its_time && IsIntact(*shown_) ? shown_.get() : nullptr);
    }
  }

  static bool IsIntact(const AVFrame& frame) {
    return frame.decode_error_flags == 0 && (frame.flags & AV_FRAME_FLAG_CORRUPT) == 0;
  }

  void Deliver(const AVFrame* frame) {
    const std::size_t index = next_++;
    if (frame == nullptr || frame->width > limits_.max_side_px || frame->height > limits_.max_side_px ||
        frame->width < limits_.min_side_px || frame->height < limits_.min_side_px) {
      (*sink_)(index, nullptr);
      return;
    }
    const GreyView picture = luma_->Read(*frame, path_);
    (*sink_)(index, &picture);
  }

  std::filesystem::path path_;
  MediaLimits limits_;
  ffmpeg::InputContext input_;
  ffmpeg::CodecContext decoder_;
  std::optional<ffmpeg::LumaReader> luma_;
  AVStream* stream_ = nullptr;
  int64_t clock_zero_ = 0;
  double frame_duration_s_ = 0.04;
  bool has_index_ = true;
  bool is_matroska_ = false;

  std::deque<ffmpeg::Packet> pending_;  // read, not yet decoded
  PictureOrder order_{0};               // of the pictures read lately
  ffmpeg::Frame frame_ = ffmpeg::NewFrame();
  ffmpeg::Frame shown_ = ffmpeg::NewFrame();  // the last picture decoded; empty after a seek
  double shown_s_ = -kNever;
  double read_until_s_ = -kNever;
  std::optional<double> sought_s_;  // target of a seek whose first picture has not come yet
  std::size_t sought_for_ = std::numeric_limits<std::size_t>::max();
  double sought_from_s_ = -kNever;  // where we were before it, if it was to save decoding
  double gap_beyond_index_s_ = kSeekWithoutIndexGapS;
  double late_step_s_ = kLateSeekStepS;
  bool must_seek_ = false;   // before the first time of this call
  bool broken_off_ = false;  // this call has not ended, or the last one threw
  bool end_of_file_ = false;
  bool drained_ = false;

  std::span<const double> times_s_;
  std::size_t next_ = 0;  // first of times_s_ not yet delivered
  const Sink* sink_ = nullptr;
  FrameDecoderCounts counts_;
};

FrameDecoder::FrameDecoder(const std::filesystem::path& path, const MediaLimits& limits, PictureChoice choice)
    : impl_(std::make_unique<Impl>(path, limits, choice)) {}

FrameDecoder::~FrameDecoder() = default;

void FrameDecoder::Decode(std::span<const double> times_s, const Sink& sink, std::stop_token stop) {
  impl_->Decode(times_s, sink, stop);
}

double FrameDecoder::shown_since_s() const {
  return impl_->shown_since_s();
}

const FrameDecoderCounts& FrameDecoder::counts() const {
  return impl_->counts();
}

}  // namespace sezim
