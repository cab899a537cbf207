# SPDX-License-Identifier: Apache-2.0
"""A corpus of as many sources, speakers and segments as wanted, for tests of what is done with one.

It is a harvest of the tiny programme whose catalogue is then filled by hand; the sounds are those of the harvest.
"""

import hashlib
import json
import random
import shutil
import sqlite3
import struct

EMOTIONS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
SECRET_FOLDER = "/home/somebody/secret place"

# What sites give as titles, channels and licences may be anything.
HOSTILE = ['=HYPERLINK("http://x.example","y")', "</script><script>alert(1)</script>", "line\nend, \"quote\"; tab\t.",
           "| [a](javascript:b) `c` **d** {{e}}", "../../../etc/passwd", "Қазақша әңгіме 😀", "", "-1+1"]


def fill_corpus(corpus, num_sources, segments_of_source, seed=1):
    """Replaces what `corpus` holds. Source n has segments_of_source(n) segments, its own speaker, who
    is not known in every fourth segment; of every other source neither speaker nor language nor signal-to-noise ratio is
    known. Provenance is odd; every third one is a local file."""
    chance = random.Random(seed)
    sounds = [path.read_bytes() for path in sorted((corpus / "audio").rglob("*.flac"))]
    assert sounds, "the tiny programme gives sounds"
    shutil.rmtree(corpus / "audio")
    for emotion in EMOTIONS:
        (corpus / "audio" / emotion).mkdir(parents=True)
    with sqlite3.connect(corpus / "catalog.db") as database:
        for table in ("segment_extras", "segment", "rejection", "unit", "source"):
            database.execute(f"DELETE FROM {table}")
        for n in range(num_sources):
            digest = hashlib.sha256(f"video {n}".encode()).hexdigest()
            odd = HOSTILE[n % len(HOSTILE)]
            is_local = n % 3 == 2
            url = f"https://videos.example/watch?v={n}"
            name = f"folder/video {n}, \"{n}\".mp4" if is_local else url
            locator = f"{SECRET_FOLDER}/folder/video {n}.mp4" if is_local else url
            provenance = "" if is_local else json.dumps(
                {"url": url, "title": f"{odd}{n}", "channel": odd, "license": odd if n % 2 else "CC BY 4.0"})
            language = None if n % 2 else "kk"
            insert(database, "source", locator=locator.encode(), name=name, sha256=digest, size_bytes=1, modified_ns=1,
                   state="done", language=language, provenance=provenance, duration_s=60.0, speech_s=30.0)
            for k in range(segments_of_source(n)):
                identity = f"{digest[:16]}-{k * 4000:08}"
                emotion = chance.choice(EMOTIONS[:1] + EMOTIONS[3:6] + EMOTIONS[4:5] * 3 + EMOTIONS)
                sound = sounds[k % len(sounds)]
                audio = f"audio/{emotion}/{identity}.flac"
                (corpus / audio).write_bytes(sound)
                scores = [0.05] * 7
                scores[EMOTIONS.index(emotion)] = 0.7
                speaker = f"{digest[:16]}-{0:08}" if not n % 2 and k % 4 != 3 else None
                insert(database, "segment", id=identity, locator=locator.encode(), source=name, source_id=digest[:16],
                       start_ms=k * 4000, end_ms=k * 4000 + 1500, emotion=emotion, scores=struct.pack("<7f", *scores),
                       agreement=1.0 if k % 2 else 0.8125, frames=20, language=language, audio=audio,
                       sha256=hashlib.sha256(sound).hexdigest(), speaker=speaker, snr_db=None if n % 2 else 20.0 + k,
                       voice_scores=struct.pack("<7f", *scores) if k % 2 else None,
                       voice_check=["unverified", "agrees", None][k % 3] if k % 2 else None)
    database.close()


def insert(database, table, **values):
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def rows_of(corpus):
    """The segments of the catalogue, as dictionaries, by id."""
    database = sqlite3.connect(f"file:{corpus / 'catalog.db'}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    rows = {row["id"]: dict(row) for row in database.execute("SELECT * FROM segment")}
    database.close()
    return rows
