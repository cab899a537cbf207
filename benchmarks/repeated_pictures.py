#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `default` makes of faces that are shown at few pictures a second, and encoded anew at more.

    benchmarks/repeated_pictures.py --talkers GRID [--sezim build/release/bin/sezim] [--work FOLDER]

Of each clip of --talkers (one person each, who speaks), with FFmpeg:

  own       its pictures thinned to so many a second, with its own voice, once left so and once encoded at 25 a second;
  swapped   its pictures thinned to a few a second and encoded at 25, with the voices of the clips that follow it.

Each is harvested, and printed as Markdown is how many spans of speech were kept, by pictures a second, and how many were
rejected as too-few-pictures. Of `own` all should be kept that are kept at full rate; of `swapped` none. --work keeps the
clips and corpora: with it a second run makes nothing anew but the harvests.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

CODECS = {
    "x264, CRF 23": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23"],
    "x264, CRF 32": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "32"],
    "MPEG-4": ["-c:v", "mpeg4", "-q:v", "5"],
    "VP8": ["-c:v", "libvpx", "-b:v", "600k", "-deadline", "realtime", "-cpu-used", "5"],
}
OWN_RATES = (8, 10, 12.5, 15, 25, 29.97, 50)
OWN_HELD_RATES = (8, 10, 12.5, 15)
SWAPPED_RATES = (1, 2, 3, 5)
VIDEOS = (".mpg", ".mp4", ".mkv", ".avi", ".mov")


def encode(inputs, rates, codec, out):
    if out.exists():
        return
    unfinished = out.with_name("unfinished.mkv")
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y"]
    for one in inputs:
        command += ["-i", one]
    command += ["-map", "0:v", "-map", f"{len(inputs) - 1}:a", "-shortest", "-vf", ",".join(f"fps={rate}" for rate in rates)]
    subprocess.run([*command, *codec, "-c:a", "flac", unfinished], check=True)
    unfinished.rename(out)


def make_clips(clips, voices, codec, folder):
    """Files KIND/RATE-CLIP-VOICE.mkv in `folder`."""
    for kind in ("own", "own-held", "swapped"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for i, clip in enumerate(clips):
        for rate in OWN_RATES:
            encode([clip], [rate], codec, folder / "own" / f"{rate}-{clip.stem}.mkv")
        for rate in OWN_HELD_RATES:
            encode([clip], [rate, 25], codec, folder / "own-held" / f"{rate}-{clip.stem}.mkv")
        for k in range(1, min(voices, len(clips) - 1) + 1):
            other = clips[(i + k) % len(clips)]
            for rate in SWAPPED_RATES:
                encode([clip, other], [rate, 25], codec, folder / "swapped" / f"{rate}-{clip.stem}-{other.stem}.mkv")


def harvest(sezim, videos, corpus):
    """By pictures a second: spans of speech, how many of them gave a segment, how many had too few pictures."""
    shutil.rmtree(corpus, ignore_errors=True)
    subprocess.run([sezim, "harvest", videos, "--out", corpus], check=True, stderr=subprocess.DEVNULL)
    spans, kept, too_few = Counter(), Counter(), Counter()
    for name in ("segments.jsonl", "rejected.jsonl"):
        for line in (corpus / name).read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            rate = record["source"].partition("-")[0]
            spans[rate] += 1
            kept[rate] += "reason" not in record
            too_few[rate] += record.get("reason") == "too-few-pictures"
    return {rate: (spans[rate], kept[rate], too_few[rate]) for rate in sorted(spans, key=float)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--talkers", type=Path, required=True, help="folder of clips of people who speak, searched to any depth")
    parser.add_argument("--voices", type=int, default=5, help="how many others' voices each face gets (5)")
    parser.add_argument("--sezim", default="build/release/bin/sezim")
    parser.add_argument("--work", type=Path, help="a folder for what is made (a temporary one)")
    options = parser.parse_args()
    clips = sorted(one for one in options.talkers.rglob("*") if one.suffix in VIDEOS)
    if len(clips) < 2:
        parser.error(f"there are not two clips below {options.talkers}")
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        print("| | pictures a second | spans | kept | `too-few-pictures` |\n| --- | --- | --- | --- | --- |", flush=True)
        for codec, arguments in CODECS.items():
            folder = work / codec.replace(", ", "-").replace(" ", "")
            make_clips(clips, options.voices, arguments, folder)
            for kind in ("own", "own-held", "swapped"):
                found = harvest(options.sezim, folder / kind, folder / f"corpus-{kind}")
                columns = (", ".join(str(row[column]) for row in found.values()) for column in range(3))
                print(f"| {codec}: {kind} | {', '.join(found)} | {' | '.join(columns)} |", flush=True)


if __name__ == "__main__":
    main()
