// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/observation.h"

#include <bit>
#include <cstring>

#include "sezim/base/error.h"

namespace sezim {
namespace {

static_assert(std::endian::native == std::endian::little, "observations are packed in little-endian order");

constexpr std::string_view kMagic = "OBS1";

template <typename T>
void Append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
T Take(std::string_view& bytes) {
  if (bytes.size() < sizeof(T)) {
    throw Error(ErrorKind::kBadInput, "the catalogue holds unfinished work that is cut short",
                "remove the corpus folder and harvest again");
  }
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return value;
}

}  // namespace

std::string PackObservations(const std::vector<FrameObservation>& observations) {
  std::string bytes(kMagic);
  for (const FrameObservation& one : observations) {
    Append(bytes, one.tick);
    Append(bytes, one.kind);
    if (one.kind != FrameObservation::Kind::kKept) continue;
    for (const int side : {one.face.x, one.face.y, one.face.width, one.face.height}) Append(bytes, std::int32_t{side});
    for (const float score : one.scores) Append(bytes, score);
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
    one.tick = Take<std::int64_t>(bytes);
    const auto kind = Take<std::uint8_t>(bytes);
    if (kind > static_cast<std::uint8_t>(FrameObservation::Kind::kKept)) refuse();
    one.kind = static_cast<FrameObservation::Kind>(kind);
    if (one.kind == FrameObservation::Kind::kKept) {
      for (int* side : {&one.face.x, &one.face.y, &one.face.width, &one.face.height}) *side = Take<std::int32_t>(bytes);
      for (float& score : one.scores) score = Take<float>(bytes);
    }
    observations.push_back(one);
  }
  return observations;
}

}  // namespace sezim
