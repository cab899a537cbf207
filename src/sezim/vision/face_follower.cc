// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_follower.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/media/jpeg.h"
#include "sezim/vision/active_speaker.h"
#include "sezim/vision/align_face.h"
#include "sezim/vision/closer_look.h"

namespace sezim {
namespace {

constexpr float kMinEyeDistancePx = 6;      // below that the mouth is no more than a dot
constexpr AlignedLayout kExpressionLayout;  // as FER2013's faces lie on average
constexpr AlignedLayout kPictureLayout{.side = 96, .eye_distance = 0.28F, .eye_height = 0.4F, .mouth_height = 0.71F};

void CopyInto(const GreyView& view, GreyImage& image) {
  image.width = view.width;
  image.height = view.height;
  image.limited_range = view.limited_range;
  const auto width = static_cast<std::size_t>(view.width);
  image.pixels.resize(width * static_cast<std::size_t>(view.height));
  for (int y = 0; y < view.height; ++y) {
    std::copy_n(view.data + y * view.stride, width, image.pixels.begin() + static_cast<std::ptrdiff_t>(y) * view.width);
  }
}

bool IsMeasurable(const DetectedFace& face) {
  if (!face.points) return false;
  const float distance = EyeDistance(*face.points);
  const auto is_finite = [](const Point& point) { return std::isfinite(point.x) && std::isfinite(point.y); };
  return std::isfinite(distance) && distance >= kMinEyeDistancePx && is_finite(face.points->nose) &&
         is_finite(face.points->mouth);
}

std::vector<FaceBox> BoxesOf(const std::vector<DetectedFace>& faces) {
  std::vector<FaceBox> boxes;
  for (const DetectedFace& face : faces) boxes.push_back(face.box);
  return boxes;
}

}  // namespace

FaceFollower::FaceFollower(FaceDetector& detector, FaceDetector& fallback, KeepMouths keep_mouths, LookNear look_near)
    : detector_(detector), fallback_(fallback), keep_mouths_(keep_mouths), look_near_(look_near) {}

void FaceFollower::Accept(std::int64_t picture, const GreyView& view, double age_s) {
  Check(picture > last_picture_, "pictures come in order");
  if (picture != last_picture_ + 1) {
    Break();
    cuts_.Reset();
  }
  last_picture_ = picture;
  const bool is_cut = cuts_.IsCut(view);
  if (is_cut) Break();
  const bool is_first = last_look_ < 0;
  if (is_first || picture % kPicturesPerLook == 0) {
    LookAt(picture, view, static_cast<float>(age_s));
  } else if (!open_.empty()) {
    if (held_.size() == num_held_) held_.emplace_back();
    held_[num_held_].number = picture;
    held_[num_held_].age_s = static_cast<float>(age_s);
    CopyInto(view, held_[num_held_].image);
    ++num_held_;
  }
}

void FaceFollower::Break() {
  if (num_held_ > 0) {  // a last look, up to which the faces can be followed
    --num_held_;
    const HeldPicture last = std::move(held_[num_held_]);
    held_.pop_back();
    LookAt(last.number, last.image.view(), last.age_s);
  }
  for (OpenFace& face : open_) ended_.push_back(std::move(face.followed));
  open_.clear();
  num_held_ = 0;
  last_look_ = -1;
}

std::vector<FollowedFace> FaceFollower::TakeEnded() {
  std::stable_sort(ended_.begin(), ended_.end(), [](const FollowedFace& a, const FollowedFace& b) {
    const auto key = [](const FollowedFace& face) {
      return std::tuple(face.track.first_picture, face.track.looks.front().box.x, face.track.looks.front().box.y);
    };
    return key(a) < key(b);
  });
  return std::exchange(ended_, {});
}

std::vector<DetectedFace> FaceFollower::Look(FaceDetector& detector, const GreyView& view) const {
  std::vector<DetectedFace> faces = detector.Detect(view);
  std::erase_if(faces, [](const DetectedFace& face) { return !IsMeasurable(face); });
  return faces;
}

// The open faces near where they were; nothing unless all are small and are found, each at a place of its own.
std::vector<DetectedFace> FaceFollower::LookNearFaces(const GreyView& view) const {
  std::vector<DetectedFace> faces;
  for (const OpenFace& open : open_) {
    if (!IsSmall(open.box, view)) return {};
    const std::optional<DetectedFace> face = DetectNear(detector_, view, open.box);
    if (!face || !IsMeasurable(*face)) return {};
    for (const DetectedFace& other : faces) {
      if (IntersectionOverUnion(other.box, face->box) > 0.1) return {};
    }
    faces.push_back(*face);
  }
  return faces;
}

// Faces of the picture; those that are lost are looked for by the fallback.
std::vector<DetectedFace> FaceFollower::Detect(std::int64_t picture, const GreyView& view) {
  if (look_near_ == LookNear::kYes && picture % kPicturesPerS != 0) {
    std::vector<DetectedFace> near = LookNearFaces(view);
    if (!near.empty()) return near;
  }
  std::vector<DetectedFace> faces = Look(detector_, view);
  std::vector<FaceBox> before;
  for (const OpenFace& face : open_) before.push_back(face.box);
  const auto match = MatchFaces(before, BoxesOf(faces));
  const auto num_found = std::count_if(match.begin(), match.end(), [](const auto& one) { return one.has_value(); });
  const bool lost = num_found < static_cast<std::ptrdiff_t>(open_.size());
  const bool is_empty_second = faces.empty() && open_.empty() && picture % kPicturesPerS == 0;
  if ((lost || is_empty_second) && &fallback_ != &detector_) {
    for (const DetectedFace& face : Look(fallback_, view)) {
      const bool is_known = std::any_of(faces.begin(), faces.end(), [&](const DetectedFace& known) {
        return IntersectionOverUnion(known.box, face.box) > 0.1;
      });
      if (!is_known) faces.push_back(face);
    }
  }
  std::stable_sort(faces.begin(), faces.end(), [](const DetectedFace& a, const DetectedFace& b) {
    return std::int64_t{a.box.width} * a.box.height > std::int64_t{b.box.width} * b.box.height;
  });
  if (faces.size() > kMaxFollowedFaces) faces.resize(kMaxFollowedFaces);
  return faces;
}

// See Note [Detecting rarely].
void FaceFollower::LookAt(std::int64_t picture, const GreyView& view, float age_s) {
  const std::vector<DetectedFace> faces = Detect(picture, view);
  ++num_looked_at_;
  if (faces.empty()) ++num_without_face_;
  if (faces.size() > 1) ++num_with_several_faces_;

  std::vector<FaceBox> before;
  for (const OpenFace& face : open_) before.push_back(face.box);
  const auto match = MatchFaces(before, BoxesOf(faces));
  std::vector<OpenFace> still_open;
  std::vector<bool> continued(open_.size(), false);
  for (std::size_t i = 0; i < faces.size(); ++i) {
    OpenFace face;
    if (match[i]) {
      continued[*match[i]] = true;
      face = std::move(open_[*match[i]]);
      Continue(face, picture, view, age_s, faces[i]);
    } else {
      face.followed.track.first_picture = picture;
      AddLook(face, picture, view, age_s, faces[i]);
    }
    still_open.push_back(std::move(face));
  }
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (!continued[i]) ended_.push_back(std::move(open_[i].followed));
  }
  open_ = std::move(still_open);
  num_held_ = 0;
  last_look_ = picture;
}

