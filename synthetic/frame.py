# SPDX-License-Identifier: Apache-2.0
"""A picture as the encoder wants it: planes Y, U and V (4:2:0) in one buffer, and views of parts of it.

Scenes draw straight into the planes at output size, so no whole-frame colour conversion is ever needed.
"""

from __future__ import annotations

import cv2
import numpy as np


class Frame:
    """Planes of one I420 picture; `y`, `u` and `v` share the memory that `buffer` hands to the encoder."""

    def __init__(self, width: int, height: int):
        self.width, self.height = width, height
        self.buffer = np.zeros(width * height * 3 // 2, np.uint8)
        luma, chroma = width * height, width * height // 4
        self.y = self.buffer[:luma].reshape(height, width)
        self.u = self.buffer[luma : luma + chroma].reshape(height // 2, width // 2)
        self.v = self.buffer[luma + chroma :].reshape(height // 2, width // 2)

    @staticmethod
    def from_bgr(picture: np.ndarray) -> Frame:
        """Converts a BGR picture of even width and height."""
        frame = Frame(picture.shape[1], picture.shape[0])
        frame.buffer[:] = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).ravel()
        return frame

    def to_bgr(self) -> np.ndarray:
        return cv2.cvtColor(self.buffer.reshape(self.height * 3 // 2, self.width), cv2.COLOR_YUV2BGR_I420)

    def copy_from(self, other: Frame) -> None:
        np.copyto(self.buffer, other.buffer)

    def part(self, x: int, y: int, width: int, height: int) -> Planes:
        """The planes of a rectangle whose numbers are all even."""
        return Planes(
            self.y[y : y + height, x : x + width],
            self.u[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2],
            self.v[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2],
        )


class Planes:
    """Three views into a Frame."""

    def __init__(self, y: np.ndarray, u: np.ndarray, v: np.ndarray):
        self.y, self.u, self.v = y, u, v

    def copy_from(self, other: Frame) -> None:
        """Takes over a picture of the same size."""
        self.y[:], self.u[:], self.v[:] = other.y, other.u, other.v


def warp_planes(source: Frame, matrix: np.ndarray, target: Planes) -> None:
    """Fills `target` from `source`; `matrix` (2x3) takes target luma pixels to source luma pixels.

    A chroma sample sits in the middle of its four luma pixels, hence the shifted offset.
    """
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    height, width = target.y.shape
    target.y[:] = cv2.warpAffine(source.y, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    half = matrix.copy()
    half[:, 2] = (matrix[:, 2] + 0.5 * (matrix[:, 0] + matrix[:, 1]) - 0.5) / 2
    for plane, out in ((source.u, target.u), (source.v, target.v)):
        out[:] = cv2.warpAffine(plane, half, (width // 2, height // 2), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
