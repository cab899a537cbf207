// SPDX-License-Identifier: Apache-2.0
// The training loop, by libtorch.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"
#include "sezim/learn/metrics.h"
#include "sezim/training/checkpoint.h"
#include "sezim/training/onnx_layers.h"
#include "sezim/training/sampling.h"
#include "sezim/training/torch_layers.h"
#include "sezim/training/torch_module.h"

namespace sezim {
namespace {

using Clock = std::chrono::steady_clock;
using Tensors = std::map<std::string, at::Tensor>;

Tensors Copies(const Tensors& tensors) {
  Tensors copies;
  for (const auto& [name, tensor] : tensors) copies.emplace(name, tensor.detach().clone());
  return copies;
}

void AppendAs(const std::string& prefix, const Tensors& tensors, Weights& weights) {
  for (const auto& [name, tensor] : tensors) weights.insert_or_assign(prefix + name, FromTorch(tensor));
}

// The tensors of `weights` whose name starts with `prefix`, without it.
Tensors TakenFrom(const Weights& weights, const std::string& prefix) {
  Tensors tensors;
  for (const auto& [name, tensor] : weights) {
    if (name.starts_with(prefix)) tensors.emplace(name.substr(prefix.size()), ToTorch(tensor));
  }
  return tensors;
}

// A description of what is trained, for its checkpoint: anything that changes the result is in it.
std::string DigestOf(const NetworkKind& kind, const NetworkShape& shape, const TrainingOptions& options,
                     const Weights& initial, const std::string& data) {
  Sha256 digest;
  const auto add = [&](std::string_view text) { digest.Update(std::as_bytes(std::span(text))); };
  add(fmt::format("{} {} {} {} {} {} {}\n", kind.name, shape.num_classes, shape.dim, shape.num_layers, shape.dropout,
                  shape.width, data));
  add(fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", options.num_epochs, options.batch_size,
                  static_cast<int>(options.optimizer), static_cast<int>(options.schedule), options.learning_rate,
                  options.warmup_epochs, options.momentum, options.weight_decay, options.max_gradient_norm,
                  options.label_smoothing, options.mixup, options.average, static_cast<int>(options.balance),
                  static_cast<int>(options.precision), options.patience, options.keep_last, options.seed,
                  options.num_threads));
  for (const auto& [name, tensor] : initial) {
    add(name);
    digest.Update(std::as_bytes(std::span(tensor.values)));
  }
  return digest.HexDigest();
}

// Stochastic gradient descent with momentum (Sutskever et al. 2013, as torch has it) and AdamW (Loshchilov, Hutter
// 2019, algorithm 2).
class Stepper {
 public:
  explicit Stepper(const TrainingOptions& options) : options_(options) {}

  void Step(const Tensors& learnt, double learning_rate) {
    const c10::NoGradGuard no_gradient;
    ++num_steps_;
    for (const auto& [name, weight] : learnt) {
      const at::Tensor& gradient = weight.grad();
      if (!gradient.defined()) continue;
      const double decay = weight.dim() > 1 ? options_.weight_decay : 0;
      at::Tensor& first = State(name + ".first", weight);
      if (options_.optimizer == Optimizer::kSgd) {
        first.mul_(options_.momentum).add_(gradient).add_(weight, decay);
        weight.sub_(first, learning_rate);
        continue;
      }
      constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
      at::Tensor& second = State(name + ".second", weight);
      first.lerp_(gradient, 1 - kBeta1);
      second.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
      const double scale1 = 1 - std::pow(kBeta1, num_steps_);
      const double scale2 = 1 - std::pow(kBeta2, num_steps_);
      weight.mul_(1 - learning_rate * decay);
      weight.addcdiv_(first, (second.sqrt() / std::sqrt(scale2)).add_(1e-8), -learning_rate / scale1);
    }
  }

  Tensors state{};
  std::int64_t num_steps_ = 0;

 private:
  at::Tensor& State(const std::string& name, const at::Tensor& like) {
    at::Tensor& tensor = state[name];
    if (!tensor.defined()) tensor = at::zeros_like(like.detach());
    return tensor;
  }

