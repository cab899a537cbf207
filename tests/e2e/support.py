# SPDX-License-Identifier: Apache-2.0
"""What the whole-program tests share: running `sezim harvest`, making clips with FFmpeg, comparing corpora.

SEZIM_BIN names the executable, SEZIM_SANITIZE the sanitizers that it was built with, if any. The clips are cut from the
tiny programme, 12 s with real faces that speak, which set-up makes in the cache.
"""

import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

DONE, FAILED, WRONG_USAGE, SOME_REJECTED, INTERRUPTED = 0, 1, 2, 3, 130
# What a harvest of anything may take in memory. Sanitizers take memory of their own.
MAX_PEAK_KB = 700 * 1024 * (3 if os.environ.get("SEZIM_SANITIZE") else 1)
TIMEOUT_S = 240  # far above what any run here takes, even on a busy machine: it ends what hangs


def users_cache():
    default = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "sezim")
    return Path(os.environ.get("SEZIM_CACHE") or default)


def programme(name):
    """One of the programmes that set-up makes. Its absence is a failure, never a reason to skip."""
    file = users_cache() / "programmes" / f"{name}.mp4"
    if not file.is_file():
        raise AssertionError(f"{file} is missing: run scripts/setup.sh, which makes it")
    return file


def tiny_programme():
    return programme("tiny")


def ffmpeg(*arguments, stdin=None):
    """Runs ffmpeg, quietly; `stdin` is bytes for its standard input."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "2", *map(str, arguments)]
    if stdin is not None:
        command.remove("-nostdin")
    run = subprocess.run(command, input=stdin, capture_output=True, timeout=TIMEOUT_S)
    if run.returncode != 0:
        raise AssertionError(f"ffmpeg {' '.join(map(str, arguments))}: {run.stderr.decode(errors='replace')}")


def read_lines(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


@dataclass
class Run:
    """How a run of the program ended."""
    status: int  # negative: killed by this signal
    stderr: str
    wall_s: float
    cpu_s: float
    peak_kb: int


class Running:
    """The program while it runs, in a process group of its own."""

    def __init__(self, arguments, stderr_file, cwd=None):
        self.stderr_file = stderr_file
        self.began = time.monotonic()
        with open(stderr_file, "wb") as stderr:
            self.process = subprocess.Popen([os.environ["SEZIM_BIN"], *arguments], stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=stderr, cwd=cwd, start_new_session=True)

    def signal(self, number):
        """Sends a signal to the whole group; harmless once it has been waited for."""
        if self.process.returncode is None:
            os.killpg(self.process.pid, number)

    def has_ended(self):
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def cpu_s(self):
        """Seconds of processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait(self, timeout_s=TIMEOUT_S):
        deadline = time.monotonic() + timeout_s
        while True:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                os.killpg(self.process.pid, signal.SIGKILL)
                os.wait4(self.process.pid, 0)
                self.process.returncode = -signal.SIGKILL
                raise AssertionError(f"still running after {timeout_s} s: {self.process.args}; it said: {self.said()}")
            time.sleep(0.002)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return Run(self.process.returncode, self.said(), time.monotonic() - self.began,
                   usage.ru_utime + usage.ru_stime, usage.ru_maxrss)

    def said(self):
        return Path(self.stderr_file).read_text(encoding="utf-8")


def with_recipe(options):
    """Adds the recipe that the whole test runs with, where the options name none."""
    recipe = os.environ.get("SEZIM_TEST_RECIPE")
    return (*options, "--recipe", recipe) if recipe and "--recipe" not in options else options


