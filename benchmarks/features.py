#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mfcc39 of 1000 s of sound that is already decoded, one thread: sezim beside kaldi-native-fbank, in turn in one run.

    cmake --preset release && cmake --build --preset release --target features_speed
    python benchmarks/features.py                   with kaldi-native-fbank and numpy from PyPI
    python benchmarks/features.py --kinds           how long our other kinds of features take, too

Both get the same samples in memory and the same work: 25-ms Hamming windows each 10 ms, 26 mel bands, 13 coefficients, deltas and
accelerations over 2 frames. kaldi-native-fbank computes its 13 coefficients and then the deltas, both in its own C++; it is
given the sound in one piece of a NumPy array, and what copying frames to Python costs is not counted. The figures are the
least of the runs, and the median.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import kaldi_native_fbank as knf  # noqa: E402
import numpy as np  # noqa: E402

SOURCE = Path(__file__).resolve().parent.parent
RATE = 16000


def sound(seconds):
    """Syllables of a made voice in noise."""
    random = np.random.default_rng(1)
    t = np.arange(seconds * RATE) / RATE
    phase = 2 * np.pi * np.cumsum(140 + 30 * np.sin(2 * np.pi * 0.7 * t)) / RATE
    voice = sum(np.sin(k * phase) / k for k in range(1, 21)) * np.sin(2 * np.pi * 2 * t) ** 2
    return (0.1 * voice + 0.005 * random.standard_normal(len(t))).astype(np.float32)


def ours(program, kind, mode, samples, runs):
    done = subprocess.run([program, kind, mode, samples, str(runs)], check=True, capture_output=True, text=True)
    *times, last = done.stdout.split("\n")[:-1]
    return [float(one) for one in times], int(last.split()[0])


def peer(samples, deltas):
    options = knf.MfccOptions()
    options.frame_opts.dither = 0
    options.frame_opts.window_type = "hamming"
    options.mel_opts.num_bins = 26
    options.mel_opts.low_freq = 0
    options.mel_opts.high_freq = 8000
    options.use_energy = False
    start = time.perf_counter()
    mfcc = knf.OnlineMfcc(options)
    mfcc.accept_waveform(RATE, samples)
    mfcc.input_finished()
    taken = time.perf_counter() - start
    count = mfcc.num_frames_ready
    if deltas:
        frames = np.stack([mfcc.get_frame(i) for i in range(count)]).astype(np.float32)
        delta_options = knf.DeltaOptions()
        delta_options.order, delta_options.window = 2, 2
        start = time.perf_counter()
        knf.compute_deltas(delta_options, frames)
        taken += time.perf_counter() - start
    return taken, count


def line(name, times, frames, seconds):
    print(f"{name:<44}{min(times):8.3f} s{statistics.median(times):9.3f} s{seconds / min(times):10.0f} x{frames:9} frames",
          flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--program", default=SOURCE / "build/release/bin/features_speed")
    parser.add_argument("--kinds", action="store_true", help="time our other kinds of features, too")
    arguments = parser.parse_args()
    samples = sound(arguments.seconds)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "samples.f32"
        samples.tofile(file)
        scaled = samples * np.float32(32768)
        times = {"htk": [], "kaldi": []}
        theirs, theirs_static = [], []
        for _ in range(arguments.runs):
            for mode, all_times in times.items():
                some, frames = ours(arguments.program, "mfcc", mode, file, 1)
                all_times += some
            taken, their_frames = peer(scaled, deltas=True)
            theirs.append(taken)
            theirs_static.append(peer(scaled, deltas=False)[0])
        print(f"{arguments.seconds} s of sound, {arguments.runs} runs in turn{'least':>22}{'median':>11}{'real time':>12}")
        for mode, all_times in times.items():
            line(f"sezim mfcc39, mode {mode}", all_times, frames, arguments.seconds)
        line(f"kaldi-native-fbank {knf.__version__}, with deltas", theirs, their_frames, arguments.seconds)
        line(f"kaldi-native-fbank {knf.__version__}, without", theirs_static, their_frames, arguments.seconds)
        if arguments.kinds:
            for kind in ("logmel", "chroma", "spectrogram", "prosody"):
                some, frames = ours(arguments.program, kind, "-", file, 2)
                line(f"sezim {kind}", some, frames, arguments.seconds)


if __name__ == "__main__":
    main()
