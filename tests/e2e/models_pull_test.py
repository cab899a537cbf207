# SPDX-License-Identifier: Apache-2.0
"""`sezim models pull` out of a mirror folder into an empty store, and `sezim models verify`. No network is asked."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import DONE, FAILED, TIMEOUT_S, WRONG_USAGE, users_cache

SOURCE = Path(os.environ["SEZIM_SOURCE"])
NAME = "mini-xception"
CARD = SOURCE / "models" / "cards" / f"{NAME}.toml"
WEIGHTS = users_cache() / "models" / NAME / "model.onnx"


def files_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.name != ".lock")


def flip_a_bit(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


class ModelsPullTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sezim-models-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.store = self.folder / "cache" / "models"
        self.mirror = self.folder / "mirror"
        self.mirror.mkdir()

    def models(self, *arguments, expect=DONE):
        environment = dict(os.environ, SEZIM_CACHE=str(self.folder / "cache"), SEZIM_MODEL_MIRROR=str(self.mirror),
                           XDG_CACHE_HOME=str(self.folder / "xdg"), PIP_NO_INDEX="1", npm_config_offline="true")
        run = subprocess.run([os.environ["SEZIM_BIN"], "models", *map(str, arguments)], capture_output=True, text=True,
                             timeout=TIMEOUT_S, env=environment)
        self.assertEqual(run.returncode, expect, run.stderr)
        self.assertNotIn("Traceback", run.stderr)
        return run

    def pull_from_mirror(self):
        shutil.copy(WEIGHTS, self.mirror / "any name.bin")
        return self.models("pull", NAME)

    def test_a_model_comes_out_of_the_mirror(self):
        self.assertIn(str(self.mirror / "any name.bin"), self.pull_from_mirror().stderr)
        self.assertEqual(files_below(self.folder / "cache"), [f"models/{NAME}/card.toml", f"models/{NAME}/model.onnx"])
        self.assertEqual((self.store / NAME / "model.onnx").read_bytes(), WEIGHTS.read_bytes())
        self.assertEqual((self.store / NAME / "card.toml").read_bytes(), CARD.read_bytes())
        self.assertEqual(self.models("verify", NAME).stdout, f"{NAME}: as its card says\n")
        shutil.rmtree(self.mirror)
        self.mirror.mkdir()
        again = self.models("pull", NAME)
        self.assertEqual((again.stdout, again.stderr), ("", ""), "what is there already is fetched again")

    def test_one_bit_of_the_weights_is_noticed_and_pulled_anew(self):
        self.pull_from_mirror()
        weights = self.store / NAME / "model.onnx"
        flip_a_bit(weights)
        for names in ([NAME], []):  # the one that is asked for, and all that are installed
            run = self.models("verify", *names, expect=FAILED)
            for words in (NAME, str(weights), "sha256", f"sezim models pull {NAME}"):
                self.assertIn(words, run.stderr)
            self.assertRegex(run.stdout, rf"(?m)^{NAME}: the weights ")
        self.assertIn("voice-emodb: as its card says\n", run.stdout)
        self.models("pull", NAME)
        self.models("verify", NAME)

    def test_a_mirror_with_other_weights_is_refused(self):
        sha256 = next(line.split('"')[1] for line in CARD.read_text(encoding="utf-8").splitlines() if line.startswith("sha256"))
        shutil.copy(WEIGHTS, self.mirror / sha256)
        flip_a_bit(self.mirror / sha256)
        run = self.models("pull", NAME, expect=FAILED)
        self.assertIn(str(self.mirror / sha256), run.stderr)
        self.assertRegex(run.stderr, "has sha256 [0-9a-f]{64}, not its name: replace it")
        self.assertEqual(files_below(self.folder / "cache") + files_below(self.folder / "xdg"), [])
        self.assertIn("is not in the store", self.models("verify", NAME, expect=FAILED).stderr)

    def test_a_mirror_that_is_no_folder_is_refused(self):
        self.mirror = self.folder / "nowhere"
        said = self.models("pull", NAME, expect=FAILED).stderr
        self.assertIn(f"SEZIM_MODEL_MIRROR is {self.mirror}, which is not a folder", said)

    def test_what_comes_with_sezim_is_not_fetched(self):
        said = self.models("pull", "voice-emodb").stderr
        self.assertEqual(said, "voice-emodb: comes with sezim, there is nothing to fetch\n")
        self.assertEqual(files_below(self.folder / "cache"), [])

    def test_an_unknown_name_tells_the_known_ones(self):
        run = self.models("pull", "mini-exception", expect=FAILED)
        for words in ("mini-exception", NAME, "silero-vad", "yunet"):
            self.assertIn(words, run.stderr)
        self.assertEqual(files_below(self.folder / "cache"), [])
        self.assertIn("mini-exception", self.models("verify", "mini-exception", expect=FAILED).stderr)
        self.assertIn("no model name", self.models("pull", "../mini-xception", expect=WRONG_USAGE).stderr)


if __name__ == "__main__":
    unittest.main()
