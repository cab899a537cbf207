# SPDX-License-Identifier: Apache-2.0
"""`sezim evaluate harvest`: the figures are those of a count in steps of 10 ms, and it refuses what does not belong together."""

import collections
import shutil
import unittest

from evaluating import SPANS, TRUTH, EvaluateTest, sezim
from support import DONE, WRONG_USAGE, programme, read_lines, short_clip, tiny_programme


def at(moment, spans):
    return next((span for span in spans if span["start_s"] <= moment < span["end_s"]), None)


class EvaluateHarvestTest(EvaluateTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.corpus = cls.shared / "corpus"
        run = sezim("harvest", tiny_programme(), "--out", cls.corpus, "--recipe", "paper")  # which keeps both who speak
        assert run.returncode == DONE, run.stderr

    def test_a_harvest_is_compared_with_the_truth(self):
        figures = self.evaluate_json("harvest", "--truth", TRUTH, self.corpus)
        segments = read_lines(self.corpus / "segments.jsonl")
        self.assertEqual((figures["media"], figures["segments"]), ("tiny.mp4", len(segments)))
        kept = usable = found = usable_kept = 0
        labels = collections.Counter()
        seconds = {span["kind"]: {"total_s": 0, "speech_s": 0, "kept_s": 0} for span in SPANS}
        for moment in (n / 100 + 0.005 for n in range(1200)):
            span, segment = at(moment, SPANS), at(moment, segments)
            is_voice = any(start <= moment < end for start, end in span["speech"])
            is_kept = segment is not None
            kept += is_kept
            usable += span["usable"] and is_voice
            found += span["usable"] and is_voice and is_kept
            usable_kept += span["usable"] and is_kept
            if span["usable"] and is_kept:
                labels[span["emotion"], segment["emotion"]] += 1
            of_kind = seconds[span["kind"]]
            of_kind["total_s"] += 0.01
            of_kind["speech_s"] += 0.01 * is_voice
            of_kind["kept_s"] += 0.01 * (is_voice and is_kept)
        self.assertGreater(found, 200)
        self.assertAlmostEqual(figures["precision"], usable_kept / kept, delta=0.02)
        self.assertAlmostEqual(figures["recall"], found / usable, delta=0.02)
        right = sum(count for (truth, heard), count in labels.items() if truth == heard)
        self.assertAlmostEqual(figures["label_accuracy"], right / usable_kept, delta=0.02)
        self.assertEqual(set(figures["kinds"]), set(seconds))
        for kind, wanted in seconds.items():
            for name, value in wanted.items():
                self.assertAlmostEqual(figures["kinds"][kind][name], value, delta=0.05, msg=f"{kind}: {name}")
        confusion = figures["confusion_centiseconds"]
        for truth, row in zip(confusion["labels"], confusion["rows_are_truth"]):
            for heard, count in zip(confusion["labels"], row):
                self.assertAlmostEqual(count, labels[truth, heard], delta=5, msg=f"{truth} taken for {heard}")

    def test_what_is_printed_are_the_same_figures(self):
        figures = self.evaluate_json("harvest", "--truth", TRUTH, self.corpus)
        text = self.evaluate("harvest", "--truth", TRUTH, self.corpus)
        self.assertRegex(text, rf"^tiny\.mp4: {figures['segments']} segments?\n")
        self.assertIn(f"precision {figures['precision']:.3f}, recall {figures['recall']:.3f}, "
                      f"label right on {100 * figures['label_accuracy']:.1f} %", text)
        for kind, of in figures["kinds"].items():
            share = 100 * of["kept_s"] / of["speech_s"] if of["speech_s"] else 0
            self.assertRegex(text, rf"(?m)^{kind} +{of['total_s']:.1f} +{of['speech_s']:.1f} +{of['kept_s']:.1f} +{share:.0f} %$")
        confusion = figures["confusion_centiseconds"]
        for label, row in zip(confusion["labels"], confusion["rows_are_truth"]):
            self.assertRegex(text, rf"(?m)^ *{label} +{' +'.join(map(str, row))}\b")

    def test_a_corpus_that_has_not_seen_the_programme_is_refused(self):
        self.assert_refused("harvest", "--truth", programme("demo").with_suffix(".json"), self.corpus,
                            words=[self.corpus, "has no source called 'demo.mp4'", "harvest the programme"])
        other = self.folder / "other.mp4"
        short_clip(tiny_programme(), other, "other")
        self.assertEqual(sezim("harvest", other, "--out", self.folder / "corpus").returncode, DONE)
        self.assert_refused("harvest", "--truth", TRUTH, self.folder / "corpus", words=["has no source called 'tiny.mp4'"])

    def test_two_sources_of_the_programmes_name_are_refused(self):
        videos = self.folder / "videos"
        for name in "ab":
            (videos / name).mkdir(parents=True)
        shutil.copy(tiny_programme(), videos / "a" / "tiny.mp4")
        short_clip(tiny_programme(), videos / "b" / "tiny.mp4", "another")
        self.assertEqual(sezim("harvest", videos, "--out", self.folder / "corpus").returncode, DONE)
        self.assert_refused("harvest", "--truth", TRUTH, self.folder / "corpus", status=WRONG_USAGE,
                            words=["has 2 sources called 'tiny.mp4'", "a corpus of its own"])

    def test_what_is_no_corpus_or_no_truth_is_refused(self):
        self.assert_refused("harvest", "--truth", TRUTH, self.folder, words=[self.folder, "corpus"])
        self.assert_refused("harvest", "--truth", tiny_programme(), self.corpus,
                            words=[tiny_programme(), "docs/formats/truth.md"])
        self.assert_refused("harvest", "--truth", self.folder / "none.json", self.corpus, words=["none.json", "check the path"])


if __name__ == "__main__":
    unittest.main()
