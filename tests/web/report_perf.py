#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how a report's page loads and scrolls in headless Chromium.

    SEZIM_BIN=build/release/bin/sezim PYTHON tests/web/report_perf.py CORPUS [--segments 10000]

PYTHON is one with the packages of requirements.txt; CORPUS a small one, of which a large one is made. The times of
scrolling are those between animation frames; 60 a second are 16.7 ms each.
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from browser import chromium
from made_corpus import make_corpus

SCROLL = """async (step) => {
  const times = [];
  let last = performance.now();
  for (let i = 0; i < 240; ++i) {
    window.scrollBy({top: step, behavior: 'instant'});
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times.slice(5);
}"""
ZOOM = """async () => {
  const source = timelineSources[0];
  const times = [];
  for (let i = 0; i < 120; ++i) {
    const began = performance.now();
    zoom(source, i % 40 < 20 ? 1.1 : 1 / 1.1);
    times.push(performance.now() - began);
    await new Promise(requestAnimationFrame);
  }
  return times;
}"""
FILTER = """() => {
  const began = performance.now();
  toggleEmotion('happy');
  const time = performance.now() - began;
  toggleEmotion('happy');
  return time;
}"""


def spread(times):
    ordered = sorted(times)
    return f"median {ordered[len(ordered) // 2]:.1f} ms, 95 % {ordered[int(len(ordered) * 0.95)]:.1f} ms, longest {ordered[-1]:.1f} ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--segments", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sezim-report-") as folder, chromium() as browser:
        big = make_corpus(options.corpus, Path(folder) / "big", options.segments)
        subprocess.run([os.environ["SEZIM_BIN"], "corpus", "report", big], check=True, capture_output=True)
        page_file = big / "report.html"
        print(f"{options.segments} segments: {page_file.stat().st_size / 1e6:.1f} MB")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"file://{page_file}")
        page.wait_for_selector("#chart-spread svg")
        drawn = page.evaluate("performance.now()")
        timing = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        print(f"first view ready after {timing:.0f} ms, last chart drawn after {drawn:.0f} ms")
        print(f"heap {page.evaluate('performance.memory.usedJSHeapSize') / 1e6:.0f} MB")
        page.keyboard.press("s")
        print(f"segments, scrolling 300 pixels a frame: {spread(page.evaluate(SCROLL, 300))}")
        print(f"segments, a tenth of the list a frame: {spread(page.evaluate(SCROLL, options.segments * 64 // 10))}")
        print(f"a filter: {page.evaluate(FILTER):.1f} ms")
        page.keyboard.press("l")
        page.evaluate("window.scrollTo(0, 0)")
        print(f"timelines, scrolling 60 pixels a frame: {spread(page.evaluate(SCROLL, 60))}")
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(100)
        print(f"a timeline drawn anew while zooming: {spread(page.evaluate(ZOOM))}")


if __name__ == "__main__":
    main()
