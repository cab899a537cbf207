# SPDX-License-Identifier: Apache-2.0
"""A harvest that is stopped, killed, shared out or repeated gives the corpus of one that was left alone.

SEZIM_BIN names the executable. SEZIM_TEST_SEED repeats the kill times of an earlier run, which prints its seed.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from support import (DONE, FAILED, INTERRUPTED, SOME_REJECTED, WRONG_USAGE, HarvestTest, contents, ffmpeg,  # noqa: E402
                     read_lines, short_clip, sparse_clip)

NUM_KILLS = 50


def mtimes(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def sources_in(corpus):
    with sqlite3.connect(corpus / "catalog.db") as database:
        names = [row[0] for row in database.execute("SELECT name FROM source")]
    database.close()
    return names


class KillTest(HarvestTest):
    """Two sources, one of which is two units of work; killed and resumed by two workers at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.videos = cls.clips / "videos"
        cls.videos.mkdir()
        short_clip(cls.tiny, cls.videos / "short.mp4", "short")
        sparse_clip(cls.tiny, cls.videos / "sparse.mp4")

    def setUp(self):
        super().setUp()
        with ThreadPoolExecutor(2) as pool:
            runs = list(pool.map(lambda i: self.harvest(self.videos, self.new_corpus(f"undisturbed-{i}"), "--jobs", i),
                                 [1, 2]))
        self.wanted = self.folder / "undisturbed-1" / "corpus"
        self.duration_s = {1: runs[0].wall_s, 2: runs[1].wall_s}
        self.assertGreaterEqual(len(read_lines(self.wanted / "segments.jsonl")), 3, "there is too little to lose")
        self.lock = threading.Lock()

    def kill_once(self, corpus, jobs, after_s):
        """Starts a harvest and kills it; whether it was killed before it ended."""
        running = self.start_harvest(self.videos, corpus, "--jobs", jobs)
        killer = threading.Timer(after_s, running.signal, [signal.SIGKILL])
        killer.start()
        run = running.wait()
        killer.cancel()
        killer.join()
        self.assertIn(run.status, (DONE, -signal.SIGKILL), run.stderr)
        return run.status != DONE, run.wall_s

    def resume_and_compare(self, corpus, jobs, told):
        self.harvest(self.videos, corpus, "--jobs", jobs)
        self.assert_same_corpus(corpus, self.wanted, told)
        shutil.rmtree(corpus)

    def test_50_kills_spread_over_the_whole_run(self):
        seed = int(os.environ.get("SEZIM_TEST_SEED") or random.SystemRandom().randrange(2**32))
        print(f"SEZIM_TEST_SEED={seed}", file=sys.stderr, flush=True)
        chance = random.Random(seed)
        # One moment out of each 50th of the run, in any order.
        shares = [(i + chance.random()) / NUM_KILLS for i in range(NUM_KILLS)]
        chance.shuffle(shares)
        killed_at = []

        def kill_and_resume(i):
            jobs = 1 + i % 2
            share = shares[i]
            corpus = self.new_corpus(f"killed-{i}")
            for _ in range(8):  # the machine was quicker this time: earlier, then
                with self.lock:
                    after_s = share * self.duration_s[jobs]
                was_killed, took_s = self.kill_once(corpus, jobs, after_s)
                if was_killed:
                    break
                with self.lock:
                    self.duration_s[jobs] = min(self.duration_s[jobs], took_s)
                share *= 0.99
                shutil.rmtree(corpus)
            else:
                self.fail(f"no kill came before the run had ended, at {share:.0%} of it")
            killed_at.append(share)
            self.resume_and_compare(corpus, 3 - jobs, f"killed after {after_s:.3f} s with --jobs {jobs} (seed {seed})")

        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(kill_and_resume, range(NUM_KILLS)):
                pass
        self.assertEqual(len(killed_at), NUM_KILLS)
        self.assertLess(min(killed_at), 0.1)
        self.assertGreater(max(killed_at), 0.8)

    def test_killed_when_a_given_file_appears(self):
        """Moments that are short, and which chance seldom meets. Those that we are too slow to see do no harm."""
        patterns = [".lock", "corpus.toml*", "catalog.db", "catalog.db-journal", ".work/*.pcm", "audio/*/*.tmp",
                    "audio/*/*.*", "segments.jsonl.tmp", "segments.jsonl", "rejected.jsonl"]
        for number, pattern in enumerate(patterns):
            with self.subTest(pattern=pattern):
                corpus = self.new_corpus(f"seen-{number}")
                running = self.start_harvest(self.videos, corpus)
                while not any(corpus.glob(pattern)) and not running.has_ended():
                    pass
                running.signal(signal.SIGKILL)
                running.wait()
                self.resume_and_compare(corpus, 2, f"killed when {pattern} appeared")

    def test_killed_again_and_again(self):
        corpus = self.new_corpus("killed")
        num_kills = 0
        for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
            num_kills += self.kill_once(corpus, 2, self.duration_s[2] * share)[0]
        self.assertGreaterEqual(num_kills, 2, "the first kills must come before the end")
        self.resume_and_compare(corpus, 2, f"killed {num_kills} times")


