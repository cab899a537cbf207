// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/train_sequences.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
#include <set>

#include "sezim/base/error.h"
#include "sezim/infer/onnx_graph.h"
#include "sezim/infer/onnx_session.h"
#include "sezim/training/checkpoint.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using ::testing::HasSubstr;

const auto kQuiet = [](const TrainingProgress&) {};

// Clips that their class shifts: class k raises every num_classes-th number.
struct World {
  World(int count, int dim, std::int64_t shortest, std::int64_t longest, int num_classes, unsigned seed,
        float shift = 1) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal;
    frames.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      const std::int64_t length =
          shortest + static_cast<std::int64_t>(generator() % static_cast<unsigned>(longest - shortest + 1));
      FeatureMatrix clip{.num_frames = length, .dim = dim, .values = {}};
      for (std::int64_t at = 0; at < length * dim; ++at) {
        clip.values.push_back(normal(generator) + (at % dim % num_classes == i % num_classes ? shift : 0));
      }
      frames.push_back(std::move(clip));
    }
    for (int i = 0; i < count; ++i) clips.push_back({&frames[static_cast<std::size_t>(i)], i % num_classes});
  }

  std::vector<FeatureMatrix> frames{};
  std::vector<LabelledFrames> clips{};
};

// The clips as one padded batch.
TrainingBatch Padded(std::span<const LabelledFrames> clips, std::int64_t longest, float padding) {
  const int dim = clips.front().frames->dim;
  TrainingBatch batch{.inputs = {{std::ssize(clips), longest, dim}, {}}, .lengths = {}};
  for (const LabelledFrames& clip : clips) {
    batch.inputs.values.insert(batch.inputs.values.end(), clip.frames->values.begin(), clip.frames->values.end());
    batch.inputs.values.insert(batch.inputs.values.end(),
                               static_cast<std::size_t>((longest - clip.frames->num_frames) * dim), padding);
    batch.lengths.push_back(clip.frames->num_frames);
  }
  return batch;
}

TrainingBatch Alone(const FeatureMatrix& clip, NetworkInput input) {
  if (input == NetworkInput::kVector) return {.inputs = {{1, clip.dim}, clip.values}, .lengths = {}};
  return {.inputs = {{1, clip.num_frames, clip.dim}, clip.values}, .lengths = {}};
}

Model ModelOf(const TrainedNetwork& trained, NetworkInput input, int dim, int num_classes) {
  Model model;
  model.card.name = "trained";
  model.card.inputs = {{"frames", "float32", {-1, -1, dim}, ""}};
  if (input == NetworkInput::kVector) model.card.inputs = {{"vectors", "float32", {-1, dim}, ""}};
  model.card.outputs = {{"logits", "float32", {-1, num_classes}, ""}, {"embedding", "float32", {-1, -1}, ""}};
  model.weights = trained.onnx;
  return model;
}

void ExpectNear(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.shape, b.shape);
  for (std::size_t i = 0; i < a.values.size(); ++i) ASSERT_NEAR(a.values[i], b.values[i], tolerance) << i;
}

// ---- What every network on clips does

struct Case {
  const char* network;
  int dim;
  int num_layers;
  std::int64_t shortest;
  std::int64_t longest;
  int num_epochs;
  double learning_rate;
  int num_clips = 32;
};

class AnyClipNetwork : public ::testing::TestWithParam<Case> {
 protected:
  static constexpr int kNumClasses = 4;

  SequenceTraining Training(int num_epochs) const {
    SequenceTraining training;
    training.network = GetParam().network;
    training.num_layers = GetParam().num_layers;
    training.dropout = 0;
    training.options.num_epochs = num_epochs;
    training.options.batch_size = 16;
    training.options.learning_rate = GetParam().learning_rate;
    return training;
  }
  World Clips(unsigned seed) const {
    const Case& c = GetParam();
    return World(c.num_clips, c.dim, c.shortest, c.longest, kNumClasses, seed, 0.5F);
  }
  NetworkShape Shape() const {
    return {.num_classes = kNumClasses, .dim = GetParam().dim, .num_layers = GetParam().num_layers};
  }
};

