# SPDX-License-Identifier: Apache-2.0
"""Debian's Chromium without a window, driven by Playwright."""

import contextlib
import os
import shutil

from playwright.sync_api import sync_playwright


@contextlib.contextmanager
def chromium():
    """Yields a browser. Its absence is a failure, never a reason to skip."""
    path = shutil.which("chromium")
    if path is None:
        raise AssertionError("chromium is missing: run scripts/setup.sh --tests, which installs it")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses a sandbox to root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*options, "--autoplay-policy=no-user-gesture-required"])
        try:
            yield browser
        finally:
            browser.close()
