# SPDX-License-Identifier: Apache-2.0
"""A moving landscape: a sky with drifting clouds and hills in three distances, panned past a camera.

Every layer is drawn once, wider than the picture; a frame is a few copies of shifted parts, so it costs little at any
size.
"""

from __future__ import annotations

import cv2
import numpy as np

from synthetic.frame import Frame, Planes


def _texture(height: int, width: int, grain: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise in -1 .. 1 of several sizes, the coarsest `grain` pixels."""
    out = np.zeros((height, width), np.float32)
    strength = 1.0
    for _ in range(4):
        rows, columns = max(2, height // max(1, grain)), max(2, width // max(1, grain))
        coarse = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
        out += strength * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        strength, grain = strength * 0.5, max(2, grain // 2)
    return out / 1.9


class Landscape:
    """Fills a rectangle with the frames of one pan."""

    def __init__(self, width: int, height: int, num_frames: int, rng: np.random.Generator):
        self.width, self.height = width, height
        travel = 2 * (width // 6)
        self._wide = width + travel
        self._direction = bool(rng.integers(2))
        self._num_frames = max(2, num_frames)
        warm = rng.uniform(0, 1)
        top = np.array([190 - 60 * warm, 130 - 20 * warm, 70 + 60 * warm])
        low = np.array([235 - 60 * warm, 215 - 15 * warm, 200 + 40 * warm])
        rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        clouds = np.clip(_texture(height, self._wide, height // 3, rng) * 0.9 - 0.1, 0, 1)[..., None] * (1 - rows)
        sky = top * (1 - rows) + low * rows
        sky = sky + (np.array([245, 245, 245]) - sky) * clouds * 0.8
        # Each layer: its planes, the mask of what it covers, its first row, and its share of the camera's travel.
        self._sky = Frame.from_bgr(np.clip(sky, 0, 255).astype(np.uint8))
        self._layers = []
        ground = np.array([[70, 95, 80], [50, 85, 65], [35, 65, 45]], np.float32)[int(rng.integers(2)) :]
        for depth, colour in enumerate(ground):
            self._layers.append(self._hills(depth, len(ground), colour * rng.uniform(0.85, 1.15, 3), rng))

    def _hills(self, depth: int, count: int, colour: np.ndarray, rng: np.random.Generator):
        height, wide = self.height, self._wide
        x = np.linspace(0, 6.2832, wide)
        ridge = np.zeros(wide)
        for wave in range(1, 6):
            ridge += rng.uniform(0.3, 1) / wave * np.sin(x * wave * (1.3 + depth) + rng.uniform(0, 6.28))
        ridge = height * (0.50 + 0.45 * (depth + 0.3) / count) + 0.055 * height * ridge
        first = 2 * int(np.clip(ridge.min(), 0, height - 2) // 2)
        rows = np.arange(first, height)[:, None]
        fog = (1 - (depth + 1) / count) * 0.55
        body = colour * (1 - fog) + np.array([225, 210, 200]) * fog
        shade = 1 + 0.22 * _texture(height - first, wide, max(4, height // (10 + 8 * depth)), rng)
        picture = np.clip(body * shade[..., None], 0, 255).astype(np.uint8)
        mask = rows >= ridge[None, :]
        return (
            Frame.from_bgr(picture),
            mask,
            np.ascontiguousarray(mask[::2, ::2]),
            first,
            0.35 + 0.65 * (depth + 1) / count,
        )

    def render(self, n: int, target: Planes) -> None:
        along = n / (self._num_frames - 1)
        if self._direction:
            along = 1 - along
        travel = self._wide - self.width
        self._copy(self._sky, None, None, 0, 2 * int(travel * 0.2 * along / 2), target)
        for planes, mask, half_mask, first, share in self._layers:
            self._copy(planes, mask, half_mask, first, 2 * int(travel * share * along / 2), target)

    def _copy(self, planes: Frame, mask, half_mask, first: int, shift: int, target: Planes) -> None:
        width, half = self.width, shift // 2
        parts = (
            (planes.y, target.y, mask, first, shift, width),
            (planes.u, target.u, half_mask, first // 2, half, width // 2),
            (planes.v, target.v, half_mask, first // 2, half, width // 2),
        )
        for source, out, cover, row, left, columns in parts:
            if cover is None:
                out[:] = source[:, left : left + columns]
            else:
                np.copyto(out[row:], source[:, left : left + columns], where=cover[:, left : left + columns])
