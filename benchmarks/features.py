#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mfcc39 of 1000 s of sound that is already decoded, one thread: sezim beside kaldi-native-fbank, in turn in one run.

    cmake --preset release && cmake --build --preset release --target features_speed
    python benchmarks/features.py                   with kaldi-native-fbank and numpy from PyPI
    python benchmarks/features.py --kinds           how long our other kinds of features take, too

Both get the same samples in memory and the same work: 25-ms Hamming windows each 10 ms, 26 mel bands, 13 coefficients, deltas and
accelerations over 2 frames. kaldi-native-fbank computes its 13 coefficients and then the deltas, both in its own C++. It is
given the sound in lists of one second each, which its binding takes fastest; how long handing them over takes is
measured by its own OnlineRawAudioSamples, which does nothing else with them, and taken off. Copying
frames to Python is not counted. The figures are seconds of processor time of the one thread, the least of the runs and the median, so
that what else runs on the machine counts little.
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


def fed(stream, pieces):
    """Seconds until the stream has taken all pieces."""
    start = time.thread_time()
    for piece in pieces:
        stream.accept_waveform(RATE, piece)
    stream.input_finished()
    return time.thread_time() - start


def peer(pieces):
    """Seconds of kaldi-native-fbank's MFCC, of its deltas, and of handing the samples over from Python alone."""
    options = knf.MfccOptions()
    options.frame_opts.dither = 0
    options.frame_opts.window_type = "hamming"
    options.mel_opts.num_bins = 26
    options.mel_opts.low_freq = 0
    options.mel_opts.high_freq = 8000
    options.use_energy = False
    mfcc = knf.OnlineMfcc(options)
    taken = fed(mfcc, pieces)
    frames = np.stack([mfcc.get_frame(i) for i in range(mfcc.num_frames_ready)]).astype(np.float32)
    delta_options = knf.DeltaOptions()
    delta_options.order, delta_options.window = 2, 2
    start = time.thread_time()
    knf.compute_deltas(delta_options, frames)
    deltas = time.thread_time() - start
    return taken, deltas, fed(knf.OnlineRawAudioSamples(knf.RawAudioSamplesOptions()), pieces), len(frames)


def line(name, times, seconds):
    print(f"{name:<49}{min(times):8.3f} s{statistics.median(times):9.3f} s{seconds / min(times):10.0f} x", flush=True)


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
        pieces = [scaled[i : i + RATE].tolist() for i in range(0, len(scaled), RATE)]
        times = {"htk": [], "kaldi": []}
        theirs = []
        for _ in range(arguments.runs):
            for mode, all_times in times.items():
                all_times += ours(arguments.program, "mfcc", mode, file, 1)[0]
            theirs.append(peer(pieces))
        print(f"{arguments.seconds} s of sound, {arguments.runs} runs in turn{'least':>27}{'median':>11}{'real time':>12}")
        for mode, all_times in times.items():
            line(f"sezim mfcc39, mode {mode}", all_times, arguments.seconds)
        handing_over = min(raw for *_, raw, _ in theirs)
        peer_name = f"kaldi-native-fbank {knf.__version__}"
        line(f"{peer_name}, as called from Python", [mfcc + deltas for mfcc, deltas, *_ in theirs], arguments.seconds)
        line(f"{peer_name}, less handing over", [mfcc + deltas - handing_over for mfcc, deltas, *_ in theirs],
             arguments.seconds)
        line(f"{peer_name}, and without deltas", [mfcc - handing_over for mfcc, *_ in theirs], arguments.seconds)
        if arguments.kinds:
            for kind in ("logmel", "chroma", "spectrogram", "prosody"):
                line(f"sezim {kind}", ours(arguments.program, kind, "-", file, 2)[0], arguments.seconds)


if __name__ == "__main__":
    main()
