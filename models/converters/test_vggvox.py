#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mat_file.py and vggvox_mat.py on small MATLAB files made here.

    python test_vggvox.py              needs the packages of requirements.txt
"""

import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib
from unittest import mock

sys.dont_write_bytecode = True

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from onnx.reference import ReferenceEvaluator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import mat_file
import vggvox_mat
from onnx_graph import ConversionError

_CLASSES = {"f8": 6, "f4": 7, "u1": 9}
_STORED = {"f8": 9, "f4": 7, "u1": 2, "i4": 5, "i1": 1, "u2": 4, "u4": 6}


def element(kind, content):
    if 0 < len(content) <= 4:
        return struct.pack("<HH", kind, len(content)) + content.ljust(4, b"\0")
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def numbers(values, dtype):
    return element(_STORED[dtype], np.asarray(values).astype("<" + dtype).tobytes(order="F"))


def matrix(value, name="", stored=None):
    """The element of an array, a text, a list (a row of cells) or a list of dictionaries (a row of structures)."""
    head = lambda kind, shape: numbers([kind, 0], "u4") + numbers(shape, "i4") + numbers(list(name.encode()), "i1")  # noqa: E731
    if isinstance(value, str):
        content = head(4, (1, len(value))) + numbers([ord(c) for c in value], "u2")
    elif isinstance(value, list) and all(isinstance(each, dict) for each in value):
        fields = list(value[0])
        content = head(2, (1, len(value))) + numbers([32], "i4")
        content += element(1, b"".join(field.encode().ljust(32, b"\0") for field in fields))
        content += b"".join(matrix(each[field]) for each in value for field in fields)
    elif isinstance(value, list):
        content = head(1, (1, len(value))) + b"".join(matrix(each) for each in value)
    elif value is None:  # a function handle
        content = head(16, (1, 1))
    else:
        dtype = value.dtype.str[1:]
        content = head(_CLASSES[dtype], value.shape if value.ndim > 1 else (value.size, 1)) + numbers(value, stored or dtype)
    return element(14, content)


def mat(*variables, packed=True):
    header = b"MATLAB 5.0 MAT-file, made".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    pack = lambda each: struct.pack("<II", 15, len(zlib.compress(each))) + zlib.compress(each)  # noqa: E731
    return header + b"".join(map(pack, variables) if packed else variables)


class MatFiles(unittest.TestCase):
    VALUES = {
        "a": np.arange(6, dtype="f8").reshape(2, 3),
        "b": np.arange(24, dtype="f4").reshape(2, 3, 4),
        "c": ["text", np.array([[1.5]]), [{"x": "y"}], ["inner", "cell"]],
        "d": [{"name": "p", "value": np.array([[1.0, 2.0]])}, {"name": "q", "value": None}],
    }

    def test_values_come_as_they_were_written(self):
        for packed in (False, True):
            read = mat_file.read_variables(mat(*(matrix(value, name) for name, value in self.VALUES.items()), packed=packed))
            np.testing.assert_array_equal(read["a"], self.VALUES["a"])
            np.testing.assert_array_equal(read["b"], self.VALUES["b"])
            self.assertEqual(read["b"].dtype, np.float32)
            text, number, structure, cells = read["c"].ravel()
            self.assertEqual((text, number.item(), structure, list(cells.ravel())), ("text", 1.5, {"x": "y"}, ["inner", "cell"]))
            p, q = read["d"].ravel()
            self.assertEqual((p["name"], p["value"].tolist(), q["name"], q["value"]), ("p", [[1, 2]], "q", None))

    def test_numbers_that_are_stored_smaller_are_widened(self):
        read = mat_file.read_variables(mat(matrix(np.array([[1.0, 255.0]]), "a", stored="u1")))
        self.assertEqual((read["a"].dtype, read["a"].tolist()), (np.float64, [[1, 255]]))

    def test_texts_may_be_unicode(self):
        plain = numbers([ord(c) for c in "text"], "u2")
        for kind, encoding in ((16, "utf-8"), (17, "utf-16-le"), (18, "utf-32-le")):
            data = matrix("text", "a")
            other = data[8:].replace(plain, element(kind, "сөз".encode(encoding)))
            read = mat_file.read_variables(mat(struct.pack("<II", 14, len(other)) + other))
            self.assertEqual(read["a"], "сөз")

    def test_a_file_cut_anywhere_is_refused_or_lacks_variables(self):
        for packed in (False, True):
            variables = [matrix(value, name) for name, value in self.VALUES.items()]
            whole = mat(*variables, packed=packed)
            ends = {len(mat(*variables[:count], packed=packed)) for count in range(len(variables) + 1)}
            for size in range(len(whole)):
                if size in ends:
                    continue
                with self.subTest(size=size, packed=packed), self.assertRaises(ConversionError):
                    mat_file.read_variables(whole[:size])

    def test_what_is_no_such_file_is_refused(self):
        deep = np.array([[1.0]])
        for _ in range(40):
            deep = [deep]
        wrong = matrix(np.array([[1.0, 2.0]]), "a").replace(struct.pack("<ii", 1, 2), struct.pack("<ii", 1, 3))
        for data, complaint in [
            (b"", "level 5"),
            (b"\x89HDF\r\n\x1a\n".ljust(200), "-v7"),
            (b"MATLAB 7.3 MAT-file".ljust(200), "-v7"),
            (mat(matrix(deep, "a")), "in one another"),
            (mat(wrong), "expected 3"),
            (mat(b"")[:128] + struct.pack("<II", 15, 4) + b"junk", "unpacked"),
        ]:
            with self.subTest(complaint), self.assertRaisesRegex(ConversionError, complaint):
                mat_file.read_variables(data)


def small_layers():
    """VGGVox's layers with few channels."""
    outputs = dict(conv1=3, conv2=4, conv3=5, conv4=4, conv5=3, fc6=6, fc7=2)
    return [(name, kernel, outputs[name], *rest) for name, kernel, _, *rest in vggvox_mat.LAYERS]


