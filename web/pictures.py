#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes pictures of a report's page: the README's, or every view to look at.

    SEZIM_BIN=build/release/bin/sezim PYTHON web/pictures.py CORPUS --readme docs/report.png
    SEZIM_BIN=build/release/bin/sezim PYTHON web/pictures.py CORPUS --all FOLDER

PYTHON is one with the packages of tests/web/requirements.txt (scripts/setup.sh --tests makes it). The README's CORPUS is
that of scripts/demo.sh: no other faces go into it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "web"))
from browser import chromium  # noqa: E402

SIZES = {"desktop": (1440, 900), "tablet": (820, 1100), "phone": (390, 844)}


def make_page(corpus, file, *options):
    subprocess.run([os.environ["SEZIM_BIN"], "corpus", "report", corpus, "--out", file, *options], check=True, capture_output=True)
    return file


def take_readme(browser, page_file, out):
    page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
    page.goto(f"file://{page_file}#view=timeline")
    page.evaluate("select(state.kept.find((i) => corpus.emotions[segments.emotion[i]] === 'happy') ?? state.kept[0])")
    page.wait_for_timeout(300)
    page.screenshot(path=out)


def take_all(browser, report, review, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            name = f"{size}-{scheme}"
            for view in ("overview", "timeline", "segments", "rejected"):
                page.goto("about:blank")
                page.goto(f"file://{report}#view={view}")
                if view == "overview":
                    page.wait_for_selector("#chart-spread svg")
                elif view != "rejected":
                    page.evaluate("select(state.kept[0])")
                page.wait_for_timeout(200)
                page.screenshot(path=folder / f"{name}-{view}.png", full_page=view == "overview")
            page.keyboard.press("?")
            page.screenshot(path=folder / f"{name}-help.png")
            page.goto(f"file://{review}")
            page.screenshot(path=folder / f"{name}-review-0.png")
            page.fill("#reviewer", "Ainur")
            page.click("#start")
            page.screenshot(path=folder / f"{name}-review-1.png")
            page.keyboard.press("4")
            page.screenshot(path=folder / f"{name}-review-2.png", full_page=True)
            page.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--readme", type=Path, metavar="FILE.png")
    parser.add_argument("--all", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sezim-pictures-") as folder, chromium() as browser:
        report = make_page(options.corpus, Path(folder) / "report.html")
        if options.readme:
            take_readme(browser, report, options.readme)
        if options.all:
            take_all(browser, report, make_page(options.corpus, Path(folder) / "review.html", "--review"), options.all)


if __name__ == "__main__":
    main()
