# SPDX-License-Identifier: Apache-2.0
"""`sezim train` on faces: what it writes, what takes it, stopping and resuming, starting from another model."""

import hashlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from made_faces import make_faces
from support import DONE, FAILED, INTERRUPTED, SOME_REJECTED, TIMEOUT_S, WRONG_USAGE

CONFIG = """
title = "Bars"
protocol = "face-folder"
[model]
name = "bars"
description = "bars that stand for faces"
licence = "CC0-1.0"
[[corpus]]
reader = "fer2013"
folder = "faces"
[[system]]
name = "residual"
classifier = "residual"
[system.options]
epochs = 2
width = 8
batch_size = 16
learning_rate = 0.05
average = 0
max_turn_deg = 2
max_shift = 0.02
"""


def sezim(*arguments, cwd=None, cache=None):
    environment = dict(os.environ, **({"SEZIM_CACHE": str(cache)} if cache else {}))
    return subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True,
                          timeout=TIMEOUT_S, cwd=cwd, env=environment)


class FaceModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-faces-")
        cls.addClassCleanup(folder.cleanup)
        cls.shared = Path(folder.name)
        make_faces(cls.shared / "faces")
        cls.model = cls.shared / "bars"
        (cls.shared / "bars.toml").write_text(CONFIG, encoding="utf-8")
        cls.training = sezim("train", "bars.toml", "--jobs", 1, cwd=cls.shared)

    def setUp(self):
        self.assertEqual(self.training.returncode, DONE, self.training.stderr)
        folder = tempfile.TemporaryDirectory(prefix="sezim-faces-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def config(self, text):
        file = self.folder / "bars.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def train(self, text, *arguments, expect=DONE, data=None, out=None):
        run = sezim("train", self.config(text), "--data-root", data or self.shared, "--jobs", 1, "--out",
                    out or self.folder / "model", *arguments)
        self.assertEqual(run.returncode, expect, run.stderr)
        return run

    def evaluate_expression(self, model, cache=None):
        run = sezim("evaluate", "expression", "--data", self.shared / "faces", "--model", model, "--json", cache=cache)
        self.assertEqual(run.returncode, DONE, run.stderr)
        return json.loads(run.stdout)

    # What it writes, and what takes it

    def test_the_folder_holds_a_model_and_its_figures(self):
        self.assertEqual(sorted(p.name for p in self.model.iterdir()), ["card.toml", "model.onnx"])
        self.assertFalse((self.shared / "bars.checkpoint").exists())
        card = (self.model / "card.toml").read_text(encoding="utf-8")
        self.assertIn(hashlib.sha256((self.model / "model.onnx").read_bytes()).hexdigest(), card)
        self.assertIn("42 faces of fer2013", card)
        self.assertIn("sezim train bars.toml", card)
        accuracy = re.search(r"^# residual .*?([0-9.]+)", card, re.M)
        self.assertIsNotNone(accuracy, card)  # the figures stand in the card, too
        self.assertIn(accuracy[0][2:], self.training.stdout)

    def test_evaluation_harvest_and_store_take_it(self):
        by_folder = self.evaluate_expression(self.model)
        self.assertEqual(by_folder["faces"], 14)
        self.assertIn(f"{100 * by_folder['accuracy']:.1f}", self.training.stdout)
        cache = self.folder / "cache"
        added = sezim("models", "add", self.model, cache=cache)
        self.assertEqual(added.returncode, DONE, added.stderr)
        by_name = self.evaluate_expression("bars", cache)
        self.assertEqual(by_name["confusion"], by_folder["confusion"])
        text = CONFIG[:CONFIG.index("[model]")] + CONFIG[CONFIG.index("[[corpus]]"):CONFIG.index("classifier")]
        out = self.folder / "out.json"
        run = sezim("evaluate", self.config(text + f'models = ["{self.model}"]\n'), "--data-root", self.shared, "--json", out)
        self.assertEqual(run.returncode, DONE, run.stderr)
        self.assertEqual(json.loads(out.read_text())["systems"][0]["accuracy"]["mean"], by_folder["accuracy"])
        # One that is neither in the store nor to be fetched is named; the others are evaluated.
        absent = '[[system]]\nname = "absent"\nmodels = ["nobody-has-it"]\n'
        run = sezim("evaluate", self.config(text + f'models = ["{self.model}"]\n' + absent), "--data-root", self.shared,
                    "--json", out)
        self.assertEqual(run.returncode, DONE, run.stderr)
        self.assertIn("skipped: system 'absent': the model nobody-has-it is not in the store", run.stderr)
        self.assertEqual([s["name"] for s in json.loads(out.read_text())["systems"]], ["residual"])

    def test_it_learns(self):
        self.train(CONFIG.replace("epochs = 2", "epochs = 12"))
        self.assertGreater(self.evaluate_expression(self.folder / "model")["accuracy"], 0.8)

    def test_an_archive_gives_the_same_model(self):
        subprocess.run(["tar", "-cJf", self.folder / "faces.tar.xz", "-C", self.shared / "faces", "."], check=True)
        self.train(CONFIG, data=self.folder)
        self.assertEqual((self.folder / "model" / "model.onnx").read_bytes(), (self.model / "model.onnx").read_bytes())

    def test_a_picture_that_cannot_be_read_is_named(self):
        make_faces(self.folder / "faces")
        (self.folder / "faces" / "train" / "sad" / "broken.png").write_bytes(b"no picture")
        run = self.train(CONFIG, "--no-evaluation", data=self.folder, expect=SOME_REJECTED)
        self.assertEqual(run.stderr.count("broken.png"), 1, run.stderr)
        self.assertNotIn("accuracy", run.stdout)
        self.assertEqual((self.folder / "model" / "model.onnx").read_bytes(), (self.model / "model.onnx").read_bytes())

    def test_what_cannot_be_is_refused(self):
        for text, words in [(CONFIG.replace("width", "widht"), "widht"), (CONFIG.replace('"residual"\n[', '"bilstm"\n['), "bilstm"),
                            (CONFIG.replace("width = 8", "width = 9"), "multiple of 8"),
                            (CONFIG.replace("epochs = 2", "epochs = 2.5"), "whole number"),
                            (CONFIG.replace("epochs = 2", "side = 20"), "side"),
                            (CONFIG[:CONFIG.index("[model]")] + CONFIG[CONFIG.index("[[corpus]]"):], "[model]")]:
            self.assertIn(words, self.train(text, expect=WRONG_USAGE).stderr)
        self.assertIn("abstain_below", self.train(CONFIG.replace("licence", "abstain_below = 0.5\nlicence"), expect=FAILED).stderr)
        self.assertIn("features", self.train(CONFIG.replace("classifier", 'features = "x"\nclassifier'), expect=FAILED).stderr)
        make_faces(self.folder / "faces", validation=0, test=0)
        subprocess.run(["rm", "-r", self.folder / "faces" / "validation"], check=True)
        self.assertIn("validation", self.train(CONFIG, "--no-evaluation", data=self.folder, expect=FAILED).stderr)
        self.assertFalse((self.folder / "model").exists())
        run = sezim("evaluate", self.config(CONFIG), "--data-root", self.shared)
        self.assertEqual(run.returncode, WRONG_USAGE)
        self.assertIn("sezim train", run.stderr)

    # Stopping, going on, starting from another model

    def test_stopped_and_resumed_it_is_the_same(self):
        text = CONFIG.replace("epochs = 2", "epochs = 60")
        self.train(text, out=self.folder / "whole")
        out = self.folder / "model"
        run = subprocess.Popen([os.environ["SEZIM_BIN"], "train", str(self.config(text)), "--data-root", str(self.shared),
                                "--jobs", "1", "--out", str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        checkpoint = self.folder / "model.checkpoint"
        end = time.monotonic() + TIMEOUT_S
        while not checkpoint.exists() and time.monotonic() < end:
            time.sleep(0.005)
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=TIMEOUT_S)
        self.assertEqual(run.returncode, INTERRUPTED, said)
        self.assertIn("--resume", said[1])
        self.assertTrue(checkpoint.exists())
        self.assertRegex((out / "card.toml").read_text(encoding="utf-8"), r"stopped after epoch \d+")
        self.assertEqual(self.evaluate_expression(out)["faces"], 14)  # what was best until then is a model
        self.assertNotEqual((out / "model.onnx").read_bytes(), (self.folder / "whole" / "model.onnx").read_bytes())
        self.assertIn("another training", self.train(text.replace("0.05", "0.04"), "--resume", expect=FAILED).stderr)
        self.train(text, "--resume")
        for name in ("model.onnx", "card.toml"):
            self.assertEqual((out / name).read_bytes(), (self.folder / "whole" / name).read_bytes())
        self.assertFalse(checkpoint.exists())
        self.assertIn("no checkpoint", self.train(text, "--resume", expect=WRONG_USAGE).stderr)

    def test_starting_from_a_model_goes_on_learning(self):
        self.train(CONFIG.replace("epochs = 2", "epochs = 12"), out=self.folder / "taught")
        barely = CONFIG.replace("learning_rate = 0.05", "learning_rate = 1e-9").replace("epochs = 2", "epochs = 1")
        self.train(barely, "--init", self.folder / "taught")
        self.assertGreater(self.evaluate_expression(self.folder / "model")["accuracy"], 0.8)
        self.assertIn("Started from the weights of taught; by chance started: none",
                      (self.folder / "model" / "card.toml").read_text(encoding="utf-8"))
        self.train(barely, out=self.folder / "chance")
        self.assertLess(self.evaluate_expression(self.folder / "chance")["accuracy"], 0.6)
        run = self.train(CONFIG, "--init", "mini-xception", expect=WRONG_USAGE)
        self.assertIn("weights of the network 'residual'", run.stderr)
        self.assertIn("voice-emotion", self.train(CONFIG, "--init", "voice-emodb", expect=WRONG_USAGE).stderr)
        self.train(CONFIG, "--init", self.folder / "none", expect=FAILED)


if __name__ == "__main__":
    unittest.main()
