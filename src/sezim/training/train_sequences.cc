// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/train_sequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/training/sampling.h"

namespace sezim {
namespace {

std::size_t Index(std::int64_t number) {
  return static_cast<std::size_t>(number);
}

// The clip in other clothes.
FeatureMatrix Varied(const FeatureMatrix& clip, const FrameVariation& variation, std::mt19937_64& generator) {
  const auto below = [&](std::int64_t count) {
    return static_cast<std::int64_t>(generator() % static_cast<std::uint64_t>(std::max<std::int64_t>(count, 1)));
  };
  FeatureMatrix varied = clip;
  if (variation.max_frames > 0 && clip.num_frames > variation.max_frames) {
    const std::int64_t from = below(clip.num_frames - variation.max_frames + 1);
    varied.num_frames = variation.max_frames;
    const auto first = clip.values.begin() + from * clip.dim;
    varied.values.assign(first, first + varied.num_frames * clip.dim);
  }
  if (variation.num_time_masks == 0 && variation.num_dim_masks == 0) return varied;
  std::vector<double> sums(Index(clip.dim));
  for (std::size_t i = 0; i < varied.values.size(); ++i) sums[i % sums.size()] += varied.values[i];
  const auto mask = [&](std::int64_t frame, std::int64_t k) {
    varied.Frame(frame)[Index(k)] = static_cast<float>(sums[Index(k)] / static_cast<double>(varied.num_frames));
  };
  for (int i = 0; i < variation.num_time_masks; ++i) {
    const std::int64_t width = below(std::min<std::int64_t>(variation.max_time_mask, varied.num_frames / 2) + 1);
    const std::int64_t from = below(varied.num_frames - width + 1);
    for (std::int64_t t = from; t < from + width; ++t) {
      for (int k = 0; k < clip.dim; ++k) mask(t, k);
    }
  }
  for (int i = 0; i < variation.num_dim_masks; ++i) {
    const std::int64_t width = below(std::min(variation.max_dim_mask, clip.dim / 2) + 1);
    const std::int64_t from = below(clip.dim - width + 1);
    for (std::int64_t t = 0; t < varied.num_frames; ++t) {
      for (std::int64_t k = from; k < from + width; ++k) mask(t, k);
    }
  }
  return varied;
}

class SequenceData : public TrainingData {
 public:
  SequenceData(std::span<const LabelledFrames> clips, NetworkInput input, const FrameVariation& variation)
      : clips_(clips), input_(input), variation_(variation) {
    for (const LabelledFrames& clip : clips) labels_.push_back(clip.label);
  }

  std::span<const int> labels() const override { return labels_; }

  std::int64_t LengthOf(std::size_t item) const override { return clips_[item].frames->num_frames; }

  TrainingBatch Batch(std::span<const std::size_t> items, const std::uint64_t* seed) const override {
    std::vector<FeatureMatrix> varied;
    std::vector<const FeatureMatrix*> clips;
    varied.reserve(items.size());
    for (const std::size_t item : items) {
      clips.push_back(clips_[item].frames);
      if (seed == nullptr || input_ == NetworkInput::kVector || !variation_.ChangesSomething()) continue;
      std::mt19937_64 generator = GeneratorOf(*seed, item);
      varied.push_back(Varied(*clips.back(), variation_, generator));
      clips.back() = &varied.back();
    }
    std::int64_t longest = 0;
    for (const FeatureMatrix* clip : clips) longest = std::max(longest, clip->num_frames);
    const std::int64_t dim = clips.front()->dim;
    TrainingBatch batch{.inputs = {{std::ssize(items), longest, dim}, {}}, .lengths = {}};
    if (input_ == NetworkInput::kVector) batch.inputs.shape = {std::ssize(items), dim};
    std::vector<float>& values = batch.inputs.values;
    values.reserve(items.size() * Index(longest * dim));
    bool ragged = false;
    for (const FeatureMatrix* clip : clips) {
      values.insert(values.end(), clip->values.begin(), clip->values.end());
      values.resize(values.size() + Index((longest - clip->num_frames) * dim));
      batch.lengths.push_back(clip->num_frames);
      ragged = ragged || clip->num_frames != longest;
    }
    if (!ragged) batch.lengths.clear();
    return batch;
  }

