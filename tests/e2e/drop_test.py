# SPDX-License-Identifier: Apache-2.0
"""A source that is taken out of a corpus stays out."""

import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support import DONE, FAILED, WRONG_USAGE, HarvestTest, contents, ffmpeg, programme, read_lines, tiny_programme  # noqa: E402


def files_of(corpus):
    """All but the catalogue, which remembers the drop."""
    return {path: content for path, content in contents(corpus).items() if path != "catalog.db"}


class DropTest(HarvestTest):
    def setUp(self):
        super().setUp()
        self.videos = self.folder / "videos"
        self.videos.mkdir()
        shutil.copy(tiny_programme(), self.videos / "anna.mp4")
        ffmpeg("-i", tiny_programme(), "-c", "copy", "-map_metadata", "-1", self.videos / "boris.mkv")

    def drop(self, corpus, source, status=DONE):
        return self.run_sezim("corpus", "drop", corpus, "--source", source, status=status)

    def test_it_is_as_if_it_had_never_been_there_and_never_comes_again(self):
        corpus, wanted = self.new_corpus("both"), self.new_corpus("one")
        self.harvest(self.videos / "boris.mkv", wanted)
        self.harvest(self.videos, corpus)
        self.assertEqual({line["source"] for line in read_lines(corpus / "segments.jsonl")}, {"anna.mp4", "boris.mkv"})
        self.assertIn("dropped", self.drop(corpus, "anna.mp4").stderr)
        self.assertEqual(files_of(corpus), files_of(wanted))
        self.assertNotIn(b"anna", (corpus / "catalog.db").read_bytes())
        self.run_sezim("corpus", "verify", corpus, status=DONE)

        shutil.copy(self.videos / "anna.mp4", self.videos / "another name.mp4")
        for _ in range(2):
            self.assertIn("left out: 2 sources", self.harvest(self.videos, corpus).stderr)
            self.assertEqual(files_of(corpus), files_of(wanted))
        self.drop(corpus, "anna.mp4", status=FAILED)

    def test_a_copy_that_was_rejected_for_repeating_it_stays_out_and_does_not_name_it(self):
        copy = self.videos / "zoe.mp4"
        (self.videos / "boris.mkv").unlink()
        (self.videos / "anna.mp4").unlink()
        (self.videos / "anna.mp4").symlink_to(programme("demo"))
        ffmpeg("-ss", "7.3", "-i", programme("demo"), "-vf", "hflip,scale=480:-2", "-c:v", "libx264", "-preset",
               "veryfast", "-crf", "27", "-c:a", "aac", "-b:a", "48k", copy)
        corpus = self.new_corpus("copies")
        self.harvest(self.videos, corpus)
        self.assertEqual({line["source"] for line in read_lines(corpus / "segments.jsonl")}, {"anna.mp4"})
        self.assertIn("anna", (corpus / "rejected.jsonl").read_text())
        self.drop(corpus, "anna.mp4")
        for path, content in contents(corpus).items():
            self.assertNotIn(b"anna", content, path)
        self.assertIn("heard before", (corpus / "rejected.jsonl").read_text())
        copy.touch()  # looks changed, so it is harvested again
        self.harvest(self.videos, corpus)
        self.assertEqual((corpus / "segments.jsonl").read_bytes(), b"")

    def test_a_speaker_goes_and_never_comes_again(self):
        corpus = self.new_corpus("speakers")
        self.harvest(self.videos / "anna.mp4", corpus)
        segments = read_lines(corpus / "segments.jsonl")
        speaker = segments[0]["speaker"]
        self.assertEqual(speaker, segments[0]["id"])
        others = [line["id"] for line in segments if line["speaker"] != speaker]
        self.run_sezim("corpus", "drop", corpus, "--speaker", speaker, status=DONE)
        self.assertEqual([line["id"] for line in read_lines(corpus / "segments.jsonl")], others)
        self.run_sezim("corpus", "verify", corpus, status=DONE)
        dropped = files_of(corpus)

        (self.videos / "anna.mp4").touch()  # looks changed, so it is harvested again
        self.harvest(self.videos / "anna.mp4", corpus)
        self.assertEqual(files_of(corpus), dropped)
        self.run_sezim("corpus", "drop", corpus, "--speaker", speaker, status=FAILED)
        self.run_sezim("corpus", "drop", corpus, status=WRONG_USAGE)
        self.run_sezim("corpus", "drop", corpus, "--speaker", speaker, "--source", "anna.mp4", status=WRONG_USAGE)


if __name__ == "__main__":
    unittest.main()
