#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts a Keras 2 HDF5 file of the Xception family (mini-Xception and its relatives) to ONNX.

    keras_mini_xception.py --out model.onnx emotion_model.hdf5

Only the layers such networks are made of are known; any other is an error. Batch normalisation becomes part of the
convolution before it, computed in float64. The network's single input [N, 64, 64, 1] becomes "image" [N, 1, 64, 64],
its output "probabilities" [N, classes].
"""

import argparse
import json
import sys

import h5py
import numpy as np

from onnx_graph import ConversionError, OnnxGraph, same_padding, window_output_size


class KerasConverter:
    """Walks the layers in the file's order, which is topological, and emits ONNX nodes.

    A convolution is held back until the layer after it is seen, for a batch normalisation there changes its weights.
    """

    def __init__(self, file):
        self._weights = file["model_weights"]
        config = json.loads(file.attrs["model_config"])
        if config["class_name"] not in ("Model", "Functional"):
            raise ConversionError(f"model class {config['class_name']}, expected a functional model")
        self._layers = config["config"]["layers"]
        self._output_layer = config["config"]["output_layers"][0][0]
        self._graph = OnnxGraph("keras")
        self._shapes = {}  # layer -> shape without batch: (channels, height, width) or (channels,)
        self._values = {}  # layer -> name of its ONNX value
        self._pending = {}  # layer -> (emit, kernel, bias) of a convolution not yet written

    def convert(self):
        for layer in self._layers:
            kind, name = layer["class_name"], layer["name"]
            inputs = [node[0] for group in layer["inbound_nodes"] for node in group]
            handler = getattr(self, "_convert_" + kind, None)
            if handler is None:
                raise ConversionError(f"layer {name}: class {kind} is not one of those known")
            if kind != "BatchNormalization":
                for source in inputs:
                    self._flush(source)
            handler(name, layer["config"], inputs)
        self._flush(self._output_layer)
        self._graph.add_node("Identity", [self._values[self._output_layer]], "probabilities")
        self._graph.add_output("probabilities", (None, *self._shapes[self._output_layer]))
        return self._graph

    def _convert_InputLayer(self, name, config, inputs):
        _, height, width, channels = config["batch_input_shape"]
        self._shapes[name] = (channels, height, width)
        self._values[name] = "image"
        self._graph.add_input("image", (None, channels, height, width))

    def _convert_Conv2D(self, name, config, inputs):
        kernel = self._weight(name, "kernel").transpose(3, 2, 0, 1)
        self._hold_convolution(name, config, inputs[0], self._values[inputs[0]], self._shapes[inputs[0]], kernel)

    def _convert_SeparableConv2D(self, name, config, inputs):
        # Depthwise [h, w, C, multiplier] -> C groups; then a 1x1 convolution, to which bias and activation belong.
        depthwise = self._weight(name, "depthwise_kernel")
        height, width, channels, multiplier = depthwise.shape
        kernel = depthwise.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
        shape, pads = self._window(config, self._shapes[inputs[0]], (height, width), channels * multiplier)
        value = self._graph.add_node(
            "Conv",
            [self._values[inputs[0]], self._graph.add_weight(f"{name}/depthwise_weight", _float32(kernel))],
            f"{name}/depthwise",
            group=channels,
            kernel_shape=[height, width],
            pads=pads,
            strides=config["strides"],
        )
        pointwise = self._weight(name, "pointwise_kernel").transpose(3, 2, 0, 1)
        unit = {**config, "strides": [1, 1]}
        self._hold_convolution(name, unit, inputs[0], value, shape, pointwise)

    def _hold_convolution(self, name, config, source, value, input_shape, kernel):
        if config["activation"] != "linear":
            raise ConversionError(f"layer {name}: activation {config['activation']} inside, expected its own layer")
        shape, pads = self._window(config, input_shape, kernel.shape[2:], kernel.shape[0])
        bias = self._weight(name, "bias") if config["use_bias"] else np.zeros(kernel.shape[0])

        def emit(kernel, bias):
            weight = self._graph.add_weight(f"{name}/weight", _float32(kernel))
            offset = self._graph.add_weight(f"{name}/bias", _float32(bias))
            return self._graph.add_node(
                "Conv", [value, weight, offset], name,
                kernel_shape=list(kernel.shape[2:]), pads=pads, strides=config["strides"],
            )  # fmt: skip

        self._shapes[name] = shape
        self._pending[name] = (emit, kernel, bias)

    def _convert_BatchNormalization(self, name, config, inputs):
        source = inputs[0]
        if config["axis"] not in (-1, 3) or source not in self._pending or self._num_readers(source) != 1:
            raise ConversionError(f"layer {name}: batch normalisation that does not just follow a convolution")
        emit, kernel, bias = self._pending.pop(source)
        gain = 1.0 / np.sqrt(self._weight(name, "moving_variance") + config["epsilon"])
        if config["scale"]:
            gain = gain * self._weight(name, "gamma")
        offset = self._weight(name, "beta") if config["center"] else 0.0
        bias = (bias - self._weight(name, "moving_mean")) * gain + offset
        self._pending[name] = (emit, kernel * gain[:, None, None, None], bias)
        self._shapes[name] = self._shapes[source]

    def _convert_Activation(self, name, config, inputs):
        operators = {"relu": ("Relu", {}), "softmax": ("Softmax", {"axis": -1})}
        if config["activation"] not in operators:
            raise ConversionError(f"layer {name}: activation {config['activation']} is not one of {sorted(operators)}")
        op, attributes = operators[config["activation"]]
        self._emit(name, op, inputs, self._shapes[inputs[0]], **attributes)

    def _convert_MaxPooling2D(self, name, config, inputs):
        shape, pads = self._window(config, self._shapes[inputs[0]], config["pool_size"], None)
        attributes = {"kernel_shape": config["pool_size"], "pads": pads, "strides": config["strides"]}
        self._emit(name, "MaxPool", inputs, shape, **attributes)

    def _convert_Add(self, name, config, inputs):
        if len(inputs) != 2 or self._shapes[inputs[0]] != self._shapes[inputs[1]]:
            raise ConversionError(f"layer {name}: adds {inputs}, expected two values of one shape")
        self._emit(name, "Add", inputs, self._shapes[inputs[0]])

    def _convert_GlobalAveragePooling2D(self, name, config, inputs):
        channels = self._shapes[inputs[0]][0]
        self._emit(name, "ReduceMean", inputs, (channels,), axes=[2, 3], keepdims=0)

    def _emit(self, name, op, inputs, shape, **attributes):
        values = [self._values[source] for source in inputs]
        self._values[name] = self._graph.add_node(op, values, name, **attributes)
        self._shapes[name] = shape

    def _flush(self, layer):
        if layer in self._pending:
            emit, kernel, bias = self._pending.pop(layer)
            self._values[layer] = emit(kernel, bias)

    def _num_readers(self, layer):
        return sum(
            node[0] == layer for each in self._layers for group in each["inbound_nodes"] for node in group
        )

    def _window(self, config, shape, kernel, num_channels):
        """Shape after a window of `kernel` and its ONNX pads (top, left, bottom, right)."""
        if config["data_format"] != "channels_last" or config.get("dilation_rate", [1, 1]) != [1, 1]:
            raise ConversionError("expected channels_last and no dilation")
        sizes, pads = [], []
        for size, reach, stride in zip(shape[1:], kernel, config["strides"]):
            padding = same_padding(size, reach, stride) if config["padding"] == "same" else (0, 0)
            sizes.append(window_output_size(size, reach, stride, padding))
            pads.append(padding)
        channels = shape[0] if num_channels is None else num_channels
        return (channels, *sizes), [pads[0][0], pads[1][0], pads[0][1], pads[1][1]]

    def _weight(self, layer, kind):
        """The layer's one weight called `kind`, in float64."""
        group = self._weights[layer]
        names = [name if isinstance(name, str) else name.decode() for name in group.attrs["weight_names"]]
        found = [name for name in names if name.rsplit("/", 1)[-1].split(":")[0] == kind]
        if len(found) != 1:
            raise ConversionError(f"layer {layer}: weight {kind} wanted, the file has {names}")
        return group[found[0]][()].astype(np.float64)


def _float32(array):
    return np.asarray(array, dtype=np.float32)


def convert(source, out):
    """Reads the HDF5 file `source` and writes the ONNX file `out`."""
    with h5py.File(source, "r") as file:
        KerasConverter(file).convert().save(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="FILE", help="the ONNX file to write")
    parser.add_argument("source", help="the Keras HDF5 file")
    options = parser.parse_args()
    try:
        convert(options.source, options.out)
    except (ConversionError, OSError, KeyError) as error:
        sys.exit(f"keras_mini_xception.py: {options.source}: {error}")


if __name__ == "__main__":
    main()
