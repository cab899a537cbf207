# SPDX-License-Identifier: Apache-2.0
"""Reads the tensors of a PyTorch checkpoint of the form since version 1.6, a zip, without PyTorch.

Its pickle may call nothing but what such a file of named tensors needs.
"""

import collections
import io
import math
import pickle
import typing
import zipfile

import numpy as np

from onnx_graph import ConversionError

MAX_BYTES = 1 << 30  # of one storage
_DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class _Storage(typing.NamedTuple):
    key: str
    dtype: str


class _Tensor(typing.NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple

    @classmethod
    def rebuild(cls, storage, offset, shape, strides, *_):
        """Stands in for the function of PyTorch that makes a tensor."""
        if strides != tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape))):
            raise ConversionError(f"a tensor of shape {shape} has strides {strides}, expected rows one after another")
        return cls(storage, offset, shape)


class _Unpickler(pickle.Unpickler):
    _ALLOWED = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _Tensor.rebuild,
        ("torch", "FloatStorage"): "FloatStorage",
        ("torch", "LongStorage"): "LongStorage",
    }

    def find_class(self, module, name):
        if (module, name) not in self._ALLOWED:
            raise ConversionError(f"the checkpoint asks for {module}.{name}, which no such file needs")
        return self._ALLOWED[module, name]

    def persistent_load(self, reference):
        """Of ("storage", type, key, device, size) the key and the type."""
        if len(reference) != 5 or reference[0] != "storage" or reference[1] not in _DTYPES:
            raise ConversionError(f"storage {reference}: expected float32 or int64 numbers")
        return _Storage(str(reference[2]), _DTYPES[reference[1]])


def read_tensors(path):
    """The tensors of the state dictionary at `path`, by name, as float32 or int64."""
    try:
        with zipfile.ZipFile(path) as archive:
            [pickled] = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            tensors = _Unpickler(io.BytesIO(_member(archive, pickled))).load()
            if not isinstance(tensors, dict) or not all(isinstance(each, _Tensor) for each in tensors.values()):
                raise ConversionError("expected a dictionary of tensors")
            folder = pickled.removesuffix("data.pkl") + "data/"
            return {name: _values_of(archive, folder, name, tensor) for name, tensor in tensors.items()}
    except (zipfile.BadZipFile, pickle.UnpicklingError, EOFError, KeyError, TypeError, ValueError) as error:
        raise ConversionError(f"not a PyTorch checkpoint of the form since 1.6: {error}") from None


def _values_of(archive, folder, name, tensor):
    values = np.frombuffer(_member(archive, folder + tensor.storage.key), tensor.storage.dtype)
    values = values[tensor.offset :][: math.prod(tensor.shape)]
    if values.size != math.prod(tensor.shape):
        raise ConversionError(f"tensor {name} {tensor.shape} ends after its storage")
    return values.reshape(tensor.shape)


def _member(archive, name):
    if archive.getinfo(name).file_size > MAX_BYTES:
        raise ConversionError(f"{name} is larger than {MAX_BYTES} bytes")
    return archive.read(name)
