# SPDX-License-Identifier: Apache-2.0
"""What tests of `sezim evaluate` share: running it, on the tiny programme and its truth."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import DONE, FAILED, TIMEOUT_S, tiny_programme

TRUTH = tiny_programme().with_suffix(".json")
SPANS = json.loads(TRUTH.read_text(encoding="utf-8"))["spans"]


def sezim(*arguments):
    return subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True, timeout=TIMEOUT_S)


class EvaluateTest(unittest.TestCase):
    """Each test has a folder of its own; what all share lies in `shared`."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-evaluate-")
        cls.addClassCleanup(folder.cleanup)
        cls.shared = Path(folder.name)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sezim-evaluate-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def evaluate(self, *arguments):
        run = sezim("evaluate", *arguments)
        self.assertEqual(run.returncode, DONE, run.stderr)
        return run.stdout

    def evaluate_json(self, *arguments):
        return json.loads(self.evaluate(*arguments, "--json"))

    def assert_refused(self, *arguments, words, status=FAILED):
        run = sezim("evaluate", *arguments)
        self.assertEqual(run.returncode, status, run.stderr)
        self.assertEqual(run.stdout, "")
        for one in map(str, words):
            self.assertIn(one, run.stderr)
