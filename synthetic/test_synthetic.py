# SPDX-License-Identifier: Apache-2.0
"""Tests of the synthetic world: `python -m unittest synthetic/test_synthetic.py` (after scripts/setup.sh)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import unittest
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from synthetic.faces import CHIN, LOWER_LIP, UPPER_LIP, load_clips
from synthetic.frame import Frame, warp_planes
from synthetic.make_programme import PRESETS, default_faces
from synthetic.mouth import open_mouth
from synthetic.problem import Problem
from synthetic.programme import Options, make_programme
from synthetic.schedule import KINDS, TALK, plan
from synthetic.voice import RATE_HZ, Talk, Voice, fill_with_talk, heard_intervals, mouth_track

SCRIPT = Path(__file__).with_name("make_programme.py")


def sound_of(media: Path) -> bytes:
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(media), "-map", "0:a", "-f", "s16le", "-"], capture_output=True, check=True
    ).stdout


class PlanTest(unittest.TestCase):
    def test_covers_the_programme_with_every_kind(self):
        for seed in range(40):
            for share in (0.3, 0.6, 0.75):
                slots = plan(1500, 25.0, 5.0, share, KINDS, np.random.default_rng(seed))
                self.assertEqual(sum(slot.num_frames for slot in slots), 1500)
                self.assertEqual({slot.kind for slot in slots}, set(KINDS))

    def test_no_kind_follows_itself_where_that_can_be_helped(self):
        for seed in range(40):
            slots = plan(15000, 25.0, 7.0, 0.6, KINDS, np.random.default_rng(seed))
            for one, next_one in pairwise(slots):
                self.assertNotEqual(one.kind, next_one.kind)

    def test_only_the_kinds_asked_for(self):
        slots = plan(1000, 25.0, 4.0, 0.6, ("dubbed", "silence"), np.random.default_rng(3))
        self.assertEqual({slot.kind for slot in slots}, {"dubbed", "silence"})
        self.assertEqual(
            {slot.kind for slot in plan(1000, 25.0, 4.0, 0.6, ("silence",), np.random.default_rng(3))}, {"silence"}
        )


class MouthTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clips = {clip.id: clip for clip in load_clips(default_faces())}

    def opened(self, name: str, opening: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        clip = self.clips[name]
        picture, points = clip.frames[0].copy(), clip.points[0]
        open_mouth(picture, points[LOWER_LIP], points[UPPER_LIP], points[CHIN], opening, 0.0)
        return clip.frames[0], picture, points

    def test_at_rest_the_picture_stays(self):
        for name in self.clips:
            before, after, _ = self.opened(name, 0.0)
            self.assertLessEqual(int(cv2.absdiff(before, after).max()), 1, name)

    def test_the_wider_the_more_dark_shows_between_the_lips(self):
        for name in self.clips:
            shares = []
            for opening in (0.1, 0.6, 1.0):  # an open smile first closes a little
                _, after, points = self.opened(name, opening)
                width = float(np.linalg.norm(points[10] - points[0]))
                x, y = points[5]
                mouth = after[
                    round(y - 0.1 * width) : round(y + 0.3 * width), round(x - 0.25 * width) : round(x + 0.25 * width)
                ]
                shares.append(float((mouth.max(axis=2) < 75).mean()))
            self.assertGreater(shares[1], shares[0] + 0.01, name)
            self.assertGreater(shares[2], shares[1] + 0.05, name)

    def test_eyes_and_background_stay(self):
        for name in self.clips:
            before, after, points = self.opened(name, 1.0)
            changed = np.argwhere(cv2.absdiff(before, after).max(axis=2) > 2)
            width = np.linalg.norm(points[10] - points[0])
            self.assertGreater(changed[:, 0].min(), points[UPPER_LIP, 1] - 0.8 * width, name)
            self.assertLess(np.abs(changed[:, 1] - points[5, 0]).max(), 1.4 * width, name)


class FrameTest(unittest.TestCase):
    def test_an_even_shift_moves_luma_and_chroma_alike(self):
        rng = np.random.default_rng(5)
        picture = cv2.GaussianBlur(rng.integers(0, 255, (64, 96, 3), np.uint8), (0, 0), 3)
        source, target = Frame.from_bgr(picture), Frame(96, 64)
        warp_planes(source, np.array([[1.0, 0, 4], [0, 1.0, 2]]), target.part(0, 0, 96, 64))
        self.assertTrue(np.array_equal(target.y[:60, :90], source.y[2:62, 4:94]))
        self.assertTrue(np.array_equal(target.u[:30, :45], source.u[1:31, 2:47]))
        self.assertTrue(np.array_equal(target.v[:30, :45], source.v[1:31, 2:47]))


class VoiceTest(unittest.TestCase):
    voice = Voice("female", "f2", 50, 165)

    def talk(self, language: str, length_s: float, share: float, seed: int = 1) -> Talk:
        return fill_with_talk(self.voice, language, "neutral", length_s, share, np.random.default_rng(seed))

    def test_fills_about_as_asked_in_every_language(self):
        for language in ("kk", "ru", "en"):
            for share in (0.5, 0.75):
                talk = self.talk(language, 12.0, share)
                self.assertEqual(len(talk.samples), 12 * RATE_HZ)
                self.assertAlmostEqual(talk.heard_s / 12, share, delta=0.12)

    def test_heard_intervals_are_apart_and_inside(self):
        talk = self.talk("kk", 10.0, 0.7)
        last = 0.0
        for start, end in talk.heard:
            self.assertGreater(start, last)
            self.assertGreater(end, start)
            last = end
        self.assertLessEqual(last, 10.0)

    def test_a_tone_between_silences_is_found_to_10_ms(self):
        samples = np.zeros(3 * RATE_HZ, np.float32)
        samples[RATE_HZ : 2 * RATE_HZ] = 0.2 * np.sin(np.arange(RATE_HZ) * 0.05)
        ((start, end),) = heard_intervals(samples)
        self.assertAlmostEqual(start, 1.0, delta=0.011)
        self.assertAlmostEqual(end, 2.0, delta=0.011)
        self.assertEqual(heard_intervals(np.zeros(RATE_HZ, np.float32)), [])

    def test_the_mouth_moves_with_the_voice_and_rests_without(self):
        talk = self.talk("ru", 8.0, 0.6)
        track = mouth_track(talk.samples, 25.0, 200)
        time_s = (np.arange(200) + 0.5) / 25
        heard = np.zeros(200, bool)
        quiet = np.ones(200, bool)
        for start, end in talk.heard:
            heard |= (time_s > start) & (time_s < end)
            quiet &= (time_s < start - 0.1) | (time_s > end + 0.1)
        self.assertGreater(float(track[heard, 0].mean()), 0.2)
        self.assertGreater(float(track[heard, 0].std()), 0.1)
        self.assertLess(float(track[quiet, 0].max()), 0.02)
        self.assertEqual(float(mouth_track(np.zeros(RATE_HZ, np.float32), 25.0, 25).max()), 0.0)


class ProgrammeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory()
        cls.folder = Path(cls._folder.name)
        cls.made = {}
        for name, seed in (("one", 1), ("again", 1), ("other", 2)):
            media, truth = cls.folder / name / "p.mp4", cls.folder / name / "p.json"
            make_programme(Options(seed=seed, **PRESETS["tiny"]), default_faces(), media, truth)
            cls.made[name] = (media, truth)

    @classmethod
    def tearDownClass(cls):
        cls._folder.cleanup()

    def truth(self, name: str) -> dict:
        return json.loads(self.made[name][1].read_text(encoding="utf-8"))

    def test_same_seed_same_bytes(self):
        for index in (0, 1):
            one, again = (hashlib.sha256(self.made[name][index].read_bytes()).hexdigest() for name in ("one", "again"))
            self.assertEqual(one, again)

    def test_other_seed_other_programme(self):
        self.assertNotEqual(self.truth("one")["spans"], self.truth("other")["spans"])
        self.assertNotEqual(sound_of(self.made["one"][0]), sound_of(self.made["other"][0]))

    def test_same_seed_is_heard_alike_at_every_size(self):
        media, truth = self.folder / "small" / "p.mp4", self.folder / "small" / "p.json"
        small = make_programme(
            Options(seed=1, **{**PRESETS["tiny"], "width": 128, "height": 72}), default_faces(), media, truth
        )
        self.assertEqual(small["spans"], self.truth("one")["spans"])
        self.assertEqual(sound_of(media), sound_of(self.made["one"][0]))

    def test_truth_covers_everything_in_order(self):
        for name in ("one", "other"):
            truth = self.truth(name)
            self.assertEqual((truth["schema"], truth["media"], truth["duration_s"]), (1, "p.mp4", 12.0))
            at = 0.0
            for span in truth["spans"]:
                self.assertEqual(span["start_s"], at)
                self.assertGreater(span["end_s"], at)
                at = span["end_s"]
                self.assertEqual(span["usable"], span["kind"] == "speaking")
                self.assertEqual("emotion" in span, span["kind"] == "speaking")
                self.assertEqual(bool(span["speech"]), span["kind"] in TALK)
                for start, end in span["speech"]:
                    self.assertTrue(span["start_s"] <= start < end <= span["end_s"])
            self.assertEqual(at, 12.0)

    def test_speech_share_and_variety(self):
        for name in ("one", "other"):
            spans = self.truth(name)["spans"]
            heard_s = sum(end - start for span in spans for start, end in span["speech"])
            self.assertAlmostEqual(heard_s / 12, 0.6, delta=0.1)
            self.assertGreaterEqual(len({span["emotion"] for span in spans if span["kind"] == "speaking"}), 2)
            self.assertEqual({span["kind"] for span in spans}, {"speaking", "voice_over", "silence"})

    def test_the_sound_is_where_the_truth_says(self):
        media, _ = self.made["one"]
        samples = np.frombuffer(sound_of(media), "<i2").reshape(-1, 2).mean(axis=1) / 32768
        self.assertAlmostEqual(len(samples) / RATE_HZ, 12.0, delta=0.05)
        loud = np.zeros(len(samples), bool)
        for span in self.truth("one")["spans"]:
            for start, end in span["speech"]:
                loud[int(start * RATE_HZ) : int(end * RATE_HZ)] = True
        far = ~loud
        for edge in np.flatnonzero(np.diff(loud.astype(np.int8))):
            far[max(0, edge - RATE_HZ // 10) : edge + RATE_HZ // 10] = False
        voice, rest = (float(np.sqrt((samples[where] ** 2).mean())) for where in (loud, far))
        self.assertGreater(20 * np.log10(voice / rest), 25)

    def test_viola_jones_sees_the_one_face_and_none_in_landscapes(self):
        cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
        for name in ("one", "other"):
            counts: dict[str, list[int]] = {}
            capture = cv2.VideoCapture(str(self.made[name][0]))
            spans = self.truth(name)["spans"]
            for n in range(300):
                good, frame = capture.read()
                self.assertTrue(good, f"frame {n} of 300")
                if n % 5 == 0:
                    kind = next(span["kind"] for span in spans if n / 25 < span["end_s"])
                    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
                    counts.setdefault(kind, []).append(len(cascade.detectMultiScale(grey, 1.3, 5)))
            self.assertGreaterEqual(np.mean(np.array(counts["speaking"]) == 1), 0.9)
            self.assertEqual(max(counts["voice_over"]), 0)


class DemoTest(unittest.TestCase):
    def test_shows_every_kind_person_emotion_and_language(self):
        options = Options(**{**PRESETS["demo"], "width": 64, "height": 64})
        with tempfile.TemporaryDirectory() as folder:
            media = Path(folder) / "demo.mp4"
            spans = make_programme(options, default_faces(), media, media.with_suffix(".json"))["spans"]
        speaking = [span for span in spans if span["kind"] == "speaking"]
        self.assertEqual({span["kind"] for span in spans}, set(KINDS))
        self.assertEqual({span["speaker"].split("@")[1] for span in speaking}, {"woman", "man", "astronaut"})
        self.assertEqual({span["emotion"] for span in speaking}, {"sad", "happy", "neutral"})
        self.assertEqual({span["language"] for span in speaking}, {"kk", "ru", "en"})
        heard_s = sum(end - start for span in spans for start, end in span["speech"])
        self.assertAlmostEqual(heard_s / 60, 0.6, delta=0.03)


class FaultTest(unittest.TestCase):
    def test_absent_faces_say_how_to_get_them_and_nothing_is_left(self):
        with tempfile.TemporaryDirectory() as folder:
            media = Path(folder) / "out" / "p.mp4"
            with self.assertRaisesRegex(Problem, "scripts/setup.sh"):
                make_programme(Options(**PRESETS["tiny"]), Path(folder), media, media.with_suffix(".json"))
            self.assertEqual(list(Path(folder).rglob("*.mp4")), [])

    def test_another_file_by_the_same_name_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("WolfgangLanger_Pexels.mp4", "single_face.mp4", "astronaut.png"):
                (Path(folder) / name).write_bytes(b"not it")
            with self.assertRaisesRegex(Problem, "sha256"):
                load_clips(Path(folder))

    def test_wrong_options_are_told_all_at_once(self):
        wrong = Options(width=641, seconds=0, codec="divx", kinds=("shouting",)).problems()
        self.assertEqual(len(wrong), 4)
        done = subprocess.run(
            [sys.executable, str(SCRIPT), "--out", "a.mp4", "--truth", "a.json", "--width", "641"],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("641", done.stderr)


class TalkingProgrammeTest(unittest.TestCase):
    def test_every_span_and_voice_is_known(self):
        script = Path(__file__).with_name("make_talking_programme.py")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "talkers").mkdir()
            (folder / "voices").mkdir()
            beeps = ["-f", "lavfi", "-i", "sine=300:r=16000:d=2,volume='between(t,0.5,1.5)':eval=frame"]
            quiet = ["ffmpeg", "-v", "error"]
            for number in range(3):
                picture = ["-f", "lavfi", "-i", f"testsrc2=s=96x72:r=25:d=2,hue=h={90 * number}"]
                made = folder / "talkers" / f"{number}.avi"
                subprocess.run([*quiet, *picture, *beeps, "-c:a", "pcm_s16le", made], check=True, timeout=60)
            subprocess.run([*quiet, *beeps, folder / "voices" / "v.wav"], check=True, timeout=60)
            made, truth = folder / "p.mp4", folder / "p.json"
            command = [sys.executable, script, "--talkers", folder / "talkers", "--voices", folder / "voices"]
            command += ["--out", made, "--truth", truth, "--seconds", "40", "--width", "128", "--height", "72"]
            subprocess.run(command, check=True, capture_output=True, timeout=300)
            record = json.loads(truth.read_text())
            self.assertGreater(made.stat().st_size, 1000)
            self.assertGreaterEqual(record["duration_s"], 40)
            self.assertEqual(record["spans"][0]["start_s"], 0)
            for before, after in pairwise(record["spans"]):
                self.assertEqual(before["end_s"], after["start_s"])
            for span in record["spans"]:
                self.assertEqual(span["usable"], span["kind"] == "speaking")
                self.assertEqual(bool(span["speech"]), span["kind"] != "silence")
                if span["kind"] == "speaking":
                    ((start_s, end_s),) = span["speech"]
                    self.assertAlmostEqual(start_s - span["start_s"], 0.5, delta=0.05)
                    self.assertAlmostEqual(end_s - span["start_s"], 1.5, delta=0.05)
            self.assertGreaterEqual(len({span["kind"] for span in record["spans"]}), 4)


if __name__ == "__main__":
    unittest.main()
