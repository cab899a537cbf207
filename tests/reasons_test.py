# SPDX-License-Identifier: Apache-2.0
"""Each reason for which the harvest rejects something is in docs/method.md, docs/formats/corpus.md and the statistics."""

import os
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("SEZIM_SOURCE", Path(__file__).parent.parent))
SOURCE = ROOT / "src" / "sezim"
REJECTS = re.compile(r"RejectedStretch|RejectionOf\(|\.rejected\.push_back")
HYPHENATED = re.compile(r'"([a-z]+(?:-[a-z]+)+)"')
SAID = re.compile(r'reason = "([a-z-]+)"|RejectionOf\(segment, [^;]*?"([a-z-]+)"(?: : "([a-z-]+)")?\)')


def code(path):
    """A file without its comments."""
    return re.sub(r"//.*", "", (SOURCE / path).read_text(encoding="utf-8"))


def segment_reasons():
    """Of what rejects segments: words after 'reason', and all that are hyphenated."""
    reasons = set()
    for layer in ("harvest", "catalog", "emotion"):
        for path in (SOURCE / layer).glob("*.cc"):
            text = code(path)
            if path.name.endswith("_test.cc") or not REJECTS.search(text):
                continue
            reasons |= set(HYPHENATED.findall(text))
            reasons |= {word for match in SAID.findall(text) for word in match if word}
    return reasons


def source_reasons():
    """The kinds of errors that are a source's own, as they are spelled, and copies."""
    own = re.search(r"bool IsOfTheSource\(.*?\n}", code("harvest/open_source.h"), re.DOTALL)[0]
    spelled = dict(re.findall(r'case ErrorKind::(\w+): return "([a-z-]+)"', code("base/error.cc")))
    copies = re.search(r'kDuplicateSource = "([a-z-]+)"', code("catalog/catalog.h"))[1]
    return {spelled[kind] for kind in re.findall(r"ErrorKind::(\w+)", own)} | {copies}


def documented(path):
    """The first column of the tables of reasons."""
    reasons, in_table = [], False
    for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
        in_table = line.startswith("| reason |") or (in_table and line.startswith("|"))
        if in_table:
            reasons += re.findall(r"`([a-z-]+)`", line.split("|")[1])
    return reasons


class ReasonsTest(unittest.TestCase):
    def test_they_are_found_in_the_code(self):
        self.assertLessEqual({"no-face", "noisy", "repeated", "repeated-pictures", "too-few-frames", "voice-disagrees",
                              "voice-unknown", "unsure-label"}, segment_reasons())
        self.assertLessEqual({"bad-input", "network", "usage", "duplicate-source"}, source_reasons())

    def test_both_documents_have_each_once_and_no_other(self):
        for path in ("docs/method.md", "docs/formats/corpus.md"):
            self.assertEqual(sorted(documented(path)), sorted(segment_reasons() | source_reasons()), path)

    def test_the_statistics_have_an_order_for_each(self):
        order = re.search(r"kGateOrder = \{(.*?)\}", code("catalog/corpus_stats.cc"), re.DOTALL)[1]
        names = dict(re.findall(r'constexpr std::string_view (\w+) = "([a-z-]+)"', code("catalog/corpus_stats.cc")))
        self.assertEqual({names.get(word, word) for word in re.findall(r"[\w-]+", order)}, segment_reasons())


if __name__ == "__main__":
    sys.exit(unittest.main())
