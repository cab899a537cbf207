# SPDX-License-Identifier: Apache-2.0
"""Opens a mouth in a picture: the lower lip and the jaw move down, the dark inside of the mouth appears between.

The picture's own skin is moved, never painted, so texture and expression stay. In coordinates along (u) and across
(v) the mouth, in units of half its width, a point below the inner edge c(u) of the lower lip moves down by A * S(u, v):

    S = [P(u) + (W(u) - P(u)) * R(v)] * (1 - 0.4 R(v)) * F(v)

P: how far each part of the lip opens (most in the middle, not at the corners); W: the wider jaw; R: 0 at the lip to 1
at the chin, which moves less than the lip; F: fades to nothing on the throat. What lies above c(u) stays, but for a
slight rise of the upper lip. Each pixel asks where it comes from, so the move is inverted by fixed-point steps.
"""

from __future__ import annotations

import cv2
import numpy as np

FULL_OPENING = 0.46  # of half the mouth's width, between lips that were closed
LIP_REACH = 0.9  # of half the mouth's width: the corners stay closed
JAW_REACH = 2.0
THROAT = 1.15  # how far below the chin the throat still gives way
DARK = np.array([26.0, 20.0, 44.0], np.float32)  # BGR
TONGUE = np.array([62.0, 52.0, 118.0], np.float32)
TEETH = np.array([150.0, 160.0, 168.0], np.float32)


def open_mouth(
    picture: np.ndarray, lower_lip: np.ndarray, upper_lip: np.ndarray, chin: np.ndarray, opening: float, rounding: float
) -> None:
    """Changes the BGR `picture` in place.

    `lower_lip` is 11 points from the mouth's left end in the picture to its right end; `opening` and `rounding` are
    0 (at rest) to 1.
    """
    axis = lower_lip[10] - lower_lip[0]
    half_width = float(np.linalg.norm(axis)) / 2
    axis = axis / (2 * half_width)
    down = np.array([-axis[1], axis[0]], np.float32)
    origin = (lower_lip[0] + lower_lip[10]) / 2

    def to_mouth(points: np.ndarray) -> np.ndarray:
        return np.stack([(points - origin) @ axis, (points - origin) @ down], axis=-1) / half_width

    lip = to_mouth(lower_lip)
    chin_v = float(to_mouth(chin)[1])
    # How far the mouth stands open in the picture itself (a smile that shows the teeth).
    standing = max(0.0, float(lip[5, 1] - to_mouth(upper_lip)[1]))

    x0, y0, x1, y1 = mouth_region(picture.shape, lower_lip, chin)
    grid_x, grid_y = np.meshgrid(np.arange(x0, x1, dtype=np.float32), np.arange(y0, y1, dtype=np.float32))
    u = ((grid_x - origin[0]) * axis[0] + (grid_y - origin[1]) * axis[1]) / half_width
    v = ((grid_x - origin[0]) * down[0] + (grid_y - origin[1]) * down[1]) / half_width

    # Vowels open the mouth, less where it already stands open; between them an open smile closes a little.
    widest = max(0.25, FULL_OPENING - 0.4 * standing)
    amount = widest * opening - 0.35 * standing * (1 - opening) * min(1.0, 4 * max(opening, rounding))
    near = np.clip(1 - (u / JAW_REACH) ** 2, 0, 1) * np.clip(1 - (v / 1.15) ** 2, 0, 1)
    u_from = u * (1 + 0.22 * rounding * near)  # rounding: draw the corners in
    cut = np.interp(u_from, lip[:, 0], lip[:, 1]).astype(np.float32)
    part = np.clip(1 - (u_from / LIP_REACH) ** 2, 0, 1)
    rise = 0.10 * max(0.0, amount) * part * np.exp(-(((cut - v) / 0.45) ** 2))
    lower = v - cut - amount * part  # >= 0: belongs to the lower lip and below
    upper = cut - rise - v  # >= 0: belongs to the upper lip and above

    v_from = _jaw_source(u_from, v, cut, part, amount, chin_v)
    below = (v_from >= cut) & (lower >= 0) | (np.abs(u_from) >= 1)
    v_from = np.where(below, v_from, np.minimum(v + rise, cut))
    map_x = (origin[0] + half_width * (u_from * axis[0] + v_from * down[0])).astype(np.float32)
    map_y = (origin[1] + half_width * (u_from * axis[1] + v_from * down[1])).astype(np.float32)
    region = picture[y0:y1, x0:x1]
    warped = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101).astype(np.float32)

    if amount > 0:
        pixel = 2.4 / half_width  # the width of a soft edge
        inside = np.clip(0.5 - lower / pixel, 0, 1) * np.clip(0.5 - upper / pixel, 0, 1) * (np.abs(u_from) < 1)
        depth = np.clip((v - cut) / np.maximum(amount * part, 1e-3), 0, 1)
        fill = DARK + _smoothstep(0.55, 1.0, depth)[..., None] * (TONGUE - DARK) * (0.7 * opening)
        if standing < 0.1:  # lips that were closed: a hint of the upper teeth
            shown = 0.45 * (1 - _smoothstep(0.05, 0.17, v - cut)) * np.clip(1 - (u_from / 0.7) ** 2, 0, 1)
            fill = fill + (TEETH - fill) * shown[..., None]
        light = np.clip(float(region.mean()) / 130.0, 0.4, 1.2)
        warped += (fill * light - warped) * inside[..., None]
    region[:] = np.clip(warped, 0, 255).astype(np.uint8)


