#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts a TensorFlow.js graph model (JSON and one weight file) to ONNX.

    tfjs_graph.py --out model.onnx [--output NAME=NODE ...] model.json model.bin

Knows the operators of small convolutional networks for images (see `_OPERATORS`); any other is an error. The only
input, [N, H, W, C] in the source, becomes "image" [N, C, H, W]. Every output of the source's signature is kept under
its own name, unless --output says which nodes to keep and what to call them.
"""

import argparse
import base64
import json
import math
import pathlib
import sys

import numpy as np

from onnx_graph import ConversionError, OnnxGraph, same_padding, window_output_size

# Shape of a value without its batch dimension: an image is (channels, height, width), stored in that order; all else
# is in the source's order.


def read_weights(manifest, data):
    """All constants by name, as float32 or int64. Quantised ones are expanded the way TensorFlow.js does it."""
    weights, offset = {}, 0
    for weight in (weight for group in manifest for weight in group["weights"]):
        quantised = weight.get("quantization", {})
        stored = np.dtype(quantised.get("dtype", weight["dtype"])).newbyteorder("<")
        count = math.prod(weight["shape"])
        if offset + count * stored.itemsize > len(data):
            raise ConversionError(f"weight {weight['name']} ends after the weight file ({len(data)} bytes)")
        values = np.frombuffer(data, stored, count, offset).reshape(weight["shape"])
        offset += count * stored.itemsize
        if "scale" in quantised:
            values = values.astype(np.float32) * np.float32(quantised["scale"]) + np.float32(quantised["min"])
        weights[weight["name"]] = values.astype(np.int64 if weight["dtype"] == "int32" else np.float32)
    if offset != len(data):
        raise ConversionError(f"the weight file has {len(data)} bytes, the manifest describes {offset}")
    return weights


class TfjsConverter:
    """Emits ONNX nodes for the nodes that the wanted outputs need, inputs before readers."""

    def __init__(self, model, data, outputs):
        if model.get("format") != "graph-model":
            raise ConversionError(f"format {model.get('format')}, expected graph-model")
        self._nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
        self._constants = read_weights(model["weightsManifest"], data)
        self._outputs = outputs or self._signature_outputs(model)
        self._graph = OnnxGraph("tfjs")
        self._shapes = {}
        self._values = {}

    def convert(self):
        for name in self._order():
            node = self._nodes[name]
            handler = self._OPERATORS.get(node["op"])
            if handler is None:
                raise ConversionError(f"node {name}: operator {node['op']} is not one of {sorted(self._OPERATORS)}")
            handler(self, name, _inputs(node), node.get("attr", {}))
        for output, name in self._outputs.items():
            if self._values[name] != output:
                self._graph.add_node("Identity", [self._values[name]], output)
            self._graph.add_output(output, (None, *self._shapes[name]))
        return self._graph

    @staticmethod
    def _signature_outputs(model):
        signature = model.get("signature") or model.get("userDefinedMetadata", {}).get("signature")
        if not signature:
            raise ConversionError("the model has no signature: name its outputs with --output NAME=NODE")
        return {name: each["name"].split(":")[0] for name, each in signature["outputs"].items()}

    def _order(self):
        """Names of the nodes to emit, depth first from the outputs, constants left out."""
        order, done, stack = [], set(), [(name, False) for name in reversed(self._outputs.values())]
        while stack:
            name, inputs_done = stack.pop()
            if name in self._constants or name in done:
                continue
            if name not in self._nodes:
                raise ConversionError(f"node {name} is asked for, but not in the graph")
            if inputs_done:
                done.add(name)
                order.append(name)
            else:
                stack.append((name, True))
                clip = self._clip(name)
                sources = clip[:1] if clip else _inputs(self._nodes[name])
                stack.extend((source, False) for source in reversed(sources))
        return order

    def _clip(self, name):
        """(source, low, high) where node `name` is max(min(source, high), low) of two single numbers, else None."""
        outer = self._nodes[name]
        inner = self._nodes.get(_inputs(outer)[0]) if outer["op"] == "Maximum" else None
        if inner is None or inner["op"] != "Minimum":
            return None
        (source, high), low = _inputs(inner), _inputs(outer)[1]
        is_clip = all(each in self._constants and self._constants[each].ndim == 0 for each in (low, high))
        return (source, low, high) if is_clip else None

    def _placeholder(self, name, inputs, attributes):
        dims = [int(dim["size"]) for dim in attributes["shape"]["shape"]["dim"]]
        if len(dims) != 4 or self._shapes:
            raise ConversionError(f"input {name} {dims}: expected one input of shape [N, H, W, C]")
        height, width, channels = dims[1:]
        self._shapes[name] = (channels, height, width)
        self._values[name] = "image"
        self._graph.add_input("image", (None, channels, height, width))

    def _convolution(self, name, inputs, attributes):
        kernel = self._constant(inputs[1]).transpose(3, 2, 0, 1)
        self._convolve(name, inputs, attributes, kernel, group=1)

    def _depthwise_convolution(self, name, inputs, attributes):
        height, width, channels, multiplier = self._constant(inputs[1]).shape
        kernel = self._constant(inputs[1]).transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
        self._convolve(name, inputs, attributes, kernel, group=channels)

    def _convolve(self, name, inputs, attributes, kernel, group):
        dilations = _spatial(attributes, "dilations")
        shape, window = self._window(name, inputs[0], attributes, kernel.shape[2:], dilations)
        self._shapes[name] = (kernel.shape[0], *shape)
        operands = [self._values[inputs[0]], self._graph.add_weight(f"{name}/weight", kernel)]
        self._fused(name, "Conv", operands, inputs[2:], attributes, dilations=dilations, group=group, **window)

    def _matrix_product(self, name, inputs, attributes):
        if any(attributes.get(key, {}).get("b") for key in ("transpose_a", "transpose_b")):
            raise ConversionError(f"node {name}: transposed matrix product")
        matrix = self._constant(inputs[1])
        self._shapes[name] = (matrix.shape[1],)
        operands = [self._values[inputs[0]], self._graph.add_weight(f"{name}/weight", matrix)]
        self._fused(name, "Gemm", operands, inputs[2:], attributes)

    def _fused(self, name, op, operands, extras, attributes, **onnx_attributes):
        """Emits `op`, with the bias and the activation that TensorFlow.js fused into its node."""
        fused = [_text(each) for each in attributes.get("fused_ops", {}).get("list", {}).get("s", [])]
        extras = list(extras)
        if fused and fused[0] == "BiasAdd":
            operands.append(self._graph.add_weight(f"{name}/bias", self._constant(extras.pop(0))))
            fused = fused[1:]
        if len(fused) > 1 or any(each not in ("Relu", "Relu6", "Prelu", "Sigmoid") for each in fused):
            raise ConversionError(f"node {name}: fused operators {fused} are not known")
        activation = fused[0] if fused else None
        self._values[name] = self._graph.add_node(
            op, operands, f"{name}/linear" if activation else name, **onnx_attributes
        )
        if activation == "Prelu":
            self._activate(name, "PRelu", self._operand(name, extras[0], like=name))
        elif activation:
            self._activate(name, activation)

    def _activate(self, name, activation, *operands):
        if activation == "Relu6":
            activation = "Clip"
            bounds = ((f"{name}/low", 0), (f"{name}/high", 6))
            operands = [self._graph.add_weight(key, np.float32(value).reshape(())) for key, value in bounds]
        self._values[name] = self._graph.add_node(activation, [self._values[name], *operands], name)

    def _unary(self, name, inputs, attributes):
        self._values[name] = self._values[inputs[0]]
        self._shapes[name] = self._shapes[inputs[0]]
        self._activate(name, self._nodes[name]["op"])

    def _binary(self, name, inputs, attributes):
        if clip := self._clip(name):
            # One node, which runtimes merge with the convolution before it.
            source, *bounds = clip
            operands = [self._operand(name, each, like=source) for each in bounds]
            self._values[name] = self._graph.add_node("Clip", [self._values[source], *operands], name)
            self._shapes[name] = self._shapes[source]
            return
        op = {"AddV2": "Add", "Minimum": "Min", "Maximum": "Max", "Prelu": "PRelu"}
        leader = next(source for source in inputs if source in self._shapes)
        shapes = [self._shapes[source] for source in inputs if source in self._shapes]
        if len(set(shapes)) != 1:
            raise ConversionError(f"node {name}: operands of shapes {shapes}, expected one shape")
        operands = [self._operand(name, source, like=leader) for source in inputs]
        kind = self._nodes[name]["op"]
        self._values[name] = self._graph.add_node(op.get(kind, kind), operands, name)
        self._shapes[name] = shapes[0]

    def _max_pool(self, name, inputs, attributes):
        shape, window = self._window(name, inputs[0], attributes, _spatial(attributes, "ksize"), [1, 1])
        self._values[name] = self._graph.add_node("MaxPool", [self._values[inputs[0]]], name, **window)
        self._shapes[name] = (self._shapes[inputs[0]][0], *shape)

    def _pad(self, name, inputs, attributes):
        top_left = self._constant(inputs[1])
        batch, height, width, channels = [[int(edge) for edge in axis] for axis in top_left]
        if batch != [0, 0] or len(self._shapes[inputs[0]]) != 3:
            raise ConversionError(f"node {name}: pads {top_left.tolist()}, expected those of an image")
        axes = (batch, channels, height, width)
        pads = np.array([axis[0] for axis in axes] + [axis[1] for axis in axes], np.int64)
        pads = self._graph.add_weight(f"{name}/pads", pads)
        self._values[name] = self._graph.add_node("Pad", [self._values[inputs[0]], pads], name)
        self._shapes[name] = tuple(size + sum(axis) for size, axis in zip(self._shapes[inputs[0]], axes[1:]))

    def _reshape(self, name, inputs, attributes):
        shape = self._shapes[inputs[0]]
        wanted = [int(size) for size in self._constant(inputs[1])][1:]
        if -1 in wanted:
            known = -math.prod(wanted)
            wanted[wanted.index(-1)] = math.prod(shape) // known
        if math.prod(wanted) != math.prod(shape):
            raise ConversionError(f"node {name}: {shape} cannot become {wanted} with the batch left alone")
        value = self._values[inputs[0]]
        if len(shape) == 3 and shape[0] > 1 and shape[1:] != (1, 1):
            # The source reads an image with its channels innermost.
            value = self._graph.add_node("Transpose", [value], f"{name}/interleaved", perm=[0, 2, 3, 1])
        if len(wanted) == 3:
            raise ConversionError(f"node {name}: reshapes into an image")
        sizes = self._graph.add_weight(f"{name}/shape", np.array([-1, *wanted], np.int64))
        self._values[name] = self._graph.add_node("Reshape", [value, sizes], name)
        self._shapes[name] = tuple(wanted)

    def _mean(self, name, inputs, attributes):
        axes = sorted(int(axis) for axis in self._constant(inputs[1]).reshape(-1))
        if axes != [1, 2] or len(self._shapes[inputs[0]]) != 3:
            raise ConversionError(f"node {name}: mean over axes {axes}, expected height and width of an image")
        keep = bool(attributes.get("keep_dims", {}).get("b"))
        self._values[name] = self._graph.add_node(
            "ReduceMean", [self._values[inputs[0]]], name, axes=[2, 3], keepdims=int(keep)
        )
        self._shapes[name] = self._shapes[inputs[0]][:1] + ((1, 1) if keep else ())

    def _softmax(self, name, inputs, attributes):
        shape = self._shapes[inputs[0]]
        axis = 1 if len(shape) == 3 else -1
        self._values[name] = self._graph.add_node("Softmax", [self._values[inputs[0]]], name, axis=axis)
        self._shapes[name] = shape

    def _identity(self, name, inputs, attributes):
        self._values[name] = self._values[inputs[0]]
        self._shapes[name] = self._shapes[inputs[0]]

    def _window(self, name, source, attributes, kernel, dilations):
        """Height and width after a sliding window, and the ONNX attributes of that window."""
        if _text(attributes["data_format"]["s"]) != "NHWC":
            raise ConversionError(f"node {name}: expected data format NHWC")
        scheme, strides = _text(attributes["padding"]["s"]), _spatial(attributes, "strides")
        if scheme not in ("SAME", "VALID"):
            raise ConversionError(f"node {name}: padding {scheme}, expected SAME or VALID")
        sizes, pads = [], []
        for size, reach, stride, dilation in zip(self._shapes[source][1:], kernel, strides, dilations):
            padding = same_padding(size, reach, stride, dilation) if scheme == "SAME" else (0, 0)
            sizes.append(window_output_size(size, reach, stride, padding, dilation))
            pads.append(padding)
        edges = [pads[0][0], pads[1][0], pads[0][1], pads[1][1]]
        return tuple(sizes), {"kernel_shape": list(kernel), "pads": edges, "strides": strides}

    def _operand(self, name, source, like):
        """The ONNX name of an operand; a constant is stored so that it broadcasts against the value `like`."""
        if source not in self._constants:
            return self._values[source]
        array = self._constant(source)
        if len(self._shapes[like]) == 3 and array.ndim > 0:
            if array.shape[-1] != array.size:
                raise ConversionError(f"node {name}: constant {source} {array.shape}, expected one value per channel")
            array = array.reshape(-1, 1, 1)
        return self._graph.add_weight(f"{name}/{source}", array)

    def _constant(self, name):
        if name not in self._constants:
            raise ConversionError(f"{name} is computed where a constant is expected")
        return self._constants[name]

    _OPERATORS = {
        "Placeholder": _placeholder,
        "Conv2D": _convolution,
        "_FusedConv2D": _convolution,
        "DepthwiseConv2dNative": _depthwise_convolution,
        "FusedDepthwiseConv2dNative": _depthwise_convolution,
        "MatMul": _matrix_product,
        "_FusedMatMul": _matrix_product,
        "Relu": _unary,
        "Relu6": _unary,
        "Sigmoid": _unary,
        "Add": _binary,
        "AddV2": _binary,
        "Mul": _binary,
        "Minimum": _binary,
        "Maximum": _binary,
        "Prelu": _binary,
        "MaxPool": _max_pool,
        "Pad": _pad,
        "Reshape": _reshape,
        "Mean": _mean,
        "Softmax": _softmax,
        "Identity": _identity,
    }


def _inputs(node):
    """Names of the nodes read, without the index of the output, which is 0 in all operators known here."""
    return [name.split(":")[0] for name in node.get("input", [])]


def _spatial(attributes, key):
    """The two middle entries of a list for [N, H, W, C]; the outer ones must be 1."""
    values = [int(each) for each in attributes[key]["list"]["i"]] if key in attributes else [1, 1, 1, 1]
    if values[0] != 1 or values[3] != 1:
        raise ConversionError(f"{key} {values}: expected 1 for batch and channels")
    return values[1:3]


def _text(base64_text):
    return base64.b64decode(base64_text).decode("ascii")


def convert(topology, weights, out, outputs=None):
    """Reads the model.json `topology` and its weight file and writes the ONNX file `out`.

    `outputs` maps names of the result to nodes of the source; None keeps the outputs of the signature.
    """
    model = json.loads(pathlib.Path(topology).read_text(encoding="utf-8"))
    TfjsConverter(model, pathlib.Path(weights).read_bytes(), outputs).convert().save(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="FILE", help="the ONNX file to write")
    parser.add_argument("--output", action="append", default=[], metavar="NAME=NODE",
                        help="keep this node as output NAME (default: the outputs of the signature)")  # fmt: skip
    parser.add_argument("topology", help="the graph, a JSON file")
    parser.add_argument("weights", help="the weight file")
    options = parser.parse_args()
    if not all("=" in each for each in options.output):
        parser.error("--output takes NAME=NODE")
    try:
        outputs = dict(each.split("=", 1) for each in options.output)
        convert(options.topology, options.weights, options.out, outputs or None)
    except (ConversionError, OSError, KeyError) as error:
        sys.exit(f"tfjs_graph.py: {options.topology}: {error}")


if __name__ == "__main__":
    main()
