# SPDX-License-Identifier: Apache-2.0
"""Corpora of tones that stand for emotions, for tests that train on them."""

import math
import random
import struct
import wave

# Parts of an experiment's file. The first line of HEAD is empty.
HEAD = """
title = "Tones"
protocol = "speaker-folds"
folds = 2
inner_folds = 2
label_map = "harvest7"
"""
MODEL = """[model]
name = "tones"
description = "tones"
licence = "CC0-1.0"
"""
CORPUS = """[[corpus]]
reader = "csv"
folder = "corpus"
"""
SVM = """[[system]]
name = "SVM"
features = "mfcc39-stats"
classifier = "svm"
"""
SOUNDS = {"angry": (220, 0.5), "sad": (220, 0.02), "happy": (1500, 0.3)}  # pitch in Hz, loudness


def write_tone(path, pitch, loudness, seed):
    """Half a second of a tone in noise, 16 kHz."""
    draw = random.Random(seed)
    samples = [
        loudness * math.sin(2 * math.pi * pitch * draw.uniform(0.98, 1.02) * n / 16000) + 0.003 * draw.uniform(-1, 1)
        for n in range(8000)
    ]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(b"".join(struct.pack("<h", int(32767 * max(-1, min(1, s)))) for s in samples))


def make_corpus(folder, num_speakers=4, per_emotion=4, sounds=None):
    """A list.csv of tones by emotion and speaker."""
    folder.mkdir()
    rows = ["audio,emotion,speaker,language"]
    for speaker in range(num_speakers):
        for emotion, (pitch, loudness) in (sounds or SOUNDS).items():
            for take in range(per_emotion):
                name = f"s{speaker}-{emotion}-{take}.wav"
                write_tone(folder / name, pitch * (1 + speaker / 20), loudness, f"{name}")
                rows.append(f"{name},{emotion},s{speaker},{'kk' if speaker % 2 else 'ru'}")
    (folder / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def experiment(folder, text, name="tones.toml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file