  const TrainingOptions& options_;
};

class Trainer {
 public:
  Trainer(const NetworkKind& kind, const NetworkShape& shape, const TrainingOptions& options, const TrainingData& train,
          const TrainingData* validation)
      : kind_(kind), shape_(shape), options_(options), train_(train), validation_(validation), stepper_(options) {
    at::set_num_threads(options.num_threads);
    if (options.balance == ClassBalance::kWeights) {
      class_weights_ = at::tensor(ClassWeights(train.labels(), shape.num_classes)).to(at::kFloat);
    }
  }

  // Makes all weights, by applying the network once.
  void Start(const Weights& initial) {
    const c10::NoGradGuard no_gradient;
    Seed(0);
    weights_.initial = initial;
    const std::size_t first = 0;
    Apply(train_, std::span(&first, 1), nullptr, /*training=*/false, {});
    // Means and deviations of the input come from the data, too.
    const bool wants_some = std::any_of(initial.begin(), initial.end(),
                                        [](const auto& weight) { return !weight.first.starts_with("input."); });
    const std::size_t num_learnt = weights_.learnt.size();
    if (wants_some && 2 * weights_.fresh.size() > num_learnt) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("the model to start from has only {} of the {} weights of the network '{}'",
                              num_learnt - weights_.fresh.size(), num_learnt, kind_.name),
                  "name a model that sezim trained of the same network, or start without one");
    }
    weights_.initial.clear();
    if (options_.average > 0) average_ = AllCopies();
  }

  // One epoch, from 1. False if it was stopped. Throws Error (kModel) where the loss is no number.
  bool RunEpoch(int epoch, std::stop_token stop, const std::function<void(double share, double loss)>& on_batch) {
    Seed(static_cast<std::uint64_t>(epoch));
    std::mt19937_64 generator = GeneratorOf(options_.seed ^ 0x6d69787570, static_cast<std::uint64_t>(epoch));
    const auto batches = DrawBatches(train_, options_, epoch);
    const auto num_batches = static_cast<double>(batches.size());
    double loss_sum = 0;
    std::size_t num_items = 0;
    for (std::size_t i = 0; i < batches.size(); ++i) {
      if (stop.stop_requested()) return false;
      const auto done = static_cast<double>(i);
      const std::uint64_t variation = generator();
      const double loss = TrainOn(batches[i], variation, RateAt(epoch - 1 + done / num_batches), generator);
      if (!std::isfinite(loss)) {
        throw Error(
            ErrorKind::kModel, fmt::format("the loss is no longer a number in epoch {}, batch {}", epoch, i + 1),
            "train with a lower learning rate, or with max_gradient_norm; the checkpoint holds the epoch before");
      }
      loss_sum += loss * static_cast<double>(batches[i].size());
      num_items += batches[i].size();
      on_batch((done + 1) / num_batches, loss_sum / static_cast<double>(num_items));
    }
    report_ = EpochReport{.epoch = epoch, .loss = loss_sum / static_cast<double>(num_items)};
    if (validation_ != nullptr) Validate();
    reports.push_back(report_);
    KeepIfBetter();
    return true;
  }

  void WriteTo(const std::string& training) const {
    Checkpoint checkpoint{
        .training = training, .epochs = reports, .best_epoch = best_epoch, .fresh = weights_.fresh, .numbers = {}};
    AppendAs("learnt ", weights_.learnt, checkpoint.numbers);
    AppendAs("measured ", weights_.measured, checkpoint.numbers);
    AppendAs("average ", average_, checkpoint.numbers);
    AppendAs("state ", stepper_.state, checkpoint.numbers);
    AppendAs("best ", best_, checkpoint.numbers);
    // A float holds whole numbers up to 2^24 only.
    checkpoint.numbers["steps"] = {
        .shape = {2},
        .values = {static_cast<float>(stepper_.num_steps_ >> 16), static_cast<float>(stepper_.num_steps_ & 0xffff)}};
    WriteCheckpoint(options_.checkpoint, checkpoint);
  }

  void GoOnFrom(const Checkpoint& checkpoint) {
    weights_.learnt = TakenFrom(checkpoint.numbers, "learnt ");
    for (auto& [name, tensor] : weights_.learnt) tensor.set_requires_grad(true);
    weights_.measured = TakenFrom(checkpoint.numbers, "measured ");
    weights_.fresh = checkpoint.fresh;
    average_ = TakenFrom(checkpoint.numbers, "average ");
    best_ = TakenFrom(checkpoint.numbers, "best ");
    stepper_.state = TakenFrom(checkpoint.numbers, "state ");
    const std::vector<float>& steps = checkpoint.numbers.at("steps").values;
    stepper_.num_steps_ = (static_cast<std::int64_t>(steps[0]) << 16) + static_cast<std::int64_t>(steps[1]);
    reports = checkpoint.epochs;
    best_epoch = checkpoint.best_epoch;
  }

  bool IsDone() const {
    const int done = static_cast<int>(reports.size());
    if (done >= options_.num_epochs) return true;
    return options_.patience > 0 && validation_ != nullptr && BestReported() > 0 &&
           done - BestReported() >= options_.patience;
  }

  double BestUar() const {
    const int best = BestReported();
    return best > 0 ? reports[static_cast<std::size_t>(best) - 1].validation_uar : std::nan("");
  }

  TrainedNetwork Result() const {
    TrainedNetwork result;
    for (const auto& [name, tensor] : best_) result.weights.emplace(name, FromTorch(tensor));
    result.onnx = WriteNetwork(kind_, shape_, result.weights);
    result.epochs = reports;
    result.epoch = best_epoch;
    result.fresh = weights_.fresh;
    std::sort(result.fresh.begin(), result.fresh.end());
    for (const auto& [name, tensor] : weights_.learnt) result.num_learnt += tensor.numel();
    return result;
  }

  std::vector<EpochReport> reports{};
  int best_epoch = 0;

 private:
  void Seed(std::uint64_t purpose) const { at::manual_seed(GeneratorOf(options_.seed, purpose ^ 0x746f726368)()); }

  at::Tensor Apply(const TrainingData& data, std::span<const std::size_t> items, const std::uint64_t* variation,
                   bool training, const Mix& mix) {
    TrainingBatch batch = data.Batch(items, variation);
    TorchLayers layers(weights_, training, mix, training ? options_.precision : Precision::kFloat);
    at::Tensor lengths;
    if (!batch.lengths.empty()) lengths = at::tensor(batch.lengths);
    Value x = layers.Input(ToTorch(std::move(batch.inputs)), lengths);
    if (kind_.standardised) x = layers.Standardise("input", x);
    return layers.TensorOf(kind_.apply(layers, x, shape_).logits);
  }

  at::Tensor LabelsOf(const TrainingData& data, std::span<const std::size_t> items) const {
    std::vector<std::int64_t> labels;
    for (const std::size_t item : items) labels.push_back(data.labels()[item]);
    return at::tensor(labels);
  }

  at::Tensor LossOf(const at::Tensor& logits, const at::Tensor& labels) const {
    return at::cross_entropy_loss(logits, labels, class_weights_, at::Reduction::Mean, -100, options_.label_smoothing);
  }

  double TrainOn(std::span<const std::size_t> items, std::uint64_t variation, double learning_rate,
                 std::mt19937_64& generator) {
    Mix mix;
    if (options_.mixup > 0) {
      // A beta-distributed share, of two gamma-distributed numbers.
      std::gamma_distribution<double> gamma(options_.mixup);
      const double a = gamma(generator), b = gamma(generator);
      mix.share = a + b > 0 ? a / (a + b) : 1;
      mix.partner = at::randperm(std::ssize(items), at::kLong);
    }
    for (auto& [name, weight] : weights_.learnt) weight.mutable_grad().reset();
    const at::Tensor logits = Apply(train_, items, &variation, /*training=*/true, mix);
    const at::Tensor labels = LabelsOf(train_, items);
    at::Tensor loss = LossOf(logits, labels);
    if (mix.partner.defined()) {
      loss = loss * mix.share + LossOf(logits, labels.index_select(0, mix.partner)) * (1 - mix.share);
    }
    loss.backward();
    ShortenGradient();
    stepper_.Step(weights_.learnt, learning_rate);
    if (options_.average > 0) MoveAverage();
    return loss.item<double>();
  }

  void ShortenGradient() {
    if (options_.max_gradient_norm <= 0) return;
    const c10::NoGradGuard no_gradient;
    double square = 0;
    for (const auto& [name, weight] : weights_.learnt) {
      if (weight.grad().defined()) square += std::pow(weight.grad().norm().item<double>(), 2);
    }
    const double norm = std::sqrt(square);
    if (!(norm > options_.max_gradient_norm)) return;
    for (const auto& [name, weight] : weights_.learnt) {
      if (weight.grad().defined()) weight.mutable_grad().mul_(options_.max_gradient_norm / norm);
    }
  }

  // What is learnt and measured.
  Tensors AllCopies() const {
    Tensors all = Copies(weights_.learnt);
    all.merge(Copies(weights_.measured));
    return all;
  }

  // The first steps count for more, so that the start by chance is soon forgotten.
  void MoveAverage() {
    const c10::NoGradGuard no_gradient;
    const auto steps = static_cast<double>(stepper_.num_steps_);
    const double share = 1 - std::min(options_.average, (1 + steps) / (10 + steps));
    for (const auto* tensors : {&weights_.learnt, &weights_.measured}) {
      for (const auto& [name, tensor] : *tensors) average_.at(name).lerp_(tensor.detach(), share);
    }
  }

  // The averages change places with the weights, if there are any.
  void SwapAverage() {
    if (options_.average <= 0) return;
    for (auto* tensors : {&weights_.learnt, &weights_.measured}) {
      for (auto& [name, tensor] : *tensors) std::swap(tensor, average_.at(name));
    }
  }

  void Validate() {
    const c10::NoGradGuard no_gradient;
    SwapAverage();
    ConfusionMatrix matrix(static_cast<std::size_t>(shape_.num_classes));
    double loss_sum = 0;
    const std::span<const int> labels = validation_->labels();
    std::vector<std::size_t> order(labels.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return validation_->LengthOf(a) < validation_->LengthOf(b); });
    const auto batch_size = static_cast<std::size_t>(options_.batch_size);
    for (std::size_t from = 0; from < order.size(); from += batch_size) {
      const auto items = std::span<const std::size_t>(order).subspan(from, std::min(batch_size, order.size() - from));
      const at::Tensor logits = Apply(*validation_, items, nullptr, /*training=*/false, {});
      loss_sum += at::cross_entropy_loss(logits, LabelsOf(*validation_, items), {}, at::Reduction::Sum).item<double>();
      const at::Tensor chosen = logits.argmax(1).contiguous();
      for (std::size_t i = 0; i < items.size(); ++i) {
        matrix.Add(static_cast<std::size_t>(labels[items[i]]),
                   static_cast<std::size_t>(chosen.const_data_ptr<std::int64_t>()[i]));
      }
    }
    report_.validation_loss = loss_sum / static_cast<double>(labels.size());
    report_.validation_uar = matrix.UnweightedAverageRecall();
    SwapAverage();
  }

  // The epoch with the best validation, from 1: highest recall, then lowest loss, then the first. 0 without any.
  int BestReported() const {
    int best = 0;
    for (const EpochReport& report : reports) {
      if (std::isnan(report.validation_uar)) continue;
      const EpochReport* before = best > 0 ? &reports[static_cast<std::size_t>(best) - 1] : nullptr;
      const bool better =
          before == nullptr || report.validation_uar > before->validation_uar ||
          (report.validation_uar == before->validation_uar && report.validation_loss < before->validation_loss);
      if (better) best = report.epoch;
    }
    return best;
  }

  void KeepIfBetter() {
    const int last = reports.back().epoch;
    if (!options_.keep_last && validation_ != nullptr && BestReported() != last) return;
    best_ = options_.average > 0 ? Copies(average_) : AllCopies();
    best_epoch = last;
  }

  // The learning rate after so many epochs.
  double RateAt(double epochs) const {
    if (epochs < options_.warmup_epochs) return options_.learning_rate * (epochs + 0.01) / options_.warmup_epochs;
    if (options_.schedule == LearningRate::kConstant) return options_.learning_rate;
    const double share = (epochs - options_.warmup_epochs) / (options_.num_epochs - options_.warmup_epochs);
    return options_.learning_rate * (1 + std::cos(std::numbers::pi * share)) / 2;
  }

  const NetworkKind& kind_;
  const NetworkShape& shape_;
  const TrainingOptions& options_;
  const TrainingData& train_;
  const TrainingData* validation_;
  Stepper stepper_;
  TorchWeights weights_{};
  at::Tensor class_weights_{};
  Tensors average_{};
  Tensors best_{};
  EpochReport report_{};
};

