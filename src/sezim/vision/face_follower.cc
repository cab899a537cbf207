// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_follower.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/media/jpeg.h"
#include "sezim/vision/active_speaker.h"
#include "sezim/vision/align_face.h"
#include "sezim/vision/closer_look.h"

namespace sezim {
namespace {

constexpr double kSameMomentS = 1e-6;       // rounding
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

// Mean absolute difference around a face with `points`, in grey levels. It is enough to look at some of the pixels.
float ChangeAround(const FacePoints& points, const GreyView& view, const GreyView& before) {
  constexpr float kReach = 1.1F;  // eye distances from the middle, to each side
  constexpr int kMostSteps = 40;
  const float x = (points.left_eye.x + points.right_eye.x + 2 * points.mouth.x) / 4;
  const float y = (points.left_eye.y + points.right_eye.y + 2 * points.mouth.y) / 4;
  const float reach = kReach * EyeDistance(points);
  const auto inside = [](float at, int size) {
    return static_cast<int>(std::clamp(at, 0.0F, static_cast<float>(size)));
  };
  const int left = inside(x - reach, view.width), right = inside(x + reach, view.width);
  const int top = inside(y - reach, view.height), bottom = inside(y + reach, view.height);
  const int step = std::max(1, (bottom - top) / kMostSteps);
  std::int64_t sum = 0, count = 0;
  for (int row = top; row < bottom; row += step) {
    for (int column = left; column < right; column += step, ++count) {
      sum += std::abs(view.data[row * view.stride + column] - before.data[row * before.stride + column]);
    }
  }
  return count > 0 ? static_cast<float>(sum) / static_cast<float>(count) : 0;
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
  Check(picture > last_.picture, "pictures come in order");
  Moment now{.picture = picture, .shown_since_s = static_cast<double>(picture) / kPicturesPerS - age_s};
  const bool follows = picture == last_.picture + 1;
  const bool is_repeat = follows && std::abs(now.shown_since_s - last_.shown_since_s) < kSameMomentS;
  if (is_repeat) now.shown_since_s = last_.shown_since_s;
  last_ = now;
  if (!follows) {
    Break();
    cuts_.Reset();
  }
  if (!is_repeat && cuts_.IsCut(view)) Break();
  const bool is_first = last_look_ < 0;
  if (is_first || picture % kPicturesPerLook == 0) {
    LookAt(now, view);
  } else if (!open_.empty()) {
    if (held_.size() == num_held_) held_.emplace_back();
    HeldPicture& held = held_[num_held_++];
    held.moment = now;
    held.is_repeat = is_repeat;
    if (!is_repeat) CopyInto(view, held.image);
  }
}

void FaceFollower::Break() {
  // A last look, up to which the faces can be followed, at the last picture that is not the one looked at before.
  const auto end = held_.begin() + static_cast<std::ptrdiff_t>(num_held_);
  const auto last =
      std::find_if(std::reverse_iterator(end), held_.rend(), [](const auto& one) { return !one.is_repeat; });
  if (last != held_.rend()) {
    --num_held_;
    LookAt(held_[num_held_].moment, last->image.view());
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
  const std::int64_t second = picture / kPicturesPerS;
  const bool is_first_of_second = std::exchange(last_second_, second) != second;
  if (look_near_ == LookNear::kYes && !is_first_of_second) {
    std::vector<DetectedFace> near = LookNearFaces(view);
    if (!near.empty()) return near;
  }
  std::vector<DetectedFace> faces = Look(detector_, view);
  std::vector<FaceBox> before;
  for (const OpenFace& face : open_) before.push_back(face.box);
  const auto match = MatchFaces(before, BoxesOf(faces));
  const auto num_found = std::count_if(match.begin(), match.end(), [](const auto& one) { return one.has_value(); });
  const bool lost = num_found < static_cast<std::ptrdiff_t>(open_.size());
  const bool is_empty_second = faces.empty() && open_.empty() && is_first_of_second;
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
void FaceFollower::LookAt(const Moment& moment, const GreyView& view) {
  const std::vector<DetectedFace> faces = Detect(moment.picture, view);
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
      Continue(face, moment, view, faces[i]);
    } else {
      face.followed.track.first_picture = moment.picture;
      AddLook(face, moment, view, faces[i], nullptr);
    }
    still_open.push_back(std::move(face));
  }
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (!continued[i]) ended_.push_back(std::move(open_[i].followed));
  }
  open_ = std::move(still_open);
  num_held_ = 0;
  last_look_ = moment.picture;
  if (!open_.empty()) CopyInto(view, looked_at_);
}

void FaceFollower::Continue(OpenFace& face, const Moment& moment, const GreyView& view, const DetectedFace& now) const {
  const auto length = static_cast<float>(moment.picture - last_look_);
  const GreyImage* before = &looked_at_;
  for (std::size_t i = 0; i < num_held_; ++i) {
    const HeldPicture& held = held_[i];
    const float share = static_cast<float>(held.moment.picture - last_look_) / length;
    Measure(face, held.moment, held.image.view(), Between(face.points, *now.points, share), before);
    if (!held.is_repeat) before = &held.image;
  }
  AddLook(face, moment, view, now, before);
}

// What was measured already is not looked at: it may have no image.
void FaceFollower::Measure(OpenFace& face, const Moment& moment, const GreyView& view, const FacePoints& points,
                           const GreyImage* before) const {
  std::vector<MouthMeasure>& mouth = face.followed.track.mouth;
  std::vector<std::uint8_t>& mouths = face.followed.mouths;
  const auto age_s = static_cast<float>(static_cast<double>(moment.picture) / kPicturesPerS - moment.shown_since_s);
  if (face.measured_since_s == moment.shown_since_s) {
    mouth.push_back({.openness = mouth.back().openness, .age_s = age_s});
    if (keep_mouths_ == KeepMouths::kNo) return;
    const std::vector<std::uint8_t> again(mouths.end() - std::ptrdiff_t{kSpeakerLayout.side} * kSpeakerLayout.side,
                                          mouths.end());
    mouths.insert(mouths.end(), again.begin(), again.end());
    return;
  }
  face.measured_since_s = moment.shown_since_s;
  mouth.push_back(face.meter.Measure(AlignFace(view, points, kMouthLayout), moment.shown_since_s));
  mouth.back().age_s = age_s;
  if (before != nullptr && before->width == view.width && before->height == view.height) {
    mouth.back().change = ChangeAround(points, view, before->view());
  }
  if (keep_mouths_ == KeepMouths::kNo) return;
  const std::vector<std::uint8_t> seen = AlignFace(view, points, kSpeakerLayout);
  mouths.insert(mouths.end(), seen.begin(), seen.end());
}

void FaceFollower::AddLook(OpenFace& face, const Moment& moment, const GreyView& view, const DetectedFace& now,
                           const GreyImage* before) const {
  face.points = *now.points;
  face.box = now.box;
  Measure(face, moment, view, face.points, before);
  const std::vector<std::uint8_t> aligned = AlignFace(view, face.points, kExpressionLayout);
  FaceCrop crop{};
  std::copy(aligned.begin(), aligned.end(), crop.begin());
  face.followed.track.looks.push_back({.picture = moment.picture,
                                       .box = now.box,
                                       .score = now.score,
                                       .eye_distance = EyeDistance(face.points),
                                       .turn = TurnOf(face.points),
                                       .sharpness = Sharpness(aligned, kExpressionLayout.side)});
  face.followed.crops.push_back(crop);
  std::vector<FacePicture>& pictures = face.followed.track.pictures;
  if (pictures.empty() || pictures.back().picture / kPicturesPerS != moment.picture / kPicturesPerS) {
    const std::vector<std::uint8_t> portrait = AlignFace(view, face.points, kPictureLayout);
    constexpr int kSide = kPictureLayout.side;
    pictures.push_back(
        {moment.picture, EncodeJpeg({.data = portrait.data(), .width = kSide, .height = kSide, .stride = kSide})});
  }
}

}  // namespace sezim
