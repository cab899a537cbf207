// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/onnx_layers.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <set>

#include "sezim/base/error.h"

namespace sezim {
namespace {

using Integers = std::vector<std::int64_t>;

// Writes each call down as nodes. Weights keep their names and shapes in the file; where ONNX wants another order,
// nodes make it of them, which the runtime does once, when it loads the model.
class OnnxLayers : public Layers {
 public:
  OnnxLayers(OnnxGraph& graph, const Weights& weights) : graph_(graph), weights_(weights) {}

  Value Input(const std::string& name, int rank) { return New(name, rank); }
  const std::string& NameOf(Value value) const { return nodes_.at(static_cast<std::size_t>(value.id)).name; }

  // A picture in another size, pixels' centres kept in place.
  Value Scaled(Value picture, int from, int to) {
    const float scale = static_cast<float>(to) / static_cast<float>(from);
    const std::string scales = graph_.AddWeight("scaled", {.shape = {4}, .values = {1, 1, scale, scale}});
    return Like(picture,
                Node("Resize", {NameOf(picture), "", scales},
                     {{"coordinate_transformation_mode", std::string("half_pixel")}, {"mode", std::string("linear")}}));
  }

  Value Standardise(const std::string& name, Value x) override {
    return Like(x, Node("Mul", {Node("Sub", {NameOf(x), Weight(name + ".mean")}), Weight(name + ".scale")}));
  }

  Value AtLeast(Value sequence, int num_steps) override {
    const std::string& x = NameOf(sequence);
    const std::string shape = Node("Shape", {x});
    const std::string length = Node("Gather", {shape, graph_.AddInteger(1)}, {{"axis", std::int64_t{0}}});
    const std::string longest = Node("Max", {length, graph_.AddInteger(num_steps)});
    const std::string steps = Node("Range", {graph_.AddInteger(0), longest, graph_.AddInteger(1)});
    return Like(sequence, Node("Gather", {x, Node("Mod", {steps, length})}, {{"axis", std::int64_t{1}}}));
  }

  Value Linear(const std::string& name, Value x, int) override {
    const std::string transposed = Node("Transpose", {Weight(name + ".weight")}, {{"perm", Integers{1, 0}}});
    return Like(x, Node("Add", {Node("MatMul", {NameOf(x), transposed}), Weight(name + ".bias")}));
  }

  Value Conv(const std::string& name, Value picture, int, const Window& window) override {
    return ConvBy(Weight(name + ".weight"), picture, window, 1);
  }

  Value DepthwiseConv(const std::string& name, Value picture, const Window& window) override {
    return ConvBy(Weight(name + ".weight"), picture, window, SizeOf(name + ".weight"));
  }

  Value DepthwiseConvOverTime(const std::string& name, Value sequence, int num_steps) override {
    const Value picture = New(Unsqueezed(Transposed(sequence, {0, 2, 1}), 2), 4);
    const Value y = ConvBy(Weight(name + ".weight"), picture, {.width = num_steps, .pad_x = num_steps / 2},
                           SizeOf(name + ".weight"));
    const std::string flat = Node("Squeeze", {NameOf(y), graph_.AddIntegers(Integers{2})});
    return New(Node("Transpose", {flat}, {{"perm", Integers{0, 2, 1}}}), 3);
  }

  Value BatchNorm(const std::string& name, Value x) override {
    return Like(x, Node("BatchNormalization",
                        {NameOf(x), Weight(name + ".weight"), Weight(name + ".bias"), Weight(name + ".mean"),
                         Weight(name + ".variance")},
                        {{"epsilon", 1e-5F}}));
  }

  Value LayerNorm(const std::string& name, Value x) override {
    return Like(x, Node("LayerNormalization", {NameOf(x), Weight(name + ".weight"), Weight(name + ".bias")},
                        {{"axis", std::int64_t{-1}}, {"epsilon", 1e-5F}}));
  }

