#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the weights of src/sezim/speech/overlap_weights.h, and prints them as that file.

    python3 train_overlap.py --emodb FOLDER --ge2e model.onnx > ../../src/sezim/speech/overlap_weights.h

A logistic regression that tells two voices at once from one, by the mean state of GE2E's second layer. Its examples are
clips of EMO-DB (CC0), as they are or after a made-up room, microphone and noise, and mixtures of two of its ten speakers,
the second 0 to 10 dB below the first. Synthetic voices (eSpeak NG), some of them rough or with echo, are single ones too:
nothing that only people have may decide. Figures on speakers that were left out go to standard error.

Made with numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1, onnxruntime 1.31.1, librosa 0.11.0 and soundfile 0.14.0 from PyPI,
and eSpeak NG 1.51.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import librosa
import numpy as np
import onnxruntime
import soundfile
from scipy.signal import fftconvolve, firwin, lfilter, resample_poly
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

RATE = 16000
PIECE = 160  # frames of 10 ms, as in src/sezim/speech/voice_print.cc
NUM_EXAMPLES = 1100  # of one voice with changes, and of two
NUM_SYNTHETIC = 500
STRENGTH = 0.01  # scikit-learn's C
SENTENCES = [
    ("de", "Morgen früh fahren wir mit dem Rad zum See und bleiben bis zum Abend dort."),
    ("de", "Ich habe den Schlüssel gestern auf den Tisch neben der Tür gelegt."),
    ("en", "The last bus had gone, so we walked home along the river in the rain."),
    ("en", "Nobody told me that the shop would be closed on Wednesday."),
    ("ru", "Вечером мы долго сидели на берегу и слушали, как шумит вода."),
    ("ru", "Завтра утром поезд уходит раньше, чем обычно."),
    ("kk", "Біз кешке дейін көл жағасында отырып, ән айттық."),
    ("kk", "Ертең таңертең дүкен жабық болады деп ешкім айтқан жоқ."),
]
VARIANTS = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "andrea", "klatt", "whisper", "croak"]
HELD_OUT = [("03", "08"), ("09", "10"), ("11", "12"), ("13", "14"), ("15", "16")]


