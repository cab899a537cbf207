# SPDX-License-Identifier: Apache-2.0
"""Mel power by librosa and a voice print by ONNX Runtime in Python, of the signal of golden/vad; writes voice-print.json.

    python make.py ge2e/model.onnx

Run by hand, with librosa 0.11.0, onnxruntime 1.31.1 and numpy 2.4.6. The network is the one that set-up makes of the model "ge2e". A print
is the mean over pieces of 160 frames, evenly spaced, each at most 160 frames after the one before, scaled to length 1.
"""

import json
import math
import pathlib
import sys

import librosa
import numpy as np
import onnxruntime

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vad"))
from make import golden_signal  # noqa: E402

PIECE, STEP = 160, 160


def mel_power(samples):
    return librosa.feature.melspectrogram(y=samples, sr=16000, n_fft=400, hop_length=160, n_mels=40).T


def main():
    samples = np.rint(golden_signal().astype(np.float64) * 32768).astype(np.int16)
    sound = samples.astype(np.float32) / 32768
    rms = math.sqrt(float(np.mean(sound.astype(np.float64) ** 2)))
    loud = sound * max(1.0, 10 ** (-30 / 20) / rms)
    mel = mel_power(loud).astype(np.float32)
    spare = len(mel) - PIECE
    count = math.ceil(spare / STEP) + 1
    starts = [math.floor(i * spare / (count - 1) + 0.5) for i in range(count)]
    session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
    pieces = np.stack([mel[start : start + PIECE] for start in starts])
    embedding = session.run(["embedding"], {"mel": pieces})[0].mean(axis=0)
    embedding /= np.linalg.norm(embedding)
    plain = mel_power(sound)
    out = {
        "num_frames": len(plain),
        "mel": {str(i): [float(f"{v:.6g}") for v in plain[i]] for i in (0, 60, 61, 200, len(plain) - 1)},
        "starts": starts,
        "print": [float(f"{v:.6g}") for v in embedding],
    }
    path = pathlib.Path(__file__).with_name("voice-print.json")
    path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
