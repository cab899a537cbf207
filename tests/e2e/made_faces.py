# SPDX-License-Identifier: Apache-2.0
"""Folders of made pictures that stand for faces, in FER2013's form: a bright bar whose height tells the emotion."""

import random
import struct
import zlib

EMOTIONS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
SIDE = 48


def write_png(path, rows):
    """Grey rows of bytes as a PNG file."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def write_face(path, emotion, seed):
    draw = random.Random(seed)
    bar = 6 + 6 * EMOTIONS.index(emotion)
    write_png(path, [[draw.randrange(100) + (150 if abs(y - bar) < 3 else 0) for _ in range(SIDE)] for y in range(SIDE)])


def make_faces(folder, train=6, validation=2, test=2):
    """train/, validation/ and test/ with so many pictures of each emotion."""
    for part, count in [("train", train), ("validation", validation), ("test", test)]:
        for emotion in EMOTIONS:
            (folder / part / emotion).mkdir(parents=True)
            for k in range(count):
                write_face(folder / part / emotion / f"{k:03}.png", emotion, f"{part}{emotion}{k}")
