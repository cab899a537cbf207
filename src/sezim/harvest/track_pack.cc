// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/track_pack.h"

#include "sezim/base/packing.h"

namespace sezim {
namespace {

constexpr std::string_view kMagic = "TRK6";

void PackLook(std::string& bytes, const FaceLook& look) {
  Pack(bytes, look.picture);
  for (const int side : {look.box.x, look.box.y, look.box.width, look.box.height}) Pack(bytes, std::int32_t{side});
  for (const float number : {look.score, look.eye_distance, look.turn, look.sharpness}) Pack(bytes, number);
  for (const float score : look.scores) Pack(bytes, score);
}

FaceLook UnpackLook(std::string_view& bytes) {
  FaceLook look{.picture = Unpack<std::int64_t>(bytes)};
  for (int* side : {&look.box.x, &look.box.y, &look.box.width, &look.box.height}) *side = Unpack<std::int32_t>(bytes);
  for (float* number : {&look.score, &look.eye_distance, &look.turn, &look.sharpness}) *number = Unpack<float>(bytes);
  for (float& score : look.scores) score = Unpack<float>(bytes);
  return look;
}

}  // namespace

std::string PackTracks(const UnitTracks& unit) {
  std::string bytes(kMagic);
  for (const std::int64_t number : {unit.num_looked_at, unit.num_without_picture, unit.num_without_face,
                                    unit.num_with_several_faces, static_cast<std::int64_t>(unit.tracks.size())}) {
    Pack(bytes, number);
  }
  for (const FaceTrack& track : unit.tracks) {
    Pack(bytes, track.first_picture);
    Pack(bytes, static_cast<std::uint32_t>(track.mouth.size()));
    Pack(bytes, static_cast<std::uint32_t>(track.looks.size()));
    Pack(bytes, static_cast<std::uint32_t>(track.pictures.size()));
    Pack(bytes, static_cast<std::uint32_t>(track.features.size()));
    for (const MouthMeasure& mouth : track.mouth) {
      for (const float number : {mouth.openness, mouth.mouth_motion, mouth.upper_motion, mouth.change, mouth.age_s})
        Pack(bytes, number);
    }
    for (const FaceLook& look : track.looks) PackLook(bytes, look);
    for (const FacePicture& picture : track.pictures) {
      Pack(bytes, picture.picture);
      PackText(bytes, picture.jpeg);
    }
    for (const float feature : track.features) Pack(bytes, feature);
  }
  PackText(bytes, PackPicturePrint(unit.picture_print));
  return bytes;
}

UnitTracks UnpackTracks(std::string_view bytes) {
  const auto refuse = [] {
    throw Error(ErrorKind::kBadInput, "the catalogue holds unfinished work in a form that this sezim does not know",
                "remove the corpus folder and harvest again");
  };
  if (!bytes.starts_with(kMagic)) refuse();
  bytes.remove_prefix(kMagic.size());
  UnitTracks unit;
  for (std::int64_t* number :
       {&unit.num_looked_at, &unit.num_without_picture, &unit.num_without_face, &unit.num_with_several_faces}) {
    *number = Unpack<std::int64_t>(bytes);
  }
  const auto num_tracks = Unpack<std::int64_t>(bytes);
  if (num_tracks < 0) refuse();
  for (std::int64_t i = 0; i < num_tracks; ++i) {
    FaceTrack track{.first_picture = Unpack<std::int64_t>(bytes)};
    const auto num_pictures = Unpack<std::uint32_t>(bytes);
    const auto num_looks = Unpack<std::uint32_t>(bytes);
    const auto num_portraits = Unpack<std::uint32_t>(bytes);
    const auto num_features = Unpack<std::uint32_t>(bytes);
    for (std::uint32_t k = 0; k < num_pictures; ++k) {  // grows with the bytes, whatever they claim
      MouthMeasure& mouth = track.mouth.emplace_back();
      for (float* number : {&mouth.openness, &mouth.mouth_motion, &mouth.upper_motion, &mouth.change, &mouth.age_s})
        *number = Unpack<float>(bytes);
    }
    for (std::uint32_t k = 0; k < num_looks; ++k) track.looks.push_back(UnpackLook(bytes));
    for (std::uint32_t k = 0; k < num_portraits; ++k) {
      const auto picture = Unpack<std::int64_t>(bytes);
      track.pictures.push_back({picture, std::string(UnpackText(bytes))});
    }
    for (std::uint32_t k = 0; k < num_features; ++k) track.features.push_back(Unpack<float>(bytes));
    unit.tracks.push_back(std::move(track));
  }
  unit.picture_print = UnpackPicturePrint(UnpackText(bytes));
  if (!bytes.empty()) refuse();
  return unit;
}

}  // namespace sezim
