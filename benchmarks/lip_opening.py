#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does a mesh of facial landmarks tell better whether a mouth makes a voice than how dark the mouth is?

    python benchmarks/lip_opening.py GRID/*.mpg        with numpy, opencv-python-headless and onnxruntime from PyPI

Each clip shows one person who speaks. Its mouth is compared with the clip's own voice and with those of all others, over
windows of that many pictures: the correlation of what is measured with the voice's energy between 800 and 2200 Hz, as
sezim has it. Printed is the area under the ROC curve of true against swapped pairs. `dark` is sezim's openness (the darkest
quarter of the mouth's surroundings); `inner` and `outer` are the distances between the inner and the outer edges of the lips in
MediaPipe's face mesh, `narrow` is the mouth's width with the sign turned, each over the distance of the eyes; sums are of
standardised courses.
"""

import argparse
import os
import subprocess
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

CACHE = Path(os.environ.get("SEZIM_CACHE")
             or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sezim")
PICTURES_PER_SECOND = 25
RATE_HZ = 16000
WINDOW_STEP = 5
QUIET_BELOW = 2.5  # log10 of energy below the clip's loudest: no speech
MEASURES = ["dark", "inner", "outer", "narrow"]


def upright(picture, centre, angle, scale, side, to):
    """The picture turned by `angle` degrees about `centre`, scaled, and `centre` moved to `to`, side x side pixels."""
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, scale)
    turn[:, 2] += np.asarray(to) - centre
    return cv2.warpAffine(picture, turn, (side, side))


def lips(mesh, picture, box, angle):
    """The inner and outer opening of the lips and minus the mouth's width, over the distance of the eyes' outer corners."""
    centre = box[:2] + box[2:4] / 2
    crop = upright(picture, centre, angle, 192 / (1.5 * box[2]), 192, (96, 96))
    planes = (crop[:, :, ::-1].astype(np.float32) / 255).transpose(2, 0, 1)[None]
    points = mesh.run(["landmarks"], {"image": planes})[0].reshape(468, 3)[:, :2]
    eyes = np.linalg.norm(points[33] - points[263])

    def apart(a, b):
        return np.linalg.norm(points[a] - points[b]) / eyes

    return [(apart(13, 14) + apart(82, 87) + apart(312, 317)) / 3, apart(0, 17), -apart(78, 308)]


def darkness(picture, eyes, angle):
    """sezim's openness (src/sezim/vision/mouth.cc)."""
    scale = 0.3125 * 96 / np.linalg.norm(eyes[1] - eyes[0])
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    face = upright(grey, eyes.mean(axis=0), angle, scale, 96, (48, 0.354 * 96)).astype(np.float32)
    mouth = np.sort(face[52:88, 28:68].ravel())
    return (mouth.mean() / 2 - mouth[:len(mouth) // 4].mean()) / max(4.0, face[20:90, 20:76].std())


def mouths(clip, mesh):
    """What is measured in each picture: pictures x measures."""
    rows, capture, detector = [], cv2.VideoCapture(str(clip)), None
    while True:
        there, picture = capture.read()
        if not there:
            return np.array(rows)
        if detector is None:
            size = picture.shape[1], picture.shape[0]
            detector = cv2.FaceDetectorYN.create(str(CACHE / "models/yunet/model.onnx"), "", size, 0.6)
        _, faces = detector.detect(picture)
        if faces is None:
            raise SystemExit(f"{clip}: no face in picture {len(rows)}")
        eyes = faces[0][4:8].reshape(2, 2)
        eyes = eyes[np.argsort(eyes[:, 0])]
        angle = float(np.degrees(np.arctan2(*(eyes[1] - eyes[0])[::-1])))
        rows.append([darkness(picture, eyes, angle), *lips(mesh, picture, faces[0][:4], angle)])


def energy(clip, count):
    """log10 of the voice's energy between 800 and 2200 Hz around each picture."""
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", clip, "-ac", "1", "-ar", str(RATE_HZ),
               "-af", "highpass=800,highpass=800,lowpass=2200,lowpass=2200", "-f", "s16le", "-"]
    samples = np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.int16) / 32768
    until = np.concatenate([[0], np.cumsum(samples ** 2)])
    times = (np.arange(count) + 0.5) / PICTURES_PER_SECOND
    begin, end = (np.clip((times + shift) * RATE_HZ, 0, len(samples)).astype(int) for shift in (-0.035, 0.025))
    return np.log10(np.maximum((until[end] - until[begin]) / np.maximum(end - begin, 1), 1e-7))


def area_under_roc(true, swapped):
    true, swapped = np.array(true)[:, None], np.array(swapped)[None]
    return ((true > swapped) + 0.5 * (true == swapped)).mean()


def standardised(course):
    return (course - course.mean()) / (course.std() + 1e-9)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--windows", type=int, nargs="+", default=[20, 30, 40], help="pictures")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    onnxruntime.disable_telemetry_events()
    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads = 1
    mesh = onnxruntime.InferenceSession(str(CACHE / "models/face-mesh/model.onnx"), session)
    faces = [mouths(clip, mesh) for clip in options.clips]
    voices = [energy(clip, len(face)) for clip, face in zip(options.clips, faces)]
    ways = {name: [at] for at, name in enumerate(MEASURES)}
    ways |= {"dark + inner": [0, 1], "dark + narrow": [0, 3], "dark + inner + narrow": [0, 1, 3]}

    print("| pictures | pairs true, swapped | " + " | ".join(ways) + " |\n| --- | --- |" + " --- |" * len(ways))
    for window in options.windows:
        found = {way: ([], []) for way in ways}
        for face_at, face in enumerate(faces):
            for voice_at, voice in enumerate(voices):
                spoken = np.where(voice > voice.max() - QUIET_BELOW)[0]
                begin, end = max(0, spoken[0] - WINDOW_STEP), min(len(voice), len(face), spoken[-1] + WINDOW_STEP)
                for start in range(begin, end - window + 1, WINDOW_STEP):
                    part = slice(start, start + window)
                    for way, columns in ways.items():
                        course = sum(standardised(face[part, column]) for column in columns)
                        found[way][face_at != voice_at].append(np.mean(standardised(course) * standardised(voice[part])))
        true, swapped = next(iter(found.values()))
        print(f"| {window} | {len(true)}, {len(swapped)} | "
              + " | ".join(f"{area_under_roc(*pairs):.3f}" for pairs in found.values()) + " |")


if __name__ == "__main__":
    main()
