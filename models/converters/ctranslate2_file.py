# SPDX-License-Identifier: Apache-2.0
"""Reads the variables of a model.bin of CTranslate2 (binary versions 4 to 6), without CTranslate2.

All numbers are little-endian. A text is a uint16, its length with a zero at the end, and its bytes.

    uint32   binary version
    text     name of the specification, such as WhisperSpec
    uint32   revision of the specification
    uint32   number of variables, and for each:
               text     name
               uint8    rank, then as many uint32, the shape
               uint8    type, an index into the list below
               uint32   number of bytes, then these, row-major
    uint32   number of aliases, and for each: text, its name; text, the variable it stands for
"""

import struct

import numpy as np

from onnx_graph import ConversionError

MAX_VARIABLES = 10_000
MAX_TEXT = 1_000
_DTYPES = ["<f4", "i1", "<i2", "<i4", "<f2"]  # bfloat16, the next one, is not read


class _Reader:
    def __init__(self, data):
        self._data = memoryview(data)
        self._at = 0

    def take(self, count, what):
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise ConversionError(f"the file ends at byte {len(self._data)}, inside {what}")
        self._at += count
        return piece

    def number(self, form, what):
        return struct.unpack("<" + form, self.take(struct.calcsize(form), what))[0]

    def text(self, what):
        size = self.number("H", what)
        data = bytes(self.take(size, what))
        if not 0 < size <= MAX_TEXT or data[-1] != 0 or not data[:-1].isascii():
            raise ConversionError(f"{what} is not a name: this is no model.bin of CTranslate2, or it is damaged")
        return data[:-1].decode("ascii")

    def at_end(self):
        return self._at == len(self._data)


def read_variables(data, specification):
    """The variables of `data`, by name, as stored. Throws ConversionError unless it is a model of `specification`."""
    reader = _Reader(data)
    version = reader.number("I", "the header")
    if not 4 <= version <= 6:
        raise ConversionError(f"binary version {version}, expected 4 to 6: this is no model.bin of CTranslate2, or a newer one")
    name = reader.text("the specification")
    if name != specification:
        raise ConversionError(f"the model is a {name}, expected a {specification}")
    reader.number("I", "the revision")
    variables = {}
    for _ in range(_count(reader, "variables")):
        name = reader.text("the name of a variable")
        if name in variables:
            raise ConversionError(f"variable {name} is there twice")
        variables[name] = _values(reader, f"variable {name}")
    for _ in range(_count(reader, "aliases")):
        name, target = reader.text("an alias"), reader.text("an alias")
        if target not in variables:
            raise ConversionError(f"{name} stands for {target}, which is not there")
        variables[name] = variables[target]
    if not reader.at_end():
        raise ConversionError("the file goes on after its last alias")
    return variables


def _count(reader, what):
    count = reader.number("I", f"the number of {what}")
    if count > MAX_VARIABLES:
        raise ConversionError(f"{count} {what}, expected at most {MAX_VARIABLES}")
    return count


def _values(reader, what):
    shape = tuple(reader.number("I", what) for _ in range(reader.number("B", what)))
    kind = reader.number("B", what)
    if kind >= len(_DTYPES):
        raise ConversionError(f"{what} is of type {kind}, expected 0 to {len(_DTYPES) - 1}")
    size = reader.number("I", what)
    values = np.frombuffer(reader.take(size, what), np.uint8)
    dtype = np.dtype(_DTYPES[kind])
    expected = dtype.itemsize
    for side in shape:
        expected *= side
    if size != expected:
        raise ConversionError(f"{what} of shape {shape} has {size} bytes, expected {expected}")
    return values.view(dtype).reshape(shape)
