#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many second voices a whole harvest notices.

    benchmarks/second_voices.py p.mp4 --voices EMODB [--draws 4] [--program build/release/bin/sezim]

A programme is harvested, a voice out of a folder of recordings is laid over each segment that was kept, level with it or
2 dB below, and the programme is harvested again. Odd draws repeat a voice that is shorter than the segment, even ones
leave the rest of the segment alone. Printed is, for each draw, how many of the segments of the second harvest that passed
the question who speaks were rejected for two voices at once; and how many of the first one, whose voices are single.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

RATE_HZ = 16_000
SOUND = {".wav", ".flac"}


def read_sound(path):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-ac", "1", "-ar", str(RATE_HZ), "-f",
                          "s16le", "-"], capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.int16).astype(np.float32) / 32768


def without_silent_ends(sound):
    """From the first to the last sample around which 20 ms are less than 25 dB below the loudest."""
    power = np.convolve(sound**2, np.ones(RATE_HZ // 50), "same")
    loud = np.flatnonzero(power > power.max() * 10**-2.5)
    return sound[loud[0]:loud[-1] + 1]


def lay_over(sound, segments, voices, draw):
    choose = random.Random(draw)
    mixed = sound.copy()
    for segment in segments:
        first, end = (round(segment[side] * RATE_HZ) for side in ("start_s", "end_s"))
        voice = without_silent_ends(read_sound(choose.choice(voices)))
        if draw % 2 == 1:
            voice = np.tile(voice, -(-(end - first) // len(voice)))
        voice = voice[:end - first]
        under = sound[first:first + len(voice)]
        gain = np.sqrt(np.mean(under**2) / np.mean(voice**2)) * 10 ** (-choose.choice([0, 2]) / 20)
        mixed[first:first + len(voice)] += gain * voice
    return np.clip(mixed, -1, 1)


def write_programme(pictures, sound, path):
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(pictures), "-f", "s16le", "-ar", str(RATE_HZ), "-ac",
                    "1", "-i", "-", "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "128k", str(path)],
                   input=(sound * 32767).astype(np.int16).tobytes(), check=True)


def harvest(program, video, corpus):
    """The records of what was kept, and how many were rejected for two voices."""
    subprocess.run([program, "harvest", str(video), "--out", str(corpus)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    kept, rejected = ([json.loads(line) for line in (corpus / name).read_text(encoding="utf-8").splitlines()]
                      for name in ("segments.jsonl", "rejected.jsonl"))
    return kept, sum(record["reason"] == "overlapping-voices" for record in rejected)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programme", type=Path, help="of synthetic/make_talking_programme.py, or any video")
    parser.add_argument("--voices", type=Path, required=True, help="a folder of recordings (.flac, .wav) of one voice each")
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--program", default="build/release/bin/sezim")
    arguments = parser.parse_args()
    voices = sorted(path for path in arguments.voices.rglob("*") if path.suffix.lower() in SOUND)
    if not voices:
        sys.exit(f"there is no sound (.flac, .wav) in '{arguments.voices}'")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        segments, mistaken = harvest(arguments.program, arguments.programme, folder / "single")
        print(f"single voices: {mistaken} of {mistaken + len(segments)} segments taken for two")
        sound, found, total = read_sound(arguments.programme), 0, 0
        for draw in range(1, arguments.draws + 1):
            video = folder / f"{draw}.mp4"
            write_programme(arguments.programme, lay_over(sound, segments, voices, draw), video)
            kept, rejected = harvest(arguments.program, video, folder / f"mixed-{draw}")
            found, total = found + rejected, total + rejected + len(kept)
            print(f"draw {draw}: {rejected} of {rejected + len(kept)} segments taken for two")
        print(f"two voices: {found} of {total}" + (f", {100 * found / total:.0f} %" if total else ""))


if __name__ == "__main__":
    main()
