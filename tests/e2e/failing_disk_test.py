# SPDX-License-Identifier: Apache-2.0
"""A video that the system fails to read is rejected as that, wherever it fails, and harvested as ever once it can be read.

A preloaded library (failing_reads.c) makes reads fail. SEZIM_BIN names the executable.
"""

import os
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
from support import HarvestTest, ffmpeg, read_lines, short_clip, SOME_REJECTED  # noqa: E402


class FailingDiskTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.library = cls.clips / "failing_reads.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", cls.library, Path(__file__).with_name("failing_reads.c"), "-ldl"],
                       check=True)
        cls.videos = cls.clips / "videos"
        cls.videos.mkdir()
        short_clip(cls.tiny, cls.videos / "good.mp4", "good", start_s=0, length_s=2.48)
        short_clip(cls.tiny, cls.clips / "short.mp4", "other")
        ffmpeg("-i", cls.clips / "short.mp4", "-c", "copy", cls.videos / "failing.mkv")  # read from front to back

    def failing_after(self, num_bytes, once):
        """Harvests run within it fail to read that file when so many bytes of it were read, or from then on."""
        return mock.patch.dict(os.environ, {"LD_PRELOAD": str(self.library), "FAILING_FILE": "/failing.mkv",
                                            "FAILING_AFTER": str(num_bytes), "FAILING_ONCE": str(int(once)),
                                            "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"})

    def test_wherever_it_fails_the_next_run_makes_good_for_it(self):
        wanted = self.new_corpus("undisturbed")
        self.harvest(self.videos, wanted, "--jobs", 1)
        self.assertEqual({one["source"] for one in read_lines(wanted / "segments.jsonl")}, {"good.mp4", "failing.mkv"})
        size = (self.videos / "failing.mkv").stat().st_size
        for once in False, True:
            num_rejected = 0
            for eighths in (0, 1, 7, 8, 9, 12, 16, 17, 20, 24, 28, 40):
                told = f"after {eighths} eighths, {once=}"
                corpus = self.new_corpus(told)
                with self.failing_after(size * eighths // 8, once):
                    run = self.start_harvest(self.videos, corpus, "--jobs", 1).wait()
                rejected = [one for one in read_lines(corpus / "rejected.jsonl") if one.get("remedy")]
                if run.status == SOME_REJECTED:
                    num_rejected += 1
                    self.assertEqual([(one["source"], one["reason"]) for one in rejected], [("failing.mkv", "io")], told)
                    self.assertIn("Input/output error", rejected[0]["detail"])
                    self.assertIn("run the same command again", rejected[0]["remedy"])
                else:
                    self.assertEqual((run.status, rejected), (0, []), run.stderr)
                self.harvest(self.videos, corpus, "--jobs", 1)
                self.assert_same_corpus(corpus, wanted, told)
            self.assertGreater(num_rejected, 5)


if __name__ == "__main__":
    unittest.main()