  Value BiLstm(const std::string& name, Value sequence, int num_units) override {
    // ONNX orders the gates input, output, forget, cell; ours are input, forget, cell, output.
    const auto ordered = [&](const std::string& weight) {
      const std::string gates = Node("Reshape", {Weight(weight), graph_.AddIntegers(Integers{4, num_units, -1})});
      const std::string order = graph_.AddIntegers(Integers{0, 3, 1, 2});
      return Node("Gather", {gates, order}, {{"axis", std::int64_t{0}}});
    };
    const auto both = [&](const std::string& weight, const Integers& shape) {
      const std::string joined =
          Node("Concat", {ordered(weight), ordered(weight + "_back")}, {{"axis", std::int64_t{0}}});
      return Node("Reshape", {joined, graph_.AddIntegers(shape)});
    };
    const std::string input = both(name + ".input", {2, std::int64_t{4} * num_units, -1});
    const std::string hidden = both(name + ".hidden", {2, std::int64_t{4} * num_units, -1});
    const std::string bias = Node("Concat", {both(name + ".input_bias", {2, -1}), both(name + ".hidden_bias", {2, -1})},
                                  {{"axis", std::int64_t{1}}});
    // [T, N, D] to [T, 2, N, H], to [N, T, 2 H].
    const std::string y = Node("LSTM", {Transposed(sequence, {1, 0, 2}), input, hidden, bias},
                               {{"hidden_size", std::int64_t{num_units}}, {"direction", std::string("bidirectional")}});
    const std::string items = Node("Transpose", {y}, {{"perm", Integers{2, 0, 1, 3}}});
    return New(Node("Reshape", {items, graph_.AddIntegers(Integers{0, 0, -1})}), 3);
  }

  Value SelfAttention(const std::string& name, Value sequence, int dim, int num_heads) override {
    const std::int64_t head_dim = dim / num_heads;
    const std::string split = Node("Reshape", {NameOf(Linear(name + ".qkv", sequence, 3 * dim)),
                                               graph_.AddIntegers(Integers{0, 0, 3, num_heads, head_dim})});
    const auto part = [&](std::int64_t which, const Integers& order) {
      const std::string one = Node("Gather", {split, graph_.AddInteger(which)}, {{"axis", std::int64_t{2}}});
      return Node("Transpose", {one}, {{"perm", order}});
    };
    const std::string likes = Node("MatMul", {part(0, {0, 2, 1, 3}), part(1, {0, 2, 3, 1})});
    const auto root = static_cast<float>(std::sqrt(static_cast<double>(head_dim)));
    const std::string shares =
        Node("Softmax", {Node("Div", {likes, graph_.AddNumber(root)})}, {{"axis", std::int64_t{-1}}});
    const std::string seen =
        Node("Transpose", {Node("MatMul", {shares, part(2, {0, 2, 1, 3})})}, {{"perm", Integers{0, 2, 1, 3}}});
    const Value joined = New(Node("Reshape", {seen, graph_.AddIntegers(Integers{0, 0, dim})}), 3);
    return Linear(name + ".out", joined, dim);
  }

  Value MixLayers(const std::string& name, Value sequence, int num_layers) override {
    const std::string layers = Node("Reshape", {NameOf(sequence), graph_.AddIntegers(Integers{0, 0, num_layers, -1})});
    const std::string shares = Node("Softmax", {Weight(name + ".weight")}, {{"axis", std::int64_t{0}}});
    const std::string row = Unsqueezed(shares, 0);
    const std::string mixed = Node("MatMul", {row, layers});
    return New(Node("Squeeze", {mixed, graph_.AddIntegers(Integers{2})}), 3);
  }

