// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sezim/training/networks.h"

namespace sezim {
namespace {

Value ConvNormRelu(Layers& layers, const std::string& name, Value x, int num_out, const Window& window) {
  return layers.Relu(layers.BatchNorm(name + ".norm", layers.Conv(name, x, num_out, window)));
}

Value Swish(Layers& layers, Value x) {
  return layers.Multiply(x, layers.Sigmoid(x));
}

// Half a step of a feed-forward module, as the Conformer has one before and one after its attention.
Value FeedForward(Layers& layers, const std::string& name, Value x, int dim, double dropout) {
  Value y = layers.LayerNorm(name + ".norm", x);
  y = layers.Dropout(Swish(layers, layers.Linear(name + ".wide", y, 4 * dim)), dropout);
  y = layers.Dropout(layers.Linear(name + ".out", y, dim), dropout);
  return layers.Add(x, layers.Scale(y, 0.5));
}

Value Convolution(Layers& layers, const std::string& name, Value x, int dim, double dropout) {
  const Value wide = layers.Linear(name + ".wide", layers.LayerNorm(name + ".norm", x), 2 * dim);
  Value y = layers.Multiply(layers.FirstHalf(wide), layers.Sigmoid(layers.SecondHalf(wide)));
  y = layers.DepthwiseConvOverTime(name + ".time", y, 15);
  y = Swish(layers, layers.LayerNorm(name + ".inner", y));
  return layers.Add(x, layers.Dropout(layers.Linear(name + ".out", y, dim), dropout));
}

}  // namespace

NetworkOutput Cnn(Layers& layers, Value frames, const NetworkShape& shape) {
  constexpr int kChannels[] = {32, 64, 96, 128};
  Value x = layers.AsPicture(layers.AtLeast(frames, 16));
  int index = 1;
  for (const int num_channels : kChannels) {
    x = ConvNormRelu(layers, fmt::format("conv{}", index++), x, num_channels,
                     {.height = 3, .width = 3, .pad_y = 1, .pad_x = 1});
    x = layers.MaxPool(x, {.height = 2, .width = 2, .step_y = 2, .step_x = 2});
  }
  x = layers.Dropout(layers.Mean(layers.AsSequence(x)), shape.dropout);
  x = layers.Relu(layers.Linear("hidden", x, 128));
  return {layers.Linear("classes", x, shape.num_classes), x};
}

NetworkOutput Conformer(Layers& layers, Value frames, const NetworkShape& shape) {
  constexpr int kDim = 144;
  constexpr int kNumHeads = 4;
  constexpr int kNumBlocks = 4;
  constexpr Window kHalf{.height = 3, .width = 3, .step_y = 2, .step_x = 2, .pad_y = 1, .pad_x = 1};
  Value x = layers.AsPicture(frames);
  x = ConvNormRelu(layers, "sub1", x, 32, kHalf);
  x = ConvNormRelu(layers, "sub2", x, 32, kHalf);
  x = layers.Dropout(layers.Linear("in", layers.AsSequence(x), kDim), shape.dropout);
  for (int i = 1; i <= kNumBlocks; ++i) {
    const std::string name = fmt::format("block{}", i);
    x = FeedForward(layers, name + ".before", x, kDim, shape.dropout);
    const Value seen = layers.SelfAttention(name + ".attention", layers.LayerNorm(name + ".look", x), kDim, kNumHeads);
    x = layers.Add(x, layers.Dropout(seen, shape.dropout));
    x = Convolution(layers, name + ".conv", x, kDim, shape.dropout);
    x = FeedForward(layers, name + ".after", x, kDim, shape.dropout);
    x = layers.LayerNorm(name + ".norm", x);
  }
  x = layers.Mean(x);
  return {layers.Linear("classes", layers.Dropout(x, shape.dropout), shape.num_classes), x};
}

NetworkOutput VggVox(Layers& layers, Value frames, const NetworkShape& shape) {
  constexpr Window kThree{.height = 3, .width = 3, .pad_y = 1, .pad_x = 1};
  constexpr Window kPool{.height = 3, .width = 3, .step_y = 2, .step_x = 2};
  Value x = layers.AsPicture(layers.AtLeast(frames, 120));
  x = ConvNormRelu(layers, "conv1", x, 96, {.height = 7, .width = 7, .step_y = 2, .step_x = 2, .pad_y = 1, .pad_x = 1});
  x = layers.MaxPool(x, kPool);
  x = ConvNormRelu(layers, "conv2", x, 256,
                   {.height = 5, .width = 5, .step_y = 2, .step_x = 2, .pad_y = 1, .pad_x = 1});
  x = layers.MaxPool(x, kPool);
  x = ConvNormRelu(layers, "conv3", x, 384, kThree);
  x = ConvNormRelu(layers, "conv4", x, 256, kThree);
  x = ConvNormRelu(layers, "conv5", x, 256, kThree);
  x = layers.MaxPool(x, {.height = 5, .width = 3, .step_y = 3, .step_x = 2});
  x = ConvNormRelu(layers, "fc6", x, 4096, {.height = 9, .width = 1});
  x = layers.Relu(layers.BatchNorm("fc7.norm", layers.Linear("fc7", layers.Mean(x), 1024)));
  return {layers.Linear("fc8", x, shape.num_classes), x};
}

}  // namespace sezim
