// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/compare_detectors.h"

#include <gtest/gtest.h>

#include "support/clips.h"

namespace sezim {
namespace {

DetectedFace Face(int x, int y, int size) {
  return {.box = {x, y, size, size}};
}

TEST(AreAlike, PairsEachFaceWithOneOfItsOwn) {
  EXPECT_TRUE(AreAlike({}, {}));
  EXPECT_TRUE(AreAlike({Face(0, 0, 100), Face(200, 0, 50)}, {Face(202, 1, 50), Face(3, 3, 100)}));
  EXPECT_FALSE(AreAlike({Face(0, 0, 100)}, {}));
  EXPECT_FALSE(AreAlike({Face(0, 0, 100)}, {Face(40, 0, 100)}));
  // Both see the same one face, one of them twice.
  EXPECT_FALSE(AreAlike({Face(0, 0, 100), Face(1, 1, 100)}, {Face(0, 0, 100), Face(300, 0, 100)}));
}

// Sees one face, except in every `blink`th picture.
class BlinkingDetector : public FaceDetector {
 public:
  explicit BlinkingDetector(int blink) : blink_(blink) {}
  std::vector<DetectedFace> Detect(const GreyView&) override {
    return ++count_ % blink_ == 0 ? std::vector<DetectedFace>() : std::vector{Face(0, 0, 10)};
  }

 private:
  int blink_;
  int count_ = 0;
};

TEST(CompareDetectors, CountsThePicturesThatLookAlike) {
  const TemporaryFolder folder;
  const std::filesystem::path video = MakeNumberedVideo(folder, "p.mp4");
  BlinkingDetector always(1000), sometimes(4);
  double last = 0;
  const DetectorComparison result = CompareDetectors(video, 2, always, sometimes, [&](double share) { last = share; });
  EXPECT_GE(result.num_pictures, 20);
  EXPECT_EQ(result.num_alike, result.num_pictures - result.num_pictures / 4);
  EXPECT_EQ(last, 1);
}

}  // namespace
}  // namespace sezim
