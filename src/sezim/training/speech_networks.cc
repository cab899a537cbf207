// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sezim/training/networks.h"

namespace sezim {

NetworkOutput Dnn(Layers& layers, Value vectors, const NetworkShape& shape) {
  constexpr int kUnits[] = {1024, 512, 256, 128, 64, 32, 16, 8};
  Value x = layers.BatchNorm("norm", vectors);
  int index = 1;
  for (const int num_units : kUnits) {
    x = layers.Relu(layers.Linear(fmt::format("hidden{}", index), x, num_units));
    if (index == 4) x = layers.Dropout(x, 0.5);
    ++index;
  }
  return {layers.Linear("classes", x, shape.num_classes), x};
}

NetworkOutput BiLstm(Layers& layers, Value frames, const NetworkShape& shape) {
  Value x = layers.Linear("in", frames, 512);
  x = layers.BiLstm("lstm", x, 256);
  x = layers.Dropout(layers.Tanh(x), shape.dropout);
  x = layers.Relu(layers.Linear("hidden", layers.Mean(x), 256));
  return {layers.Linear("classes", x, shape.num_classes), x};
}

NetworkOutput AttentionHead(Layers& layers, Value frames, const NetworkShape& shape) {
  constexpr int kNumHeads = 4;
  const Value x = layers.LayerNorm("norm", layers.MixLayers("layers", frames, shape.num_layers));
  const Value likes = layers.Linear("heads", layers.Tanh(layers.Linear("look", x, 128)), kNumHeads);
  Value pooled = layers.WeightedSums(x, layers.SoftmaxOverTime(likes));
  pooled = layers.MixPoint(pooled);
  pooled = layers.Relu(layers.Linear("hidden", layers.Dropout(pooled, shape.dropout), 256));
  return {layers.Linear("classes", layers.Dropout(pooled, shape.dropout), shape.num_classes), pooled};
}

}  // namespace sezim
