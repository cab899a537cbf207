#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our fundamental frequency beside Praat's, on recordings of clean speech.

    python benchmarks/pitch.py --files 'RAVDESS/Actor_*/*.flac' 'EMODB/*.flac' --every 10     with praat-parselmouth, numpy and
                                                                                               soundfile from PyPI

Praat's is that of Sound: To Pitch (75 to 600 Hz, each 10 ms) by praat-parselmouth, read at the middle of our frames. Printed
are the share of frames that both call voiced on which the two differ by at most 20 % (and by 5 %), how often they agree
on voicing, and the same for each folder of recordings.
"""

import argparse
import glob
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import parselmouth
import soundfile

SOURCE = Path(__file__).resolve().parent.parent
HOP_S, MIDDLE_S = 0.01, 0.0125


def ours(program, files, folder):
    """An array of F0 in Hz for each file, 0 where unvoiced."""
    subprocess.run([program, "features", *files, "--set", "prosody", "--out", folder, "--format", "npy"], check=True,
                   stderr=subprocess.DEVNULL)
    return [np.load(folder / f"{Path(file).stem}.npy")[:, 0] for file in files]


def praat(file, num_frames):
    sound, rate = soundfile.read(file)
    pitch = parselmouth.Sound(sound, rate).to_pitch(time_step=HOP_S, pitch_floor=75, pitch_ceiling=600)
    f0 = np.array([pitch.get_value_at_time(i * HOP_S + MIDDLE_S) for i in range(num_frames)])
    return np.nan_to_num(f0)


def report(name, a, b):
    """Prints how `a`, ours, agrees with `b`."""
    both = (a > 0) & (b > 0)
    off = np.abs(a[both] / b[both] - 1)
    print(f"{name:<28}{len(a):9} frames{both.sum():9} voiced in both{100 * np.mean(off <= 0.2):8.2f} % within 20 %"
          f"{100 * np.mean(off <= 0.05):8.2f} % within 5 %{100 * np.mean((a > 0) == (b > 0)):8.2f} % same voicing")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", nargs="+", required=True, help="patterns of recordings at 16 kHz")
    parser.add_argument("--every", type=int, default=1, help="take only each n-th of them")
    parser.add_argument("--program", default=SOURCE / "build/release/bin/sezim")
    arguments = parser.parse_args()
    all_ours, all_praats = [], []
    for pattern in arguments.files:
        files = sorted(glob.glob(pattern))[:: arguments.every]
        with tempfile.TemporaryDirectory() as folder:
            f0s = ours(arguments.program, files, Path(folder))
        praats = [praat(file, len(f0)) for file, f0 in zip(files, f0s)]
        report(f"{len(files)} of {os.path.basename(os.path.dirname(pattern.split('*')[0]))}", np.concatenate(f0s),
               np.concatenate(praats))
        all_ours += f0s
        all_praats += praats
    report("all", np.concatenate(all_ours), np.concatenate(all_praats))


if __name__ == "__main__":
    main()
