# SPDX-License-Identifier: Apache-2.0
"""The faces: short clips and one picture, with the points that we measured on them (face_points.json).

A `Clip` is a run of frames with one expression. A `FaceView` shows a clip through a slowly moving virtual camera,
forwards and backwards for as long as a scene lasts, with the mouth opened as the caller asks.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from synthetic.frame import Frame, Planes, warp_planes
from synthetic.mouth import mouth_region, open_mouth
from synthetic.problem import Problem

POINTS_FILE = Path(__file__).with_name("face_points.json")

# Rows of Clip.points.
LOWER_LIP = slice(0, 11)  # inner edge of the lower lip, from its left end in the picture to its right end
UPPER_LIP, CHIN, FOREHEAD = 11, 12, 13

_LIVELINESS = {"sad": 0.7}  # sad people move their mouths less


@dataclass(frozen=True)
class Clip:
    """Frames (BGR) of one person with one expression, and the face points of each frame in pixels."""

    id: str
    person: str
    gender: str
    emotion: str
    frames: list[np.ndarray]
    points: np.ndarray  # frames x 16 x 2, float32
    fps: float

    @property
    def face_height(self) -> float:
        return float(np.linalg.norm(self.points[:, CHIN] - self.points[:, FOREHEAD], axis=1).mean())

    @property
    def mouth_width(self) -> float:
        return float(np.linalg.norm(self.points[:, 10] - self.points[:, 0], axis=1).mean())

    @property
    def face_centre(self) -> np.ndarray:
        return (0.5 * (self.points[:, CHIN] + self.points[:, FOREHEAD])).mean(axis=0)


def load_clips(folder: Path) -> list[Clip]:
    """Reads every clip that face_points.json describes; raises Problem where a file is absent or another one."""
    table = json.loads(POINTS_FILE.read_text(encoding="utf-8"))
    decoded: dict[str, tuple[list[np.ndarray], float]] = {}
    clips = []
    for entry in table["clips"]:
        path = folder / entry["file"]
        if entry["file"] not in decoded:
            decoded[entry["file"]] = _decode(path, entry["sha256"])
        frames, fps = decoded[entry["file"]]
        first, count = entry["first_frame"], len(entry["frames"])
        if first + count > len(frames):
            raise Problem(f"{path}: {len(frames)} frames could be decoded, {first + count} are needed")
        points = np.array(entry["frames"], np.float32).reshape(count, -1, 2)
        clips.append(
            Clip(
                entry["id"],
                entry["person"],
                entry["gender"],
                entry["emotion"],
                frames[first : first + count],
                points,
                fps,
            )
        )
    return clips


def _decode(path: Path, sha256: str) -> tuple[list[np.ndarray], float]:
    if not path.is_file():
        raise Problem(
            f"face file not found: {path}\n  run scripts/setup.sh, which fetches it, or name its folder with --faces"
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise Problem(
            f"{path} is not the file whose face points are known (sha256 {sha256} expected)\n"
            "  run scripts/setup.sh to fetch it again"
        )
    if path.suffix == ".png":
        return [cv2.imread(str(path), cv2.IMREAD_COLOR)], 25.0
    capture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        good, frame = capture.read()
        if not good:
            break
        frames.append(frame)
    return frames, capture.get(cv2.CAP_PROP_FPS) or 25.0


class FaceView:
    """One person in one rectangle for one scene. All that varies is drawn from `rng` when it is made."""

    def __init__(self, clip: Clip, width: int, height: int, num_frames: int, fps: float, rng: np.random.Generator):
        self.clip, self.width, self.height, self.num_frames, self.fps = clip, width, height, num_frames, fps
        self._mirror = bool(rng.integers(2))
        self._grade = _grading(rng)
        self._start = float(rng.uniform(0, 2 * max(1, len(clip.frames) - 1)))
        self._rate = clip.fps / fps * float(rng.uniform(0.6, 1.0))
        self._sway = [(float(rng.uniform(0.05, 0.35)), float(rng.uniform(0, 6.28))) for _ in range(6)]
        self._place_camera(rng)
        self._working: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._resting: dict[int, Frame] = {}

    def _place_camera(self, rng: np.random.Generator) -> None:
        clip_height, clip_width = self.clip.frames[0].shape[:2]
        aspect = self.width / self.height
        tallest = min(clip_height, clip_width / aspect) * 0.97
        # Head and shoulders: the face takes between about a third and two thirds of the window.
        closest = min(tallest, self.clip.face_height / rng.uniform(0.5, 0.62))
        first = rng.uniform(closest, tallest)
        second = float(np.clip(first * rng.uniform(0.9, 1.1), closest, tallest))
        face_x, face_y = self.clip.face_centre
        if self._mirror:
            face_x = clip_width - 1 - face_x
        side, drift = (
            rng.uniform(-0.14, 0.14) * min(1.0, aspect / 1.8) ** 2,
            rng.uniform(-0.04, 0.04) * min(1.0, aspect / 1.8),
        )
        self._windows = []
        for size, offset in ((first, side), (second, side + drift)):
            half_w, half_h = 0.515 * size * aspect, 0.515 * size
            x = np.clip(face_x + offset * size * aspect, half_w, max(half_w, clip_width - half_w))
            y = np.clip(face_y + 0.04 * size, half_h, max(half_h, clip_height - half_h))
            self._windows.append(np.array([x, y, size]))
        # Work no finer than a mouth of 70 pixels, or the clip itself: more gains nothing but costs time.
        wanted = self.height / min(first, second)
        self._scale = min(wanted, max(1.0, 70.0 / self.clip.mouth_width))
        self._size = (2 * round(clip_width * self._scale / 2), 2 * round(clip_height * self._scale / 2))
        self._moving = Frame(*self._size)

    def picture_index(self, n: int) -> int:
        """Which picture of the clip is shown in frame `n`: to its end and back again."""
        last = len(self.clip.frames) - 1
        if last == 0:
            return 0
        phase = (self._start + n * self._rate) % (2 * last)
        return round(phase if phase <= last else 2 * last - phase)

    def render(self, n: int, opening: float, rounding: float, target: Planes) -> None:
        """Draws frame `n` with the mouth opened by `opening` (0 at rest .. 1) and rounded by `rounding` (0 .. 1)."""
        opening *= _LIVELINESS.get(self.clip.emotion, 1.0)
        index = self.picture_index(n)
        picture, points = self._working_picture(index)
        if index not in self._resting:
            self._resting[index] = Frame.from_bgr(picture)
        source = self._resting[index]
        if opening > 0.02 or rounding > 0.05:
            # Only the mouth is changed and converted anew.
            x0, y0, x1, y1 = mouth_region(picture.shape, points[LOWER_LIP], points[CHIN])
            patch = picture[y0:y1, x0:x1].copy()
            points = points - np.array([x0, y0], np.float32)
            open_mouth(patch, points[LOWER_LIP], points[UPPER_LIP], points[CHIN], opening, rounding)
            self._moving.copy_from(source)
            self._moving.part(x0, y0, x1 - x0, y1 - y0).copy_from(Frame.from_bgr(patch))
            source = self._moving
        warp_planes(source, self._camera(n), target)

    def _camera(self, n: int) -> np.ndarray:
        along = n / max(1, self.num_frames - 1)
        along = along * along * (3 - 2 * along)
        x, y, size = (1 - along) * self._windows[0] + along * self._windows[1]
        time_s = n / self.fps
        wave = [np.sin(6.2832 * hz * time_s + phase) for hz, phase in self._sway]
        x += 0.003 * size * (wave[0] + wave[1])
        y += 0.003 * size * (wave[2] + wave[3])
        angle = 0.004 * (wave[4] + wave[5])
        zoom = size / self.height * self._scale
        cos, sin = zoom * np.cos(angle), zoom * np.sin(angle)
        matrix = np.array([[cos, -sin, 0], [sin, cos, 0]], np.float64)
        centre = np.array([(self.width - 1) / 2, (self.height - 1) / 2])
        matrix[:, 2] = np.array([x, y]) * self._scale - matrix[:, :2] @ centre
        return matrix

    def _working_picture(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        if index not in self._working:
            picture, points = self.clip.frames[index], self.clip.points[index].copy()
            if self._mirror:
                picture = picture[:, ::-1]
                points[:, 0] = picture.shape[1] - 1 - points[:, 0]
                points[LOWER_LIP] = points[LOWER_LIP][::-1].copy()
            height, width = picture.shape[:2]
            if self._size != (width, height):
                how = cv2.INTER_AREA if self._scale < 1 else cv2.INTER_CUBIC
                picture = cv2.resize(picture, self._size, interpolation=how)
                points = (points + 0.5) * (self._size[0] / width) - 0.5
            self._working[index] = (cv2.LUT(np.ascontiguousarray(picture), self._grade), points)
        return self._working[index]


def _grading(rng: np.random.Generator) -> np.ndarray:
    """A gentle change of exposure, contrast and colour, as between one camera and another."""
    levels = np.arange(256) / 255.0
    gamma, tint = rng.uniform(0.85, 1.12), rng.uniform(0.95, 1.05, size=3)
    table = np.stack([np.clip(levels**gamma * gain, 0, 1) for gain in tint], axis=-1)
    return np.round(table * 255).astype(np.uint8).reshape(1, 256, 3)
