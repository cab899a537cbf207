// SPDX-License-Identifier: Apache-2.0
// Uses the library from outside: segments and labels of a few frames, and a look into a video.
#include <cstdint>
#include <iostream>
#include <vector>

#include "sezim/harvest/labeller.h"
#include "sezim/harvest/segmenter.h"
#include "sezim/media/probe.h"

int main(int, char** argv) {
  std::vector<std::int64_t> ticks;
  std::vector<sezim::EmotionScores> scores;
  for (std::int64_t tick = 0; tick < 20; ++tick) {
    ticks.push_back(tick);
    sezim::EmotionScores one{};
    sezim::ScoreOf(one, sezim::Emotion::kHappy) = 1;
    scores.push_back(one);
  }
  const auto segments = sezim::SegmentFrames(ticks, sezim::SegmenterOptions{});
  const sezim::MediaInfo info = sezim::Probe(argv[1]);
  std::cout << segments.size() << ' ' << sezim::NameOf(sezim::LabelByMajority(scores).emotion) << ' '
            << info.video->width << 'x' << info.video->height << '\n';
}
