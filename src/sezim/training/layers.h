// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sezim {

// A number array in a network: a handle that the Layers which gave it understands.
struct Value {
  int id = -1;
};

// A window that moves over a picture [N, C, H, W]. Sequences as pictures have time along W.
struct Window {
  int height = 1;
  int width = 1;
  int step_y = 1;
  int step_x = 1;
  int pad_y = 0;  // zeros before the first and after the last row
  int pad_x = 0;
};

// What networks are made of. A network is a function that calls these; one implementation computes (TorchLayers),
// another writes the same calls down as an ONNX graph (OnnxLayers), so that both are the same network. `name` names a
// layer's weights and is given once in a network.
//
// Shapes: vectors [N, D], sequences [N, T, D], pictures [N, C, H, W]. The clips of a batch may have different lengths:
// then they are padded at their ends, and no layer lets what lies behind a clip's end change what is within it.
class Layers {
 public:
  virtual ~Layers() = default;

  // x less a mean, times a scale, for each of the D numbers. Neither is learnt: weights NAME.mean, NAME.scale.
  virtual Value Standardise(const std::string& name, Value x) = 0;

  // A sequence shorter than `num_steps` is repeated up to that length.
  virtual Value AtLeast(Value sequence, int num_steps) = 0;

  // x W' + b over the last axis: NAME.weight [num_out, D], NAME.bias [num_out].
  virtual Value Linear(const std::string& name, Value x, int num_out) = 0;

  // A convolution without bias, for a BatchNorm follows: NAME.weight [num_out, C, height, width].
  virtual Value Conv(const std::string& name, Value picture, int num_out, const Window& window) = 0;

  // As Conv, each channel by itself: NAME.weight [C, 1, height, width].
  virtual Value DepthwiseConv(const std::string& name, Value picture, const Window& window) = 0;

  // Of a sequence, each of the D numbers by itself, over an odd number of steps centred at each: NAME.weight
  // [D, 1, 1, num_steps].
  virtual Value DepthwiseConvOverTime(const std::string& name, Value sequence, int num_steps) = 0;

  // Batch normalisation (Ioffe, Szegedy 2015) of each of the D numbers or C channels, epsilon 1e-5: NAME.weight,
  // NAME.bias, and, not learnt but averaged with momentum 0.1, NAME.mean and NAME.variance.
  virtual Value BatchNorm(const std::string& name, Value x) = 0;

  // Layer normalisation (Ba et al. 2016) over the last axis, epsilon 1e-5: NAME.weight, NAME.bias.
  virtual Value LayerNorm(const std::string& name, Value x) = 0;

  // A long short-term memory over time in both directions, [N, T, D] to [N, T, 2 num_units]; the forward half comes
  // first. NAME.input [4 num_units, D], NAME.hidden [4 num_units, num_units], NAME.input_bias, NAME.hidden_bias, each
  // also with
  // "_back"; gates in the order input, forget, cell, output.
  virtual Value BiLstm(const std::string& name, Value sequence, int num_units) = 0;

  // Multi-head scaled dot-product attention of a sequence to itself (Vaswani et al. 2017): Linear layers NAME.qkv to 3
  // D and NAME.out to D. `num_heads` divides D = `dim`.
  virtual Value SelfAttention(const std::string& name, Value sequence, int dim, int num_heads) = 0;

  // [N, T, num_layers * D] to [N, T, D]: the layers' mean, weighted by the softmax of NAME.weight [num_layers].
  virtual Value MixLayers(const std::string& name, Value sequence, int num_layers) = 0;

  virtual Value Relu(Value x) = 0;
  virtual Value Tanh(Value x) = 0;
  virtual Value Sigmoid(Value x) = 0;
  virtual Value Softmax(Value x) = 0;  // over the last axis

  // Sets this share of the numbers to 0 and scales the rest up; in training only.
  virtual Value Dropout(Value x, double share) = 0;

  // The largest number in each window; no padding over time where clips differ in length.
  virtual Value MaxPool(Value picture, const Window& window) = 0;

  virtual Value Add(Value a, Value b) = 0;
  virtual Value Multiply(Value a, Value b) = 0;
  virtual Value Scale(Value x, double factor) = 0;

  // The channels of a picture, each times one of the numbers [N, C].
  virtual Value ScaleChannels(Value picture, Value factors) = 0;

  // The first half of the last axis, and the second.
  virtual Value FirstHalf(Value x) = 0;
  virtual Value SecondHalf(Value x) = 0;

  // The mean of a sequence over time [N, D], or of a picture over height and width [N, C].
  virtual Value Mean(Value x) = 0;

  // Of a sequence of weights [N, T, H]: softmax over time.
  virtual Value SoftmaxOverTime(Value sequence) = 0;

  // The sums over time of [N, T, D] by each of the weights [N, T, H]: [N, H * D].
  virtual Value WeightedSums(Value sequence, Value weights) = 0;

  // [N, T, D] to [N, 1, D, T], and [N, C, H, T] to [N, T, C * H].
  virtual Value AsPicture(Value sequence) = 0;
  virtual Value AsSequence(Value picture) = 0;

  // A picture mirrored left to right.
  virtual Value Mirrored(Value picture) = 0;

  // Where mixup (Zhang et al. 2018) mixes each item with another; in training with that option only. Of one length.
  virtual Value MixPoint(Value x) = 0;
};

}  // namespace sezim