TEST_P(AnyClipNetwork, OverfitsAndIsTheSameInOnnxRuntime) {
  const World world = Clips(1);
  const NetworkKind& kind = NetworkKindOf(GetParam().network);
  const TrainedNetwork trained =
      TrainSequenceNetwork(Training(GetParam().num_epochs), world.clips, {}, kNumClasses, {}, kQuiet);
  const OnnxSession session(ModelOf(trained, kind.input, GetParam().dim, kNumClasses));
  int num_right = 0;
  for (const LabelledFrames& clip : world.clips) {
    const TrainingBatch batch = Alone(*clip.frames, kind.input);
    const std::vector<Tensor> ours = ApplyNetwork(kind, Shape(), trained.weights, batch);
    const std::vector<Tensor> theirs = session.Run(std::span(&batch.inputs, 1));
    ExpectNear(ours[0], theirs[0], 1e-4);
    ExpectNear(ours[1], theirs[1], 1e-4);
    const auto best = std::max_element(theirs[0].values.begin(), theirs[0].values.end());
    num_right += best - theirs[0].values.begin() == clip.label ? 1 : 0;
  }
  EXPECT_EQ(num_right, std::ssize(world.clips)) << "loss " << trained.epochs.back().loss;
}

TEST_P(AnyClipNetwork, DoesNotSeeBehindTheEndOfAClip) {
  const NetworkKind& kind = NetworkKindOf(GetParam().network);
  if (kind.input == NetworkInput::kVector) return;  // vectors have no length
  World world = Clips(2);
  world.clips.resize(6);
  const TrainedNetwork trained = TrainSequenceNetwork(Training(1), world.clips, {}, kNumClasses, {}, kQuiet);
  const std::vector<Tensor> together =
      ApplyNetwork(kind, Shape(), trained.weights, Padded(world.clips, GetParam().longest + 9, 3e3F));
  for (std::size_t i = 0; i < world.clips.size(); ++i) {
    const std::vector<Tensor> alone =
        ApplyNetwork(kind, Shape(), trained.weights, Alone(*world.clips[i].frames, kind.input));
    for (std::size_t k = 0; k < kNumClasses; ++k) {
      EXPECT_NEAR(together[0].values[i * kNumClasses + k], alone[0].values[k], 1e-4) << "clip " << i;
    }
  }
}

