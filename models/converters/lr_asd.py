#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts LR-ASD, who of those in sight speaks (Liao et al. 2025, a PyTorch checkpoint), to ONNX, in two parts.

    lr_asd.py --out model.onnx --part faces finetuning_TalkSet.model
    lr_asd.py --out model.onnx --part voice finetuning_TalkSet.model

The part of the faces makes "features" [T, 128] of "faces" [T, 1, 112, 112], grey from 0 to 255 at 25 pictures a second, and
needs no sound. The part of the voice makes "log_odds" [1, T], that the face makes the voice, of these features and of
"mfcc" [1, 4 T, 13] of the sound at 100 frames a second; it is small, and can be asked again for another sound.

Pictures go through three blocks, each of two convolutions in space and two in time; sound through three that do the same
along coefficients and time. What both give, 128 numbers a picture each, is weighted by a gate of its own, goes through a
recurrent network in either direction, and is weighted and summed once more. Every convolution but the last is followed by
a normalisation, which is multiplied into it here. Convolutions in time are made flat, [C, T, H * W], for the runtime is
faster at them than at those in three dimensions.

The network is the one that its authors publish for testing; the second output that only training needs is left away.
"""

import argparse
import sys

import numpy as np

from onnx_graph import ConversionError, OnnxGraph
from torch_zip import read_tensors

SIDE, NUM_COEFFICIENTS, SIZE, HIDDEN = 112, 13, 128, 64
_EPSILON = 1e-3  # of the normalisations
_GREY_MEAN, _GREY_DEVIATION = 0.4161, 0.1688  # of the training pictures, white being 1
# PyTorch keeps the gates of a GRU as reset, update, new; ONNX as update, reset, new.
_ONNX_GATES = [1, 0, 2]


class Converter:
    def __init__(self, tensors, name):
        self._tensors = tensors
        self._graph = OnnxGraph(name)

    def weight(self, name, shape):
        array = self._tensors[name]
        if array.shape != shape:
            raise ConversionError(f"{name} has shape {array.shape}, expected {shape}")
        return array

    def constant(self, name, array):
        return self._graph.add_weight(name, np.ascontiguousarray(array, np.float32))

    def node(self, op, inputs, output, **attributes):
        return self._graph.add_node(op, inputs, output, **attributes)

    def indices(self, name, *numbers):
        return self._graph.add_weight(name, np.array(numbers, np.int64))

    def normalised(self, name, norm, shape, flat_shape):
        """Weight, in `flat_shape`, and bias of a convolution with the normalisation after it multiplied in."""
        weight = self.weight(f"{name}.weight", shape).astype(np.float64)
        gain, shift, mean, variance = (
            self.weight(f"{norm}.{part}", shape[:1]).astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain / np.sqrt(variance + _EPSILON)
        folded = weight * scale.reshape(-1, *[1] * (len(shape) - 1))
        return [self.constant(f"{name}/weight", folded.reshape(flat_shape)), self.constant(f"{name}/bias", shift - mean * scale)]

    def convolve(self, value, name, norm, shape, kernel, stride=1):
        """`value` [N, C, ...] by the kernel of two sides, with the normalisation `norm` and a ReLU."""
        operands = self.normalised(name, norm, shape, (*shape[:2], *kernel))
        half = [size // 2 for size in kernel]
        convolved = self.node("Conv", [value, *operands], f"{name}/conv", kernel_shape=list(kernel), pads=half + half,
                              strides=[stride, stride])  # fmt: skip
        return self.node("Relu", [convolved], name)

    def picture_block(self, value, name, inputs, outputs, side, stride=1):
        """[T, inputs, ...] to [T, outputs, side, side]."""
        for part, first, last, size, step in (("s_1", inputs, outputs // 2, 5, stride), ("s_2", outputs // 2, outputs, 3, 1)):
            shape = (last, first, 1, size, size)
            value = self.convolve(value, f"{name}.{part}", f"{name}.s_norm_{part[-1]}", shape, (size, size), step)
        flat = self.node("Reshape", [value, self.indices(f"{name}/flat_shape", 1, -1, outputs, side * side)], f"{name}/flat")
        value = self.node("Transpose", [flat], f"{name}/by_channel", perm=[0, 2, 1, 3])
        for part, size in (("t_1", 5), ("t_2", 3)):
            shape = (outputs, outputs, size, 1, 1)
            value = self.convolve(value, f"{name}.{part}", f"{name}.t_norm_{part[-1]}", shape, (size, 1))
        by_time = self.node("Transpose", [value], f"{name}/by_time", perm=[0, 2, 1, 3])
        return self.node("Reshape", [by_time, self.indices(f"{name}/shape", -1, outputs, side, side)], name)

    def sound_block(self, value, name, inputs, outputs):
        """[1, inputs, coefficients, time] to [1, outputs, coefficients, time]."""
        for part, norm, first, last, kernel in (
            ("m_1", "m_norm_1", inputs, outputs // 2, (5, 1)), ("m_2", "m_norm_2", outputs // 2, outputs, (3, 1)),
            ("t_1", "t_norm_1", outputs, outputs, (1, 5)), ("t_2", "t_norm_2", outputs, outputs, (1, 3)),
        ):  # fmt: skip
            value = self.convolve(value, f"{name}.{part}", f"{name}.{norm}", (last, first, *kernel), kernel)
        return value

    def pool(self, value, name, kernel):
        return self.node("MaxPool", [value], name, kernel_shape=list(kernel), pads=[size // 2 for size in kernel] * 2,
                         strides=[2 if size > 1 else 1 for size in kernel])  # fmt: skip

    def pictures(self):
        """[T, 128] of "faces"."""
        shifted = self.node("Sub", ["faces", self.constant("grey/mean", 255 * _GREY_MEAN)], "faces/shifted")
        value = self.node("Div", [shifted, self.constant("grey/deviation", 255 * _GREY_DEVIATION)], "faces/scaled")
        encoder = "model.visualEncoder"
        value = self.picture_block(value, f"{encoder}.block1", 1, 32, SIDE // 2, stride=2)
        value = self.pool(value, f"{encoder}.pool1", (3, 3))
        value = self.picture_block(value, f"{encoder}.block2", 32, 64, SIDE // 4)
        value = self.pool(value, f"{encoder}.pool2", (3, 3))
        value = self.picture_block(value, f"{encoder}.block3", 64, SIZE, SIDE // 8)
        return self.node("ReduceMax", [value], "features", axes=[2, 3], keepdims=0)

    def sound(self):
        """[1, 128, T] of "mfcc"."""
        upright = self.node("Transpose", ["mfcc"], "mfcc/upright", perm=[0, 2, 1])
        value = self.node("Unsqueeze", [upright, "channel"], "mfcc/planes")
        encoder = "model.audioEncoder"
        value = self.sound_block(value, f"{encoder}.block1", 1, 32)
        value = self.pool(value, f"{encoder}.pool1", (1, 3))
        value = self.sound_block(value, f"{encoder}.block2", 32, 64)
        value = self.pool(value, f"{encoder}.pool2", (1, 3))
        value = self.sound_block(value, f"{encoder}.block3", 64, SIZE)
        return self.node("ReduceMean", [value], f"{encoder}.mean", axes=[2], keepdims=0)

    def gated(self, value, name, size):
        """[N, size, T] weighted by a gate that sees all its channels."""
        operands = self.normalised(f"{name}.attention", f"{name}.bn", (size, size, 1), (size, size, 1))
        gate = self.node("Sigmoid", [self.node("Conv", [value, *operands], f"{name}/conv")], f"{name}/gate")
        return self.node("Mul", [value, gate], name)

    def recurrent(self, value):
        """[N, 128, T] of [N, 256, T]: the states of both directions."""
        parts = []
        for direction in ("forward", "backward"):
            name = f"model.detector.gru_{direction}"
            shapes = [(3 * HIDDEN, 2 * SIZE), (3 * HIDDEN, HIDDEN), (3 * HIDDEN,), (3 * HIDDEN,)]
            kinds = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
            parts.append([onnx_gates(self.weight(f"{name}.{kind}", shape)) for kind, shape in zip(kinds, shapes)])
        operands = [
            self.constant("gru/weight", np.stack([part[0] for part in parts])),
            self.constant("gru/recurrence", np.stack([part[1] for part in parts])),
            self.constant("gru/bias", np.stack([np.concatenate(part[2:]) for part in parts])),
        ]
        by_time = self.node("Transpose", [value], "gru/by_time", perm=[2, 0, 1])
        states = self.node("GRU", [by_time, *operands], "gru/states", direction="bidirectional", hidden_size=HIDDEN,
                           linear_before_reset=1)  # fmt: skip
        by_clip = self.node("Transpose", [states], "gru/by_clip", perm=[2, 1, 3, 0])  # [N, 2, 64, T]
        shape = self.indices("gru/shape", 0, 2 * HIDDEN, -1)
        return self.node("Reshape", [by_clip, shape], "gru")

    def build_faces(self):
        self._graph.add_input("faces", ("T", 1, SIDE, SIDE))
        self.pictures()
        self._graph.add_output("features", ("T", SIZE))
        return self._graph

    def build_voice(self):
        self._graph.add_input("features", ("T", SIZE))
        self._graph.add_input("mfcc", (1, "4T", NUM_COEFFICIENTS))
        self.indices("channel", 1)
        of_faces = self.node("Transpose", ["features"], "features/by_channel", perm=[1, 0])
        of_faces = self.node("Unsqueeze", [of_faces, self.indices("clip", 0)], "features/clip")
        both = self.node("Concat", [self.sound(), of_faces], "both", axis=1)
        states = self.recurrent(self.gated(both, "model.fusion", 2 * SIZE))
        value = self.gated(states, "model.detector.attention", 2 * HIDDEN)
        # Of two classes, silent and speaking, the difference of their logits.
        head, bias = self.weight("lossAV.FC.weight", (2, SIZE)), self.weight("lossAV.FC.bias", (2,))
        operands = [self.constant("head/weight", (head[1] - head[0]).reshape(1, SIZE, 1)),
                    self.constant("head/bias", (bias[1] - bias[0]).reshape(1))]  # fmt: skip
        logits = self.node("Conv", [value, *operands], "head")
        self.node("Squeeze", [logits, "channel"], "log_odds")
        self._graph.add_output("log_odds", (1, "T"))
        return self._graph


def onnx_gates(array):
    """[3 * HIDDEN, ...] with the gates in PyTorch's order, in that of ONNX."""
    return array.reshape(3, HIDDEN, *array.shape[1:])[_ONNX_GATES].reshape(array.shape)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="FILE", help="the ONNX file to write")
    parser.add_argument("--part", required=True, choices=("faces", "voice"))
    parser.add_argument("checkpoint", help="finetuning_TalkSet.model or pretrain_AVA.model")
    options = parser.parse_args()
    try:
        converter = Converter(read_tensors(options.checkpoint), f"lr-asd-{options.part}")
        graph = converter.build_faces() if options.part == "faces" else converter.build_voice()
        graph.save(options.out)
    except (ConversionError, OSError, KeyError) as error:
        sys.exit(f"lr_asd.py: {options.checkpoint}: {error}")


if __name__ == "__main__":
    main()
