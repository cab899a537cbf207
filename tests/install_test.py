# SPDX-License-Identifier: Apache-2.0
"""An installed sezim works without its source and build trees, and another project builds against its package.

SEZIM_BUILD is the build folder, SEZIM_SOURCE the source tree.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = os.environ["SEZIM_BUILD"]
SOURCE = Path(os.environ["SEZIM_SOURCE"])
CACHE = Path(os.environ.get("SEZIM_CACHE")
             or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sezim")


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-install-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.prefix = cls.folder / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)

    def test_the_program_runs_from_where_it_was_moved(self):
        moved = self.folder / "moved"
        self.prefix.rename(moved)
        self.addCleanup(moved.rename, self.prefix)
        self.assertRegex(run(moved / "bin/sezim", "--version"), r"^sezim \d+\.\d+\.\d+\n$")
        self.assertIn("mini-xception", run(moved / "bin/sezim", "models", "list"))
        needed = run("ldd", moved / "bin/sezim")
        self.assertIn(str(moved.resolve()), next(line for line in needed.splitlines() if "onnxruntime" in line))

    def test_another_project_builds_against_the_package(self):
        build = self.folder / "consumer"
        options = [f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DCMAKE_BUILD_TYPE=Debug",
                   f"-DCMAKE_CXX_FLAGS={os.environ.get('SEZIM_CONSUMER_FLAGS', '')}"]
        run("cmake", "-G", "Ninja", "-S", SOURCE / "tests/install", "-B", build, *options)
        run("cmake", "--build", build)
        self.assertEqual(run(build / "consumer", CACHE / "programmes/tiny.mp4"), "1 happy 320x180\n")


if __name__ == "__main__":
    unittest.main()
