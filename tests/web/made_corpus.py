#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a large corpus out of a small one, for tests and measurements of what reads corpora.

    made_corpus.py SMALL BIG [--segments 10000] [--sources 60]

The catalogue gets made-up sources, segments and rejections; their faces and sounds are those of the small corpus.
"""

import argparse
import hashlib
import random
import shutil
import sqlite3
import struct
from pathlib import Path

EMOTIONS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
SHARES = [9, 3, 5, 22, 41, 14, 6]
REASONS = [("no-face", 40), ("voice-of-another", 25), ("unsure-label", 18), ("face-too-small", 9), ("mouth-rests", 8)]
LANGUAGES = ["kk", "ru", None]


def make_corpus(small, big, num_segments=10_000, num_sources=60, names=None, seed=1):
    """Copies the corpus `small` to `big` and fills it; `names` are those of the sources, else made up."""
    shutil.copytree(small, big)
    dice = random.Random(seed)
    database = sqlite3.connect(big / "catalog.db")
    sounds = database.execute("SELECT id, audio, sha256, end_ms - start_ms FROM segment ORDER BY id").fetchall()
    extras = {row[0]: row for row in database.execute("SELECT * FROM segment_extras")}  # the id comes first
    for table in ("segment_extras", "segment", "rejection", "unit", "source"):
        database.execute(f"DELETE FROM {table}")
    per_source = -(-num_segments // num_sources)
    made = 0
    for number in range(num_sources):
        name = names[number % len(names)] if names else f"interviews/{2015 + number % 9}/guest {number + 1:03}.mp4"
        digest = hashlib.sha256(f"{seed} {number} {name}".encode()).hexdigest()
        language = LANGUAGES[number % 3]
        locator = f"/videos/{number}".encode()
        count = min(per_source, num_segments - made)
        add_source(database, dice, locator, name, digest, language, count, sounds, extras)
        made += count
    database.commit()
    database.close()
    return big


def add_source(database, dice, locator, name, digest, language, count, sounds, extras):
    speech, seen, clock, speech_ms = [], [], 2000, 0
    database.execute("INSERT INTO source (locator, name, sha256, size_bytes, modified_ns, state, language, provenance) "
                     "VALUES (?, ?, ?, 1, 1, 'done', ?, '')", (locator, name, digest, language))
    people = [f"{digest[:16]}-p{k}" for k in range(dice.randint(1, 3))]
    for _ in range(count):
        clock += dice.randint(300, 4000)
        if dice.random() < 0.4:
            end = clock + dice.randint(600, 5000)
            reason = dice.choices([r for r, _ in REASONS], [w for _, w in REASONS])[0]
            database.execute("INSERT INTO rejection (locator, source, source_id, start_ms, end_ms, reason, detail, frames) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, 12)", (locator, name, digest[:16], clock, end, reason, "best face: 31 pixels"))
            speech += [(clock, end)]
            clock = end + dice.randint(200, 2500)
        like, audio, sha256, length = dice.choice(sounds)
        end = clock + length
        emotion = dice.choices(range(7), SHARES)[0]
        scores = [dice.random() ** 3 * 0.3 for _ in EMOTIONS]
        scores[emotion] = 0.35 + dice.random()
        scores = [one / sum(scores) for one in scores]
        identifier = f"{digest[:16]}-{clock:08}"
        heard = dice.choice([emotion, emotion, dice.randrange(7)])
        voice = [0.7 if k == heard else 0.05 for k in range(7)]
        database.execute(
            "INSERT INTO segment (id, locator, source, source_id, start_ms, end_ms, emotion, scores, agreement, frames, language, "
            "audio, sha256, speaker, snr_db, voice_scores, voice_check) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (identifier, locator, name, digest[:16], clock, end, EMOTIONS[emotion], struct.pack("<7f", *scores),
             0.4 + 0.6 * dice.random() ** 0.5, 20, language, audio, sha256, dice.choice(people), round(dice.uniform(5, 30), 1),
             struct.pack("<7f", *voice), "agrees" if heard == emotion else "disagrees"))
        marks = ", ".join("?" * len(extras[like]))
        database.execute(f"INSERT INTO segment_extras VALUES ({marks})", (identifier, *extras[like][1:]))
        speech += [(clock, end)]
        seen += [(clock - 100, end + 100)]
        speech_ms += end - clock
        clock = end
    spans = b"".join(struct.pack("<I", len(track)) + b"".join(struct.pack("<qq", *span) for span in track) for track in (speech, seen))
    database.execute("UPDATE source SET duration_s = ?, speech_s = ?, timeline = ? WHERE locator = ?",
                     (clock / 1000 + 5, speech_ms / 1000, spans, locator))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("small", type=Path)
    parser.add_argument("big", type=Path)
    parser.add_argument("--segments", type=int, default=10_000)
    parser.add_argument("--sources", type=int, default=60)
    options = parser.parse_args()
    make_corpus(options.small, options.big, options.segments, options.sources)


if __name__ == "__main__":
    main()
