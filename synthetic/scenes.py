# SPDX-License-Identifier: Apache-2.0
"""The kinds of scene: who is seen, who is heard, whose mouth moves to what."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from synthetic.faces import Clip, FaceView
from synthetic.frame import Frame
from synthetic.landscape import Landscape
from synthetic.music import music, room_noise
from synthetic.schedule import TALK, Slot
from synthetic.sentences import LANGUAGES
from synthetic.voice import RATE_HZ, Talk, Voice, fill_with_talk, mouth_track


@dataclass
class Picture:
    """What is seen: a landscape, or faces in rectangles over a still backdrop."""

    landscape: Landscape | None = None
    backdrop: Frame | None = None
    faces: list[tuple[FaceView, tuple[int, int, int, int], np.ndarray | None]] = field(default_factory=list)

    def draw(self, n: int, frame: Frame) -> None:
        if self.backdrop is not None:
            frame.copy_from(self.backdrop)
        if self.landscape is not None:
            self.landscape.render(n, frame.part(0, 0, frame.width, frame.height))
        for view, box, track in self.faces:
            opening, rounding = (0.0, 0.0) if track is None else (float(track[n, 0]), float(track[n, 1]))
            view.render(n, opening, rounding, frame.part(*box))


@dataclass
class Scene:
    """One span of the programme: `sound` is stereo at 44.1 kHz, `truth` its entry without start and end."""

    slot: Slot
    sound: np.ndarray
    picture: Picture
    truth: dict
    heard: list[tuple[float, float]]


class Cast:
    """Who plays in this programme: each person with one voice, and narrators who are never seen."""

    def __init__(self, clips: list[Clip], rng: np.random.Generator):
        self._rng = rng
        self.clips = clips
        taken: set[str] = set()
        people = dict.fromkeys((clip.person, clip.gender) for clip in clips)
        self.voices = {person: Voice.draw(gender, rng, taken) for person, gender in people}
        self.narrators = [Voice.draw(gender, rng, taken) for gender in ("female", "male", "female", "male")]
        self._decks: dict[str, list] = {}

    def deal(self, name: str, cards: list):
        """The next card of a shuffled deck, shuffled again when it is empty: varied, and evenly so."""
        deck = self._decks.setdefault(name, [])
        if not deck:
            deck.extend(cards[i] for i in self._rng.permutation(len(cards)))
        return deck.pop()

    def speaking_clip(self, kind: str) -> Clip:
        """Emotions evenly in the scenes of one kind, and evenly the clips that show each."""
        emotion = self.deal("emotion of " + kind, sorted({clip.emotion for clip in self.clips}))
        return self.deal(f"{emotion} of {kind}", [clip for clip in self.clips if clip.emotion == emotion])

    def any_clip(self) -> Clip:
        return self.deal("clip", self.clips)

    def other_person(self, clip: Clip) -> Clip:
        others = [other for other in self.clips if other.person != clip.person]
        return others[int(self._rng.integers(len(others)))]

    def language(self, kind: str) -> str:
        return self.deal("language of speaking" if kind == "speaking" else "language", list(LANGUAGES))

    def off_screen_voice(self, gender: str | None = None) -> tuple[Voice, str]:
        """A narrator (of `gender`, if given) and a mood."""
        fitting = [voice for voice in self.narrators if gender in (None, voice.gender)]
        return self.deal(f"narrator {gender}", fitting), self.deal(
            "narrator's mood", ["neutral", "neutral", "sad", "happy"]
        )


class SceneMaker:
    """Makes scenes one after the other; keeps the share of speech on its course."""

    def __init__(
        self,
        clips: list[Clip],
        width: int,
        height: int,
        fps: float,
        total_s: float,
        talk_s: float,
        speech_share: float,
        rng: np.random.Generator,
    ):
        self._cast = Cast(clips, rng)
        self._width, self._height, self._fps, self._rng = width, height, fps, rng
        self._eye = rng
        self._speech_left_s, self._talk_left_s = speech_share * total_s, talk_s

    def make(self, slot: Slot) -> Scene:
        # What is seen draws from a generator of its own, so that the same seed is heard alike at every picture size.
        self._eye = np.random.default_rng(self._rng.integers(1 << 63))
        length_s = slot.num_frames / self._fps
        sound = room_noise(length_s, self._rng)
        truth: dict = {"kind": slot.kind}
        talk = None
        picture = Picture()
        if slot.kind in TALK:
            share = float(np.clip(self._speech_left_s / max(self._talk_left_s, 1e-9), 0.3, 0.97))
            talk = getattr(self, "_" + slot.kind)(slot, length_s, share, truth, picture)
            self._speech_left_s -= talk.heard_s
            self._talk_left_s -= length_s
            sound += self._placed(talk)
        else:
            if slot.kind == "music":
                sound += music(length_s, self._rng)
            if self._cast.deal("picture for " + slot.kind, ["face", "landscape"]) == "face":
                self._show(picture, self._cast.any_clip(), slot, None, truth)
            else:
                self._land(picture, slot)
        truth["usable"] = slot.kind == "speaking"
        return Scene(slot, sound, picture, truth, talk.heard if talk else [])

    # One method for each kind with a voice: fills truth and picture, returns what is heard.

    def _speaking(self, slot: Slot, length_s: float, share: float, truth: dict, picture: Picture) -> Talk:
        clip = self._cast.speaking_clip(slot.kind)
        talk = self._talk(self._cast.voices[clip.person], clip.emotion, length_s, share, truth, clip)
        truth["emotion"] = clip.emotion
        self._show(picture, clip, slot, talk, truth)
        return talk

    def _voice_over(self, slot: Slot, length_s: float, share: float, truth: dict, picture: Picture) -> Talk:
        self._land(picture, slot)
        return self._talk(*self._cast.off_screen_voice(), length_s, share, truth, None)

    def _two_faces(self, slot: Slot, length_s: float, share: float, truth: dict, picture: Picture) -> Talk:
        speaker = self._cast.speaking_clip(slot.kind)
        listener = self._cast.other_person(speaker)
        talk = self._talk(self._cast.voices[speaker.person], speaker.emotion, length_s, share, truth, speaker)
        picture.backdrop = studio(self._width, self._height, self._eye)
        truth["faces"] = [speaker.id, listener.id]
        left, right = two_boxes(self._width, self._height, self._eye)
        if self._eye.integers(2):
            left, right = right, left
        for clip, box, moving in ((speaker, left, talk), (listener, right, None)):
            self._add_face(picture, clip, box, slot, moving)
        return talk

    def _listening(self, slot: Slot, length_s: float, share: float, truth: dict, picture: Picture) -> Talk:
        clip = self._cast.any_clip()
        talk = self._talk(*self._cast.off_screen_voice(), length_s, share, truth, None)
        self._show(picture, clip, slot, None, truth)
        return talk

    def _dubbed(self, slot: Slot, length_s: float, share: float, truth: dict, picture: Picture) -> Talk:
        clip = self._cast.any_clip()
        mouthed = fill_with_talk(
            self._cast.voices[clip.person], self._cast.language("mouthed"), clip.emotion, length_s, share, self._rng
        )
        talk = self._talk(*self._cast.off_screen_voice(clip.gender), length_s, share, truth, None)
        self._show(picture, clip, slot, mouthed, truth)
        return talk

    def _talk(self, voice: Voice, mood: str, length_s: float, share: float, truth: dict, clip: Clip | None) -> Talk:
        truth["language"] = self._cast.language(truth["kind"])
        truth["speaker"] = f"{voice.id}@{clip.person}" if clip else voice.id
        return fill_with_talk(voice, truth["language"], mood, length_s, share, self._rng)

    def _show(self, picture: Picture, clip: Clip, slot: Slot, moving: Talk | None, truth: dict) -> None:
        truth["faces"] = [clip.id]
        box = one_box(self._width, self._height, self._eye)
        if box[2:] != (self._width, self._height):
            picture.backdrop = studio(self._width, self._height, self._eye)
        self._add_face(picture, clip, box, slot, moving)

    def _add_face(
        self, picture: Picture, clip: Clip, box: tuple[int, int, int, int], slot: Slot, moving: Talk | None
    ) -> None:
        view = FaceView(clip, box[2], box[3], slot.num_frames, self._fps, self._eye)
        track = None if moving is None else mouth_track(moving.samples, self._fps, slot.num_frames)
        picture.faces.append((view, box, track))

    def _land(self, picture: Picture, slot: Slot) -> None:
        picture.landscape = Landscape(self._width, self._height, slot.num_frames, self._eye)

    def _placed(self, talk: Talk) -> np.ndarray:
        """Puts the voice into a small room: a few early reflections and a position between left and right."""
        out = talk.samples.copy()
        for _ in range(4):
            delay = int(self._rng.uniform(0.007, 0.045) * RATE_HZ)
            out[delay:] += float(self._rng.uniform(0.05, 0.16)) * talk.samples[:-delay]
        pan = float(self._rng.uniform(-0.12, 0.12))
        return np.stack([out * (1 - pan), out * (1 + pan)], axis=1)


def one_box(width: int, height: int, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Where a single face is shown: mostly the whole picture, else a large panel. x, y, width, height."""
    if rng.random() < 0.6:
        return 0, 0, width, height
    share = rng.uniform(0.72, 0.9)
    w, h = _even(width * share), _even(height * share)
    return _even((width - w) * rng.uniform(0.2, 0.8)), _even((height - h) * rng.uniform(0.2, 0.6)), w, h


def two_boxes(width: int, height: int, rng: np.random.Generator) -> list[tuple[int, int, int, int]]:
    """Two panels side by side: the halves of the picture, or two smaller ones as in a remote interview."""
    if rng.random() < 0.5:
        half = _even(width / 2)
        return [(0, 0, half, height), (half, 0, width - half, height)]
    w, h = _even(width * 0.46), _even(height * rng.uniform(0.66, 0.8))
    y = _even((height - h) * 0.45)
    gap = _even((width - 2 * w) / 3)
    return [(gap, y, w, h), (width - gap - w, y, w, h)]


def studio(width: int, height: int, rng: np.random.Generator) -> Frame:
    """A plain studio wall: a soft gradient with one lighter band."""
    base = rng.uniform(40, 110, 3)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    light = np.exp(-(((x - rng.uniform(-0.6, 0.6)) / 0.8) ** 2)) * 0.5 + 0.7 - 0.25 * y
    band = 0.18 * (np.abs(y - rng.uniform(0.75, 0.9)) < 0.03)
    return Frame.from_bgr(np.clip(base * (light + band), 0, 255).astype(np.uint8))


def _even(number: float) -> int:
    return 2 * int(number // 2)
