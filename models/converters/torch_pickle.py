# SPDX-License-Identifier: Apache-2.0
"""What the pickles of PyTorch's checkpoints hold, without PyTorch and without calling what a pickle asks for."""

import collections
import math
import pickle
import typing

from onnx_graph import ConversionError

STORAGE_DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class StoredTensor(typing.NamedTuple):
    """Where a tensor is in the raw numbers of the file."""

    storage: typing.Any  # what the unpickler's persistent_load() returned
    offset: int
    shape: tuple

    @classmethod
    def rebuild(cls, storage, offset, shape, strides, *_):
        """Stands in for the function of PyTorch that makes a tensor."""
        if strides != tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape))):
            raise ConversionError(f"a tensor of shape {shape} has strides {strides}, expected rows one after another")
        return cls(storage, offset, shape)

    def values(self, name, numbers):
        """Its part of the storage's `numbers`, in its shape."""
        values = numbers[self.offset :][: math.prod(self.shape)]
        if values.size != math.prod(self.shape):
            raise ConversionError(f"tensor {name} {self.shape} ends after its storage")
        return values.reshape(self.shape)


class TensorUnpickler(pickle.Unpickler):
    """May call nothing but what a file of named tensors needs; persistent_load() is left to the form of the file."""

    _ALLOWED = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): StoredTensor.rebuild,
        **{("torch", name): name for name in STORAGE_DTYPES},
    }

    def find_class(self, module, name):
        if (module, name) not in self._ALLOWED:
            raise ConversionError(f"the checkpoint asks for {module}.{name}, which no such file needs")
        return self._ALLOWED[module, name]
