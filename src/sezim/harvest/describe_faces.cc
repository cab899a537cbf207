// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/describe_faces.h"

#include <map>

#include "sezim/base/parallel.h"
#include "sezim/media/picture.h"

namespace sezim {

void DescribeFaces(std::vector<SegmentDraft>& segments, const FaceDescriber& describer, int num_threads) {
  std::map<std::int64_t, std::size_t> index_of;  // of each face
  std::vector<const std::string*> pictures;
  for (const SegmentDraft& segment : segments) {
    if (segment.face_number < 0 || segment.face_jpeg.empty()) continue;
    if (index_of.emplace(segment.face_number, pictures.size()).second) pictures.push_back(&segment.face_jpeg);
  }
  std::vector<std::vector<float>> descriptions(pictures.size());
  ParallelFor(pictures.size(), num_threads, [&](std::size_t i) {
    descriptions[i] = describer.Describe(DecodePicture(*pictures[i], "a face").view());
  });
  for (SegmentDraft& segment : segments) {
    if (const auto known = index_of.find(segment.face_number); known != index_of.end()) {
      segment.face_print = descriptions[known->second];
    }
  }
}

}  // namespace sezim