  Value Relu(Value x) override { return Like(x, Node("Relu", {NameOf(x)})); }
  Value Tanh(Value x) override { return Like(x, Node("Tanh", {NameOf(x)})); }
  Value Sigmoid(Value x) override { return Like(x, Node("Sigmoid", {NameOf(x)})); }
  Value Softmax(Value x) override { return Like(x, Node("Softmax", {NameOf(x)}, {{"axis", std::int64_t{-1}}})); }
  Value Dropout(Value x, double) override { return x; }
  Value MixPoint(Value x) override { return x; }

  Value MaxPool(Value picture, const Window& window) override {
    return Like(picture, Node("MaxPool", {NameOf(picture)},
                              {{"kernel_shape", Integers{window.height, window.width}},
                               {"pads", Integers{window.pad_y, window.pad_x, window.pad_y, window.pad_x}},
                               {"strides", Integers{window.step_y, window.step_x}}}));
  }

  Value Add(Value a, Value b) override { return Like(a, Node("Add", {NameOf(a), NameOf(b)})); }
  Value Multiply(Value a, Value b) override { return Like(a, Node("Mul", {NameOf(a), NameOf(b)})); }
  Value Scale(Value x, double factor) override {
    return Like(x, Node("Mul", {NameOf(x), graph_.AddNumber(static_cast<float>(factor))}));
  }

  Value ScaleChannels(Value picture, Value factors) override {
    const std::string planes = Node("Unsqueeze", {NameOf(factors), graph_.AddIntegers(Integers{2, 3})});
    return Like(picture, Node("Mul", {NameOf(picture), planes}));
  }

  Value FirstHalf(Value x) override { return Half(x, 0); }
  Value SecondHalf(Value x) override { return Half(x, 1); }

  Value Mean(Value x) override {
    const Integers axes = RankOf(x) == 4 ? Integers{2, 3} : Integers{1};
    return New(Node("ReduceMean", {NameOf(x)}, {{"axes", axes}, {"keepdims", std::int64_t{0}}}), 2);
  }

  Value SoftmaxOverTime(Value sequence) override {
    return Like(sequence, Node("Softmax", {NameOf(sequence)}, {{"axis", std::int64_t{1}}}));
  }

  Value WeightedSums(Value sequence, Value weights) override {
    const std::string sums = Node("MatMul", {Transposed(weights, {0, 2, 1}), NameOf(sequence)});
    return New(Node("Flatten", {sums}, {{"axis", std::int64_t{1}}}), 2);
  }

  Value AsPicture(Value sequence) override { return New(Unsqueezed(Transposed(sequence, {0, 2, 1}), 1), 4); }

  Value AsSequence(Value picture) override {
    // [N, C, H, T] to [N, T, C, H], to [N, T, C H].
    const std::string steps = Transposed(picture, {0, 3, 1, 2});
    return New(Node("Reshape", {steps, graph_.AddIntegers(Integers{0, 0, -1})}), 3);
  }

  Value Mirrored(Value picture) override {
    constexpr std::int64_t kLast = 3;
    const auto one = [&](std::int64_t number) { return graph_.AddIntegers(Integers{number}); };
    return Like(picture, Node("Slice", {NameOf(picture), one(-1), one(INT64_MIN + 1), one(kLast), one(-1)}));
  }

 private:
  struct Entry {
    std::string name;
    int rank;
  };

  Value New(std::string name, int rank) {
    nodes_.push_back({std::move(name), rank});
    return {static_cast<int>(nodes_.size()) - 1};
  }
  Value Like(Value of, std::string name) { return New(std::move(name), RankOf(of)); }
  int RankOf(Value value) const { return nodes_.at(static_cast<std::size_t>(value.id)).rank; }

  std::string Node(std::string_view op, std::initializer_list<std::string> inputs,
                   std::initializer_list<OnnxAttribute> attributes = {}) {
    return graph_.AddNode(op, std::span(inputs.begin(), inputs.size()),
                          std::span(attributes.begin(), attributes.size()));
  }

