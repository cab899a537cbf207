#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The readers of files that hold weights (CTranslate2, PyTorch before and since 1.6), on files made here: right, cut, lying
and hostile ones. Needs the packages of requirements.txt."""

import collections
import os
import pathlib
import pickle
import struct
import sys
import tempfile
import types
import unittest
import zipfile
from unittest import mock

sys.dont_write_bytecode = True

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import ctranslate2_file
import ctranslate2_whisper
import resemblyzer_ge2e
import torch_zip
from onnx_graph import ConversionError


class CTranslate2Files(unittest.TestCase):
    """read_variables() on bytes made here."""

    @staticmethod
    def text(name):
        return struct.pack("<H", len(name) + 1) + name.encode() + b"\0"

    def file(self, variables, aliases=(), version=6, specification="WhisperSpec"):
        """`variables`: (name, shape, type, bytes)."""
        data = struct.pack("<I", version) + self.text(specification) + struct.pack("<II", 3, len(variables))
        for name, shape, kind, content in variables:
            data += self.text(name) + struct.pack(f"<B{len(shape)}I", len(shape), *shape)
            data += struct.pack("<BI", kind, len(content)) + content
        return data + struct.pack("<I", len(aliases)) + b"".join(self.text(each) for pair in aliases for each in pair)

    GOOD = [("a", (2, 2), 4, np.array([1, 2, 3, -4.5], "<f2").tobytes()), ("n", (), 2, struct.pack("<h", -7))]

    def refusal(self, data):
        with self.assertRaises(ConversionError) as caught:
            ctranslate2_file.read_variables(data, "WhisperSpec")
        return str(caught.exception)

    def test_variables_and_aliases_come_by_name(self):
        variables = ctranslate2_file.read_variables(self.file(self.GOOD, [("b", "a")]), "WhisperSpec")
        self.assertEqual({name: each.tolist() for name, each in variables.items()},
                         {"a": [[1, 2], [3, -4.5]], "n": -7, "b": [[1, 2], [3, -4.5]]})  # fmt: skip

    def test_a_file_cut_anywhere_is_refused(self):
        whole = self.file(self.GOOD, [("b", "a")])
        for size in range(len(whole)):
            self.refusal(whole[:size])

    def test_what_is_not_as_described_is_refused(self):
        for data, complaint in [
            (self.file(self.GOOD, version=7), "version 7"),
            (self.file(self.GOOD, specification="TransformerSpec"), "TransformerSpec"),
            (self.file(self.GOOD) + b"!", "goes on"),
            (self.file(self.GOOD * 2), "twice"),
            (self.file(self.GOOD, [("b", "c")]), "not there"),
            (self.file([("a", (3,), 4, bytes(8))]), "expected 6"),
            (self.file([("a", (1 << 31, 1 << 31), 4, bytes(8))]), "has 8 bytes"),
            (self.file([("a", (4,), 5, bytes(8))]), "type 5"),
            (struct.pack("<I", 6) + self.text("WhisperSpec") + struct.pack("<II", 3, 1 << 30), "at most"),
        ]:
            with self.subTest(complaint):
                self.assertIn(complaint, self.refusal(data))

    def test_a_quantised_encoder_is_refused(self):
        variables = ctranslate2_file.read_variables(
            self.file([("encoder/conv1/weight", (64, 80, 3), 1, bytes(64 * 80 * 3)), ("encoder/num_heads", (), 2, b"\1\0")]),
            "WhisperSpec",
        )
        with self.assertRaisesRegex(ConversionError, "quantised"):
            ctranslate2_whisper.Encoder(variables)


class Checkpoints(unittest.TestCase):
    """read_checkpoint() on files made here in the form that PyTorch wrote before 1.6."""

    MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "checkpoint.pt"

    def write(self, state, storages, protocol=PROTOCOL, tail=b""):
        """`state`: name -> (storage, offset, shape, strides), or any other object; `storages`: key -> numbers."""
        torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

        class FloatStorage:
            __module__, __qualname__ = "torch", "FloatStorage"

        def _rebuild_tensor_v2():
            pass

        _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
        torch.FloatStorage, utils._rebuild_tensor_v2 = FloatStorage, _rebuild_tensor_v2

        class Storage(str):
            pass

        class Tensor:
            def __init__(self, storage, *layout):
                self.arguments = (Storage(storage), *layout, False, collections.OrderedDict())

            def __reduce__(self):
                return _rebuild_tensor_v2, self.arguments

        class Pickler(pickle.Pickler):
            def persistent_id(self, value):
                if isinstance(value, Storage):
                    return ("storage", FloatStorage, str(value), "cpu", len(storages[value]), None)

        state = {name: Tensor(*each) if isinstance(each, tuple) else each for name, each in state.items()}
        system = {"protocol_version": protocol, "little_endian": True}
        with self.path.open("wb") as file, mock.patch.dict(sys.modules, {"torch": torch, "torch._utils": utils}):
            for each in (self.MAGIC, protocol, system, {"step": 1, "model_state": state}, list(storages)):
                Pickler(file, protocol=2).dump(each)
            for numbers in storages.values():
                file.write(struct.pack("<q", len(numbers)) + np.array(numbers, "<f4").tobytes())
            file.write(tail)

    def refusal(self):
        with self.assertRaises(ConversionError) as caught:
            resemblyzer_ge2e.read_checkpoint(self.path)
        return str(caught.exception)

    def test_tensors_share_storages(self):
        self.write({"a": ("x", 1, (2, 2), (2, 1)), "b": ("y", 0, (1,), (1,)), "c": ("x", 0, (5,), (1,))},
                   {"y": [7], "x": [0, 1, 2, 3, 4]})  # fmt: skip
        tensors = resemblyzer_ge2e.read_checkpoint(self.path)
        self.assertEqual({name: tensor.tolist() for name, tensor in tensors.items()},
                         {"a": [[1, 2], [3, 4]], "b": [7], "c": [0, 1, 2, 3, 4]})  # fmt: skip

    def test_other_names_are_not_called(self):
        class Hostile:
            def __reduce__(self):
                return os.mkdir, (str(self.folder),)

        hostile = Hostile()
        hostile.folder = self.path.with_name("made")
        self.write({"a": hostile}, {})
        self.assertIn("mkdir", self.refusal())
        self.assertFalse(hostile.folder.exists())

    def test_what_is_not_as_described_is_refused(self):
        good = {"a": ("x", 0, (2, 3), (3, 1))}
        self.write(good, {"x": range(6)}, tail=b"!")
        self.assertIn("goes on", self.refusal())
        self.write(good, {"x": range(6)}, protocol=1002)
        self.assertIn("before 1.6", self.refusal())
        self.write(good, {"x": range(5)})
        self.assertIn("ends after its storage", self.refusal())
        self.write({"a": ("x", 0, (2, 3), (1, 2))}, {"x": range(6)})
        self.assertIn("strides", self.refusal())

    def test_a_file_cut_anywhere_is_refused(self):
        self.write({"a": ("x", 0, (2, 3), (3, 1))}, {"x": range(6)})
        whole = self.path.read_bytes()
        for size in range(len(whole)):
            self.path.write_bytes(whole[:size])
            self.refusal()


class ZippedCheckpoints(unittest.TestCase):
    """torch_zip on files made here in the form that PyTorch writes since 1.6."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "checkpoint.model"

    def write(self, pickled, storages):
        with zipfile.ZipFile(self.path, "w") as archive:
            archive.writestr("archive/data.pkl", pickled)
            for key, data in storages.items():
                archive.writestr(f"archive/data/{key}", data)

    @staticmethod
    def pickled(offset=0, shape=(2, 2), strides=(2, 1), module="torch._utils", name="_rebuild_tensor_v2"):
        """{"a": the tensor of storage "0"}, as the text of a pickle of protocol 0."""
        numbers = lambda values: "(" + "".join(f"I{value}\n" for value in values) + "t"  # noqa: E731
        storage = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI4\ntQ"
        arguments = f"({storage}I{offset}\n{numbers(shape)}{numbers(strides)}I00\nNt"
        return f"(dS'a'\nc{module}\n{name}\n{arguments}Rs.".encode()

    def refusal(self):
        with self.assertRaises(ConversionError) as caught:
            torch_zip.read_tensors(self.path)
        return str(caught.exception)

    def test_tensors_come_by_name(self):
        self.write(self.pickled(), {"0": np.arange(4, dtype="<f4").tobytes()})
        self.assertEqual({name: each.tolist() for name, each in torch_zip.read_tensors(self.path).items()},
                         {"a": [[0, 1], [2, 3]]})  # fmt: skip

    def test_other_names_are_not_called(self):
        self.write(self.pickled(module="os", name="mkdir"), {})
        self.assertIn("mkdir", self.refusal())

    def test_what_is_not_as_described_is_refused(self):
        good = {"0": np.arange(4, dtype="<f4").tobytes()}
        for pickled, storages, complaint in [
            (self.pickled(), {}, "archive/data/0"),
            (self.pickled(), {"0": good["0"][:12]}, "ends after its storage"),
            (self.pickled(offset=1), good, "ends after its storage"),
            (self.pickled(strides=(1, 2)), good, "strides"),
            (b"I1\n.", good, "dictionary"),
            (b"(d", good, "since 1.6"),
        ]:
            with self.subTest(complaint):
                self.write(pickled, storages)
                self.assertIn(complaint, self.refusal())
        self.path.write_bytes(b"no zip")
        self.assertIn("since 1.6", self.refusal())


if __name__ == "__main__":
    unittest.main()
