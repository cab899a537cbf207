// SPDX-License-Identifier: Apache-2.0
// What every FaceDetector promises, run over each of them, and what is HaarFaceDetector's own.
#include "sezim/vision/face_detector.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <opencv2/imgproc.hpp>
#include <thread>

#include "sezim/base/error.h"
#include "sezim/base/paths.h"
#include "sezim/media/picture.h"
#include "sezim/vision/blaze_face.h"
#include "sezim/vision/closer_look.h"
#include "sezim/vision/face_network.h"
#include "sezim/vision/yunet.h"
#include "support/brought_model.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

struct DetectorMaker {
  const char* name;
  std::function<std::unique_ptr<FaceDetector>()> make;
};

void PrintTo(const DetectorMaker& maker, std::ostream* out) {
  *out << maker.name;
}

GreyView ViewOf(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step), false};
}

// An astronaut before a flag, 512 x 512: one face, whose middle is at about (224, 112) and which is about 100
// wide.
cv::Mat Astronaut() {
  GreyImage picture = ReadPicture(DependencyFolder() / "demo-pictures" / "astronaut.png");
  return cv::Mat(picture.height, picture.width, CV_8UC1, picture.pixels.data()).clone();
}
constexpr double kFaceX = 224;
constexpr double kFaceY = 112;
constexpr double kFaceWidth = 100;

