# SPDX-License-Identifier: Apache-2.0
"""Videos whose headers state absurd rates and units of time: harvested by their timestamps or rejected, soon in either case."""

import json
import os
import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support import MAX_PEAK_KB, SOME_REJECTED, HarvestTest, ffmpeg, read_lines, short_clip  # noqa: E402

MAX_CPU_S = 300 if os.environ.get("SEZIM_SANITIZE") else 30  # some five are needed


def patched(data, mark, offset, new):
    """`data` with other bytes in place of those that stand `offset` behind the first `mark`."""
    at = data.index(mark) + len(mark) + offset
    return data[:at] + new + data[at + len(new):]


class OddRatesTest(HarvestTest):
    def setUp(self):
        super().setUp()
        self.videos = self.folder / "videos"
        self.videos.mkdir()
        self.good = self.clips / "good.mp4"
        short_clip(self.tiny, self.good, "good")

    def bytes_as(self, name, *options):
        """What FFmpeg makes of the good clip in another container."""
        made = self.clips / name
        ffmpeg("-i", self.good, *(options or ("-c", "copy")), made)
        return made.read_bytes()

    def make_true_to_time(self):
        """Odd as their headers are, each picture of these comes at its time."""
        matroska = self.bytes_as("plain.mkv")
        made = {"plain.mkv": matroska}
        for told, nanoseconds in (("a picture each nanosecond", 1), ("a picture each four seconds", 0xFFFFFFFF)):
            made[f"{told}.mkv"] = patched(matroska, b"\x23\xe3\x83\x84", 0, struct.pack(">I", nanoseconds))
        made["thousand pictures a second.mp4"] = self.bytes_as(
            "fast.mp4", "-vf", "fps=1000", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "copy")
        return made

    def make_out_of_time(self):
        """The pictures or the sound of these come far too soon, far too late or all at one time."""
        mp4, matroska = self.good.read_bytes(), self.bytes_as("plain.mkv")
        avi = self.bytes_as("plain.avi", "-c:v", "mpeg4", "-c:a", "pcm_s16le")
        made = {}
        for told, ticks in (("no", 0), ("one", 1), ("four billion", 0xFFFFFFFF)):
            made[f"{told} ticks a second.mp4"] = patched(mp4, b"mdhd", 12, struct.pack(">I", ticks))
        for told, ticks in (("at once", 0), ("two billion ticks apart", 0x7FFFFFFF)):
            made[f"pictures {told}.mp4"] = patched(mp4, b"stts", 12, struct.pack(">I", ticks))
        for told, nanoseconds in (("of a nanosecond", 1), ("of 17 ms", 0xFFFFFF)):
            made[f"ticks {told}.mkv"] = patched(matroska, b"\x2a\xd7\xb1\x83", 0, nanoseconds.to_bytes(3, "big"))
        for told, scale, rate in (("four billion", 1, 0xFFFFFFFF), ("a four billionth", 0xFFFFFFFF, 1), ("no", 1, 0)):
            made[f"{told} pictures a second.avi"] = patched(avi, b"vids", 16, struct.pack("<II", scale, rate))
        return made

    def test_each_is_harvested_or_rejected_and_the_run_goes_on(self):
        true_to_time, out_of_time = self.make_true_to_time(), self.make_out_of_time()
        good = "zz a good one.mp4"
        for name, data in {**true_to_time, **out_of_time, good: self.good.read_bytes()}.items():
            (self.videos / name).write_bytes(data)
        corpus = self.new_corpus("corpus")
        run = self.harvest(self.videos, corpus, "--log", "json", status=SOME_REJECTED)
        self.assertLess(run.cpu_s, MAX_CPU_S)
        self.assertLess(run.peak_kb, MAX_PEAK_KB)
        events = [json.loads(line) for line in run.stderr.splitlines()]
        done = {event["source"]: event for event in events if event["event"] == "source_done"}
        rejected = {event["source"]: event for event in events if event["event"] == "source_rejected"}
        self.assertEqual(sorted([*done, *rejected]), sorted([*true_to_time, *out_of_time, good]))

        segments, rejections = read_lines(corpus / "segments.jsonl"), read_lines(corpus / "rejected.jsonl")
        [wanted] = [line for line in segments if line["source"] == good]
        for name in true_to_time:
            with self.subTest(source=name):
                [segment] = [line for line in segments if line["source"] == name]
                self.assertEqual(segment["emotion"], wanted["emotion"])
                for edge in ("start_s", "end_s"):
                    self.assertAlmostEqual(segment[edge], wanted[edge], delta=0.05)
        for name in out_of_time:
            with self.subTest(source=name):
                if name in rejected:
                    self.assertEqual(rejected[name]["reason"], "bad-input")
                    self.assertIn(name, rejected[name]["detail"])
                    self.assertGreater(len(rejected[name]["remedy"]), 10, "it does not say what to do")
                else:
                    self.assertLess(done[name]["frames"], 100)
                    is_told = any(line["source"] == name for line in segments + rejections)
                    self.assertTrue(is_told or done[name]["speech_s"] == 0, "nothing tells what became of the speech")
        self.assertRegex(rejected["a four billionth pictures a second.avi"]["detail"], r"declares \d{9,} s; at most \d+ s")
        self.assertIn("timestamps stand nearly still", rejected["ticks of a nanosecond.mkv"]["detail"])
        self.run_sezim("corpus", "verify", corpus)


if __name__ == "__main__":
    unittest.main()