class StopTest(HarvestTest):
    """One long source: four units of work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.long = cls.clips / "long.mp4"
        ffmpeg("-stream_loop", "9", "-i", cls.tiny, "-c", "copy", cls.long)

    def start_and_wait_for_work(self, corpus, *options):
        running = self.start_harvest(self.long, corpus, *options)
        self.wait_for(lambda: any(corpus.glob(".work/*.pcm")), running, "its first sound")
        return running

    def test_the_number_of_jobs_and_an_interrupt_change_nothing(self):
        wanted = self.new_corpus("jobs-1")
        self.harvest(self.long, wanted, "--jobs", 1)
        rejected = read_lines(wanted / "rejected.jsonl")
        repeated = [line for line in rejected if line["reason"] == "repeated"]  # the long programme is a short one, again and again
        self.assertGreaterEqual(len(read_lines(wanted / "segments.jsonl") + repeated), 10)
        for jobs in (2, 5):
            corpus = self.new_corpus(f"jobs-{jobs}")
            self.harvest(self.long, corpus, "--jobs", jobs)
            self.assert_same_corpus(corpus, wanted, f"--jobs {jobs} instead of 1")
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number.name):
                corpus = self.new_corpus(number.name)
                running = self.start_and_wait_for_work(corpus)
                cpu_s = running.cpu_s()
                running.signal(number)
                run = running.wait()
                self.assertEqual(run.status, INTERRUPTED, run.stderr)
                self.assertLess(run.cpu_s - cpu_s, 1.0, "it went on working after it was told to stop")
                self.assertIn("goes on where this one stopped", run.stderr)
                self.assertNotEqual(contents(corpus).get("segments.jsonl"), contents(wanted)["segments.jsonl"],
                                    "it had finished already: nothing was tested")
                self.harvest(self.long, corpus)
                self.assert_same_corpus(corpus, wanted, f"stopped by {number.name} and resumed")

    def test_two_runs_on_one_folder(self):
        corpus = self.new_corpus("busy")
        first = self.start_and_wait_for_work(corpus)
        first.signal(signal.SIGSTOP)  # it holds the folder for as long as we look
        second = self.harvest(self.long, corpus, status=FAILED)
        self.assertIn("another run is working on the corpus", second.stderr)
        self.assertIn(str(corpus), second.stderr)
        self.assertFalse(first.has_ended())
        first.signal(signal.SIGCONT)
        first.signal(signal.SIGINT)
        self.assertEqual(first.wait().status, INTERRUPTED)


class RepeatTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.man, cls.woman = cls.clips / "man.mp4", cls.clips / "woman.mp4"
        short_clip(cls.tiny, cls.man, "man", start_s=0, length_s=2.48)
        short_clip(cls.tiny, cls.woman, "woman")

    def setUp(self):
        super().setUp()
        self.videos = self.folder / "videos"
        self.videos.mkdir()

    def add(self, clip, name):
        """Puts a copy of `clip` among the videos, in place of what has that name."""
        shutil.copy(clip, self.videos / name)

    def test_several_sources_whatever_the_number_of_jobs(self):
        self.add(self.tiny, "tiny.mp4")
        self.add(self.man, "man.mp4")
        self.add(self.woman, "woman.mp4")
        self.add(self.woman, "woman again.mp4")
        # Sound of 16 bits at another rate, where a resampler may dither at random.
        ffmpeg("-i", self.man, "-c:v", "copy", "-c:a", "pcm_s16le", self.videos / "man in 16 bits.mkv")
        broken = bytearray(self.woman.read_bytes())
        at = broken.find(b"mdat")
        broken[at + 4:at + 20_000] = bytes(len(broken[at + 4:at + 20_000]))
        for name in ("b broken.mp4", "c broken too.mp4"):
            (self.videos / name).write_bytes(broken)
        wanted = self.new_corpus("jobs-1")
        self.harvest(self.videos, wanted, "--jobs", 1, status=SOME_REJECTED)
        self.assertEqual({line["source"] for line in read_lines(wanted / "segments.jsonl")},
                         {"tiny.mp4", "man.mp4", "man in 16 bits.mkv", "woman again.mp4"})
        for jobs in (2, 5):
            corpus = self.new_corpus(f"jobs-{jobs}")
            self.harvest(self.videos, corpus, "--jobs", jobs, status=SOME_REJECTED)
            self.assert_same_corpus(corpus, wanted, f"--jobs {jobs} instead of 1")

    def test_a_second_run_does_nothing(self):
        self.add(self.tiny, "tiny.mp4")
        corpus = self.new_corpus("done")
        self.harvest(self.videos, corpus)
        before, times = contents(corpus), mtimes(corpus)
        self.assertIn("nothing to do", self.harvest(self.videos, corpus).stderr)
        self.assertEqual(contents(corpus), before)
        self.assertEqual(mtimes(corpus), times, "a file was written again")

    def test_another_recipe_is_refused(self):
        self.add(self.man, "man.mp4")
        corpus = self.new_corpus("made")
        self.harvest(self.videos, corpus)
        before = contents(corpus)
        recipe = self.folder / "mine.toml"
        recipe.write_text('name = "mine"\n[segments]\nmin_s = 2\n')
        run = self.harvest(self.videos, corpus, "--recipe", recipe, status=WRONG_USAGE)
        self.assertIn("another recipe", run.stderr)
        self.assertIn("another folder", run.stderr)
        self.assertEqual(contents(corpus), before)

    def test_shards_share_out_the_inputs(self):
        for number in range(12):
            (self.videos / f"{number}.mp4").write_text(f"text {number}")
        everything = sorted(path.name for path in self.videos.iterdir())
        shards = []
        for i in (1, 2, 3):
            corpus = self.new_corpus(f"shard-{i}")
            self.harvest(self.videos, corpus, "--shard", f"{i}/3", status=SOME_REJECTED)
            shards.append(sources_in(corpus))
        self.assertEqual(sorted(sum(shards, [])), everything)
        self.assertTrue(all(shards), f"a shard has nothing: {shards}")
        for shard in ("0/3", "4/3", "1/0", "x", "1"):
            self.harvest(self.videos, self.new_corpus(f"bad-{shard.replace('/', '-')}"), "--shard", shard,
                         status=WRONG_USAGE)

    def test_a_changed_source_replaces_its_segments(self):
        self.add(self.man, "clip.mp4")
        self.add(self.tiny, "other.mp4")
        corpus = self.new_corpus("changed")
        self.harvest(self.videos, corpus)
        old_audio = {line["audio"] for line in read_lines(corpus / "segments.jsonl") if line["source"] == "clip.mp4"}
        self.assertTrue(old_audio)
        self.add(self.woman, "clip.mp4")
        self.harvest(self.videos, corpus)
        self.assertFalse(old_audio & set(contents(corpus)), "sound of the old content is still there")
        wanted = self.new_corpus("fresh")
        self.harvest(self.videos, wanted)
        self.assert_same_corpus(corpus, wanted, "after one source had changed")

        (self.videos / "clip.mp4").write_text("not a video any more")
        self.harvest(self.videos, corpus, status=SOME_REJECTED)
        self.assertEqual({line["source"] for line in read_lines(corpus / "segments.jsonl")}, {"other.mp4"})
        self.run_sezim("corpus", "verify", corpus)

    def test_sources_added_later(self):
        self.add(self.man, "m.mp4")
        corpus = self.new_corpus("grown")
        self.harvest(self.videos, corpus)
        self.add(self.woman, "a before.mp4")
        self.harvest(self.videos, corpus)
        self.add(self.tiny, "z behind.mp4")
        self.harvest(self.videos, corpus)
        wanted = self.new_corpus("at once")
        self.harvest(self.videos, wanted)
        self.assert_same_corpus(corpus, wanted, "harvested one after the other")

    def test_copies_found_later(self):
        """Of several copies the first by name is harvested, whichever came first, and one is left while any is."""
        self.add(self.man, "m.mp4")
        corpus = self.new_corpus("grown")
        self.harvest(self.videos, corpus)
        self.add(self.man, "a.mp4")
        self.harvest(self.videos, corpus, status=SOME_REJECTED)
        wanted = self.new_corpus("at once")
        self.harvest(self.videos, wanted, status=SOME_REJECTED)
        self.assert_same_corpus(corpus, wanted, "a copy that sorts first, found later")
        self.run_sezim("corpus", "verify", corpus)

        for changed, told in (("a.mp4", "the copy that was harvested"), ("m.mp4", "the copy that was left out")):
            corpus = self.new_corpus(f"{changed} changes")
            self.add(self.man, "a.mp4")
            self.add(self.man, "m.mp4")
            self.harvest(self.videos, corpus, status=SOME_REJECTED)
            self.add(self.woman, changed)
            self.harvest(self.videos, corpus)
            wanted = self.new_corpus(f"{changed} has changed")
            self.harvest(self.videos, wanted)
            self.assert_same_corpus(corpus, wanted, f"{told} has changed")

    def test_a_source_that_changes_after_a_kill(self):
        """What the killed run wrote of its old content is not left behind."""
        self.add(self.tiny, "clip.mp4")
        corpus = self.new_corpus("killed")
        running = self.start_harvest(self.videos, corpus)
        self.wait_for(lambda: any(corpus.glob("audio/*/*.flac")), running, "its first segment")
        running.signal(signal.SIGKILL)
        running.wait()
        self.add(self.woman, "clip.mp4")
        self.harvest(self.videos, corpus)
        wanted = self.new_corpus("undisturbed")
        self.harvest(self.videos, wanted)
        self.assert_same_corpus(corpus, wanted, "killed, then its source has changed")

    def test_log_of_objects(self):
        self.add(self.man, "man.mp4")
        (self.videos / "empty.mp4").touch()
        run = self.harvest(self.videos, self.new_corpus("logged"), "--log", "json", status=SOME_REJECTED)
        events = [json.loads(line) for line in run.stderr.splitlines()]
        self.assertEqual({event["event"] for event in events} - {"progress"},
                         {"source_begun", "source_done", "source_rejected", "summary"})
        summary = events[-1]
        self.assertEqual(summary["event"], "summary")
        self.assertEqual((summary["sources_done_now"], summary["sources_rejected"]), (1, 1))
        self.assertGreater(summary["segments_kept"], 0)
        for stage in ("audio", "speech", "decode", "faces", "expression", "write"):
            self.assertGreater(summary["stages_s"][stage], 0, f"stage {stage}")
        run = self.harvest(self.videos / "absent.mp4", self.new_corpus("failed"), "--log", "json", status=FAILED)
        failed = json.loads(run.stderr)
        self.assertEqual((failed["event"], failed["reason"]), ("failed", "not-found"))
        self.assertIn("absent.mp4", failed["detail"])
        self.assertTrue(failed["remedy"])


if __name__ == "__main__":
    unittest.main()
