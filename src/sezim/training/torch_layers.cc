// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/torch_layers.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr double kEpsilon = 1e-5;
constexpr double kMomentum = 0.1;

at::Tensor StepsOf(const at::Tensor& lengths, std::int64_t size, std::int64_t step, std::int64_t pad) {
  if (!lengths.defined()) return {};
  return (lengths + (2 * pad - size)).floor_divide(step) + 1;
}

}  // namespace

Tensor FromTorch(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.detach().to(at::kFloat).contiguous();
  const auto* first = plain.const_data_ptr<float>();
  return {plain.sizes().vec(), std::vector<float>(first, first + plain.numel())};
}

at::Tensor ToTorch(const Tensor& tensor) {
  return at::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape, at::kFloat).clone();
}

at::Tensor ToTorch(Tensor&& tensor) {
  auto values = std::make_shared<std::vector<float>>(std::move(tensor.values));
  return at::from_blob(
      values->data(), tensor.shape, [values](void*) {}, at::kFloat);
}

// ---- Values

Value TorchLayers::New(at::Tensor x, at::Tensor lengths) {
  nodes_.push_back({std::move(x), std::move(lengths)});
  return {static_cast<int>(nodes_.size()) - 1};
}

Value TorchLayers::Input(at::Tensor x, at::Tensor lengths) {
  return New(std::move(x), std::move(lengths));
}

const TorchLayers::Node& TorchLayers::Of(Value value) const {
  return nodes_.at(static_cast<std::size_t>(value.id));
}

const at::Tensor& TorchLayers::TensorOf(Value value) const {
  return Of(value).x;
}

// Time is the second axis of a sequence and the last of a picture.
at::Tensor TorchLayers::Mask(Value value) const {
  const auto& [x, lengths] = Of(value);
  const std::int64_t time = x.dim() == 4 ? 3 : 1;
  const at::Tensor within = at::arange(x.size(time), at::kLong).unsqueeze(0) < lengths.unsqueeze(1);
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[0] = x.size(0);
  shape[static_cast<std::size_t>(time)] = x.size(time);
  return within.to(at::kFloat).reshape(shape);
}

at::Tensor TorchLayers::Zeroed(Value value) const {
  const auto& [x, lengths] = Of(value);
  return lengths.defined() ? x * Mask(value) : x;
}

at::Tensor TorchLayers::Learnt(const std::string& name, const std::vector<std::int64_t>& shape, Start start) {
  const auto known = weights_.learnt.find(name);
  if (known != weights_.learnt.end()) return known->second;
  at::Tensor weight = at::empty(shape, at::kFloat);
  const auto given = weights_.initial.find(name);
  if (given != weights_.initial.end() && given->second.shape == shape) {
    weight = ToTorch(given->second);
  } else {
    if (!weights_.initial.empty()) weights_.fresh.push_back(name);
    const auto outs = static_cast<double>(shape[0]);
    const double ins = static_cast<double>(weight.numel()) / outs;
    switch (start) {
      case Start::kGlorot: {
        const double bound = std::sqrt(6 / (ins + outs));
        weight.uniform_(-bound, bound);
        break;
      }
      case Start::kHe: weight.normal_(0, std::sqrt(2 / ins)); break;
      case Start::kLstm: {
        const double bound = 1 / std::sqrt(outs / 4);
        weight.uniform_(-bound, bound);
        break;
      }
      case Start::kZero: weight.zero_(); break;
      case Start::kOne: weight.fill_(1);
    }
  }
  weight.set_requires_grad(true);
  weights_.learnt.emplace(name, weight);
  return weight;
}

at::Tensor& TorchLayers::Measured(const std::string& name, std::int64_t size, double start) {
  const auto known = weights_.measured.find(name);
  if (known != weights_.measured.end()) return known->second;
  const auto given = weights_.initial.find(name);
  const bool fits = given != weights_.initial.end() && given->second.shape == std::vector<std::int64_t>{size};
  return weights_.measured[name] = fits ? ToTorch(given->second) : at::full({size}, start, at::kFloat);
}

// ---- Layers with weights