def made_weights(layers):
    random, inputs, weights = np.random.default_rng(1), 1, []
    for name, kernel, outputs, *_ in layers:
        weights.append((name, "conv", [random.normal(size=(*kernel, inputs, outputs)).astype("f4"),
                                       random.normal(size=(1, outputs)).astype("f4")]))  # fmt: skip
        moments = np.stack([random.normal(size=outputs), 1 + random.random(outputs)], axis=1)
        weights.append((name, "bnorm", [random.normal(size=(outputs, 1)).astype("f4"),
                                        random.normal(size=(outputs, 1)).astype("f4"), moments.astype("f4")]))  # fmt: skip
        inputs = outputs
    return weights


def simple_network(weights):
    layers = []
    for name, kind, arrays in weights:
        layers.append([{"type": kind, "name": name, "weights": arrays}])
        if kind == "bnorm":
            layers.append([{"type": "relu", "name": "relu_" + name}])
    return [{"layers": layers, "meta": "made"}]


def graph_network(weights):
    layers, params = [], []
    for name, kind, arrays in weights:
        names = [f"{name}_{kind}_{i}" for i in range(len(arrays))]
        layers.append({"name": name, "type": {"conv": "dagnn.Conv", "bnorm": "dagnn.BatchNorm"}[kind], "params": names})
        params += [{"name": each, "value": array} for each, array in zip(names, arrays)]
    return [{"layers": layers, "params": params[::-1]}]


