// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>

#include "sezim/media/grey_image.h"
#include "sezim/media/probe.h"

namespace sezim {

// What one Decode() call did, for the table of where the time goes.
struct FrameDecoderCounts {
  std::int64_t num_packets = 0;  // of the video stream, read
  std::int64_t num_decoded = 0;  // frames that came out of the codec
  std::int64_t num_seeks = 0;
};

// kAll: every picture, as a player shows it. kEnough: as few as leave no two more than kEnoughGapS apart, where the
// source has pictures that near. Those that no other depends on, half of most H.264, are left out then, or are not
// deblocked, so that edges between the blocks of their codec stay visible; no error is handed on to other pictures.
enum class PictureChoice { kAll, kEnough };
inline constexpr double kEnoughGapS = 0.101;  // three pictures of 29.97 a second

// The picture that a player shows at given times, as luma, upright.
//
// The picture of time t is the last one (of those of the PictureChoice) whose timestamp is at or before t; there is
// none before the first, after the last one's duration, or when the last one is older than a second (a hole in the
// recording). Times are seconds on the source's clock (see AudioDecoder). What is returned for a time depends on the
// file alone, not on the other times. Not thread-safe; one object for each thread.
class FrameDecoder {
 public:
  // `picture` is valid during the call only; null where there is none. Returning ends the hold on it.
  using Sink = std::function<void(std::size_t index, const GreyView* picture)>;

  // Throws Error (kNotFound, kIo, kBadInput).
  explicit FrameDecoder(const std::filesystem::path& path, const MediaLimits& limits = {},
                        PictureChoice choice = PictureChoice::kAll);
  ~FrameDecoder();
  FrameDecoder(const FrameDecoder&) = delete;
  FrameDecoder& operator=(const FrameDecoder&) = delete;

  // Calls `sink` once for each of `times_s`, in their order. Requires ascending times. Stretches without a wanted
  // picture are passed over by seeking, and pictures that no other depends on and nobody wants are not decoded.
  // Throws Error (kBadInput; kInterrupted when `stop` is requested).
  void Decode(std::span<const double> times_s, const Sink& sink, std::stop_token stop = {});

  // During a call of `sink`: the time from which on the picture is shown, at most a second before the wanted one.
  double shown_since_s() const;

  const FrameDecoderCounts& counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sezim
