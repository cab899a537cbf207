// SPDX-License-Identifier: Apache-2.0
// Networks that are cut: whatever the bytes, no more bytes than before, which can be cut again to the same, or an Error.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sezim/base/error.h"
#include "sezim/infer/onnx_cut.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sezim::Model model;
  model.card.name = "fuzz";
  model.card.outputs.resize(1);
  model.card.outputs[0].name = "y";
  model.weights.assign(reinterpret_cast<const char*>(data), size);
  const std::array<std::string, 1> outputs = {"y"};
  try {
    const sezim::Model cut = sezim::CutModel(model, outputs);
    if (sezim::CutModel(cut, outputs).weights != cut.weights) std::abort();
  } catch (const sezim::Error&) {}
  return 0;
}
