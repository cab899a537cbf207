#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts Resemblyzer's GE2E speaker encoder (a PyTorch checkpoint) to ONNX.

    resemblyzer_ge2e.py --out model.onnx pretrained.pt

Three LSTM layers, and a linear layer with ReLU on the last hidden state of the third, scaled to length 1. "mel" [N, T,
40] becomes "embedding" [N, 256]; "layer1" to "layer3" [N, T, 256] are the hidden states of every frame.

The checkpoint has the form that PyTorch wrote before version 1.6: a row of pickles, then the raw numbers. It is read
without PyTorch, and its pickles may call nothing but the three names that such a file needs.
"""

import argparse
import pickle
import struct
import sys

import numpy as np

from onnx_graph import ConversionError, OnnxGraph
from torch_pickle import TensorUnpickler

NUM_MELS, NUM_LAYERS, SIZE = 40, 3, 256

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
# PyTorch keeps the gates of an LSTM as input, forget, cell, output; ONNX as input, output, forget, cell.
_ONNX_GATES = [0, 3, 1, 2]


class CheckpointUnpickler(TensorUnpickler):
    def persistent_load(self, reference):
        """Of ("storage", type, key, device, size, view) the key."""
        if len(reference) != 6 or reference[:2] != ("storage", "FloatStorage") or reference[5] is not None:
            raise ConversionError(f"storage {reference}: expected float32 numbers")
        return reference[2]


def read_checkpoint(path):
    """The tensors of the entry "model_state" of the checkpoint at `path`, by name, as float32."""
    with open(path, "rb") as file:
        try:
            magic, protocol, system, checkpoint, keys = (CheckpointUnpickler(file).load() for _ in range(5))
        except (pickle.UnpicklingError, EOFError, TypeError, ValueError) as error:
            raise ConversionError(f"not a PyTorch checkpoint of the form before 1.6: {error}") from None
        if (magic, protocol) != (_MAGIC, _PROTOCOL) or not system["little_endian"]:
            raise ConversionError("not a little-endian PyTorch checkpoint of the form before 1.6")
        storages = {key: read_storage(file, key) for key in keys}
        if file.read(1):
            raise ConversionError("the checkpoint goes on after its last storage")
    state = checkpoint["model_state"]
    return {name: tensor.values(name, storages[tensor.storage]) for name, tensor in state.items()}


def read_storage(file, key):
    header = file.read(8)
    count = struct.unpack("<q", header)[0] if len(header) == 8 else -1
    data = file.read(4 * count) if count >= 0 else b""
    if count < 0 or len(data) != 4 * count:
        raise ConversionError(f"the checkpoint ends inside storage {key}")
    return np.frombuffer(data, "<f4")


def onnx_gates(array):
    """[4 * SIZE, ...] with the gates in PyTorch's order, in that of ONNX."""
    return array.reshape(4, SIZE, *array.shape[1:])[_ONNX_GATES].reshape(array.shape)


def build(tensors):
    """The graph of the encoder with the weights of read_checkpoint()."""
    graph = OnnxGraph("ge2e")
    graph.add_input("mel", (None, "T", NUM_MELS))
    direction = graph.add_weight("direction", np.array([1], np.int64))
    value = graph.add_node("Transpose", ["mel"], "mel/by_frame", perm=[1, 0, 2])
    for layer in range(NUM_LAYERS):
        parts = [tensors[f"lstm.{part}_l{layer}"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        num_inputs = SIZE if layer else NUM_MELS
        if [part.shape for part in parts] != [(4 * SIZE, num_inputs), (4 * SIZE, SIZE), (4 * SIZE,), (4 * SIZE,)]:
            raise ConversionError(f"layer {layer} has weights of shapes {[part.shape for part in parts]}")
        weight, recurrence, *biases = map(onnx_gates, parts)
        name = f"lstm{layer + 1}"
        operands = [
            graph.add_weight(f"{name}/weight", weight[None]),
            graph.add_weight(f"{name}/recurrence", recurrence[None]),
            graph.add_weight(f"{name}/bias", np.concatenate(biases)[None]),
        ]
        states = graph.add_node("LSTM", [value, *operands], f"{name}/directions", hidden_size=SIZE)
        value = graph.add_node("Squeeze", [states, direction], name)
        graph.add_node("Transpose", [value], f"layer{layer + 1}", perm=[1, 0, 2])
    last = graph.add_node("Gather", [value, graph.add_weight("last", np.array(-1, np.int64))], "last_state", axis=0)
    operands = [graph.add_weight(name, tensors[name]) for name in ("linear.weight", "linear.bias")]
    linear = graph.add_node("Gemm", [last, *operands], "linear", transB=1)
    positive = graph.add_node("Relu", [linear], "positive")
    length = graph.add_node("ReduceL2", [positive], "length", axes=[1])
    # Where the ReLU leaves nothing, the embedding is zeros.
    smallest = graph.add_weight("smallest", np.array(1e-12, np.float32))
    graph.add_node("Div", [positive, graph.add_node("Max", [length, smallest], "divisor")], "embedding")
    graph.add_output("embedding", (None, SIZE))
    for layer in range(NUM_LAYERS):
        graph.add_output(f"layer{layer + 1}", (None, "T", SIZE))
    return graph


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="FILE", help="the ONNX file to write")
    parser.add_argument("checkpoint", help="pretrained.pt")
    options = parser.parse_args()
    try:
        build(read_checkpoint(options.checkpoint)).save(options.out)
    except (ConversionError, OSError, KeyError) as error:
        sys.exit(f"resemblyzer_ge2e.py: {options.checkpoint}: {error}")


if __name__ == "__main__":
    main()
