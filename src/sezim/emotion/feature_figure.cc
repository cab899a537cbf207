// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/feature_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/features/frame_kinds.h"
#include "sezim/features/mel_filters.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/media/png.h"

namespace sezim {
namespace {

constexpr int kWidth = 1240, kPanelHeight = 250;
constexpr int kLeft = 90, kRight = 110, kTop = 50, kBetween = 62, kBottom = 50;
constexpr int kBarWidth = 16;
const cv::Scalar kBlack(30, 30, 30);

// A label on the axis of the bands: where, in rows from the lowest, and what.
using Tick = std::pair<double, std::string>;

struct Panel {
  std::string title;
  FeatureMatrix frames;
  double hop_s;
  std::vector<Tick> ticks;
  std::string low, high;  // what the ends of the colours stand for
};

enum class Align { kFrom, kAround, kUntil };

void Write(cv::Mat& picture, const std::string& text, cv::Point at, Align align, double size = 0.5) {
  int baseline = 0;
  const cv::Size box = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, size, 1, &baseline);
  if (align == Align::kAround) at.x -= box.width / 2;
  if (align == Align::kUntil) at.x -= box.width;
  cv::putText(picture, text, at, cv::FONT_HERSHEY_SIMPLEX, size, kBlack, 1, cv::LINE_AA);
}

// Each column to 0 … 255 by its own range, the outer hundredth at either end cut off.
void ScaleColumns(FeatureMatrix& frames) {
  for (int k = 0; k < frames.dim; ++k) {
    std::vector<float> column;
    for (std::int64_t i = 0; i < frames.num_frames; ++i) column.push_back(frames.Frame(i)[static_cast<std::size_t>(k)]);
    std::sort(column.begin(), column.end());
    const float low = column[column.size() / 100], high = column[column.size() - 1 - column.size() / 100];
    for (std::int64_t i = 0; i < frames.num_frames; ++i) {
      float& value = frames.Frame(i)[static_cast<std::size_t>(k)];
      value = high > low ? std::clamp((value - low) / (high - low), 0.0F, 1.0F) : 0.5F;
    }
  }
}

// Numbers become colours: viridis from the least to the largest.
cv::Mat Coloured(const FeatureMatrix& frames, float low, float high) {
  cv::Mat grey(frames.dim, static_cast<int>(frames.num_frames), CV_8U);
  for (std::int64_t i = 0; i < frames.num_frames; ++i) {
    for (int k = 0; k < frames.dim; ++k) {
      const float share = (frames.Frame(i)[static_cast<std::size_t>(k)] - low) / std::max(high - low, 1e-9F);
      grey.at<std::uint8_t>(frames.dim - 1 - k, static_cast<int>(i)) =
          static_cast<std::uint8_t>(std::lround(255 * std::clamp(share, 0.0F, 1.0F)));
    }
  }
  cv::Mat colours;
  cv::applyColorMap(grey, colours, cv::COLORMAP_VIRIDIS);
  return colours;
}

// Steps of 1, 2 or 5 times a power of ten, at most about ten of them.
double TickStep(double duration_s) {
  const double least = duration_s / 10;
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least) return factor * power;
  }
  return 10 * power;
}