cv::Mat Resized(const cv::Mat& picture, double scale) {
  cv::Mat resized;
  cv::resize(picture, resized, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return resized;
}

// The head and shoulders of the astronaut, 240 x 240, with the face's middle at (120, 120) or thereabouts.
cv::Mat Portrait() {
  cv::Mat wide;
  cv::copyMakeBorder(Astronaut(), wide, 50, 0, 0, 0, cv::BORDER_REPLICATE);
  return wide(cv::Rect(104, 42, 240, 240)).clone();
}

void ExpectFace(const FaceBox& box, double x, double y, double width) {
  EXPECT_NEAR(box.x + box.width / 2.0, x, 0.25 * width);
  EXPECT_NEAR(box.y + box.height / 2.0, y, 0.25 * width);
  EXPECT_GT(box.width, 0.6 * width);
  EXPECT_LT(box.width, 1.7 * width);
}

std::vector<FaceBox> BoxesOf(const std::vector<DetectedFace>& faces) {
  std::vector<FaceBox> boxes;
  for (const DetectedFace& face : faces) boxes.push_back(face.box);
  return boxes;
}

class FaceDetectorContract : public testing::TestWithParam<DetectorMaker> {
 protected:
  void SetUp() override {
    if (!GetParam().make()) GTEST_SKIP() << GetParam().name << ": its weights have to be brought, and are not there";
  }

  std::vector<FaceBox> Detect(const cv::Mat& picture) const {
    const auto detector = GetParam().make();
    const std::vector<FaceBox> faces = BoxesOf(detector->Detect(ViewOf(picture)));
    for (const FaceBox& face : faces) {
      EXPECT_GE(face.x, 0);
      EXPECT_GE(face.y, 0);
      EXPECT_GT(face.width, 0);
      EXPECT_GT(face.height, 0);
      EXPECT_LE(face.x + face.width, picture.cols);
      EXPECT_LE(face.y + face.height, picture.rows);
    }
    EXPECT_EQ(BoxesOf(detector->Detect(ViewOf(picture))), faces)
        << "a second look at the same picture tells something else";
    return faces;
  }
};

TEST_P(FaceDetectorContract, TakesPicturesOfAnySize) {
  for (const auto& [width, height] : {std::pair{1, 1},
                                      {1, 100},
                                      {100, 1},
                                      {16, 16},
                                      {23, 24},
                                      {24, 24},
                                      {25, 25},
                                      {2000, 16},
                                      {17, 1500},
                                      {333, 101}}) {
    EXPECT_THAT(Detect(cv::Mat(height, width, CV_8UC1, cv::Scalar(90))), testing::IsEmpty()) << width << "x" << height;
  }
}

TEST_P(FaceDetectorContract, FindsNothingWhereNothingIs) {
  for (const double level : {0.0, 16.0, 128.0, 255.0}) {
    EXPECT_THAT(Detect(cv::Mat(360, 640, CV_8UC1, cv::Scalar(level))), testing::IsEmpty()) << level;
  }
  cv::Mat slope(240, 320, CV_8UC1);
  for (int x = 0; x < slope.cols; ++x) slope.col(x).setTo(cv::Scalar(x * 255.0 / slope.cols));
  EXPECT_THAT(Detect(slope), testing::IsEmpty());
}

TEST_P(FaceDetectorContract, NoiseIsNoFace) {
  cv::RNG random(3);
  int num_found = 0;
  for (int round = 0; round < 5; ++round) {
    cv::Mat noise(180, 320, CV_8UC1);
    random.fill(noise, cv::RNG::UNIFORM, 0, 256);
    num_found += static_cast<int>(Detect(noise).size());
  }
  EXPECT_LE(num_found, 1);
}

TEST_P(FaceDetectorContract, FindsTheFaceAtSeveralScales) {
  for (const double scale : {0.4, 0.5, 0.75, 1.0, 1.6}) {
    const std::vector<FaceBox> faces = Detect(Resized(Astronaut(), scale));
    ASSERT_EQ(faces.size(), 1U) << scale;
    ExpectFace(faces[0], kFaceX * scale, kFaceY * scale, kFaceWidth * scale);
  }
}

TEST_P(FaceDetectorContract, FindsTheFaceAnywhere) {
  const cv::Mat portrait = Portrait();
  for (const int x : {0, 133, 400}) {
    for (const int y : {0, 57, 120}) {
      cv::Mat scene(360, 640, CV_8UC1, cv::Scalar(110));
      portrait.copyTo(scene(cv::Rect(x, y, 240, 240)));
      const std::vector<FaceBox> faces = Detect(scene);
      ASSERT_EQ(faces.size(), 1U) << x << ", " << y;
      ExpectFace(faces[0], x + 120, y + 120, kFaceWidth);
    }
  }
}

TEST_P(FaceDetectorContract, FindsTwoFaces) {
  const cv::Mat portrait = Portrait();
  cv::Mat scene(360, 640, CV_8UC1, cv::Scalar(110));
  portrait.copyTo(scene(cv::Rect(30, 60, 240, 240)));
  cv::Mat mirrored;
  cv::flip(portrait, mirrored, 1);
  mirrored.copyTo(scene(cv::Rect(370, 80, 240, 240)));
  std::vector<FaceBox> faces = Detect(scene);
  ASSERT_EQ(faces.size(), 2U);
  std::sort(faces.begin(), faces.end(), [](const FaceBox& a, const FaceBox& b) { return a.x < b.x; });
  ExpectFace(faces[0], 150, 180, kFaceWidth);
  ExpectFace(faces[1], 490, 200, kFaceWidth);
}

TEST_P(FaceDetectorContract, TellsWhereEyesAndMouthAreIfItTellsPoints) {
  for (const double scale : {0.5, 1.0}) {
    const cv::Mat picture = Resized(Astronaut(), scale);
    const std::vector<DetectedFace> faces = GetParam().make()->Detect(ViewOf(picture));
    ASSERT_EQ(faces.size(), 1U);
    if (!faces[0].points) continue;
    const auto expect_at = [&](const Point& point, double x, double y) {  // measured on the picture
      EXPECT_NEAR(point.x, x * scale, 12 * scale);
      EXPECT_NEAR(point.y, y * scale, 12 * scale);
    };
    expect_at(faces[0].points->left_eye, 201, 100);
    expect_at(faces[0].points->right_eye, 245, 104);
    expect_at(faces[0].points->mouth, 220, 145);
  }
}

TEST_P(FaceDetectorContract, RowsMayBePaddedWithAnything) {
  const cv::Mat picture = Astronaut();
  cv::Mat padded(picture.rows, picture.cols + 77, CV_8UC1, cv::Scalar(255));
  cv::Mat part = padded(cv::Rect(0, 0, picture.cols, picture.rows));
  picture.copyTo(part);
  EXPECT_EQ(Detect(part), Detect(picture));
}

TEST_P(FaceDetectorContract, WhatWasSeenBeforeChangesNothing) {
  const auto detector = GetParam().make();
  const cv::Mat picture = Astronaut();
  const std::vector<FaceBox> alone = BoxesOf(detector->Detect(ViewOf(picture)));
  const cv::Mat portrait = Portrait();
  detector->Detect(ViewOf(portrait));
  const cv::Mat blank(20, 900, CV_8UC1, cv::Scalar(0));
  detector->Detect(ViewOf(blank));
  EXPECT_EQ(BoxesOf(detector->Detect(ViewOf(picture))), alone);
}

TEST_P(FaceDetectorContract, LeavesThePictureAsItIs) {
  const cv::Mat picture = Astronaut();
  const cv::Mat before = picture.clone();
  Detect(picture);
  EXPECT_EQ(cv::norm(picture, before, cv::NORM_INF), 0);
}

std::unique_ptr<FaceDetector> BlazeFace(const char* model) {
  return std::make_unique<BlazeFaceDetector>(std::make_shared<OnnxSession>(ModelStore().Load(model)),
                                             FaceNetworkOptions{});
}

std::unique_ptr<FaceDetector> YuNet() {
  const std::optional<Model> model = BroughtModel("yunet", "yunet_n_dynamic.onnx");
  return model ? std::make_unique<YuNetDetector>(std::make_shared<OnnxSession>(*model), FaceNetworkOptions{}) : nullptr;
}

// CloserLook with networks of its own.
class CloserLookOfBoth : public FaceDetector {
 public:
  std::vector<DetectedFace> Detect(const GreyView& picture) override { return look_.Detect(picture); }

 private:
  std::unique_ptr<FaceDetector> back_ = BlazeFace("blazeface-back");
  std::unique_ptr<FaceDetector> short_ = BlazeFace("blazeface-short");
  CloserLook look_{*back_, *short_};
};

INSTANTIATE_TEST_SUITE_P(All, FaceDetectorContract,
                         testing::Values(DetectorMaker{"Haar",
                                                       [] {
                                                         return std::make_unique<HaarFaceDetector>(
                                                             HaarFaceDetectorOptions{.min_face_share = 0.1});
                                                       }},
                                         DetectorMaker{"BlazeFaceShort", [] { return BlazeFace("blazeface-short"); }},
                                         DetectorMaker{"BlazeFaceBack", [] { return BlazeFace("blazeface-back"); }},
                                         DetectorMaker{"CloserLook",
                                                       [] { return std::make_unique<CloserLookOfBoth>(); }},
                                         DetectorMaker{"YuNet", YuNet}),
                         [](const auto& maker) { return std::string(maker.param.name); });

TEST(HaarFaceDetector, DoesNotLookForFacesBelowTheAskedShare) {
  const cv::Mat picture = Astronaut();  // its face takes about a fifth of the shorter side
  const auto detect = [&](double min_face_share) {
    return BoxesOf(HaarFaceDetector({.min_face_share = min_face_share}).Detect(ViewOf(picture)));
  };
  EXPECT_THAT(detect(0.5), testing::IsEmpty());
  EXPECT_EQ(detect(0.1).size(), 1U);
  for (const FaceBox& face : detect(0.15)) EXPECT_GE(face.width, 0.15 * 512 - 1);
  EXPECT_NO_THROW(HaarFaceDetector({.min_face_share = 0}).Detect(ViewOf(cv::Mat(24, 25, CV_8UC1, cv::Scalar(90)))));
}

TEST(HaarFaceDetector, MayBeMadeInOneThreadWhileAnotherOneWorks) {
  const cv::Mat picture = Astronaut();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        EXPECT_EQ(HaarFaceDetector({.min_face_share = 0.15}).Detect(ViewOf(picture)).size(), 1U);
      }
    });
  }
}

