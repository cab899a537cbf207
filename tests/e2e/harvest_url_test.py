# SPDX-License-Identifier: Apache-2.0
"""`sezim harvest URL`: the real yt-dlp against a server on loopback that serves the tiny programme."""

import json
import os
import sqlite3
import subprocess
import sys
import unittest
import unittest.mock
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

    def verify(self, corpus):
        run = subprocess.run([os.environ["SEZIM_BIN"], "corpus", "verify", str(corpus)], capture_output=True, text=True)
        return run.returncode, run.stdout

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
        kept = corpus / "media" / (source_id + ".mp4")
        self.assertEqual(kept.read_bytes(), self.tiny.read_bytes())
        self.assertEqual(self.verify(corpus), (0, ""))
        kept.write_bytes(self.tiny.read_bytes()[:-1] + b"?")
        self.assertEqual(self.verify(corpus), (1, f"media/{kept.name}: differs from its record's sha256\n"))

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

    def test_a_feed_that_fails_half_way_is_told_of(self):
        entry = {"_type": "url", "url": self.server.base + "/clip.mp4", "title": "first page"}
        stand_in = self.folder / "python"
        stand_in.write_text(f"""#!{sys.executable}
import os, sys
if "--lazy-playlist" not in sys.argv:
    os.execv({sys.executable!r}, [{sys.executable!r}, *sys.argv[1:]])
print({json.dumps(entry)!r})
sys.exit("ERROR: [x] page 2: HTTP Error 404: Not Found")
""")
        stand_in.chmod(0o755)
        corpus = self.new_corpus("half")
        with unittest.mock.patch.dict(os.environ, SEZIM_PYTHON=str(stand_in)):
            run = self.harvest(corpus, self.server.base + "/feed.xml")
        self.assertEqual(run.status, support.SOME_REJECTED, run.stderr)
        self.assertIn("page 2: HTTP Error 404", run.stderr)
        self.assertEqual({one["source"] for one in support.read_lines(corpus / "segments.jsonl")},
                         {self.server.base + "/clip.mp4"})

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

    def test_a_link_that_stalls_keeps_nothing_else_waiting(self):
        corpus = self.new_corpus("stall")
        run = self.harvest(corpus, self.server.base + "/stall.mp4", str(self.tiny), self.server.base + "/text.mp4", "--socket-timeout",
                           "4", "--retries", "0", "--sleep", "0", "--jobs", "1")
        self.assertEqual(run.status, support.SOME_REJECTED, run.stderr)
        done, stalled = run.stderr.index("tiny.mp4: "), run.stderr.index("rejected (network)")
        self.assertLess(done, stalled, run.stderr)
        rejected = {one["source"]: one for one in support.read_lines(corpus / "rejected.jsonl") if "start_s" not in one}
        stall, text = (rejected[self.server.base + name] for name in ("/stall.mp4", "/text.mp4"))
        self.assertIn("--retries", stall["remedy"])
        for word in ("[download]", "%0D"):
            self.assertNotIn(word, stall["detail"])
        # Nobody ever sees where a download lay.
        self.assertNotIn(".work", text["detail"] + text["remedy"])
        self.assertLess(run.wall_s, 60, "the given --socket-timeout and --retries are used")

    def test_which_of_two_copies_is_kept_does_not_depend_on_which_comes_first(self):
        link, copy = self.server.base + "/clip.mp4", self.folder / "z.mp4"  # by their names the link is the first
        copy.write_bytes(self.tiny.read_bytes())
        alone = self.new_corpus("alone")
        self.assertEqual(self.harvest(alone, link).status, support.DONE)
        for jobs in ("1", "3"):
            both = self.new_corpus("both" + jobs)
            run = self.harvest(both, link, str(copy), "--jobs", jobs)
            self.assertEqual(run.status, support.SOME_REJECTED, run.stderr)
            self.assertEqual(support.read_lines(both / "segments.jsonl"), support.read_lines(alone / "segments.jsonl"))
            rejected = [one for one in support.read_lines(both / "rejected.jsonl") if "start_s" not in one]
            self.assertEqual([(one["source"], one["reason"]) for one in rejected], [("z.mp4", "duplicate-source")])
            self.assertEqual(sorted(one.name for one in both.rglob("*.flac")), sorted(one.name for one in alone.rglob("*.flac")))

    def test_a_copy_that_takes_the_place_of_an_earlier_run_s_source_is_told(self):
        link, copy = self.server.base + "/clip.mp4", self.folder / "a.mp4"  # by their names the file is the first
        corpus = self.new_corpus("place")
        self.assertEqual(self.harvest(corpus, link).status, support.DONE)
        copy.write_bytes(self.tiny.read_bytes())
        run = self.harvest(corpus, link, str(copy))
        self.assertEqual(run.status, support.SOME_REJECTED, run.stderr)
        self.assertIn(f"rejected (duplicate-source): '{link}': it has the same bytes as 'a.mp4'", run.stderr)
        self.assertIn("1 rejected", run.stderr)
        self.assertEqual({one["source"] for one in support.read_lines(corpus / "segments.jsonl")}, {"a.mp4"})

    def test_downloads_of_the_corpus_are_no_inputs(self):
        link = self.server.base + "/clip.mp4"
        videos = self.folder / "videos"
        corpus = videos / "corpus"
        arguments = [str(videos), link, "--keep-media", "--sleep", "0"]
        videos.mkdir()
        self.assertEqual(self.harvest(corpus, *arguments).status, support.DONE)
        left_by_a_kill = corpus / ".work" / "download-0123456789abcdef"
        left_by_a_kill.mkdir(parents=True)
        (left_by_a_kill / "media.mp4").write_bytes(self.tiny.read_bytes())
        segments = support.read_lines(corpus / "segments.jsonl")
        for _ in range(2):
            run = self.harvest(corpus, *arguments)
            self.assertEqual(run.status, support.DONE, run.stderr)
            self.assertEqual(support.read_lines(corpus / "segments.jsonl"), segments)
        self.assertEqual({one["source"] for one in segments}, {link})
        run = self.harvest(corpus, str(next((corpus / "media").iterdir())))
        self.assertEqual(run.status, support.WRONG_USAGE, run.stderr)
        self.assertIn("give the link instead", run.stderr)

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
