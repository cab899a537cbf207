# SPDX-License-Identifier: Apache-2.0
"""LR-ASD's log odds by PyTorch of made faces and coefficients; writes lr-asd.json.

    python make.py finetuning_TalkSet.model

Run by hand, with torch 1.13.1 and numpy 1.24.2 (Debian's python3-torch). The module is written after the publication (Liao et al. 2025, International
Journal of Computer Vision 133, 4749-4769) and the names in the checkpoint, which has to fit it without a rest.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from random_numbers import random_numbers  # noqa: E402

NUM_CLIPS, NUM_PICTURES = 2, 8


class Convolutions(nn.Module):
    """Two convolutions across `space`, two along `time`, each normalised and rectified."""

    def __init__(self, letter, inputs, outputs, space, time, stride=1):
        super().__init__()
        dims = len(space(1))
        conv, norm = {3: (nn.Conv3d, nn.BatchNorm3d), 2: (nn.Conv2d, nn.BatchNorm2d)}[dims]
        self.steps = []
        for name, first, last, kernel in [
            (f"{letter}_1", inputs, outputs // 2, space(5)), (f"{letter}_2", outputs // 2, outputs, space(3)),
            ("t_1", outputs, outputs, time(5)), ("t_2", outputs, outputs, time(3)),
        ]:  # fmt: skip
            strides = tuple(stride if size > 1 and name == f"{letter}_1" else 1 for size in kernel)
            padding = tuple(size // 2 for size in kernel)
            setattr(self, name, conv(first, last, kernel, stride=strides, padding=padding, bias=False))
            setattr(self, f"{name[0]}_norm_{name[-1]}", norm(last, eps=1e-3))
            self.steps.append((name, f"{name[0]}_norm_{name[-1]}"))

    def forward(self, x):
        for conv, norm in self.steps:
            x = torch.relu(getattr(self, norm)(getattr(self, conv)(x)))
        return x


class VisualEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        space, time = (lambda k: (1, k, k)), (lambda k: (k, 1, 1))
        self.block1 = Convolutions("s", 1, 32, space, time, stride=2)
        self.block2 = Convolutions("s", 32, 64, space, time)
        self.block3 = Convolutions("s", 64, 128, space, time)
        self.pool = nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1))

    def forward(self, faces):
        x = (faces.unsqueeze(1) / 255 - 0.4161) / 0.1688
        x = self.block3(self.pool(self.block2(self.pool(self.block1(x)))))
        return x.amax(dim=(3, 4)).transpose(1, 2)


class AudioEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        space, time = (lambda k: (k, 1)), (lambda k: (1, k))
        self.block1 = Convolutions("m", 1, 32, space, time)
        self.block2 = Convolutions("m", 32, 64, space, time)
        self.block3 = Convolutions("m", 64, 128, space, time)
        self.pool = nn.MaxPool2d((1, 3), (1, 2), (0, 1))

    def forward(self, mfcc):
        x = mfcc.transpose(1, 2).unsqueeze(1)
        x = self.block3(self.pool(self.block2(self.pool(self.block1(x)))))
        return x.mean(dim=2).transpose(1, 2)


class Gate(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.attention = nn.Conv1d(size, size, 1, bias=False)
        self.bn = nn.BatchNorm1d(size, eps=1e-3)

    def forward(self, x):
        x = x.transpose(1, 2)
        return (x * torch.sigmoid(self.bn(self.attention(x)))).transpose(1, 2)


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru_forward = nn.GRU(256, 64, batch_first=True)
        self.gru_backward = nn.GRU(256, 64, batch_first=True)
        self.attention = Gate(128)

    def forward(self, x):
        onward, _ = self.gru_forward(x)
        back, _ = self.gru_backward(x.flip(1))
        return self.attention(torch.cat((onward, back.flip(1)), dim=2))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.visualEncoder, self.audioEncoder = VisualEncoder(), AudioEncoder()
        self.fusion, self.detector = Gate(256), Detector()

    def forward(self, faces, mfcc):
        both = torch.cat((self.audioEncoder(mfcc), self.visualEncoder(faces)), dim=2)
        return self.detector(self.fusion(both))


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.FC = nn.Linear(128, 2)


class WithHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.model, self.lossAV, self.lossV = Model(), Head(), Head()

    def forward(self, faces, mfcc):
        """Log odds that the face speaks: softmax over (silent, speaking) undone."""
        logits = self.lossAV.FC(self.model(faces, mfcc))
        return logits[..., 1] - logits[..., 0]


def main():
    network = WithHeads()
    network.load_state_dict(torch.load(sys.argv[1], map_location="cpu"))
    network.eval()
    cells = random_numbers(1, NUM_CLIPS * NUM_PICTURES * 14 * 14).reshape(NUM_CLIPS, NUM_PICTURES, 14, 14)
    faces = np.kron(cells * 255, np.ones((1, 1, 8, 8))).astype(np.float32)
    mfcc = (40 * random_numbers(2, NUM_CLIPS * 4 * NUM_PICTURES * 13) - 20).reshape(NUM_CLIPS, -1, 13).astype(np.float32)
    with torch.no_grad():
        log_odds = network(torch.from_numpy(faces), torch.from_numpy(mfcc))
    out = {
        "inputs": "x' = 1664525 x + 1013904223 mod 2^32, a number is floor(x' / 256) / 2^24. faces: seed 1, 2 clips of 8 "
        "pictures of 14 x 14 cells of 8 x 8 pixels, times 255; mfcc: seed 2, 2 x 32 x 13, times 40 less 20",
        "log_odds": [[float(f"{value:.6g}") for value in clip] for clip in log_odds.tolist()],
    }
    path = pathlib.Path(__file__).with_name("lr-asd.json")
    path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
