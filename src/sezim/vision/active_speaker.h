// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sezim/infer/onnx_session.h"
#include "sezim/vision/align_face.h"

namespace sezim {

// The part of a face that ActiveSpeaker looks at: from the eyes to the chin and a little further. Where eyes and mouth
// lie on average in the squares that the network's authors cut out (see lr-asd-faces.toml), as measured with YuNet's
// boxes and points on 78 pictures of fourteen people.
inline constexpr AlignedLayout kSpeakerLayout = {
    .side = 112, .eye_distance = 0.47F, .eye_height = 0.05F, .mouth_height = 0.537F};

inline constexpr std::size_t kSpeakerFeatures = 128;

// LR-ASD (Liao et al. 2025, International Journal of Computer Vision 133, 4749-4769; models "lr-asd-faces" and
// "lr-asd-voice"): whether a face makes the voice that is heard. In two steps, of which only the first needs pictures.
// Safe to use from several threads at once.
class ActiveSpeaker {
 public:
  // The sessions may be shared. Throws Error (kModel) for networks of another interface.
  ActiveSpeaker(std::shared_ptr<const OnnxSession> faces, std::shared_ptr<const OnnxSession> voice);

  // `faces`: consecutive pictures of one face, 25 a second, each as AlignFace gives it with kSpeakerLayout, one after
  // another. Returns kSpeakerFeatures for each picture.
  std::vector<float> Look(std::span<const std::uint8_t> faces) const;

  // The log odds (natural logarithm) that the face makes the voice, for each picture that `features` are of. `sound`:
  // 16 kHz, from the first picture's time on; where it has ended there is silence.
  std::vector<float> Listen(std::span<const float> features, std::span<const std::int16_t> sound) const;

 private:
  std::shared_ptr<const OnnxSession> faces_;
  std::shared_ptr<const OnnxSession> voice_;
};

}  // namespace sezim