TEST(BlazeFaceDetector, RefusesOtherNetworksAndOptions) {
  const auto short_range = std::make_shared<OnnxSession>(ModelStore().Load("blazeface-short"));
  for (const double min_score : {0.0, 1.0, -1.0}) {
    EXPECT_EQ(ThrownBy([&] { BlazeFaceDetector detector(short_range, {.min_score = min_score}); }).kind(),
              ErrorKind::kUsage);
  }
  const auto other = std::make_shared<OnnxSession>(ModelStore().Load("mini-xception"));
  EXPECT_EQ(ThrownBy([&] { BlazeFaceDetector detector(other, {}); }).kind(), ErrorKind::kModel);
}

TEST(YuNetDetector, RefusesOtherNetworksAndOptions) {
  const auto other = std::make_shared<OnnxSession>(ModelStore().Load("blazeface-short"));
  EXPECT_EQ(ThrownBy([&] { YuNetDetector detector(other, {}); }).kind(), ErrorKind::kModel);
  const std::optional<Model> model = BroughtModel("yunet", "yunet_n_dynamic.onnx");
  if (!model) GTEST_SKIP() << "YuNet: its weights have to be brought, and are not there";
  const auto network = std::make_shared<OnnxSession>(*model);
  for (const double min_score : {0.0, 1.0, -1.0}) {
    EXPECT_EQ(ThrownBy([&] { YuNetDetector detector(network, {.min_score = min_score}); }).kind(), ErrorKind::kUsage);
  }
}