def forward(layers, weights, x):
    """The publication's network on [1, 512, T], in float64."""
    weights = iter(weights)
    for name, kernel, _, stride, padding, pool, pool_stride in layers:
        (_, _, [filters, bias]), (_, _, [gain, shift, moments]) = next(weights), next(weights)
        padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
        windows = sliding_window_view(padded, kernel, axis=(1, 2))[:, ::stride, ::stride]
        x = np.einsum("cyxhw,hwco->oyx", windows, filters.astype("f8")) + bias.astype("f8").reshape(-1, 1, 1)
        mean, deviation = moments.astype("f8").T.reshape(2, -1, 1, 1)
        x = (x - mean) / deviation * gain.astype("f8").reshape(-1, 1, 1) + shift.astype("f8").reshape(-1, 1, 1)
        x = np.maximum(x, 0)
        if pool:
            x = sliding_window_view(x, pool, axis=(1, 2))[:, :: pool_stride[0], :: pool_stride[1]].max(axis=(3, 4))
        if name == "fc6":
            x = x.mean(axis=2, keepdims=True)
    return x.reshape(1, -1)


class VggVox(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.layers = small_layers()
        self.weights = made_weights(self.layers)
        for name, value in (("LAYERS", self.layers), ("SIZE", 2)):
            patch = mock.patch.object(vggvox_mat, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def convert(self, net):
        variables = mat_file.read_variables(mat(matrix(net, "net")))
        vggvox_mat.Converter(vggvox_mat.weights_of(variables["net"])).build().save(self.folder / "model.onnx")
        return onnx.load(self.folder / "model.onnx")

    def test_both_forms_give_the_published_network(self):
        for form in (simple_network, graph_network):
            model = self.convert(form(self.weights))
            for frames in (65, 130):
                x = np.random.default_rng(frames).normal(size=(1, 512, frames)).astype("f4")
                [fc7] = ReferenceEvaluator(model).run(None, {"spectrogram": x[None]})
                expected = forward(self.layers, self.weights, x.astype("f8"))
                with self.subTest(form.__name__, frames=frames):
                    self.assertEqual(fc7.shape, (1, 2))
                    self.assertGreater(np.abs(expected).max(), 0)
                    np.testing.assert_allclose(fc7, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())

    def test_three_seconds_have_the_published_shapes(self):
        model = self.convert(simple_network(self.weights))
        for node in model.graph.node:
            model.graph.output.append(onnx.helper.make_empty_tensor_value_info(node.output[0]))
        names = [output.name for output in model.graph.output]
        values = ReferenceEvaluator(model).run(names, {"spectrogram": np.zeros((1, 1, 512, 300), np.float32)})
        sizes = {name: value.shape[2:] for name, value in zip(names, values)}
        self.assertEqual([sizes[f"conv{i}/conv"] for i in (1, 2, 3, 4, 5)], [(254, 148), (62, 36), (30, 17), (30, 17), (30, 17)])
        self.assertEqual([sizes[f"conv{i}/pool"] for i in (1, 2, 5)], [(126, 73), (30, 17), (9, 8)])
        self.assertEqual((sizes["fc6/conv"], sizes["apool6"]), ((1, 8), (1, 1)))

    def test_other_networks_are_refused(self):
        swapped = [self.weights[2], *self.weights[1:]]
        unknown = graph_network(self.weights)
        unknown[0]["params"] = unknown[0]["params"][1:]
        flat = [(name, kind, [np.zeros_like(each) for each in arrays]) for name, kind, arrays in self.weights]
        for net, complaint in [
            (simple_network(self.weights[:-1]), "ends before bnorm of fc7"),
            (simple_network(self.weights[1:]), "conv1: a layer bnorm"),
            (simple_network(swapped), "conv1 has a kernel of shape"),
            (simple_network(flat), "standard deviation"),
            (unknown, "not all of which"),
            ([{"weights": np.array([[1.0]])}], "no network with layers"),
            ([{"layers": [[{"name": "x", "type": "conv"}]]}], "not numbers"),
        ]:
            with self.subTest(complaint), self.assertRaisesRegex(ConversionError, complaint):
                self.convert(net)

    def test_the_program_names_the_file_that_is_wrong(self):
        path = self.folder / "net.mat"
        path.write_bytes(b"nothing")
        script = pathlib.Path(vggvox_mat.__file__)
        result = subprocess.run([sys.executable, "-B", script, "--out", self.folder / "m.onnx", path], capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("net.mat: not a MATLAB file", result.stderr)


if __name__ == "__main__":
    unittest.main()
