# SPDX-License-Identifier: Apache-2.0
"""Makes a programme: plans it, writes its sound, pipes its frames to the encoder, and writes the truth beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from synthetic.faces import load_clips
from synthetic.frame import Frame
from synthetic.problem import Problem
from synthetic.scenes import Scene, SceneMaker
from synthetic.schedule import KINDS, TALK, plan
from synthetic.voice import RATE_HZ

CODECS = {
    "h264": ["-c:v", "libx264", "-preset", "veryfast", "-x264-params", "subme=1", "-crf", "23"],
    "hevc": [
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-crf",
        "26",
        "-x265-params",
        "pools=2:frame-threads=2:log-level=error",
    ],
    "vp9": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-crf", "33", "-b:v", "0", "-row-mt", "1"],
    "mpeg4": ["-c:v", "mpeg4", "-q:v", "4", "-bf", "2"],
}
_KEYFRAME_S = 3.0  # as web video has it, 2 to 4 s


@dataclass(frozen=True)
class Options:
    """What to make."""

    seed: int = 1
    width: int = 640  # pixels, even
    height: int = 360
    seconds: float = 60.0
    fps: float = 25.0
    speech_share: float = 0.6  # of all seconds, a voice is heard
    kinds: tuple[str, ...] = KINDS
    mean_scene_s: float = 6.0
    codec: str = "h264"

    def problems(self) -> list[str]:
        """What is wrong with these values, all at once; empty if nothing."""
        out = []
        for name, value in (("width", self.width), ("height", self.height)):
            if value % 2 or not 64 <= value <= 7680:
                out.append(f"{name} {value}: an even number from 64 to 7680 is needed")
        if not 2 <= self.seconds <= 12 * 3600:
            out.append(f"seconds {self.seconds}: from 2 to 43200")
        if not 5 <= self.fps <= 120:
            out.append(f"fps {self.fps}: from 5 to 120")
        if not 0 <= self.speech_share <= 0.85:
            out.append(f"speech share {self.speech_share}: from 0 to 0.85 (people pause)")
        if not self.kinds:
            out.append("no kind of scene is asked for: " + ", ".join(KINDS))
        out += [
            f"unknown kind of scene {kind!r}: one of {', '.join(KINDS)}" for kind in self.kinds if kind not in KINDS
        ]
        if not 1.5 <= self.mean_scene_s <= 120:
            out.append(f"mean scene {self.mean_scene_s} s: from 1.5 to 120")
        if self.codec not in CODECS:
            out.append(f"unknown codec {self.codec!r}: one of {', '.join(CODECS)}")
        return out


def make_programme(options: Options, faces: Path, media: Path, truth: Path) -> dict:
    """Writes `media` and `truth` (each complete or not at all) and returns the truth."""
    wrong = options.problems()
    if wrong:
        raise Problem("\n".join(wrong))
    if shutil.which("ffmpeg") is None:
        raise Problem("ffmpeg is not installed\n  run scripts/setup.sh, or install the package ffmpeg")
    clips = load_clips(faces)
    rng = np.random.default_rng(options.seed)
    num_frames = round(options.seconds * options.fps)
    slots = plan(num_frames, options.fps, options.mean_scene_s, options.speech_share, options.kinds, rng)
    talk_s = sum(slot.num_frames for slot in slots if slot.kind in TALK) / options.fps
    maker = SceneMaker(
        clips, options.width, options.height, options.fps, num_frames / options.fps, talk_s, options.speech_share, rng
    )
    media.parent.mkdir(parents=True, exist_ok=True)
    truth.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="." + media.stem[:40] + ".", dir=media.parent) as work:
        silent = Path(work) / "picture.mp4"
        sound = Path(work) / "sound.s16"
        spans = _render(options, slots, maker, num_frames, silent, sound)
        record = {
            "schema": 1,
            "media": media.name,
            "seed": options.seed,
            "duration_s": round(num_frames / options.fps, 6),
            "spans": spans,
        }
        joined = Path(work) / ("programme" + media.suffix)
        _run(
            [
                "ffmpeg",
                "-v",
                "error",
                "-nostdin",
                "-y",
                "-i",
                str(silent),
                "-f",
                "s16le",
                "-ar",
                str(RATE_HZ),
                "-ac",
                "2",
                "-i",
                str(sound),
                "-map",
                "0:v",
                "-map",
                "1:a",
                "-c:v",
                "copy",
                "-c:a",
                "aac",
                "-b:a",
                "128k",
                "-map_metadata",
                "-1",
                "-fflags",
                "+bitexact",
                "-flags:v",
                "+bitexact",
                "-flags:a",
                "+bitexact",
                "-movflags",
                "+faststart",
                str(joined),
            ]
        )
        written = Path(work) / "truth.json"
        written.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(joined, media)
        shutil.copyfile(written, truth.with_name(truth.name + ".part"))
        os.replace(truth.with_name(truth.name + ".part"), truth)
    return record


def _render(options: Options, slots: list, maker: SceneMaker, num_frames: int, silent: Path, sound: Path) -> list[dict]:
    rate = f"{options.fps:g}"
    encoder = subprocess.Popen(
        [
            "ffmpeg",
            "-v",
            "error",
            "-nostdin",
            "-y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "yuv420p",
            "-s",
            f"{options.width}x{options.height}",
            "-r",
            rate,
            "-i",
            "pipe:0",
            "-an",
            *CODECS[options.codec],
            "-g",
            str(round(_KEYFRAME_S * options.fps)),
            "-pix_fmt",
            "yuv420p",
            "-threads",
            "2",
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            str(silent),
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    frame = Frame(options.width, options.height)
    grain = _Grain(options.width, options.height, options.seed)
    progress = _Progress(num_frames, options.fps)
    spans, done = [], 0
    try:
        with sound.open("wb") as samples:
            for slot in slots:
                scene = maker.make(slot)
                start = round(done / options.fps * RATE_HZ)
                end = round((done + slot.num_frames) / options.fps * RATE_HZ)
                _write_sound(scene, end - start, samples)
                spans.append(_span(scene, done, options.fps))
                for n in range(slot.num_frames):
                    scene.picture.draw(n, frame)
                    grain.add(frame)
                    encoder.stdin.write(frame.buffer)
                    done += 1
                    progress.show(done)
        encoder.stdin.close()
        message = encoder.stderr.read().decode(errors="replace").strip()
        if encoder.wait() != 0:
            raise Problem(f"ffmpeg could not encode the picture: {message}")
    except BrokenPipeError:
        message = encoder.stderr.read().decode(errors="replace").strip()
        raise Problem(f"ffmpeg stopped while encoding: {message}") from None
    finally:
        progress.end()
        if encoder.poll() is None:
            encoder.kill()
            encoder.wait()
        encoder.stderr.close()
    return spans


def _write_sound(scene: Scene, count: int, samples) -> None:
    sound = scene.sound[:count]
    if len(sound) < count:
        sound = np.concatenate([sound, np.repeat(sound[-1:], count - len(sound), axis=0)])
    samples.write(np.clip(np.round(sound * 32767), -32768, 32767).astype("<i2").tobytes())


def _span(scene: Scene, first_frame: int, fps: float) -> dict:
    start_s = first_frame / fps
    end_s = (first_frame + scene.slot.num_frames) / fps
    speech = [[round(start_s + a, 3), round(min(end_s, start_s + b), 3)] for a, b in scene.heard]
    return {"start_s": round(start_s, 6), "end_s": round(end_s, 6), **scene.truth, "speech": speech}


class _Grain:
    """The noise of a camera: a few still tiles shown in turn."""

    def __init__(self, width: int, height: int, seed: int):
        rng = np.random.default_rng([seed, 7])
        self._tile = np.clip(np.round(rng.normal(8, 1.3, (height + 64, width + 64))), 0, 255).astype(np.uint8)
        self._rng, self._width, self._height = rng, width, height

    def add(self, frame: Frame) -> None:
        x, y = self._rng.integers(0, 64, 2)
        cv2.addWeighted(frame.y, 1, self._tile[y : y + self._height, x : x + self._width], 1, -8, dst=frame.y)


class _Progress:
    """A line on standard error, where that is a terminal."""

    def __init__(self, total: int, fps: float):
        self._total, self._fps, self._start = total, fps, time.monotonic()
        self._shown = 0.0 if sys.stderr.isatty() else float("inf")

    def show(self, done: int) -> None:
        now = time.monotonic()
        if now - self._shown < 0.5:
            return
        self._shown = now
        speed = done / self._fps / max(1e-3, now - self._start)
        left_s = (self._total - done) / self._fps / max(1e-3, speed)
        print(
            f"\r{100 * done / self._total:5.1f} %  {done / self._fps:7.1f} s of {self._total / self._fps:.1f} s, "
            f"{speed:.1f} x real time, {left_s:.0f} s left ",
            end="",
            file=sys.stderr,
            flush=True,
        )

    def end(self) -> None:
        if self._shown not in (0.0, float("inf")):
            print(file=sys.stderr)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise Problem(f"ffmpeg failed: {done.stderr.decode(errors='replace').strip()}")
