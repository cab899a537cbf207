#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts VGGVox (VGG-M for speakers, as its authors publish it for MatConvNet) to ONNX.

    vggvox_mat.py --out model.onnx vggvox_ident_net.mat

"spectrogram" [N, 1, 512, T] becomes "fc7" [N, 1024]: Nagrani et al. 2017, VoxCeleb: a large-scale speaker identification
dataset, table 3. Of T = 300 frames, 3 s:

    conv1  7x7,  96, stride 2, padding 1    96 x 254 x 148        mpool1  3x3, stride 2     96 x 126 x 73
    conv2  5x5, 256, stride 2, padding 1   256 x  62 x  36        mpool2  3x3, stride 2    256 x  30 x 17
    conv3  3x3, 384, padding 1             384 x  30 x  17
    conv4  3x3, 256, padding 1             256 x  30 x  17
    conv5  3x3, 256, padding 1             256 x  30 x  17        mpool5  5x3, stride 3x2  256 x   9 x  8
    fc6    9x1, 4096                      4096 x   1 x   8        apool6  over all of time  4096
    fc7    1x1, 1024                      1024

Every convolution is followed by a batch normalisation, which is multiplied into it, and a ReLU; fc7 is given behind both, as
the classifier gets it, and the classifier is left away. T is at least 65.

The file is MATLAB's, -v6 or -v7 (mat_file.py), with a variable "net": a SimpleNN, whose layers hold their weights, or a DagNN as
saveobj leaves it, whose layers name parameters. MatConvNet keeps kernels as height, width, inputs, outputs, and of a batch
normalisation the gain, the shift and the moments, mean and standard deviation.
"""

import argparse
import pathlib
import sys

import numpy as np

from mat_file import read_variables
from onnx_graph import ConversionError, OnnxGraph

NUM_BINS, SIZE = 512, 1024
MAX_BYTES = 2 << 30
# name, kernel, outputs, stride, padding; then the pooling's kernel and stride
LAYERS = [
    ("conv1", (7, 7), 96, 2, 1, (3, 3), (2, 2)),
    ("conv2", (5, 5), 256, 2, 1, (3, 3), (2, 2)),
    ("conv3", (3, 3), 384, 1, 1, None, None),
    ("conv4", (3, 3), 256, 1, 1, None, None),
    ("conv5", (3, 3), 256, 1, 1, (5, 3), (3, 2)),
    ("fc6", (9, 1), 4096, 1, 0, None, None),
    ("fc7", (1, 1), SIZE, 1, 0, None, None),
]  # fmt: skip


def items(value):
    """The elements of what mat_file gives for an array of cells or structures."""
    return list(value.ravel()) if isinstance(value, np.ndarray) and value.dtype == object else [value]


def weights_of(net):
    """[("conv" or "bnorm", [arrays]), ...] in the order of the layers."""
    if not isinstance(net, dict) or "layers" not in net:
        raise ConversionError("there is no network with layers in the variable 'net'")
    named = {}
    for each in items(net["params"]) if "params" in net else []:
        if not isinstance(each, dict) or "name" not in each or "value" not in each:
            raise ConversionError("a parameter has no name or no value")
        named[each["name"]] = each["value"]
    found = []
    for layer in items(net["layers"]):
        if not isinstance(layer, dict) or not isinstance(layer.get("type"), str):
            raise ConversionError("a layer has no type")
        kind = {"conv": "conv", "bnorm": "bnorm", "dagnn.Conv": "conv", "dagnn.BatchNorm": "bnorm"}.get(layer["type"])
        if kind is None:
            continue
        if "params" in layer:
            names = items(layer["params"])
            if not all(name in named for name in names):
                raise ConversionError(f"layer {layer.get('name')} has parameters {names}, not all of which are there")
            arrays = [named[name] for name in names]
        else:
            arrays = items(layer.get("weights"))
        if not all(isinstance(array, np.ndarray) and array.dtype.kind == "f" for array in arrays):
            raise ConversionError(f"layer {layer.get('name')} has weights that are not numbers")
        found.append((kind, arrays))
    return found


class Converter:
    def __init__(self, weights):
        self._weights = weights
        self._graph = OnnxGraph("vggvox")

    def take(self, layer, kind, count):
        if not self._weights:
            raise ConversionError(f"the network ends before {kind} of {layer}")
        got, arrays = self._weights.pop(0)
        if got != kind or len(arrays) != count:
            raise ConversionError(f"{layer}: a layer {got} of {len(arrays)} arrays, expected {kind} of {count}")
        return [array.astype(np.float64) for array in arrays]

    def folded(self, name, inputs, kernel, outputs):
        """Kernel [outputs, inputs, height, width] and bias with the normalisation multiplied in."""
        weight, bias = self.take(name, "conv", 2)
        gain, shift, moments = self.take(name, "bnorm", 3)
        height, width = kernel
        # MATLAB leaves sides of one away at the end.
        expected = height * width * inputs * outputs
        if weight.shape[:2] != kernel or weight.size != expected or moments.size != 2 * outputs:
            raise ConversionError(f"{name} has a kernel of shape {weight.shape}, expected {(*kernel, inputs, outputs)}")
        if {bias.size, gain.size, shift.size} != {outputs}:
            raise ConversionError(f"{name} has {bias.size} biases and {gain.size} gains, expected {outputs}")
        weight = weight.reshape((height, width, inputs, outputs), order="F").transpose(3, 2, 0, 1)
        mean, deviation = moments.reshape((outputs, 2), order="F").T
        if not (deviation > 0).all():
            raise ConversionError(f"{name} has a standard deviation that is not above 0")
        scale = gain.ravel() / deviation
        return weight * scale[:, None, None, None], (bias.ravel() - mean) * scale + shift.ravel()

    def build(self):
        graph = self._graph
        graph.add_input("spectrogram", (None, 1, NUM_BINS, "T"))
        value, inputs = "spectrogram", 1
        for name, kernel, outputs, stride, padding, pool, pool_stride in LAYERS:
            parts = self.folded(name, inputs, kernel, outputs)
            operands = [graph.add_weight(f"{name}/{part}", array.astype(np.float32))
                        for part, array in zip(("weight", "bias"), parts)]  # fmt: skip
            value = graph.add_node("Conv", [value, *operands], f"{name}/conv", kernel_shape=list(kernel), pads=[padding] * 4,
                                   strides=[stride] * 2)  # fmt: skip
            value = graph.add_node("Relu", [value], f"{name}/relu")
            if pool:
                value = graph.add_node("MaxPool", [value], f"{name}/pool", kernel_shape=list(pool), strides=list(pool_stride))
            if name == "fc6":
                value = graph.add_node("ReduceMean", [value], "apool6", axes=[3], keepdims=1)
            inputs = outputs
        graph.add_node("Flatten", [value], "fc7", axis=1)
        graph.add_output("fc7", (None, SIZE))
        return graph


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="FILE", help="the ONNX file to write")
    parser.add_argument("network", type=pathlib.Path, help="vggvox_ident_net.mat")
    options = parser.parse_args()
    try:
        if options.network.stat().st_size > MAX_BYTES:
            raise ConversionError(f"more than {MAX_BYTES} bytes")
        variables = read_variables(options.network.read_bytes())
        Converter(weights_of(variables.get("net"))).build().save(options.out)
    except (ConversionError, OSError) as error:
        sys.exit(f"vggvox_mat.py: {options.network}: {error}")


if __name__ == "__main__":
    main()
