# SPDX-License-Identifier: Apache-2.0
"""What goes wrong while something is dropped is mended by dropping it again: a full disk, a kill at any moment.

The full disk is a small tmpfs, as in disk_full_test.py. SEZIM_BIN names the executable.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from disk_full_test import PAGE, enter_mount_namespace, mount  # noqa: E402
from made_corpus import fill_corpus, rows_of  # noqa: E402
from support import DONE, FAILED, HarvestTest  # noqa: E402

DROPPED = "https://videos.example/watch?v=1"
NUM_SEGMENTS = 40


class DropFaultsTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        harvested = cls.clips / "corpus"
        subprocess.run([os.environ["SEZIM_BIN"], "harvest", cls.tiny, "--out", harvested], check=True,
                       capture_output=True)
        fill_corpus(harvested, 3, lambda n: NUM_SEGMENTS)
        subprocess.run([os.environ["SEZIM_BIN"], "corpus", "split", harvested, "--by", "random"], check=True,
                       capture_output=True)
        subprocess.run([os.environ["SEZIM_BIN"], "corpus", "report", harvested], check=True, capture_output=True)
        cls.made = harvested
        rows = rows_of(harvested)
        cls.speaker = next(row["speaker"] for row in rows.values() if row["speaker"] and row["source"].endswith("v=0"))
        cls.wanted = {}
        for option, value in (("--source", DROPPED), ("--speaker", cls.speaker)):
            wanted = cls.clips / f"wanted{option}" / "corpus"
            shutil.copytree(harvested, wanted)
            subprocess.run([os.environ["SEZIM_BIN"], "corpus", "drop", wanted, option, value], check=True,
                           capture_output=True)
            cls.wanted[option] = wanted

    def names(self):
        return (("--source", DROPPED), ("--speaker", self.speaker))

    def check_mended(self, corpus, option, value, told):
        """Dropping again ends as if nothing had gone wrong, whether something is left to drop or not."""
        again = self.start("corpus", "drop", corpus, option, value).wait()
        self.assertIn(again.status, (DONE, FAILED), f"{told}: {again.stderr}")
        if again.status == FAILED:
            self.assertIn("has no", again.stderr, told)
        self.assert_same_corpus(corpus, self.wanted[option], told)
        self.run_sezim("corpus", "verify", corpus)

    def test_wherever_the_disk_fills_up(self):
        """The sounds lie on another disk: where they are on the same one, to remove them makes room enough."""
        disk = self.folder / "disk"
        disk.mkdir()
        size = sum(path.stat().st_size + PAGE for path in self.made.rglob("*") if path.suffix != ".flac")
        for option, value in self.names():
            num_free, num_full = 0, 0
            while True:
                told = f"{option}, {num_free} pages free"
                mount(disk, f"size={2 * size // PAGE * PAGE}")
                sounds = self.folder / "sounds"
                shutil.copytree(self.made / "audio", sounds)
                try:
                    corpus = disk / "corpus"
                    shutil.copytree(self.made, corpus, ignore=shutil.ignore_patterns("audio", "report.html"))
                    (corpus / "audio").symlink_to(sounds)
                    filler = disk / "filler"
                    filler.write_bytes(bytes((os.statvfs(disk).f_bavail - num_free) * PAGE))
                    run = self.start("corpus", "drop", corpus, option, value).wait()
                    if run.status != DONE:
                        self.assertEqual(run.status, FAILED, told)
                        self.assertIn("No space left on device", run.stderr, told)
                        self.assertIn("free some space", run.stderr, told)
                        self.assertEqual([path for path in corpus.rglob("*.tmp")], [], told)
                        num_full += 1
                    elif num_full > 0:
                        break
                    subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
                    (corpus / "audio").unlink()
                    shutil.copytree(sounds, corpus / "audio")
                    self.check_mended(corpus, option, value, told)
                finally:
                    subprocess.run(["umount", disk], check=True)
                    shutil.rmtree(sounds)
                num_free += 4
            self.assertGreater(num_full, 3, option)

    def test_killed_at_any_moment(self):
        for option, value in self.names():
            shutil.copytree(self.made, self.folder / f"whole{option}" / "corpus")
            whole = self.run_sezim("corpus", "drop", self.folder / f"whole{option}" / "corpus", option, value)
            duration_s, num_killed = whole.wall_s, 0
            for step in range(13):
                for attempt in range(12):  # where the machine was quicker this time: earlier, then
                    corpus = self.folder / f"killed{option}-{step}-{attempt}" / "corpus"
                    shutil.copytree(self.made, corpus)
                    running = self.start("corpus", "drop", corpus, option, value)
                    time.sleep(duration_s * step / 13)
                    running.signal(signal.SIGKILL)
                    was_killed = running.wait().status == -signal.SIGKILL
                    self.check_mended(corpus, option, value, f"{option}, killed at step {step}")
                    shutil.rmtree(corpus.parent)
                    if was_killed:
                        num_killed += 1
                        break
                    duration_s *= 0.85
            self.assertGreater(num_killed, 10, option)


if __name__ == "__main__":
    enter_mount_namespace()
    unittest.main()
