# SPDX-License-Identifier: Apache-2.0
"""Which kind of scene comes when, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Kinds with a voice, and the part of the talking time that each gets.
TALK = {"speaking": 0.44, "voice_over": 0.14, "two_faces": 0.14, "listening": 0.14, "dubbed": 0.14}
# Kinds without.
QUIET = {"music": 0.5, "silence": 0.5}
KINDS = (*TALK, *QUIET)

_DENSITY = 0.78  # how much of a talking scene the voice fills, pauses apart


@dataclass(frozen=True)
class Slot:
    """A kind and a number of frames."""

    kind: str
    num_frames: int


def plan(
    num_frames: int,
    fps: float,
    mean_scene_s: float,
    speech_share: float,
    kinds: tuple[str, ...],
    rng: np.random.Generator,
) -> list[Slot]:
    """Scenes that cover `num_frames` exactly: each kind once if there is room, none twice in a row."""
    total_s = num_frames / fps
    talk = {kind: TALK[kind] for kind in TALK if kind in kinds}
    quiet = {kind: QUIET[kind] for kind in QUIET if kind in kinds}
    talk_share = min(1.0, speech_share / _DENSITY) if talk else 0.0
    if not quiet:
        talk_share = 1.0
    scenes = max(1, round(total_s / mean_scene_s))
    names: list[str] = []
    for group, share in ((talk, talk_share), (quiet, 1 - talk_share)):
        if group and share > 0:
            names += _spread(group, max(1, round(scenes * share)), whole=scenes >= len(kinds))
    names = _shuffled_apart(names, rng)

    lengths = rng.uniform(0.7, 1.3, len(names))
    for group, share in ((talk, talk_share), (quiet, 1 - talk_share)):
        mine = np.array([name in group for name in names])
        if mine.any():
            lengths[mine] *= share * total_s / lengths[mine].sum()
    # Whole frames; what rounding leaves goes where the sum says.
    edges = np.round(np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum() * num_frames).astype(int)
    return [Slot(name, int(end - start)) for name, start, end in zip(names, edges[:-1], edges[1:]) if end > start]


def _spread(weights: dict[str, float], count: int, whole: bool) -> list[str]:
    """`count` names in proportion to `weights` (largest remainder), each at least once if `whole`."""
    if whole:
        count = max(count, len(weights))
    total = sum(weights.values())
    wanted = {kind: weight / total * count for kind, weight in weights.items()}
    given = {kind: max(int(want), 1 if whole else 0) for kind, want in wanted.items()}
    while sum(given.values()) < count:
        kind = max(given, key=lambda k: (wanted[k] - given[k], -list(weights).index(k)))
        given[kind] += 1
    while sum(given.values()) > count:
        kind = max((k for k in given if given[k] > 1), key=lambda k: given[k] - wanted[k])
        given[kind] -= 1
    return [kind for kind, number in given.items() for _ in range(number)]


def _shuffled_apart(names: list[str], rng: np.random.Generator) -> list[str]:
    left = [names[i] for i in rng.permutation(len(names))]
    out: list[str] = []
    while left:
        # The most frequent kind that differs from the last one, else the first: keeps repeats apart.
        counts = {name: left.count(name) for name in left}
        choices = [name for name in dict.fromkeys(left) if not out or name != out[-1]] or left[:1]
        crowded = [name for name in choices if 2 * counts[name] > len(left)]
        name = (crowded or choices)[0]
        left.remove(name)
        out.append(name)
    return out
