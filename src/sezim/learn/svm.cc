// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/svm.h"

#include <fmt/format.h>
#include <libsvm/svm.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>

#include "sezim/base/error.h"
#include "sezim/learn/matrix_product.h"

// Note [Kernels]
// Inner products and squared distances are divided by the dimension, so that the same choices of C and gamma suit a
// dozen numbers and some thousands. LIBSVM is given the kernel matrix (its type PRECOMPUTED), which all choices of C
// share: a search over a grid then costs little more than one training. Above kMaxPrecomputed utterances the matrix
// would not fit, and LIBSVM computes what it needs.

namespace sezim {
namespace {

constexpr std::size_t kMaxPrecomputed = 6000;

struct Choice {
  double gamma;  // of the Gaussian kernel; 0: linear
  double c;
};

constexpr Choice kChoices[] = {{0, 0.01},   {0, 0.1}, {0, 1},    {0, 10},    {0.25, 1}, {0.25, 10},
                               {0.25, 100}, {0.5, 1}, {0.5, 10}, {0.5, 100}, {1, 1},    {1, 10}};

std::vector<float> SquaredLengths(const FeatureMatrix& rows) {
  std::vector<float> lengths(static_cast<std::size_t>(rows.num_frames));
  for (std::int64_t i = 0; i < rows.num_frames; ++i) {
    const auto row = rows.Frame(i);
    lengths[static_cast<std::size_t>(i)] = std::inner_product(row.begin(), row.end(), row.begin(), 0.0F);
  }
  return lengths;
}

// Kernels between all of `a` and all of `b`, out of their inner products.
class Kernels {
 public:
  Kernels(const FeatureMatrix& a, const FeatureMatrix& b)
      : products_(ProductWithTransposed(a, b)), a_(SquaredLengths(a)), b_(SquaredLengths(b)), dim_(a.dim) {}

  FeatureMatrix Of(double gamma) const {
    FeatureMatrix kernel = products_;
    const auto scale = 1 / static_cast<float>(dim_);
    const auto factor = static_cast<float>(gamma) * scale;
    for (std::int64_t i = 0; i < kernel.num_frames; ++i) {
      const auto row = kernel.Frame(i);
      const float length = a_[static_cast<std::size_t>(i)];
      for (std::size_t k = 0; k < row.size(); ++k) {
        row[k] = gamma > 0 ? std::exp(-factor * std::max(0.0F, length + b_[k] - 2 * row[k])) : row[k] * scale;
      }
    }
    return kernel;
  }

 private:
  FeatureMatrix products_;
  std::vector<float> a_, b_;
  int dim_;
};

// What LIBSVM wants: rows of (index, value), each ended by index -1.
class Nodes {
 public:
  // For a given kernel: value 0 is the row's number, value k the kernel with row k - 1.
  static Nodes OfKernel(const FeatureMatrix& kernel) { return Nodes(kernel, true); }
  static Nodes OfRows(const FeatureMatrix& rows) { return Nodes(rows, false); }

  std::vector<svm_node*> Pointers() {
    std::vector<svm_node*> pointers;
    for (std::size_t at = 0; at < nodes_.size(); at += width_) pointers.push_back(&nodes_[at]);
    return pointers;
  }

 private:
  Nodes(const FeatureMatrix& rows, bool numbered) : width_(static_cast<std::size_t>(rows.dim) + (numbered ? 2 : 1)) {
    nodes_.reserve(width_ * static_cast<std::size_t>(rows.num_frames));
    for (std::int64_t i = 0; i < rows.num_frames; ++i) {
      if (numbered) nodes_.push_back({0, static_cast<double>(i + 1)});
      int index = 0;
      for (const float value : rows.Frame(i)) nodes_.push_back({++index, static_cast<double>(value)});
      nodes_.push_back({-1, 0});
    }
  }

