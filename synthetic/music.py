# SPDX-License-Identifier: Apache-2.0
"""Sounds that are not speech: music by additive synthesis, and the noise of a quiet room."""

from __future__ import annotations

import numpy as np

from synthetic.voice import RATE_HZ

_PROGRESSIONS = ((0, 5, 7, 0), (0, 9, 5, 7), (9, 5, 0, 7), (2, 7, 0, 9))
_MAJOR = (0, 4, 7)
_MINOR = (0, 3, 7)


def _note(hz: float, length: int, partials: tuple[float, ...], attack_s: float, decay_s: float) -> np.ndarray:
    time_s = np.arange(length, dtype=np.float32) / RATE_HZ
    sound = np.zeros(length, np.float32)
    for number, strength in enumerate(partials, start=1):
        if hz * number < 8000:
            sound += strength * np.sin(6.2831853 * hz * number * time_s)
    return sound * np.minimum(1, time_s / attack_s) * np.exp(-time_s / decay_s)


def music(length_s: float, rng: np.random.Generator) -> np.ndarray:
    """Stereo samples (n x 2): chords, a bass, a plucked melody and a soft beat, with fades at both ends."""
    total = round(length_s * RATE_HZ)
    tail = 3 * RATE_HZ
    out = np.zeros((total + tail, 2), np.float32)
    beat = int(RATE_HZ * 60 / rng.uniform(84, 126))
    key_hz = 130.81 * 2 ** (int(rng.integers(-4, 5)) / 12)
    progression = _PROGRESSIONS[int(rng.integers(len(_PROGRESSIONS)))]
    drums = bool(rng.integers(2))

    def add(at: int, sound: np.ndarray, pan: float) -> None:
        end = min(len(out), at + len(sound))
        if end > at:
            out[at:end, 0] += sound[: end - at] * (0.5 - pan)
            out[at:end, 1] += sound[: end - at] * (0.5 + pan)

    for bar, start in enumerate(range(0, total, 4 * beat)):
        root = progression[bar % len(progression)]
        chord = _MINOR if root in (2, 9) else _MAJOR
        for step in chord:
            add(
                start,
                _note(key_hz * 2 ** ((root % 12 + step) / 12), 4 * beat, (0.30, 0.12, 0.06, 0.03), 0.15, 2.5),
                0.2 - 0.05 * step,
            )
        for half in (0, 2):
            add(
                start + half * beat,
                _note(key_hz / 2 * 2 ** (root % 12 / 12), 2 * beat, (0.6, 0.2, 0.05), 0.01, 0.7),
                0.0,
            )
        for eighth in range(8):
            if rng.random() < 0.75:
                step = chord[int(rng.integers(3))] + 12 * int(rng.integers(1, 3))
                add(
                    start + eighth * beat // 2,
                    _note(key_hz * 2 ** ((root % 12 + step) / 12), beat, (0.35, 0.2, 0.12, 0.06, 0.03), 0.004, 0.35),
                    float(rng.uniform(-0.3, 0.3)),
                )
        if drums:
            for quarter in range(4):
                hit = rng.normal(0, 1, RATE_HZ // 12).astype(np.float32)
                hit *= np.exp(-np.arange(len(hit)) / (RATE_HZ * 0.012)).astype(np.float32)
                add(start + quarter * beat + beat // 2, 0.12 * hit, 0.1)
                add(start + quarter * beat, _note(58, RATE_HZ // 5, (1.0, 0.2), 0.002, 0.06), 0.0)
    out = out[:total]
    fade = min(total // 2, RATE_HZ // 3)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)[:, None]
    out[:fade] *= ramp
    out[total - fade :] *= ramp[::-1]
    return out * (10 ** (-20 / 20) / max(1e-6, float(np.sqrt((out**2).mean()))))


def room_noise(length_s: float, rng: np.random.Generator) -> np.ndarray:
    """Stereo noise of a quiet room, about -62 to -54 dB of full scale, mostly below 500 Hz."""
    total = round(length_s * RATE_HZ)
    white = rng.normal(0, 1, (total, 2)).astype(np.float32)
    size = 1 << (total - 1).bit_length()
    spectrum = np.fft.rfft(white, size, axis=0)
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    spectrum *= (1 / (1 + (hz / 400) ** 2) ** 0.5)[:, None]
    noise = np.fft.irfft(spectrum, size, axis=0)[:total].astype(np.float32)
    level = 10 ** (rng.uniform(-62, -54) / 20)
    return noise * (level / float(np.sqrt((noise**2).mean())))
