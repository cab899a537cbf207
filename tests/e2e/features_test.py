# SPDX-License-Identifier: Apache-2.0
"""sezim features: what is written, and what happens to files that cannot be read."""

import csv
import os
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import DONE, FAILED, SOME_REJECTED, WRONG_USAGE, ffmpeg


class FeaturesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-e2e-")
        cls.addClassCleanup(folder.cleanup)
        cls.sounds = Path(folder.name)
        for name, hz in (("a", 220), ("b", 330)):
            ffmpeg("-f", "lavfi", "-i", f"sine=frequency={hz}:sample_rate=44100:duration=1", cls.sounds / f"{name}.wav")
        (cls.sounds / "broken.wav").write_bytes(b"RIFF no sound at all")

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sezim-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_sezim(self, *arguments, status=DONE):
        run = subprocess.run([os.environ["SEZIM_BIN"], "features", *map(str, arguments)], capture_output=True, text=True,
                             timeout=120)
        self.assertEqual(run.returncode, status, run.stderr)
        return run

    def test_frames_of_one_file_in_every_format(self):
        a = self.sounds / "a.wav"
        self.run_sezim(a, "--out", self.folder / "a.csv")
        rows = list(csv.reader((self.folder / "a.csv").read_text().splitlines()))
        self.assertEqual(rows[0][:3], ["start_s", "c0", "c1"])
        self.assertEqual(len(rows[0]), 40)
        self.assertEqual(len(rows), 1 + 99)
        self.assertEqual(rows[2][0], "0.01")
        self.assertEqual(self.run_sezim(a).stdout, (self.folder / "a.csv").read_text())

        self.run_sezim(a, "--out", self.folder / "a.htk")
        htk = (self.folder / "a.htk").read_bytes()
        self.assertEqual(struct.unpack(">iihh", htk[:12]), (99, 100_000, 156, 9))
        self.assertEqual(len(htk), 12 + 99 * 156)
        values = struct.unpack(">39f", htk[12 : 12 + 156])
        for ours, theirs in zip(values, rows[1][1:]):
            self.assertAlmostEqual(ours, float(theirs), delta=1e-5 * max(1, abs(ours)))

        self.run_sezim(a, "--out", self.folder / "a.npy")
        npy = (self.folder / "a.npy").read_bytes()
        self.assertEqual(npy[:8], b"\x93NUMPY\x01\x00")
        length = struct.unpack("<H", npy[8:10])[0]
        self.assertEqual((10 + length) % 64, 0)
        self.assertIn(b"'shape': (99, 39)", npy[10 : 10 + length])
        self.assertEqual(struct.unpack("<39f", npy[10 + length : 10 + length + 156]), values)

        self.run_sezim(a, "--out", self.folder / "a.arff")
        arff = (self.folder / "a.arff").read_text().splitlines()
        self.assertEqual(arff[0], "@relation 'mfcc39'")
        self.assertEqual(sum(line.startswith("@attribute") for line in arff), 40)
        self.assertEqual(len(arff) - arff.index("@data") - 1, 99)

    def test_a_row_for_each_file_and_the_broken_one_named(self):
        files = [self.sounds / name for name in ("a.wav", "broken.wav", "b.wav")]
        run = self.run_sezim(*files, "--set", "mfcc39-stats", "--out", self.folder / "all.csv", status=SOME_REJECTED)
        self.assertIn("broken.wav", run.stderr)
        rows = list(csv.reader((self.folder / "all.csv").read_text().splitlines()))
        self.assertEqual([row[0] for row in rows], ["file", str(files[0]), str(files[2])])
        self.assertEqual(len(rows[0]), 1 + 78)
        self.run_sezim(files[1], "--set", "mfcc39-stats", "--out", self.folder / "none.csv", status=FAILED)
        self.assertFalse((self.folder / "none.csv").exists())

    def test_many_frame_wise_files_go_into_a_folder(self):
        files = [self.sounds / "a.wav", self.sounds / "b.wav"]
        self.run_sezim(*files, "--set", "prosody", "--out", self.folder / "out", "--format", "csv")
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()), ["a.csv", "b.csv"])
        rows = list(csv.DictReader((self.folder / "out/b.csv").read_text().splitlines()))
        self.assertAlmostEqual(float(rows[50]["f0"]), 330, delta=3)

    def test_wrong_usage_is_told(self):
        a, b = self.sounds / "a.wav", self.sounds / "b.wav"
        for arguments, word in (((), "--list"), ((a, b), "--out FOLDER"), ((a, b, "--out", self.folder / "f"), "--format"),
                                ((a, "--out", self.folder / "a.xyz"), ".npy"), ((a, "--format", "wav"), "wav"),
                                ((a, b, "--picture", self.folder / "p.png"), "picture"),
                                ((a, b, "--set", "mfcc39-stats", "--out", self.folder / "x.htk"), "HTK")):
            run = self.run_sezim(*arguments, status=WRONG_USAGE)
            self.assertIn(word, run.stderr)
        run = self.run_sezim(a, "--set", "nonsense", status=FAILED)
        self.assertIn("mfcc39-stats", run.stderr)

    def test_sets_are_listed(self):
        names = [line.split()[0] for line in self.run_sezim("--list").stdout.splitlines()]
        for name in ("mfcc39", "prosody", "prosody-mfcc-functionals"):
            self.assertIn(name, names)

    def test_a_picture_is_drawn(self):
        picture = self.folder / "a.png"
        self.run_sezim(self.sounds / "a.wav", "--picture", picture)
        header = picture.read_bytes()[:24]
        self.assertEqual(header[:8], b"\x89PNG\r\n\x1a\n")
        self.assertGreater(struct.unpack(">II", header[16:24])[0], 1000)


if __name__ == "__main__":
    unittest.main()
