// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/observation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using Kind = FrameObservation::Kind;

std::vector<FrameObservation> Examples() {
  return {{.tick = 0},
          {.tick = 7, .kind = Kind::kNoFace},
          {.tick = 8, .kind = Kind::kSeveralFaces},
          {.tick = std::int64_t{1} << 40,
           .kind = Kind::kKept,
           .face = {1, 20, 300, 8192},
           .scores = {0.1F, 0.2F, 0.3F, 0.05F, 0.15F, 0.125F, 1e-30F},
           .face_jpeg = std::string("\0\xff", 2)},
          {.tick = -1, .kind = Kind::kKept, .face = {0, 0, 1, 1}}};
}

TEST(Observations, RoundTrip) {
  EXPECT_EQ(UnpackObservations(PackObservations(Examples())), Examples());
  EXPECT_TRUE(UnpackObservations(PackObservations({})).empty());
}

TEST(Observations, ABrokenEndIsAnErrorOrAShorterList) {
  const std::vector<FrameObservation> all = Examples();
  const std::string bytes = PackObservations(all);
  std::size_t num_lists = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    try {
      const auto some = UnpackObservations(std::string_view(bytes).substr(0, length));
      ++num_lists;
      EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin()));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
      EXPECT_FALSE(error.remedy().empty());
    }
  }
  EXPECT_EQ(num_lists, all.size());  // only cuts between two observations pass
}

TEST(Observations, RefusesWhatItDidNotWrite) {
  const std::string bytes = PackObservations({{.tick = 5}});
  for (const std::string& bad : {std::string(), std::string("OBS"), std::string("OBS1") + bytes.substr(4),
                                 bytes.substr(0, 12) + '\x04', bytes.substr(0, 12) + '\xff'}) {
    EXPECT_EQ(ThrownBy([&] { UnpackObservations(bad); }).kind(), ErrorKind::kBadInput) << bad;
  }
}

TEST(Observations, GarbageNeverDoesHarm) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = "OBS2";
    for (std::size_t n = random() % 200; n > 0; --n) bytes += static_cast<char>(random() % (n % 3 == 0 ? 5 : 256));
    try {
      EXPECT_EQ(PackObservations(UnpackObservations(bytes)), bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    }
  }
}

}  // namespace
}  // namespace sezim
