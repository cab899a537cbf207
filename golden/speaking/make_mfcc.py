# SPDX-License-Identifier: Apache-2.0
"""Coefficients by python_speech_features of the signal of golden/vad; writes mfcc.json.

    python make_mfcc.py

Run by hand, with python_speech_features 0.6, numpy 2.4.6 and scipy 1.17.1.
"""

import json
import pathlib
import sys

import numpy as np
import python_speech_features

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vad"))
from make import golden_signal  # noqa: E402


def main():
    samples = np.rint(golden_signal().astype(np.float64) * 32768).astype(np.int16)
    mfcc = python_speech_features.mfcc(samples, 16000, numcep=13, winlen=0.025, winstep=0.010)
    frames = {str(i): [float(f"{value:.7g}") for value in mfcc[i]] for i in (0, 1, 60, 200, len(mfcc) - 1)}
    path = pathlib.Path(__file__).with_name("mfcc.json")
    path.write_text(json.dumps({"num_frames": len(mfcc), "mfcc": frames}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
