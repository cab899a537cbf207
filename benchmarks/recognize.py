#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long `sezim recognize` takes for a piece of speech, once its model is loaded, and until then.

    benchmarks/recognize.py SPEECH [--program build/release/bin/sezim] [--pieces 200] [--seconds 5] [--model NAME]

SPEECH is a file with speech in it; pieces of it, cut by FFmpeg, each heard as one window, are recognised by one run of the program. A piece's time is
that between two of its lines on standard output, which the program writes as each file is done: opening, decoding, voice activity,
features and classification, by the wall clock. The time to load is that from the start of the program to its first line, less a median
piece; the piece's own processor time is that of the whole run, less a run over one piece, for each of the others. With --core N all runs on that core alone.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time


def cut(speech, folder, pieces, seconds):
    """Pieces that begin in turn at other places of the file, which is read again from its start where it is too short."""
    probe = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", speech],
                           capture_output=True, text=True, check=True)
    room = float(probe.stdout) - seconds
    if room < 0:
        sys.exit(f"recognize.py: {speech} is shorter than {seconds} s")
    files = []
    for i in range(pieces):
        files.append(folder / f"{i}.wav")
        start = room * i / max(1, pieces - 1)
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-ss", f"{start:.3f}", "-i", speech, "-t", str(seconds), "-vn",
                        "-ac", "1", "-ar", "16000", str(files[-1])], check=True)
    return files


def timed(command):
    """Seconds from the start to each line of output, and processor seconds in all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began, lines = time.monotonic(), []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        for _ in process.stdout:
            lines.append(time.monotonic() - began)
    if process.returncode != 0:
        sys.exit(f"recognize.py: {' '.join(command[:2])} … ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return lines, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speech")
    parser.add_argument("--program", default="build/release/bin/sezim", help="default: %(default)s")
    parser.add_argument("--model", default="voice-emodb", help="default: %(default)s")
    parser.add_argument("--pieces", type=int, default=200, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=5, help="of each piece, 0.5 to 30 (default: %(default)s)")
    parser.add_argument("--core", type=int, help="the processor core that all runs on (default: any)")
    options = parser.parse_args()
    if options.pieces < 2:
        parser.error("--pieces must be 2 or more")
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    with tempfile.TemporaryDirectory() as folder:
        files = [str(file) for file in cut(options.speech, pathlib.Path(folder), options.pieces, options.seconds)]
        command = [os.path.abspath(options.program), "recognize", "--model", options.model, "--window", str(options.seconds),
                   "--step", str(options.seconds), "--min-speech", "0"]
        _, first_cpu = timed(command + files[:1])  # also brings the model's files into memory
        lines, cpu = timed(command + files)
    if len(lines) != len(files):
        sys.exit(f"recognize.py: {len(lines)} lines for {len(files)} pieces")
    times = sorted(1000 * (b - a) for a, b in zip(lines, lines[1:]))
    p50 = statistics.median(times)
    p95 = times[min(len(times) - 1, round(0.95 * (len(times) - 1)))]
    own = 1000 * (cpu - first_cpu) / (len(files) - 1)
    print(f"{len(times)} pieces of {options.seconds:g} s after the first: p50 {p50:.1f} ms, p95 {p95:.1f} ms; "
          f"processor time {own:.1f} ms a piece")
    print(f"until the model is loaded: {1000 * lines[0] - p50:.0f} ms")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
