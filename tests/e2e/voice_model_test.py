# SPDX-License-Identifier: Apache-2.0
"""`sezim train` on tones that stand for emotions, and `sezim recognize` with what it made, on real speech.

The speech is the sound of the tiny programme; what a model of tones says of it means nothing, but it says something.
"""

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

from support import DONE, FAILED, SOME_REJECTED, WRONG_USAGE, ffmpeg, tiny_programme
from tones import CORPUS, HEAD, SOUNDS, SVM, experiment, make_corpus

LABELS = sorted(SOUNDS)
CONFIG = HEAD + """[model]
name = "tones"
description = "tones with a 'quote', a \\"second\\" and a \\\\"
licence = "CC0-1.0"
abstain_below = 0.4
""" + CORPUS + SVM


def sezim(*arguments, cwd=None):
    return subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True, timeout=240,
                          cwd=cwd)


class VoiceModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-voice-")
        cls.addClassCleanup(folder.cleanup)
        cls.shared = Path(folder.name)
        make_corpus(cls.shared / "corpus", num_speakers=3, per_emotion=2)
        cls.model = cls.shared / "tones"
        cls.training = sezim("train", experiment(cls.shared, CONFIG), "--data-root", cls.shared, "--out", cls.model,
                             "--json", cls.shared / "figures.json", "--report", cls.shared / "figures.html")
        cls.speech = cls.shared / "speech.wav"
        ffmpeg("-i", tiny_programme(), "-t", 8.3, "-vn", "-ac", 1, "-ar", 16000, cls.speech)

    def setUp(self):
        self.assertEqual(self.training.returncode, DONE, self.training.stderr)
        folder = tempfile.TemporaryDirectory(prefix="sezim-voice-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def recognize(self, *arguments, expect=DONE, model=None):
        run = sezim("recognize", "--model", model or self.model, *arguments)
        self.assertEqual(run.returncode, expect, run.stderr)
        return run

    def train(self, config, *arguments, expect, cwd=None):
        run = sezim("train", experiment(self.folder, config), "--data-root", self.folder, *arguments, cwd=cwd)
        self.assertEqual(run.returncode, expect, run.stderr)
        return run

    def copied_model(self):
        return Path(shutil.copytree(self.model, self.folder / "model"))

    # Training

    def test_training_tells_its_figures_and_what_it_wrote(self):
        self.assertEqual(sorted(p.name for p in self.model.iterdir()), ["card.toml", "model.onnx"])
        self.assertIn("speakers apart", self.training.stdout)
        self.assertIn("18 utterances of 3 speakers of csv", self.training.stdout)
        card = (self.model / "card.toml").read_text(encoding="utf-8")
        self.assertIn("speakers apart", card)  # the figures stand in the card, too
        self.assertIn(hashlib.sha256((self.model / "model.onnx").read_bytes()).hexdigest(), card)

    def test_training_writes_its_figures_for_programs_and_for_looking_at(self):
        figures = json.loads((self.shared / "figures.json").read_text(encoding="utf-8"))
        self.assertEqual(figures["title"], "Tones")
        self.assertIn("confusion", json.dumps(figures))
        page = (self.shared / "figures.html").read_text(encoding="utf-8")
        self.assertIn("sezim train", page)
        self.assertIn("--report", page)

    def test_a_page_is_asked_for_in_vain_where_nothing_is_evaluated_or_something_else_would_go(self):
        run = self.train(CONFIG, "--no-evaluation", "--report", self.folder / "x.html", expect=WRONG_USAGE)
        self.assertIn("--no-evaluation", run.stderr)
        notes = self.folder / "notes.html"
        notes.write_text("mine", encoding="utf-8")
        self.assertIn("notes.html", self.train(CONFIG, "--report", notes, expect=WRONG_USAGE).stderr)
        self.assertEqual(notes.read_text(encoding="utf-8"), "mine")

    def test_the_model_tells_the_tones_apart(self):
        tones = sorted((self.shared / "corpus").glob("*.wav"))
        run = self.recognize(*tones, "--min-speech", 0)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual([line["file"] for line in lines], [str(tone) for tone in tones])
        for line in lines:
            self.assertEqual(line["emotion"], Path(line["file"]).name.split("-")[1])
            self.assertEqual((line["start_s"], line["end_s"]), (0, 0.5))

    def test_training_again_gives_the_same_bytes(self):
        again = self.folder / "again"
        run = sezim("train", "tones.toml", "--data-root", self.shared, "--out", again, "--jobs", 1, "--no-evaluation",
                    cwd=self.shared)
        self.assertEqual(run.returncode, DONE, run.stderr)
        self.assertNotIn("speakers apart", run.stdout)
        self.assertEqual((again / "model.onnx").read_bytes(), (self.model / "model.onnx").read_bytes())

    def test_a_feature_set_of_ones_own_goes_with_the_model(self):
        make_corpus(self.folder / "corpus", num_speakers=2, per_emotion=2)
        shipped = Path(os.environ["SEZIM_SOURCE"]) / "feature-sets" / "mfcc39-stats.toml"
        mine = self.folder / "mine.toml"
        mine.write_text(shipped.read_text(encoding="utf-8").replace('"std"]', '"std", "p20"]'), encoding="utf-8")
        self.train(CONFIG.replace('"mfcc39-stats"', f'"{mine}"'), "--no-evaluation", "--out", self.folder / "model", expect=DONE)
        mine.unlink()
        card = self.folder / "model" / "card.toml"
        self.assertNotIn(str(self.folder), card.read_text(encoding="utf-8"))
        tone = self.folder / "corpus" / "s0-happy-0.wav"
        run = sezim("recognize", tone, "--model", self.folder / "model", "--min-speech", 0)
        self.assertEqual(json.loads(run.stdout)["emotion"], "happy", run.stderr)
        # A card that sends the program to a file of this machine is refused.
        lines = [line for line in card.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith("feature_set")]
        card.write_text("".join(lines).replace('features = "mine"', f'features = "{shipped}"'), encoding="utf-8")
        run = sezim("recognize", tone, "--model", self.folder / "model", "--min-speech", 0)
        self.assertEqual(run.returncode, FAILED)
        self.assertIn("not on its card", run.stderr)

    def test_the_folder_is_called_as_the_model(self):
        make_corpus(self.folder / "corpus", num_speakers=2, per_emotion=2)
        self.train(CONFIG, "--no-evaluation", expect=DONE, cwd=self.folder)
        self.assertTrue((self.folder / "tones" / "card.toml").is_file())

    def test_another_model_is_not_replaced(self):
        make_corpus(self.folder / "corpus", num_speakers=2, per_emotion=2)
        model = self.copied_model()
        before = (model / "model.onnx").read_bytes()
        run = self.train(CONFIG.replace('name = "tones"', 'name = "others"'), "--out", model, expect=WRONG_USAGE)
        self.assertIn("tones", run.stderr)
        self.assertEqual((model / "model.onnx").read_bytes(), before)
        # Its own is, even if what is there was left half written.
        (model / "model.onnx").write_bytes(b"half")
        self.train(CONFIG, "--no-evaluation", "--out", model, expect=DONE)
        self.recognize(self.speech, model=model)

    def test_training_names_what_it_leaves_out(self):
        make_corpus(self.folder / "corpus", num_speakers=2, per_emotion=2)
        (self.folder / "corpus" / "s1-sad-0.wav").write_bytes(b"no sound")
        run = self.train(CONFIG, "--no-evaluation", "--out", self.folder / "m", expect=SOME_REJECTED)
        self.assertEqual(run.stderr.count("s1-sad-0.wav"), 1, run.stderr)
        self.assertIn("11 utterances", run.stdout)
        self.recognize(self.speech, model=self.folder / "m")

    def test_what_cannot_be_trained_is_refused_at_once(self):
        # There is no corpus, so whoever looked at it first would fail otherwise.
        without = re.sub(r"\[model\]\n(?:\w.*\n)+", "", CONFIG)
        self.assertIn("[model]", self.train(without, expect=WRONG_USAGE).stderr)
        two = CONFIG + CONFIG[CONFIG.index("[[system]]"):].replace('"SVM"', '"another"')
        self.assertIn("one [[system]]", self.train(two, expect=WRONG_USAGE).stderr)
        normalised = CONFIG + "speaker_normalisation = true\n"
        self.assertIn("speaker_normalisation", self.train(normalised, expect=WRONG_USAGE).stderr)
        self.train(CONFIG, expect=FAILED)
        self.assertEqual(sezim("train").returncode, WRONG_USAGE)
        self.assertEqual(sezim("train", self.folder / "none.toml").returncode, FAILED)

    def test_one_emotion_is_no_choice(self):
        make_corpus(self.folder / "corpus", num_speakers=2, per_emotion=2, sounds={"sad": SOUNDS["sad"]})
        for more in ([], ["--no-evaluation"]):
            run = self.train(CONFIG, "--out", self.folder / "m", *more, expect=FAILED)
            self.assertIn("every utterance of 'tones' is sad", run.stderr)
            self.assertNotIn("Traceback", run.stderr)
            self.assertFalse((self.folder / "m").exists())

    # Recognition

    def test_a_line_of_json_for_each_window_of_speech(self):
        run = self.recognize(self.speech)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertGreater(len(lines), 2)
        for line in lines:
            self.assertEqual(list(line), ["file", "start_s", "end_s", "emotion", "confidence", "abstained", "scores"])
            self.assertEqual(line["file"], str(self.speech))
            self.assertEqual(list(line["scores"]), LABELS)
            self.assertAlmostEqual(sum(line["scores"].values()), 1, delta=2e-4)
            self.assertAlmostEqual(line["scores"][line["emotion"]], line["confidence"], delta=1e-4)
            self.assertEqual(line["confidence"], max(line["scores"].values()))
            self.assertEqual(line["abstained"], line["confidence"] < 0.4)  # as the card says
            self.assertAlmostEqual(line["end_s"] - line["start_s"], 3, delta=1e-3)
        self.assertEqual(lines, sorted(lines, key=lambda line: line["start_s"]))
        self.assertEqual(self.recognize(self.speech).stdout, run.stdout)  # the same again

    def test_windows_are_as_asked(self):
        lines = [json.loads(line) for line in
                 self.recognize(self.speech, "--window", 1, "--step", 0.5, "--min-speech", 0).stdout.splitlines()]
        # 8.3 s: from 0 to 7 every half second, and the last second.
        self.assertEqual([line["start_s"] for line in lines[:-1]], [step / 2 for step in range(15)])
        self.assertAlmostEqual(lines[-1]["start_s"], 7.3, delta=0.05)
        for bad in (["--window", 0.1], ["--window", "nan"], ["--step", 5], ["--min-speech", 2],
                    ["--abstain-below", -1], ["--format", "xml"]):
            self.recognize(self.speech, *bad, expect=WRONG_USAGE)

    def test_csv(self):
        name = self.folder / 'a, "b".wav'
        shutil.copy(self.speech, name)
        text = self.recognize(name, self.speech, "--format", "csv").stdout
        rows = list(csv.DictReader(text.splitlines()))
        self.assertEqual(list(rows[0]), ["file", "start_s", "end_s", "emotion", "confidence", "abstained", *LABELS])
        self.assertEqual({row["file"] for row in rows}, {str(name), str(self.speech)})
        self.assertEqual(text.count("start_s"), 1)
        for row in rows:
            self.assertAlmostEqual(sum(float(row[label]) for label in LABELS), 1, delta=2e-4)
            self.assertIn(row["abstained"], ("yes", "no"))

    def assert_apart(self, stretches):
        """Each has a length, and none reaches into the next."""
        self.assertTrue(stretches)
        for start, end in stretches:
            self.assertLess(start, end)
        for (_, end), (start, _) in zip(stretches, stretches[1:]):
            self.assertLessEqual(end, start + 1e-9)

    # A step of a third of a second puts ends between milliseconds.
    FINE = ["--window", 1, "--step", 0.3333, "--abstain-below", 0]

    def test_rttm(self):
        name = self.folder / "a talk.wav"
        shutil.copy(self.speech, name)
        lines = self.recognize(name, "--format", "rttm", *self.FINE).stdout.splitlines()
        stretches = []
        for line in lines:
            fields = line.split(" ")
            self.assertEqual(len(fields), 10, line)
            self.assertEqual(fields[:3] + fields[5:7] + fields[9:], ["SPEAKER", "a_talk", "1", "<NA>", "<NA>", "<NA>"])
            self.assertIn(fields[7], LABELS)
            self.assertTrue(0 < float(fields[8]) <= 1)
            stretches.append((float(fields[3]), round(float(fields[3]) + float(fields[4]), 3)))
        self.assert_apart(stretches)

    def test_srt(self):
        out = self.folder / "talk.srt"
        run = self.recognize(self.speech, "--format", "srt", "--out", out, *self.FINE)
        self.assertEqual(run.stdout, "")
        stretches = []
        for number, cue in enumerate(out.read_text(encoding="utf-8").strip().split("\n\n"), 1):
            first, times, text = cue.split("\n")
            self.assertEqual(first, str(number))
            match = re.fullmatch(r"(\d\d):(\d\d):(\d\d),(\d{3}) --> (\d\d):(\d\d):(\d\d),(\d{3})", times)
            h, m, s, ms, h2, m2, s2, ms2 = map(int, match.groups())
            stretches.append((h * 3600 + m * 60 + s + ms / 1000, h2 * 3600 + m2 * 60 + s2 + ms2 / 1000))
            self.assertRegex(text, rf"^({'|'.join(LABELS)}) \d+ %$")
        self.assert_apart(stretches)
        # FFmpeg reads it.
        ffmpeg("-i", out, self.folder / "talk.vtt")

    def test_audacity(self):
        lines = self.recognize(self.speech, "--format", "audacity", *self.FINE).stdout.splitlines()
        fields = [line.split("\t") for line in lines]
        self.assertTrue(all(len(one) == 3 and one[2] in LABELS for one in fields), lines)
        self.assert_apart([(float(start), float(end)) for start, end, _ in fields])

    def test_formats_without_names_take_one_file(self):
        for format_name in ("srt", "audacity"):
            run = self.recognize(self.speech, self.speech, "--format", format_name, expect=WRONG_USAGE)
            self.assertIn("one file", run.stderr)

    def test_the_picture_is_well_formed(self):
        name = self.folder / "a<b>&c.wav"
        shutil.copy(self.speech, name)
        picture = self.folder / "course.svg"
        windows = self.recognize(name, "--picture", picture).stdout.splitlines()
        root = xml.etree.ElementTree.fromstring(picture.read_text(encoding="utf-8"))
        svg = "{http://www.w3.org/2000/svg}"
        self.assertEqual(root.tag, svg + "svg")
        self.assertIn("a<b>&c.wav", root.find(svg + "title").text)
        drawn = [one for one in root.findall(svg + "rect") if one.find(svg + "title") is not None]
        self.assertEqual(len(drawn), len(windows) * len(LABELS))
        self.recognize(name, name, "--picture", picture, expect=WRONG_USAGE)
        # A picture that cannot be written is no fault of the file.
        run = self.recognize(name, "--picture", self.folder / "none" / "x.svg", expect=FAILED)
        self.assertNotIn("rejected", run.stderr)

    def test_a_bad_file_among_good_ones_is_named(self):
        bad, silent = self.folder / "bad.wav", self.folder / "silent.mp4"
        bad.write_bytes(b"no sound at all")
        ffmpeg("-f", "lavfi", "-i", "color=size=32x32:duration=1", silent)  # pictures only
        out = self.folder / "out.jsonl"
        run = self.recognize(bad, self.speech, silent, self.folder / "none.wav", "--out", out, expect=SOME_REJECTED)
        for name in ("bad.wav", "silent.mp4", "none.wav"):
            self.assertEqual(len([line for line in run.stderr.splitlines() if "rejected" in line and name in line]), 1,
                             run.stderr)
        alone = self.recognize(self.speech).stdout
        self.assertEqual(out.read_text(encoding="utf-8"), alone)

    def test_silence_has_no_windows(self):
        silence = self.folder / "silence.wav"
        ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono:d=5", silence)
        run = self.recognize(silence, "--picture", self.folder / "s.svg")
        self.assertEqual(run.stdout, "")
        self.assertIn("no speech", run.stderr)
        self.assertIn("no speech", (self.folder / "s.svg").read_text(encoding="utf-8"))
        self.assertGreater(len(self.recognize(silence, "--min-speech", 0).stdout.splitlines()), 2)

    def test_abstains_below_what_is_asked(self):
        lines = [json.loads(line) for line in self.recognize(self.speech, "--abstain-below", 1).stdout.splitlines()]
        self.assertTrue(lines)
        self.assertTrue(all(line["abstained"] for line in lines), lines)
        self.assertEqual(self.recognize(self.speech, "--abstain-below", 1, "--format", "audacity").stdout, "")
        lines = [json.loads(line) for line in self.recognize(self.speech, "--abstain-below", 0).stdout.splitlines()]
        self.assertFalse(any(line["abstained"] for line in lines))

    def test_a_model_that_is_not_what_its_card_says_is_refused(self):
        model = self.copied_model()
        weights = bytearray((model / "model.onnx").read_bytes())
        weights[len(weights) // 2] ^= 1
        (model / "model.onnx").write_bytes(weights)
        run = self.recognize(self.speech, model=model, expect=FAILED)
        self.assertIn("sha256", run.stderr)
        self.assertEqual(run.stdout, "")
        (model / "model.onnx").write_bytes(weights[:-1])
        self.assertIn("bytes", self.recognize(self.speech, model=model, expect=FAILED).stderr)
        (model / "model.onnx").unlink()
        self.assertIn("missing", self.recognize(self.speech, model=model, expect=FAILED).stderr)

    def edited_card(self, pattern, instead):
        model = self.copied_model() if not (self.folder / "model").exists() else self.folder / "model"
        text = (self.model / "card.toml").read_text(encoding="utf-8")
        edited, count = re.subn(pattern, lambda _: instead, text)
        self.assertEqual(count, 1, pattern)
        (model / "card.toml").write_text(edited, encoding="utf-8")
        return self.recognize(self.speech, model=model, expect=FAILED).stderr

    def test_a_card_that_does_not_fit_is_refused(self):
        self.assertIn("other features", self.edited_card(r'features_digest = "\w+"', f'features_digest = "{"0" * 64}"'))
        self.assertIn("no recogniser", self.edited_card(r"task = .*", "task = 'expression'"))
        self.assertIn("no recogniser", self.edited_card(r"features = .*", ""))
        self.assertIn("no-such-set", self.edited_card(r"features = .*", "features = 'no-such-set'"))
        self.assertIn("labels", self.edited_card(r"labels = .*", "labels = ['angry', 'angry', 'sad']"))
        self.edited_card(r"labels = .*", "labels = ['angry', 'sad']")  # the network gives three
        self.assertIn("temperature", self.edited_card(r"temperature = .*", "temperature = 0"))

    def test_where_there_is_no_model(self):
        run = self.recognize(self.speech, model=self.folder, expect=FAILED)
        self.assertIn("card.toml", run.stderr)
        self.assertIn("no-such-model", self.recognize(self.speech, model="no-such-model", expect=FAILED).stderr)
        self.assertIn("no recogniser", self.recognize(self.speech, model="silero-vad-sequence", expect=FAILED).stderr)

    def test_the_shipped_model_is_there(self):
        run = sezim("models", "list", "--json")
        models = {model["name"]: model for model in json.loads(run.stdout)}
        self.assertEqual(models["voice-emodb"]["installed"], "yes")
        self.assertEqual(models["voice-emodb"]["task"], "voice-emotion")
        run = sezim("recognize", self.speech)
        self.assertEqual(run.returncode, DONE, run.stderr)
        self.assertEqual(list(json.loads(run.stdout.splitlines()[0])["scores"]),
                         ["angry", "disgust", "fear", "happy", "neutral", "sad"])


if __name__ == "__main__":
    unittest.main()
