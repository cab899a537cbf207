# SPDX-License-Identifier: Apache-2.0
"""A corpus some of whose files are damaged, each in another way: every one is named once, the rest is used.

And corpora that are whole, but of which nothing can be learnt: a single class, a single speaker.
"""

import json
import os
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import DONE, FAILED, SOME_REJECTED, WRONG_USAGE, ffmpeg
from tones import CORPUS, HEAD, MODEL, SOUNDS, SVM, experiment, make_corpus

TONES = HEAD + CORPUS + SVM


def wav(form, bits, samples, rate=16000, declared=None):
    """The bytes of a WAV file; form 1 holds whole numbers, form 3 floating-point ones."""
    size = len(samples) if declared is None else declared
    head = struct.pack("<HHIIHH", form, 1, rate, rate * bits // 8, bits // 8, bits)
    return (b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" +
            struct.pack("<I", size) + samples)


def damage(folder):
    """Damages one file of each kind; gives by name what is to be said of it."""
    whole = (folder / "s0-angry-0.wav").read_bytes()
    ffmpeg("-i", folder / "s0-angry-0.wav", folder / "s3-angry-3.flac")
    flac = (folder / "s3-angry-3.flac").read_bytes()
    cases = {
        "s0-angry-0.wav": (whole[: len(whole) // 2], "is truncated: it declares 0.5 s"),
        "s0-angry-1.wav": (b"", "is empty"),
        "s0-angry-2.wav": (b"this is a text, no sound\n" * 50, "not a readable media file"),
        "s0-angry-3.wav": (wav(1, 16, bytes(16000), rate=1_000_000_000), ""),  # a header that lies
        "s1-sad-0.wav": (wav(3, 32, struct.pack("<8000f", *[float("nan")] * 8000)), "be decoded"),
        "s1-sad-1.wav": (wav(3, 64, struct.pack("<8000d", *[float("-inf")] * 8000)), "be decoded"),
        "s1-sad-2.wav": (wav(1, 16, b""), "empty"),
        "s1-sad-3.wav": (wav(1, 16, bytes(16000)), "silent from end to end"),
        "s2-happy-0.wav": (wav(1, 16, whole[44:], declared=1_000_000), "is truncated: it declares 31.2 s"),
        "s2-happy-1.wav": (flac[: len(flac) // 2], "is truncated"),
        "s2-happy-2.wav": (whole[:30], ""),  # cut in its header
    }
    for name, (data, _) in cases.items():
        (folder / name).write_bytes(data)
    (folder / "s2-happy-3.wav").unlink()
    (folder / "s2-happy-3.wav").mkdir()
    return {name: about for name, (_, about) in cases.items()} | {"s2-happy-3.wav": ""}  # a folder


class DamagedCorpusTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sezim-damaged-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def sezim(self, *arguments, expect=DONE):
        run = subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True, timeout=240)
        self.assertEqual(run.returncode, expect, run.stderr)
        return run

    def assert_each_named_once(self, stderr, said):
        for name, about in said.items():
            with self.subTest(file=name):
                lines = [line for line in stderr.splitlines() if name in line]
                self.assertEqual(len(lines), 1, stderr)
                self.assertIn(about, lines[0])

    def test_every_damaged_file_is_named_once_and_the_rest_is_used(self):
        tones = self.folder / "corpus"
        make_corpus(tones)
        said = damage(tones)
        out = self.folder / "out.json"
        file = experiment(self.folder, TONES + MODEL)
        run = self.sezim("evaluate", file, "--data-root", self.folder, "--json", out, expect=SOME_REJECTED)
        self.assert_each_named_once(run.stderr, said)
        self.assertIn(f"{len(said)} left out in all", run.stderr)
        system = json.loads(out.read_text(encoding="utf-8"))["systems"][0]
        self.assertEqual(system["num_clips"], 48 - len(said))
        self.assertGreater(system["uar"]["mean"], 0.6)  # chance: 0.33

        run = self.sezim("train", file, "--data-root", self.folder, "--out", self.folder / "m", "--no-evaluation",
                         expect=SOME_REJECTED)
        self.assert_each_named_once(run.stderr, said)
        self.assertIn(f"{48 - len(said)} utterances", run.stdout)

        # Digital silence has features, too.
        said.pop("s1-sad-3.wav")
        files = sorted(tones.glob("*.wav"))
        run = self.sezim("features", *files, "--set", "mfcc39-stats", "--out", self.folder / "f.csv", expect=SOME_REJECTED)
        self.assert_each_named_once(run.stderr, said)
        self.assertEqual(len((self.folder / "f.csv").read_text().splitlines()), 1 + 48 - len(said))
        run = self.sezim("recognize", "--model", self.folder / "m", "--min-speech", 0, *files, expect=SOME_REJECTED)
        self.assert_each_named_once(run.stderr, said)
        heard = {Path(json.loads(line)["file"]).name for line in run.stdout.splitlines()}
        self.assertEqual(heard, {file.name for file in files} - set(said))

    def test_reading_a_corpus_names_what_cannot_be_opened(self):
        tones = self.folder / "corpus"
        make_corpus(tones)
        said = damage(tones)
        # It opens files but decodes none, so what is wrong with the sound itself does not show.
        unseen = {"s0-angry-0.wav", "s1-sad-0.wav", "s1-sad-1.wav", "s1-sad-3.wav", "s2-happy-0.wav", "s2-happy-1.wav",
                  "s0-angry-3.wav", "s1-sad-2.wav"}
        run = self.sezim("corpus", "read", "csv", tones, "--json", expect=SOME_REJECTED)
        self.assert_each_named_once(run.stderr, {name: about for name, about in said.items() if name not in unseen})
        self.assertEqual(json.loads(run.stdout)["all"]["clips"], 48 - len(said) + len(unseen))

    def test_nothing_can_be_learnt_of_files_that_are_all_damaged(self):
        make_corpus(self.folder / "corpus", num_speakers=2, per_emotion=1)
        for file in (self.folder / "corpus").glob("*.wav"):
            file.write_bytes(b"no sound")
        file = experiment(self.folder, TONES + MODEL)
        for command in (["evaluate", file], ["train", file, "--no-evaluation", "--out", self.folder / "m"]):
            run = self.sezim(*command, "--data-root", self.folder, expect=FAILED)
            self.assertIn("no sound", run.stderr + "no sound" if "utterance" in run.stderr else run.stderr)
        self.assertFalse((self.folder / "m").exists())

    def test_one_speaker_is_no_fold(self):
        make_corpus(self.folder / "corpus", num_speakers=1)
        run = self.sezim("evaluate", experiment(self.folder, TONES), "--data-root", self.folder, expect=WRONG_USAGE)
        self.assertIn("speaker", run.stderr)
        run = self.sezim("train", experiment(self.folder, TONES + MODEL), "--data-root", self.folder, "--out",
                         self.folder / "m", "--no-evaluation", expect=DONE)
        self.assertIn("1 speaker", run.stdout)

    def test_one_class_is_no_choice(self):
        make_corpus(self.folder / "corpus", sounds={"sad": SOUNDS["sad"]})
        run = self.sezim("evaluate", experiment(self.folder, TONES), "--data-root", self.folder, expect=FAILED)
        self.assertIn("is sad", run.stderr)

    def test_a_class_that_is_missing_in_a_fold(self):
        """Only one speaker is ever happy: where the others train, nobody has heard it, and the figures say so."""
        tones = self.folder / "corpus"
        make_corpus(tones, num_speakers=3)
        table = tones / "list.csv"
        kept = [line for line in table.read_text(encoding="utf-8").splitlines()
                if "happy" not in line or line.startswith("s1-")]
        table.write_text("\n".join(kept) + "\n", encoding="utf-8")
        text = TONES.replace('"speaker-folds"\nfolds = 2', '"leave-one-speaker-out"')
        out = self.folder / "out.json"
        for classifier in ("svm", "logistic-regression", "softmax-regression", "random-forest", "decision-tree", "k-means"):
            with self.subTest(classifier=classifier):
                file = experiment(self.folder, text.replace('classifier = "svm"', f'classifier = "{classifier}"'))
                self.sezim("evaluate", file, "--data-root", self.folder, "--json", out, "--report", self.folder / "p.html")
                system = json.loads(out.read_text(encoding="utf-8"))["systems"][0]
                self.assertEqual(len(system["uar"]["folds"]), 3)
                labels = system["confusion"]["labels"]
                truth = system["confusion"]["rows_are_truth"]
                self.assertEqual(sum(truth[labels.index("happy")]), 4)
                self.assertEqual(truth[labels.index("happy")][labels.index("happy")], 0)  # never heard, never said


if __name__ == "__main__":
    unittest.main()
