#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole harvests, timed: wall clock, times real time, peak memory, and where the time went.

    benchmarks/harvest.py                              10-minute programmes at 360p, 720p and 1080p
    benchmarks/harvest.py --peer 'PYTHON SCRIPT …'     the same beside another program, run in turn with ours
    benchmarks/harvest.py --hours 3 --heights 360      one long input: memory as it goes on
    benchmarks/harvest.py --decoding                   how long FFmpeg takes to decode them and do nothing else: the machine's limit
    benchmarks/harvest.py --startup                    time until `sezim --version` and an idle harvest have ended

The programmes are made once, in the cache, by synthetic/make_programme.py (60 % of their seconds have a voice). A peer is
called as COMMAND VIDEO OUT and has to print a JSON object with wall_s and max_rss_mb as its last line.
"""

import argparse
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("SEZIM_CACHE")
             or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sezim")


VOICED = 0.6  # of the programmes' seconds


def programme(height, seconds):
    """The programme of this height, made if it is not there."""
    path = CACHE / "programmes" / f"benchmark-{height}-{seconds}.mp4"
    if not path.exists():
        width = {360: 640, 720: 1280, 1080: 1920}[height]
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([CACHE / "venv/bin/python", SOURCE / "synthetic/make_programme.py", "--preset", "benchmark",
                        "--width", str(width), "--height", str(height), "--seconds", str(seconds),
                        "--out", path, "--truth", path.with_suffix(".json")], check=True)
    return path


def repeated(path, times):
    """The programme so many times over, without encoding it anew."""
    long = path.with_name(f"{path.stem}-x{times}.mp4")
    if not long.exists():
        part = long.with_suffix(".part.mp4")
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-stream_loop", str(times - 1), "-i", path,
                        "-c", "copy", part], check=True)
        part.rename(long)
    return long


def duration_s(path):
    probe = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path],
                           check=True, capture_output=True, text=True)
    return float(probe.stdout)


def resident_mb(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def harvest(sezim, path, options):
    """One harvest into a fresh folder. Returns wall seconds, the summary that sezim prints, and memory over time."""
    folder = Path(tempfile.mkdtemp(prefix="sezim-benchmark-"))
    try:
        began = time.perf_counter()
        with open(folder / "log.jsonl", "wb") as log:
            run = subprocess.Popen([sezim, "harvest", path, "--out", folder / "corpus", "--log", "json", *options],
                                   stderr=log)
            memory = []
            while run.poll() is None:
                memory.append((time.perf_counter() - began, resident_mb(run.pid)))
                time.sleep(0.05)
        wall = time.perf_counter() - began
        if run.returncode != 0:
            sys.exit(f"sezim ended with status {run.returncode}:\n{(folder / 'log.jsonl').read_text()}")
        summary = json.loads((folder / "log.jsonl").read_text().splitlines()[-1])
        return wall, summary, memory
    finally:
        shutil.rmtree(folder)


def peer(command, path):
    folder = Path(tempfile.mkdtemp(prefix="sezim-peer-"))
    try:
        run = subprocess.run([*shlex.split(command)[:2], path, folder, *shlex.split(command)[2:]], check=True,
                             capture_output=True, text=True)
        return json.loads(run.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(folder)


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def compare(arguments):
    for height in arguments.heights:
        path = programme(height, arguments.seconds)
        if arguments.hours:
            path = repeated(path, max(1, round(arguments.hours * 3600 / arguments.seconds)))
        length = duration_s(path)
        walls, peaks, memory, peer_walls, peer_peaks = [], [], [], [], []
        stages = {}
        for _ in range(arguments.runs):
            wall, summary, memory = harvest(arguments.sezim, path, shlex.split(arguments.options))
            walls.append(wall)
            peaks.append(max(mb for _, mb in memory))
            stages = summary["stages_s"]
            if arguments.peer:
                result = peer(arguments.peer, path)
                peer_walls.append(result["wall_s"])
                peer_peaks.append(result["max_rss_mb"])
        print(f"\n{height}p, {length:.0f} s of video, {arguments.runs} runs: median (min-max)")
        print(f"  sezim  {spread(walls)} s, {length / statistics.median(walls):.1f}x real time, "
              f"peak {max(peaks):.0f} MB")
        if peer_walls:
            print(f"  peer   {spread(peer_walls)} s, {length / statistics.median(peer_walls):.1f}x real time, "
                  f"peak {max(peer_peaks):.0f} MB; sezim is {statistics.median(peer_walls) / statistics.median(walls):.1f} "
                  f"times as fast")
        total = sum(stages.values())
        for name, seconds in stages.items():
            if seconds >= 0.005:
                print(f"    {name:<11}{seconds:>9.2f} s{100 * seconds / total:>6.1f} %  of all threads together")
        if arguments.hours:
            for tenth in range(1, 11):
                part = [mb for at, mb in memory if at <= walls[-1] * tenth / 10 and at > walls[-1] * (tenth - 1) / 10]
                print(f"    memory in tenth {tenth:>2} of the run: {max(part, default=0):.0f} MB")


def decoding(arguments):
    """All pictures of each programme by the ffmpeg program on as many threads as the machine has cores."""
    for height in arguments.heights:
        path = programme(height, arguments.seconds)
        walls = []
        for _ in range(arguments.runs):
            began = time.perf_counter()
            subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-threads", str(os.cpu_count()), "-i", path,
                            "-map", "0:v:0", "-f", "null", "-"], check=True)
            walls.append(time.perf_counter() - began)
        length, wall = duration_s(path), statistics.median(walls)
        print(f"{height}p: all pictures decoded in {spread(walls)} s, {length / wall:.1f}x real time; "
              f"those of the {VOICED:.0%} with a voice alone would be {length / wall / VOICED:.1f}x")


def startup(arguments):
    def timed(*command):
        walls = []
        for _ in range(max(5, arguments.runs)):
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            walls.append(time.perf_counter() - began)
        return walls

    print(f"sezim --version: {spread(timed(arguments.sezim, '--version'))} s")
    path = CACHE / "programmes" / "tiny.mp4"
    with tempfile.TemporaryDirectory() as folder:
        command = (arguments.sezim, "harvest", path, "--out", folder + "/corpus")
        timed(*command)
        print(f"sezim harvest with nothing to do: {spread(timed(*command))} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sezim", default=SOURCE / "build/release/bin/sezim", help="the program (default: %(default)s)")
    parser.add_argument("--heights", type=int, nargs="+", choices=[360, 720, 1080], default=[360, 720, 1080])
    parser.add_argument("--seconds", type=int, default=600, help="length of the programmes (default: %(default)s)")
    parser.add_argument("--hours", type=float, help="repeat each programme to about this length")
    parser.add_argument("--runs", type=int, default=1, help="runs of each (default: %(default)s)")
    parser.add_argument("--peer", help="another program's command, to run in turn with ours")
    parser.add_argument("--options", default="", help="more options for sezim harvest")
    parser.add_argument("--decoding", action="store_true", help="only measure how fast FFmpeg decodes the programmes")
    parser.add_argument("--startup", action="store_true", help="only measure how fast sezim starts")
    arguments = parser.parse_args()
    if arguments.decoding:
        return decoding(arguments)
    if not Path(arguments.sezim).exists():
        sys.exit(f"{arguments.sezim} is not there: build it with scripts/demo.sh, or give --sezim")
    (startup if arguments.startup else compare)(arguments)


if __name__ == "__main__":
    main()
