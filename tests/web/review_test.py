# SPDX-License-Identifier: Apache-2.0
"""A review from its page to the figures: what a person answers there is what `corpus review` counts."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from made_corpus import make_corpus  # noqa: E402
from pages import PHONE, PageTest, sezim  # noqa: E402


class ReviewTest(PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.corpus = make_corpus(cls.small, cls.folder / "corpus", num_segments=200, num_sources=4,
                                 names=["</script><b>secret name</b>.mp4"])
        sezim("corpus", "report", cls.corpus, "--review", "--sample", "2", "--seed", "5")
        cls.review = cls.corpus / "review.html"

    def begin(self, page, reviewer):
        page.fill("#reviewer", reviewer)
        page.click("#start")

    def export(self, page, name):
        with page.expect_download() as waiting:
            page.click("#export")
        file = self.folder / name
        waiting.value.save_as(file)
        return file

    def answer_all(self, page, answer_of):
        """Answers every piece with what `answer_of` makes of its label; returns how many there were."""
        count = page.evaluate("numSegments")
        for _ in range(count):
            label = page.evaluate("corpus.emotions[segments.emotion[review.at]]")
            page.click(f"[data-answer={answer_of(label)}]")
            if page.locator("#review-next").is_enabled():
                page.keyboard.press("Enter")
        return count

    def test_the_label_shows_only_after_the_answer(self):
        page = self.open(self.review)
        self.begin(page, "Ainur")
        self.assertEqual(page.locator("main .face").count(), 0)
        self.assertEqual(page.locator("main .tag").count(), 0)
        self.assertTrue(page.locator("#review-next").is_disabled())
        page.keyboard.press(" ")
        self.wait_until(page, "!audio.paused && audio.currentTime > 0", "space plays")
        page.keyboard.press("6")
        self.assertEqual(page.locator("[data-answer=sad]").get_attribute("aria-pressed"), "true")
        label = page.evaluate("corpus.emotions[segments.emotion[review.at]]")
        self.assertIn(label, page.locator("#verdict").inner_text())
        self.wait_until(page, "document.querySelector('#verdict .face').naturalWidth > 40", "the face shows")
        self.assertNotIn("secret name", page.content())

    def test_progress_is_kept_for_each_reviewer(self):
        page = self.open(self.review)
        self.begin(page, "Ainur")
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.keyboard.press("2")
        page.reload()
        self.assertEqual(page.input_value("#reviewer"), "Ainur")
        page.click("#start")
        self.assertTrue(page.locator("#review-count").inner_text().startswith("2 of "))
        page.reload()
        self.begin(page, "Boris")
        self.assertTrue(page.locator("#review-count").inner_text().startswith("0 of "))

    def test_what_is_exported_is_what_is_counted(self):
        first = self.open(self.review)
        self.begin(first, "Ainur <b>")
        # She hears sad where the label says neutral, cannot tell fear, and agrees otherwise.
        count = self.answer_all(first, lambda label: {"neutral": "sad", "fear": "cannot-tell"}.get(label, label))
        self.assertIn("All answered", first.locator("main").inner_text())
        one = self.export(first, "ainur.json")
        exported = json.loads(one.read_text(encoding="utf-8"))
        self.assertEqual(exported["sampled"], count)
        self.assertEqual(len(exported["answers"]), count)
        self.assertFalse(any(answer["revised"] for answer in exported["answers"]))

        second = self.open(self.review, size=PHONE)
        self.begin(second, "Boris")
        self.answer_all(second, lambda label: label)
        other = self.export(second, "boris.json")

        result = json.loads(sezim("corpus", "review", self.corpus, one, other, "--json"))
        ainur, boris = result["reviewers"]
        self.assertEqual(ainur["reviewer"], "Ainur <b>")
        self.assertEqual((boris["judged"], boris["precision"]["share"]), (count, 1))
        self.assertEqual(ainur["by_emotion"]["neutral"]["right"], 0)
        self.assertEqual(ainur["by_emotion"]["fear"]["judged"], 0)
        self.assertEqual(ainur["confusion"]["neutral"]["sad"], ainur["by_emotion"]["neutral"]["judged"])
        sizes = {name: row["in_corpus"] for name, row in boris["by_emotion"].items()}
        self.assertEqual(sum(sizes.values()), 200)
        self.assertAlmostEqual(ainur["precision"]["share"], 1 - sizes["neutral"] / (200 - sizes["fear"]), places=9)
        pair = result["agreements"][0]
        changed = sum(answer["label"] in ("neutral", "fear") for answer in exported["answers"])
        self.assertAlmostEqual(pair["observed"], 1 - changed / count, places=9)
        self.assertTrue(0 < pair["kappa"] < pair["observed"])
        self.assertIn("Cohen's kappa", sezim("corpus", "review", self.corpus, one, other))

    def test_an_answer_changed_after_the_label_was_shown_is_told(self):
        page = self.open(self.review)
        self.begin(page, "Sara")
        page.keyboard.press("1")
        page.keyboard.press("2")
        exported = json.loads(self.export(page, "sara.json").read_text(encoding="utf-8"))
        self.assertEqual([(answer["answer"], answer["revised"]) for answer in exported["answers"]], [("disgust", True)])
        self.assertIn("1 changed after the label was shown", sezim("corpus", "review", self.corpus, self.folder / "sara.json"))

    def test_the_sample_is_the_seed_s_and_in_every_emotion(self):
        page = self.open(self.review)
        emotions = page.evaluate("segments.emotion")
        self.assertEqual(sorted(emotions), sorted(2 * list(range(7))))
        ids = page.evaluate("segments.id")
        again, other = self.folder / "again.html", self.folder / "other.html"
        sezim("corpus", "report", self.corpus, "--review", "--sample", "2", "--seed", "5", "--out", again)
        sezim("corpus", "report", self.corpus, "--review", "--sample", "2", "--seed", "6", "--out", other)
        self.assertEqual(again.read_bytes(), self.review.read_bytes())
        self.assertNotEqual(self.open(other).evaluate("segments.id"), ids)

    def test_faults_are_told(self):
        page = self.open(self.review)
        self.begin(page, "Ainur")
        page.keyboard.press("1")
        file = self.export(page, "whole.json")
        self.assertIn("another corpus", sezim("corpus", "review", self.small, file, status=1))
        cut = self.folder / "cut.json"
        cut.write_bytes(file.read_bytes()[:-40])
        self.assertIn("ends before its end", sezim("corpus", "review", self.corpus, cut, status=1))
        self.assertIn("none.json", sezim("corpus", "review", self.corpus, self.folder / "none.json", status=1))
        self.assertIn("--review", sezim("corpus", "report", self.corpus, "--sample", "3", status=2))

    def test_a_browser_that_keeps_nothing_is_told_of(self):
        page = self.open(self.review)
        page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('no room'); }; }")
        self.begin(page, "Ainur")
        page.keyboard.press("1")
        self.assertIn("export before you close it", page.locator("[role=alert]").inner_text())


if __name__ == "__main__":
    unittest.main()
