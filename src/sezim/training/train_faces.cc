// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/train_faces.h"

#include <fmt/format.h>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/training/onnx_layers.h"
#include "sezim/training/sampling.h"
#include "sezim/vision/expression.h"

namespace sezim {
namespace {

class FaceData : public TrainingData {
 public:
  FaceData(const FacePictures& faces, const FaceVariation& variation) : faces_(faces), variation_(variation) {
    for (const Emotion emotion : faces.emotions) labels_.push_back(static_cast<int>(emotion));
  }

  std::span<const int> labels() const override { return labels_; }

  std::int64_t LengthOf(std::size_t) const override { return 1; }

  TrainingBatch Batch(std::span<const std::size_t> items, const std::uint64_t* seed) const override {
    TrainingBatch batch{.inputs = {{std::ssize(items), 1, faces_.side, faces_.side}, {}}, .lengths = {}};
    for (const std::size_t item : items) {
      std::vector<float> face;
      if (seed == nullptr) {
        face = PlainFace(faces_.Picture(item));
      } else {
        std::mt19937_64 generator = GeneratorOf(*seed, item);
        face = VariedFace(faces_.Picture(item), faces_.side, variation_, generator);
      }
      batch.inputs.values.insert(batch.inputs.values.end(), face.begin(), face.end());
    }
    return batch;
  }

 private:
  const FacePictures& faces_;
  FaceVariation variation_;
  std::vector<int> labels_{};
};

NetworkShape ShapeOf(const FaceTraining& training, int side) {
  return {.num_classes = kNumEmotions, .dim = side, .dropout = training.dropout, .width = training.width};
}

}  // namespace

TrainingOptions FaceTraining::FaceTrainingOptions() {
  TrainingOptions options;
  options.num_epochs = 60;
  options.batch_size = 128;
  options.optimizer = Optimizer::kSgd;
  options.learning_rate = 0.1;
  options.weight_decay = 5e-4;
  options.label_smoothing = 0.1;
  options.average = 0.999;
  options.num_threads = 2;
  return options;
}

TrainedNetwork TrainFaceNetwork(const FaceTraining& training, const FacePictures& train, const FacePictures& validation,
                                std::stop_token stop, const std::function<void(const TrainingProgress&)>& on_progress) {
  const NetworkKind& kind = NetworkKindOf(training.network);
  training.variation.Check();
  OptionChecks checks("the network");
  checks.Require(kind.input == NetworkInput::kPicture, fmt::format("'{}' takes clips, not faces", kind.name));
  checks.Require(train.side >= 48, fmt::format("faces must be 48 x 48 or larger, not {0} x {0}", train.side));
  checks.Require(training.width >= 0 && training.width <= 256 && training.width % 8 == 0,
                 fmt::format("width must be a multiple of 8 up to 256, not {}", training.width));
  checks.Require(training.dropout >= 0 && training.dropout < 1,
                 fmt::format("dropout must be at least 0 and below 1, not {}", training.dropout));
  checks.ThrowIfAny();
  Check(validation.size() == 0 || validation.side == train.side, "faces of both parts are of one size");

  Sha256 digest;
  for (const FacePictures* faces : {&train, &validation}) {
    digest.Update(std::as_bytes(std::span(faces->pixels)));
    digest.Update(std::as_bytes(std::span(faces->emotions)));
  }
  const FaceVariation& v = training.variation;
  const std::string fingerprint = fmt::format("{} {} {} {} {} {} {} {}", digest.HexDigest(), v.mirror, v.max_turn_deg,
                                              v.max_shift, v.max_scale, v.max_contrast, v.max_brightness, v.max_cutout);
  const FaceData training_data(train, training.variation);
  const FaceData validation_data(validation, training.variation);
  return Train(kind, ShapeOf(training, train.side), training.options, training_data,
               validation.size() > 0 ? &validation_data : nullptr, training.initial, fingerprint, stop, on_progress);
}

std::string ExpressionModel(const FaceTraining& training, const TrainedNetwork& trained, int side) {
  return WriteNetwork(NetworkKindOf(training.network), ShapeOf(training, side), trained.weights,
                      {.mirrored = true, .input_side = kFaceSide, .probabilities = true});
}

}  // namespace sezim