void Draw(cv::Mat& picture, const Panel& panel, int top, double duration_s) {
  const auto [low, high] = std::minmax_element(panel.frames.values.begin(), panel.frames.values.end());
  const int width = kWidth - kLeft - kRight;
  const int covered = std::clamp(
      static_cast<int>(std::lround(static_cast<double>(panel.frames.num_frames) * panel.hop_s / duration_s * width)), 1,
      width);
  cv::Mat colours;
  cv::resize(Coloured(panel.frames, *low, *high), colours, cv::Size(covered, kPanelHeight), 0, 0, cv::INTER_NEAREST);
  colours.copyTo(picture(cv::Rect(kLeft, top, covered, kPanelHeight)));
  cv::rectangle(picture, cv::Rect(kLeft - 1, top - 1, width + 2, kPanelHeight + 2), kBlack);
  Write(picture, panel.title, {kLeft, top - 10}, Align::kFrom, 0.55);
  for (const auto& [row, label] : panel.ticks) {
    const int y = top + kPanelHeight - static_cast<int>(std::lround((row + 0.5) / panel.frames.dim * kPanelHeight));
    cv::line(picture, {kLeft - 6, y}, {kLeft - 1, y}, kBlack);
    Write(picture, label, {kLeft - 10, y + 5}, Align::kUntil, 0.45);
  }
  const double step_s = TickStep(duration_s);
  for (int i = 0; i * step_s <= duration_s * 1.0001; ++i) {
    const int x = kLeft + static_cast<int>(std::lround(i * step_s / duration_s * width));
    cv::line(picture, {x, top + kPanelHeight}, {x, top + kPanelHeight + 5}, kBlack);
    Write(picture, fmt::format("{:g}", i * step_s), {x, top + kPanelHeight + 20}, Align::kAround, 0.45);
  }
  cv::Mat ramp(256, 1, CV_8U);
  for (int i = 0; i < 256; ++i) ramp.at<std::uint8_t>(255 - i) = static_cast<std::uint8_t>(i);
  cv::Mat bar;
  cv::applyColorMap(ramp, ramp, cv::COLORMAP_VIRIDIS);
  cv::resize(ramp, bar, cv::Size(kBarWidth, kPanelHeight));
  const int bar_left = kWidth - kRight + 14;
  bar.copyTo(picture(cv::Rect(bar_left, top, kBarWidth, kPanelHeight)));
  cv::rectangle(picture, cv::Rect(bar_left - 1, top - 1, kBarWidth + 2, kPanelHeight + 2), kBlack);
  const auto label = [](const std::string& text, float value) {
    return text.empty() ? fmt::format("{:.0f} dB", value) : text;
  };
  Write(picture, label(panel.high, *high), {bar_left + kBarWidth + 6, top + 12}, Align::kFrom, 0.45);
  Write(picture, label(panel.low, *low), {bar_left + kBarWidth + 6, top + kPanelHeight - 2}, Align::kFrom, 0.45);
}

std::vector<Tick> MelTicks(int num_bands) {
  std::vector<Tick> ticks;
  const double top_mel = MelOfHz(MelScale::kSlaney, kSampleRateHz / 2.0);
  for (const int hz : {500, 1000, 2000, 4000}) {
    ticks.emplace_back(MelOfHz(MelScale::kSlaney, hz) / top_mel * (num_bands + 1) - 1, fmt::format("{} Hz", hz));
  }
  return ticks;
}

}  // namespace

std::string FeatureFigure(std::span<const float> samples, const std::string& title) {
  if (samples.empty()) throw Error(ErrorKind::kBadInput, "a sound without samples cannot be drawn", "give another");
  const double duration_s = static_cast<double>(samples.size()) / kSampleRateHz;
  const auto frames_of = [&](const char* kind) {
    return ExtractAll(*MakeFrameFeatures(kind, {}, kSampleRateHz), samples);
  };
  std::vector<Panel> panels{
      {"MFCC (0 to 12), deltas (13 to 25), accelerations (26 to 38)",
       frames_of("mfcc"),
       0.01,
       {{0, "0"}, {13, "13"}, {26, "26"}, {38, "38"}},
       "low",
       "high"},
      {"Mel bands: 128, 2048 samples each 512", frames_of("logmel"), 0.032, MelTicks(128), "", ""},
      {"Chroma: 12 pitch classes",
       frames_of("chroma"),
       0.032,
       {{0, "C"}, {2, "D"}, {4, "E"}, {5, "F"}, {7, "G"}, {9, "A"}, {11, "B"}},
       "0",
       "1"}};
  ScaleColumns(panels.front().frames);

  const int height = kTop + 3 * kPanelHeight + 2 * kBetween + kBottom;
  cv::Mat picture(height, kWidth, CV_8UC3, cv::Scalar(255, 255, 255));
  const bool is_ascii = std::all_of(title.begin(), title.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (is_ascii) Write(picture, title, {kWidth - kRight, 22}, Align::kUntil, 0.5);
  int top = kTop;
  for (const Panel& panel : panels) {
    Draw(picture, panel, top, duration_s);
    top += kPanelHeight + kBetween;
  }
  Write(picture, "time, s", {kLeft + (kWidth - kLeft - kRight) / 2, height - 10}, Align::kAround);
  cv::Mat rgb;
  cv::cvtColor(picture, rgb, cv::COLOR_BGR2RGB);
  return EncodePng({rgb.data, rgb.total() * 3}, kWidth, height);
}

}  // namespace sezim