void FaceFollower::Continue(OpenFace& face, std::int64_t picture, const GreyView& view, float age_s,
                            const DetectedFace& now) const {
  const auto length = static_cast<float>(picture - last_look_);
  for (std::size_t i = 0; i < num_held_; ++i) {
    const float share = static_cast<float>(held_[i].number - last_look_) / length;
    const FacePoints points = Between(face.points, *now.points, share);
    Measure(face, held_[i].image.view(), points, held_[i].age_s);
  }
  AddLook(face, picture, view, age_s, now);
}

void FaceFollower::Measure(OpenFace& face, const GreyView& view, const FacePoints& points, float age_s) const {
  face.followed.track.mouth.push_back(face.meter.Measure(AlignFace(view, points, kMouthLayout), age_s));
  if (keep_mouths_ == KeepMouths::kNo) return;
  const std::vector<std::uint8_t> mouth = AlignFace(view, points, kSpeakerLayout);
  face.followed.mouths.insert(face.followed.mouths.end(), mouth.begin(), mouth.end());
}

void FaceFollower::AddLook(OpenFace& face, std::int64_t picture, const GreyView& view, float age_s,
                           const DetectedFace& now) const {
  face.points = *now.points;
  face.box = now.box;
  Measure(face, view, face.points, age_s);
  const std::vector<std::uint8_t> aligned = AlignFace(view, face.points, kExpressionLayout);
  FaceCrop crop{};
  std::copy(aligned.begin(), aligned.end(), crop.begin());
  face.followed.track.looks.push_back({.picture = picture,
                                       .box = now.box,
                                       .score = now.score,
                                       .eye_distance = EyeDistance(face.points),
                                       .turn = TurnOf(face.points),
                                       .sharpness = Sharpness(aligned, kExpressionLayout.side)});
  face.followed.crops.push_back(crop);
  std::vector<FacePicture>& pictures = face.followed.track.pictures;
  if (pictures.empty() || pictures.back().picture / kPicturesPerS != picture / kPicturesPerS) {
    const std::vector<std::uint8_t> portrait = AlignFace(view, face.points, kPictureLayout);
    constexpr int kSide = kPictureLayout.side;
    pictures.push_back(
        {picture, EncodeJpeg({.data = portrait.data(), .width = kSide, .height = kSide, .stride = kSide})});
  }
}

}  // namespace sezim
