# SPDX-License-Identifier: Apache-2.0
"""The report's page in a browser: player, filters, timeline, keys, themes, widths, and many segments."""

import collections
import itertools
import math
import re
import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from made_corpus import make_corpus  # noqa: E402
from pages import DESKTOP, PHONE, VIEWS, PageTest, sezim  # noqa: E402

HOSTILE = ["</script><script>window.taken = 1</script>.mp4", "<img src=x onerror='window.taken = 2'>.mp4",
           "line\u2028separator \u2029 <!-- <script> -->.mp4", "\"quotes' & {{data}} ${window.taken = 3}.mp4",
           "Сұхбат Әйгерім 🙂.mp4", "a-very-long-name-" * 12 + ".mp4"]


class ReportTest(PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.corpus = make_corpus(cls.small, cls.folder / "corpus", num_segments=400, num_sources=12, names=HOSTILE)
        sezim("corpus", "report", cls.corpus)
        cls.report = cls.corpus / "report.html"

    # ---- Player

    def test_a_click_plays_the_segment_and_shows_its_face(self):
        page = self.open(self.report, "#view=segments")
        row = page.locator("[role=option]").nth(2)
        identifier = row.get_attribute("data-segment")
        row.click()
        self.wait_until(page, "!audio.paused && audio.currentTime > 0", "it plays")
        self.assertEqual(page.evaluate("segments.id[state.selected]"), identifier)
        seconds, length = page.evaluate("[audio.duration, durationS(state.selected)]")
        self.assertAlmostEqual(seconds, length, delta=0.05)
        self.wait_until(page, "document.querySelector('.player .face').naturalWidth > 40", "its face shows")
        self.assertIn(page.evaluate("corpus.emotions[segments.emotion[state.selected]]"), page.locator(".player-title").inner_text())
        self.assertEqual(page.locator(".player .scores li").count(), 7)
        self.assertTrue(page.url.endswith(f"segment={identifier}"), page.url)

    def test_keys_play_pause_move_and_close(self):
        page = self.open(self.report, "#view=segments")
        page.keyboard.press("j")
        self.assertEqual(page.evaluate("state.selected"), page.evaluate("state.kept[0]"))
        page.keyboard.press(" ")
        self.wait_until(page, "!audio.paused", "space plays")
        self.assertEqual(page.get_attribute("#play", "aria-label"), "Pause (space)")
        page.keyboard.press(" ")
        self.wait_until(page, "audio.paused", "space pauses")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        self.assertEqual(page.evaluate("state.kept.indexOf(state.selected)"), 1)
        self.assertEqual(page.locator("[role=option][aria-selected=true]").count(), 1)
        page.keyboard.press("Escape")
        self.assertTrue(page.locator("#player").is_hidden())
        page.keyboard.press("?")
        self.assertTrue(page.locator("#help").is_visible())
        self.assertIn("Licences of the chart libraries", page.locator("#help").inner_text())
        page.keyboard.press("Escape")
        self.assertTrue(page.locator("#help").is_hidden())

    def test_the_list_is_usable_by_arrow_keys_and_follows_them(self):
        page = self.open(self.report, "#view=segments")
        page.locator("#segments").focus()
        for _ in range(30):
            page.keyboard.press("ArrowDown")
        self.assertEqual(page.evaluate("state.kept.indexOf(state.selected)"), 29)
        box = page.locator("[role=option][aria-selected=true]").bounding_box()
        self.assertGreater(box["y"], 0)
        self.assertLess(box["y"] + box["height"], page.locator("#player").bounding_box()["y"])
        self.assertEqual(page.get_attribute("#segments", "aria-activedescendant"), page.evaluate("`row-${state.selected}`"))
        page.keyboard.press("End")
        self.assertEqual(page.evaluate("state.kept.indexOf(state.selected)"), 399)

    def test_the_sound_can_be_moved_in(self):
        page = self.open(self.report, "#view=segments")
        page.locator("[role=option]").first.click()
        self.wait_until(page, "audio.duration > 0", "it is loaded")
        page.keyboard.press(" ")
        page.evaluate("byId('seek').value = 500; byId('seek').dispatchEvent(new Event('input'))")
        self.wait_until(page, "Math.abs(audio.currentTime - audio.duration / 2) < 0.05", "it moves")

    def test_a_page_taken_away_from_its_corpus_says_what_to_do(self):
        away = self.folder / "away.html"
        shutil.copy(self.report, away)
        context = self.browser.new_context(viewport=DESKTOP)
        self.addCleanup(context.close)
        page = context.new_page()
        page.goto(f"file://{away}#view=segments")
        page.locator("[role=option]").first.click()
        self.wait_until(page, "byId('player-message').textContent.includes('--embed')", "it says what to do")

    def test_a_page_that_holds_its_sounds_plays_anywhere(self):
        away = self.folder / "embedded" / "page.html"
        away.parent.mkdir()
        sezim("corpus", "report", self.small, "--embed", "--out", away)
        page = self.open(away, "#view=segments")
        page.locator("[role=option]").first.click()
        self.wait_until(page, "!audio.paused && audio.currentTime > 0 && audio.src.startsWith('blob:')", "it plays")

    # ---- Filters

    def test_the_voice_check_is_told_and_can_be_asked_for(self):
        page = self.open(self.report, "#view=segments")
        wanted = page.evaluate("segments.voice_check.filter((check) => corpus.voice_checks[check] === 'disagrees').length")
        self.assertGreater(wanted, 20)
        page.select_option("#filter-voice", "disagrees")
        self.assertEqual(page.evaluate("state.kept.length"), wanted)
        self.assertIn("voice=disagrees", page.url)
        page.locator("[role=option]").first.click()
        heard = page.evaluate("corpus.emotions[segments.voice_emotion[state.selected]]")
        self.assertIn(f"voice {heard}: disagrees", page.locator(".player-facts").inner_text())
        self.assertNotEqual(heard, page.evaluate("corpus.emotions[segments.emotion[state.selected]]"))

    def test_a_corpus_whose_voices_were_not_asked_has_no_such_filter(self):
        out = self.folder / "unasked.html"
        sezim("corpus", "report", self.small, "--out", out)
        page = self.open(out, "#view=segments")
        self.assertEqual(page.locator("#filter-voice").count(), 0)
        page.locator("[role=option]").first.click()
        self.assertNotIn("voice", page.locator(".player-facts").inner_text())

    def test_filters_narrow_every_view_and_stay_in_the_link(self):
        page = self.open(self.report, "#view=segments")
        everything = page.evaluate("segments.emotion.map((e, i) => [corpus.emotions[e], segments.language[i] < 0 ? '' : corpus.languages[segments.language[i]], segments.agreement[i]])")
        page.click("[data-filter=happy]")
        page.click("[data-filter=sad]")
        page.select_option("#filter-language", "kk")
        page.fill("#filter-low", "70")
        page.press("#filter-low", "Tab")
        wanted = sum(e in ("happy", "sad") and l == "kk" and a >= 700 for e, l, a in everything)
        self.assertGreater(wanted, 0)
        self.assertEqual(page.evaluate("state.kept.length"), wanted)
        self.assertEqual(page.get_attribute("[role=option] >> nth=0", "aria-setsize"), str(wanted))
        self.assertIn(f"{wanted} segments", page.locator("#filter-count").inner_text())
        self.assertEqual({text.strip().split("\n")[-1] for text in page.locator("[role=option] .tag").all_inner_texts()} - {"happy", "sad"}, set())
        again = self.open(self.report, page.url[page.url.index("#"):])
        self.assertEqual(again.evaluate("state.kept.length"), wanted)
        self.assertEqual(again.input_value("#filter-language"), "kk")
        self.assertEqual(again.get_attribute("[data-filter=happy]", "aria-pressed"), "true")
        self.assertEqual(again.get_attribute("[data-filter=angry]", "aria-pressed"), "false")
        again.click("#filter-clear")
        self.assertEqual(again.evaluate("state.kept.length"), 400)
        self.assertTrue(again.url.endswith("#view=segments"), again.url)

    def test_source_speaker_and_reason(self):
        page = self.open(self.report, "#view=rejected")
        reasons = collections.Counter(page.evaluate("rejections.reason.map((r) => corpus.reasons[r])"))
        reason, count = reasons.most_common(1)[0]
        page.select_option("#filter-reason", reason)
        self.assertEqual(page.evaluate("state.rejected.length"), count)
        self.assertEqual(set(page.locator(".row-reason").all_inner_texts()), {reason})
        page.click("#filter-clear")
        page.fill("#filter-source", "Әйгерім")
        self.wait_until(page, "new URLSearchParams(location.hash.slice(1)).get('source') === 'Әйгерім'", "the source is in the link")
        self.assertEqual(page.evaluate("[...new Set(state.kept.map((i) => sources[segments.source[i]].name))]"), [HOSTILE[4]])
        page.click("#filter-clear")
        page.select_option("#filter-speaker", "S2")
        self.assertEqual(page.evaluate("[...new Set(state.kept.map((i) => segments.speaker[i]))]"), [1])

    def test_charts_follow_the_filters(self):
        page = self.open(self.report)
        page.wait_for_selector("#chart-spread svg")
        for chart in ("emotions", "hours", "languages", "reasons", "agreement", "spread"):
            self.assertGreater(page.locator(f"#chart-{chart} svg path").count(), 3, chart)
        counts = collections.Counter(page.evaluate("segments.emotion.map((e) => corpus.emotions[e])"))
        drawn = page.locator("#chart-emotions svg text").all_text_contents()
        for count in counts.values():
            self.assertIn(str(count), drawn)
        page.click("[data-filter=fear]")
        self.wait_until(page, f"document.querySelector('.tile dd').textContent === '{counts['fear']}'", "the figures follow")
        page.wait_for_selector("#chart-emotions svg")
        self.assertIn(str(counts["fear"]), page.locator("#chart-emotions svg text").all_text_contents())
        self.assertNotIn(str(counts["happy"]), page.locator("#chart-emotions svg text").all_text_contents())

    def test_filters_that_nothing_passes_say_so(self):
        for view in VIEWS:
            page = self.open(self.report, f"#view={view}&source=no%20such%20source")
            self.assertTrue(page.locator(".empty").first.is_visible(), view)

    # ---- Timeline

    def place_of(self, page, kind, number=0):
        """Where on the window the item `number` of a kind of the first timeline is, and its index."""
        return page.evaluate("""([kind, number]) => {
          const source = timelineSources[0];
          const item = timelineItems.get(source).filter((one) => one.kind === kind)[number];
          const canvas = document.querySelector(`canvas[data-source="${source}"]`);
          const box = canvas.getBoundingClientRect();
          const {from, to} = windowOf(source);
          const x = box.left + ((item.start + item.end) / 2 - from) / (to - from) * box.width;
          return {x, y: box.top + (kind === 'segment' ? 53 : 82), index: item.index};
        }""", [kind, number])

    def test_a_click_on_a_timeline_plays_what_is_there(self):
        page = self.open(self.report, "#view=timeline")
        place = self.place_of(page, "segment", 3)
        page.mouse.click(place["x"], place["y"])
        self.assertEqual(page.evaluate("state.selected"), place["index"])
        self.wait_until(page, "!audio.paused && audio.currentTime > 0", "it plays")
        page.keyboard.press("Escape")
        page.mouse.click(place["x"], place["y"] + 29)  # the same moment on the track of rejections
        self.assertEqual(page.evaluate("state.selected"), -1)

    def test_a_rejection_tells_its_reason(self):
        page = self.open(self.report, "#view=timeline")
        place = self.place_of(page, "rejection", 1)
        page.mouse.move(place["x"], place["y"])
        reason = page.evaluate("(i) => corpus.reasons[rejections.reason[i]]", place["index"])
        self.assertIn(f"rejected: {reason}", page.locator("#tip").inner_text())
        page.mouse.move(5, 5)
        self.assertTrue(page.locator("#tip").is_hidden())

    def test_a_timeline_by_keyboard(self):
        page = self.open(self.report, "#view=timeline")
        page.locator("canvas").first.focus()
        page.keyboard.press("ArrowRight")
        said = page.locator("#spoken").inner_text()
        items = page.evaluate("timelineItems.get(timelineSources[0]).map(describe)")
        self.assertEqual(said, items[0])
        while "rejected" in page.locator("#spoken").inner_text():
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        self.wait_until(page, "!audio.paused", "Enter plays")
        self.assertEqual(page.evaluate("describe(focused.get(timelineSources[0]))"), page.locator("#spoken").inner_text())
        span = "windowOf(timelineSources[0]).to - windowOf(timelineSources[0]).from"
        whole = page.evaluate(span)
        for _ in range(3):
            page.keyboard.press("+")
        self.assertAlmostEqual(page.evaluate(span), whole / 1.6 ** 3, delta=1)
        start = page.evaluate("windowOf(timelineSources[0]).from")
        page.keyboard.press("Shift+ArrowRight")
        self.assertGreater(page.evaluate("windowOf(timelineSources[0]).from"), start)
        page.keyboard.press("0")
        self.assertEqual(page.evaluate(span), whole)
        page.keyboard.press("End")
        self.assertEqual(page.locator("#spoken").inner_text(), items[-1])

    def test_a_timeline_is_dragged_and_zoomed_by_the_wheel(self):
        page = self.open(self.report, "#view=timeline")
        box = page.locator("canvas").first.bounding_box()
        middle = box["x"] + box["width"] / 2
        page.mouse.move(middle, box["y"] + 100)
        page.keyboard.down("Control")
        page.mouse.wheel(0, -600)
        page.keyboard.up("Control")
        at = "windowOf(timelineSources[0])"
        self.wait_until(page, f"{at}.to - {at}.from < lengthMs(timelineSources[0]) / 2", "the wheel zooms")
        before = page.evaluate(at)
        page.mouse.down()
        page.mouse.move(middle - 100, box["y"] + 100, steps=4)
        page.mouse.up()
        after = page.evaluate(at)
        self.assertAlmostEqual(after["from"] - before["from"], 100 / box["width"] * (before["to"] - before["from"]), delta=2)
        self.assertEqual(page.evaluate("state.selected"), -1)  # a drag chooses nothing

    def test_two_fingers_zoom_a_timeline(self):
        page = self.open(self.report, "#view=timeline", PHONE, has_touch=True)
        box = page.locator("canvas").first.bounding_box()
        touch = page.context.new_cdp_session(page)
        y = box["y"] + 50
        points = lambda a, b: [{"x": box["x"] + a, "y": y, "id": 0}, {"x": box["x"] + b, "y": y, "id": 1}]  # noqa: E731
        whole = page.evaluate("lengthMs(timelineSources[0])")
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points(140, 200)})
        for spread in range(0, 70, 10):
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points(140 - spread, 200 + spread)})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        span = page.evaluate("windowOf(timelineSources[0]).to - windowOf(timelineSources[0]).from")
        self.assertAlmostEqual(span / whole, 60 / 180, delta=0.03)

    def test_a_finger_learns_why_something_was_rejected(self):
        page = self.open(self.report, "#view=timeline", PHONE, has_touch=True)
        share = page.evaluate("""() => {
            const source = timelineSources[0], item = timelineItems.get(source).find((one) => one.kind === 'rejection');
            return (item.start + item.end) / 2 / lengthMs(source);
        }""")
        canvas = page.locator("canvas").first
        canvas.tap(position={"x": share * canvas.bounding_box()["width"], "y": 82})
        page.wait_for_timeout(100)
        self.assertTrue(page.locator("#tip").is_visible())
        self.assertIn("rejected: ", page.locator("#tip").inner_text())
        self.assertEqual(page.locator("#tip").inner_text(), page.evaluate("describe(focused.get(timelineSources[0]))"))
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(200)
        self.assertTrue(page.locator("#tip").is_hidden())  # what it stood beside has moved
        self.assertEqual(page.locator(".timeline-names").first.locator("span:visible").all_text_contents(),
                         ["speech", "faces", "segments", "rejected"])

    def test_the_keyboard_keeps_its_place(self):
        page = self.open(self.report, "#view=overview")
        page.locator("#tab-segments").focus()
        page.keyboard.press("Enter")
        self.assertEqual(page.evaluate("document.activeElement.id"), "tab-segments")
        page.locator(".chip").nth(2).click()
        page.locator("#filter-clear").focus()
        page.keyboard.press("Enter")
        self.assertEqual(page.evaluate("document.activeElement === document.querySelector('.chip')"), True)

    def test_a_phone_shows_the_whole_detail_of_a_rejection(self):
        page = self.open(self.report, "#view=rejected", PHONE, has_touch=True)
        cut = "[...document.querySelectorAll('.row-rejected .quiet')].filter((p) => p.scrollHeight > p.clientHeight + 1).length"
        self.assertGreater(page.locator(".row-rejected").count(), 3)
        self.assertEqual(page.evaluate(cut), 0)

    def test_the_segment_in_hand_is_found_in_its_timeline(self):
        page = self.open(self.report, "#view=segments")
        page.locator("#segments").focus()
        page.keyboard.press("End")
        page.keyboard.press("t")
        source = page.evaluate("segments.source[state.selected]")
        self.assertTrue(page.locator(f"canvas[data-source='{source}']").is_visible())
        window, start = page.evaluate(f"[windowOf({source}), segments.start_ms[state.selected]]")
        self.assertTrue(window["from"] <= start <= window["to"])

    # ---- The page as a whole

    def test_hostile_names_stay_text(self):
        page = self.open(self.report, "#view=timeline")
        shown = set()
        for _ in range(6):
            shown.update(page.locator(".timeline h2").all_text_contents())
            page.mouse.wheel(0, 700)
            page.wait_for_timeout(80)
        self.assertEqual(shown, set(HOSTILE))
        for view in VIEWS:
            page.evaluate("(view) => showView(view)", view)
            page.wait_for_timeout(100)
        self.assertIsNone(page.evaluate("window.taken ?? null"))
        self.assertEqual(page.locator("main img:not(.face)").count(), 0)
        self.assertEqual(page.evaluate("sources.map((s) => s.name).sort()"), sorted(HOSTILE * 2))

    def test_no_view_is_wider_than_the_window_and_fingers_hit_everything(self):
        for size in (PHONE, {"width": 320, "height": 640}, {"width": 768, "height": 1024}, DESKTOP):
            for view in VIEWS:
                page = self.open(self.report, f"#view={view}", size)
                if view == "overview":
                    page.wait_for_selector("#chart-spread svg")
                page.evaluate("document.getElementById('filter-details').open = true; if (state.view !== 'overview') select(5)")
                told = f"{size['width']} {view}"
                self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, told)
                small = page.evaluate("""() => [...document.querySelectorAll('button, select, input, summary, [role=option]')]
                    .filter((one) => one.offsetParent !== null && !one.closest('dialog'))
                    .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
                    .filter(([, box]) => box.height > 0 && (box.height < 43.5 || box.width < 43.5)).map(([html]) => html)""")
                self.assertEqual(small, [], told)
                wide = page.evaluate("""() => [...document.querySelectorAll('svg.marks')].filter((one) =>
                    one.getBoundingClientRect().right > one.closest('.card').getBoundingClientRect().right - 8).length""")
                self.assertEqual(wide, 0, f"{told}: charts wider than their card")
                page.context.close()

    def test_both_themes_can_be_read(self):
        for scheme in ("light", "dark"):
            page = self.open(self.report, scheme=scheme)
            self.assertEqual(page.evaluate("document.documentElement.dataset.theme"), scheme)
            colours = page.evaluate("""() => Object.fromEntries(['ground', 'card', 'text', 'quiet', 'accent', 'on-accent', 'on-emotion',
                'reject', 'speech', 'faces', 'track', ...corpus.emotions.map((name) => `emotion-${name}`)].map((name) => [name, cssColour(name)]))""")
            for text, ground, least in [("text", "ground", 7), ("text", "card", 7), ("quiet", "ground", 4.5), ("quiet", "card", 4.5),
                                        ("on-accent", "accent", 4.5), ("reject", "track", 3), ("reject", "card", 4.5)]:
                self.assertGreaterEqual(contrast(colours[text], colours[ground]), least, f"{scheme}: {text} on {ground}")
            for name in (name for name in colours if name.startswith("emotion-")):
                self.assertGreaterEqual(contrast(colours[name], colours["card"]), 3, f"{scheme}: {name}")
                self.assertGreaterEqual(contrast(colours[name], colours["track"]), 3, f"{scheme}: {name} on a track")
                self.assertGreaterEqual(contrast(colours["on-emotion"], colours[name]), 4, f"{scheme}: letters on {name}")
            for sight, matrix in SIGHTS.items():
                seen = {name: lab(colours[name], matrix) for name in colours if name.startswith("emotion-")}
                for one, other in itertools.combinations(seen, 2):
                    self.assertGreaterEqual(math.dist(seen[one], seen[other]), 12, f"{scheme}, {sight}: {one} and {other}")
            page.click("#theme")
            self.assertNotEqual(page.evaluate("document.documentElement.dataset.theme"), scheme)

    def test_every_control_has_a_name_and_a_visible_focus(self):
        page = self.open(self.report, "#view=segments")
        page.keyboard.press("j")
        unnamed = page.evaluate("""() => [...document.querySelectorAll('button, input, select, canvas, [role=listbox]')]
            .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)).map((one) => one.outerHTML)""")
        self.assertEqual(unnamed, [])
        seen = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            tag, outline = page.evaluate("[document.activeElement === document.body ? '' : document.activeElement.id || document.activeElement.className, getComputedStyle(document.activeElement).outlineStyle]")
            if tag:
                seen.add(tag)
                self.assertNotEqual(outline, "none", tag)
        for wanted in ("theme", "tab-timeline", "filter-language", "segments", "seek"):
            self.assertIn(wanted, seen)

    def test_reduced_motion_is_respected(self):
        page = self.open(self.report, reduced_motion="reduce")
        self.assertEqual(page.evaluate("getComputedStyle(document.querySelector('.chip')).transitionDuration"), "0s")

    def test_an_empty_corpus_has_a_page(self):
        empty = make_corpus(self.small, self.folder / "empty", num_segments=0, num_sources=1)
        sezim("corpus", "report", empty)
        for view in VIEWS:
            page = self.open(empty / "report.html", f"#view={view}")
            self.assertTrue(page.locator("main").inner_text())

    def test_drop_takes_the_report_away(self):
        corpus = make_corpus(self.small, self.folder / "dropped", num_segments=10, num_sources=2)
        sezim("corpus", "report", corpus)
        sezim("corpus", "report", corpus, "--review")
        sezim("corpus", "drop", corpus, "--source", "interviews/2015/guest 001.mp4")
        self.assertEqual([path.name for path in corpus.glob("*.html*")], [])