def mouth_region(shape: tuple[int, ...], lower_lip: np.ndarray, chin: np.ndarray) -> tuple[int, int, int, int]:
    """The part x0, y0, x1, y1 (even numbers) of a picture of `shape` outside which open_mouth changes nothing."""
    half_width = float(np.linalg.norm(lower_lip[10] - lower_lip[0])) / 2
    origin = (lower_lip[0] + lower_lip[10]) / 2
    chin_v = float(np.linalg.norm(chin - origin)) / half_width
    side, below = half_width * (JAW_REACH + 0.3), half_width * (chin_v + THROAT + 0.3)
    low = np.floor((origin - [side, 1.4 * half_width]) / 2).astype(int) * 2
    high = np.ceil((origin + [side, below]) / 2).astype(int) * 2
    height, width = shape[0] // 2 * 2, shape[1] // 2 * 2
    x0, y0 = int(np.clip(low[0], 0, width - 4)), int(np.clip(low[1], 0, height - 4))
    return x0, y0, int(np.clip(high[0], x0 + 4, width)), int(np.clip(high[1], y0 + 4, height))


def _jaw_source(
    u: np.ndarray, v: np.ndarray, cut: np.ndarray, part: np.ndarray, amount: float, chin_v: float
) -> np.ndarray:
    """Where each pixel at `v` comes from, if it belongs to the lower lip or below."""
    jaw = np.where(np.abs(u) < JAW_REACH, 0.5 + 0.5 * np.cos(np.pi * u / JAW_REACH), 0)
    beside = np.abs(u) >= 1  # no cut there: the move sets in gradually

    def moved(v_from: np.ndarray) -> np.ndarray:
        to_chin = _smoothstep(0, 1, (v_from - cut) / max(0.3, chin_v - 0.2))
        fade = 1 - _smoothstep(chin_v, chin_v + THROAT, v_from)
        onset = np.where(beside, _smoothstep(-0.35, 0.35, v_from - cut), 1)
        return amount * (part + (jaw - part) * to_chin) * (1 - 0.4 * to_chin) * fade * onset

    v_from = v - moved(np.maximum(v, cut))
    for _ in range(2):
        v_from = v - moved(np.maximum(v_from, cut))
    return v_from


def _smoothstep(low: float, high: float, x: np.ndarray) -> np.ndarray:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