  std::vector<svm_node> nodes_;
  std::size_t width_;
};

struct FreeModel {
  void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

svm_parameter ParametersOf(const Choice& choice, int dim, bool precomputed, std::span<const double> weights,
                           std::vector<int>& weight_labels, std::vector<double>& weight_values) {
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] <= 0) continue;
    weight_labels.push_back(static_cast<int>(k));
    weight_values.push_back(weights[k]);
  }
  svm_parameter parameters{};
  parameters.svm_type = C_SVC;
  parameters.kernel_type = precomputed ? PRECOMPUTED : choice.gamma > 0 ? RBF : LINEAR;
  parameters.gamma = choice.gamma / dim;
  parameters.cache_size = 200;
  parameters.eps = 1e-3;
  // LIBSVM's own linear kernel is not divided by the dimension.
  parameters.C = !precomputed && choice.gamma == 0 ? choice.c / dim : choice.c;
  parameters.nr_weight = static_cast<int>(weight_labels.size());
  parameters.weight_label = weight_labels.data();
  parameters.weight = weight_values.data();
  parameters.shrinking = 1;
  return parameters;
}

// A trained machine without its vectors: which utterances support it, and how much each counts for each pair of
// classes.
struct Machine {
  std::vector<std::size_t> support{};
  FeatureMatrix coefficients{};  // support x pairs
  std::vector<float> offsets{};  // of each pair, to be added
  std::vector<std::pair<int, int>> pairs{};
};

Machine MachineOf(const svm_model& model, double scale) {
  const int k = model.nr_class;
  Machine machine{.coefficients = {.num_frames = model.l, .dim = k * (k - 1) / 2}};
  machine.coefficients.values.resize(static_cast<std::size_t>(model.l) *
                                     static_cast<std::size_t>(machine.coefficients.dim));
  for (int i = 0; i < model.l; ++i) machine.support.push_back(static_cast<std::size_t>(model.sv_indices[i] - 1));
  std::vector<int> start(static_cast<std::size_t>(k) + 1);
  std::partial_sum(model.nSV, model.nSV + k, start.begin() + 1);
  int pair = 0;
  for (int a = 0; a < k; ++a) {
    for (int b = a + 1; b < k; ++b, ++pair) {
      machine.pairs.emplace_back(model.label[a], model.label[b]);
      machine.offsets.push_back(static_cast<float>(-model.rho[pair]));
      const auto take = [&](int from, int to, int coefficients) {
        for (int i = from; i < to; ++i) {
          machine.coefficients.Frame(i)[static_cast<std::size_t>(pair)] =
              static_cast<float>(scale * model.sv_coef[coefficients][i]);
        }
      };
      take(start[static_cast<std::size_t>(a)], start[static_cast<std::size_t>(a) + 1], b - 1);
      take(start[static_cast<std::size_t>(b)], start[static_cast<std::size_t>(b) + 1], a);
    }
  }
  return machine;
}

Machine Solve(const Dataset& train, Nodes& nodes, const Choice& choice, bool precomputed, bool balanced) {
  svm_set_print_string_function([](const char*) {});
  std::vector<double> targets(train.labels.begin(), train.labels.end());
  std::vector<svm_node*> pointers = nodes.Pointers();
  const svm_problem problem{static_cast<int>(train.size()), targets.data(), pointers.data()};
  std::vector<int> weight_labels;
  std::vector<double> weight_values;
  const std::vector<double> weights =
      balanced ? BalancedClassWeights(train.labels, train.num_classes) : std::vector<double>();
  const svm_parameter parameters =
      ParametersOf(choice, train.rows.dim, precomputed, weights, weight_labels, weight_values);
  const std::unique_ptr<svm_model, FreeModel> model(svm_train(&problem, &parameters));
  // With LIBSVM's own linear kernel the coefficients are for inner products that are not divided.
  const bool undivided = !precomputed && choice.gamma == 0;
  return MachineOf(*model, undivided ? train.rows.dim : 1);
}

// Logits out of kernels with the support vectors: the mean margin of a class over the others, each taken as at most 1
// (beyond, a support vector machine does not care). A class that training did not have is far below all.
FeatureMatrix LogitsOf(const Machine& machine, const FeatureMatrix& margins_without_offset, int num_classes) {
  FeatureMatrix logits{.num_frames = margins_without_offset.num_frames, .dim = num_classes};
  logits.values.assign(static_cast<std::size_t>(logits.num_frames * num_classes), 0);
  std::vector<int> rivals(static_cast<std::size_t>(num_classes));
  for (const auto& [a, b] : machine.pairs) {
    ++rivals[static_cast<std::size_t>(a)];
    ++rivals[static_cast<std::size_t>(b)];
  }
  for (std::int64_t i = 0; i < logits.num_frames; ++i) {
    const auto margins = margins_without_offset.Frame(i);
    const auto row = logits.Frame(i);
    for (std::size_t pair = 0; pair < machine.pairs.size(); ++pair) {
      const float margin = std::clamp(margins[pair] + machine.offsets[pair], -1.0F, 1.0F);
      row[static_cast<std::size_t>(machine.pairs[pair].first)] += margin;
      row[static_cast<std::size_t>(machine.pairs[pair].second)] -= margin;
    }
    for (std::size_t k = 0; k < row.size(); ++k) {
      row[k] = rivals[k] > 0 ? row[k] / static_cast<float>(rivals[k]) : kAbsentClassLogit;
    }
  }
  return logits;
}

