# SPDX-License-Identifier: Apache-2.0
"""Reads the tensors of a PyTorch checkpoint of the form since version 1.6, a zip, without PyTorch."""

import io
import pickle
import typing
import zipfile

import numpy as np

from onnx_graph import ConversionError
from torch_pickle import STORAGE_DTYPES, StoredTensor, TensorUnpickler

MAX_BYTES = 1 << 30  # of one storage


class _Storage(typing.NamedTuple):
    key: str
    dtype: str


class _Unpickler(TensorUnpickler):
    def persistent_load(self, reference):
        """Of ("storage", type, key, device, size) the key and the type."""
        if len(reference) != 5 or reference[0] != "storage" or reference[1] not in STORAGE_DTYPES:
            raise ConversionError(f"storage {reference}: expected float32 or int64 numbers")
        return _Storage(str(reference[2]), STORAGE_DTYPES[reference[1]])


def read_tensors(path):
    """The tensors of the state dictionary at `path`, by name, as float32 or int64."""
    try:
        with zipfile.ZipFile(path) as archive:
            [pickled] = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            tensors = _Unpickler(io.BytesIO(_member(archive, pickled))).load()
            if not isinstance(tensors, dict) or not all(isinstance(each, StoredTensor) for each in tensors.values()):
                raise ConversionError("expected a dictionary of tensors")
            folder = pickled.removesuffix("data.pkl") + "data/"
            return {name: tensor.values(name, _numbers(archive, folder, tensor)) for name, tensor in tensors.items()}
    except (zipfile.BadZipFile, pickle.UnpicklingError, EOFError, KeyError, TypeError, ValueError) as error:
        raise ConversionError(f"not a PyTorch checkpoint of the form since 1.6: {error}") from None


def _numbers(archive, folder, tensor):
    return np.frombuffer(_member(archive, folder + tensor.storage.key), tensor.storage.dtype)


def _member(archive, name):
    if archive.getinfo(name).file_size > MAX_BYTES:
        raise ConversionError(f"{name} is larger than {MAX_BYTES} bytes")
    return archive.read(name)
