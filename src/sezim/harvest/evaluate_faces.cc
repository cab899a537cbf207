// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/evaluate_faces.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "sezim/media/frame_decoder.h"

namespace sezim {

std::optional<int> NumFacesOf(std::string_view kind) {
  if (kind == "speaking" || kind == "listening" || kind == "dubbed") return 1;
  if (kind == "two_faces") return 2;
  if (kind == "voice_over") return 0;
  return std::nullopt;
}

FaceEvaluation EvaluateFaces(const Truth& truth, const std::filesystem::path& video, FaceDetector& detector) {
  constexpr double kLooksPerS = 5;
  constexpr double kMarginS = 0.1;
  std::vector<double> times_s;
  std::vector<int> num_there;
  for (const TruthSpan& span : truth.spans) {
    const std::optional<int> num_faces = NumFacesOf(span.kind);
    if (!num_faces) continue;
    const double end_s = std::min(span.end_s, truth.duration_s) - kMarginS;
    const double first_s = span.start_s + kMarginS;
    const auto num_looks = std::max(0LL, std::llround(std::ceil((end_s - first_s) * kLooksPerS - 1e-6)));
    for (long long look = 0; look < num_looks; ++look) {
      times_s.push_back(first_s + static_cast<double>(look) / kLooksPerS);
      num_there.push_back(*num_faces);
    }
  }
  FaceEvaluation result;
  FrameDecoder(video).Decode(times_s, [&](std::size_t index, const GreyView* picture) {
    if (picture == nullptr) return;
    const auto began = std::chrono::steady_clock::now();
    const auto num_seen = static_cast<int>(detector.Detect(*picture).size());
    result.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (num_there[index] == 0) {
      ++result.num_without_face;
      result.num_false += num_seen > 0;
    } else {
      ++result.num_with_faces;
      result.num_found += num_seen > 0;
      result.num_all_right += num_seen == num_there[index];
    }
  });
  return result;
}

}  // namespace sezim
