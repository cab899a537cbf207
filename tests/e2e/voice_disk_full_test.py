# SPDX-License-Identifier: Apache-2.0
"""A disk that fills up while features, figures, models or recognitions are written: said, and nothing half-written left.

The disk is a small tmpfs, as in disk_full_test.py. SEZIM_BIN names the executable.
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from disk_full_test import PAGE, enter_mount_namespace, mount  # noqa: E402
from support import DONE, FAILED, users_cache  # noqa: E402
from tones import CORPUS, HEAD, MODEL, SVM, experiment, make_corpus  # noqa: E402

CONFIG = HEAD + MODEL + CORPUS + SVM


class VoiceDiskFullTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-full-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        make_corpus(cls.folder / "corpus", num_speakers=2, per_emotion=2)
        cls.config = experiment(cls.folder, CONFIG)
        cls.sounds = sorted((cls.folder / "corpus").glob("*.wav"))
        cls.disk = cls.folder / "disk"
        cls.disk.mkdir()
        cls.model = cls.folder / "model"
        cls.sezim("train", cls.config, "--data-root", cls.folder, "--no-evaluation", "--out", cls.model)

    @staticmethod
    def sezim(*arguments, expect=DONE, **environment):
        run = subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True, timeout=240,
                             env={**os.environ, **{name: str(value) for name, value in environment.items()}})
        if run.returncode != expect:
            raise AssertionError(f"status {run.returncode} instead of {expect}: {run.stderr}")
        return run

    def mount(self, num_pages):
        """A disk with room for so many pages, beside one that is taken."""
        mount(self.disk, f"size={(num_pages + 1) * PAGE}")
        self.addCleanup(subprocess.run, ["umount", "-q", self.disk], capture_output=True)
        (self.disk / "taken").write_bytes(bytes(PAGE))

    def written(self):
        return [path.name for path in self.disk.rglob("*") if path.is_file() and path.name != "taken"]

    def assert_no_room_for(self, name, *arguments, num_pages=0):
        """A disk of so many pages is too small for the files that the command writes; a larger one is not."""
        with self.subTest(what=name):
            self.mount(num_pages)
            run = self.sezim(*arguments, expect=FAILED)
            self.assertIn("No space left on device", run.stderr)
            self.assertIn("free some space", run.stderr)
            self.assertEqual(self.written(), [])
            subprocess.run(["mount", "-o", "remount,size=64m", self.disk], check=True)
            self.sezim(*arguments)
            self.assertTrue(self.written())
            subprocess.run(["umount", self.disk], check=True)
            return run

    def test_features_on_a_full_disk(self):
        for form in ("npy", "csv", "arff", "htk"):
            self.assert_no_room_for(form, "features", self.sounds[0], "--out", self.disk / f"x.{form}")
        self.assert_no_room_for("picture", "features", self.sounds[0], "--picture", self.disk / "x.png")
        with open("/dev/full", "w") as full:
            run = subprocess.run([os.environ["SEZIM_BIN"], "features", str(self.sounds[0])], stdout=full,
                                 stderr=subprocess.PIPE, text=True)
        self.assertEqual(run.returncode, FAILED, run.stderr)
        self.assertIn("cannot write 'standard output'", run.stderr)

    def test_figures_on_a_full_disk(self):
        evaluate = ["evaluate", self.config, "--data-root", self.folder]
        run = self.assert_no_room_for("JSON", *evaluate, "--json", self.disk / "o.json")
        self.assertIn("SVM", run.stdout)  # what took long is told before it is written
        self.assert_no_room_for("page", *evaluate, "--report", self.disk / "o.html")

    def test_recognitions_on_a_full_disk(self):
        recognize = ["recognize", "--model", self.model, "--min-speech", 0]
        self.assert_no_room_for("JSON lines", *recognize, *self.sounds, "--out", self.disk / "o.jsonl")
        self.assert_no_room_for("picture", *recognize, self.sounds[0], "--picture", self.disk / "o.svg")
        with open("/dev/full", "w") as full:
            run = subprocess.run([os.environ["SEZIM_BIN"], *map(str, recognize), str(self.sounds[0])], stdout=full,
                                 stderr=subprocess.PIPE, text=True)
        self.assertEqual(run.returncode, FAILED, run.stderr)
        self.assertIn("cannot write 'standard output'", run.stderr)

    def test_a_model_on_a_full_disk(self):
        train = ["train", self.config, "--data-root", self.folder, "--no-evaluation", "--out", self.disk / "m"]
        self.assert_no_room_for("weights", *train)
        # Room for the weights alone: what is there then is no model, and training again makes one.
        num_pages = 0
        while True:
            self.mount(num_pages)
            run = subprocess.run([os.environ["SEZIM_BIN"], *map(str, train)], capture_output=True, text=True, timeout=240)
            if run.returncode == DONE:
                break
            self.assertIn("No space left on device", run.stderr)
            self.assertFalse((self.disk / "m" / "card.toml").exists())
            self.sezim("recognize", "--model", self.disk / "m", self.sounds[0], expect=FAILED)
            subprocess.run(["umount", self.disk], check=True)
            num_pages += 1
        self.assertGreater(num_pages, 1)
        self.sezim("recognize", "--model", self.disk / "m", self.sounds[0])

    def test_a_cache_on_a_full_disk_is_said_and_no_failure(self):
        features = ["features", *self.sounds[:2], "--set", "ge2e", "--format", "csv"]
        wanted = self.sezim(*features, "--no-cache").stdout
        for num_pages in (0, 1, 2):  # for no file, for one, for both
            self.mount(num_pages)
            (self.disk / "models").symlink_to(users_cache() / "models")
            run = self.sezim(*features, SEZIM_CACHE=self.disk)
            self.assertEqual(run.stdout, wanted)
            if num_pages < 2:
                self.assertIn("not kept", run.stderr)
                self.assertIn("No space left on device", run.stderr)
            self.assertEqual([path for path in self.disk.rglob("*.tmp")], [])
            self.assertEqual(self.sezim(*features, SEZIM_CACHE=self.disk).stdout, wanted)
            subprocess.run(["umount", self.disk], check=True)


if __name__ == "__main__":
    enter_mount_namespace()
    unittest.main()
