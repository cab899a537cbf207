# SPDX-License-Identifier: Apache-2.0
"""Sources that do not end where one expects it: speech without a pause, a face that never leaves, a picture full of faces."""

import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support import HarvestTest, ffmpeg, read_lines, users_cache  # noqa: E402

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

    def test_speech_without_a_pause_under_a_face_that_stays(self):
        seconds = 75  # over several of the stretches that a source is worked on in
        clip = self.folder / "talk.mp4"
        ffmpeg("-stream_loop", "-1", "-i", FACES / "WolfgangLanger_Pexels.mp4", "-i", self.voice(seconds), "-map", "0:v",
               "-map", "1:a", "-vf", "scale=480:-2", "-r", "25", "-t", str(seconds), "-c:v", "libx264", "-preset",
               "veryfast", "-c:a", "aac", clip)
        corpus = self.new_corpus("corpus")
        self.harvest(clip, corpus)
        spans = sorted((line["start_s"], line["end_s"]) for name in ("segments", "rejected")
                       for line in read_lines(corpus / f"{name}.jsonl") if "start_s" in line)
        self.assertGreater(len(spans), seconds / 6.5)
        until = 0
        for start, end in spans:
            self.assertLess(end - start, 6.5, "a span is cut for length")
            self.assertLess(start - until, 1, f"nothing tells of the speech from {until} to {start} s")
            until = max(until, end)
        self.assertGreater(until, seconds - 1)

    def test_pictures_full_of_faces(self):
        voice = self.voice(6)
        for columns, rows, side in ((40, 25, 54), (9, 5, 240)):
            with self.subTest(faces=columns * rows):
                crowd, clip = self.folder / "crowd.png", self.folder / f"{columns}.mp4"
                ffmpeg("-loop", "1", "-i", FACES / "astronaut.png", "-vf",
                       f"crop=190:190:130:10,scale={side}:{side},tile={columns}x{rows}", "-frames:v", "1", crowd)
                ffmpeg("-loop", "1", "-i", crowd, "-i", voice, "-r", "25", "-t", "6", "-c:v", "libx264", "-preset",
                       "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", clip)
                corpus = self.new_corpus(str(columns))
                self.harvest(clip, corpus)
                self.assertEqual(read_lines(corpus / "segments.jsonl"), [], "a still face speaks")
                self.assertGreater(len(read_lines(corpus / "rejected.jsonl")), 0)


if __name__ == "__main__":
    unittest.main()
