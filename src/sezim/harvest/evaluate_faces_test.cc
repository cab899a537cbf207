// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/evaluate_faces.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "support/clips.h"

namespace sezim {
namespace {

// Sees as many faces as the numbered picture's second (of 25 pictures) says in `seen`.
class ScriptedDetector : public FaceDetector {
 public:
  explicit ScriptedDetector(std::vector<int> seen) : seen_(std::move(seen)) {}

  std::vector<DetectedFace> Detect(const GreyView& picture) override {
    const auto second = static_cast<std::size_t>(NumberOf(&picture) / kClipFps);
    return std::vector<DetectedFace>(static_cast<std::size_t>(seen_.at(second)), DetectedFace{.box = {0, 0, 9, 9}});
  }

 private:
  std::vector<int> seen_;
};

TEST(EvaluateFaces, CountsTheExampleByHand) {
  const TemporaryFolder folder;
  const std::filesystem::path video = MakeNumberedVideo(folder, "p.mp4");
  const Truth truth{.media = "p.mp4",
                    .duration_s = 12,
                    .spans = {{.start_s = 0, .end_s = 2, .kind = "speaking"},
                              {.start_s = 2, .end_s = 4, .kind = "voice_over"},
                              {.start_s = 4, .end_s = 6, .kind = "two_faces"},
                              {.start_s = 6, .end_s = 12, .kind = "music"}}};
  ScriptedDetector detector({1, 0, 0, 3, 2, 1, 5, 5, 5, 5, 5, 5});
  const FaceEvaluation result = EvaluateFaces(truth, video, detector);
  EXPECT_EQ(result.num_with_faces, 18);  // nine looks in each two seconds, five in the first of them
  EXPECT_EQ(result.num_found, 5 + 9);
  EXPECT_EQ(result.num_all_right, 5 + 5);
  EXPECT_EQ(result.num_without_face, 9);
  EXPECT_EQ(result.num_false, 4);
  EXPECT_EQ(result.num_pictures(), 27);
}

}  // namespace
}  // namespace sezim
