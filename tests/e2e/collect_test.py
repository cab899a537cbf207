# SPDX-License-Identifier: Apache-2.0
"""`sezim collect` as a whole: the real yt-dlp against a server on loopback, and searches against a stand-in for it.

SEZIM_BIN names the executable; yt-dlp is where set-up put it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from loopback_server import LoopbackServer  # noqa: E402

DONE, FAILED, WRONG_USAGE, SOME_REJECTED, INTERRUPTED = 0, 1, 2, 3, 130
QUICK = ["--socket-timeout", "1", "--sleep", "0"]

# Prints searches in the shape of yt-dlp 2026.10.26 and writes down how it was called.
STAND_IN = r'''
import json, os, sys, time
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\n")
def entry(number, **more):
    url = "https://www.youtube.com/watch?v=%d" % number
    print(json.dumps({"_type": "url", "ie_key": "Youtube", "id": str(number), "url": url, "webpage_url": url,
                      "title": "бейне %d" % number, "duration": 60.0 * number, "channel": "Арна",
                      "live_status": None, "playlist_count": None, **more}), flush=True)
target = sys.argv[-1]
if "slow" in target:
    entry(1)
    open(os.environ["CALLS"] + ".pid", "w").write(str(os.getpid()))
    time.sleep(60)
elif target.startswith("https://www.youtube.com/results"):
    entry(5, ie_key="YoutubeTab", url="https://www.youtube.com/playlist?list=PL5", duration=None)
elif "broken" in target:
    print("ERROR: [youtube:search] broken: HTTP Error 404: Not Found", file=sys.stderr)
    sys.exit(1)
else:
    entry(1)
    entry(2, title="Көркем ФИЛЬМ")
    entry(3, live_status="is_live")
    entry(4, title=target)
'''


class CollectTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = LoopbackServer()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "sources.jsonl"
        self.environment = dict(os.environ)

    def command(self, *arguments):
        retries = [] if "--retries" in arguments else ["--retries", "1"]
        return [os.environ["SEZIM_BIN"], "collect", *arguments[:1], *QUICK, *retries, *arguments[1:]]

    def collect(self, *arguments, status=DONE):
        """Runs `sezim collect`, checks how it ends, and gives the records it printed and its standard error."""
        run = subprocess.run(self.command(*arguments), env=self.environment, cwd=self.folder, timeout=120,
                             capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual(run.returncode, status, run.stderr)
        return [json.loads(line) for line in run.stdout.splitlines()], run.stderr

    def read_out(self):
        return [json.loads(line) for line in self.out.read_text().splitlines()]

    def url(self, path):
        return self.server.base + path

    def use_stand_in(self):
        package = self.folder / "cache" / "deps" / "yt-dlp" / "yt_dlp"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "__main__.py").write_text(STAND_IN)
        self.environment["SEZIM_CACHE"] = str(self.folder / "cache")
        self.environment["CALLS"] = str(self.folder / "calls")

    def calls(self):
        return [json.loads(line) for line in (self.folder / "calls").read_text().splitlines()]


class WithTheRealYtDlp(CollectTest):
    def test_feed_is_a_playlist(self):
        records, talk = self.collect("playlist", self.url("/feed.xml"))
        self.assertEqual([(r["url"], r["title"]) for r in records],
                         [(self.url("/clip.mp4"), "Бірінші бейне: ҚУАНЫШ"), (self.url("/second.mp4"), 'Second "clip" & more')])
        self.assertRegex(records[0]["collected_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertIn("found 3, kept 2, 1 found more than once", talk)

    def test_page_with_two_videos(self):
        records, _ = self.collect("playlist", self.url("/page.html"))
        self.assertEqual([r["url"] for r in records], [self.url("/clip.mp4"), self.url("/second.mp4")])

    def test_live_streams_are_left_out(self):
        for live in ("/live.m3u8", "/live.html", "/live-variants.html"):
            records, talk = self.collect("playlist", self.url(live))
            self.assertEqual(records, [], live)
            self.assertIn("1 × live stream", talk)
        records, _ = self.collect("playlist", self.url("/recorded.html"))
        self.assertEqual([r["url"] for r in records], [self.url("/recorded.html")])

    def test_direct_link(self):
        records, _ = self.collect("playlist", self.url("/clip.mp4"))
        self.assertEqual([(r["url"], r["id"]) for r in records], [(self.url("/clip.mp4"), "clip")])

    def test_limit_and_title_filters(self):
        records, _ = self.collect("playlist", self.url("/feed.xml"), "--limit", "1")
        self.assertEqual(len(records), 1)
        records, talk = self.collect("playlist", self.url("/feed.xml"), "--title-exclude", "қуаныш", "--title-exclude", "again")
        self.assertEqual([r["url"] for r in records], [self.url("/second.mp4")])
        self.assertIn("2 × title not wanted", talk)

    def test_details_asks_for_each_video(self):
        records, _ = self.collect("playlist", self.url("/feed.xml"), "--details", "--limit", "2")
        self.assertEqual([r["url"] for r in records], [self.url("/clip.mp4"), self.url("/second.mp4")])
        self.assertIn("/second.mp4", self.server.requests)

    def test_missing(self):
        _, talk = self.collect("playlist", self.url("/missing.xml"), status=FAILED)
        self.assertIn(self.url("/missing.xml"), talk)
        self.assertIn("404", talk)
        self.assertIn("check in a browser", talk)

    def test_silence_ends(self):
        start = time.monotonic()
        _, talk = self.collect("playlist", self.url("/mute.mp4"), status=FAILED)
        self.assertIn("timed out", talk)
        self.assertLess(time.monotonic() - start, 60)

    def test_busy_then_well(self):
        records, _ = self.collect("playlist", self.url("/busy.xml"), "--retries", "3")
        self.assertEqual(len(records), 2)

    def test_nobody_there(self):
        _, talk = self.collect("playlist", "http://127.0.0.1:9/x", status=FAILED)
        self.assertIn("check the network and the link", talk)

    def test_a_module_in_the_working_folder_is_not_run(self):
        (self.folder / "json.py").write_text("open('ran', 'w')\n")
        (self.folder / "yt_dlp.py").write_text("open('ran', 'w')\n")
        self.collect("playlist", self.url("/feed.xml"))
        self.assertFalse((self.folder / "ran").exists())

    def test_configuration_of_yt_dlp_is_not_read(self):
        (self.folder / "yt-dlp.conf").write_text("--exec before_dl:'touch ran'\n--no-such-option\n")
        self.environment["XDG_CONFIG_HOME"] = str(self.folder)
        self.collect("playlist", self.url("/feed.xml"))
        self.assertFalse((self.folder / "ran").exists())


class WithAStandIn(CollectTest):
    def setUp(self):
        super().setUp()
        self.use_stand_in()

    def test_videos_by_one_keyword(self):
        records, talk = self.collect("videos", "--keyword", "сұхбат", "--limit", "7", "--title-exclude", "фильм",
                                     "--min-duration", "60")
        self.assertEqual([r["id"] for r in records], ["1", "4"])
        self.assertEqual(records[1]["title"], "ytsearch7:сұхбат")
        self.assertEqual(records[0], {"url": "https://www.youtube.com/watch?v=1", "extractor": "Youtube", "id": "1",
                                      "title": "бейне 1", "channel": "Арна", "duration_s": 60.0, "keywords": ["сұхбат"],
                                      "collected_at": records[0]["collected_at"]})
        self.assertIn("1 × live stream", talk)
        self.assertIn("1 × title not wanted", talk)
        self.assertEqual(self.calls()[0][-2:], ["--", "ytsearch7:сұхбат"])

    def test_videos_by_several_keywords(self):
        records, _ = self.collect("videos", "--keyword", "а б", "--keyword=--exec=x;$(id)")
        self.assertEqual(records[0]["keywords"], ["а б", "--exec=x;$(id)"])
        self.assertEqual([call[-2:] for call in self.calls()],
                         [["--", "ytsearch50:а б"], ["--", "ytsearch50:--exec=x;$(id)"]])

    def test_playlists_by_keywords(self):
        records, _ = self.collect("playlists", "--keyword", "ән", "--keyword", "би", "--limit", "3")
        self.assertEqual([(r["kind"], r["url"], r["keywords"]) for r in records],
                         [("playlist", "https://www.youtube.com/playlist?list=PL5", ["ән", "би"])])
        self.assertEqual(self.calls()[0][-4:],
                         ["--playlist-items", ":3", "--",
                          "https://www.youtube.com/results?search_query=%D3%99%D0%BD&sp=EgIQAw%253D%253D"])

    def test_adds_to_a_list(self):
        mine = {"url": "https://www.youtube.com/watch?v=2", "note": {"mine": [1]}}
        self.out.write_text(json.dumps(mine) + "\n")
        _, talk = self.collect("videos", "--keyword", "a", "--out", str(self.out))
        self.assertIn("2 new, 1 already there, 3 in all", talk)
        records = self.read_out()
        self.assertEqual([r["url"][-1] for r in records], ["2", "1", "4"])
        self.assertEqual(records[0]["note"], mine["note"])
        self.assertEqual(records[0]["keywords"], ["a"])
        before = self.out.read_text()
        _, talk = self.collect("videos", "--keyword", "a", "--out", "sources.jsonl")
        self.assertIn("0 new, 3 already there, 3 in all", talk)
        self.assertEqual(self.out.read_text(), before)

    def test_a_list_that_cannot_be_read_is_left_alone(self):
        self.out.write_text('{"url": "http://a"}\nnot a record\n')
        _, talk = self.collect("videos", "--keyword", "a", "--out", str(self.out), status=FAILED)
        self.assertIn("line 2: not valid JSON", talk)
        self.assertFalse((self.folder / "calls").exists(), "it searched before it looked")
        self.assertIn("not a record", self.out.read_text())

    def test_some_searches_fail(self):
        records, talk = self.collect("videos", "--keyword", "broken", "--keyword", "a", status=SOME_REJECTED)
        self.assertEqual(len(records), 3)
        self.assertIn("cannot search for 'broken'", talk)

    def test_wrong_usage(self):
        for arguments in (["videos"], ["videos", "--keyword", ""], ["videos", "--keyword", "a", "--limit", "-1"],
                          ["videos", "--keyword", "a", "--language", "kazakh"],
                          ["playlist", "file:///etc/passwd"], ["playlist", "--", "--exec=x"], ["songs"], []):
            with self.subTest(arguments):
                self.collect(*arguments, status=WRONG_USAGE)
        self.assertFalse((self.folder / "calls").exists())

    def test_without_yt_dlp(self):
        self.environment["SEZIM_CACHE"] = str(self.folder / "empty")
        _, talk = self.collect("videos", "--keyword", "a", status=FAILED)
        self.assertIn("scripts/setup.sh", talk)

    def start_slow(self):
        run = subprocess.Popen(self.command("videos", "--keyword", "slow", "--out", str(self.out)), env=self.environment,
                               cwd=self.folder, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.stderr.close)
        pid_file = self.folder / "calls.pid"
        deadline = time.monotonic() + 30
        while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return run, int(pid_file.read_text())

    def assert_ends(self, pid):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
                    return
            except (FileNotFoundError, ProcessLookupError):
                return
            time.sleep(0.02)
        self.fail("yt-dlp still runs")

    def test_ctrl_c_keeps_what_was_found(self):
        run, pid = self.start_slow()
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(timeout=30), INTERRUPTED, run.stderr.read())
        self.assert_ends(pid)
        self.assertEqual([r["id"] for r in self.read_out()], ["1"])

    def test_killed_leaves_nothing_running(self):
        run, pid = self.start_slow()
        run.kill()
        run.wait(timeout=30)
        self.assert_ends(pid)
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