TEST(YuNetDetector, LimitedRangeLooksLikeFullRange) {
  const std::unique_ptr<FaceDetector> detector = YuNet();
  if (!detector) GTEST_SKIP() << "YuNet: its weights have to be brought, and are not there";
  const cv::Mat full = Astronaut();
  cv::Mat limited;
  full.convertTo(limited, CV_8U, 219.0 / 255, 16);
  GreyView view = ViewOf(limited);
  view.limited_range = true;
  const std::vector<DetectedFace> as_full = detector->Detect(ViewOf(full));
  const std::vector<DetectedFace> as_limited = detector->Detect(view);
  ASSERT_EQ(as_full.size(), 1U);
  ASSERT_EQ(as_limited.size(), 1U);
  EXPECT_NEAR(as_limited[0].score, as_full[0].score, 0.01);
  EXPECT_NEAR(as_limited[0].points->nose.x, as_full[0].points->nose.x, 1);
}

TEST(FaceNetwork, IsToldByItsCard) {
  const auto make = [](Model model) {
    return MakeFaceDetector(std::make_shared<OnnxSession>(std::move(model)), FaceNetworkOptions{});
  };
  EXPECT_NE(dynamic_cast<BlazeFaceDetector*>(make(ModelStore().Load("blazeface-back")).get()), nullptr);
  const Error error = ThrownBy([&] { make(ModelStore().Load("mini-xception")); });
  EXPECT_EQ(error.kind(), ErrorKind::kModel);
  EXPECT_THAT(error.what(), testing::HasSubstr("mini-xception"));
  const std::optional<Model> model = BroughtModel("yunet", "yunet_n_dynamic.onnx");
  if (!model) GTEST_SKIP() << "YuNet: its weights have to be brought, and are not there";
  EXPECT_NE(dynamic_cast<YuNetDetector*>(make(*model).get()), nullptr);
}

TEST(HaarFaceDetector, NamesAllOptionsThatMakeNoSense) {
  const Error error =
      ThrownBy([] { HaarFaceDetector detector({.scale_factor = 1, .min_neighbours = -1, .min_face_share = 1}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  for (const char* option : {"scale_factor", "min_neighbours", "min_face_share"}) {
    EXPECT_THAT(error.what(), testing::HasSubstr(option));
  }
}

TEST(HaarFaceDetector, SaysWhatIsWrongWithItsCascade) {
  const TemporaryFolder folder;
  const auto kind_of = [](const std::filesystem::path& cascade) {
    const Error error = ThrownBy([&] { HaarFaceDetector detector({}, cascade); });
    EXPECT_THAT(error.what(), testing::HasSubstr(cascade.filename().native()));
    EXPECT_FALSE(error.remedy().empty());
    return error.kind();
  };
  EXPECT_EQ(kind_of(folder / "none.xml"), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(folder.Write("empty.xml", "")), ErrorKind::kModel);
  EXPECT_EQ(kind_of(folder.Write("other.xml", "<?xml version=\"1.0\"?>\n<opencv_storage><a>1</a></opencv_storage>")),
            ErrorKind::kModel);
  EXPECT_EQ(kind_of(folder.Write("text.xml", "no XML at all")), ErrorKind::kModel);
}

}  // namespace
}  // namespace sezim
