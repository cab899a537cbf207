// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sezim/training/layers.h"

namespace sezim {

// What a network takes.
enum class NetworkInput {
  kVector,    // one vector a clip [N, D]
  kSequence,  // [N, T, D]
  kPicture,   // [N, 1, side, side]
};

// What may be chosen of a network's size.
struct NetworkShape {
  int num_classes = 0;
  int dim = 0;           // D of the input, or the side of a picture
  int num_layers = 1;    // "attention": how many layers of a representation lie side by side in D
  double dropout = 0.5;  // "bilstm", "attention", "cnn", "conformer": share
  int width = 0;         // "residual": channels of its first stage; 0: its usual width
};

// The class scores before the softmax [N, num_classes], and the vector that they are computed from.
struct NetworkOutput {
  Value logits{};
  Value embedding{};
};

struct NetworkKind {
  std::string_view name;
  NetworkInput input = NetworkInput::kSequence;
  bool standardised = false;  // its input is standardised by what the training part shows: weights "input.*"
  NetworkOutput (*apply)(Layers&, Value, const NetworkShape&) = nullptr;
  std::string_view description;
};

// All networks that can be trained. Throws Error (kUsage) with the known names if there is none of that name.
std::span<const NetworkKind> NetworkKinds();
const NetworkKind& NetworkKindOf(std::string_view name);

// The harvest publication's classifier of clip vectors: batch-normalised input; hidden layers of 1024, 512, 256, 128,
// 64, 32, 16 and 8 units with ReLU; dropout of 0.5 between the 4th and the 5th; Glorot uniform weights. With D = 1024
// and 7 classes 1,751,735 numbers to learn.
NetworkOutput Dnn(Layers& layers, Value vectors, const NetworkShape& shape);

// The KEMO publication's audio network, in the form that has its 2.10 M numbers to learn: 512 units; a bidirectional
// LSTM of 256 units a direction; tanh and dropout; mean over time; 256 units with ReLU; the classes. With D = 768 and 8
// classes 2,104,072.
NetworkOutput BiLstm(Layers& layers, Value frames, const NetworkShape& shape);

// A head over the frames of a frozen representation, whose layers lie side by side in D: their weighted mean; 4 heads,
// each of which weighs the frames by a tanh network of 128 units and sums them (Lin et al. 2017, A structured
// self-attentive sentence embedding); 256 units with ReLU.
NetworkOutput AttentionHead(Layers& layers, Value frames, const NetworkShape& shape);

// A small convolutional network on mel bands: four times 3x3 convolution, batch normalisation, ReLU and 2x2 pooling,
// with 32, 64, 96 and 128 channels; mean over time; 128 units.
NetworkOutput Cnn(Layers& layers, Value frames, const NetworkShape& shape);

// A small Conformer encoder (Gulati et al. 2020) on mel bands: two strided convolutions to a quarter of the frames, 4
// blocks of 144 numbers, 4 heads and convolutions over 15 steps, mean over time. It differs from the paper: layer
// instead of batch normalisation within the convolution modules, so that nothing depends on the rest of a batch, and no
// relative positions: the convolutions tell what is near.
NetworkOutput Conformer(Layers& layers, Value frames, const NetworkShape& shape);

// VGGVox-M (Nagrani, Chung, Zisserman 2017, VoxCeleb: a large-scale speaker identification dataset, table 3) on
// spectrograms of 512 bins, normalised per bin: conv1 7x7/2 96, mpool1 3x3/2, conv2 5x5/2 256, mpool2 3x3/2, conv3 3x3
// 384, conv4 3x3 256, conv5 3x3 256, mpool5 5x3/3x2, fc6 9x1 4096, mean over time, fc7 1024, fc8 the classes; batch
// normalisation and ReLU after each but the last; paddings of 1 as in the authors' network, which give the sizes of the
// paper's table. The embedding is fc7's output behind its batch normalisation and ReLU, as of the published weights.
// Requires D = 512; a clip of less than 120 frames is repeated up to that.
NetworkOutput VggVox(Layers& layers, Value frames, const NetworkShape& shape);

// mini-Xception (Arriaga, Valdenegro-Toro, Plöger 2017, Real-time convolutional neural networks for emotion and gender
// classification) on grey faces: two 3x3 convolutions of 8 channels, four residual blocks of separable convolutions
// with 16, 32, 64 and 128 channels, one more convolution to the classes, mean. 56,944 numbers to learn with 7 classes;
// the authors' last convolution has a bias too.
NetworkOutput MiniXception(Layers& layers, Value faces, const NetworkShape& shape);

// A residual network (He et al. 2016) for small grey faces: a 3x3 convolution and 2x2 pooling, then 4 stages of 2
// blocks at 1/2, 1/4, 1/8 and 1/16 of the side, each stage twice as wide as the one before, with squeeze-and-excitation
// (Hu et al. 2018) in each block; mean; dropout. `width` is that of the first stage, a multiple of 8: with 32 it
// has 2.8 M numbers to learn and takes 78 M multiplications for a face of 48 x 48, both growing with its square.
NetworkOutput Residual(Layers& layers, Value faces, const NetworkShape& shape);

}  // namespace sezim
