# SPDX-License-Identifier: Apache-2.0
"""`sezim evaluate EXPERIMENT.toml` on corpora of tones that stand for emotions."""

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import unittest.mock
from pathlib import Path

from support import DONE, FAILED, SOME_REJECTED, TIMEOUT_S, WRONG_USAGE
from tones import CORPUS, HEAD, SOUNDS, SVM, experiment, make_corpus

TONES = HEAD + CORPUS + SVM + """[[system]]
name = "logistic"
features = "mfcc39-stats"
classifier = "logistic-regression"
speaker_normalisation = true
[[system]]
name = "both"
mean_of = ["SVM", "logistic"]
"""


class ExperimentTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sezim-experiment-"))
        self.addCleanup(lambda: subprocess.run(["rm", "-rf", str(self.folder)], check=True))

    def evaluate(self, *arguments, expect=DONE):
        run = subprocess.run([os.environ["SEZIM_BIN"], "evaluate", *map(str, arguments)], capture_output=True,
                             text=True, timeout=240)
        self.assertEqual(run.returncode, expect, run.stderr)
        return run

    def test_tells_tones_apart_and_writes_its_figures(self):
        make_corpus(self.folder / "corpus")
        file = experiment(self.folder, TONES)
        out = self.folder / "out.json"
        run = self.evaluate(file, "--data-root", self.folder, "--json", out)
        self.assertIn("speakers apart", run.stdout)
        figures = json.loads(out.read_text(encoding="utf-8"))
        self.assertEqual(figures["experiment"], "tones")
        self.assertFalse(figures["speakers_shared"])
        self.assertEqual([s["name"] for s in figures["systems"]], ["SVM", "logistic", "both"])
        for system in figures["systems"]:
            self.assertEqual(system["num_clips"], 48)
            self.assertEqual(system["num_speakers"], 4)
            self.assertEqual(sum(map(sum, system["confusion"]["rows_are_truth"])), 48)
            self.assertEqual(len(system["uar"]["folds"]), 2)
            self.assertGreater(system["uar"]["mean"], 0.8, system["name"])
            pooled = system["pooled"]
            self.assertEqual(pooled["uar_interval"]["drawn"], "speakers")
            self.assertLessEqual(pooled["uar_interval"]["low"], pooled["uar"])
            self.assertGreaterEqual(pooled["uar_interval"]["high"], pooled["uar"])
            self.assertGreater(pooled["auc"], 0.9)
            self.assertTrue(0 <= pooled["calibration_error"] < 0.5)
            self.assertEqual([point["coverage"] for point in pooled["accuracy_at_coverage"]], [1, 0.9, 0.8, 0.6])
        self.assertEqual([s["speaker_normalisation"] for s in figures["systems"]], [False, True, True])
        best = max(figures["systems"], key=lambda system: system["uar"]["mean"])["name"]
        self.assertEqual([one["system"] for one in figures["comparisons"]],
                         [name for name in ("SVM", "logistic", "both") if name != best])
        for one in figures["comparisons"]:
            self.assertEqual(one["best"], best)
            self.assertEqual(one["paired_t_test"]["degrees_of_freedom"], 1)
            self.assertEqual(one["mcnemar"]["num_utterances"], 48)
        again = self.folder / "again.json"
        self.evaluate(file, "--data-root", self.folder, "--json", again, "--jobs", "1")
        self.assertEqual(out.read_bytes(), again.read_bytes())

    def killed(self, program, cache):
        """Kills an evaluation once a fold is kept. Returns its command and how many are."""
        make_corpus(self.folder / "corpus")
        file = experiment(self.folder, TONES.replace("folds = 2", "folds = 4"))
        command = ["evaluate", str(file), "--data-root", str(self.folder), "--jobs", "1"]
        run = subprocess.Popen([program, *command], env={**os.environ, "SEZIM_CACHE": str(cache)},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while not list(cache.glob("folds/*.fold")) and time.monotonic() < end:
            time.sleep(0.002)
        run.kill()
        run.wait()
        kept = len(list(cache.glob("folds/*.fold")))
        self.assertTrue(0 < kept < 8, kept)  # of two systems with four folds
        return command, kept

    def test_another_training_module_computes_anew(self):
        program = self.folder / "here" / "bin" / "sezim"
        module = self.folder / "here" / "lib" / "sezim" / "libsezim_torch.so"
        for file in (program, module):
            file.parent.mkdir(parents=True)
        shutil.copy(os.environ["SEZIM_BIN"], program)
        module.write_bytes(b"one")
        cache = self.folder / "cache"
        command, kept = self.killed(program, cache)
        module.write_bytes(b"another")
        again = subprocess.run([program, *command], env={**os.environ, "SEZIM_CACHE": str(cache)}, capture_output=True,
                               text=True, timeout=TIMEOUT_S)
        self.assertEqual(again.returncode, DONE, again.stderr)
        self.assertNotIn("had been finished", again.stderr)
        self.assertEqual(len(list(cache.glob("folds/*.fold"))), kept)  # of the module before

    def test_goes_on_after_a_kill(self):
        cache = self.folder / "cache"
        command, kept = self.killed(os.environ["SEZIM_BIN"], cache)
        with unittest.mock.patch.dict(os.environ, {"SEZIM_CACHE": str(cache)}):
            again = self.evaluate(*command[1:], "--json", self.folder / "again.json")
            self.assertIn(f"{kept} folds had been finished", again.stderr)
            self.assertEqual(list(cache.glob("folds/*.fold")), [])
            undisturbed = self.evaluate(*command[1:], "--no-cache", "--json", self.folder / "undisturbed.json")
        self.assertEqual(again.stdout, undisturbed.stdout)
        self.assertEqual((self.folder / "again.json").read_bytes(), (self.folder / "undisturbed.json").read_bytes())

    def test_makes_a_page_that_needs_nothing_else(self):
        make_corpus(self.folder / "corpus")
        hostile = "</script><img src=x onerror='alert(1)'>"
        published = f'[[system.published]]\nmeasure = "uar"\nvalue = 0.6543\nwhere = "somebody {hostile}"\n'
        file = experiment(self.folder, TONES.replace('"Tones"', f'"Tones {hostile}"').replace(SVM, SVM + published),
                          "it's tones.toml")
        page = self.folder / "page.html"
        self.evaluate(file, "--data-root", self.folder, "--report", page)
        text = page.read_text(encoding="utf-8")
        loads = re.findall(r"<(?:script|link|img|iframe|object|audio|video|source)[^>]*(?:src|href)\s*=[^>]*>", text.split("<script type")[0])
        self.assertEqual(loads, [])
        self.assertNotIn(hostile, text)
        self.assertIn("default-src 'none'", text)
        line = text[text.index("published: somebody"):]
        self.assertEqual(re.findall("<td>(.*?)</td>", line[:line.index("</tr>")])[:5], ["", "65.4", "", "", ""])
        for wanted in ("&lt;/script&gt;", "speakers apart", "logistic (speaker-normalised)", "both (speaker-normalised)",
                       'class="confusion"', "folds = 2"):
            self.assertIn(wanted, text)
        self.assertIn("'" + str(file).replace("'", "'\\''") + "' --data-root", html.unescape(text))
        self.evaluate(file, "--data-root", self.folder, "--report", page)  # a page is replaced
        self.assertEqual(page.read_text(encoding="utf-8"), text)
        other = self.folder / "mine.txt"
        other.write_text("mine", encoding="utf-8")
        self.assertIn("mine.txt", self.evaluate(file, "--data-root", self.folder, "--report", other, expect=WRONG_USAGE).stderr)
        self.assertEqual(other.read_text(encoding="utf-8"), "mine")

    def test_names_what_it_leaves_out(self):
        make_corpus(self.folder / "corpus")
        (self.folder / "corpus" / "s1-sad-0.wav").write_bytes(b"no sound")
        (self.folder / "corpus" / "s2-happy-1.wav").write_bytes(b"")
        run = self.evaluate(experiment(self.folder, TONES), "--data-root", self.folder, "--json", self.folder / "o.json",
                            expect=SOME_REJECTED)
        self.assertEqual(run.stderr.count("s1-sad-0.wav"), 1, run.stderr)
        self.assertEqual(run.stderr.count("s2-happy-1.wav"), 1, run.stderr)
        figures = json.loads((self.folder / "o.json").read_text(encoding="utf-8"))
        self.assertEqual({s["num_clips"] for s in figures["systems"]}, {46})

    def test_says_that_speakers_are_shared(self):
        make_corpus(self.folder / "corpus")
        text = TONES.replace('protocol = "speaker-folds"\nfolds = 2', 'protocol = "random-draws"')
        run = self.evaluate(experiment(self.folder, text), "--data-root", self.folder, "--json", self.folder / "o.json")
        self.assertIn("SPEAKERS SHARED", run.stdout)
        self.assertTrue(all(s["speakers_shared"] for s in json.loads((self.folder / "o.json").read_text())["systems"]))

    def test_evaluates_each_dataset_and_the_corpus_given(self):
        make_corpus(self.folder / "anywhere")
        text = TONES.replace('folder = "corpus"\n', "") + "".join(
            f'[[dataset]]\nname = "{name}"\n{language}' for name, language in
            [("ru", 'language = "ru"\n'), ("kk", 'language = "kk"\n'), ("en", 'language = "en"\n'), ("all", "")])
        file = experiment(self.folder, text)
        self.assertIn("--corpus", self.evaluate(file, expect=WRONG_USAGE).stderr)
        self.evaluate(file, "--corpus", self.folder / "anywhere", "--json", self.folder / "o.json", expect=SOME_REJECTED)
        figures = json.loads((self.folder / "o.json").read_text(encoding="utf-8"))
        self.assertEqual([(s["dataset"], s["num_clips"]) for s in figures["systems"]],
                         [(name, count) for name, count in [("ru", 24), ("kk", 24), ("all", 48)] for _ in range(3)])
        self.assertIn("'en'", figures["problems"][0])

    def test_trains_on_one_corpus_and_tests_on_another(self):
        make_corpus(self.folder / "one", num_speakers=2)
        make_corpus(self.folder / "two", num_speakers=3)
        text = TONES.replace('"speaker-folds"\nfolds = 2', '"cross-corpus"').replace(
            'folder = "corpus"\n',
            'folder = "one"\npart = "train"\n[[corpus]]\nreader = "csv"\nfolder = "two"\npart = "test"\n')
        self.evaluate(experiment(self.folder, text), "--data-root", self.folder, "--json", self.folder / "o.json")
        for system in json.loads((self.folder / "o.json").read_text(encoding="utf-8"))["systems"]:
            self.assertEqual((system["num_clips"], system["num_tested"]), (60, 36))
        for one in json.loads((self.folder / "o.json").read_text(encoding="utf-8"))["comparisons"]:
            self.assertIsNone(one["paired_t_test"])  # of a single fold
            self.assertEqual(one["mcnemar"]["num_utterances"], 36)

    def test_classes_are_balanced_and_sounds_changed_as_asked(self):
        make_corpus(self.folder / "corpus", per_emotion=2)
        (self.folder / "corpus" / "list.csv").write_text("".join(  # few happy ones
            line for line in (self.folder / "corpus" / "list.csv").read_text(encoding="utf-8").splitlines(keepends=True)
            if "happy-1" not in line), encoding="utf-8")
        first = TONES[:TONES.index("[[system]]")]
        systems = [("svm", "mfcc39-stats", line) for line in
                   ('balance = "weights"', 'balance = "none"', 'balance = "over-sample"', 'balance = "under-sample"',
                    'augment = ["noise"]\ncopies = 2', 'augment = ["noise"]\ncopies = 1',
                    'augment = ["pitch", "speed", "reverberation"]\ncopies = 1\nspeaker_normalisation = true')]
        systems.append(("bilstm", "mfcc39", 'balance = "over-sample"\naugment = ["noise", "speed"]\ncopies = 1\n'
                        "options = { epochs = 6, batch_size = 8 }"))
        text = first + "".join(f'[[system]]\nname = "{k}"\nfeatures = "{features}"\nclassifier = "{classifier}"\n{line}\n'
                               for k, (classifier, features, line) in enumerate(systems))
        out = [self.folder / "one.json", self.folder / "again.json"]
        for file in out:
            self.evaluate(experiment(self.folder, text), "--data-root", self.folder, "--jobs", 1, "--json", file)
        self.assertEqual(out[0].read_bytes(), out[1].read_bytes())  # all that is drawn is drawn by the seed
        figures = json.loads(out[0].read_text(encoding="utf-8"))["systems"]
        for system in figures:
            self.assertEqual((system["num_clips"], system["num_tested"]), (20, 20))  # copies test nothing
            if system["classifier"] == "svm":
                self.assertGreater(system["uar"]["mean"], 0.6, system["name"])
        # What a system is trained on shows in how sure it is, even where all answer alike.
        sureness = [system["pooled"]["calibration_error"] for system in figures]
        for a, b in ((0, 2), (0, 3), (2, 3), (0, 4), (4, 5)):
            self.assertNotEqual(sureness[a], sureness[b], (a, b))

    def test_skips_what_needs_a_model_that_nobody_brought(self):
        make_corpus(self.folder / "corpus")
        text = TONES + ('[[system]]\nname = "x-vectors"\nfeatures = "xvector"\nclassifier = "svm"\n'
                        '[[system]]\nname = "with x-vectors"\nmean_of = ["SVM", "x-vectors"]\n')
        with unittest.mock.patch.dict(os.environ, {"SEZIM_CACHE": str(self.folder / "cache")}):  # an empty store
            run = self.evaluate(experiment(self.folder, text), "--data-root", self.folder, "--json",
                                self.folder / "o.json", "--report", self.folder / "o.html")
            self.assertIn("skipped: system 'x-vectors': the model xvector is not in the store", run.stderr)
            self.assertIn("docs/representations.md", run.stderr)
            self.assertIn("skipped: system 'with x-vectors': its part 'x-vectors' is skipped", run.stderr)
            only = HEAD + CORPUS + SVM.replace("mfcc39-stats", "xvector")
            run = self.evaluate(experiment(self.folder, only), "--data-root", self.folder, expect=WRONG_USAGE)
            self.assertIn("docs/representations.md", run.stderr)
            # What a command fetches is no reason to go on without it.
            fetched = TONES.replace('"mfcc39-stats"', '"ge2e"', 1)
            run = self.evaluate(experiment(self.folder, fetched), "--data-root", self.folder, expect=FAILED)
            self.assertIn("sezim models pull ge2e", run.stderr)
        figures = json.loads((self.folder / "o.json").read_text(encoding="utf-8"))
        self.assertEqual([s["name"] for s in figures["systems"]], ["SVM", "logistic", "both"])
        self.assertEqual(len(figures["skipped"]), 2)
        self.assertIn("the model xvector is not in the store", (self.folder / "o.html").read_text(encoding="utf-8"))

    def test_training_parts_of_one_class_end_their_dataset_only(self):
        make_corpus(self.folder / "corpus", per_emotion=3)
        listed = self.folder / "corpus" / "list.csv"
        lines = listed.read_text(encoding="utf-8").splitlines()
        # Those who speak Kazakh are sad or happy, each always: without one of them the other's mood is all that is left.
        kept = [line for line in lines if not line.endswith(",kk") or
                (line.startswith("s1") and ",sad," in line) or (line.startswith("s3") and ",happy," in line)]
        listed.write_text("\n".join(kept) + "\n", encoding="utf-8")
        network = '[[system]]\nname = "net"\nfeatures = "mfcc39"\nclassifier = "bilstm"\noptions = { epochs = 1 }\n'
        text = HEAD.replace('"speaker-folds"\nfolds = 2', '"leave-one-speaker-out"') + CORPUS + SVM + network
        datasets = ('[[dataset]]\nname = "Kazakh"\nlanguage = "kk"\n', '[[dataset]]\nname = "Russian"\nlanguage = "ru"\n')
        run = self.evaluate(experiment(self.folder, text + "".join(datasets)), "--data-root", self.folder, "--json",
                            self.folder / "o.json", expect=SOME_REJECTED)
        self.assertIn("dataset 'Kazakh': all that is left to train on in speaker s1 is happy", run.stderr)
        figures = json.loads((self.folder / "o.json").read_text(encoding="utf-8"))
        self.assertEqual([(s["dataset"], s["name"]) for s in figures["systems"]], [("Russian", "SVM"), ("Russian", "net")])
        run = self.evaluate(experiment(self.folder, text + datasets[0]), "--data-root", self.folder, expect=FAILED)
        self.assertIn("all that is left to train on in speaker s1 is happy", run.stderr)
        self.assertIn("two emotions", run.stderr)

    def test_a_class_missing_in_a_fold_and_one_speaker_only(self):
        make_corpus(self.folder / "corpus", num_speakers=3, per_emotion=3)
        listed = self.folder / "corpus" / "list.csv"
        lines = listed.read_text(encoding="utf-8").splitlines()
        network = ('[[system]]\nname = "net"\nfeatures = "mfcc39"\nclassifier = "bilstm"\n'
                   "options = { epochs = 2, batch_size = 8 }\n")
        text = HEAD + CORPUS + SVM + network
        out = self.folder / "o.json"
        # Only s0 is ever happy: nobody tells what it is when s0 tests.
        listed.write_text("\n".join(line for line in lines if ",happy," not in line or line.startswith("s0")) + "\n",
                          encoding="utf-8")
        apart = text.replace('"speaker-folds"\nfolds = 2', '"leave-one-speaker-out"')
        self.evaluate(experiment(self.folder, apart), "--data-root", self.folder, "--json", out)
        for system in json.loads(out.read_text(encoding="utf-8"))["systems"]:
            self.assertEqual(len(system["uar"]["folds"]), 3)
            self.assertEqual(system["per_class"]["happy"]["recall"], 0, system["name"])
            self.assertEqual(system["num_tested"], 21)
        # One speaker: speakers cannot be apart, random draws work and say so.
        listed.write_text("\n".join(line for line in lines if line.startswith(("audio", "s0"))) + "\n", encoding="utf-8")
        run = self.evaluate(experiment(self.folder, apart), "--data-root", self.folder, expect=WRONG_USAGE)
        self.assertIn("too few speakers (1)", run.stderr)
        self.assertIn("random-draws", run.stderr)
        drawn = text.replace('"speaker-folds"\nfolds = 2', '"random-draws"\nshare = 0.3\ndraws = 1')
        run = self.evaluate(experiment(self.folder, drawn), "--data-root", self.folder, "--json", out)
        self.assertIn("SPEAKERS SHARED", run.stdout)
        self.assertEqual({s["num_tested"] for s in json.loads(out.read_text(encoding="utf-8"))["systems"]}, {3})
        # Some speakers known, some not: nobody can keep them apart within what trains either.
        listed.write_text("\n".join([lines[0]] + [line.replace(",s1,", ",,") for line in lines[1:]]) + "\n", encoding="utf-8")
        self.evaluate(experiment(self.folder, drawn), "--data-root", self.folder)

    def test_what_says_when_to_stop_takes_no_class_from_a_networks_training(self):
        """Each who trains is of one mood: validating on one of them would leave a single mood."""
        sounds = {emotion: SOUNDS[emotion] for emotion in ("angry", "sad")}
        for name in ("one", "two"):
            make_corpus(self.folder / name, num_speakers=2, sounds=sounds)
        listed = self.folder / "one" / "list.csv"
        lines = listed.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if (line[:2] == "s0") == (",angry," in line)]
        listed.write_text("\n".join([lines[0]] + [line for line in kept if line != lines[0]]) + "\n", encoding="utf-8")
        text = HEAD.replace('"speaker-folds"\nfolds = 2', '"cross-corpus"') + "".join(
            f'[[corpus]]\nreader = "csv"\nfolder = "{name}"\npart = "{part}"\n' for name, part in (("one", "train"), ("two", "test")))
        text += ('[[system]]\nname = "net"\nfeatures = "mfcc39"\nclassifier = "bilstm"\n'
                 "options = { epochs = 12, batch_size = 4 }\n")
        self.evaluate(experiment(self.folder, text), "--data-root", self.folder, "--json", self.folder / "o.json")
        system = json.loads((self.folder / "o.json").read_text(encoding="utf-8"))["systems"][0]
        self.assertEqual((system["num_clips"], system["num_tested"]), (24, 16))
        self.assertGreater(system["uar"]["mean"], 0.7)

    def test_refuses_what_cannot_be(self):
        make_corpus(self.folder / "corpus", num_speakers=1, per_emotion=2)
        file = experiment(self.folder, TONES)
        self.assertIn("speaker", self.evaluate(file, "--data-root", self.folder, expect=WRONG_USAGE).stderr)
        self.assertIn("line 3", self.evaluate(experiment(self.folder, TONES.replace("folds = 2", "fold = 2")),
                                              expect=FAILED).stderr.replace("line 4", "line 3"))
        self.evaluate(self.folder / "none.toml", expect=FAILED)
        self.evaluate(expect=WRONG_USAGE)
        missing = TONES.replace('"mfcc39-stats"', '"no-such-features"', 1)
        self.assertIn("mfcc39-stats", self.evaluate(experiment(self.folder, missing), "--data-root", self.folder,
                                                    expect=FAILED).stderr)


if __name__ == "__main__":
    unittest.main()