  const Tensor& TensorOf(const std::string& name) const {
    const auto found = weights_.find(name);
    Check(found != weights_.end(), "all weights of a network are there when it is written");
    return found->second;
  }
  std::int64_t SizeOf(const std::string& name) const { return TensorOf(name).shape[0]; }

  std::string Weight(const std::string& name) {
    return written_.insert(name).second ? graph_.AddWeight(name, TensorOf(name)) : name;
  }

  std::string Transposed(Value x, const Integers& order) { return Node("Transpose", {NameOf(x)}, {{"perm", order}}); }
  std::string Unsqueezed(const std::string& x, std::int64_t axis) {
    return Node("Unsqueeze", {x, graph_.AddIntegers(Integers{axis})});
  }

  Value Half(Value x, std::int64_t which) {
    const std::string& whole = NameOf(x);
    const std::string size = Node("Gather", {Node("Shape", {whole}), graph_.AddIntegers(Integers{-1})});
    const std::string middle = Node("Div", {size, graph_.AddIntegers(Integers{2})});
    const std::string axis = graph_.AddIntegers(Integers{-1});
    const std::string from = which == 0 ? graph_.AddIntegers(Integers{0}) : middle;
    return Like(x, Node("Slice", {whole, from, which == 0 ? middle : size, axis}));
  }

  Value ConvBy(const std::string& weight, Value picture, const Window& window, std::int64_t groups) {
    return Like(picture, Node("Conv", {NameOf(picture), weight},
                              {{"group", groups},
                               {"pads", Integers{window.pad_y, window.pad_x, window.pad_y, window.pad_x}},
                               {"strides", Integers{window.step_y, window.step_x}}}));
  }

  OnnxGraph& graph_;
  const Weights& weights_;
  std::set<std::string> written_;
  std::vector<Entry> nodes_;
};

}  // namespace

std::string WriteNetwork(const NetworkKind& kind, const NetworkShape& shape, const Weights& weights,
                         const OnnxExport& options) {
  OnnxGraph graph(kind.name);
  OnnxLayers layers(graph, weights);
  Value x{};
  const OnnxSize items = "N", steps = "T", dim = std::int64_t{shape.dim}, one = std::int64_t{1};
  switch (kind.input) {
    case NetworkInput::kVector:
      graph.AddInput("vectors", std::array{items, dim});
      x = layers.Input("vectors", 2);
      break;
    case NetworkInput::kSequence:
      graph.AddInput("frames", std::array{items, steps, dim});
      x = layers.Input("frames", 3);
      break;
    case NetworkInput::kPicture: {
      const int side = options.input_side > 0 ? options.input_side : shape.dim;
      graph.AddInput("image", std::array<OnnxSize, 4>{items, one, std::int64_t{side}, std::int64_t{side}});
      x = layers.Input("image", 4);
      if (side != shape.dim) x = layers.Scaled(x, side, shape.dim);
      break;
    }
  }
  if (kind.standardised) x = layers.Standardise("input", x);
  NetworkOutput output = kind.apply(layers, x, shape);
  if (options.mirrored) {
    const NetworkOutput other = kind.apply(layers, layers.Mirrored(x), shape);
    output.logits = layers.Scale(layers.Add(output.logits, other.logits), 0.5);
    output.embedding = layers.Scale(layers.Add(output.embedding, other.embedding), 0.5);
  }
  const auto put_out = [&](Value value, const char* name, const OnnxSize& size) {
    graph.AddNodeAs("Identity", std::array{layers.NameOf(value)}, name);
    graph.AddOutput(name, std::array{items, size});
  };
  const OnnxSize num_classes = std::int64_t{shape.num_classes};
  if (options.probabilities) {
    put_out(layers.Softmax(output.logits), "probabilities", num_classes);
  } else {
    put_out(output.logits, "logits", num_classes);
    put_out(output.embedding, "embedding", "E");
  }
  return graph.Bytes();
}

}  // namespace sezim