void CheckLabels(const TrainingData& data, const NetworkShape& shape, std::string_view part) {
  const std::span<const int> labels = data.labels();
  const std::set<int> classes(labels.begin(), labels.end());
  const bool known = !classes.empty() && *classes.begin() >= 0 && *classes.rbegin() < shape.num_classes;
  Check(labels.empty() || known, "labels are classes of the network");
  if (labels.empty() || (part == "training" && classes.size() < 2)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the {} part has {} clips of {} classes", part, labels.size(), classes.size()),
                "train on clips of two or more classes, and validate on one or more clips, or on none at all");
  }
}

std::vector<Tensor> ApplyByTorch(const NetworkKind& kind, const NetworkShape& shape, const Weights& weights,
                                 const TrainingBatch& batch) {
  const c10::NoGradGuard no_gradient;
  TorchWeights torch_weights{.learnt = {}, .measured = {}, .initial = weights, .fresh = {}};
  TorchLayers layers(torch_weights, /*training=*/false);
  at::Tensor lengths;
  if (!batch.lengths.empty()) lengths = at::tensor(batch.lengths);
  Value x = layers.Input(ToTorch(batch.inputs), lengths);
  if (kind.standardised) x = layers.Standardise("input", x);
  const NetworkOutput output = kind.apply(layers, x, shape);
  Check(torch_weights.fresh.empty(), "all weights of a network are there when it is applied");
  return {FromTorch(layers.TensorOf(output.logits)), FromTorch(layers.TensorOf(output.embedding))};
}

