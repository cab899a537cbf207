# SPDX-License-Identifier: Apache-2.0
"""`sezim features` and the cache of what networks compute ($SEZIM_CACHE/features)."""

import hashlib
import math
import os
import struct
import subprocess
import tempfile
import unittest
import wave
from pathlib import Path

from support import DONE, TIMEOUT_S, users_cache


class FeatureCacheTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.cache = self.folder / "cache"
        self.cache.mkdir()
        (self.cache / "models").symlink_to(users_cache() / "models")
        self.sounds = [self.write_sound(name, pitch) for name, pitch in (("a.wav", 150), ("b.wav", 210))]

    def write_sound(self, name, pitch):
        samples = [int(9000 * math.sin(2 * math.pi * pitch * n / 16000) * math.sin(n / 3000)) for n in range(24000)]
        with wave.open(str(self.folder / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
        return self.folder / name

    def features(self, *options, set_name="ge2e"):
        command = [os.environ["SEZIM_BIN"], "features", *map(str, self.sounds), "--set", set_name, "--format", "csv", *options]
        run = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S,
                             env={**os.environ, "SEZIM_CACHE": str(self.cache)})  # fmt: skip
        self.assertEqual(run.returncode, DONE, run.stderr)
        return run.stdout, run.stderr

    def kept(self):
        return sorted((self.cache / "features").rglob("*.features"))

    def test_a_second_run_reads_what_the_first_one_kept(self):
        first, _ = self.features()
        self.assertEqual(len(self.kept()), 2)
        self.assertEqual(self.features()[0], first)
        # Other numbers under the same name, in a file that is whole, come out: nothing was computed.
        for file in self.kept():
            front = file.read_bytes()[: 8 + 64 + 4 + 8] + struct.pack("<256f", *range(256))
            file.write_bytes(front + hashlib.sha256(front).hexdigest().encode())
        second, _ = self.features()
        self.assertNotEqual(second, first)
        self.assertIn(",254,255", second.replace(".0", ""))
        self.assertEqual(self.features("--no-cache")[0], first)

    def test_a_damaged_file_is_computed_and_written_again(self):
        first, _ = self.features()
        whole = {file: file.read_bytes() for file in self.kept()}
        for file, content in whole.items():
            file.write_bytes(content[:-100])
        self.assertEqual(self.features()[0], first)
        self.assertEqual({file: file.read_bytes() for file in self.kept()}, whole)

    def test_what_is_quick_to_compute_is_not_kept(self):
        self.features(set_name="mfcc39-stats")
        self.features("--no-cache")
        self.assertEqual(self.kept(), [])

    def test_a_cache_that_cannot_be_written_is_said_and_no_failure(self):
        first, _ = self.features("--no-cache")
        (self.cache / "features").write_text("not a folder")
        numbers, said = self.features()
        self.assertEqual(numbers, first)
        self.assertIn("not kept", said)


if __name__ == "__main__":
    unittest.main()
