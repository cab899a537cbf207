#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a programme of known truth out of clips of people who really speak, such as GRID's.

Scenes: a person with their own voice (speaking), with another's words (dubbed), a face that listens to a voice
(listening), two people of whom one speaks (two_faces), a voice over a landscape (voice_over), and silence. Clips are
mirrored, regraded and zoomed at random, so that another seed gives another programme.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from synthetic.faces import FaceView, load_clips  # noqa: E402
from synthetic.frame import Frame  # noqa: E402
from synthetic.landscape import Landscape  # noqa: E402
from synthetic.make_programme import default_faces  # noqa: E402
from synthetic.problem import Problem  # noqa: E402

FPS = 25
RATE_HZ = 16_000
WEIGHTS = {"speaking": 8, "dubbed": 4, "listening": 4, "two_faces": 2, "voice_over": 3, "silence": 1}
MEDIA = {".mpg", ".mp4", ".avi", ".mkv", ".mov", ".webm"}
SOUND = {".wav", ".flac", ".ogg", ".mp3"}


class Talker:
    """One clip: its frames (BGR, 25 a second) and its sound (16 kHz mono)."""

    def __init__(self, path: Path):
        self.name = path.stem
        self.sound = read_sound(path)
        size = subprocess.run(
            ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of",
             "csv=p=0", str(path)], capture_output=True, check=True, text=True).stdout.strip().split(",")
        self.width, self.height = int(size[0]), int(size[1])
        raw = subprocess.run(
            ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-r", str(FPS), "-f", "rawvideo", "-pix_fmt",
             "bgr24", "-"], capture_output=True, check=True).stdout
        self.frames = np.frombuffer(raw, np.uint8).reshape(-1, self.height, self.width, 3)


def read_sound(path: Path) -> np.ndarray:
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-ac", "1", "-ar", str(RATE_HZ), "-f",
                          "s16le", "-"], capture_output=True, check=True).stdout
    sound = np.frombuffer(raw, np.int16).astype(np.float32) / 32768
    return sound * (0.1 / max(1e-4, float(np.sqrt(np.mean(sound**2)))))


def voiced(sound: np.ndarray) -> list[tuple[float, float]]:
    """Where a voice is heard: louder than 22 dB below the loudest 20 ms, pauses under 0.25 s filled."""
    step = RATE_HZ // 50
    power = np.array([np.mean(sound[i : i + step] ** 2) for i in range(0, len(sound) - step, step)])
    loud = power > power.max() * 10**-2.2
    spans: list[tuple[float, float]] = []
    for i in np.flatnonzero(loud):
        start, end = i / 50, (i + 1) / 50
        if spans and start - spans[-1][1] < 0.25:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [(a, b) for a, b in spans if b - a >= 0.15]


