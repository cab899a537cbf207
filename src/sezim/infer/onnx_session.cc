// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/onnx_session.h"

#include <fmt/format.h>
#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "sezim/base/error.h"

namespace sezim {
namespace {

// Note [One arena]
// ONNX Runtime keeps what a network's results between its layers once took. With an arena for each network the highest
// of all of them would add up, though few run at the same time; so all share one, which grows by what is asked for.
Ort::Env MakeEnvironment() {
  constexpr int kAsRequested = 1, kUsual = -1;
  Ort::Env environment(ORT_LOGGING_LEVEL_FATAL, "sezim");
  const Ort::ArenaCfg arena(0, kAsRequested, kUsual, kUsual);
  environment.CreateAndRegisterAllocator(Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault), arena);
  return environment;
}

Ort::Env& Environment() {
  static Ort::Env environment = MakeEnvironment();
  return environment;
}

std::vector<const char*> NamesOf(const std::vector<TensorCard>& tensors) {
  std::vector<const char*> names;
  for (const TensorCard& tensor : tensors) names.push_back(tensor.name.c_str());
  return names;
}

std::int64_t NumValues(std::span<const std::int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

bool Fits(std::span<const std::int64_t> shape, std::span<const std::int64_t> promised) {
  return std::equal(shape.begin(), shape.end(), promised.begin(), promised.end(),
                    [](std::int64_t given, std::int64_t wanted) { return wanted == -1 || given == wanted; });
}

}  // namespace

struct OnnxSession::Impl {
  ModelCard card;
  Ort::Session session{nullptr};

  [[noreturn]] void Fail(const std::string& what) const {
    throw Error(ErrorKind::kModel, fmt::format("the model {}: {}", card.name, what),
                fmt::format("check it with 'sezim models verify {}'", card.name));
  }

  void RequireNames(const std::vector<TensorCard>& promised, std::size_t count, const char* what,
                    const std::function<std::string(std::size_t)>& name_of) const {
    std::set<std::string> there;
    for (std::size_t i = 0; i < count; ++i) there.insert(name_of(i));
    for (const TensorCard& tensor : promised) {
      if (there.contains(tensor.name)) continue;
      throw Error(
          ErrorKind::kModel,
          fmt::format("the model {}: its card names {} '{}', the network has none", card.name, what, tensor.name),
          "correct the inputs and outputs in the card, and add the model again");
    }
  }
};

OnnxSession::OnnxSession(const Model& model) : impl_(std::make_unique<Impl>()) {
  impl_->card = model.card;
  try {
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    options.SetInterOpNumThreads(1);
    options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
    options.AddConfigEntry("session.use_env_allocators", "1");  // Note [One arena]
    impl_->session = Ort::Session(Environment(), model.weights.data(), model.weights.size(), options);
    const Ort::AllocatorWithDefaultOptions allocator;
    const Ort::Session& session = impl_->session;
    impl_->RequireNames(model.card.inputs, session.GetInputCount(), "an input",
                        [&](std::size_t i) { return std::string(session.GetInputNameAllocated(i, allocator).get()); });
    impl_->RequireNames(model.card.outputs, session.GetOutputCount(), "an output",
                        [&](std::size_t i) { return std::string(session.GetOutputNameAllocated(i, allocator).get()); });
  } catch (const Ort::Exception& error) {
    impl_->Fail(fmt::format("ONNX Runtime cannot load it ({})", error.what()));
  }
}

OnnxSession::~OnnxSession() = default;
OnnxSession::OnnxSession(OnnxSession&&) noexcept = default;

const ModelCard& OnnxSession::card() const {
  return impl_->card;
}

std::vector<Tensor> OnnxSession::Run(std::span<const Tensor> inputs) const {
  const ModelCard& card = impl_->card;
  Check(inputs.size() == card.inputs.size(), "one tensor for each input of the network");
  const Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<Ort::Value> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = inputs[i];
    Check(NumValues(tensor.shape) == static_cast<std::int64_t>(tensor.values.size()),
          "a tensor is as large as its shape");
    Check(Fits(tensor.shape, card.inputs[i].shape), "an input has the shape that the card promises");
    // ONNX Runtime takes inputs as mutable pointers and does not write to them.
    values.push_back(Ort::Value::CreateTensor<float>(memory, const_cast<float*>(tensor.values.data()),
                                                     tensor.values.size(), tensor.shape.data(), tensor.shape.size()));
  }
  std::vector<Tensor> outputs;
  try {
    const auto input_names = NamesOf(card.inputs);
    const auto output_names = NamesOf(card.outputs);
    const auto results = impl_->session.Run(Ort::RunOptions{nullptr}, input_names.data(), values.data(), values.size(),
                                            output_names.data(), output_names.size());
    for (const Ort::Value& result : results) {
      const auto info = result.GetTensorTypeAndShapeInfo();
      if (info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) impl_->Fail("an output is not float32");
      const TensorCard& promised = card.outputs[outputs.size()];
      if (!Fits(info.GetShape(), promised.shape)) {
        impl_->Fail(fmt::format("its output '{}' has another shape than its card promises", promised.name));
      }
      const float* data = result.GetTensorData<float>();
      outputs.push_back({info.GetShape(), std::vector<float>(data, data + info.GetElementCount())});
    }
  } catch (const Ort::Exception& error) {
    impl_->Fail(fmt::format("ONNX Runtime cannot run it ({})", error.what()));
  }
  return outputs;
}

}  // namespace sezim
