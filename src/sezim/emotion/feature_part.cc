// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/feature_part.h"

#include <algorithm>
#include <cmath>

#include "sezim/emotion/representation_frames.h"
#include "sezim/features/active_frames.h"
#include "sezim/features/frame_kinds.h"
#include "sezim/features/pitch.h"

namespace sezim {
namespace {

// Frames that are measured in the sound itself.
class MeasuredFrames final : public FrameSource {
 public:
  MeasuredFrames(std::string kind, FeatureOptions options, double sample_rate_hz)
      : kind_(std::move(kind)), options_(std::move(options)), sample_rate_hz_(sample_rate_hz) {
    const auto one = Make();
    dim_ = one->dim();
    names_ = one->names();
    hop_s_ = one->hop_s();
  }

  int dim() const override { return dim_; }
  std::vector<std::string> names() const override { return names_; }
  double hop_s() const override { return hop_s_; }

  FeatureMatrix Frames(std::span<const float> samples) const override {
    FeatureMatrix frames = ExtractAll(*Make(), samples);
    frames.dim = dim_;
    return frames;
  }

 private:
  std::unique_ptr<FrameFeatures> Make() const { return MakeFrameFeatures(kind_, options_, sample_rate_hz_); }

  std::string kind_;
  FeatureOptions options_;
  double sample_rate_hz_;
  int dim_ = 0;
  std::vector<std::string> names_{};
  double hop_s_ = 0;
};

FeatureMatrix OnlyColumns(FeatureMatrix frames, std::span<const std::size_t> columns) {
  if (columns.empty()) return frames;
  FeatureMatrix chosen{.num_frames = frames.num_frames, .dim = static_cast<int>(columns.size())};
  for (std::int64_t i = 0; i < frames.num_frames; ++i) {
    for (const std::size_t column : columns) chosen.values.push_back(frames.Frame(i)[column]);
  }
  return chosen;
}

}  // namespace

std::unique_ptr<const FrameSource> MakeFrameSource(const std::string& frames, const FeatureOptions& options,
                                                   double sample_rate_hz, const ModelStore& store) {
  const std::vector<std::string> kinds = FrameKinds();
  if (std::find(kinds.begin(), kinds.end(), frames) == kinds.end() && IsRepresentation(frames, store)) {
    return std::make_unique<RepresentationFrames>(OpenRepresentation(frames, store), options, sample_rate_hz);
  }
  return std::make_unique<MeasuredFrames>(frames, options, sample_rate_hz);
}

std::vector<std::string> FeaturePart::Names() const {
  std::vector<std::string> names;
  std::vector<std::string> of_columns = source->names();
  if (!columns.empty()) {
    of_columns.clear();
    for (const std::size_t column : columns) of_columns.push_back(source->names()[column]);
  }
  for (const std::string& column : of_columns) {
    const std::string name = prefix.empty() ? column : prefix + "." + column;
    if (functionals.empty()) names.push_back(name);
    for (const Functional& functional : functionals) names.push_back(name + "." + functional.name());
  }
  return names;
}

std::vector<char> SoundToMeasure::VoicedFrames(std::int64_t num_frames, double hop_s) {
  if (!voiced_) {
    voiced_.emplace();
    for (const PitchFrame& frame : TrackPitch(samples_, {.sample_rate_hz = sample_rate_hz_})) {
      voiced_->push_back(frame.f0_hz > 0 ? 1 : 0);
    }
  }
  std::vector<char> voiced(static_cast<std::size_t>(num_frames));
  for (std::size_t i = 0; i < voiced.size() && !voiced_->empty(); ++i) {
    const auto nearest = static_cast<std::size_t>(std::lround(static_cast<double>(i) * hop_s / PitchOptions().hop_s));
    voiced[i] = (*voiced_)[std::min(nearest, voiced_->size() - 1)];
  }
  return voiced;
}

FeatureMatrix FeaturePart::Extract(SoundToMeasure& sound) const {
  FeatureMatrix frames = OnlyColumns(source->Frames(sound.samples()), columns);
  if (functionals.empty()) return frames;
  const double hop_s = source->hop_s();
  std::vector<char> selected;
  if (select == Select::kActive) {
    selected = ActiveFrames(sound.samples(), sound.sample_rate_hz(), frames.num_frames, hop_s, active_db);
  } else if (select == Select::kVoiced) {
    selected = sound.VoicedFrames(frames.num_frames, hop_s);
  }
  FeatureMatrix row{.num_frames = 1, .dim = static_cast<int>(frames.dim * std::ssize(functionals))};
  row.values = Summarize(frames, selected, functionals, hop_s);
  return row;
}

}  // namespace sezim