class Svm : public Classifier {
 public:
  Svm(const Dataset& train, Machine machine, double gamma)
      : vectors_(Subset(train.rows, machine.support)),
        machine_(std::move(machine)),
        gamma_(gamma),
        num_classes_(train.num_classes) {}

  FeatureMatrix Logits(const FeatureMatrix& rows) const override {
    return LogitsOf(machine_, Product(Kernels(rows, vectors_).Of(gamma_), machine_.coefficients), num_classes_);
  }

  std::string AddTo(OnnxGraph& graph, const std::string& rows) const override {
    const std::string margins = AddOffset(graph, gamma_ > 0 ? AddGaussian(graph, rows) : AddLinear(graph, rows));
    const std::string least = graph.AddNumber(-1), most = graph.AddNumber(1);
    const std::string clipped = graph.AddNode("Clip", {margins, least, most});
    // Which pairs speak for and against a class, and the logit of a class without any.
    const auto num_pairs = static_cast<std::int64_t>(machine_.pairs.size());
    std::vector<float> rivals(static_cast<std::size_t>(num_classes_));
    for (const auto& [a, b] : machine_.pairs) {
      ++rivals[static_cast<std::size_t>(a)];
      ++rivals[static_cast<std::size_t>(b)];
    }
    FeatureMatrix votes{.num_frames = num_pairs, .dim = num_classes_};
    votes.values.resize(machine_.pairs.size() * rivals.size());
    for (std::int64_t pair = 0; pair < num_pairs; ++pair) {
      const auto [a, b] = machine_.pairs[static_cast<std::size_t>(pair)];
      votes.Frame(pair)[static_cast<std::size_t>(a)] = 1 / rivals[static_cast<std::size_t>(a)];
      votes.Frame(pair)[static_cast<std::size_t>(b)] = -1 / rivals[static_cast<std::size_t>(b)];
    }
    std::vector<float> absent;
    for (const float count : rivals) absent.push_back(count > 0 ? 0 : kAbsentClassLogit);
    const std::string summed = graph.AddNode("MatMul", {clipped, AddMatrix(graph, "votes", votes)});
    const std::string absent_name = graph.AddWeight("absent", {.shape = {num_classes_}, .values = absent});
    return graph.AddNode("Add", {summed, absent_name});
  }

 private:
  static std::string AddMatrix(OnnxGraph& graph, const std::string& name, const FeatureMatrix& matrix) {
    return graph.AddWeight(name, {.shape = {matrix.num_frames, matrix.dim}, .values = matrix.values});
  }

  std::string AddOffset(OnnxGraph& graph, const std::string& margins) const {
    const auto num_pairs = static_cast<std::int64_t>(machine_.pairs.size());
    const std::string offsets = graph.AddWeight("offsets", {.shape = {num_pairs}, .values = machine_.offsets});
    return graph.AddNode("Add", {margins, offsets});
  }

  // A linear machine is one vector for each pair, however many support it.
  std::string AddLinear(OnnxGraph& graph, const std::string& rows) const {
    FeatureMatrix weights = ProductOfTransposed(vectors_, machine_.coefficients);
    for (float& weight : weights.values) weight /= static_cast<float>(vectors_.dim);
    return graph.AddNode("MatMul", {rows, AddMatrix(graph, "weights", weights)});
  }

