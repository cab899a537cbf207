# SPDX-License-Identifier: Apache-2.0
"""What `sezim harvest` shows while it runs: a bar where standard error is a terminal, and none where it is not."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support import TIMEOUT_S, HarvestTest, ffmpeg, short_clip  # noqa: E402

CLEAR = "\r\x1b[K"
BAR = re.compile(r"\[(?P<done>#*)(?P<open>-*)\] +(?P<percent>\d+) %  (?P<times>\d+\.\d)x real time  (?P<left>\?|\d.*) left"
                 r"  (?P<finished>\d+)/(?P<sources>\d+) sources  (?P<kept>\d+) kept (?P<rejected>\d+) rejected")


def read_terminal(master):
    """All that is written to a terminal until nobody holds its other end any more."""
    text = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # how Linux tells the end
            return text.decode()
        if not piece:
            return text.decode()
        text += piece


class ProgressBarTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.videos = cls.clips / "videos"
        cls.videos.mkdir()
        short_clip(cls.tiny, cls.videos / "a short one.mp4", "short")
        ffmpeg("-stream_loop", "3", "-i", cls.tiny, "-c", "copy", cls.videos / "long.mp4")

    def harvest_in_terminal(self, columns):
        """What stands in the terminal while the bar is there, drawing by drawing, and the lines that stay."""
        master, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        command = [os.environ["SEZIM_BIN"], "harvest", self.videos, "--out", self.new_corpus(str(columns)), "--jobs", "1"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=terminal) as run:
            os.close(terminal)
            text = read_terminal(master)
            os.close(master)
            self.assertEqual(run.wait(TIMEOUT_S), 0, text)
        drawings, stay = [], ""
        for line in text.split("\n"):
            *cleared, left = line.split(CLEAR)
            drawings += [one for one in cleared if one]
            stay += left + "\n"
        return drawings, stay

    def test_share_speed_counts_and_time_left(self):
        drawings, stay = self.harvest_in_terminal(100)  # room for minutes, on a slow machine
        shown = [BAR.fullmatch(one) for one in drawings]
        self.assertNotIn(None, shown, drawings)
        for one in shown:
            self.assertEqual(len(one["done"] + one["open"]), 10)
            self.assertAlmostEqual(len(one["done"]), int(one["percent"]) / 10, delta=0.7)
        self.assertLessEqual({one["sources"] for one in shown}, {"0", "2"})  # they are not counted yet at first
        self.assertEqual(shown[-1]["sources"], "2")
        self.assertEqual(shown[0].group("percent", "times", "left", "finished", "kept", "rejected"), ("0", "0.0", "?", "0", "0", "0"))
        under_way = [one for one in shown if 0 < int(one["percent"]) < 100]
        self.assertTrue(under_way, drawings)
        for one in under_way:
            self.assertGreater(float(one["times"]), 0)
            self.assertRegex(one["left"], r"^\d+ (s|min \d\d s)$")
        self.assertIn(("1", "1"), [one.group("finished", "kept") for one in shown], "the first source gave one segment")
        for column in ("percent", "finished"):
            numbers = [int(one[column]) for one in shown]
            self.assertEqual(numbers, sorted(numbers))
        self.assertNotIn("#", stay)
        self.assertIn("a short one.mp4: 1 segment out of 3 s", stay)
        self.assertIn("2 sources harvested", stay)

    def test_a_narrow_terminal_is_not_overflowed(self):
        drawings, _ = self.harvest_in_terminal(40)
        self.assertTrue(drawings)
        self.assertLessEqual(max(map(len, drawings)), 39)
        self.assertRegex(drawings[0], r"^\[-{10}\]   0 %")

    def test_nothing_of_it_where_there_is_no_terminal(self):
        run = self.harvest(self.videos, self.new_corpus("file"), "--jobs", 1)
        self.assertIn("2 sources harvested", run.stderr)
        for part in ("\r", "\x1b", "[#", "[-", " left"):
            self.assertNotIn(part, run.stderr)


if __name__ == "__main__":
    unittest.main()
