# SPDX-License-Identifier: Apache-2.0
"""A harvested corpus fine-tunes the network that ships with sezim, by the recipe that ships for it."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

from support import DONE, programme, read_lines

START = "voice-emodb-attention"
RECIPE = Path(os.environ["SEZIM_SOURCE"]) / "models" / "recipes" / "voice-harvested.toml"


class FineTuningTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sezim-fine-tuning-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def sezim(self, *arguments):
        run = subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True, timeout=240)
        self.assertEqual(run.returncode, DONE, run.stderr)
        return run

    def test_the_shipped_network_learns_from_what_was_harvested(self):
        corpus, model = self.folder / "corpus", self.folder / "model"
        self.sezim("harvest", programme("demo"), "--out", corpus)
        segments = read_lines(corpus / "segments.jsonl")
        # Two epochs, and nobody held out: these are few people.
        quick = re.sub("epochs = 15, patience = 5", "epochs = 2", RECIPE.read_text(encoding="utf-8"))
        recipe = self.folder / "quick.toml"
        recipe.write_text(quick.replace("[[system]]\n", "[[system]]\nhold_out = false\n"), encoding="utf-8")
        run = self.sezim("train", recipe, "--corpus", corpus, "--init", START, "--out", model, "--no-evaluation")
        self.assertNotIn("by chance", run.stderr)
        card = (model / "card.toml").read_text(encoding="utf-8")
        self.assertIn(f"Started from the weights of {START}; by chance started: none", card)
        self.assertEqual(set(tomllib.loads(card)["labels"]), {segment["emotion"] for segment in segments})

        sound = corpus / segments[0]["audio"]
        told = [json.loads(line) for line in self.sezim("recognize", sound, "--model", model).stdout.splitlines()]
        self.assertTrue(told)
        self.assertEqual(set(told[0]["scores"]), {segment["emotion"] for segment in segments})


if __name__ == "__main__":
    unittest.main()
