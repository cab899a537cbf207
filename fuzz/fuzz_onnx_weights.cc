// SPDX-License-Identifier: Apache-2.0
// Weights of an ONNX model: whatever the bytes, tensors that are as large as their shapes say or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sezim/base/error.h"
#include "sezim/infer/onnx_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    for (const auto& [name, tensor] : sezim::ReadOnnxWeights({reinterpret_cast<const char*>(data), size}, "fuzz")) {
      std::int64_t count = 1;
      for (const std::int64_t each : tensor.shape) count *= each;
      if (count != std::ssize(tensor.values)) std::abort();
    }
  } catch (const sezim::Error&) {}
  return 0;
}
