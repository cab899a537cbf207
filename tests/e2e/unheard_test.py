# SPDX-License-Identifier: Apache-2.0
"""Nobody hears what sezim says on standard error: the work goes on all the same, and ends with the same status."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support import DONE, FAILED, SOME_REJECTED, WRONG_USAGE, HarvestTest, read_lines  # noqa: E402


class UnheardTest(HarvestTest):
    def status(self, redirection, *arguments):
        """Of sezim with its standard error redirected so."""
        script = f'exec "$0" "$@" {redirection}'
        return subprocess.run(["sh", "-c", script, os.environ["SEZIM_BIN"], *map(str, arguments)],
                              stdout=subprocess.DEVNULL, timeout=300).returncode

    def test_the_work_goes_on(self):
        wanted = self.new_corpus("heard")
        self.harvest(self.tiny, wanted)
        empty = self.folder / "empty.mp4"
        empty.touch()
        for name, redirection in (("full", "2>/dev/full"), ("closed", "2>&-"), ("all closed", "<&- 2>&-")):
            for form in ("text", "json"):
                with self.subTest(redirection=redirection, form=form):
                    corpus = self.new_corpus(f"{name} {form}")
                    harvest = ["harvest", self.tiny, "--out", corpus, "--log", form]
                    self.assertEqual(self.status(redirection, *harvest), DONE)
                    self.assertEqual(read_lines(corpus / "segments.jsonl"), read_lines(wanted / "segments.jsonl"))
                    self.assertEqual(self.status(redirection, "corpus", "verify", corpus), DONE)
                    self.assertEqual(self.status(redirection, *harvest, empty), SOME_REJECTED)
            self.assertEqual(self.status(redirection, "harvest", "/nowhere", "--out", self.folder / "none"), FAILED)
            self.assertEqual(self.status(redirection, "harvest"), WRONG_USAGE)

    def test_results_that_cannot_be_written_are_a_failure(self):
        corpus = self.new_corpus("corpus")
        self.harvest(self.tiny, corpus)
        for redirection in (">/dev/full", ">&-"):
            self.assertEqual(self.status(redirection, "corpus", "stats", corpus), FAILED)


if __name__ == "__main__":
    unittest.main()
