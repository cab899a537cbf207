// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/evaluate_harvest.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr double kStepS = 0.01;
constexpr double kMaxProgrammeS = 7 * 24 * 3600.0;
constexpr const char* kUndecided = "two_faces";

std::size_t StepOf(double seconds, std::size_t num_steps) {
  return std::min(num_steps, static_cast<std::size_t>(std::max(0.0, std::round(seconds / kStepS))));
}

ClusterFigures CompareSpeakers(const Truth& truth, std::span<const SegmentRecord> segments) {
  std::map<std::string, std::size_t> person_of, cluster_of;
  std::vector<std::size_t> people, clusters;
  for (const SegmentRecord& segment : segments) {
    if (!segment.speaker) continue;
    const double middle_s = static_cast<double>(segment.start_ms + segment.end_ms) / 2000;
    const auto span = std::find_if(truth.spans.begin(), truth.spans.end(), [&](const TruthSpan& one) {
      return one.start_s <= middle_s && middle_s < one.end_s;
    });
    if (span == truth.spans.end() || !span->usable || span->speaker.empty()) continue;
    people.push_back(person_of.emplace(span->speaker, person_of.size()).first->second);
    clusters.push_back(cluster_of.emplace(*segment.speaker, cluster_of.size()).first->second);
  }
  return people.empty() ? ClusterFigures{} : CompareClusters(people, clusters);
}

}  // namespace

HarvestEvaluation EvaluateHarvest(const Truth& truth, std::span<const SegmentRecord> segments) {
  if (truth.duration_s > kMaxProgrammeS) {
    throw Error(ErrorKind::kBadInput, "the truth is of a programme of more than a week", "check its 'duration_s'");
  }
  const auto num_steps = static_cast<std::size_t>(std::round(truth.duration_s / kStepS));
  constexpr int kNotKept = -1;
  std::vector<int> label(num_steps, kNotKept);
  for (const SegmentRecord& segment : segments) {
    const std::size_t from = StepOf(static_cast<double>(segment.start_ms) / 1000, num_steps);
    const std::size_t to = StepOf(static_cast<double>(segment.end_ms) / 1000, num_steps);
    for (std::size_t i = from; i < to; ++i) label[i] = static_cast<int>(segment.emotion);
  }
  HarvestEvaluation result;
  for (const TruthSpan& span : truth.spans) {
    HarvestEvaluation::Kind& kind = result.kinds[span.kind];
    const std::size_t from = StepOf(span.start_s, num_steps);
    const std::size_t to = StepOf(span.end_s, num_steps);
    std::vector<bool> voice(to - from, false);
    for (const SpeechSpan& speech : span.speech) {
      for (std::size_t i = std::max(from, StepOf(speech.start_s, num_steps));
           i < std::min(to, StepOf(speech.end_s, num_steps)); ++i) {
        voice[i - from] = true;
      }
    }
    for (std::size_t i = from; i < to; ++i) {
      const bool kept = label[i] != kNotKept;
      const bool has_voice = voice[i - from];
      kind.total_s += kStepS;
      if (has_voice) kind.speech_s += kStepS;
      if (has_voice && kept) kind.kept_s += kStepS;
      if (kept && span.kind != kUndecided) result.kept_s += kStepS;
      if (kept && span.usable) result.kept_usable_s += kStepS;
      if (span.usable && has_voice) result.usable_s += kStepS;
      if (span.usable && has_voice && kept) result.found_s += kStepS;
      if (span.usable && span.emotion && kept) {
        result.labels.Add(static_cast<std::size_t>(*span.emotion), static_cast<std::size_t>(label[i]));
      }
    }
  }
  result.speakers = CompareSpeakers(truth, segments);
  return result;
}

}  // namespace sezim
