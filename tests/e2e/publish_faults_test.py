# SPDX-License-Identifier: Apache-2.0
"""What goes wrong while a corpus is split or exported is said, and leaves nothing half-written.

The full disk is a small tmpfs, as in disk_full_test.py. SEZIM_BIN names the executable.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from disk_full_test import PAGE, enter_mount_namespace, mount  # noqa: E402
from made_corpus import fill_corpus, rows_of  # noqa: E402
from support import DONE, FAILED, INTERRUPTED, WRONG_USAGE, HarvestTest, contents  # noqa: E402

FORMS = ["audiofolder", "webdataset", "lhotse", "kaldi", "csv"]


class PublishFaultsTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.harvested = cls.clips / "corpus"
        subprocess.run([os.environ["SEZIM_BIN"], "harvest", cls.tiny, "--out", cls.harvested], check=True,
                       capture_output=True)

    def made(self, *arguments, **more):
        corpus = self.new_corpus(f"made-{self.num_runs}")
        shutil.copytree(self.harvested, corpus)
        fill_corpus(corpus, *arguments, **more)
        return corpus

    def export(self, corpus, out, form="csv", *options, status=DONE):
        return self.run_sezim("corpus", "export", corpus, "--format", form, "--out", out, *options, status=status)

    def change(self, corpus, command, *values):
        with sqlite3.connect(corpus / "catalog.db") as database:
            database.execute(command, values)
        database.close()

    def test_a_corpus_that_may_only_be_read_is_exported_all_the_same(self):
        corpus = self.made(3, lambda n: 2)
        disk = self.folder / "disk"
        disk.mkdir()
        mount(disk, "size=64m")
        try:
            shutil.copytree(corpus, disk / "corpus")
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            for form in FORMS:
                self.export(corpus, self.folder / f"of-{form}", form)
                self.export(disk / "corpus", self.folder / f"of-read-only-{form}", form)
                self.assertEqual(contents(self.folder / f"of-read-only-{form}"), contents(self.folder / f"of-{form}"), form)
            run = self.run_sezim("corpus", "split", disk / "corpus", status=FAILED)
            self.assertIn("Read-only file system", run.stderr)
        finally:
            subprocess.run(["umount", disk], check=True)

    def test_a_disk_that_fills_up_anywhere(self):
        corpus = self.made(3, lambda n: 2)
        disk = self.folder / "disk"
        disk.mkdir()
        for form in FORMS:
            size, num_full = PAGE, 0
            while True:
                mount(disk, f"size={size}")
                try:
                    run = self.start("corpus", "export", corpus, "--format", form, "--out", disk / "out").wait()
                    if run.status == DONE:
                        break
                    num_full += 1
                    self.assertEqual(run.status, FAILED, run.stderr)
                    self.assertIn("No space left on device", run.stderr)
                    self.assertIn("nothing was left there", run.stderr)
                    self.assertEqual(list(disk.iterdir()), [], f"{form}, {size} bytes")
                finally:
                    subprocess.run(["umount", disk], check=True)
                size += 8 * PAGE if size > 4 * PAGE else PAGE
            self.assertGreater(num_full, 5, form)

    def check_no_room(self, corpus, page, command):
        """`command` writes `page`, which has an older version: on a disk without room for both the older one stays."""
        disk = self.folder / "disk"
        disk.mkdir(exist_ok=True)
        self.run_sezim(*command(corpus))
        old = (corpus / page).read_bytes()
        taken = sum(path.stat().st_size // PAGE + 2 for path in corpus.rglob("*") if path.suffix != ".flac")
        needed = len(old) // PAGE + 1
        num_full = 0
        for room in sorted({0, 1, needed // 2, needed - 1, needed + 1}):
            mount(disk, f"size={(taken + 2 * needed) * PAGE}")
            try:
                on_disk = disk / "corpus"
                shutil.copytree(corpus, on_disk, ignore=shutil.ignore_patterns("audio"))
                (on_disk / "audio").symlink_to(corpus / "audio")
                (disk / "filler").write_bytes(bytes((os.statvfs(disk).f_bavail - room) * PAGE))
                before = sorted(path.name for path in on_disk.iterdir())
                run = self.start(*command(on_disk)).wait()
                if room > needed:
                    self.assertEqual(run.status, DONE, f"{page}, {room} pages: {run.stderr}")
                else:
                    num_full += 1
                    self.assertEqual(run.status, FAILED, f"{page}, {room} pages: {run.stderr}")
                    self.assertIn("No space left on device", run.stderr)
                    self.assertIn("free some space", run.stderr)
                    self.assertEqual(sorted(path.name for path in on_disk.iterdir()), before, f"{page}, {room} pages")
                    self.assertEqual((on_disk / page).read_bytes(), old, f"{page}, {room} pages")
                    subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
                    self.run_sezim(*command(on_disk))
            finally:
                subprocess.run(["umount", disk], check=True)
        self.assertGreater(num_full, 1, page)

    def test_a_disk_that_is_full_under_a_report_or_a_split(self):
        corpus = self.made(4, lambda n: 80)
        self.check_no_room(corpus, "split.json", lambda at: ("corpus", "split", at, "--by", "random"))
        self.check_no_room(corpus, "report.html", lambda at: ("corpus", "report", at))
        self.check_no_room(corpus, "review.html", lambda at: ("corpus", "report", at, "--review", "--sample", 5))

    def test_a_target_that_is_not_empty(self):
        corpus = self.made(3, lambda n: 2)
        for form in FORMS:
            out = self.folder / f"full-{form}"
            out.mkdir()
            (out / "note.txt").write_text("mine")
            self.assertIn("is not empty", self.export(corpus, out, form, status=WRONG_USAGE).stderr)
            self.assertEqual(contents(out), {"note.txt": b"mine"})
        self.assertIn("not a folder", self.export(corpus, self.folder / "full-csv/note.txt", status=WRONG_USAGE).stderr)
        self.assertIn("in the corpus itself", self.export(corpus, corpus / "export", status=WRONG_USAGE).stderr)
        link = self.folder / "link"
        link.symlink_to(corpus)
        self.assertIn("in the corpus itself", self.export(corpus, link / "x", status=WRONG_USAGE).stderr)
        self.assertFalse((corpus / "x").exists())
        empty = self.folder / "empty"
        empty.mkdir()
        self.export(corpus, empty)

    def test_sound_that_differs_from_its_record(self):
        corpus = self.made(3, lambda n: 3)
        victim = sorted((corpus / "audio").rglob("*.flac"))[4]
        good = victim.read_bytes()
        for bad in [good[:-1] + bytes([good[-1] ^ 1]), good[:100], b""]:
            victim.write_bytes(bad)
            for form in FORMS:
                stderr = self.export(corpus, self.folder / "out", form, status=FAILED).stderr
                self.assertIn(victim.name, stderr)
                self.assertIn("sezim corpus verify", stderr)
                self.assertFalse((self.folder / "out").exists())
            self.check_no_page(corpus, victim)
        victim.unlink()
        self.assertIn(victim.name, self.export(corpus, self.folder / "out", status=FAILED).stderr)
        self.assertFalse((self.folder / "out").exists())
        self.check_no_page(corpus, victim)

    def check_no_page(self, corpus, victim):
        """No page that holds sounds is made where that of `victim` is wrong."""
        before = sorted(path.name for path in corpus.iterdir())
        for option in ["--embed", "--review"]:
            stderr = self.run_sezim("corpus", "report", corpus, option, status=FAILED).stderr
            self.assertIn(victim.name, stderr)
            self.assertIn("sezim corpus verify", stderr)
            self.assertIn("harvest the same sources into a new folder", stderr)
            self.assertEqual(sorted(path.name for path in corpus.iterdir()), before)

    def test_a_split_that_is_out_of_date_is_refused(self):
        corpus = self.made(4, lambda n: 3)
        self.run_sezim("corpus", "split", corpus)
        self.export(corpus, self.folder / "one")
        gone = sorted(rows_of(corpus))[0]
        self.change(corpus, "DELETE FROM segment WHERE id = ?", gone)
        stderr = self.export(corpus, self.folder / "two", status=FAILED).stderr
        self.assertIn("out of date", stderr)
        self.assertIn("sezim corpus split", stderr)
        self.assertFalse((self.folder / "two").exists())
        self.export(corpus, self.folder / "three", "csv", "--no-split")
        (corpus / "split.json").write_text("{}")
        self.assertIn("split.json", self.export(corpus, self.folder / "four", status=FAILED).stderr)

    def test_a_source_that_was_dropped_is_in_no_later_export(self):
        corpus = self.made(5, lambda n: 3)
        self.run_sezim("corpus", "split", corpus)
        gone = {row["id"] for row in rows_of(corpus).values() if row["source"].endswith("v=1")}
        self.assertEqual(len(gone), 3)
        self.run_sezim("corpus", "drop", corpus, "--source", "https://videos.example/watch?v=1")
        segments = json.loads((corpus / "split.json").read_text())["segments"]
        self.assertEqual(set(segments), set(rows_of(corpus)))
        self.export(corpus, self.folder / "out")
        for name, data in contents(self.folder / "out").items():
            for one in gone:
                self.assertNotIn(one[:16], name)
                self.assertNotIn(one[:16].encode(), data)

    def test_a_catalogue_that_leads_elsewhere(self):
        for column, value in [("id", "../../../evil"), ("id", "a b"), ("source_id", "x/y"), ("speaker", "a\nb"),
                              ("audio", "../../corpus.toml"), ("audio", "/etc/hostname")]:
            corpus = self.made(2, lambda n: 1)
            first = sorted(rows_of(corpus))[0]
            self.change(corpus, f"UPDATE segment SET {column} = ? WHERE id = ?", value, first)
            for form in FORMS:
                out = self.folder / "deep" / "er" / "out"
                self.export(corpus, out, form, status=FAILED)
                self.assertFalse((self.folder / "deep").exists(), f"{column} {value}")
                self.assertEqual(list(self.folder.rglob("evil*")), [])

    def test_impossible_splits_say_what_is_possible(self):
        corpus = self.made(2, lambda n: 5)
        stderr = self.run_sezim("corpus", "split", corpus, status=WRONG_USAGE).stderr
        self.assertIn("2 groups of speakers", stderr)
        self.assertIn("--shares 80/0/20", stderr)
        self.assertFalse((corpus / "split.json").exists())
        self.run_sezim("corpus", "split", corpus, "--shares", "80/0/20")
        self.assertIn("more than one part", self.run_sezim("corpus", "split", corpus, "--by", "random").stderr)
        self.change(corpus, "UPDATE segment SET speaker = CASE start_ms % 8000 WHEN 0 THEN 'anna' ELSE 'boris' END")
        stderr = self.run_sezim("corpus", "split", corpus, status=WRONG_USAGE).stderr
        self.assertIn("--by speaker --shares 80/0/20", stderr)
        self.run_sezim("corpus", "split", corpus, "--by", "speaker", "--shares", "80/0/20")
        for bad in ["80/20", "0/50/50", "x", "80/10/20", "8/1/1"]:
            self.run_sezim("corpus", "split", corpus, "--shares", bad, status=WRONG_USAGE)
        self.run_sezim("corpus", "split", self.folder / "nothing", status=FAILED)

    def test_a_seed_is_a_number_that_json_holds_exactly(self):
        corpus = self.made(2, lambda n: 5)
        commands = [("corpus", "split", corpus, "--by", "random"), ("corpus", "report", corpus, "--review")]
        for command in commands:
            for bad in ["-1", str(2**53), "99999999999999999999", "1.5", "x"]:
                self.assertIn("--seed", self.run_sezim(*command, "--seed", bad, status=WRONG_USAGE).stderr)
            self.assertIn(str(2**53 - 1), self.run_sezim(*command, "--seed", "-1", status=WRONG_USAGE).stderr)
        self.assertEqual(list(corpus.glob("*.html")) + list(corpus.glob("split.json")), [])
        for command in commands:
            self.run_sezim(*command, "--seed", 2**53 - 1)
        self.assertEqual(json.loads((corpus / "split.json").read_text())["seed"], 2**53 - 1)

    def test_stopped_on_the_way(self):
        corpus = self.made(40, lambda n: 100)
        for form in ["webdataset", "kaldi"]:
            out = self.folder / f"out-{form}"
            running = self.start("corpus", "export", corpus, "--format", form, "--out", out)
            self.wait_for(lambda: any(path.is_file() for path in out.rglob("*")), running, "a file")
            running.signal(signal.SIGINT)
            run = running.wait()
            self.assertEqual(run.status, INTERRUPTED, run.stderr)
            self.assertFalse(out.exists())


if __name__ == "__main__":
    enter_mount_namespace()
    unittest.main()