class HarvestTest(unittest.TestCase):
    """Base of tests that harvest. Each test has a folder of its own; clips that all share lie in `clips`."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-e2e-")
        cls.addClassCleanup(folder.cleanup)
        cls.clips = Path(folder.name)
        cls.tiny = tiny_programme()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sezim-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.num_runs = 0

    def new_corpus(self, name):
        """A place for a corpus. All are called `corpus`, since that name is written into corpus.toml."""
        parent = self.folder / name
        parent.mkdir()
        return parent / "corpus"

    def start(self, *arguments, cwd=None):
        """Starts `sezim ARGUMENTS`; whatever happens, it is gone when the test ends."""
        self.num_runs += 1
        handle, stderr_file = tempfile.mkstemp(prefix="stderr-", dir=self.folder)
        os.close(handle)
        running = Running([one if isinstance(one, bytes) else str(one) for one in arguments], stderr_file, cwd)

        def end():
            if running.process.returncode is None:
                running.signal(signal.SIGCONT)
                running.signal(signal.SIGKILL)
                running.wait()

        self.addCleanup(end)
        return running

    def run_sezim(self, *arguments, status=DONE, cwd=None, timeout_s=TIMEOUT_S):
        run = self.start(*arguments, cwd=cwd).wait(timeout_s)
        self.assertEqual(run.status, status, f"{arguments} said: {run.stderr}")
        return run

    def harvest(self, inputs, corpus, *options, status=DONE, **more):
        inputs = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        return self.run_sezim("harvest", "--out", corpus, *with_recipe(options), "--", *inputs, status=status, **more)

    def start_harvest(self, inputs, corpus, *options):
        inputs = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        return self.start("harvest", "--out", corpus, *with_recipe(options), "--", *inputs)

    def wait_for(self, condition, running, what):
        """Waits until `condition()` holds while `running` goes on."""
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            self.assertFalse(running.has_ended(), f"ended before {what}: {running.said()}")
            self.assertLess(time.monotonic(), deadline, f"still waiting for {what}")
            time.sleep(0.001)

    def assert_same_corpus(self, corpus, wanted, told):
        """Both hold the same files with the same bytes, and their catalogues the same rows."""
        a, b = contents(corpus), contents(wanted)
        self.assertEqual(sorted(a), sorted(b), f"{told}: other files")
        for name in a:
            if a[name] != b[name]:
                self.fail(f"{told}: '{name}' differs:\n{difference(a[name], b[name])}")


def contents(corpus):
    """Every file of a corpus folder with its bytes; of the catalogue its rows, for SQLite may lay them out anyhow."""
    files = {}
    for path in sorted(Path(corpus).rglob("*")):
        name = path.relative_to(corpus).as_posix()
        if path.is_dir() or name == ".lock":
            continue
        files[name] = catalogue_rows(path) if name == "catalog.db" else path.read_bytes()
    return files


def catalogue_rows(catalogue):
    with sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        rows = [repr((table, sorted(map(repr, database.execute(f"SELECT * FROM {table}"))))) for table in tables]
    database.close()
    return "\n".join(rows).encode()


def difference(a, b):
    """The first lines of two files that differ."""
    for one, other in zip(a.split(b"\n"), b.split(b"\n")):
        if one != other:
            return f"  {one[:500]!r}\n  {other[:500]!r}"
    return f"  {len(a)} bytes and {len(b)} bytes"


def sparse_clip(tiny, made):
    """35 s whose two faces speak in different units of work, with 27 s of nothing between them."""
    ffmpeg("-t", "2.48", "-i", tiny, "-ss", "6.44", "-t", "2.8", "-i", tiny,
           "-f", "lavfi", "-t", "27", "-i", "color=black:s=320x180:r=25",
           "-f", "lavfi", "-t", "27", "-i", "anullsrc=r=44100:cl=mono",
           "-filter_complex", "[0:a]aformat=channel_layouts=mono[a];[1:a]aformat=channel_layouts=mono[b];"
           "[0:v][a][2:v][3:a][1:v][b]concat=n=3:v=1:a=1", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", made)


def short_clip(tiny, made, mark, start_s=6.44, length_s=2.8):
    """One face that speaks for a moment; another `mark` makes other bytes of the same picture and sound."""
    ffmpeg("-ss", start_s, "-t", length_s, "-i", tiny, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac",
           "-metadata", f"comment={mark}", made)
