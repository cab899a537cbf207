// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sezim/media/grey_image.h"
#include "sezim/vision/expression.h"
#include "sezim/vision/face_detector.h"
#include "sezim/vision/face_track.h"
#include "sezim/vision/mouth.h"
#include "sezim/vision/shot_cut.h"

namespace sezim {

// Note [Detecting rarely]
// Faces are looked for in every eighth picture, at fixed pictures of the source's clock, and at the first and last
// picture of each shot (not at the last one if it is still the one that was looked at before). Between two detections
// of one face its eyes and mouth are taken to move evenly; the pictures between are kept until the later detection is
// known. A face that the detector loses is looked for once more by the other detector, which sees smaller and blurred
// ones too; where there is no face at all that one looks once a second. What is shown for longer than a picture of our
// clock is measured once. As long as all faces are small, and none is lost, each is looked for near where it was, and
// the whole picture is looked at once a second: the cost of one detection, of a part in which the network sees more.

struct FollowedFace {
  FaceTrack track;                     // its looks have no scores yet, and its pictures no features
  std::vector<FaceCrop> crops{};       // the aligned face of each look
  std::vector<std::uint8_t> mouths{};  // only if asked for: of each picture the face in kSpeakerLayout
};

// Whether every picture of a face is handed over, for ActiveSpeaker.
enum class KeepMouths { kNo, kYes };

// Whether small faces are looked for near where they were.
enum class LookNear { kNo, kYes };

// Follows all faces through consecutive pictures. Not thread-safe.
class FaceFollower {
 public:
  // Both must tell points. `fallback` may be the same object as `detector`.
  FaceFollower(FaceDetector& detector, FaceDetector& fallback, KeepMouths keep_mouths = KeepMouths::kNo,
               LookNear look_near = LookNear::kNo);

  // The next picture, which has been shown for `age_s` at its nominal time; one that was shown at the last one's
  // nominal time already must be the same as that. One that does not follow the picture before it immediately begins a
  // new shot.
  void Accept(std::int64_t picture, const GreyView& view, double age_s = 0);

  // The last picture accepted, made small: see ShotCutDetector. Valid until the next one.
  std::span<const std::uint8_t> small_picture() const { return cuts_.small_picture(); }

  // No picture continues those accepted so far: all faces end.
  void Break();

  // All faces that have ended, in the order of their first picture and, of one picture, from left to right.
  std::vector<FollowedFace> TakeEnded();

  // Of the pictures in which faces were looked for.
  std::int64_t num_looked_at() const { return num_looked_at_; }
  std::int64_t num_without_face() const { return num_without_face_; }
  std::int64_t num_with_several_faces() const { return num_with_several_faces_; }

 private:
  struct OpenFace {
    FollowedFace followed;
    MouthMeter meter;
    double measured_since_s = -1e9;  // since when what was measured last is shown
    FacePoints points{};             // at the last detection
    FaceBox box{};
  };
  // A picture of our clock, and since when what it shows is shown.
  struct Moment {
    std::int64_t picture = 0;
    double shown_since_s = 0;
  };
  struct HeldPicture {
    Moment moment;
    bool is_repeat = false;  // it shows what the one before shows, and has no image of its own
    GreyImage image;
  };

  std::vector<DetectedFace> Look(FaceDetector& detector, const GreyView& view) const;
  std::vector<DetectedFace> LookNearFaces(const GreyView& view) const;
  std::vector<DetectedFace> Detect(std::int64_t picture, const GreyView& view);
  void LookAt(const Moment& moment, const GreyView& view);
  void Continue(OpenFace& face, const Moment& moment, const GreyView& view, const DetectedFace& now) const;
  void Measure(OpenFace& face, const Moment& moment, const GreyView& view, const FacePoints& points,
               const GreyImage* before) const;
  void AddLook(OpenFace& face, const Moment& moment, const GreyView& view, const DetectedFace& now,
               const GreyImage* before) const;

  FaceDetector& detector_;
  FaceDetector& fallback_;
  KeepMouths keep_mouths_;
  LookNear look_near_;
  ShotCutDetector cuts_;
  std::vector<OpenFace> open_;
  std::vector<FollowedFace> ended_;
  std::vector<HeldPicture> held_;  // since the last detection, only while a face is open
  std::size_t num_held_ = 0;       // of held_; the others are kept for their memory
  GreyImage looked_at_;            // the picture of the last detection, if it found a face
  Moment last_{.picture = -1, .shown_since_s = -1e9};
  std::int64_t last_look_ = -1;
  std::int64_t last_second_ = -1;  // of the last look
  std::int64_t num_looked_at_ = 0;
  std::int64_t num_without_face_ = 0;
  std::int64_t num_with_several_faces_ = 0;
};

}  // namespace sezim