TrainedNetwork TrainByTorch(const NetworkKind& kind, const NetworkShape& shape, const TrainingOptions& options,
                            const TrainingData& train, const TrainingData* validation, const Weights& initial,
                            const std::string& fingerprint, std::stop_token stop,
                            const std::function<void(const TrainingProgress&)>& on_progress) {
  options.Check();
  CheckLabels(train, shape, "training");
  if (validation != nullptr) CheckLabels(*validation, shape, "validation");

  Trainer trainer(kind, shape, options, train, validation);
  trainer.Start(initial);
  const std::string training = DigestOf(kind, shape, options, initial, fingerprint);
  if (options.resume && std::filesystem::exists(options.checkpoint)) {
    const Checkpoint checkpoint = ReadCheckpoint(options.checkpoint);
    if (checkpoint.training != training) {
      throw Error(ErrorKind::kBadInput,
                  fmt::format("the checkpoint '{}' is of another training", DisplayName(options.checkpoint)),
                  "go on with the same data, network, options and number of threads, or train from the start");
    }
    trainer.GoOnFrom(checkpoint);
  }

  const auto begun = Clock::now();
  const auto first = static_cast<double>(trainer.reports.size());
  bool interrupted = false;
  while (!trainer.IsDone()) {
    const int epoch = static_cast<int>(trainer.reports.size()) + 1;
    TrainingProgress progress{.epoch = epoch, .num_epochs = options.num_epochs};
    progress.best_validation_uar = trainer.BestUar();
    const auto on_batch = [&](double share, double loss) {
      const double done = epoch - 1 + share;
      const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
      progress.share = done / options.num_epochs;
      progress.seconds_left = seconds / (done - first) * (options.num_epochs - done);
      progress.loss = loss;
      on_progress(progress);
    };
    if (!trainer.RunEpoch(epoch, stop, on_batch)) {
      interrupted = true;
      break;
    }
    if (!options.checkpoint.empty()) trainer.WriteTo(training);
    progress.best_validation_uar = trainer.BestUar();
    progress.finished = &trainer.reports.back();
    on_progress(progress);
  }
  if (trainer.best_epoch == 0) {
    throw Error(ErrorKind::kInterrupted, "training was stopped before its first epoch was done", "start it again");
  }
  TrainedNetwork result = trainer.Result();
  result.interrupted = interrupted;
  return result;
}

}  // namespace
}  // namespace sezim

extern "C" __attribute__((visibility("default")))
const sezim::TorchModule sezim_torch_module = {.train = sezim::TrainByTorch, .apply_network = sezim::ApplyByTorch};
