// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/initial_weights.h"

#include <algorithm>

#include "sezim/infer/onnx_graph.h"

namespace sezim {
namespace {

// The last layer of the networks; vggvox's is called as its authors call it.
bool IsOfLastLayer(const std::string& name) {
  return name.starts_with("classes.") || name.starts_with("fc8.");
}

// The first axis goes over `labels` before and over `classes` after.
Tensor InOrderOf(std::span<const std::string> classes, const Tensor& tensor, std::span<const std::string> labels) {
  const std::size_t each = tensor.values.size() / labels.size();
  Tensor ordered = tensor;
  ordered.shape.front() = std::ssize(classes);
  ordered.values.assign(classes.size() * each, 0);
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const auto known = std::ranges::find(labels, classes[k]);
    if (known == labels.end()) continue;
    const auto from = tensor.values.begin() + (known - labels.begin()) * static_cast<std::ptrdiff_t>(each);
    std::copy_n(from, each, ordered.values.begin() + static_cast<std::ptrdiff_t>(k * each));
  }
  return ordered;
}

}  // namespace

Weights InitialWeights(const NetworkStart& start, std::span<const std::string> classes) {
  if (!start.initial) return {};
  const ModelCard& card = start.initial->card;
  const bool has_common = std::ranges::any_of(
      classes, [&](const auto& one) { return std::ranges::find(card.labels, one) != card.labels.end(); });
  Weights weights;
  for (auto& [name, tensor] : ReadOnnxWeights(start.initial->weights, card.name)) {
    const bool fits = !tensor.shape.empty() && tensor.shape.front() == std::ssize(card.labels);
    if (!IsOfLastLayer(name)) {
      weights.emplace(name, tensor);
    } else if (has_common && fits) {
      weights.emplace(name, InOrderOf(classes, tensor, card.labels));
    }
  }
  return weights;
}

}  // namespace sezim
