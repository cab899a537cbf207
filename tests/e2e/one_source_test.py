# SPDX-License-Identifier: Apache-2.0
"""One long source is worked on by several threads at a time."""

import json
import os
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from support import HarvestTest, ffmpeg  # noqa: E402


def processor_ticks_of_threads(process):
    """What each thread of a running program has used so far."""
    ticks = {}
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        try:
            fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):  # it has ended
            continue
        ticks[task.name] = int(fields[11]) + int(fields[12])
    return ticks


@unittest.skipIf(os.cpu_count() == 1, "this machine has one core")
class OneSourceTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.long = cls.clips / "long.mp4"
        ffmpeg("-stream_loop", "9", "-i", cls.tiny, "-c", "copy", cls.long)

    def harvest_long(self, name, *options):
        """How many stages were at work at a time, on average, and the ticks that each thread used."""
        running = self.start_harvest(self.long, self.new_corpus(name), "--log", "json", *options)
        ticks = {}
        while not running.has_ended():
            for thread, used in processor_ticks_of_threads(running.process).items():
                ticks[thread] = max(used, ticks.get(thread, 0))
            time.sleep(0.02)
        run = running.wait()
        self.assertEqual(run.status, 0, run.stderr)
        summary = json.loads(run.stderr.splitlines()[-1])
        self.assertEqual(summary["event"], "summary")
        return sum(summary["stages_s"].values()) / summary["elapsed_s"], sorted(ticks.values(), reverse=True), summary["jobs"]

    def test_it_uses_more_than_one_core(self):
        # Of the time on the clock, which other programs on this machine make longer for all threads alike.
        alone, _, jobs = self.harvest_long("one job", "--jobs", "1")
        self.assertLess(alone, 1.02)
        self.assertEqual(jobs, 1)
        together, ticks, jobs = self.harvest_long("as many as there are cores")
        self.assertEqual(jobs, os.cpu_count())
        self.assertGreater(together, 1.3)
        self.assertLess(ticks[0], 0.7 * sum(ticks))


if __name__ == "__main__":
    unittest.main()
