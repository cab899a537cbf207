# SPDX-License-Identifier: Apache-2.0
"""Writes an ONNX graph whose bytes depend on its content only.

The converters build their graphs here. Images are planar ([N, C, H, W]) throughout, whatever the source network
used: one channel of planar and of interleaved layout is the same memory, and planar is what the runtime is fast at.
"""

import math
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper

OPSET = 17
IR_VERSION = 8  # the oldest that carries opset 17, so that any runtime since 2022 reads it
BATCH = "N"

_ELEMENT_TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int64): TensorProto.INT64}


class ConversionError(Exception):
    """The source network holds something that the converter does not know."""


class OnnxGraph:
    """Collects nodes and weights in the order given; values are referred to by name."""

    def __init__(self, name):
        self._name = name
        self._nodes = []
        self._weights = {}
        self._inputs = []
        self._outputs = []

    def add_input(self, name, shape):
        """Declares a float32 input; `None` in `shape` is the free batch dimension, a text another free one."""
        self._inputs.append(_value_info(name, shape))

    def add_output(self, name, shape):
        self._outputs.append(_value_info(name, shape))

    def add_weight(self, name, array):
        """Stores `array` (float32 or int64) little-endian under `name` and returns the name."""
        array = np.asarray(array, order="C")
        if array.dtype not in _ELEMENT_TYPES:
            raise ConversionError(f"weight {name}: dtype {array.dtype}, expected float32 or int64")
        if name in self._weights:
            raise ConversionError(f"weight {name} is defined twice")
        tensor = TensorProto(name=name, data_type=_ELEMENT_TYPES[array.dtype], dims=array.shape)
        tensor.raw_data = array.astype(array.dtype.newbyteorder("<")).tobytes()
        self._weights[name] = tensor
        return name

    def add_node(self, op, inputs, output, **attributes):
        """Appends one node with one output, named after it, and returns the output's name."""
        node = helper.make_node(op, inputs, [output], name=output)
        # Sorted, for the order of attributes is part of the bytes.
        node.attribute.extend(helper.make_attribute(key, attributes[key]) for key in sorted(attributes))
        self._nodes.append(node)
        return output

    def save(self, path):
        """Checks the graph and writes it to `path`, which appears whole or not at all."""
        graph = helper.make_graph(
            self._nodes, self._name, self._inputs, self._outputs, initializer=list(self._weights.values())
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="sezim",
        )
        onnx.checker.check_model(model, full_check=True)
        path = pathlib.Path(path)
        part = path.with_name(path.name + ".part")
        part.write_bytes(model.SerializeToString(deterministic=True))
        part.replace(path)


def same_padding(size, kernel, stride, dilation=1):
    """Zeros before and after one axis for "same" padding: ceil(size / stride) outputs, the odd zero at the end."""
    reach = (kernel - 1) * dilation + 1
    total = max((math.ceil(size / stride) - 1) * stride + reach - size, 0)
    return total // 2, total - total // 2


def window_output_size(size, kernel, stride, padding, dilation=1):
    """How many windows fit in `size` with `padding` = (before, after)."""
    return (size + sum(padding) - (kernel - 1) * dilation - 1) // stride + 1


def _value_info(name, shape):
    dims = [BATCH if size is None else size for size in shape]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
