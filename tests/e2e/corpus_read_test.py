# SPDX-License-Identifier: Apache-2.0
"""`sezim corpus read` and `readers`: what a corpus holds, what does not fit, and how it says so."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import DONE, FAILED, SOME_REJECTED, WRONG_USAGE, ffmpeg


def sezim(*arguments):
    return subprocess.run([os.environ["SEZIM_BIN"], "corpus", *map(str, arguments)], capture_output=True, text=True,
                          timeout=120)


class CorpusReadTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-e2e-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.emodb = cls.folder / "emodb"
        cls.emodb.mkdir()
        for name in ("03a01Fa.wav", "08a01Wa.wav", "08a02La.wav"):
            ffmpeg("-f", "lavfi", "-t", "1.5", "-i", "sine=r=16000", cls.emodb / name)

    def test_counts_and_hours(self):
        run = sezim("read", "emodb", self.emodb, "--json")
        self.assertEqual((run.returncode, run.stderr), (DONE, ""))
        found = json.loads(run.stdout)
        self.assertEqual(found["all"]["clips"], 3)
        self.assertEqual(found["all"]["speakers"], 2)
        self.assertAlmostEqual(found["all"]["hours"], 4.5 / 3600, places=6)
        self.assertEqual(found["by_emotion"]["happy"], {"clips": 1, "speakers": 1, "female": 0, "male": 1,
                                                        "hours": found["by_emotion"]["happy"]["hours"]})
        self.assertEqual(found["by_speaker"]["08"], {"angry": 1, "boredom": 1})
        table = sezim("read", "emodb", self.emodb, "--no-hours").stdout
        self.assertIn("emodb: 3 clips, 2 speakers; licence: CC0 1.0", table)
        self.assertRegex(table, r"boredom +1 +1 +1 +0 +0\n")

    def test_a_label_map_leaves_out(self):
        run = sezim("read", "emodb", self.emodb, "--labels", "harvest7", "--json", "--no-hours")
        self.assertEqual(run.returncode, DONE, run.stderr)
        self.assertEqual(sorted(json.loads(run.stdout)["by_emotion"]), ["angry", "happy"])
        self.assertIn("1 clips of other emotions left out", run.stderr)

    def test_what_does_not_fit_is_named(self):
        odd = self.folder / "odd"
        odd.mkdir()
        (odd / "03a01Fa.wav").write_bytes((self.emodb / "03a01Fa.wav").read_bytes())
        (odd / "03a01Wa.wav").write_bytes(b"no sound at all")
        (odd / "song.wav").write_bytes(b"")
        run = sezim("read", "emodb", odd, "--json")
        self.assertEqual(run.returncode, SOME_REJECTED, run.stderr)
        self.assertEqual(json.loads(run.stdout)["all"]["clips"], 1)
        self.assertIn("song.wav: not named as emodb names its files", run.stderr)
        self.assertIn("03a01Wa: ", run.stderr)

    def test_a_command_that_there_is_not_is_named(self):
        run = sezim("raed", "emodb", self.emodb)
        self.assertEqual(run.returncode, WRONG_USAGE)
        self.assertIn("there is no command 'raed'", run.stderr)

    def test_wrong_folder_and_wrong_usage(self):
        run = sezim("read", "ravdess", self.emodb)
        self.assertEqual(run.returncode, FAILED)
        self.assertIn("is not a folder of ravdess", run.stderr)
        self.assertIn("03-01-EE-II-SS-RR-AA.wav", run.stderr)
        self.assertEqual(sezim("read", "emo-db", self.emodb).returncode, WRONG_USAGE)
        self.assertEqual(sezim("read", "emodb", self.emodb, self.emodb).returncode, WRONG_USAGE)
        self.assertEqual(sezim("read", "emodb", self.emodb, "--labels", "none").returncode, WRONG_USAGE)
        self.assertEqual(sezim("read", "emodb", self.folder / "none").returncode, FAILED)

    def test_merged_and_the_list_of_readers(self):
        run = sezim("read", "merged", f"emodb:{self.emodb}", f"emodb:{self.emodb}", "--json", "--no-hours")
        self.assertEqual(run.returncode, DONE, run.stderr)
        self.assertEqual(sorted(json.loads(run.stdout)["by_speaker"]), ["emodb-2/03", "emodb-2/08", "emodb/03", "emodb/08"])
        names = [one["name"] for one in json.loads(sezim("readers", "--json").stdout)]
        self.assertEqual(names, sorted(names))
        documented = (Path(os.environ["SEZIM_SOURCE"]) / "docs/corpora.md").read_text(encoding="utf-8")
        for name in names:
            self.assertIn(f"`{name}`", documented)
            self.assertIn(name, sezim("readers").stdout)


if __name__ == "__main__":
    unittest.main()
