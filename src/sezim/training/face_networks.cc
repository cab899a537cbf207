// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sezim/training/networks.h"

namespace sezim {
namespace {

constexpr Window kThree{.height = 3, .width = 3, .pad_y = 1, .pad_x = 1};

Value ConvNorm(Layers& layers, const std::string& name, Value x, int num_out, const Window& window) {
  return layers.BatchNorm(name + ".norm", layers.Conv(name, x, num_out, window));
}

Value SeparableNorm(Layers& layers, const std::string& name, Value x, int num_out) {
  return ConvNorm(layers, name, layers.DepthwiseConv(name + ".each", x, kThree), num_out, {});
}

Value ResidualBlock(Layers& layers, const std::string& name, Value x, int num_out, int step, bool widens) {
  Window first = kThree;
  first.step_y = first.step_x = step;
  Value y = layers.Relu(ConvNorm(layers, name + ".a", x, num_out, first));
  y = ConvNorm(layers, name + ".b", y, num_out, kThree);
  const Value squeezed = layers.Relu(layers.Linear(name + ".squeeze", layers.Mean(y), num_out / 8));
  y = layers.ScaleChannels(y, layers.Sigmoid(layers.Linear(name + ".excite", squeezed, num_out)));
  const Value past = widens ? ConvNorm(layers, name + ".past", x, num_out, {.step_y = step, .step_x = step}) : x;
  return layers.Relu(layers.Add(past, y));
}

}  // namespace

NetworkOutput MiniXception(Layers& layers, Value faces, const NetworkShape& shape) {
  Value x = layers.MixPoint(faces);
  for (const char* name : {"conv1", "conv2"}) {
    x = layers.Relu(ConvNorm(layers, name, x, 8, {.height = 3, .width = 3}));
  }
  int index = 1;
  for (const int num_channels : {16, 32, 64, 128}) {
    const std::string name = fmt::format("block{}", index++);
    const Value past = ConvNorm(layers, name + ".past", x, num_channels, {.step_y = 2, .step_x = 2});
    Value y = layers.Relu(SeparableNorm(layers, name + ".a", x, num_channels));
    y = SeparableNorm(layers, name + ".b", y, num_channels);
    y = layers.MaxPool(y, {.height = 3, .width = 3, .step_y = 2, .step_x = 2, .pad_y = 1, .pad_x = 1});
    x = layers.Add(past, y);
  }
  return {layers.Mean(layers.Conv("classes", x, shape.num_classes, kThree)), layers.Mean(x)};
}

NetworkOutput Residual(Layers& layers, Value faces, const NetworkShape& shape) {
  const int width = shape.width > 0 ? shape.width : 32;
  Value x = layers.Relu(ConvNorm(layers, "stem", layers.MixPoint(faces), width, kThree));
  x = layers.MaxPool(x, {.height = 2, .width = 2, .step_y = 2, .step_x = 2});
  for (int stage = 0; stage < 4; ++stage) {
    for (int block = 0; block < 2; ++block) {
      const bool shrinks = block == 0 && stage > 0;
      x = ResidualBlock(layers, fmt::format("stage{}.block{}", stage + 1, block + 1), x, width << stage,
                        shrinks ? 2 : 1, shrinks);
    }
  }
  const Value embedding = layers.Mean(x);
  return {layers.Linear("classes", layers.Dropout(embedding, shape.dropout), shape.num_classes), embedding};
}

}  // namespace sezim