 private:
  std::span<const LabelledFrames> clips_;
  NetworkInput input_;
  FrameVariation variation_;
  std::vector<int> labels_{};
};

// Throws where a clip does not fit, and adds what the clips are to the digest.
void CheckClips(std::span<const LabelledFrames> clips, std::string_view part, const NetworkKind& kind, int dim,
                int num_classes, Sha256& digest) {
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const FeatureMatrix& frames = *clips[i].frames;
    Check(frames.num_frames > 0 && frames.dim == dim && frames.values.size() == Index(frames.num_frames * dim),
          "a clip has frames, all of one size");
    Check(kind.input != NetworkInput::kVector || frames.num_frames == 1, "a network of vectors takes one frame a clip");
    Check(clips[i].label >= 0 && clips[i].label < num_classes, "a clip's class is one of the network's");
    for (const float value : frames.values) {
      if (std::isfinite(value)) continue;
      throw Error(ErrorKind::kBadInput, fmt::format("clip {} of the {} part has a feature that is no number", i, part),
                  "leave that clip out, or compute its features anew");
    }
    const std::int64_t head[] = {frames.num_frames, clips[i].label};
    digest.Update(std::as_bytes(std::span(head)));
    digest.Update(std::as_bytes(std::span(frames.values)));
  }
}

// Mean and inverse standard deviation of each of the numbers over all frames of all clips; where one does not vary, 1.
void AddStandardisation(std::span<const LabelledFrames> clips, int dim, Weights& weights) {
  std::vector<double> sums(Index(dim)), squares(Index(dim));
  double count = 0;
  for (const LabelledFrames& clip : clips) {
    for (std::int64_t t = 0; t < clip.frames->num_frames; ++t) {
      const auto frame = clip.frames->Frame(t);
      for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += static_cast<double>(frame[k]);
    }
    count += static_cast<double>(clip.frames->num_frames);
  }
  for (const LabelledFrames& clip : clips) {
    for (std::int64_t t = 0; t < clip.frames->num_frames; ++t) {
      const auto frame = clip.frames->Frame(t);
      for (std::size_t k = 0; k < sums.size(); ++k) {
        squares[k] += std::pow(static_cast<double>(frame[k]) - sums[k] / count, 2);
      }
    }
  }
  Tensor mean{{dim}, {}}, scale{{dim}, {}};
  for (std::size_t k = 0; k < Index(dim); ++k) {
    const double deviation = std::sqrt(squares[k] / count);
    mean.values.push_back(static_cast<float>(sums[k] / count));
    scale.values.push_back(deviation > 1e-6 ? static_cast<float>(1 / deviation) : 1);
  }
  weights.insert_or_assign("input.mean", std::move(mean));
  weights.insert_or_assign("input.scale", std::move(scale));
}

}  // namespace

void FrameVariation::Check() const {
  OptionChecks checks("variation of frames");
  for (const auto& [name, value] : {std::pair{"max_frames", max_frames},
                                    {"num_time_masks", num_time_masks},
                                    {"max_time_mask", max_time_mask},
                                    {"num_dim_masks", num_dim_masks},
                                    {"max_dim_mask", max_dim_mask}}) {
    checks.Require(value >= 0 && value <= 1'000'000, fmt::format("{} must be 0 to 1000000, not {}", name, value));
  }
  checks.ThrowIfAny();
}

TrainedNetwork TrainSequenceNetwork(const SequenceTraining& training, std::span<const LabelledFrames> train,
                                    std::span<const LabelledFrames> validation, int num_classes, std::stop_token stop,
                                    const std::function<void(const TrainingProgress&)>& on_progress) {
  const NetworkKind& kind = NetworkKindOf(training.network);
  training.variation.Check();
  const int dim = train.empty() ? 1 : train.front().frames->dim;
  OptionChecks checks("the network");
  checks.Require(kind.input != NetworkInput::kPicture, fmt::format("'{}' takes faces, not clips", kind.name));
  checks.Require(training.num_layers >= 1 && dim % std::max(training.num_layers, 1) == 0,
                 fmt::format("num_layers must divide the {} numbers of a frame, not {}", dim, training.num_layers));
  checks.Require(training.dropout >= 0 && training.dropout < 1,
                 fmt::format("dropout must be at least 0 and below 1, not {}", training.dropout));
  checks.Require(kind.name != "vggvox" || dim == 512, fmt::format("vggvox takes frames of 512 numbers, not {}", dim));
  checks.Require(kind.name != "cnn" || dim >= 16, fmt::format("cnn takes frames of 16 numbers or more, not {}", dim));
  checks.ThrowIfAny();

  Sha256 digest;
  CheckClips(train, "training", kind, dim, num_classes, digest);
  CheckClips(validation, "validation", kind, dim, num_classes, digest);
  const FrameVariation& v = training.variation;
  const std::string fingerprint = fmt::format("{} {} {} {} {} {}", digest.HexDigest(), v.max_frames, v.num_time_masks,
                                              v.max_time_mask, v.num_dim_masks, v.max_dim_mask);
  Weights initial = training.initial;
  const bool from_scratch = initial.empty();
  if (kind.standardised && !initial.contains("input.mean")) AddStandardisation(train, dim, initial);
  const SequenceData training_data(train, kind.input, training.variation);
  const SequenceData validation_data(validation, kind.input, {});
  const NetworkShape shape{
      .num_classes = num_classes, .dim = dim, .num_layers = training.num_layers, .dropout = training.dropout};
  TrainedNetwork trained =
      Train(kind, shape, training.options, training_data, validation.empty() ? nullptr : &validation_data, initial,
            fingerprint, stop, on_progress);
  if (from_scratch) trained.fresh.clear();
  return trained;
}

}  // namespace sezim
