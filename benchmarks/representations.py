#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What learned representations cost: seconds of one core for each second of speech.

    benchmarks/representations.py [--program build/release/bin/sezim] [--seconds 5] [--clips 40] [NAME...]

A NAME is that of a representation, or of one with its layers: whisper-base:0-5. Clips of a made voice, of the given length, go through
`sezim features` without its cache; a run over a single clip is taken off, which is the program's start and the network's
loading. What is measured is processor time, so that other programs disturb it little; of three runs the least counts.
"""

import argparse
import math
import os
import pathlib
import random
import resource
import struct
import subprocess
import sys
import tempfile
import wave

DEFAULT = ["whisper-base:0-2", "whisper-base:2-5", "whisper-base:0-6", "ge2e-states:0-2", "ge2e"]
RUNS = 3


def write_clip(path, seconds, seed):
    """A voice of changing pitch with pauses, in noise."""
    draw, phase, samples = random.Random(seed), 0.0, []
    pitch = draw.uniform(100, 220)
    for n in range(int(seconds * 16000)):
        t = n / 16000
        phase += 2 * math.pi * pitch * (1 + 0.2 * math.sin(5 * t)) / 16000
        voice = sum(math.sin(k * phase) / k for k in range(1, 6)) * max(0.0, math.sin(9 * t))
        samples.append(int(6000 * voice + draw.uniform(-60, 60)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def write_set(path, name):
    frames, _, layers = name.partition(":")
    one_frame = frames in ("ge2e", "vggvox", "xvector")
    lines = ['description = "benchmark"', "sample_rate_hz = 16000", "[[part]]", f'frames = "{frames}"', 'functionals = ["mean"]']
    path.write_text("\n".join(lines + ([] if one_frame or not layers else [f'layers = "{layers}"'])) + "\n")


def processor_seconds(program, set_file, clips, out):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [program, "features", *map(str, clips), "--set", str(set_file), "--out", str(out), "--no-cache"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"representations.py: {' '.join(command[:2])} …: {run.stderr.strip()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=DEFAULT, metavar="NAME", help="default: " + " ".join(DEFAULT))
    parser.add_argument("--program", default="build/release/bin/sezim", help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=5, help="of each clip (default: %(default)s)")
    parser.add_argument("--clips", type=int, default=40, help="how many (default: %(default)s)")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        clips = [folder / f"{i}.wav" for i in range(options.clips)]
        for i, clip in enumerate(clips):
            write_clip(clip, options.seconds, i)
        print(f"{'representation':<24}{'ms for a second':>18}{'start, ms':>12}")
        for name in options.names:
            write_set(folder / "set.toml", name)
            measure = lambda some: min(  # noqa: E731
                processor_seconds(program, folder / "set.toml", some, folder / "out.npy") for _ in range(RUNS)
            )
            start, whole = measure(clips[:1]), measure(clips)
            seconds = options.seconds * (len(clips) - 1)
            print(f"{name:<24}{1000 * (whole - start) / seconds:>18.2f}{1000 * start:>12.0f}", flush=True)


if __name__ == "__main__":
    main()