class ManySegmentsTest(PageTest):
    def test_of_ten_thousand_segments_only_those_in_sight_are_drawn(self):
        """What keeps the page fluid; how fluid it is, report_perf.py measures."""
        corpus = make_corpus(self.small, self.folder / "many", num_segments=10_000)
        sezim("corpus", "report", corpus)
        page = self.open(corpus / "report.html", "#view=segments")
        page.evaluate("""async () => {
          for (let i = 0; i < 100; ++i) {
            window.scrollBy({top: 5000, behavior: 'instant'});
            await new Promise(requestAnimationFrame);
          }
        }""")
        page.wait_for_function("document.querySelectorAll('[role=option]').length > 0")
        self.assertLess(page.locator("[role=option]").count(), 60)
        self.assertGreater(int(page.get_attribute("[role=option] >> nth=-1", "aria-posinset")), 5000)
        page.evaluate("showView('timeline')")
        self.assertLess(page.locator("canvas").count(), 20)


# How linear red, green and blue come to be seen, after Machado, Oliveira and Fernandes (2009), severity 1.
SIGHTS = {
    "full sight": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour):
    """#rrggbb as linear red, green and blue in [0, 1]."""
    parts = [int(part, 16) / 255 for part in re.fullmatch("#(..)(..)(..)", colour).groups()]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(colour, matrix):
    """CIE L*a*b* (D65) of a colour as it is seen."""
    seen = [min(1, max(0, sum(weight * part for weight, part in zip(row, linear(colour))))) for row in matrix]
    rows = [(0.4124, 0.3576, 0.1805, 0.9505), (0.2126, 0.7152, 0.0722, 1), (0.0193, 0.1192, 0.9505, 1.089)]
    x, y, z = ((r * seen[0] + g * seen[1] + b * seen[2]) / white for r, g, b, white in rows)
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def contrast(one, other):
    """The contrast ratio of WCAG 2 of two colours #rrggbb."""
    luminances = [sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear(colour))) for colour in (one, other)]
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


if __name__ == "__main__":
    unittest.main()
