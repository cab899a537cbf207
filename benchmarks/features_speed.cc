// SPDX-License-Identifier: Apache-2.0
// Times one kind of features on samples in memory, on one thread: features_speed KIND MODE SAMPLES.f32 RUNS
// The file holds 32-bit floats at 16 kHz, full scale 1; MODE may be "-". Prints the seconds of processor time of each
// run, and last how many frames there are and the sum of their numbers.
#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "sezim/features/frame_kinds.h"

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: {} KIND MODE SAMPLES.f32 RUNS\n", argv[0]);
    return 2;
  }
  std::ifstream file(argv[3], std::ios::binary | std::ios::ate);
  std::vector<float> samples(static_cast<std::size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(samples.data()), static_cast<std::streamsize>(samples.size() * sizeof(float)));
  if (!file) {
    fmt::print(stderr, "cannot read {}\n", argv[3]);
    return 1;
  }
  sezim::FeatureOptions options;
  if (argv[2] != std::string("-")) options["mode"] = std::string(argv[2]);
  sezim::FeatureMatrix frames;
  for (int run = 0; run < std::stoi(argv[4]); ++run) {
    const std::clock_t start = std::clock();
    const auto features = sezim::MakeFrameFeatures(argv[1], options, 16'000);
    frames = sezim::ExtractAll(*features, samples);
    fmt::print("{:.6f}\n", static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  const double sum = std::accumulate(frames.values.begin(), frames.values.end(), 0.0);
  fmt::print("{} {}\n", frames.num_frames, sum);
  return 0;
}
