// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sezim/infer/onnx_graph.h"
#include "sezim/training/networks.h"

namespace sezim {

// A trained network as an ONNX model:
//   input   "vectors" [N, D], "frames" [N, T, D] (all clips of a call are as long as each other; N and T are free, from
//   1
//           on) or "image" [N, 1, side, side];
//   output  "logits" [N, num_classes], class scores before the softmax, and "embedding" [N, E], what they are made of.
// Its initializers have the names and shapes that Layers describes, so that ReadOnnxWeights gives `weights` back.
// Requires all weights of the network to be there.
struct OnnxExport {
  bool mirrored = false;  // pictures: logits are the mean of those of the picture and of its mirror image
  int input_side = 0;  // pictures: the input's side, scaled to the network's own by bilinear interpolation; 0: its own
  bool probabilities = false;  // the one output is "probabilities" [N, num_classes] instead
};
std::string WriteNetwork(const NetworkKind& kind, const NetworkShape& shape, const Weights& weights,
                         const OnnxExport& options = {});

}  // namespace sezim
