# SPDX-License-Identifier: Apache-2.0
"""`sezim train` with networks on tones that stand for emotions: stopping, going on, starting from another model."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support import DONE, FAILED, INTERRUPTED, TIMEOUT_S, WRONG_USAGE
from tones import CORPUS, HEAD, MODEL, SVM, experiment, make_corpus

CONFIG = HEAD + MODEL + CORPUS + """[[system]]
name = "BiLSTM"
features = "mfcc39"
classifier = "bilstm"
[system.options]
epochs = 2
patience = 0
batch_size = 4
"""
VGGVOX_CARD = """schema = 1
name = "vggvox"
task = "speaker-spectrogram"
description = "fc7 of one trained on tones"
licence = "CC0-1.0"
trained_on = "tones"
labels = []
[file]
name = "model.onnx"
sha256 = "{sha256}"
size_bytes = {size}
[[inputs]]
name = "frames"
dtype = "float32"
shape = [-1, -1, 512]
meaning = "magnitudes"
[[outputs]]
name = "embedding"
dtype = "float32"
shape = [-1, 1024]
meaning = "fc7"
"""
WITH_SVM = HEAD + MODEL + CORPUS + SVM


class NetworkTrainingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-network-")
        cls.addClassCleanup(folder.cleanup)
        cls.shared = Path(folder.name)
        make_corpus(cls.shared / "corpus", num_speakers=3, per_emotion=2)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sezim-network-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "model"

    def command(self, config, *arguments, out=None, root=None):
        return [os.environ["SEZIM_BIN"], "train", str(experiment(self.folder, config)), "--data-root", str(root or self.shared),
                "--jobs", "1", "--out", str(out or self.out), *map(str, arguments)]

    def train(self, config, *arguments, expect=DONE, out=None, root=None):
        run = subprocess.run(self.command(config, *arguments, out=out, root=root), capture_output=True, text=True, timeout=TIMEOUT_S)
        self.assertEqual(run.returncode, expect, run.stderr)
        return run

    def stopped(self, config, *arguments, once):
        """A run that got SIGINT as soon as the file `once` was there."""
        run = subprocess.Popen(self.command(config, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + TIMEOUT_S
        while not once.exists() and time.monotonic() < end:
            time.sleep(0.005)
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=TIMEOUT_S)
        self.assertEqual(run.returncode, INTERRUPTED, said)
        return said[1]

    def test_stopped_and_resumed_it_is_the_same(self):
        config = CONFIG.replace("epochs = 2", "epochs = 40")
        whole = self.folder / "whole"
        self.train(config, "--no-evaluation", out=whole)
        checkpoint = self.folder / "model.checkpoint"
        self.assertIn("--resume", self.stopped(config, "--no-evaluation", once=checkpoint))
        card = (self.out / "card.toml").read_text(encoding="utf-8")
        self.assertRegex(card, r"stopped after epoch \d+")
        tone = sorted((self.shared / "corpus").glob("*.wav"))[0]
        run = subprocess.run([os.environ["SEZIM_BIN"], "recognize", tone, "--model", self.out, "--min-speech", "0"],
                             capture_output=True, text=True, timeout=TIMEOUT_S)
        self.assertEqual(run.returncode, DONE, run.stderr)  # what was best until then is a model
        self.assertNotEqual((self.out / "model.onnx").read_bytes(), (whole / "model.onnx").read_bytes())
        self.train(config, "--no-evaluation", "--resume")
        for name in ("model.onnx", "card.toml"):
            self.assertEqual((self.out / name).read_bytes(), (whole / name).read_bytes())
        self.assertFalse(checkpoint.exists())

    def test_stopped_while_it_is_evaluated_the_model_is_there(self):
        whole = self.folder / "whole"
        config = CONFIG.replace("epochs = 2", "epochs = 25")
        self.train(config, out=whole)
        self.assertIn("speakers apart", (whole / "card.toml").read_text(encoding="utf-8"))
        self.stopped(config, once=self.out / "card.toml")
        self.assertEqual((self.out / "model.onnx").read_bytes(), (whole / "model.onnx").read_bytes())
        self.assertNotIn("speakers apart", (self.out / "card.toml").read_text(encoding="utf-8"))
        self.train(config, "--resume")  # the training is not done again, only the evaluation
        self.assertEqual((self.out / "card.toml").read_bytes(), (whole / "card.toml").read_bytes())

    def test_starting_from_another_model(self):
        self.train(CONFIG.replace("epochs = 2", "epochs = 30\nlearning_rate = 0.003"), "--no-evaluation")
        barely = CONFIG.replace("epochs = 2", "epochs = 1\nlearning_rate = 1e-9")
        tuned = self.folder / "tuned"
        run = self.train(barely, "--init", self.out, out=tuned)
        table = re.search(r"^BiLSTM .*", run.stdout, re.M)[0]
        self.assertGreater(float(re.findall(r"[\d.]+", table)[1]), 80, table)  # each fold starts from it, too
        self.assertIn("Started from the weights of model; by chance started: none", (tuned / "card.toml").read_text(encoding="utf-8"))
        # Labels in another order and number: what is known of them is taken over.
        text = barely.replace('label_map = "harvest7"', f'label_map = "{self.folder}/two.toml"')
        (self.folder / "two.toml").write_text('summary = "two of them"\nclasses = ["sad", "angry"]\n', encoding="utf-8")
        run = self.train(text, "--init", self.out, out=self.folder / "two")
        table = re.search(r"^BiLSTM .*", run.stdout, re.M)[0]
        self.assertGreater(float(re.findall(r"[\d.]+", table)[1]), 80, table)
        # What cannot be started from.
        run = self.train(barely.replace('"mfcc39"', '"mfcc39-kaldi"'), "--init", self.out, expect=WRONG_USAGE, out=tuned)
        self.assertIn("other features", run.stderr)
        run = self.train(barely.replace('"bilstm"', '"cnn"'), "--init", self.out, "--no-evaluation", expect=WRONG_USAGE, out=tuned)
        self.assertIn("weights of the network 'cnn'", run.stderr)
        self.assertIn("expression", self.train(barely, "--init", "mini-xception", expect=WRONG_USAGE, out=tuned).stderr)
        self.train(barely, "--init", "no-such-model", expect=FAILED, out=tuned)

    def test_one_speaker_can_train_a_network_but_not_be_evaluated_apart(self):
        make_corpus(self.folder / "corpus", num_speakers=1, per_emotion=6)
        config = CONFIG.replace("epochs = 2", "epochs = 30\nlearning_rate = 0.003")
        self.assertIn("18 utterances of 1 speaker of", self.train(config, "--no-evaluation", root=self.folder).stdout)
        refused = self.train(config, expect=WRONG_USAGE, out=self.folder / "evaluated", root=self.folder).stderr
        self.assertIn("speaker", refused)
        self.assertTrue((self.folder / "evaluated" / "card.toml").exists())  # the model is there nevertheless

    def test_where_nobody_is_held_out_all_train(self):
        config = CONFIG.replace('classifier = "bilstm"', 'classifier = "bilstm"\nhold_out = false').replace(
            "epochs = 2\npatience = 0", "epochs = 30\nlearning_rate = 0.003")
        run = self.train(config)
        table = re.search(r"^BiLSTM .*", run.stdout, re.M)[0]
        self.assertGreater(float(re.findall(r"[\d.]+", table)[1]), 80, table)
        self.assertNotIn("said when to stop", (self.out / "card.toml").read_text(encoding="utf-8"))
        self.assertIn("epoch 30", run.stdout)
        self.train(CONFIG, "--no-evaluation", out=self.folder / "held-out")
        self.assertIn("said when to stop", (self.folder / "held-out" / "card.toml").read_text(encoding="utf-8"))
        refused = self.train(WITH_SVM.replace('"svm"', '"svm"\nhold_out = false'), expect=FAILED, out=self.folder / "svm").stderr
        self.assertIn("'hold_out' is for networks", refused)

    def test_a_vggvox_that_was_trained_here_makes_features(self):
        config = CONFIG.replace('"mfcc39"', '"spectrogram"').replace('"bilstm"', '"vggvox"').replace("epochs = 2", "epochs = 1")
        self.train(config, "--no-evaluation")
        weights = (self.out / "model.onnx").read_bytes()
        card = self.folder / "vggvox.toml"
        card.write_text(VGGVOX_CARD.format(sha256=hashlib.sha256(weights).hexdigest(), size=len(weights)), encoding="utf-8")
        environment = {**os.environ, "SEZIM_CACHE": str(self.folder / "cache")}
        tone = sorted((self.shared / "corpus").glob("*.wav"))[0]
        for command in (["models", "add", self.out / "model.onnx", "--card", card],
                        ["features", tone, "--set", "vggvox", "--out", self.folder / "fc7.csv"]):
            run = subprocess.run([os.environ["SEZIM_BIN"], *map(str, command)], env=environment, capture_output=True, text=True,
                                 timeout=TIMEOUT_S)
            self.assertEqual(run.returncode, DONE, run.stderr)
        row = [float(cell) for cell in (self.folder / "fc7.csv").read_text().splitlines()[1].split(",")[-1024:]]
        self.assertGreaterEqual(min(row), 0)  # behind the ReLU
        self.assertGreater(sum(number > 0 for number in row), 10)

    def test_libtorch_is_loaded_by_training_alone(self):
        listed = subprocess.run([os.environ["SEZIM_BIN"], "--version"], env={**os.environ, "LD_TRACE_LOADED_OBJECTS": "1"},
                                capture_output=True, text=True, timeout=TIMEOUT_S).stdout
        self.assertIn("libonnxruntime", listed)
        self.assertNotIn("torch", listed)
        alone = self.folder / "bin" / "sezim"  # without the module
        alone.parent.mkdir()
        shutil.copy(os.environ["SEZIM_BIN"], alone)
        run = subprocess.run([alone, *self.command(CONFIG, "--no-evaluation")[1:]], capture_output=True, text=True, timeout=TIMEOUT_S)
        self.assertEqual(run.returncode, FAILED, run.stderr)
        self.assertIn("libsezim_torch.so", run.stderr)
        self.assertIn("scripts/setup.sh --training", run.stderr)
        self.assertFalse(self.out.exists())

    def test_what_is_for_networks_only_is_refused_elsewhere(self):
        self.assertIn("--resume does nothing", self.train(WITH_SVM, "--resume", expect=WRONG_USAGE).stderr)
        self.assertIn("--init does nothing", self.train(WITH_SVM, "--init", self.folder, expect=WRONG_USAGE).stderr)
        self.assertIn("no checkpoint", self.train(CONFIG, "--resume", expect=WRONG_USAGE).stderr)
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
