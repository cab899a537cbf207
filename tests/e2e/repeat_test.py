# SPDX-License-Identifier: Apache-2.0
"""A video that was uploaded again, cut, mirrored, encoded anew or given another sound, gives no second copy of its segments."""

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

    def rejected_for(self, corpus, reason):
        return [line for line in read_lines(corpus / "rejected.jsonl") if line["reason"] == reason]

    def test_the_same_pictures_with_another_voice(self):
        videos = self.folder / "videos"
        videos.mkdir()
        (videos / "a.mp4").symlink_to(programme("demo"))
        copy = videos / "b.mp4"  # three semitones higher, which is another sound at the same times
        ffmpeg("-ss", "7.3", "-i", programme("demo"), "-vf", "hflip,scale=480:-2", "-c:v", "libx264", "-preset",
               "veryfast", "-crf", "28", "-af", "aresample=48000,asetrate=57081,aresample=48000,atempo=0.8409", "-c:a",
               "aac", copy)
        both, alone = self.new_corpus("both"), self.new_corpus("alone")
        self.harvest(copy, alone)
        found_alone = len(read_lines(alone / "segments.jsonl"))
        self.assertGreater(found_alone, 2)
        self.harvest(videos, both)
        self.assertEqual(self.rejected_for(both, "repeated"), [])
        repeated = self.rejected_for(both, "repeated-pictures")
        kept = [line for line in read_lines(both / "segments.jsonl") if line["source"] == "b.mp4"]
        self.assertEqual(len(kept) + len(repeated), found_alone)
        self.assertGreater(len(repeated), 0.7 * found_alone)  # a few have no counterpart that was kept
        self.assertEqual({line["source"] for line in repeated}, {"b.mp4"})
        self.assertIn("of 'a.mp4' before", repeated[0]["detail"])
        in_audio = [path for path in contents(both) if path.startswith("audio/")]
        self.assertEqual(len(in_audio), len(read_lines(both / "segments.jsonl")))
        self.run_sezim("corpus", "verify", both)

    def test_two_talks_of_one_person_in_one_room(self):
        videos = self.folder / "videos"
        videos.mkdir()
        (videos / "a.mp4").symlink_to(programme("demo"))
        # The same people, rooms and light, and other movements: the first one backwards.
        ffmpeg("-i", programme("demo"), "-vf", "reverse", "-af", "areverse", "-c:v", "libx264", "-preset", "veryfast",
               "-c:a", "aac", videos / "b.mp4")
        corpus = self.new_corpus("both")
        self.harvest(videos, corpus)
        self.assertEqual({line["source"] for line in read_lines(corpus / "segments.jsonl")}, {"a.mp4", "b.mp4"})
        self.assertEqual(self.rejected_for(corpus, "repeated-pictures"), [])


if __name__ == "__main__":
    unittest.main()
