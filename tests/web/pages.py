# SPDX-License-Identifier: Apache-2.0
"""What the tests of pages share: a corpus of the tiny programme, pages made of it, and a browser that reports faults."""

import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
from browser import chromium  # noqa: E402
from support import tiny_programme  # noqa: E402

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
VIEWS = ["overview", "timeline", "segments", "rejected"]


def sezim(*arguments, status=0):
    """Runs the program; returns what it wrote to standard output, or to standard error where it is to fail."""
    done = subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True, timeout=240)
    if done.returncode != status:
        raise AssertionError(f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stderr if status else done.stdout


class BrowserTest(unittest.TestCase):
    """Base of tests that look at pages. A test fails where its page reports an error or asks a network for anything."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-web-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.browser = cls.enterClassContext(chromium())

    def open(self, file, fragment="", size=None, scheme="light", **options):
        """A page in a browser context of its own."""
        context = self.browser.new_context(viewport=size or DESKTOP, color_scheme=scheme, **options)
        self.addCleanup(context.close)
        page = context.new_page()
        self.watch(page)
        page.goto(f"file://{file}{fragment}")
        return page

    def watch(self, page):
        faults = []
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: faults.append(f"request: {request.url}")
                if not request.url.startswith(("file:", "data:", "blob:")) else None)
        self.addCleanup(lambda: self.assertEqual(faults, []))

    def wait_until(self, page, expression, what):
        # Playwright's own waiting evaluates text in the page, which the page's policy forbids.
        deadline = time.monotonic() + 20
        while not page.evaluate(f"Boolean({expression})"):
            self.assertLess(time.monotonic(), deadline, f"{what}: not so after 20 s: {expression}")
            page.wait_for_timeout(20)


class PageTest(BrowserTest):
    """Base of tests of pages of a corpus."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = cls.folder / "small"
        sezim("harvest", tiny_programme(), "--out", cls.small, "--language", "kk")
