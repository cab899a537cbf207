# SPDX-License-Identifier: Apache-2.0
"""Reads MATLAB files of level 5 (MATLAB's -v6 and -v7), as "MAT-File Format" by The MathWorks describes them.

Numbers become arrays of their class, column-major order taken care of; a row of text becomes str; a cell array becomes an
array of objects; a structure an array of dictionaries. Of one element, cells and structures are that element. What is something else
(functions, sparse matrices, other classes' objects) becomes None.
"""

import struct
import zlib

import numpy as np

from onnx_graph import ConversionError

MAX_BYTES = 2 << 30  # of one variable, unpacked
MAX_DEPTH = 32
_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_UNICODE = {16: "utf-8", 17: "utf-16", 18: "utf-32"}
_CELL, _STRUCTURE, _OBJECT, _TEXT = 1, 2, 3, 4
_NUMBERS = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}


def read_variables(data):
    """The variables of the file whose bytes are `data`, by name."""
    if data[:8] == b"\x89HDF\r\n\x1a\n" or b"MATLAB 7.3" in data[:_HEADER_BYTES]:
        raise ConversionError("the file is of MATLAB's form 7.3: load it there and save it again with -v7")
    if len(data) < _HEADER_BYTES or data[126:128] not in (b"IM", b"MI"):
        raise ConversionError("not a MATLAB file of level 5")
    file = _File("<" if data[126:128] == b"IM" else ">")
    variables, at = {}, _HEADER_BYTES
    while at < len(data):
        kind, content, at = file.element(memoryview(data), at)
        if kind == _COMPRESSED:
            kind, content, _ = file.element(memoryview(_inflate(content)), 0)
        if kind == _MATRIX:
            name, value = file.matrix(content, 0)
            variables[name] = value
    return variables


def _inflate(content):
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(content, MAX_BYTES)
    except zlib.error as error:
        raise ConversionError(f"a variable cannot be unpacked: {error}") from None
    if not unpacker.eof:
        raise ConversionError(f"a packed variable has no end, or more than {MAX_BYTES} bytes")
    return data


class _File:
    def __init__(self, order):
        self._order = order

    def element(self, data, at):
        """(type, content, where the next one starts) of the element at `at`."""
        if at + 8 > len(data):
            raise ConversionError("the file ends inside an element")
        kind, size = struct.unpack_from(self._order + "II", data, at)
        if kind >> 16:  # a small one: size and type share a number, and the content follows at once
            kind, size = kind & 0xFFFF, kind >> 16
            if size > 4:
                raise ConversionError(f"a small element has {size} bytes")
            return kind, data[at + 4 : at + 4 + size], at + 8
        start, end = at + 8, at + 8 + size
        if end > len(data):
            raise ConversionError("the file ends inside an element")
        padding = 0 if kind == _COMPRESSED else -size % 8
        return kind, data[start:end], min(end + padding, len(data))

    def numbers(self, data, at):
        """(array, where the next element starts)."""
        kind, content, at = self.element(data, at)
        if kind not in _TYPES:
            raise ConversionError(f"an element of type {kind} stands where numbers are expected")
        dtype = np.dtype(self._order + _TYPES[kind])
        if len(content) % dtype.itemsize:
            raise ConversionError(f"{len(content)} bytes of numbers of {dtype.itemsize} bytes each")
        return np.frombuffer(content, dtype), at

    def text(self, data, at):
        kind, content, following = self.element(data, at)
        if kind in _UNICODE:
            suffix = "" if kind == 16 else "-le" if self._order == "<" else "-be"
            try:
                return bytes(content).decode(_UNICODE[kind] + suffix), following
            except UnicodeDecodeError:
                raise ConversionError("a text is damaged") from None
        values, at = self.numbers(data, at)
        return "".join(map(chr, values)), at

    def matrix(self, data, depth):
        """(name, value)."""
        if depth > MAX_DEPTH:
            raise ConversionError(f"more than {MAX_DEPTH} structures in one another")
        if not len(data):  # an empty cell
            return "", np.zeros((0, 0))
        flags, at = self.numbers(data, 0)
        if len(flags) < 1:
            raise ConversionError("an array says nothing of itself")
        kind, is_complex = int(flags[0]) & 0xFF, bool(int(flags[0]) & 0x800)
        if kind not in (_CELL, _STRUCTURE, _OBJECT, _TEXT, *_NUMBERS):
            return self._name_of_other(data, at), None
        shape, at = self.numbers(data, at)
        name, at = self.text(data, at)
        shape = tuple(int(side) for side in shape)
        if kind == _CELL:
            return name, self._cells(data, at, shape, depth)
        if kind in (_STRUCTURE, _OBJECT):
            if kind == _OBJECT:
                _, at = self.text(data, at)
            return name, self._structures(data, at, shape, depth)
        if kind == _TEXT:
            text, _ = self.text(data, at)
            return name, text if len(shape) == 2 and shape[0] <= 1 else None
        values, at = self.numbers(data, at)
        count = _product(shape)
        if len(values) != count or is_complex:
            raise ConversionError(f"the array {name!r} of shape {shape} has {len(values)} numbers, expected {count} real ones")
        return name, values.astype(self._order + _NUMBERS[kind]).astype(_NUMBERS[kind]).reshape(shape, order="F")

    def _name_of_other(self, data, at):
        try:
            _, at = self.numbers(data, at)
            return self.text(data, at)[0]
        except ConversionError:
            return ""

    def _cells(self, data, at, shape, depth):
        values = []
        for _ in range(_product(shape)):
            value, at = self._inner(data, at, depth)
            values.append(value)
        return _array_of(values, shape)

    def _structures(self, data, at, shape, depth):
        width, at = self.numbers(data, at)
        text, at = self.text(data, at)
        width = int(width[0]) if len(width) else 0
        if width < 1 or len(text) % width:
            raise ConversionError("the names of a structure's fields are damaged")
        names = [text[i : i + width].split("\0")[0] for i in range(0, len(text), width)]
        values = []
        for _ in range(_product(shape)):
            value = {}
            for name in names:
                value[name], at = self._inner(data, at, depth)
            values.append(value)
        return _array_of(values, shape)

    def _inner(self, data, at, depth):
        kind, content, at = self.element(data, at)
        if kind != _MATRIX:
            raise ConversionError(f"an element of type {kind} stands where an array is expected")
        return self.matrix(content, depth + 1)[1], at


def _product(shape):
    count = 1
    for side in shape:
        count *= side
    if not 0 <= count <= MAX_BYTES:
        raise ConversionError(f"an array has shape {shape}")
    return count


def _array_of(values, shape):
    if len(values) == 1:
        return values[0]
    array = np.empty(len(values), object)
    array[:] = values
    return array.reshape(shape, order="F")
