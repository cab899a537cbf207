// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sezim/infer/onnx_session.h"

namespace sezim {

// What goes through a network at once.
struct TrainingBatch {
  Tensor inputs{};  // the first axis goes over the items; sequences are padded with zeros at their ends
  std::vector<std::int64_t> lengths{};  // of the sequences; empty where all fill the tensor
};

// Labelled items to train on or to validate with. Its methods are called by one thread.
class TrainingData {
 public:
  virtual ~TrainingData() = default;

  // The class of each item, from 0.
  virtual std::span<const int> labels() const = 0;

  // How long an item is: batches are made of items of about the same length.
  virtual std::int64_t LengthOf(std::size_t item) const = 0;

  // The items, changed at random (augmented) by `seed` if there is one, as they are without.
  virtual TrainingBatch Batch(std::span<const std::size_t> items, const std::uint64_t* seed) const = 0;
};

}  // namespace sezim
