# SPDX-License-Identifier: Apache-2.0
"""The original's voice prints and hidden states of numbers of the golden generator; writes ge2e.json.

    /usr/bin/python3 make_ge2e.py Resemblyzer-0.1.4-py3-none-any.whl

Run by hand, with torch 1.13.0 and numpy 1.24.2 (Debian's python3-torch). The network is Resemblyzer's own `VoiceEncoder` with the weights of its
archive; the archive's sha256 is on the card of "ge2e". Its readers of sound files are not needed and stand empty here.
"""

import json
import pathlib
import sys
import tempfile
import types
import zipfile
from unittest import mock

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from random_numbers import random_numbers  # noqa: E402


def original(folder):
    package = types.ModuleType("resemblyzer")
    package.__path__ = [str(pathlib.Path(folder) / "resemblyzer")]
    package.audio = mock.MagicMock()
    with mock.patch.dict(sys.modules, {"resemblyzer": package, "resemblyzer.audio": package.audio}):
        from resemblyzer.voice_encoder import VoiceEncoder
    return VoiceEncoder(device="cpu", verbose=False)


def main():
    mel = random_numbers(1, 2 * 12 * 40).reshape(2, 12, 40).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(sys.argv[1]) as archive:
        archive.extractall(folder)
        encoder = original(folder).eval()
    outputs = {}
    with torch.no_grad():
        outputs["embedding"] = encoder(torch.from_numpy(mel))
        states = torch.from_numpy(mel)
        for layer in range(3):
            # nn.LSTM gives the states of its last layer alone, so each is run by itself, with its own weights.
            one = torch.nn.LSTM(states.shape[2], 256, batch_first=True)
            one.load_state_dict({f"{part}_l0": getattr(encoder.lstm, f"{part}_l{layer}")
                                 for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")})
            states, _ = one(states)
            outputs[f"layer{layer + 1}"] = states
        whole, _ = encoder.lstm(torch.from_numpy(mel))
        assert torch.allclose(whole, states, atol=1e-6)
    # Every 16th number is enough to tell one network from another.
    golden = {name: [float(f"{value:.6g}") for value in output.flatten()[::16].tolist()] for name, output in outputs.items()}
    path = pathlib.Path(__file__).with_name("ge2e.json")
    path.write_text(json.dumps({"every": 16, "outputs": golden}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
