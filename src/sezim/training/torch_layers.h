// SPDX-License-Identifier: Apache-2.0
#pragma once

// Not installed, and included by torch_*.cc only: it brings libtorch's headers along.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sezim/infer/weights.h"
#include "sezim/training/layers.h"
#include "sezim/training/training_options.h"

namespace sezim {

// A network's numbers while it is trained.
struct TorchWeights {
  std::map<std::string, at::Tensor> learnt;    // leaves of the gradient
  std::map<std::string, at::Tensor> measured;  // means, variances, scales

  // Values that layers start with where they have the same name and shape, in place of chance.
  Weights initial{};
  std::vector<std::string> fresh{};  // what was learnt of and is not in `initial` under that name and in that shape
};

Tensor FromTorch(const at::Tensor& tensor);
at::Tensor ToTorch(const Tensor& tensor);
at::Tensor ToTorch(Tensor&& tensor);  // takes the values over instead of copying them

// Mixup of a batch: each item becomes `share` of itself and the rest of item `partner`.
struct Mix {
  double share = 1;
  at::Tensor partner{};  // int64 [N]; undefined: no mixup
};

// Computes with libtorch on the CPU. A layer's weights are made at its first use, by chance out of torch's generator
// (Glorot, Bengio 2010, uniform; of convolutions He et al. 2015, normal; of LSTMs uniform within 1 / sqrt(num_units)).
class TorchLayers : public Layers {
 public:
  TorchLayers(TorchWeights& weights, bool training, Mix mix = {}, Precision precision = Precision::kFloat)
      : weights_(weights), training_(training), mix_(mix), precision_(precision) {}

  // What a network is applied to; `x` may be changed. `lengths` int64 [N]: how many steps of each sequence there are;
  // undefined: all.
  Value Input(at::Tensor x, at::Tensor lengths);
  const at::Tensor& TensorOf(Value value) const;

  Value Standardise(const std::string& name, Value x) override;
  Value AtLeast(Value sequence, int num_steps) override;
  Value Linear(const std::string& name, Value x, int num_out) override;
  Value Conv(const std::string& name, Value picture, int num_out, const Window& window) override;
  Value DepthwiseConv(const std::string& name, Value picture, const Window& window) override;
  Value DepthwiseConvOverTime(const std::string& name, Value sequence, int num_steps) override;
  Value BatchNorm(const std::string& name, Value x) override;
  Value LayerNorm(const std::string& name, Value x) override;
  Value BiLstm(const std::string& name, Value sequence, int num_units) override;
  Value SelfAttention(const std::string& name, Value sequence, int dim, int num_heads) override;
  Value MixLayers(const std::string& name, Value sequence, int num_layers) override;
  Value Relu(Value x) override;
  Value Tanh(Value x) override;
  Value Sigmoid(Value x) override;
  Value Softmax(Value x) override;
  Value Dropout(Value x, double share) override;
  Value MaxPool(Value picture, const Window& window) override;
  Value Add(Value a, Value b) override;
  Value Multiply(Value a, Value b) override;
  Value Scale(Value x, double factor) override;
  Value ScaleChannels(Value picture, Value factors) override;
  Value FirstHalf(Value x) override;
  Value SecondHalf(Value x) override;
  Value Mean(Value x) override;
  Value SoftmaxOverTime(Value sequence) override;
  Value WeightedSums(Value sequence, Value weights) override;
  Value AsPicture(Value sequence) override;
  Value AsSequence(Value picture) override;
  Value Mirrored(Value picture) override;
  Value MixPoint(Value x) override;

 private:
  struct Node {
    at::Tensor x;
    at::Tensor lengths;  // undefined: all items are as long as x
  };
  enum class Start { kGlorot, kHe, kLstm, kZero, kOne };

  Value New(at::Tensor x, at::Tensor lengths);
  Value Like(Value of, at::Tensor x) { return New(std::move(x), Of(of).lengths); }
  const Node& Of(Value value) const;
  at::Tensor Mask(Value value) const;    // of x's rank, 1 within an item and 0 behind its end
  at::Tensor Zeroed(Value value) const;  // x, with zeros behind the items' ends
  at::Tensor Learnt(const std::string& name, const std::vector<std::int64_t>& shape, Start start);
  at::Tensor& Measured(const std::string& name, std::int64_t size, double start);
  Value ConvBy(const at::Tensor& weight, Value picture, const Window& window, std::int64_t groups);

  TorchWeights& weights_;
  bool training_;
  Mix mix_;
  Precision precision_;
  std::vector<Node> nodes_;
};

}  // namespace sezim
