# SPDX-License-Identifier: Apache-2.0
"""A segment's sound is what was heard while its face was seen, however the container shifts, cuts or bends its clock.

One master clip shows a face from 1.0 s to 6.6 s of its clock while somebody speaks without a pause from 0 to 8 s. Each
test wraps it in another way and states how far that moves picture and sound on the source's clock, whose zero is the
earliest start of any stream. SEZIM_BIN names the executable.
"""

import subprocess
import sys
import unittest
import wave
from array import array
from operator import mul
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from support import TIMEOUT_S, HarvestTest, ffmpeg, read_lines  # noqa: E402

RATE_HZ = 16_000
FACE_FROM_S, FACE_TO_S, LENGTH_S = 1.0, 6.6, 8.0
TICK_S = 0.1
TOLERANCE_S = 0.02

# Where somebody speaks in the tiny programme; together 8 s.
SPEECH = [(0.2, 2.28), (2.73, 4.36), (4.62, 6.2), (6.77, 8.88), (0.2, 0.8)]

STEP = 16            # samples in each point of the loudness curves that are compared: a millisecond
MAX_LAG_S = 0.3      # searched to both sides
COMPARED_S = 1.5     # of each segment


def first_start_s(file, stream):
    run = subprocess.run(["ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", "stream=start_time",
                          "-of", "csv=p=0", file], capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    return float(run.stdout.split()[0])


def loudness(samples):
    curve = [sum(map(abs, samples[i:i + STEP])) for i in range(0, len(samples) - STEP + 1, STEP)]
    middle = sum(curve) / len(curve)
    return [value - middle for value in curve]


def best_lag(heard, wanted):
    """By how many steps `wanted`, which reaches as far beyond `heard` on both sides, must move to be most like it, and how
    like it is then (at most 1)."""
    num_lags = len(wanted) - len(heard) + 1
    own = sum(map(mul, heard, heard))
    best = (-1.0, 0)
    for lag in range(num_lags):
        part = wanted[lag:lag + len(heard)]
        power = sum(map(mul, part, part))
        if own > 0 and power > 0:
            best = max(best, (sum(map(mul, heard, part)) / (own * power) ** 0.5, lag))
    likeness, lag = best
    return lag - (num_lags - 1) // 2, likeness


class SyncTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.master = cls.clips / "master.mkv"
        speech = ";".join(f"[0:a]atrim={a}:{b},asetpts=PTS-STARTPTS[s{i}]" for i, (a, b) in enumerate(SPEECH))
        parts = "".join(f"[s{i}]" for i in range(len(SPEECH)))
        ffmpeg("-i", cls.tiny, "-ss", "6.44", "-t", "2.8", "-i", cls.tiny,
               "-f", "lavfi", "-t", FACE_FROM_S, "-i", "color=gray:s=320x180:r=25",
               "-f", "lavfi", "-t", LENGTH_S - FACE_TO_S, "-i", "color=gray:s=320x180:r=25", "-filter_complex",
               f"[1:v]split[f][g];[2:v][f][g][3:v]concat=n=4[v];{speech};{parts}concat=n={len(SPEECH)}:v=0:a=1[a]",
               "-map", "[v]", "-map", "[a]", "-c:v", "libx264", "-crf", "16", "-c:a", "pcm_s16le", "-ac", "1", cls.master)
        cls.plain = cls.clips / "plain.mp4"
        ffmpeg("-i", cls.master, "-c:v", "copy", "-c:a", "aac", cls.plain)
        raw = cls.clips / "master.raw"
        ffmpeg("-i", cls.master, "-vn", "-ac", "1", "-ar", RATE_HZ, "-f", "s16le", raw)
        cls.sound = array("h", raw.read_bytes())

    def wrap(self, name, *arguments):
        made = self.folder / name
        ffmpeg(*arguments, made)
        return made

    def late(self, name, late_stream, clip, late_s="0.7"):
        """The clip with its picture (v) or its sound (a) moved back."""
        offsets = [["-itsoffset", late_s] if stream == late_stream else [] for stream in "va"]
        return self.wrap(name, *offsets[0], "-i", clip, *offsets[1], "-i", clip, "-map", "0:v", "-map", "1:a",
                         "-c", "copy")

    def check(self, clip, picture_moved_s=0.0, sound_moved_s=0.0, silent=None):
        """Harvests the clip and compares each segment with the master. `silent`: a hole in the sound of the master."""
        corpus = self.new_corpus("made")
        self.harvest(clip, corpus, "--recipe", "paper")
        segments = read_lines(corpus / "segments.jsonl")
        self.assertTrue(segments, "nothing was found")
        seen_s = (segments[0]["start_s"], segments[-1]["end_s"])
        self.assertAlmostEqual(seen_s[0], FACE_FROM_S + picture_moved_s, delta=TICK_S + 0.001, msg="where the face appears")
        self.assertAlmostEqual(seen_s[1], FACE_TO_S + picture_moved_s, delta=TICK_S + 0.001, msg="where the face goes")
        wanted = array("h", self.sound)
        if silent:
            for i in range(int(silent[0] * RATE_HZ), int(silent[1] * RATE_HZ)):
                wanted[i] = 0
        for segment in segments:
            with wave.open(str(corpus / segment["audio"])) as file:
                self.assertEqual((file.getframerate(), file.getnchannels(), file.getsampwidth()), (RATE_HZ, 1, 2))
                heard = array("h", file.readframes(file.getnframes()))
            self.assertAlmostEqual(len(heard) / RATE_HZ, segment["end_s"] - segment["start_s"], delta=0.001)
            heard = heard[:int(COMPARED_S * RATE_HZ)]
            at = round((segment["start_s"] - sound_moved_s - MAX_LAG_S) * RATE_HZ)
            end = at + len(heard) + round(2 * MAX_LAG_S * RATE_HZ)
            before, behind = max(0, -at), max(0, end - len(wanted))
            part = array("h", bytes(2 * before)) + wanted[max(0, at):end] + array("h", bytes(2 * behind))
            lag, likeness = best_lag(loudness(heard), loudness(part))
            lag_s = lag * STEP / RATE_HZ
            told = f"segment at {segment['start_s']} s of {clip.name}: its sound is {lag_s:+.4f} s off"
            self.assertGreater(likeness, 0.9, f"{told}, if it is that sound at all")
            self.assertLessEqual(abs(lag_s), TOLERANCE_S, told)
        return segments

    def test_as_it_is(self):
        self.check(self.plain)

    def test_the_sound_starts_late(self):
        self.check(self.late("late.mp4", "a", self.plain), sound_moved_s=0.7)

    def test_the_sound_starts_late_in_matroska(self):
        self.check(self.late("late.mkv", "a", self.master), sound_moved_s=0.7)

    def test_the_sound_starts_before_the_picture(self):
        self.check(self.late("early.mp4", "v", self.plain), picture_moved_s=0.7)

    def test_the_sound_starts_a_little_late(self):
        """By less than what is taken for jitter later on."""
        self.check(self.late("a little.mkv", "a", self.master, "0.035"), sound_moved_s=0.035)

    def test_frames_come_unevenly(self):
        self.check(self.wrap("uneven.mkv", "-i", self.master, "-vf", "select='not(mod(n,3))+lt(mod(n,50),20)'",
                             "-vsync", "vfr", "-c:v", "libx264", "-c:a", "copy"))

    def test_an_edit_list_cuts_the_start(self):
        clip = self.wrap("cut.mp4", "-ss", "0.5", "-i", self.plain, "-c", "copy")
        self.check(clip, picture_moved_s=-0.5, sound_moved_s=-0.5)

    def test_the_clock_starts_at_ten_seconds(self):
        clip = self.wrap("ten.ts", "-i", self.master, "-c:v", "copy", "-c:a", "mp2", "-output_ts_offset", "10")
        starts_s = [first_start_s(clip, stream) for stream in "va"]
        self.assertGreater(min(starts_s), 9)
        # The delay of the codec moves both: the sound by that delay, the picture to where its stream begins.
        moved_s = starts_s[0] - min(starts_s)
        self.check(clip, picture_moved_s=moved_s, sound_moved_s=moved_s)

    def test_the_sound_has_a_hole(self):
        clip = self.wrap("hole.mkv", "-i", self.master, "-c:v", "copy", "-c:a", "pcm_s16le",
                         "-af", "asetnsamples=441,aselect='lt(t,3.2)+gte(t,3.6)'")
        segments = self.check(clip, silent=(3.2, 3.6))
        self.assertGreater(segments[-1]["start_s"], 3.6, "no segment behind the hole was compared")


if __name__ == "__main__":
    unittest.main()