// In place: it is of the input, which nothing else looks at, and batches are large.
Value TorchLayers::Standardise(const std::string& name, Value x) {
  Check(x.id == 0 && !TensorOf(x).requires_grad(), "what is standardised is the input");
  const std::int64_t dim = TensorOf(x).size(-1);
  const at::Tensor mean = Measured(name + ".mean", dim, 0);
  const at::Tensor scale = Measured(name + ".scale", dim, 1);
  at::Tensor input = TensorOf(x);
  return Like(x, input.sub_(mean).mul_(scale));
}

Value TorchLayers::Linear(const std::string& name, Value x, int num_out) {
  const at::Tensor weight = Learnt(name + ".weight", {num_out, TensorOf(x).size(-1)}, Start::kGlorot);
  return Like(x, at::linear(TensorOf(x), weight, Learnt(name + ".bias", {num_out}, Start::kZero)));
}

Value TorchLayers::ConvBy(const at::Tensor& weight, Value picture, const Window& window, std::int64_t groups) {
  at::Tensor x = Zeroed(picture), by = weight;
  if (precision_ == Precision::kBfloat16) {
    // A pixel's channels side by side, which what is computed between convolutions takes faster, too.
    for (at::Tensor* each : {&x, &by}) *each = each->to(at::kBFloat16).contiguous(at::MemoryFormat::ChannelsLast);
  }
  return New(at::conv2d(x, by, {}, at::IntArrayRef{window.step_y, window.step_x},
                        at::IntArrayRef{window.pad_y, window.pad_x}, 1, groups),
             StepsOf(Of(picture).lengths, window.width, window.step_x, window.pad_x));
}

Value TorchLayers::Conv(const std::string& name, Value picture, int num_out, const Window& window) {
  const at::Tensor weight =
      Learnt(name + ".weight", {num_out, TensorOf(picture).size(1), window.height, window.width}, Start::kHe);
  return ConvBy(weight, picture, window, 1);
}

Value TorchLayers::DepthwiseConv(const std::string& name, Value picture, const Window& window) {
  const std::int64_t num_channels = TensorOf(picture).size(1);
  const at::Tensor weight = Learnt(name + ".weight", {num_channels, 1, window.height, window.width}, Start::kHe);
  return ConvBy(weight, picture, window, num_channels);
}

Value TorchLayers::DepthwiseConvOverTime(const std::string& name, Value sequence, int num_steps) {
  const std::int64_t dim = TensorOf(sequence).size(-1);
  const at::Tensor weight = Learnt(name + ".weight", {dim, 1, 1, num_steps}, Start::kHe);
  const at::Tensor picture = Zeroed(sequence).transpose(1, 2).unsqueeze(2);  // [N, D, 1, T]
  const at::Tensor y = at::conv2d(picture, weight, {}, 1, at::IntArrayRef{0, num_steps / 2}, 1, dim);
  return Like(sequence, y.squeeze(2).transpose(1, 2));
}

Value TorchLayers::BatchNorm(const std::string& name, Value value) {
  const at::Tensor& x = TensorOf(value);
  const bool picture = x.dim() == 4;
  const std::int64_t size = picture ? x.size(1) : x.size(-1);
  const at::Tensor weight = Learnt(name + ".weight", {size}, Start::kOne);
  const at::Tensor bias = Learnt(name + ".bias", {size}, Start::kZero);
  at::Tensor& mean = Measured(name + ".mean", size, 0);
  at::Tensor& variance = Measured(name + ".variance", size, 1);
  if (!training_ || !Of(value).lengths.defined()) {
    return Like(value, at::batch_norm(x, weight, bias, mean, variance, training_, kMomentum, kEpsilon, false));
  }
  Check(picture, "batch normalisation is of vectors and pictures");
  const at::Tensor mask = Mask(value);
  const at::Tensor count = mask.sum() * x.size(2);
  const at::Tensor batch_mean = (x * mask).sum({0, 2, 3}, true) / count;
  const at::Tensor centred = x - batch_mean;
  const at::Tensor batch_variance = ((centred * mask).square()).sum({0, 2, 3}, true) / count;
  mean = at::lerp(mean, batch_mean.detach().flatten(), kMomentum);
  variance = at::lerp(variance, batch_variance.detach().flatten() * (count / (count - 1).clamp_min(1)), kMomentum);
  const at::Tensor scale = weight.reshape({1, size, 1, 1}) * (batch_variance + kEpsilon).rsqrt();
  return Like(value, centred * scale + bias.reshape({1, size, 1, 1}));
}

