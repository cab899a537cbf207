# SPDX-License-Identifier: Apache-2.0
"""`sezim evaluate` by the protocol official: the split that a corpus comes with."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import DONE, WRONG_USAGE
from tones import CORPUS, HEAD, SOUNDS, SVM, experiment, make_corpus, write_tone

OFFICIAL = HEAD.replace('"speaker-folds"\nfolds = 2', '"official"') + CORPUS + SVM
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")


def make_harvested(folder, part_of_speaker, by="speaker"):
    """A harvested corpus of tones with a split.json."""
    segments, parts = [], {}
    for speaker, part in part_of_speaker.items():
        for emotion, (pitch, loudness) in SOUNDS.items():
            for take in range(3):
                name = f"{speaker}-{emotion}-{take}"
                audio = f"audio/{emotion}/{name}.wav"
                (folder / audio).parent.mkdir(parents=True, exist_ok=True)
                write_tone(folder / audio, pitch, loudness, name)
                segments.append({"id": name, "source": f"{speaker}.mp4", "source_id": speaker, "start_s": take, "end_s": take + 0.5,
                                 "emotion": emotion, "scores": {each: float(each == emotion) for each in EMOTIONS},
                                 "agreement": 1.0, "frames": 11, "voice_emotion": None, "voice_scores": None,
                                 "speaker": speaker, "language": "kk", "audio": audio, "sha256": "0" * 64})
                parts[name] = part
    (folder / "segments.jsonl").write_text("".join(json.dumps(one) + "\n" for one in segments), encoding="utf-8")
    split = {"by": by, "seed": 1, "shares": {"train": 0.6, "dev": 0.2, "test": 0.2}, "segments": dict(sorted(parts.items()))}
    (folder / "split.json").write_text(json.dumps(split), encoding="utf-8")


class OfficialSplitTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sezim-official-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "o.json"

    def evaluate(self, text, expect=DONE):
        run = subprocess.run([os.environ["SEZIM_BIN"], "evaluate", experiment(self.folder, text), "--data-root", self.folder,
                              "--json", self.out], capture_output=True, text=True, timeout=240)
        self.assertEqual(run.returncode, expect, run.stderr)
        return run

    def figures(self):
        return json.loads(self.out.read_text(encoding="utf-8"))

    def test_a_list_says_what_trains_and_what_tests(self):
        make_corpus(self.folder / "corpus")
        listed = self.folder / "corpus" / "list.csv"
        lines = listed.read_text(encoding="utf-8").splitlines()
        parts = {"s0": "train", "s1": "train", "s2": "dev", "s3": "test"}

        def write(part_of):
            listed.write_text("\n".join([lines[0] + ",split"] + [f"{line},{part_of(line)}" for line in lines[1:]]) + "\n",
                              encoding="utf-8")

        write(lambda line: parts[line[:2]])
        self.assertIn("the corpus's own split, speakers apart", self.evaluate(OFFICIAL).stdout)
        figures = self.figures()
        self.assertEqual((figures["protocol"], figures["speakers_shared"]), ("official", False))
        system = figures["systems"][0]
        self.assertEqual((system["num_clips"], system["num_tested"]), (48, 12))
        self.assertEqual([fold["fold"] for fold in system["choices"]], ["official"])
        self.assertGreater(system["uar"]["mean"], 0.6)
        # What has no part is left out.
        write(lambda line: "" if "-3.wav" in line else parts[line[:2]])
        self.evaluate(OFFICIAL)
        self.assertEqual(self.figures()["systems"][0]["num_tested"], 9)

    def test_the_part_dev_trains_too(self):
        make_corpus(self.folder / "corpus", num_speakers=3)
        listed = self.folder / "corpus" / "list.csv"
        lines = listed.read_text(encoding="utf-8").splitlines()
        parts = {"s0": "train", "s1": "dev", "s2": "test"}
        # Nobody but the speaker of dev is happy before the test.
        kept = [line for line in lines[1:] if not (line.startswith("s0") and ",happy," in line)]
        listed.write_text("\n".join([lines[0] + ",split"] + [f"{line},{parts[line[:2]]}" for line in kept]) + "\n",
                          encoding="utf-8")
        self.evaluate(OFFICIAL)
        self.assertGreater(self.figures()["systems"][0]["per_class"]["happy"]["recall"], 0.5)

    def test_who_trains_and_tests_is_named_unless_the_table_says_it(self):
        make_corpus(self.folder / "corpus")
        listed = self.folder / "corpus" / "list.csv"
        lines = listed.read_text(encoding="utf-8").splitlines()
        listed.write_text("\n".join([lines[0] + ",split"] + [f"{line},{'test' if '-3.wav' in line else 'train'}" for line in lines[1:]])
                          + "\n", encoding="utf-8")
        run = self.evaluate(OFFICIAL, expect=WRONG_USAGE)
        self.assertIn("'s0' is in the train part and in the test part", run.stderr)
        self.assertIn("speakers_shared = true", run.stderr)
        self.assertIn("SPEAKERS SHARED", self.evaluate(OFFICIAL.replace('"official"', '"official"\nspeakers_shared = true')).stdout)
        self.assertTrue(self.figures()["speakers_shared"])
        self.assertTrue(self.figures()["systems"][0]["speakers_shared"])
        listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.assertIn("no split of its own", self.evaluate(OFFICIAL, expect=WRONG_USAGE).stderr)

    def test_a_harvested_corpus_is_divided_by_its_split_file(self):
        corpus = self.folder / "corpus"
        parts = {"anna": "train", "berik": "train", "dana": "dev", "erlan": "test"}
        make_harvested(corpus, parts)
        text = OFFICIAL.replace('reader = "csv"', 'reader = "sezim"')
        self.evaluate(text)
        system = self.figures()["systems"][0]
        self.assertEqual((system["num_clips"], system["num_tested"]), (36, 9))
        self.assertGreater(system["uar"]["mean"], 0.8)
        make_harvested(corpus, parts, by="random")
        run = self.evaluate(text, expect=WRONG_USAGE)
        self.assertIn("the split of the corpus 'sezim' was made at random", run.stderr)
        self.assertIn("sezim corpus split", run.stderr)
        self.assertIn("SPEAKERS SHARED", self.evaluate(text.replace('"official"', '"official"\nspeakers_shared = true')).stdout)


if __name__ == "__main__":
    unittest.main()
