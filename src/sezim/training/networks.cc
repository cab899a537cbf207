// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/networks.h"

#include <fmt/format.h>

#include <array>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr std::array<NetworkKind, 8> kKinds = {{
    {"dnn", NetworkInput::kVector, false, Dnn, "fully connected, on one vector a clip"},
    {"bilstm", NetworkInput::kSequence, true, BiLstm, "bidirectional LSTM on frames"},
    {"attention", NetworkInput::kSequence, true, AttentionHead, "attention pooling over layers of a representation"},
    {"cnn", NetworkInput::kSequence, true, Cnn, "convolutions on mel bands"},
    {"conformer", NetworkInput::kSequence, true, Conformer, "attention and convolutions on mel bands"},
    {"vggvox", NetworkInput::kSequence, false, VggVox, "VGGVox-M on spectrograms of 512 bins"},
    {"mini-xception", NetworkInput::kPicture, false, MiniXception, "small separable convolutions on faces"},
    {"residual", NetworkInput::kPicture, false, Residual, "residual convolutions on faces"},
}};

}  // namespace

std::span<const NetworkKind> NetworkKinds() {
  return kKinds;
}

const NetworkKind& NetworkKindOf(std::string_view name) {
  std::string known;
  for (const NetworkKind& kind : kKinds) {
    if (kind.name == name) return kind;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", kind.name);
  }
  throw Error(ErrorKind::kUsage, fmt::format("there is no network '{}'", name), fmt::format("name one of {}", known));
}

}  // namespace sezim
