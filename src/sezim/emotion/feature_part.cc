// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/feature_part.h"

#include <algorithm>

#include "sezim/emotion/representation_frames.h"
#include "sezim/features/active_frames.h"
#include "sezim/features/frame_kinds.h"

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
  for (const std::string& column : source->names()) {
    const std::string name = prefix.empty() ? column : prefix + "." + column;
    if (functionals.empty()) names.push_back(name);
    for (const Functional& functional : functionals) names.push_back(name + "." + functional.name());
  }
  return names;
}

FeatureMatrix FeaturePart::Extract(std::span<const float> samples, double sample_rate_hz) const {
  FeatureMatrix frames = source->Frames(samples);
  if (functionals.empty()) return frames;
  std::vector<char> selected;
  if (select == Select::kActive) {
    selected = ActiveFrames(samples, sample_rate_hz, frames.num_frames, source->hop_s(), active_db);
  }
  FeatureMatrix row{.num_frames = 1, .dim = static_cast<int>(frames.dim * std::ssize(functionals))};
  row.values = Summarize(frames, selected, functionals, source->hop_s());
  return row;
}

}  // namespace sezim
