# SPDX-License-Identifier: Apache-2.0
"""Runs Silero VAD in Python's ONNX Runtime on a made signal and writes silero-vad.json.

    python make.py silero_vad.onnx silero_vad_16k_sequence.onnx

Run by hand, with onnxruntime 1.31.1 and numpy 2.4.6 on CPython 3.11. The two files are the members silero_vad/data/*
of the PyPI package silero-vad 6.2.3. The windows are fed one at a time, each behind the last 64 samples of the one
before, with the state handed on; the network for sequences is run over the same windows and must agree.
"""

import hashlib
import json
import math
import pathlib
import sys

import numpy as np
import onnxruntime

SAMPLE_RATE_HZ = 16000
WINDOW_SAMPLES = 512
CONTEXT_SAMPLES = 64
NUM_WINDOWS = 94

FORMULA = (
    "48128 samples at 16 kHz, all in float64, then float32. t = i / 16000; s = 1 before the first sample; for each: "
    "s = (1664525 * s + 1013904223) mod 2^32; noise = 0.002 * ((s >> 8) / 2^23 - 1); "
    "p = 2 pi 130 t + 12 sin(2 pi 1.5 t); voice = 0.1 * sum over k = 1..20 of sin(k p) / k; "
    "envelope = sin(2 pi 2 t)^2 where 0.5 <= t < 2 or t >= 2.5, else 0; sample = voice * envelope + noise"
)


def golden_signal():
    """Noise, six voiced syllables of varying pitch, noise, two more; float32 in [-1, 1]."""
    samples, state = np.empty(NUM_WINDOWS * WINDOW_SAMPLES, np.float32), 1
    for i in range(samples.size):
        t = i / SAMPLE_RATE_HZ
        state = (1664525 * state + 1013904223) % 2**32
        noise = 0.002 * ((state >> 8) / 2**23 - 1)
        phase = 2 * math.pi * 130 * t + 12 * math.sin(2 * math.pi * 1.5 * t)
        voice = 0.1 * sum(math.sin(k * phase) / k for k in range(1, 21))
        envelope = math.sin(2 * math.pi * 2 * t) ** 2 if 0.5 <= t < 2 or t >= 2.5 else 0.0
        samples[i] = voice * envelope + noise
    return samples


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def windows_with_context(samples):
    windows = np.zeros((NUM_WINDOWS, CONTEXT_SAMPLES + WINDOW_SAMPLES), np.float32)
    windows[:, CONTEXT_SAMPLES:] = samples.reshape(NUM_WINDOWS, WINDOW_SAMPLES)
    windows[1:, :CONTEXT_SAMPLES] = windows[:-1, -CONTEXT_SAMPLES:]
    return windows


def run_one_by_one(path, windows):
    network, state, probabilities = session(path), np.zeros((2, 1, 128), np.float32), []
    for window in windows:
        inputs = {"input": window[None], "state": state, "sr": np.array(SAMPLE_RATE_HZ, np.int64)}
        probability, state = network.run(["output", "stateN"], inputs)
        probabilities.append(probability[0, 0])
    return np.array(probabilities)


def run_at_once(path, windows):
    zeros = np.zeros((1, 1, 128), np.float32)
    return session(path).run(["speech_probs"], {"input": windows, "h": zeros, "c": zeros})[0]


def main():
    windows = windows_with_context(golden_signal())
    probabilities = run_one_by_one(sys.argv[1], windows)
    difference = float(np.abs(run_at_once(sys.argv[2], windows) - probabilities).max())
    if difference > 1e-5:
        sys.exit(f"the two networks differ by {difference}")
    digests = [hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest() for path in sys.argv[1:3]]
    record = {
        "tool": "ONNX Runtime, Python, CPU",
        "versions": {"onnxruntime": onnxruntime.__version__, "numpy": np.__version__},
        "networks": dict(zip(["silero_vad.onnx", "silero_vad_16k_sequence.onnx"], digests)),
        "formula": FORMULA,
        "sample_rate_hz": SAMPLE_RATE_HZ,
        "window_samples": WINDOW_SAMPLES,
        "context_samples": CONTEXT_SAMPLES,
        "outputs": [float(f"{value:.9g}") for value in probabilities],
        "max_difference_of_networks": difference,
    }
    path = pathlib.Path(__file__).with_name("silero-vad.json")
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
