# SPDX-License-Identifier: Apache-2.0
"""A video that was uploaded again, cut, mirrored and encoded anew, gives no second copy of its segments."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support import HarvestTest, contents, ffmpeg, programme, read_lines  # noqa: E402


class RepeatTest(HarvestTest):
    def test_a_copy_that_was_changed(self):
        videos = self.folder / "videos"
        videos.mkdir()
        demo = programme("demo")
        copy = videos / "another upload.mp4"
        ffmpeg("-ss", "7.3", "-i", demo, "-vf", "hflip,scale=480:-2", "-c:v", "libx264", "-preset", "veryfast",
               "-crf", "27", "-c:a", "aac", "-b:a", "48k", copy)
        (videos / "an upload.mp4").symlink_to(demo)
        both, first = self.new_corpus("both"), self.new_corpus("first")
        self.harvest(copy, both)
        found_alone = len(read_lines(both / "segments.jsonl"))
        self.assertGreater(found_alone, 2)
        self.harvest(videos, both)  # the copy is known already, but its name sorts after
        self.harvest(videos / "an upload.mp4", first)
        segments = read_lines(both / "segments.jsonl")
        self.assertEqual(segments, read_lines(first / "segments.jsonl"))
        repeated = [line for line in read_lines(both / "rejected.jsonl") if line["reason"] == "repeated"]
        self.assertEqual(len(repeated), found_alone)
        self.assertIn("of 'an upload.mp4' before", repeated[0]["detail"])
        in_audio = [path for path in contents(both) if path.startswith("audio/")]
        self.assertEqual(len(in_audio), len(segments))


if __name__ == "__main__":
    unittest.main()