class Maker:
    def __init__(self, talkers, voices, clips, width, height, rng):
        self.talkers, self.voices, self.clips = talkers, voices, clips
        self.width, self.height, self.rng = width, height, rng
        self.decks = {}

    def deal(self, name, cards):
        """The next card of a shuffled deck, so that all come evenly."""
        deck = self.decks.setdefault(name, [])
        if not deck:
            deck.extend(cards[i] for i in self.rng.permutation(len(cards)))
        return deck.pop()

    def look(self, talker, width, height):
        """The talker's frames in a window of the given size, over a blurred copy of themselves at the sides."""
        rng = self.rng
        mirror, gamma, zoom = bool(rng.integers(2)), rng.uniform(0.8, 1.2), rng.uniform(1.0, 1.3)
        table = np.round(255 * (np.arange(256) / 255.0) ** gamma).astype(np.uint8)
        frames = []
        for frame in talker.frames:
            if mirror:
                frame = frame[:, ::-1]
            rows, columns = int(talker.height / zoom), int(talker.width / zoom)
            y, x = int(0.35 * (talker.height - rows)), (talker.width - columns) // 2
            frame = cv2.LUT(np.ascontiguousarray(frame[y : y + rows, x : x + columns]), table)
            scale = min(height / rows, width / columns) if width > height else max(height / rows, width / columns)
            inner = cv2.resize(frame, (round(columns * scale), round(rows * scale)), interpolation=cv2.INTER_CUBIC)
            inner = inner[:height, max(0, (inner.shape[1] - width) // 2) :][:, :width]
            back = cv2.resize(cv2.blur(frame, (31, 31)), (width, height))
            top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
            back[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
            frames.append(back)
        return frames

    def voice(self, seconds, other_than=None):
        """Voices one after another for so long, none of them `other_than`'s."""
        sound = np.zeros(0, np.float32)
        while len(sound) < seconds * RATE_HZ:
            name, next_sound = self.deal("voice", self.voices)
            if other_than is None or name != other_than.name:
                sound = np.concatenate([sound, next_sound])
        sound = sound[: round(seconds * RATE_HZ)].copy()
        sound[-800:] *= np.linspace(1, 0, min(800, len(sound)))[-800:]
        return sound

    def still_face(self, num_frames):
        """A face of the registry's packages whose mouth rests."""
        clip = self.deal("clip", self.clips)
        view = FaceView(clip, self.width, self.height, num_frames, FPS, self.rng)
        frame = Frame(self.width, self.height)
        for n in range(num_frames):
            view.render(n, 0.0, 0.0, frame.part(0, 0, self.width, self.height))
            yield frame.to_bgr()

    def resting_talker(self, num_frames):
        """A talker before the first word, forwards and backwards."""
        talker = self.deal("rest", self.talkers)
        frames = self.look(talker, self.width, self.height)
        spans = voiced(talker.sound)
        before, after = int(spans[0][0] * FPS) - 2, int(spans[-1][1] * FPS) + 5
        rest = frames[:before] if before >= len(frames) - after else frames[after:]
        rest = rest if len(rest) >= 4 else frames[:4]
        around = list(rest) + list(rest[-2:0:-1])
        return (around[n % len(around)] for n in range(num_frames))

    def scene(self, kind):
        """Frames, sound, and the truth without its times."""
        truth = {"kind": kind, "usable": kind == "speaking"}
        if kind in ("speaking", "dubbed", "silence"):
            talker = self.deal(kind, self.talkers)
            sound = talker.sound
            if kind == "dubbed":
                sound = self.voice(len(talker.frames) / FPS, other_than=talker)
            elif kind == "silence":
                sound = np.zeros_like(sound)
            else:
                truth["emotion"] = "neutral"
                truth["speaker"] = talker.name
            return self.look(talker, self.width, self.height), sound, truth
        if kind == "two_faces":
            left, right = self.deal(kind, self.talkers), self.deal(kind, self.talkers)
            pair = zip(self.look(left, self.width // 2, self.height), self.look(right, self.width // 2, self.height))
            return [np.hstack(both) for both in pair], left.sound, truth
        num_frames = int(self.rng.integers(3 * FPS, 6 * FPS))
        sound = self.voice(num_frames / FPS)
        if kind == "listening":
            still = self.still_face if self.rng.integers(2) else self.resting_talker
            return list(still(num_frames)), sound, truth
        landscape, frame = Landscape(self.width, self.height, num_frames, self.rng), Frame(self.width, self.height)
        frames = []
        for n in range(num_frames):
            landscape.render(n, frame.part(0, 0, self.width, self.height))
            frames.append(frame.to_bgr())
        return frames, sound, truth


def make(maker, seconds, out, truth_file):
    kinds = [kind for kind, weight in WEIGHTS.items() for _ in range(weight)]
    picture = out.with_suffix(".picture.mp4")
    encoder = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s",
         f"{maker.width}x{maker.height}", "-r", str(FPS), "-i", "pipe:0", "-c:v", "libx264", "-preset", "veryfast",
         "-crf", "22", "-pix_fmt", "yuv420p", "-g", "75", str(picture)], stdin=subprocess.PIPE)
    spans, sounds, at = [], [], 0
    while at < seconds * FPS:
        frames, sound, truth = maker.scene(maker.deal("kind", kinds))
        length = round(len(frames) / FPS * RATE_HZ)
        sound = np.concatenate([sound, np.zeros(max(0, length - len(sound)), np.float32)])[:length]
        start_s = at / FPS
        heard = [] if truth["kind"] == "silence" else voiced(sound)
        spans.append({"start_s": start_s, "end_s": (at + len(frames)) / FPS, **truth,
                      "speech": [[round(start_s + a, 3), round(start_s + b, 3)] for a, b in heard]})
        sounds.append(sound)
        for frame in frames:
            encoder.stdin.write(np.ascontiguousarray(frame).tobytes())
        at += len(frames)
        print(f"{at / FPS:.0f} of {seconds:.0f} s", file=sys.stderr)
    print(file=sys.stderr)
    encoder.stdin.close()
    if encoder.wait() != 0:
        raise Problem("ffmpeg could not encode the picture")
    whole = np.clip(np.concatenate(sounds) * 32767, -32768, 32767).astype("<i2")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(picture), "-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1",
         "-i", "pipe:0", "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "96k", str(out)],
        input=whole.tobytes(), check=True)
    picture.unlink()
    record = {"schema": 1, "media": out.name, "duration_s": at / FPS, "spans": spans}
    truth_file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--talkers", required=True, type=Path, metavar="DIR", help="clips of one person who speaks each")
    parser.add_argument("--voices", required=True, type=Path, nargs="+", metavar="DIR", help="sound files of voices")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the video to write (.mp4)")
    parser.add_argument("--truth", required=True, type=Path, metavar="FILE", help="the truth (docs/formats/truth.md)")
    parser.add_argument("--seconds", type=float, default=300, metavar="S", help="about how long (default %(default)g)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default %(default)d")
    parser.add_argument("--width", type=int, default=640, metavar="PIXELS", help="default %(default)d")
    parser.add_argument("--height", type=int, default=360, metavar="PIXELS", help="default %(default)d")
    parser.add_argument("--faces", type=Path, default=default_faces(), metavar="DIR", help="default %(default)s")
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    try:
        talkers = [Talker(path) for path in sorted(given.talkers.rglob("*")) if path.suffix.lower() in MEDIA]
        files = [path for folder in given.voices for path in sorted(folder.rglob("*")) if path.suffix.lower() in SOUND]
        if len(talkers) < 2 or not files:
            raise Problem("at least two clips of talkers and one voice are needed")
        chosen = [files[i] for i in rng.permutation(len(files))[:60]]
        voices = [(path.stem, read_sound(path)) for path in chosen] + [(one.name, one.sound) for one in talkers]
        maker = Maker(talkers, voices, load_clips(given.faces), given.width, given.height, rng)
        make(maker, given.seconds, given.out, given.truth)
    except (Problem, subprocess.CalledProcessError, OSError) as problem:
        print(f"make_talking_programme: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