Value TorchLayers::LayerNorm(const std::string& name, Value x) {
  const std::int64_t dim = TensorOf(x).size(-1);
  const at::Tensor weight = Learnt(name + ".weight", {dim}, Start::kOne);
  return Like(x, at::layer_norm(TensorOf(x), {dim}, weight, Learnt(name + ".bias", {dim}, Start::kZero), kEpsilon));
}

Value TorchLayers::BiLstm(const std::string& name, Value sequence, int num_units) {
  const at::Tensor& x = TensorOf(sequence);
  const std::int64_t num_gates = std::int64_t{4} * num_units;
  std::vector<at::Tensor> parameters;
  for (const char* direction : {"", "_back"}) {
    parameters.push_back(Learnt(name + ".input" + direction, {num_gates, x.size(2)}, Start::kLstm));
    parameters.push_back(Learnt(name + ".hidden" + direction, {num_gates, num_units}, Start::kLstm));
    parameters.push_back(Learnt(name + ".input_bias" + direction, {num_gates}, Start::kLstm));
    parameters.push_back(Learnt(name + ".hidden_bias" + direction, {num_gates}, Start::kLstm));
  }
  const auto pass = [&](const at::Tensor& steps, std::size_t direction) {
    const at::Tensor none = at::zeros({1, x.size(0), num_units}, at::kFloat);
    const auto own = at::TensorList(parameters).slice(4 * direction, 4);
    return std::get<0>(at::lstm(steps, {none, none}, own, true, 1, 0, training_, false, true));
  };
  // The other direction hears each item's steps in reverse, with what is behind its end still behind it, where it can
  // change nothing before. (Packed sequences would do, too, but take time that grows with the square of the length.)
  const std::int64_t num_steps = x.size(1);
  const at::Tensor step = at::arange(num_steps, at::kLong).unsqueeze(0);
  const at::Tensor& lengths = Of(sequence).lengths;
  const at::Tensor mirrored = lengths.defined() ? lengths.unsqueeze(1) - 1 - step : num_steps - 1 - step;
  const at::Tensor order = at::where(mirrored.ge(0), mirrored, step).expand({x.size(0), num_steps}).unsqueeze(2);
  const auto reversed = [&](const at::Tensor& steps) { return steps.gather(1, order.expand_as(steps)); };
  return Like(sequence, at::cat({pass(x, 0), reversed(pass(reversed(x), 1))}, 2));
}

Value TorchLayers::SelfAttention(const std::string& name, Value sequence, int dim, int num_heads) {
  const std::int64_t num_items = TensorOf(sequence).size(0);
  const std::int64_t num_steps = TensorOf(sequence).size(1);
  const at::Tensor qkv = TensorOf(Linear(name + ".qkv", sequence, 3 * dim))
                             .reshape({num_items, num_steps, 3, num_heads, dim / num_heads})
                             .permute({2, 0, 3, 1, 4});
  at::Tensor likes = at::matmul(qkv[0], qkv[1].transpose(-1, -2)) / std::sqrt(static_cast<double>(dim / num_heads));
  if (Of(sequence).lengths.defined()) {
    likes = likes.masked_fill(Mask(sequence).reshape({num_items, 1, 1, num_steps}) == 0, -1e30);
  }
  const at::Tensor seen = at::matmul(at::softmax(likes, -1), qkv[2]).transpose(1, 2);
  return Linear(name + ".out", Like(sequence, seen.reshape({num_items, num_steps, dim})), dim);
}

Value TorchLayers::MixLayers(const std::string& name, Value sequence, int num_layers) {
  const at::Tensor& x = TensorOf(sequence);
  const at::Tensor shares = at::softmax(Learnt(name + ".weight", {num_layers}, Start::kZero), 0);
  // One layer after the other: a matrix product would first copy all of them into another order.
  const std::int64_t dim = x.size(2) / num_layers;
  at::Tensor sum = x.narrow(2, 0, dim) * shares[0];
  for (int layer = 1; layer < num_layers; ++layer) sum = sum + x.narrow(2, layer * dim, dim) * shares[layer];
  return Like(sequence, sum);
}

// ---- Layers without weights

