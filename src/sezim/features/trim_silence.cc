// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/trim_silence.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sezim/features/frame_cutter.h"

namespace sezim {
namespace {

constexpr int kFrame = 2048;
constexpr std::size_t kHop = 512;

}  // namespace

std::span<const float> TrimSilence(std::span<const float> samples, double top_db) {
  std::vector<double> powers;
  const auto take = [&](std::span<const float> frame) {
    double sum = 0;
    for (const float sample : frame) sum += static_cast<double>(sample) * static_cast<double>(sample);
    powers.push_back(sum);
  };
  FrameCutter cutter(kFrame, static_cast<int>(kHop), FrameEdges::kCentred);
  cutter.Accept(samples, take);
  cutter.Finish(take);
  if (powers.empty()) return {};
  const double least = *std::max_element(powers.begin(), powers.end()) * std::pow(10, -top_db / 10);
  if (least <= 0) return {};
  const auto is_loud = [&](double power) { return power > least; };
  const auto first = static_cast<std::size_t>(std::find_if(powers.begin(), powers.end(), is_loud) - powers.begin());
  const auto behind = static_cast<std::size_t>(powers.rend() - std::find_if(powers.rbegin(), powers.rend(), is_loud));
  const std::size_t start = std::min(first * kHop, samples.size());
  return samples.subspan(start, std::min(behind * kHop, samples.size()) - start);
}

}  // namespace sezim