TEST_P(AnyClipNetwork, WeightsComeBackOutOfTheModelFile) {
  World world = Clips(3);
  world.clips.resize(4);
  const TrainedNetwork trained = TrainSequenceNetwork(Training(1), world.clips, {}, kNumClasses, {}, kQuiet);
  const Weights read = ReadOnnxWeights(trained.onnx, "it");
  for (const auto& [name, tensor] : trained.weights) {
    ASSERT_TRUE(read.contains(name)) << name;
    EXPECT_EQ(read.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(read.at(name).values, tensor.values) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, AnyClipNetwork,
                         ::testing::Values(Case{"dnn", 48, 1, 1, 1, 60, 3e-3}, Case{"bilstm", 20, 1, 1, 30, 8, 1e-3},
                                           Case{"attention", 48, 3, 1, 40, 30, 3e-3},
                                           Case{"cnn", 24, 1, 9, 60, 25, 3e-3},
                                           Case{"conformer", 24, 1, 3, 60, 15, 1e-3},
                                           Case{"vggvox", 512, 1, 90, 150, 16, 3e-4, 8}),
                         [](const auto& each) { return std::string(each.param.network); });

// ---- Sizes

TEST(Networks, HaveAsManyNumbersAsTheirPublicationsSay) {
  const auto num_learnt = [](const char* network, int dim, int num_classes) {
    World world(2, dim, 1, 1, 2, 1);
    SequenceTraining training;
    training.network = network;
    training.options.num_epochs = 1;
    training.options.max_gradient_norm = 0;
    return TrainSequenceNetwork(training, world.clips, {}, num_classes, {}, kQuiet).num_learnt;
  };
  EXPECT_EQ(num_learnt("bilstm", 768, 8), 2'104'072);
  const int dnn[] = {1024, 1024, 512, 256, 128, 64, 32, 16, 8, 7};
  std::int64_t expected = 2 * 1024;
  for (std::size_t i = 1; i < std::size(dnn); ++i) expected += std::int64_t{dnn[i - 1]} * dnn[i] + dnn[i];
  EXPECT_EQ(num_learnt("dnn", 1024, 7), expected);
}

// ---- The training loop

SequenceTraining Small(int num_epochs) {
  SequenceTraining training;
  training.network = "attention";
  training.options.num_epochs = num_epochs;
  training.options.batch_size = 8;
  training.options.mixup = 0.3;
  training.options.average = 0.9;
  return training;
}

TEST(TrainSequenceNetwork, TheSameSeedGivesTheSameBytes) {
  const World world(24, 12, 3, 20, 3, 1);
  SequenceTraining training = Small(3);
  const std::string first = TrainSequenceNetwork(training, world.clips, world.clips, 3, {}, kQuiet).onnx;
  EXPECT_EQ(TrainSequenceNetwork(training, world.clips, world.clips, 3, {}, kQuiet).onnx, first);
  training.options.seed = 2;
  EXPECT_NE(TrainSequenceNetwork(training, world.clips, world.clips, 3, {}, kQuiet).onnx, first);
}

TEST(TrainSequenceNetwork, StoppedAndResumedEndsAsIfNeverStopped) {
  const World world(24, 12, 3, 20, 3, 1);
  const TemporaryFolder folder;
  SequenceTraining training = Small(5);
  training.variation = {
      .max_frames = 10, .num_time_masks = 1, .max_time_mask = 4, .num_dim_masks = 1, .max_dim_mask = 4};
  const TrainedNetwork whole = TrainSequenceNetwork(training, world.clips, world.clips, 3, {}, kQuiet);
  EXPECT_FALSE(whole.interrupted);
  training.options.checkpoint = folder.path() / "checkpoint";
  training.options.resume = true;
  for (const double share : {0.3, 0.7}) {
    std::stop_source stop;
    const auto stop_at = [&](const TrainingProgress& progress) {
      if (progress.share > share) stop.request_stop();
    };
    const TrainedNetwork part = TrainSequenceNetwork(training, world.clips, world.clips, 3, stop.get_token(), stop_at);
    EXPECT_TRUE(part.interrupted);
    EXPECT_EQ(part.epochs.size(), share < 0.5 ? 1U : 3U);
    EXPECT_FALSE(part.onnx.empty());
  }
  const TrainedNetwork resumed = TrainSequenceNetwork(training, world.clips, world.clips, 3, {}, kQuiet);
  EXPECT_EQ(resumed.onnx, whole.onnx);
  EXPECT_EQ(resumed.epoch, whole.epoch);
  ASSERT_EQ(resumed.epochs.size(), 5U);
  EXPECT_EQ(resumed.epochs[4].validation_uar, whole.epochs[4].validation_uar);
  // What is already done is not done again.
  EXPECT_EQ(
      TrainSequenceNetwork(training, world.clips, world.clips, 3, {}, [](const TrainingProgress&) { FAIL(); }).onnx,
      whole.onnx);
}

TEST(TrainSequenceNetwork, RefusesACheckpointOfOtherDataOrOptions) {
  const World world(12, 12, 3, 20, 3, 1), other(12, 12, 3, 20, 3, 2);
  const TemporaryFolder folder;
  SequenceTraining training = Small(1);
  training.options.checkpoint = folder.path() / "checkpoint";
  TrainSequenceNetwork(training, world.clips, {}, 3, {}, kQuiet);
  training.options.resume = true;
  EXPECT_THROW(TrainSequenceNetwork(training, other.clips, {}, 3, {}, kQuiet), Error);
  training.options.learning_rate *= 2;
  EXPECT_THROW(TrainSequenceNetwork(training, world.clips, {}, 3, {}, kQuiet), Error);
  training.options.learning_rate /= 2;
  EXPECT_NO_THROW(TrainSequenceNetwork(training, world.clips, {}, 3, {}, kQuiet));
  std::ofstream(training.options.checkpoint, std::ios::app) << "x";
  EXPECT_THROW(TrainSequenceNetwork(training, world.clips, {}, 3, {}, kQuiet), Error);
}

TEST(TrainSequenceNetwork, StoppedBeforeItsFirstEpochHasNothing) {
  const World world(12, 12, 3, 20, 3, 1);
  std::stop_source stop;
  stop.request_stop();
  const Error error = ThrownBy([&] { TrainSequenceNetwork(Small(1), world.clips, {}, 3, stop.get_token(), kQuiet); });
  EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
}

TEST(TrainSequenceNetwork, KeepsTheBestEpochAndStopsWhenItGetsNoBetter) {
  const World world(24, 12, 3, 20, 3, 1, 0.1F), validation(24, 12, 3, 20, 3, 2, 0.1F);
  SequenceTraining training = Small(60);
  training.options.patience = 3;
  const TrainedNetwork trained = TrainSequenceNetwork(training, world.clips, validation.clips, 3, {}, kQuiet);
  ASSERT_LT(trained.epochs.size(), 60U);
  EXPECT_EQ(std::ssize(trained.epochs), trained.epoch + 3);
  const EpochReport& best = trained.epochs[static_cast<std::size_t>(trained.epoch) - 1];
  for (const EpochReport& report : trained.epochs) EXPECT_LE(report.validation_uar, best.validation_uar);
  // The kept weights are that epoch's: they give its loss again.
  const NetworkKind& kind = NetworkKindOf("attention");
  const NetworkShape shape{.num_classes = 3, .dim = 12};
  double loss = 0;
  for (const LabelledFrames& clip : validation.clips) {
    const std::vector<float> logits =
        ApplyNetwork(kind, shape, trained.weights, Alone(*clip.frames, kind.input))[0].values;
    double sum = 0;
    for (const float each : logits) sum += std::exp(each);
    loss += std::log(sum) - logits[static_cast<std::size_t>(clip.label)];
  }
  EXPECT_NEAR(loss / 24, best.validation_loss, 1e-4);
}

TEST(TrainSequenceNetwork, AVariationChangesWhatIsLearnt) {
  const World world(24, 12, 12, 20, 3, 1);
  SequenceTraining training = Small(1);
  std::set<std::string> results;
  for (const FrameVariation& variation :
       {FrameVariation{}, FrameVariation{.max_frames = 5}, FrameVariation{.num_time_masks = 1, .max_time_mask = 5},
        FrameVariation{.num_dim_masks = 1, .max_dim_mask = 5}}) {
    training.variation = variation;
    results.insert(TrainSequenceNetwork(training, world.clips, {}, 3, {}, kQuiet).onnx);
  }
  EXPECT_EQ(results.size(), 4U);
}

TEST(TrainSequenceNetwork, StartsWithTheWeightsItIsGiven) {
  const World world(32, 12, 3, 20, 4, 1);
  SequenceTraining training = Small(12);
  training.options.mixup = training.options.average = 0;
  const TrainedNetwork before = TrainSequenceNetwork(training, world.clips, {}, 4, {}, kQuiet);
  EXPECT_TRUE(before.fresh.empty());
  training.initial = ReadOnnxWeights(before.onnx, "it");
  training.options.num_epochs = 1;
  training.options.learning_rate = 1e-6;
  training.dropout = 0;
  const TrainedNetwork after = TrainSequenceNetwork(training, world.clips, {}, 4, {}, kQuiet);
  EXPECT_TRUE(after.fresh.empty());
  EXPECT_LE(after.epochs[0].loss, before.epochs.back().loss + 0.02);
  // Another number of classes: only the last layer starts anew.
  const World three(30, 12, 3, 20, 3, 1);
  EXPECT_THAT(TrainSequenceNetwork(training, three.clips, {}, 3, {}, kQuiet).fresh,
              ::testing::ElementsAre("classes.bias", "classes.weight"));
}

TEST(TrainSequenceNetwork, SaysWhatIsWrong) {
  World world(12, 12, 3, 20, 3, 1);
  const auto message = [&](const SequenceTraining& training) {
    return std::string(ThrownBy([&] { TrainSequenceNetwork(training, world.clips, {}, 3, {}, kQuiet); }).what());
  };
  SequenceTraining training = Small(2);
  training.network = "rnn";
  EXPECT_THAT(message(training), HasSubstr("no network 'rnn'"));
  training.network = "residual";
  EXPECT_THAT(message(training), HasSubstr("takes faces"));
  training = Small(0);
  training.options.batch_size = 0;
  EXPECT_THAT(message(training), ::testing::AllOf(HasSubstr("num_epochs"), HasSubstr("batch_size")));
  training = Small(2);
  training.network = "cnn";
  EXPECT_THAT(message(training), HasSubstr("16 numbers or more, not 12"));
  training.network = "bilstm";
  world.frames[7].values[5] = std::nanf("");
  EXPECT_THAT(message(training), HasSubstr("clip 7 of the training part"));
  for (LabelledFrames& clip : world.clips) clip.label = 1;
  world.frames[7].values[5] = 0;
  EXPECT_THAT(message(training), HasSubstr("1 classes"));
}

TEST(TrainSequenceNetwork, SaysWhenTheLossIsNoNumber) {
  World world(16, 12, 1, 1, 2, 1);
  SequenceTraining training;
  training.network = "attention";
  training.options = PublishedDnnOptions();
  training.options.learning_rate = 100;
  training.options.momentum = 0.99;
  training.options.weight_decay = 1;
  const Error error = ThrownBy([&] { TrainSequenceNetwork(training, world.clips, {}, 2, {}, kQuiet); });
  EXPECT_EQ(error.kind(), ErrorKind::kModel);
  EXPECT_THAT(error.what(), HasSubstr("no longer a number"));
}

TEST(TrainSequenceNetwork, AFullDiskEndsItAndKeepsTheCheckpointBefore) {
  const World world(12, 12, 3, 20, 3, 1);
  const TemporaryFolder folder;
  SequenceTraining training = Small(4);
  training.options.checkpoint = folder / "checkpoint";
  const std::string whole = TrainSequenceNetwork(training, world.clips, {}, 3, {}, kQuiet).onnx;
  const auto fill_disk = [&](const TrainingProgress& progress) {
    if (progress.finished == nullptr || progress.epoch != 2) return;
    std::filesystem::create_symlink("/dev/full",
                                    fmt::format("{}.{}.tmp", (folder / "checkpoint").native(), ::getpid()));
  };
  const Error error = ThrownBy([&] { TrainSequenceNetwork(training, world.clips, {}, 3, {}, fill_disk); });
  EXPECT_EQ(error.kind(), ErrorKind::kNoSpace);
  training.options.resume = true;
  EXPECT_EQ(ReadCheckpoint(training.options.checkpoint).epochs.size(), 2U);
  EXPECT_EQ(TrainSequenceNetwork(training, world.clips, {}, 3, {}, kQuiet).onnx, whole);
}

}  // namespace
}  // namespace sezim
