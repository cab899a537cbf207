# SPDX-License-Identifier: Apache-2.0
"""A network that gives no number for some clips: `evaluate` and `train` name each of them once, and use the others.

Runs with the Python that has the packages of models/converters/requirements.txt.
"""

import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest
import wave
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(os.environ["SEZIM_SOURCE"]) / "models" / "converters"))
from onnx_graph import OnnxGraph  # noqa: E402
from support import DONE, FAILED, SOME_REJECTED, TIMEOUT_S, users_cache  # noqa: E402
from tones import CORPUS, HEAD, MODEL, SVM, experiment, make_corpus  # noqa: E402

MOST = 6.0  # the network takes the root of how far the loudest frame stays below this
CARD = """schema = 1
name = "xvector"
task = "speaker-fbank"
description = "made"
licence = "CC0-1.0"
trained_on = "nothing"
labels = []
[file]
name = "model.onnx"
sha256 = "{sha256}"
size_bytes = {size_bytes}
[[inputs]]
name = "bands"
dtype = "float32"
shape = [-1, -1, 24]
meaning = "mel bands less their mean over the sound"
[[outputs]]
name = "embedding"
dtype = "float32"
shape = [-1, 24]
meaning = "made"
"""


def write_network(path, most):
    graph = OnnxGraph("root")
    graph.add_input("bands", (None, "T", 24))
    loudest = graph.add_node("ReduceMax", ["bands"], "loudest", axes=[1], keepdims=0)
    room = graph.add_node("Sub", [graph.add_weight("most", np.array([most], np.float32)), loudest], "room")
    graph.add_node("Sqrt", [room], "embedding")
    graph.add_output("embedding", (None, 24))
    graph.save(path)


def write_crack(path):
    """Half a second of faint noise that is loud for a moment."""
    draw = random.Random(str(path.name))
    samples = [draw.randint(-16000, 16000) if 4000 <= n < 4400 else draw.randint(-50, 50) for n in range(8000)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


class UndefinedFeaturesTest(unittest.TestCase):
    CRACKS = ["s1-sad-0.wav", "s2-happy-1.wav"]

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sezim-undefined-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        make_corpus(self.folder / "corpus")
        for name in self.CRACKS:
            write_crack(self.folder / "corpus" / name)
        (self.folder / "cache" / "models").mkdir(parents=True)
        (self.folder / "cache" / "models" / "silero-vad-sequence").symlink_to(users_cache() / "models" / "silero-vad-sequence")
        self.add_network(MOST)

    def add_network(self, most):
        weights, card = self.folder / "network.onnx", self.folder / "network.toml"
        write_network(weights, most)
        card.write_text(CARD.format(sha256=hashlib.sha256(weights.read_bytes()).hexdigest(), size_bytes=weights.stat().st_size))
        self.sezim("models", "add", weights, "--card", card)

    def sezim(self, *arguments, expect=DONE):
        run = subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True,
                             timeout=TIMEOUT_S, env={**os.environ, "SEZIM_CACHE": str(self.folder / "cache")})
        self.assertEqual(run.returncode, expect, run.stderr)
        return run

    def assert_cracks_are_named_once(self, said):
        for name in self.CRACKS:
            self.assertRegex(said, rf"(?m)^left out: .*{name}' gives features that are not finite")
            self.assertEqual(said.count(name), 1, said)
        self.assertEqual(said.count("not finite"), len(self.CRACKS), said)

    def test_an_experiment_names_each_once_and_is_of_the_rest(self):
        text = HEAD + CORPUS + SVM + SVM.replace("SVM", "of x").replace("mfcc39-stats", "xvector") + \
            SVM.replace("SVM", "normalised").replace("mfcc39-stats", "xvector") + "speaker_normalisation = true\n"
        file, out = experiment(self.folder, text), self.folder / "out.json"
        for told in ("computed", "kept by the first run"):
            with self.subTest(features=told):
                run = self.sezim("evaluate", file, "--data-root", self.folder, "--json", out, expect=SOME_REJECTED)
                self.assert_cracks_are_named_once(run.stderr)
                self.assertIn("2 left out in all", run.stderr)
                figures = json.loads(out.read_text(encoding="utf-8"))
                self.assertEqual([(one["name"], one["num_clips"]) for one in figures["systems"]],
                                 [("SVM", 46), ("of x", 46), ("normalised", 46)])
                self.assertEqual(len(figures["problems"]), 2)
                for one in figures["systems"]:
                    self.assertGreater(one["uar"]["mean"], 0.5, one["name"])

    def test_a_model_is_trained_on_the_rest(self):
        file = experiment(self.folder, HEAD + MODEL + CORPUS + SVM.replace("mfcc39-stats", "xvector"))
        model = self.folder / "model"
        run = self.sezim("train", file, "--data-root", self.folder, "--no-evaluation", "--out", model, expect=SOME_REJECTED)
        self.assert_cracks_are_named_once(run.stderr)
        self.assertIn("46 utterances", run.stdout)
        tone = self.folder / "corpus" / "s0-happy-0.wav"
        heard = json.loads(self.sezim("recognize", tone, "--model", model, "--min-speech", 0).stdout)
        self.assertEqual(heard["emotion"], "happy")

    def test_no_number_for_any_clip_is_a_failure(self):
        self.add_network(-100.0)
        file = experiment(self.folder, HEAD + CORPUS + SVM.replace("mfcc39-stats", "xvector"))
        run = self.sezim("evaluate", file, "--data-root", self.folder, expect=FAILED)
        self.assertRegex(run.stderr, r"no utterance is left; 48 files left out, the first one: .*not finite")


if __name__ == "__main__":
    unittest.main()
