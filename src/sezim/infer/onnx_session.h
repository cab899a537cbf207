// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sezim/infer/model_store.h"

namespace sezim {

// A float32 tensor, row-major.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;  // as many as the product of `shape`
};

// A network run by ONNX Runtime on one CPU thread: parallelism is over calls, not within one.
// Run may be called from several threads at once.
class OnnxSession {
 public:
  // Throws Error (kModel) if the weights cannot be run, or have other inputs or outputs than the card names.
  explicit OnnxSession(const Model& model);
  ~OnnxSession();
  OnnxSession(OnnxSession&&) noexcept;

  // Requires one tensor for each input, in the order of the card. Returns one for each output, in the order of the
  // card. Throws Error (kModel) if the network fails or a shape does not fit.
  std::vector<Tensor> Run(std::span<const Tensor> inputs) const;

  const ModelCard& card() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sezim
