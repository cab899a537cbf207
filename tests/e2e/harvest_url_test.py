# SPDX-License-Identifier: Apache-2.0
"""`sezim harvest URL`: the real yt-dlp against a server on loopback that serves the tiny programme."""

import json
import sqlite3
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import support  # noqa: E402
from loopback_server import LoopbackServer  # noqa: E402


class HarvestUrlTest(support.HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = LoopbackServer(clip=cls.tiny.read_bytes())
        cls.addClassCleanup(cls.server.close)

    def harvest(self, corpus, *arguments):
        running = support.Running(["harvest", *arguments, "--out", str(corpus)], self.folder / "stderr.txt")
        return running.wait()

    def provenance(self, corpus):
        with sqlite3.connect(corpus / "catalog.db") as catalog:
            return [json.loads(row[0]) for row in catalog.execute("SELECT provenance FROM source ORDER BY name")]

    def test_a_direct_link_gives_what_the_file_gives(self):
        url = self.server.base + "/clip.mp4"
        from_url, from_file = self.new_corpus("url"), self.new_corpus("file")
        run = self.harvest(from_url, url, "--language", "kk")
        self.assertEqual(run.status, support.DONE, run.stderr)
        self.assertEqual(self.harvest(from_file, str(self.tiny), "--language", "kk").status, support.DONE)
        got = support.read_lines(from_url / "segments.jsonl")
        self.assertTrue(got)
        self.assertEqual({one["source"] for one in got}, {url})
        same = [dict(one, source=None) for one in support.read_lines(from_file / "segments.jsonl")]
        self.assertEqual([dict(one, source=None) for one in got], same)
        self.assertEqual(list(from_url.rglob("*.mp4")), [], "the video is deleted afterwards")
        self.assertEqual(self.provenance(from_url)[0]["url"], url)

    def test_keep_media_keeps_the_video(self):
        corpus = self.new_corpus("kept")
        self.assertEqual(self.harvest(corpus, self.server.base + "/clip.mp4", "--keep-media").status, support.DONE)
        source_id = support.read_lines(corpus / "segments.jsonl")[0]["source_id"]
        self.assertEqual([one.name for one in (corpus / "media").iterdir()], [source_id + ".mp4"])
        self.assertEqual((corpus / "media" / (source_id + ".mp4")).read_bytes(), self.tiny.read_bytes())

    def test_a_feed_is_harvested_video_by_video(self):
        corpus = self.new_corpus("feed")
        run = self.harvest(corpus, self.server.base + "/feed.xml")
        # The second video has the same bytes as the first.
        self.assertEqual(run.status, support.SOME_REJECTED, run.stderr)
        self.assertEqual({one["source"] for one in support.read_lines(corpus / "segments.jsonl")},
                         {self.server.base + "/clip.mp4"})
        rejected = support.read_lines(corpus / "rejected.jsonl")
        self.assertEqual([(one["source"], one["reason"]) for one in rejected if "start_s" not in one],
                         [(self.server.base + "/second.mp4", "duplicate-source")])

    def test_a_list_goes_on_after_a_link_that_is_gone(self):
        sources = self.folder / "sources.jsonl"
        lines = [{"url": self.server.base + "/missing.mp4"}, {"url": self.server.base + "/clip.mp4", "language": "ru"}]
        sources.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        corpus = self.new_corpus("list")
        run = self.harvest(corpus, str(sources), "--language", "kk")
        self.assertEqual(run.status, support.SOME_REJECTED, run.stderr)
        self.assertEqual({one["language"] for one in support.read_lines(corpus / "segments.jsonl")}, {"ru"})
        rejected = [one for one in support.read_lines(corpus / "rejected.jsonl") if "start_s" not in one]
        self.assertEqual([(one["source"], one["reason"]) for one in rejected],
                         [(self.server.base + "/missing.mp4", "network")])
        self.assertIn("404", rejected[0]["detail"])

    def test_what_was_done_is_not_fetched_again(self):
        sources = self.folder / "sources.jsonl"
        sources.write_text(json.dumps({"url": self.server.base + "/second.mp4"}) + "\n", encoding="utf-8")
        corpus = self.new_corpus("again")
        self.assertEqual(self.harvest(corpus, str(sources)).status, support.DONE)
        before = self.server.requests.count("/second.mp4")
        self.assertGreater(before, 0)
        self.assertEqual(self.harvest(corpus, str(sources)).status, support.DONE)
        self.assertEqual(self.server.requests.count("/second.mp4"), before)

        # A language that was forgotten can be told afterwards.
        segments = support.read_lines(corpus / "segments.jsonl")
        self.assertEqual({one["language"] for one in segments}, {None})
        run = self.harvest(corpus, str(sources), "--language", "kk")
        self.assertEqual(run.status, support.DONE, run.stderr)
        self.assertIn("language set: 1 source harvested before", run.stderr)
        self.assertEqual(support.read_lines(corpus / "segments.jsonl"), [dict(one, language="kk") for one in segments])
        rejected = [one for one in support.read_lines(corpus / "rejected.jsonl") if "start_s" in one]
        self.assertEqual({one["language"] for one in rejected}, {"kk"})
        self.assertEqual(self.server.requests.count("/second.mp4"), before)
        for again in ([], ["--language", "kk"]):
            self.assertNotIn("language set", self.harvest(corpus, str(sources), *again).stderr)
        self.assertEqual({one["language"] for one in support.read_lines(corpus / "segments.jsonl")}, {"kk"})


if __name__ == "__main__":
    unittest.main()
