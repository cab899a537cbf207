# SPDX-License-Identifier: Apache-2.0
"""Sources that do not end where one expects it: speech without a pause, a face that never leaves, a picture full of faces."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support import MAX_PEAK_KB, HarvestTest, ffmpeg, read_lines, users_cache  # noqa: E402

FACES = users_cache() / "deps" / "faces"
TEXT = "We went on talking about what had been said on the evening before and nobody wanted to be the one who stopped "


class OddSourcesTest(HarvestTest):
    def voice(self, seconds):
        """Speech whose pauses were taken out, as a file."""
        spoken, dense = self.folder / "spoken.wav", self.folder / "dense.wav"
        subprocess.run(["espeak-ng", "-v", "en", "-w", spoken, TEXT * 4], check=True, timeout=60)
        ffmpeg("-i", spoken, "-af", "silenceremove=start_periods=1:start_threshold=-40dB:stop_periods=-1:"
               "stop_duration=0.02:stop_threshold=-40dB", dense)
        long = self.folder / "voice.wav"
        ffmpeg("-stream_loop", "-1", "-i", dense, "-t", str(seconds), long)
        return long

    def harvest_one(self, clip, corpus, *options):
        """What the log tells of the source; a harvest of it keeps within the memory that any may take."""
        run = self.harvest(clip, corpus, "--log", "json", *options)
        self.assertLess(run.peak_kb, MAX_PEAK_KB)
        [told] = [event for event in map(json.loads, run.stderr.splitlines()) if event["event"] == "source_done"]
        return told

    def test_speech_without_a_pause_under_a_face_that_stays(self):
        seconds = 75  # over several of the stretches that a source is worked on in
        clip = self.folder / "talk.mp4"
        ffmpeg("-stream_loop", "-1", "-i", FACES / "WolfgangLanger_Pexels.mp4", "-i", self.voice(seconds), "-map", "0:v",
               "-map", "1:a", "-vf", "scale=480:-2", "-r", "25", "-t", str(seconds), "-c:v", "libx264", "-preset",
               "ultrafast", "-c:a", "aac", clip)
        corpus = self.new_corpus("corpus")
        told = self.harvest_one(clip, corpus)
        self.assertGreater(told["frames"], 2 * seconds)
        self.assertEqual((told["frames_without_face"], told["frames_with_several_faces"]), (0, 0))
        self.assertNotIn("no-face", {line["reason"] for line in read_lines(corpus / "rejected.jsonl")})
        spans = sorted((line["start_s"], line["end_s"]) for name in ("segments", "rejected")
                       for line in read_lines(corpus / f"{name}.jsonl") if "start_s" in line)
        self.assertGreater(len(spans), seconds / 6.5)
        until = 0
        for start, end in spans:
            self.assertLess(end - start, 6.5, "a span is cut for length")
            self.assertLess(start - until, 1, f"nothing tells of the speech from {until} to {start} s")
            until = max(until, end)
        self.assertGreater(until, seconds - 1)

    def crowd(self, columns, rows, side):
        """Six seconds of speech over a picture with so many times the same face, each in a square of `side` pixels."""
        clip = self.folder / f"{columns}.mp4"
        ffmpeg("-i", FACES / "astronaut.png", "-i", self.voice(6), "-vf",
               f"crop=190:190:130:10,scale={side}:{side},format=yuv420p,loop={columns * rows - 1}:1,tile={columns}x{rows},"
               "loop=149:1,setpts=N/25/TB", "-r", "25", "-t", "6", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", clip)
        return clip

    def check_that_nobody_speaks(self, clip, *options):
        corpus = self.new_corpus(clip.stem)
        told = self.harvest_one(clip, corpus, *options)
        self.assertEqual(read_lines(corpus / "segments.jsonl"), [], "a still face speaks")
        self.assertGreater(len(read_lines(corpus / "rejected.jsonl")), 0)
        self.assertGreater(told["frames"], 12)
        return told

    def test_a_picture_of_28_faces(self):
        told = self.check_that_nobody_speaks(self.crowd(7, 4, 240))
        self.assertEqual(told["frames_with_several_faces"], told["frames"])

    def test_a_picture_of_45_faces_and_a_detector_that_sees_them(self):
        if not (users_cache() / "models" / "yunet").exists():
            self.skipTest("the model yunet was not brought")
        recipe = self.folder / "yunet.toml"
        recipe.write_text('name = "yunet"\nmethod = "default"\n[faces]\ndetector = "yunet"\n', encoding="utf-8")
        told = self.check_that_nobody_speaks(self.crowd(9, 5, 240), "--recipe", recipe)
        self.assertEqual(told["frames_with_several_faces"], told["frames"])

    def test_a_picture_of_1000_faces(self):
        self.check_that_nobody_speaks(self.crowd(40, 25, 54))


if __name__ == "__main__":
    unittest.main()
