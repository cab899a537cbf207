# SPDX-License-Identifier: Apache-2.0
"""Features by other tools of the signal of golden/vad; writes mfcc39.json and librosa.json.

    python make.py

Run by hand, with python_speech_features 0.6, kaldi-native-fbank 1.23.0, librosa 0.11.0, numpy 2.4.6 and scipy 1.17.1.
"""

import json
import pathlib
import sys

import kaldi_native_fbank as knf
import librosa
import numpy as np
import python_speech_features as psf

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "vad"))
from make import golden_signal  # noqa: E402


def golden_samples():
    return np.rint(golden_signal().astype(np.float64) * 32768).astype(np.int16)


def chosen(frames):
    """A few rows, those at both ends among them, where tools differ most."""
    rows = [i for i in (0, 1, 2, 3, 60, 61, 200) if i < len(frames)]
    rows += [i for i in range(len(frames) - 5, len(frames)) if i not in rows]
    return {"num_frames": len(frames), "rows": {str(i): [float(f"{v:.7g}") for v in frames[i]] for i in rows}}


def by_python_speech_features(samples, energy=False):
    mfcc = psf.mfcc(samples, 16000, winlen=0.025, winstep=0.01, numcep=13, nfilt=26, nfft=512, lowfreq=0, highfreq=8000,
                    preemph=0.97, ceplifter=22, appendEnergy=energy, winfunc=np.hamming)
    if energy:
        mfcc = np.roll(mfcc, -1, axis=1)  # c1 … c12, log energy
    deltas = psf.delta(mfcc, 2)
    return np.hstack([mfcc, deltas, psf.delta(deltas, 2)])


def by_kaldi(samples, window="hamming", bands=26, low=0, energy=False, snip_edges=True):
    options = knf.MfccOptions()
    options.frame_opts.dither = 0
    options.frame_opts.window_type = window
    options.frame_opts.snip_edges = snip_edges
    options.mel_opts.num_bins = bands
    options.mel_opts.low_freq = low
    options.mel_opts.high_freq = 8000
    options.use_energy = energy
    mfcc = knf.OnlineMfcc(options)
    mfcc.accept_waveform(16000, samples.astype(np.float32).tolist())
    mfcc.input_finished()
    frames = np.stack([mfcc.get_frame(i) for i in range(mfcc.num_frames_ready)]).astype(np.float32)
    deltas = knf.DeltaOptions()
    deltas.order, deltas.window = 2, 2
    return np.asarray(knf.compute_deltas(deltas, frames))


def by_librosa(samples, htk=False):
    sound = samples.astype(np.float32) / 32768
    mfcc = librosa.feature.mfcc(y=sound, sr=16000, n_mfcc=13, n_fft=512, hop_length=160, win_length=400, window="hamming",
                                n_mels=26, fmin=0, fmax=8000, htk=htk, lifter=22)
    return np.vstack([mfcc, librosa.feature.delta(mfcc, width=5), librosa.feature.delta(mfcc, width=5, order=2)]).T


def spectra_by_librosa(samples):
    sound = samples.astype(np.float32) / 32768
    return {
        "logmel": chosen(librosa.power_to_db(librosa.feature.melspectrogram(y=sound, sr=16000)).T),
        "chroma": chosen(librosa.feature.chroma_stft(y=sound, sr=16000).T),
        "tuning": float(librosa.estimate_tuning(S=np.abs(librosa.stft(sound)) ** 2, sr=16000)),
        "chroma-tuning-0.2": chosen(librosa.feature.chroma_stft(y=sound, sr=16000, tuning=0.2).T),
        "trim": {str(db): [int(i) for i in librosa.effects.trim(sound, top_db=db)[1]] for db in (10, 25, 60)},
        # The same numbers taken as sound at 44.1 kHz
        "logmel-44100": chosen(librosa.power_to_db(librosa.feature.melspectrogram(y=sound, sr=44100)).T),
    }


def main():
    samples = golden_samples()
    out = {
        "htk": chosen(by_python_speech_features(samples)),
        "paper": chosen(by_python_speech_features(samples, energy=True)),
        "kaldi": chosen(by_kaldi(samples)),
        "kaldi-defaults": chosen(by_kaldi(samples, "povey", 23, 20, energy=True)),
        "kaldi-no-snip": chosen(by_kaldi(samples, snip_edges=False)),
        "librosa": chosen(by_librosa(samples)),
        "librosa-htk-mel": chosen(by_librosa(samples, htk=True)),
    }
    (HERE / "mfcc39.json").write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    (HERE / "librosa.json").write_text(json.dumps(spectra_by_librosa(samples), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