  std::string AddGaussian(OnnxGraph& graph, const std::string& rows) const {
    FeatureMatrix across{.num_frames = vectors_.dim, .dim = static_cast<int>(vectors_.num_frames)};
    across.values.resize(vectors_.values.size());
    for (std::int64_t i = 0; i < vectors_.num_frames; ++i) {
      for (int d = 0; d < vectors_.dim; ++d) {
        across.Frame(d)[static_cast<std::size_t>(i)] = vectors_.Frame(i)[static_cast<std::size_t>(d)];
      }
    }
    const std::int64_t last = -1;
    const std::string axes = graph.AddIntegers(std::span(&last, 1));
    const std::string squares = graph.AddNode("Mul", {rows, rows});
    const std::string lengths = graph.AddNode("ReduceSum", {squares, axes});
    const std::string products = graph.AddNode("MatMul", {rows, AddMatrix(graph, "vectors", across)});
    const std::string twice = graph.AddNode("Mul", {products, graph.AddNumber(2)});
    const std::string own =
        graph.AddWeight("lengths", {.shape = {vectors_.num_frames}, .values = SquaredLengths(vectors_)});
    const std::string sum = graph.AddNode("Add", {lengths, own});
    const std::string distances = graph.AddNode("Relu", {graph.AddNode("Sub", {sum, twice})});
    const std::string factor = graph.AddNumber(static_cast<float>(-gamma_ / vectors_.dim));
    const std::string kernel = graph.AddNode("Exp", {graph.AddNode("Mul", {distances, factor})});
    return graph.AddNode("MatMul", {kernel, AddMatrix(graph, "coefficients", machine_.coefficients)});
  }

  FeatureMatrix vectors_;
  Machine machine_;
  double gamma_;
  int num_classes_;
};

// Columns of a kernel.
FeatureMatrix Columns(const FeatureMatrix& kernel, std::span<const std::size_t> columns) {
  FeatureMatrix part{.num_frames = kernel.num_frames, .dim = static_cast<int>(columns.size())};
  part.values.reserve(columns.size() * static_cast<std::size_t>(kernel.num_frames));
  for (std::int64_t i = 0; i < kernel.num_frames; ++i) {
    const auto row = kernel.Frame(i);
    for (const std::size_t column : columns) part.values.push_back(row[column]);
  }
  return part;
}

class SvmMethod : public ClassifierMethod {
 public:
  explicit SvmMethod(const ClassifierOptions& options) : options_(options) {}

  std::vector<std::string> Choices() const override {
    std::vector<std::string> names;
    for (const Choice& choice : kChoices) {
      names.push_back(choice.gamma > 0
                          ? fmt::format("Gaussian kernel, gamma = {} / dimension, C = {}", choice.gamma, choice.c)
                          : fmt::format("linear kernel, C = {} / dimension", choice.c));
    }
    return names;
  }

  std::unique_ptr<Classifier> Train(const Dataset& train, std::size_t choice) const override {
    CheckTrainable(train);
    const Choice& chosen = std::span(kChoices)[choice];
    const bool precomputed = train.size() <= kMaxPrecomputed;
    Nodes nodes =
        precomputed ? Nodes::OfKernel(Kernels(train.rows, train.rows).Of(chosen.gamma)) : Nodes::OfRows(train.rows);
    return std::make_unique<Svm>(train, Solve(train, nodes, chosen, precomputed, options_.balanced), chosen.gamma);
  }

  std::vector<FeatureMatrix> TryAll(const Dataset& train, const FeatureMatrix& rows) const override {
    if (train.size() > kMaxPrecomputed) return ClassifierMethod::TryAll(train, rows);
    CheckTrainable(train);
    const Kernels training(train.rows, train.rows), testing(rows, train.rows);
    std::vector<FeatureMatrix> logits;
    double gamma = -1;
    FeatureMatrix test_kernel;
    std::optional<Nodes> nodes;
    for (const Choice& choice : kChoices) {
      if (choice.gamma != gamma) {
        gamma = choice.gamma;
        nodes = Nodes::OfKernel(training.Of(gamma));
        test_kernel = testing.Of(gamma);
      }
      const Machine machine = Solve(train, *nodes, choice, true, options_.balanced);
      logits.push_back(
          LogitsOf(machine, Product(Columns(test_kernel, machine.support), machine.coefficients), train.num_classes));
    }
    return logits;
  }

 private:
  ClassifierOptions options_;
};

}  // namespace

std::unique_ptr<ClassifierMethod> MakeSvmMethod(const ClassifierOptions& options) {
  return std::make_unique<SvmMethod>(options);
}

}  // namespace sezim
