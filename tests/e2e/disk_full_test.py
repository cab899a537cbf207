# SPDX-License-Identifier: Apache-2.0
"""A harvest whose disk fills up says so, leaves nothing half-written, and goes on when there is room again.

The disk is a small tmpfs, mounted in a mount namespace of this test's own (as root, or in a user namespace): the test
starts itself again in there. SEZIM_BIN names the executable.
"""

import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from support import DONE, FAILED, HarvestTest, read_lines, short_clip  # noqa: E402

INSIDE = "SEZIM_TEST_IN_NAMESPACE"
PAGE = 4096


def enter_mount_namespace():
    """Starts this program again where it may mount; comes back only where that is done, or cannot be."""
    if os.environ.get(INSIDE):
        return
    options = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
    if shutil.which("unshare") and subprocess.run(["unshare", *options, "true"], capture_output=True).returncode == 0:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", *options, sys.executable, *sys.argv])


def mount(folder, *options):
    run = subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", folder], capture_output=True, text=True)
    if run.returncode != 0:
        raise AssertionError("this test needs to mount a small tmpfs, as root or where users may make namespaces "
                             f"(unshare --mount --map-root-user): {run.stderr.strip()}")


class DiskFullTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.videos = cls.clips / "videos"
        cls.videos.mkdir()
        short_clip(cls.tiny, cls.videos / "1.mp4", "1", start_s=0, length_s=2.48)
        short_clip(cls.tiny, cls.videos / "2.mp4", "2")

    def setUp(self):
        super().setUp()
        self.wanted = self.new_corpus("undisturbed")
        self.harvest(self.videos, self.wanted, "--jobs", 1)
        self.assertGreaterEqual(len(read_lines(self.wanted / "segments.jsonl")), 2)
        self.disk = self.folder / "disk"
        self.disk.mkdir()

    def mount(self, num_bytes):
        mount(self.disk, f"size={num_bytes}")
        self.addCleanup(subprocess.run, ["umount", "-q", self.disk], capture_output=True)

    def check_nothing_half_written(self, corpus, told):
        for path in corpus.rglob("*"):
            self.assertNotEqual(path.suffix, ".tmp", f"{told}: {path} was left behind")
            if path.suffix == ".flac":
                self.assertEqual(path.read_bytes(), (self.wanted / path.relative_to(corpus)).read_bytes(),
                                 f"{told}: {path} is not the whole sound")
            if path.name in ("segments.jsonl", "rejected.jsonl"):
                text = path.read_bytes()
                self.assertTrue(text == b"" or text.endswith(b"\n"), f"{told}: {path} is cut short")
                read_lines(path)

    def test_wherever_the_disk_fills_up(self):
        """From a disk that holds nothing up to one that holds all, page by page where audio and catalogue are written."""
        hit = {"catalog.db": [], ".pcm": [], ".flac": []}
        size = PAGE
        while True:
            told = f"a disk of {size} bytes"
            corpus = self.disk / "corpus"
            self.mount(size)
            run = self.start_harvest(self.videos, corpus, "--jobs", "1").wait()
            if run.status == DONE:
                break
            self.assertEqual(run.status, FAILED, f"{told}: {run.stderr}")
            self.assertIn("No space left on device", run.stderr, told)
            self.assertIn("free some space", run.stderr, told)
            self.check_nothing_half_written(corpus, told)
            for what, sizes in hit.items():
                if what in run.stderr:
                    sizes.append(size)
            subprocess.run(["mount", "-o", "remount,size=64m", self.disk], check=True)
            self.harvest(self.videos, corpus, "--jobs", "1")
            self.assert_same_corpus(corpus, self.wanted, f"{told}, and resumed when there was room")
            subprocess.run(["umount", self.disk], check=True)
            size += 4 * PAGE
        print(f"the disk was full at {hit}", file=sys.stderr)
        for what, sizes in hit.items():
            self.assertTrue(sizes, f"no disk was full while {what} was written: {hit}")
        self.assert_same_corpus(corpus, self.wanted, f"{told}, which is enough")


if __name__ == "__main__":
    enter_mount_namespace()
    unittest.main()
