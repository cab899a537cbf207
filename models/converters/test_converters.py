#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts each network that has a golden file again, and compares its bytes with its card and its numbers with the
golden ones.

    python test_converters.py --downloads DIR

Needs the packages of requirements.txt. The archives come from DIR or SEZIM_MODEL_MIRROR, or are downloaded into DIR.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import fetch
import tfjs_graph
from archives import ArchiveStore, Mirror, file_sha256
from onnx_graph import ConversionError, same_padding, window_output_size

GOLDEN = HERE.parent.parent / "golden" / "expression"
TOLERANCE = 1e-4
DOWNLOADS = fetch.default_downloads()


def golden_pictures():
    """[8, 1, 64, 64], by the formula that the golden files state."""
    pictures = np.empty((8, 1, 64, 64), np.float32)
    for k in range(8):
        cell, state, values = 1 << (k % 4), k + 1, []
        for _ in range((64 // cell) ** 2):
            state = (1664525 * state + 1013904223) & 0xFFFFFFFF
            values.append((state >> 8) / 2**23 - 1)
        pictures[k, 0] = np.kron(np.reshape(values, (64 // cell, 64 // cell)), np.ones((cell, cell)))
    return pictures


class ExpressionNetworks(unittest.TestCase):
    def convert(self, name):
        """The ONNX file made by fetch.py out of the card's source, and the card."""
        card = fetch.read_toml(fetch.card_path(name))
        archives = ArchiveStore(DOWNLOADS, Mirror(os.environ.get("SEZIM_MODEL_MIRROR")), sys.executable)
        return fetch.make_model(card["source"], archives, sys.executable), card

    def check(self, name):
        data, card = self.convert(name)
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
        golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
        with self.subTest("numbers"):
            self.assertEqual(golden["labels"], card["labels"])
            expected = np.array(golden["outputs"])
            outputs = ReferenceEvaluator(model).run(None, {"image": golden_pictures()})[0]
            self.assertEqual(outputs.shape, expected.shape)
            self.assertLess(np.abs(outputs - expected).max(), TOLERANCE)

    def test_mini_xception(self):
        self.check("mini-xception")

    def test_big_xception(self):
        self.check("big-xception")


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
