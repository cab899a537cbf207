// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/observation.h"

#include "sezim/base/packing.h"

namespace sezim {
namespace {

constexpr std::string_view kMagic = "OBS2";

}  // namespace

std::string PackObservations(const std::vector<FrameObservation>& observations) {
  std::string bytes(kMagic);
  for (const FrameObservation& one : observations) {
    Pack(bytes, one.tick);
    Pack(bytes, one.kind);
    if (one.kind != FrameObservation::Kind::kKept) continue;
    for (const int side : {one.face.x, one.face.y, one.face.width, one.face.height}) Pack(bytes, std::int32_t{side});
    for (const float score : one.scores) Pack(bytes, score);
    PackText(bytes, one.face_jpeg);
  }
  return bytes;
}

std::vector<FrameObservation> UnpackObservations(std::string_view bytes) {
  const auto refuse = [] {
    throw Error(ErrorKind::kBadInput, "the catalogue holds unfinished work in a form that this sezim does not know",
                "remove the corpus folder and harvest again");
  };
  if (!bytes.starts_with(kMagic)) refuse();
  bytes.remove_prefix(kMagic.size());
  std::vector<FrameObservation> observations;
  while (!bytes.empty()) {
    FrameObservation one;
    one.tick = Unpack<std::int64_t>(bytes);
    const auto kind = Unpack<std::uint8_t>(bytes);
    if (kind > static_cast<std::uint8_t>(FrameObservation::Kind::kKept)) refuse();
    one.kind = static_cast<FrameObservation::Kind>(kind);
    if (one.kind == FrameObservation::Kind::kKept) {
      for (int* side : {&one.face.x, &one.face.y, &one.face.width, &one.face.height})
        *side = Unpack<std::int32_t>(bytes);
      for (float& score : one.scores) score = Unpack<float>(bytes);
      one.face_jpeg = UnpackText(bytes);
    }
    observations.push_back(std::move(one));
  }
  return observations;
}

}  // namespace sezim
