# SPDX-License-Identifier: Apache-2.0
"""A model folder that was tampered with loads nowhere: `recognize --model`, `harvest --voice-model`, `corpus filter`.

And a harvest by the recipe `default` does not begin when weights that it needs are absent or are not what they should be.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import DONE, FAILED, contents, tiny_programme, users_cache

SOURCE = Path(os.environ["SEZIM_SOURCE"])
SHIPPED = SOURCE / "models" / "trained" / "voice-emodb"


def in_card(pattern, instead):
    """A way to tamper: replaces what `pattern` finds in the card."""
    def tamper(model):
        text = (model / "card.toml").read_text(encoding="utf-8")
        edited, count = re.subn(pattern, lambda _: instead, text, flags=re.MULTILINE)
        assert count == 1, pattern
        (model / "card.toml").write_text(edited, encoding="utf-8")

    return tamper


def weights_of(data):
    """Other weights, with a card that knows their digest."""
    def tamper(model):
        (model / "model.onnx").write_bytes(data)
        in_card("^sha256 = .*", f'sha256 = "{hashlib.sha256(data).hexdigest()}"')(model)
        in_card("^size_bytes = .*", f"size_bytes = {len(data)}")(model)

    return tamper


def flipped(original, target):
    """Writes `original` with one bit changed."""
    weights = bytearray(original.read_bytes())
    weights[len(weights) // 2] ^= 1
    target.write_bytes(weights)


def one_bit(model):
    flipped(model / "model.onnx", model / "model.onnx")


def huge(name, num_bytes):
    def tamper(model):
        os.truncate(model / name, num_bytes)

    return tamper


def huge_and_declared(model):
    huge("model.onnx", 40 << 30)(model)
    in_card("^size_bytes = .*", f"size_bytes = {40 << 30}")(model)


def elsewhere(model):
    """The card names the weights of another folder."""
    (model / "model.onnx").rename(model.parent / "weights-elsewhere.onnx")
    in_card('^name = "model.onnx"', 'name = "../weights-elsewhere.onnx"')(model)


def another_set(model):
    """The card names a feature set outside its folder."""
    text = (SOURCE / "feature-sets" / "whisper-layers.toml").read_text(encoding="utf-8")
    (model.parent / "mine.toml").write_text(re.sub(r'layers = "\d-\d"', 'layers = "0-1"', text), encoding="utf-8")
    in_card("^features = .*", f"features = '{model.parent / 'mine.toml'}'")(model)


def swapped_labels(model):
    in_card('^labels = .*', "labels = ['disgust', 'angry', 'fear', 'happy', 'neutral', 'sad']")(model)


def fifo(name):
    def tamper(model):
        (model / name).unlink()
        os.mkfifo(model / name)

    return tamper


TAMPERED = {
    "one bit of the weights": (one_bit, "sha256"),
    "weights that are cut": (lambda model: os.truncate(model / "model.onnx", 1000), "bytes"),
    "weights that are no network": (weights_of(b"no network" * 100), "cannot load it"),
    "no weights": (lambda model: (model / "model.onnx").unlink(), "missing"),
    "huge weights": (huge("model.onnx", 40 << 30), "bytes"),
    "huge weights that the card declares": (huge_and_declared, "larger than"),
    "weights that never end": (lambda model: ((model / "model.onnx").unlink(),
                                              (model / "model.onnx").symlink_to("/dev/zero")), "model.onnx"),
    "weights that never come": (fifo("model.onnx"), "model.onnx"),
    "weights elsewhere": (elsewhere, "missing"),
    "no card": (lambda model: (model / "card.toml").unlink(), "card.toml"),
    "a huge card": (huge("card.toml", 40 << 30), "larger than"),
    "a card that never comes": (fifo("card.toml"), "FIFO"),
    "a card of another task": (in_card("^task = .*", "task = 'expression'"), "no recogniser"),
    "a card with fewer labels": (in_card("^labels = .*", "labels = ['angry', 'sad']"), "shape"),
    "a card with another input": (in_card("^name = .features.$", "name = 'frames'"), "input"),
    "a card with other features": (in_card("^features = .*", "features = 'mfcc39-stats'"), ""),
    "a card with features elsewhere": (another_set, "not on its card"),
    "a card with features that are no set": (in_card("^features = .*", "features = '/etc/passwd'"), "/etc/passwd"),
    "a card without a number": (in_card("^temperature = .*", "temperature = nan"), "temperature"),
    "labels in another order": (swapped_labels, "was changed"),
    "another temperature": (in_card("^temperature = .*", "temperature = 2.0"), "was changed"),
    "another licence": (in_card("^licence = .*", "licence = 'MIT'"), "was changed"),
    "a card that does not say what it was": (in_card("^card_sha256 = .*", ""), "card_sha256"),
}


class TamperedModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sezim-tampered-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.corpus = cls.folder / "corpus"
        cls.sezim("harvest", tiny_programme(), "--out", cls.corpus)
        cls.before = contents(cls.corpus)

    @staticmethod
    def sezim(*arguments, expect=DONE, **environment):
        run = subprocess.run([os.environ["SEZIM_BIN"], *map(str, arguments)], capture_output=True, text=True, timeout=120,
                             env={**os.environ, **environment})
        if run.returncode != expect:
            raise AssertionError(f"{arguments}: status {run.returncode} instead of {expect}: {run.stderr}")
        return run

    def test_it_loads_nowhere(self):
        sound = next((self.corpus / "audio").rglob("*.flac"))
        for number, (told, (tamper, about)) in enumerate(TAMPERED.items()):
            with self.subTest(what=told):
                model = self.folder / str(number) / "model"
                shutil.copytree(SHIPPED, model)
                tamper(model)
                never = self.folder / str(number) / "never"
                for command in (["recognize", sound, "--model", model], ["corpus", "filter", self.corpus, "--voice-model", model],
                                ["harvest", tiny_programme(), "--out", never, "--voice-model", model]):
                    run = self.sezim(*command, expect=FAILED)
                    self.assertIn(about, run.stderr)
                    self.assertNotIn("internal error", run.stderr)
                    self.assertEqual(run.stdout, "")
                self.assertFalse((never / "segments.jsonl").exists())
                self.assertEqual(contents(self.corpus), self.before)

    def test_a_harvest_needs_all_its_weights(self):
        """Each network that is loaded by the recipe `default` is asked for by taking it away, and noticed when it is damaged."""
        self.assertGreaterEqual(self.check_that_all_are_needed(self.corpus, "default"), 6)

    def test_a_harvest_by_networks_that_were_brought_needs_all_its_weights(self):
        for name in ("yunet", "lr-asd-faces", "lr-asd-voice"):
            if not (users_cache() / "models" / name).exists():
                self.skipTest(f"the model {name} was not brought")
        recipe = self.folder / "brought.toml"
        recipe.write_text('name = "brought"\nmethod = "default"\n[faces]\ndetector = "yunet"\n[speaking]\nmodel = "lr-asd"\n',
                          encoding="utf-8")
        corpus = self.folder / "of-brought"
        self.sezim("harvest", tiny_programme(), "--out", corpus, "--recipe", recipe)
        self.assertGreaterEqual(self.check_that_all_are_needed(corpus, recipe), 8)

    def check_that_all_are_needed(self, corpus, recipe):
        text = (corpus / "corpus.toml").read_text(encoding="utf-8")
        needed = re.findall(r'^\[\[model\]\]\nrole = ".*"\nname = "(.*)"', text, re.MULTILINE)
        cache = self.folder / f"cache-of-{corpus.name}"
        for name in needed:
            (cache / "models" / name).mkdir(parents=True)
            for file in (users_cache() / "models" / name).iterdir():
                (cache / "models" / name / file.name).symlink_to(file)
        for name in needed:
            weights = cache / "models" / name / "model.onnx"
            original = weights.resolve()
            for told, damage in (("missing", lambda: None), ("sha256", lambda: flipped(original, weights))):
                with self.subTest(model=name, what=told):
                    weights.unlink()
                    damage()
                    out = self.folder / f"{corpus.name}-{told}-{name}"
                    run = self.sezim("harvest", tiny_programme(), "--out", out, "--recipe", recipe, expect=FAILED,
                                     SEZIM_CACHE=str(cache))
                    self.assertIn(told, run.stderr)
                    self.assertIn(name, run.stderr)
                    self.assertFalse((out / "segments.jsonl").exists())
                    weights.unlink(missing_ok=True)
                    weights.symlink_to(original)
        return len(needed)

    def test_networks_of_another_kind_leave_no_corpus(self):
        out = self.folder / "corrected"
        for number, recipe in enumerate((
                '[faces]\ndetector = "mini-xception"', '[faces]\nfallback = "ge2e"', '[speech]\nmodel = "ge2e"',
                '[expression]\nmodels = ["ge2e"]', '[speakers]\nmodel = "mini-xception"',
                '[speakers]\nface_model = "mini-xception"', 'method = "paper"\n[expression]\nmodels = ["ge2e"]')):
            with self.subTest(recipe=recipe):
                file = self.folder / f"wrong-{number}.toml"
                head = "" if recipe.startswith("method") else 'method = "default"\n'
                file.write_text(f'name = "wrong"\n{head}{recipe}\n', encoding="utf-8")
                run = self.sezim("harvest", tiny_programme(), "--out", out, "--recipe", file, expect=FAILED)
                self.assertNotIn("internal error", run.stderr)
                self.assertFalse(out.exists())
        self.sezim("harvest", tiny_programme(), "--out", out)


if __name__ == "__main__":
    unittest.main()