class Ge2e:
    def __init__(self, file):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(file, options)

    def mean_state(self, samples):
        """The second layer's state, its mean over the pieces that GE2E hears."""
        level = 10 * np.log10(np.mean(samples ** 2) + 1e-20)
        if level < -30:
            samples = samples * 10 ** ((-30 - level) / 20)
        mel = librosa.feature.melspectrogram(y=samples, sr=RATE, n_fft=400, hop_length=160, n_mels=40)
        mel = mel.T.astype(np.float32)
        length = min(PIECE, len(mel))
        starts = np.linspace(0, len(mel) - length, -(-(len(mel) - length) // PIECE) + 1).round().astype(int)
        pieces = np.stack([mel[start:start + length] for start in starts])
        return self.session.run(["layer2"], {"mel": pieces})[0].mean(axis=(0, 1))


def read_clips(folder):
    """Pairs of a speaker and the sound between the first and the last speech."""
    clips = []
    for file in sorted(Path(folder).glob("*.flac")) + sorted(Path(folder).glob("*.wav")):
        samples, rate = soundfile.read(file, dtype="float32")
        assert rate == RATE, file
        clips.append((file.name[:2], librosa.effects.trim(samples, top_db=30)[0]))
    return clips


def synthetic_voice(random):
    """A name for it, and a sentence that it says."""
    language, text = SENTENCES[random.integers(len(SENTENCES))]
    variant = VARIANTS[random.integers(len(VARIANTS))]
    pitch, speed = random.integers(15, 85), random.integers(120, 200)
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["espeak-ng", "-v", f"{language}+{variant}", "-p", str(pitch), "-s", str(speed), "-w", file.name,
                        text], check=True)
        samples, rate = soundfile.read(file.name, dtype="float32")
    samples = resample_poly(samples, RATE, rate)
    return "espeak-" + variant, librosa.effects.trim(samples, top_db=30)[0]


def faster(samples, random):
    """Another speaking rate, and with it another pitch and size of the vocal tract."""
    at = np.arange(0, len(samples) - 1, random.uniform(0.85, 1.2))
    return np.interp(at, np.arange(len(samples)), samples)


def in_room(samples, random):
    """With a reverberation of 0.1 to 0.6 s, up to as loud as the direct sound."""
    if random.random() < 0.3:
        return samples
    length = int(random.uniform(0.1, 0.6) * RATE)
    tail = random.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail *= 10 ** (-random.uniform(0, 15) / 20) / np.sqrt(np.sum(tail ** 2))
    tail[0] += 1
    return fftconvolve(samples, tail)[:len(samples)]


def recorded(samples, random):
    """By a microphone that tilts or cuts the spectrum, with noise, at some level."""
    samples = lfilter([1, random.uniform(-0.5, 0.5)], [1], samples)
    if random.random() < 0.3:
        samples = lfilter(firwin(101, random.uniform(3400, 7500), fs=RATE), [1], samples)
    if random.random() < 0.8:
        noise = lfilter([1], [1, -random.uniform(0, 0.95)], random.standard_normal(len(samples)))
        noise *= np.sqrt(np.mean(samples ** 2) / np.mean(noise ** 2))
        samples = samples + noise * 10 ** (-random.uniform(12, 45) / 20)
    return (samples / np.abs(samples).max() * random.uniform(0.05, 0.9)).astype(np.float32)


def mixture(first, second, below_db, random):
    """`second`, repeated or cut to the length of `first`, is heard below it."""
    second = np.tile(second, len(first) // len(second) + 1)
    start = random.integers(len(second) - len(first) + 1)
    second = second[start:start + len(first)]
    ratio = np.mean(first ** 2) / np.mean(second ** 2)
    return first + second * np.sqrt(ratio) * 10 ** (-below_db / 20)


def make_examples(clips, network, random):
    """Mean states, whether two speak, who speaks, and how far the second voice is below the first."""
    states, labels, people, levels = [], [], [], []

    def add(samples, label, who, below_db=0.0):
        states.append(network.mean_state(samples.astype(np.float32)))
        labels.append(label)
        people.append(set(who))
        levels.append(below_db)

    for speaker, samples in clips:
        add(samples, 0, [speaker])
    for number in range(NUM_SYNTHETIC):
        speaker, samples = synthetic_voice(random)
        add(recorded(in_room(samples, random), random) if number % 2 else samples, 0, [speaker])
    for number in range(NUM_EXAMPLES):
        speaker, samples = clips[random.integers(len(clips))]
        add(recorded(in_room(faster(samples, random), random), random), 0, [speaker])
        if number % 10 == 1:
            speaker, samples = synthetic_voice(random)
        other, second = clips[random.integers(len(clips))]
        while other == speaker:
            other, second = clips[random.integers(len(clips))]
        below_db = random.uniform(0, 10)
        if number % 4 == 0:  # as they are
            mixed = mixture(samples, second, below_db, random)
            add(mixed / max(1, np.abs(mixed).max()), 1, [speaker, other], below_db)
            continue
        samples, second = faster(samples, random), faster(second, random)
        if number % 2 == 0:  # in two rooms, or at two places of one
            mixed = mixture(in_room(samples, random), in_room(second, random), below_db, random)
        else:
            mixed = in_room(mixture(samples, second, below_db, random), random)
        add(recorded(mixed, random), 1, [speaker, other], below_db)
    return np.array(states), np.array(labels), people, np.array(levels)


def fit(states, labels):
    """Weights and bias for states that are not standardised."""
    scaler = StandardScaler().fit(states)
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(scaler.transform(states), labels)
    weights = model.coef_[0] / scaler.scale_
    return weights, model.intercept_[0] - weights @ scaler.mean_


def report_held_out(states, labels, people, levels):
    alone, beside = [], []
    for pair in HELD_OUT:
        is_out = np.array([bool(who & set(pair)) for who in people])
        is_tested = np.array([who <= set(pair) for who in people])
        weights, bias = fit(states[~is_out], labels[~is_out])
        odds = states @ weights + bias
        alone.extend(odds[is_tested & (labels == 0)])
        beside.extend(zip(odds[is_tested & (labels == 1)], levels[is_tested & (labels == 1)]))
    alone, beside = np.array(alone), np.array(beside)
    print(f"speakers left out: {len(alone)} of one voice, {len(beside)} mixtures", file=sys.stderr)
    for least in (0, 0.5, 1, 1.5, 2, 2.5, 3):
        near = beside[beside[:, 1] < 5, 0] > least
        far = beside[beside[:, 1] >= 5, 0] > least
        print(f"log odds > {least}: {100 * np.mean(alone > least):.1f} % of one voice, {100 * near.mean():.0f} % at 0 to "
              f"5 dB, {100 * far.mean():.0f} % at 5 to 10 dB", file=sys.stderr)


def print_header(weights, bias, network):
    print("// SPDX-License-Identifier: Apache-2.0")
    print("// Made by models/overlap/train_overlap.py out of EMO-DB (CC0).")
    print("#pragma once\n\n#include <array>\n\nnamespace sezim {\n")
    digest = hashlib.sha256(Path(network).read_bytes()).hexdigest()
    print(f"// sha256 of the network whose states the weights are for.\ninline constexpr char kOverlapNetwork[] =\n    \"{digest}\";")
    print(f"inline constexpr float kOverlapBias = {bias:.5e}F;")
    print(f"inline constexpr std::array<float, {len(weights)}> kOverlapWeights = {{")
    for start in range(0, len(weights), 8):
        print("    " + " ".join(f"{weight:.5e}F," for weight in weights[start:start + 8]))
    print("};\n\n}  // namespace sezim")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--emodb", required=True, help="folder of EMO-DB's clips, 16 kHz, FLAC or WAV")
    parser.add_argument("--ge2e", required=True, help="model.onnx of the model 'ge2e' in the model store")
    arguments = parser.parse_args()
    examples = make_examples(read_clips(arguments.emodb), Ge2e(arguments.ge2e), np.random.default_rng(1))
    report_held_out(*examples)
    print_header(*fit(*examples[:2]), arguments.ge2e)


if __name__ == "__main__":
    main()
