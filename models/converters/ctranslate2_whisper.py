#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts the encoder of a Whisper model in CTranslate2's form to ONNX, with the output of every layer.

    ctranslate2_whisper.py --out model.onnx model.bin [model.bin's further parts...]

"mel" [N, B, T], T <= 3000 frames of 10 ms, becomes "layer0" to "layerL" [N, ceil(T / 2), D]: layer0 is what the two
convolutions and the positions give, layer i what block i gives; the last one is normalised, so it is the encoder's
output. The positions are cut to the sound, which therefore need not be padded to 30 s.

The encoder is that of Radford et al. 2022, Robust speech recognition via large-scale weak supervision: blocks that
normalise first, attention of 64 numbers a head whose keys have no bias, GELU by the error function. Weights of float16
become float32. Nothing of a layer depends on a later one, so whoever needs the first layers only may cut the graph.
"""

import argparse
import pathlib
import sys

import numpy as np

from ctranslate2_file import read_variables
from onnx_graph import ConversionError, OnnxGraph

MAX_BYTES = 4 << 30
MAX_LAYERS = 64
_EPSILON = 1e-5  # of the normalisations


class Encoder:
    def __init__(self, variables):
        self._variables = variables
        self.size, self.num_mels, _ = self.variable("conv1/weight").shape
        self.num_heads = int(self.variable("num_heads"))
        self.num_layers = sum(f"encoder/layer_{i}/ffn/layer_norm/gamma" in variables for i in range(MAX_LAYERS))
        if self.num_heads < 1 or self.size % self.num_heads or self.num_layers < 1:
            raise ConversionError(f"{self.num_layers} layers of {self.size} numbers and {self.num_heads} heads: not Whisper")
        self._graph = OnnxGraph("whisper-encoder")

    def variable(self, name, shape=None):
        full = f"encoder/{name}"
        if full not in self._variables:
            raise ConversionError(f"there is no variable {full}")
        array = self._variables[full]
        if array.dtype.kind != "f" and name != "num_heads":
            raise ConversionError(f"{full} is quantised to {array.dtype}, expected float16 or float32: take a model that is not")
        if shape is not None and array.shape != shape:
            raise ConversionError(f"{full} has shape {array.shape}, expected {shape}")
        return array

    def constant(self, name, array):
        return self._graph.add_weight(name, np.ascontiguousarray(array, np.float32))

    def numbers(self, name, *values):
        return self._graph.add_weight(name, np.array(values, np.int64))

    def node(self, op, inputs, output, **attributes):
        return self._graph.add_node(op, inputs, output, **attributes)

    def gelu(self, value, name):
        """x / 2 * (1 + erf(x / sqrt 2)), in the steps that ONNX Runtime knows to be one."""
        error = self.node("Erf", [self.node("Div", [value, "sqrt2"], f"{name}/scaled")], f"{name}/erf")
        product = self.node("Mul", [value, self.node("Add", [error, "one"], f"{name}/shifted")], f"{name}/product")
        return self.node("Mul", [product, "half"], name)

    def convolve(self, value, name, inputs, stride):
        operands = [self.constant(f"{name}/weight", self.variable(f"{name}/weight", (self.size, inputs, 3))),
                    self.constant(f"{name}/bias", self.variable(f"{name}/bias", (self.size,)))]  # fmt: skip
        convolved = self.node("Conv", [value, *operands], f"{name}/conv", kernel_shape=[3], pads=[1, 1], strides=[stride])
        return self.gelu(convolved, name)

    def normalise(self, value, name, output=None):
        operands = [self.constant(f"{name}/{part}", self.variable(f"{name}/{part}", (self.size,))) for part in ("gamma", "beta")]
        return self.node("LayerNormalization", [value, *operands], output or name, axis=-1, epsilon=_EPSILON)

    def linear(self, value, name, weight, bias):
        """`weight` [outputs, inputs]."""
        product = self.node("MatMul", [value, self.constant(f"{name}/weight", weight.T)], f"{name}/product")
        return self.node("Add", [product, self.constant(f"{name}/bias", bias)], name)

    def attend(self, value, name):
        weight = self.variable(f"{name}/linear_0/weight", (3 * self.size, self.size)).astype(np.float32)
        bias = self.variable(f"{name}/linear_0/bias", (3 * self.size,)).astype(np.float32)
        parts = []
        for i, part in enumerate(("query", "key", "value")):
            rows = slice(i * self.size, (i + 1) * self.size)
            scale = (self.size // self.num_heads) ** -0.5 if part == "query" else 1
            projected = self.linear(value, f"{name}/{part}", weight[rows] * np.float32(scale), bias[rows] * np.float32(scale))
            by_head = self.node("Reshape", [projected, "heads"], f"{name}/{part}/by_head")
            order = [0, 2, 3, 1] if part == "key" else [0, 2, 1, 3]
            parts.append(self.node("Transpose", [by_head], f"{name}/{part}/heads", perm=order))
        query, key, value = parts
        weights = self.node("Softmax", [self.node("MatMul", [query, key], f"{name}/scores")], f"{name}/weights", axis=-1)
        mixed = self.node("MatMul", [weights, value], f"{name}/mixed")
        joined = self.node("Reshape", [self.node("Transpose", [mixed], f"{name}/by_frame", perm=[0, 2, 1, 3]), "joined"],
                           f"{name}/joined")  # fmt: skip
        return self.linear(joined, f"{name}/linear_1", self.variable(f"{name}/linear_1/weight", (self.size, self.size)),
                           self.variable(f"{name}/linear_1/bias", (self.size,)))  # fmt: skip

    def feed_forward(self, value, name):
        inner = 4 * self.size
        value = self.linear(value, f"{name}/linear_0", self.variable(f"{name}/linear_0/weight", (inner, self.size)),
                            self.variable(f"{name}/linear_0/bias", (inner,)))  # fmt: skip
        return self.linear(self.gelu(value, f"{name}/gelu"), f"{name}/linear_1",
                           self.variable(f"{name}/linear_1/weight", (self.size, inner)),
                           self.variable(f"{name}/linear_1/bias", (self.size,)))  # fmt: skip

    def front(self):
        """What comes before the blocks."""
        value = self.convolve("mel", "conv1", self.num_mels, 1)
        value = self.convolve(value, "conv2", self.size, 2)
        value = self.node("Transpose", [value], "frames", perm=[0, 2, 1])
        encodings = self.variable("position_encodings/encodings")
        if encodings.ndim != 2 or encodings.shape[1] != self.size:
            raise ConversionError(f"positions of shape {encodings.shape}, expected [any, {self.size}]")
        length = self.node("Slice", [self.node("Shape", [value], "shape"), "1st", "2nd"], "length")
        operands = [self.constant("encodings", encodings), "0th", length, "0th"]
        return self.node("Add", [value, self.node("Slice", operands, "positions")], "layer0")

    def build(self):
        self._graph.add_input("mel", (None, self.num_mels, "T"))
        for name, number in (("sqrt2", 2**0.5), ("one", 1), ("half", 0.5)):
            self.constant(name, number)
        for name, number in (("0th", 0), ("1st", 1), ("2nd", 2)):
            self.numbers(name, number)
        self.numbers("heads", 0, 0, self.num_heads, self.size // self.num_heads)
        self.numbers("joined", 0, 0, self.size)
        value = self.front()
        for i in range(self.num_layers):
            name, last = f"layer_{i}", i + 1 == self.num_layers
            attended = self.attend(self.normalise(value, f"{name}/self_attention/layer_norm"), f"{name}/self_attention")
            value = self.node("Add", [value, attended], f"{name}/attended")
            fed = self.feed_forward(self.normalise(value, f"{name}/ffn/layer_norm"), f"{name}/ffn")
            value = self.node("Add", [value, fed], f"{name}/sum" if last else f"layer{i + 1}")
        self.normalise(value, "layer_norm", f"layer{self.num_layers}")
        for i in range(self.num_layers + 1):
            self._graph.add_output(f"layer{i}", (None, "frames", self.size))
        return self._graph


def read_parts(paths):
    paths = [pathlib.Path(path) for path in paths]
    if sum(path.stat().st_size for path in paths) > MAX_BYTES:
        raise ConversionError(f"more than {MAX_BYTES} bytes")
    return b"".join(path.read_bytes() for path in paths)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="FILE", help="the ONNX file to write")
    parser.add_argument("parts", nargs="+", metavar="PART", help="model.bin, or the parts it was cut into, in order")
    options = parser.parse_args()
    try:
        Encoder(read_variables(read_parts(options.parts), "WhisperSpec")).build().save(options.out)
    except (ConversionError, OSError, ValueError) as error:
        sys.exit(f"ctranslate2_whisper.py: {options.parts[0]}: {error}")


if __name__ == "__main__":
    main()
