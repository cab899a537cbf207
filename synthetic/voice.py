# SPDX-License-Identifier: Apache-2.0
"""Voices: espeak-ng as the speaker, and what a mouth does while it says so.

A `Voice` is one speaker: a timbre and a pitch that stay the same in every language. `Talk` fills a stretch of time with
sentences and knows where the voice is really heard.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from synthetic.problem import Problem
from synthetic.sentences import SENTENCES

RATE_HZ = 44100
_ESPEAK_RATE_HZ = 22050
_TIMBRES = {
    "female": ("f1", "f2", "f3", "f4", "f5", "Annie", "linda", "Andrea"),
    "male": ("m1", "m2", "m3", "m4", "m5", "m7", "Michael", "Andy"),
}
# Words a minute and pitch against the neutral voice.
_MOODS = {"neutral": (1.0, 0), "sad": (0.84, -12), "happy": (1.1, 14)}
_MARGIN_S = 0.2  # of quiet at least, at both ends of a stretch of talk
_PAUSE_S = 0.2  # at least, between sentences
_LEVEL = 10 ** (-21 / 20)  # of the voice while it is heard


@dataclass(frozen=True)
class Voice:
    """One speaker. `id` names it in the truth."""

    gender: str
    timbre: str
    pitch: int
    speed: int

    @property
    def id(self) -> str:
        return f"{self.timbre.lower()}-p{self.pitch}"

    @staticmethod
    def draw(gender: str, rng: np.random.Generator, taken: set[str]) -> Voice:
        """Draws a voice whose timbre is not among `taken` (and adds it), as long as there are any."""
        free = [timbre for timbre in _TIMBRES[gender] if timbre not in taken] or list(_TIMBRES[gender])
        timbre = free[int(rng.integers(len(free)))]
        taken.add(timbre)
        pitch = int(rng.integers(40, 66)) if gender == "female" else int(rng.integers(25, 56))
        return Voice(gender, timbre, pitch, int(rng.integers(150, 181)))


@dataclass
class Talk:
    """Mono samples (44.1 kHz) of one stretch, and the intervals, in seconds from its start, where a voice is heard."""

    samples: np.ndarray
    heard: list[tuple[float, float]] = field(default_factory=list)

    @property
    def heard_s(self) -> float:
        return sum(end - start for start, end in self.heard)


def speak(voice: Voice, language: str, mood: str, text: str) -> np.ndarray:
    """One sentence, without silence at its ends."""
    faster, higher = _MOODS[mood]
    return _speak(
        f"{language}+{voice.timbre}", int(np.clip(voice.pitch + higher, 0, 99)), round(voice.speed * faster), text
    )


@lru_cache(maxsize=64)
def _speak(name: str, pitch: int, speed: int, text: str) -> np.ndarray:
    command = ["espeak-ng", "-b", "1", "-z", "-v", name, "-p", str(pitch), "-s", str(speed), "--stdin", "--stdout"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    except FileNotFoundError:
        raise Problem("espeak-ng is not installed\n  run scripts/setup.sh, or install the package espeak-ng") from None
    start = done.stdout.find(b"data")
    if done.returncode != 0 or start < 0:
        reason = done.stderr.decode(errors="replace").strip() or "no sound came back"
        raise Problem(
            f"espeak-ng could not speak with voice {name}: {reason}\n  is its data installed (package espeak-ng-data)?"
        )
    rate_hz = int.from_bytes(done.stdout[24:28], "little")
    if rate_hz != _ESPEAK_RATE_HZ:
        raise Problem(f"espeak-ng gave {rate_hz} Hz for voice {name}, {_ESPEAK_RATE_HZ} expected")
    data = done.stdout[start + 8 :]
    samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / 32768
    samples = _double_rate(samples)
    spans = heard_intervals(samples)
    if not spans:
        raise Problem(f"espeak-ng said nothing for {text!r} with voice {name}")
    samples = samples[int(spans[0][0] * RATE_HZ) : int(spans[-1][1] * RATE_HZ)]
    return samples


def _double_rate(samples: np.ndarray) -> np.ndarray:
    taps = np.arange(-31, 32)
    kernel = np.sinc(taps / 2) * np.hanning(65)[1:-1]
    wide = np.zeros(2 * len(samples), np.float32)
    wide[::2] = samples
    return np.convolve(wide, kernel, "same").astype(np.float32)


def heard_intervals(samples: np.ndarray) -> list[tuple[float, float]]:
    """Where the sound is within 42 dB of its loudest 10 ms; gaps shorter than 0.25 s are bridged."""
    step = RATE_HZ // 100
    count = len(samples) // step
    if count == 0:
        return []
    power = (samples[: count * step].reshape(count, step) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10**-4.2)
    if power.max() <= 1e-12 or len(loud) == 0:
        return []
    breaks = np.flatnonzero(np.diff(loud) > 25)
    starts = np.concatenate([loud[:1], loud[breaks + 1]])
    ends = np.concatenate([loud[breaks], loud[-1:]]) + 1
    return [(a / 100, b / 100) for a, b in zip(starts.tolist(), ends.tolist())]


def fill_with_talk(
    voice: Voice, language: str, mood: str, length_s: float, share: float, rng: np.random.Generator
) -> Talk:
    """Talk for `length_s` seconds of which the voice is heard for about `share` (as near as whole sentences allow)."""
    texts = SENTENCES[language][mood]
    lengths_s = [_length_s(voice, language, mood, text) for text in texts]
    chosen = _choose(lengths_s, length_s, share * length_s, rng)
    if chosen:
        spoken = [speak(voice, language, mood, texts[i]) for i in chosen]
    else:
        # Even the shortest sentence is too long: break it off, as a cut in a film does.
        sentence = speak(voice, language, mood, texts[int(np.argmin(lengths_s))])
        sentence = sentence[: max(1, int((length_s - 2 * _MARGIN_S) * RATE_HZ))].copy()
        fade = min(len(sentence), RATE_HZ // 25)
        sentence[len(sentence) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        spoken = [sentence]
    used_s = sum(len(sentence) for sentence in spoken) / RATE_HZ + 2 * _MARGIN_S + (len(spoken) - 1) * _PAUSE_S
    spare_s = rng.dirichlet(np.full(len(spoken) + 1, 3.0)) * max(0.0, length_s - used_s)
    samples = np.zeros(round(length_s * RATE_HZ), np.float32)
    at = int((_MARGIN_S + spare_s[0]) * RATE_HZ)
    for sentence, extra_s in zip(spoken, spare_s[1:]):
        end = min(len(samples), at + len(sentence))
        samples[at:end] = _levelled(sentence)[: end - at]
        at = end + int((_PAUSE_S + extra_s) * RATE_HZ)
    return Talk(samples, heard_intervals(samples))


def _choose(lengths_s: list[float], room_s: float, wanted_s: float, rng: np.random.Generator) -> list[int]:
    """Which sentences, in order: of many random rows that fit into `room_s`, the one nearest to `wanted_s` of voice.

    No sentence comes twice before every other one that fits has come once.
    """
    best: list[int] = []
    best_miss_s = np.inf
    for _ in range(80):
        row: list[int] = []
        spoken_s, used_s, fitting = 0.0, 2 * _MARGIN_S, True
        while fitting and spoken_s < wanted_s:
            fitting = False
            for i in rng.permutation(len(lengths_s)).tolist():
                needed_s = lengths_s[i] + (_PAUSE_S if row else 0.0)
                if used_s + needed_s > room_s or (row and row[-1] == i):
                    continue
                if abs(spoken_s + lengths_s[i] - wanted_s) > abs(spoken_s - wanted_s):
                    continue
                row.append(i)
                spoken_s, used_s, fitting = spoken_s + lengths_s[i], used_s + needed_s, True
        if row and abs(spoken_s - wanted_s) < best_miss_s:
            best, best_miss_s = row, abs(spoken_s - wanted_s)
    return best


@lru_cache(maxsize=4096)
def _length_s(voice: Voice, language: str, mood: str, text: str) -> float:
    return len(speak(voice, language, mood, text)) / RATE_HZ


def _levelled(sentence: np.ndarray) -> np.ndarray:
    strong = np.abs(sentence) > 0.1 * np.abs(sentence).max()
    return sentence * (_LEVEL / np.sqrt((sentence[strong] ** 2).mean()))


def mouth_track(samples: np.ndarray, fps: float, num_frames: int) -> np.ndarray:
    """What the mouth does in each frame: column 0 how far it opens, column 1 how round it is, both 0 .. 1.

    From the voice's envelope at 100 Hz: loud sounds with energy where open vowels have it (600 to 1200 Hz) open the
    jaw, those with little above 1200 Hz round the lips. Smoothed without delay to about 8 Hz, so that, as in people,
    the mouth begins to open just before the sound.
    """
    step, window = RATE_HZ // 100, 1024
    count = max(1, int(num_frames / fps * 100) + 1)
    padded = np.zeros(count * step + window, np.float32)
    padded[window // 2 : window // 2 + min(len(samples), count * step)] = samples[: count * step]
    if not np.any(padded):
        return np.zeros((num_frames, 2), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[: count * step : step]
    power = np.abs(np.fft.rfft(frames * np.hanning(window).astype(np.float32), axis=1)) ** 2
    hz = np.fft.rfftfreq(window, 1 / RATE_HZ)

    def band(low: float, high: float) -> np.ndarray:
        return power[:, (hz >= low) & (hz < high)].sum(axis=1)

    closed, open_, front = band(150, 550), band(600, 1200), band(1200, 3200)
    voiced = closed + open_ + front
    loudness = 10 * np.log10(voiced + 1e-9)
    top = np.percentile(loudness[loudness > loudness.max() - 30], 90)
    envelope = np.clip((loudness - (top - 26)) / 24, 0, 1)
    openness = np.clip((open_ + 0.5 * front) / (voiced + 1e-9) * 1.6, 0, 1)
    roundness = np.clip(1 - 9 * front / (voiced + 1e-9), 0, 1)
    heard = envelope > 0.15
    track = np.stack([envelope**1.5 * (0.25 + 0.75 * openness), np.where(heard, envelope * roundness, 0)], axis=1)
    kernel = np.hanning(15)[1:-1]
    kernel /= kernel.sum()
    smooth = np.stack([np.convolve(track[:, i], kernel, "same") for i in range(2)], axis=1)
    smooth[:, 0] = np.clip(smooth[:, 0] * 1.25, 0, 1)
    at = np.minimum((np.arange(num_frames) + 0.5) / fps * 100, count - 1)
    return np.stack([np.interp(at, np.arange(count), smooth[:, i]) for i in range(2)], axis=1).astype(np.float32)
