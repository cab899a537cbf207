# SPDX-License-Identifier: Apache-2.0
"""The harvest's last stage: segments stay where the voice sounds like what the face shows."""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

from support import DONE, FAILED, contents, programme, read_lines

MODEL = "voice-emodb"
KNOWN = {"angry", "disgust", "fear", "happy", "neutral", "sad"}  # EMO-DB has no surprise


class VoiceFilterTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="sezim-voice-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.plain = cls.folder / "plain"
        cls.sezim("harvest", programme("demo"), "--out", cls.plain)

    @staticmethod
    def sezim(*arguments, expect=DONE):
        run = subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True, timeout=240)
        if run.returncode != expect:
            raise AssertionError(f"status {run.returncode} instead of {expect}: {run.stderr}")
        return run

    def copy(self, name):
        shutil.copytree(self.plain, self.folder / name)
        return self.folder / name

    def expected(self, heard):
        """Who stays of segments with both labels, by the rule: agreement, or an emotion that the model does not know."""
        return [s["id"] for s in heard if s["emotion"] not in KNOWN or s["voice_emotion"] == s["emotion"]]

    def test_a_model_that_there_is_not_leaves_no_folder(self):
        corpus = self.folder / "never"
        run = self.sezim("harvest", programme("demo"), "--out", corpus, "--voice-model", "voice-emobd", expect=FAILED)
        self.assertIn("models list", run.stderr)
        self.assertFalse(corpus.exists())

    def test_tells_what_is_out_of_date(self):
        corpus = self.copy("out-of-date")
        self.sezim("corpus", "split", corpus, "--by", "random")
        for options in ([], ["--review"]):
            self.sezim("corpus", "report", corpus, *options)
        self.assertNotIn("note", self.sezim("corpus", "filter", corpus, "--dry-run").stderr)
        run = self.sezim("corpus", "filter", corpus)
        for name in ("report.html", "review.html", "split.json"):
            self.assertIn(f"{name}'", run.stderr)

    def test_without_a_model_no_voice_is_asked(self):
        for segment in read_lines(self.plain / "segments.jsonl"):
            self.assertIsNone(segment["voice_emotion"])
            self.assertIsNone(segment["voice_scores"])

    def test_writes_down_what_the_voice_says_and_then_drops_what_disagrees(self):
        corpus = self.copy("filtered")
        before = read_lines(corpus / "segments.jsonl")
        said = json.loads(self.sezim("corpus", "filter", corpus, "--dry-run", "--json").stdout)
        heard = read_lines(corpus / "segments.jsonl")
        self.assertEqual([s["id"] for s in heard], [s["id"] for s in before])
        self.assertEqual((said["segments"], said["dropped"]), (len(before), 0))
        for segment in heard:
            scores = segment["voice_scores"]
            self.assertAlmostEqual(sum(scores.values()), 1, places=3)
            self.assertEqual(segment["voice_emotion"], max(scores, key=scores.get))
            self.assertIn(segment["voice_emotion"], KNOWN)
        stays = self.expected(heard)
        self.assertLess(len(stays), len(heard), "the synthetic voices show no emotion: some must disagree")

        done = json.loads(self.sezim("corpus", "filter", corpus, "--json").stdout)
        self.assertEqual(done["dropped"], len(heard) - len(stays))
        self.assertEqual([s["id"] for s in read_lines(corpus / "segments.jsonl")], stays)
        rejected = [r for r in read_lines(corpus / "rejected.jsonl") if r["reason"] == "voice-disagrees"]
        self.assertEqual(len(rejected), len(heard) - len(stays))
        self.sezim("corpus", "verify", corpus)
        self.assertEqual(len(list((corpus / "audio").rglob("*.flac"))), len(stays))
        stats = json.loads(self.sezim("corpus", "stats", corpus, "--json").stdout)
        gate = [g for g in stats["gates"] if g["reason"] == "voice-disagrees"]
        self.assertEqual(len(gate), 1, stats["gates"])

        again = json.loads(self.sezim("corpus", "filter", corpus, "--json").stdout)
        self.assertEqual((again["dropped"], again["segments"]), (0, len(stays)))

        # The corpus says how it was made, and a harvest that goes on into it that its segments are not heard.
        described = tomllib.loads((corpus / "corpus.toml").read_text(encoding="utf-8"))
        self.assertEqual((described["filter"]["name"], described["filter"]["drops"]), (MODEL, True))
        self.assertIn("note: 'voice-emodb' has filtered", self.sezim("harvest", programme("demo"), "--out", corpus).stderr)

    def test_the_harvest_ends_as_the_filter_does(self):
        corpus = self.copy("by-hand")
        self.sezim("corpus", "filter", corpus)
        harvested = self.folder / "harvested"
        said = self.sezim("harvest", programme("demo"), "--out", harvested, "--voice-model", MODEL).stderr
        for name in ("segments.jsonl", "rejected.jsonl"):
            self.assertEqual((harvested / name).read_bytes(), (corpus / name).read_bytes(), name)
        agreeing = sum(s["voice_check"] == "agrees" for s in read_lines(harvested / "segments.jsonl"))
        self.assertIn(f"{agreeing} sound like their label", said)
        self.assertIn(f"{len(read_lines(harvested / 'segments.jsonl')) - agreeing} are unverified", said)
        # A second run has nothing to do, and another model is another recipe.
        self.sezim("harvest", programme("demo"), "--out", harvested, "--voice-model", MODEL)
        self.assertEqual((harvested / "segments.jsonl").read_bytes(), (corpus / "segments.jsonl").read_bytes())
        self.sezim("harvest", programme("demo"), "--out", harvested, expect=2)

    def relabelled(self, name, emotion, count):
        """A copy of the corpus in which the first `count` segments have a label that the model does not know."""
        corpus = self.copy(name)
        ids = [segment["id"] for segment in read_lines(corpus / "segments.jsonl")][:count]
        with sqlite3.connect(corpus / "catalog.db") as database:
            for one in ids:
                database.execute("UPDATE segment SET emotion = ? WHERE id = ?", (emotion, one))
        database.close()
        return corpus, ids

    def test_labels_that_the_model_does_not_know_stay_unverified(self):
        corpus, ids = self.relabelled("unverified", "surprise", 2)
        said = json.loads(self.sezim("corpus", "filter", corpus, "--json").stdout)
        segments = read_lines(corpus / "segments.jsonl")
        unverified = [s["id"] for s in segments if s["emotion"] not in KNOWN]
        self.assertLessEqual(set(ids), set(unverified))
        self.assertEqual(said["unverified"], len(unverified))
        for segment in segments:
            checked = "unverified" if segment["emotion"] not in KNOWN else "agrees"
            self.assertEqual(segment["voice_check"], checked)
        self.assertNotIn("voice-unknown", {r["reason"] for r in read_lines(corpus / "rejected.jsonl")})
        stats = json.loads(self.sezim("corpus", "stats", corpus, "--json").stdout)
        self.assertEqual(stats["voice_check"]["unverified"]["segments"], len(unverified))
        self.assertEqual(stats["voice_check"]["unverified"]["emotions"]["surprise"]["segments"], len(unverified))
        self.assertEqual(stats["voice_check"]["agrees"]["segments"], said["agreeing"])
        self.assertIn(f"{len(unverified)} are unverified", self.sezim("corpus", "stats", corpus).stdout)

    def test_labels_that_the_model_does_not_know_are_dropped_if_that_is_wanted(self):
        corpus, ids = self.relabelled("dropped", "surprise", 2)
        before = read_lines(corpus / "segments.jsonl")
        said = json.loads(self.sezim("corpus", "filter", corpus, "--drop-unknown", "--dry-run", "--json").stdout)
        self.assertEqual(said["dropped"], 0)
        heard = read_lines(corpus / "segments.jsonl")
        self.assertEqual([s["id"] for s in heard], [s["id"] for s in before])
        said = json.loads(self.sezim("corpus", "filter", corpus, "--drop-unknown", "--json").stdout)
        self.assertEqual(said["dropped"], said["unverified"] + said["disagreeing"])
        segments = read_lines(corpus / "segments.jsonl")
        self.assertEqual({s["voice_check"] for s in segments}, {"agrees"})
        self.assertEqual(len(segments), said["agreeing"])
        unknown = [r for r in read_lines(corpus / "rejected.jsonl") if r["reason"] == "voice-unknown"]
        self.assertEqual(len(unknown), said["unverified"])
        self.assertGreaterEqual(len(unknown), len(ids))
        self.assertEqual({r["emotion"] for r in unknown}, {"surprise"})
        for segment in heard:
            self.assertEqual((corpus / segment["audio"]).exists(), segment["voice_check"] == "agrees")
        self.sezim("corpus", "verify", corpus)

    def test_stats_tell_the_emotions_before_the_voice_check(self):
        corpus = self.copy("counted")
        emotions = lambda lines: {e: sum(one["emotion"] == e for one in lines) for e in KNOWN | {"surprise"}}  # noqa: E731
        before = emotions(read_lines(corpus / "segments.jsonl"))
        self.sezim("corpus", "filter", corpus)
        after = emotions(read_lines(corpus / "segments.jsonl"))
        self.assertNotEqual(before, after)
        stats = json.loads(self.sezim("corpus", "stats", corpus, "--json").stdout)
        counted = lambda dataset: {e: dataset[e]["segments"] for e in before}  # noqa: E731
        self.assertEqual(counted(stats["before_voice_check"]["merged"]), before)
        self.assertEqual(counted(stats["merged"]), after)
        gate = next(g for g in stats["gates"] if g["reason"] == "voice-disagrees")
        self.assertEqual(counted(gate["left"]["merged"]), after)
        # Speech without anybody in sight never had a label.
        self.assertGreater(stats["before_gates"]["merged"]["without_label"]["segments"], 0)

    def test_what_is_not_as_it_was_harvested_is_not_judged(self):
        for name, damage, about in (
                ("swapped", lambda one, other: shutil.copyfile(other, one), "sha256"),
                ("absent", lambda one, other: one.unlink(), "is gone")):
            corpus = self.copy(name)
            one, other = sorted((corpus / "audio").rglob("*.flac"))[:2]
            damage(one, other)
            before = contents(corpus)
            run = self.sezim("corpus", "filter", corpus, expect=FAILED)
            self.assertIn(about, run.stderr)
            self.assertIn(one.name, run.stderr)
            self.assertIn("corpus verify", run.stderr)
            after = contents(corpus)
            self.assertEqual({**after, "catalog.db": None}, {**before, "catalog.db": None})
            self.assertEqual(len(read_lines(corpus / "segments.jsonl")), len(read_lines(self.plain / "segments.jsonl")))

        corpus = self.copy("description")
        (corpus / "corpus.toml").write_text("[corpus]\n[[[\n", encoding="utf-8")
        before = contents(corpus)
        for command in (["corpus", "filter", corpus], ["corpus", "export", corpus, "--format", "csv", "--out", self.folder / "never"],
                        ["corpus", "report", corpus], ["harvest", programme("demo"), "--out", corpus]):
            run = self.sezim(*command, expect=FAILED)
            self.assertIn("corpus.toml', line 2", run.stderr)
            self.assertIn("from a copy", run.stderr)
            self.assertEqual(contents(corpus), before)

    def test_a_report_of_before_is_told_of(self):
        corpus = self.copy("reported")
        self.sezim("corpus", "report", corpus)
        self.assertNotIn("report.html", self.sezim("corpus", "filter", corpus, "--dry-run").stderr)
        self.assertIn("report.html' shows what was there before", self.sezim("corpus", "filter", corpus).stderr)

    def test_a_model_that_was_tampered_with_or_is_none_is_refused_before_any_work(self):
        source = Path(os.environ["SEZIM_SOURCE"]) / "models" / "trained" / MODEL
        model = self.folder / "tampered"
        shutil.copytree(source, model)
        weights = bytearray((model / "model.onnx").read_bytes())
        weights[len(weights) // 2] ^= 1
        (model / "model.onnx").write_bytes(weights)
        out = self.folder / "never"
        run = self.sezim("harvest", programme("demo"), "--out", out, "--voice-model", model, expect=FAILED)
        self.assertIn(MODEL, run.stderr)
        self.assertFalse((out / "segments.jsonl").exists())
        run = self.sezim("corpus", "filter", self.plain, "--voice-model", "ge2e", expect=FAILED)
        self.assertIn("voice-emotion", run.stderr)
        self.assertTrue(read_lines(self.plain / "segments.jsonl"))


if __name__ == "__main__":
    unittest.main()
