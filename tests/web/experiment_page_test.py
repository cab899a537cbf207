# SPDX-License-Identifier: Apache-2.0
"""The page of an experiment in a browser: charts, choice of a system, widths, themes, keys, hostile texts."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from pages import DESKTOP, PHONE, BrowserTest, sezim  # noqa: E402
from experiment_test import TONES, make_corpus  # noqa: E402

HOSTILE = "</script><img src=x onerror='window.taken = 1'> {{data}} ${window.taken = 2}"


class ExperimentPageTest(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_corpus(cls.folder / "corpus")
        (cls.folder / "corpus" / "s1-sad-0.wav").write_bytes(b"no sound")
        cls.page = cls.made("tones", TONES)
        shared = TONES.replace('protocol = "speaker-folds"\nfolds = 2', 'protocol = "random-draws"')
        shared = shared.replace('"Tones"', f'"Tones {HOSTILE}"').replace('"SVM"', f'"SVM {HOSTILE}"')
        datasets = "".join(f'[[dataset]]\nname = "{name}"\nlanguage = "{name}"\n' for name in ("kk", "ru"))
        cls.shared = cls.made("shared", shared + datasets)

    @classmethod
    def made(cls, name, toml):
        file = cls.folder / f"{name}.toml"
        file.write_text(toml, encoding="utf-8")
        sezim("evaluate", file, "--data-root", cls.folder, "--report", cls.folder / f"{name}.html", status=3)
        return cls.folder / f"{name}.html"

    def drawn(self, page, selector):
        self.wait_until(page, f"document.querySelectorAll('{selector} svg.marks path').length > 3", f"{selector} is drawn")

    def test_charts_are_drawn_and_the_best_system_is_looked_at(self):
        page = self.open(self.page)
        self.drawn(page, "#folds-0")
        visible = page.locator(".system:visible")
        self.assertEqual(visible.count(), 1)
        best = page.locator("tr.is-best a")
        self.assertEqual(f"#{visible.get_attribute('id')}", best.get_attribute("href"))
        for chart in (".reliability", ".risk"):
            self.drawn(page, f".system:not([hidden]) {chart}")
        self.assertEqual(page.locator("svg.confusion:visible").count(), 1)
        for system in ("SVM", "logistic (speaker-normalised)", "both (speaker-normalised)"):
            self.assertEqual(page.locator("#fold-charts svg text").get_by_text(system, exact=True).count(), 1, system)
        self.assertIn("s1-sad-0.wav", page.locator(".problems").inner_text())
        self.assertIn("sezim evaluate", page.locator(".how pre").first.inner_text())
        self.assertEqual(page.locator(".how pre").nth(1).inner_text().strip(), TONES.strip())
        self.assertEqual(page.locator(".warning").count(), 0)

    def test_a_system_is_chosen_by_list_by_link_and_by_address(self):
        page = self.open(self.page)
        for index in ("1", "2", "0"):
            page.select_option("#system", index)
            self.assertEqual(page.locator(".system:visible").get_attribute("id"), f"system-{index}")
            self.drawn(page, f"#system-{index} .reliability")
        page.locator("tbody a").nth(1).press("Enter")
        self.wait_until(page, "!document.getElementById('system-1').hidden", "the link is followed")
        self.assertEqual(page.input_value("#system"), "1")
        again = self.open(self.page, "#system-2")
        self.assertEqual(again.locator(".system:visible").get_attribute("id"), "system-2")

    def test_shared_speakers_are_loud_and_hostile_texts_stay_texts(self):
        page = self.open(self.shared)
        self.drawn(page, "#folds-1")
        self.assertIn("SPEAKERS SHARED", page.locator(".warning").inner_text())
        self.assertIn(HOSTILE, page.locator("h1").inner_text())
        self.assertIn(HOSTILE, page.locator("tbody a").first.inner_text())
        self.assertIsNone(page.evaluate("window.taken ?? null"))
        self.assertEqual(page.locator("img").count(), 0)
        self.assertEqual(page.locator("tr.dataset").count(), 2)

    def test_no_width_scrolls_sideways_and_fingers_hit_the_choice(self):
        for size in (PHONE, {"width": 320, "height": 640}, {"width": 768, "height": 1024}, DESKTOP):
            for file in (self.page, self.shared):
                page = self.open(file, "", size)
                self.drawn(page, ".system:not([hidden]) .risk")
                self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, str(size))
                self.assertGreaterEqual(page.locator("#system").bounding_box()["height"], 44)
                wide = page.evaluate("""() => [...document.querySelectorAll('svg.marks')].filter((one) =>
                    one.getBoundingClientRect().right > one.closest('.card').getBoundingClientRect().right).length""")
                self.assertEqual(wide, 0, f"{size}: charts wider than their card")
                page.context.close()

    def test_the_theme_follows_the_viewer_and_keys_reach_everything(self):
        page = self.open(self.page, scheme="dark")
        self.assertEqual(page.evaluate("document.documentElement.dataset.theme"), "dark")
        page.emulate_media(color_scheme="light")
        self.wait_until(page, "document.documentElement.dataset.theme === 'light'", "the theme changes")
        self.drawn(page, "#folds-0")
        seen = set()
        for _ in range(30):
            page.keyboard.press("Tab")
            name, outline = page.evaluate("[document.activeElement.id || document.activeElement.className || document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]")
            if name != "BODY":
                seen.add(name)
                self.assertNotEqual(outline, "none", name)
        self.assertLessEqual({"skip", "scroll", "system", "SUMMARY", "PRE"}, seen)


if __name__ == "__main__":
    unittest.main()