Value TorchLayers::AtLeast(Value sequence, int num_steps) {
  const auto& [x, given] = Of(sequence);
  const std::int64_t longest = std::max<std::int64_t>(x.size(1), num_steps);
  const at::Tensor lengths = given.defined() ? given : at::full({x.size(0)}, x.size(1), at::kLong);
  if (lengths.min().item<std::int64_t>() >= num_steps) return sequence;
  const at::Tensor from = at::arange(longest, at::kLong).unsqueeze(0).remainder(lengths.unsqueeze(1));
  const at::Tensor repeated = x.gather(1, from.unsqueeze(2).expand({x.size(0), longest, x.size(2)}));
  return New(repeated, lengths.clamp_min(num_steps));
}

Value TorchLayers::Relu(Value x) {
  return Like(x, at::relu(TensorOf(x)));
}

Value TorchLayers::Tanh(Value x) {
  return Like(x, at::tanh(TensorOf(x)));
}

Value TorchLayers::Sigmoid(Value x) {
  return Like(x, at::sigmoid(TensorOf(x)));
}

Value TorchLayers::Softmax(Value x) {
  return Like(x, at::softmax(TensorOf(x), -1));
}

Value TorchLayers::Dropout(Value x, double share) {
  return training_ && share > 0 ? Like(x, at::dropout(TensorOf(x), share, true)) : x;
}

Value TorchLayers::MaxPool(Value picture, const Window& window) {
  Check(!Of(picture).lengths.defined() || window.pad_x == 0, "pooling over time has no padding");
  return New(at::max_pool2d(TensorOf(picture), {window.height, window.width}, {window.step_y, window.step_x},
                            {window.pad_y, window.pad_x}),
             StepsOf(Of(picture).lengths, window.width, window.step_x, 0));
}

Value TorchLayers::Add(Value a, Value b) {
  return Like(a, TensorOf(a) + TensorOf(b));
}

Value TorchLayers::Multiply(Value a, Value b) {
  return Like(a, TensorOf(a) * TensorOf(b));
}

Value TorchLayers::Scale(Value x, double factor) {
  return Like(x, TensorOf(x) * factor);
}

Value TorchLayers::ScaleChannels(Value picture, Value factors) {
  const at::Tensor& x = TensorOf(picture);
  return Like(picture, x * TensorOf(factors).to(x.scalar_type()).unsqueeze(2).unsqueeze(3));
}

Value TorchLayers::FirstHalf(Value x) {
  return Like(x, TensorOf(x).chunk(2, -1)[0]);
}

Value TorchLayers::SecondHalf(Value x) {
  return Like(x, TensorOf(x).chunk(2, -1)[1]);
}

Value TorchLayers::Mean(Value value) {
  const auto& [x, lengths] = Of(value);
  const std::vector<std::int64_t> axes = x.dim() == 4 ? std::vector<std::int64_t>{2, 3} : std::vector<std::int64_t>{1};
  if (!lengths.defined()) return New(x.mean(axes, /*keepdim=*/false, at::kFloat), {});
  const std::int64_t height = x.dim() == 4 ? x.size(2) : 1;
  return New(Zeroed(value).sum(axes) / (lengths * height).unsqueeze(1), {});
}

Value TorchLayers::SoftmaxOverTime(Value sequence) {
  at::Tensor x = TensorOf(sequence);
  if (Of(sequence).lengths.defined()) x = x.masked_fill(Mask(sequence) == 0, -1e30);
  return Like(sequence, at::softmax(x, 1));
}

Value TorchLayers::WeightedSums(Value sequence, Value weights) {
  return New(at::matmul(TensorOf(weights).transpose(1, 2), Zeroed(sequence)).flatten(1), {});
}

Value TorchLayers::AsPicture(Value sequence) {
  return Like(sequence, TensorOf(sequence).transpose(1, 2).unsqueeze(1));
}

Value TorchLayers::AsSequence(Value picture) {
  return Like(picture, TensorOf(picture).flatten(1, 2).transpose(1, 2));
}

Value TorchLayers::Mirrored(Value picture) {
  return Like(picture, TensorOf(picture).flip(3));
}

Value TorchLayers::MixPoint(Value x) {
  if (!training_ || !mix_.partner.defined()) return x;
  Check(!Of(x).lengths.defined(), "mixup is of items of one length");
  return New(TensorOf(x) * mix_.share + TensorOf(x).index_select(0, mix_.partner) * (1 - mix_.share), {});
}

}  // namespace sezim
