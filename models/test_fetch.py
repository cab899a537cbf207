#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fetch.py on made archives, without a network: stand-ins for pip and npm hand out files from a folder."""

import hashlib
import io
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import unittest
import unittest.mock
import zipfile
from unittest import mock

sys.dont_write_bytecode = True

import archives
import fetch
from archives import FetchError, unpack

HERE = pathlib.Path(__file__).resolve().parent
MODEL = b"a model" * 100


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def make_wheel(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sha256(path.read_bytes())


def make_tarball(path, members):
    """`members` maps names to bytes or, for a symbolic link, to its target."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            if isinstance(data, str):
                info.type, info.linkname = tarfile.SYMTYPE, data
                archive.addfile(info)
            else:
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))


class WorldTest(unittest.TestCase):
    """A folder with a registry of one wheel, a Python whose pip hands it out and counts, and a card."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.wheel = self.root / "net-1.0-py3-none-any.whl"
        self.wheel_sha256 = make_wheel(self.wheel, {"net/a.onnx": MODEL, "net/b.txt": b"text"})
        self.calls = self.root / "calls"
        self.python = self.root / "python"
        self.python.write_text(
            f'#!/bin/sh\necho x >> "{self.calls}"\nwhile [ "$1" != --dest ]; do shift; done\ncp "{self.wheel}" "$2"\n'
        )
        self.python.chmod(0o755)
        self.card = self.write_card()

    def write_card(self, model_sha256=sha256(MODEL), name="net", extra=""):
        path = self.root / "net.toml"
        path.write_text(
            f'schema = 1\nname = "{name}"\n[file]\nname = "model.onnx"\nsha256 = "{model_sha256}"\n'
            f'size_bytes = {len(MODEL)}\n[source]\nregistry = "pypi"\npackage = "net"\nversion = "1.0"\n'
            f'archive_sha256 = "{self.wheel_sha256}"\nmembers = ["net/a.onnx"]\n{extra}'
        )
        return path

    def run_fetch(self, *arguments, mirror=None):
        environment = {key: value for key, value in os.environ.items() if key != "SEZIM_MODEL_MIRROR"}
        if mirror:
            environment["SEZIM_MODEL_MIRROR"] = str(mirror)
        command = [sys.executable, str(HERE / "fetch.py"), "--downloads", str(self.root / "downloads")]
        command += ["--python", str(self.python), *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def fetch_card(self, **options):
        return self.run_fetch("--store", self.root / "store", "--card", self.card, **options)

    def num_downloads(self):
        return len(self.calls.read_text().split()) if self.calls.exists() else 0


class Models(WorldTest):
    def test_a_model_and_its_card_land_in_the_store_and_a_second_run_is_silent(self):
        first = self.fetch_card()
        self.assertEqual((first.returncode, first.stdout), (0, ""), first.stderr)
        self.assertEqual((self.root / "store/net/model.onnx").read_bytes(), MODEL)
        self.assertEqual((self.root / "store/net/card.toml").read_bytes(), self.card.read_bytes())
        second = self.fetch_card()
        self.assertEqual((second.returncode, second.stdout, second.stderr), (0, "", ""))
        self.assertEqual(self.num_downloads(), 1)

    def test_a_damaged_model_is_replaced_from_the_kept_archive(self):
        self.fetch_card()
        (self.root / "store/net/model.onnx").write_bytes(MODEL[:-1] + b"x")
        self.assertEqual(self.fetch_card().returncode, 0)
        self.assertEqual((self.root / "store/net/model.onnx").read_bytes(), MODEL)
        self.assertEqual(self.num_downloads(), 1)

    def test_a_converter_gets_the_members_of_all_archives_in_order(self):
        parts = {"net": self.wheel, "rest": self.root / "rest.whl"}
        make_wheel(parts["rest"], {"rest/c.bin": b"third"})
        source = {"registry": "pypi", "package": "net", "archive_sha256": "1", "members": ["net/a.onnx", "net/b.txt"],
                  "converter": "lr_asd.py",
                  "further": [{"package": "rest", "archive_sha256": "2", "members": ["rest/c.bin"]}]}  # fmt: skip
        asked = []

        class Archives:
            def get(self, archive):
                asked.append((archive["registry"], archive["package"], archive["sha256"]))
                return parts[archive["package"]]

        def convert(command, *_):
            files = [pathlib.Path(each) for each in command[-3:]]
            pathlib.Path(command[command.index("--out") + 1]).write_bytes(b"+".join(file.read_bytes() for file in files))

        with mock.patch.object(fetch, "run", convert):
            self.assertEqual(fetch.make_model(source, Archives(), "python"), MODEL + b"+text+third")
        self.assertEqual(asked, [("pypi", "net", "1"), ("pypi", "rest", "2")])

    def test_a_damaged_kept_archive_is_downloaded_again(self):
        self.fetch_card()
        (self.root / "store/net/model.onnx").unlink()
        (self.root / "downloads" / (self.wheel_sha256 + ".whl")).write_bytes(b"cut off")
        self.assertEqual(self.fetch_card().returncode, 0)
        self.assertEqual(self.num_downloads(), 2)

    def test_the_mirror_is_asked_before_the_registry(self):
        for file in ("any-name.bin", sha256(MODEL)):
            mirror = self.root / f"mirror-{file}"
            mirror.mkdir()
            (mirror / "same-size").write_bytes(MODEL[::-1])
            (mirror / file).write_bytes(MODEL)
            with self.subTest(file):
                result = self.fetch_card(mirror=mirror)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual((self.root / "store/net/model.onnx").read_bytes(), MODEL)
                self.assertEqual(self.num_downloads(), 0)
                (self.root / "store/net/model.onnx").unlink()

    def test_an_archive_in_the_mirror_spares_the_download(self):
        result = self.run_fetch("--store", self.root / "store", "--card", self.card, mirror=self.root)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.num_downloads(), 0)

    def test_a_replaced_archive_is_refused_and_leaves_nothing(self):
        make_wheel(self.wheel, {"net/a.onnx": b"something else"})
        result = self.fetch_card()
        self.assertEqual(result.returncode, 1)
        self.assertIn(self.wheel_sha256, result.stderr)
        self.assertIn(sha256(self.wheel.read_bytes()), result.stderr)
        self.assertEqual(list((self.root / "downloads").iterdir()), [])
        self.assertFalse((self.root / "store/net").exists())

    def test_a_model_with_another_sha256_is_refused(self):
        self.write_card(model_sha256=sha256(b"other"))
        result = self.fetch_card()
        self.assertEqual(result.returncode, 1)
        self.assertIn(sha256(b"other"), result.stderr)
        self.assertIn(sha256(MODEL), result.stderr)
        self.assertFalse((self.root / "store/net").exists())

    def test_a_file_in_no_registry_has_to_be_brought(self):
        text = self.card.read_text().replace('"pypi"', '"none"').replace(self.wheel_sha256, sha256(MODEL))
        self.card.write_text(text.replace("net/a.onnx", "a.onnx"))
        result = self.fetch_card()
        self.assertEqual(result.returncode, 1)
        self.assertIn("a.onnx", result.stderr)
        self.assertIn("SEZIM_MODEL_MIRROR", result.stderr)
        self.assertFalse((self.root / "store/net").exists())
        brought = self.root / "brought"
        brought.mkdir()
        (brought / "renamed.onnx").write_bytes(MODEL)
        self.assertEqual(self.fetch_card(mirror=brought).returncode, 0)
        self.assertEqual((self.root / "store/net/model.onnx").read_bytes(), MODEL)
        self.assertEqual(self.num_downloads(), 0)

    def test_a_brought_file_is_converted(self):
        checkpoint = b"not the model itself"
        text = self.card.read_text().replace('"pypi"', '"none"').replace(self.wheel_sha256, sha256(checkpoint))
        self.card.write_text(text.replace("net/a.onnx", "a.pt") + 'converter = "onnx_graph.py"\n')
        (self.root / "a.pt").write_bytes(checkpoint)
        self.python.write_text(f'#!/bin/sh\nwhile [ "$1" != --out ]; do shift; done\n'
                               f'grep -q "not the model" "$3" && cp "{self.root}/model" "$2"\n')  # fmt: skip
        (self.root / "model").write_bytes(MODEL)
        mirror = self.root / "mirror"
        mirror.mkdir()
        (self.root / "a.pt").rename(mirror / "a.pt")
        result = self.fetch_card(mirror=mirror)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.root / "store/net/model.onnx").read_bytes(), MODEL)

    def test_all_leaves_out_what_has_to_be_brought(self):
        self.assertIn("yunet", fetch.known_models())
        self.assertNotIn("yunet", fetch.registered_models())
        self.assertIn("silero-vad", fetch.registered_models())

    def test_bad_requests_name_what_is_wrong(self):
        cases = {
            "no model 'nothing'": lambda: self.run_fetch("--store", self.root / "store", "nothing"),
            "no package 'nothing'": lambda: self.run_fetch("--deps", self.root / "deps", "--packages", "nothing"),
            "not a folder": lambda: self.fetch_card(mirror=self.card),
            "--store": lambda: self.run_fetch("silero-vad"),
        }
        for expected, action in cases.items():
            with self.subTest(expected):
                result = action()
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(expected, result.stderr)
                self.assertNotIn("Traceback", result.stderr)
        self.write_card(name="../escape")
        self.assertIn("../escape", self.fetch_card().stderr)
        self.write_card(extra='converter = "none.py"\n')
        self.assertIn("none.py", self.fetch_card().stderr)


class Packages(WorldTest):
    def fetch_package(self, **changes):
        package = {"key": "net", "registry": "pypi", "package": "net", "version": "1.0", "sha256": self.wheel_sha256,
                   "members": ["net/*"], "strip": "net/", "unpack_to": "lib/net", "links": {"c": "../b"},
                   **changes}  # fmt: skip
        store = archives.ArchiveStore(self.root / "downloads", archives.Mirror(None), str(self.python))
        fetch.fetch_package(package, self.root / "deps", store)

    def setUp(self):
        super().setUp()
        self.silence = archives.say
        fetch.say = archives.say = lambda message: None
        self.addCleanup(lambda: (setattr(archives, "say", self.silence), setattr(fetch, "say", self.silence)))

    def files(self):
        return sorted(path.name for path in (self.root / "deps/lib/net").iterdir())

    def test_members_are_unpacked_once_until_something_changes(self):
        self.fetch_package()
        self.assertEqual(self.files(), ["a.onnx", "b.txt", "c"])
        self.assertEqual(os.readlink(self.root / "deps/lib/net/c"), "../b")
        inode = (self.root / "deps/lib/net").stat().st_ino
        self.fetch_package()
        self.assertEqual((self.root / "deps/lib/net").stat().st_ino, inode)
        (self.root / "deps/lib/net/b.txt").unlink()
        self.fetch_package()
        self.assertEqual(self.files(), ["a.onnx", "b.txt", "c"])
        self.fetch_package(members=["net/b.txt"], links={})
        self.assertEqual(self.files(), ["b.txt"])
        self.assertEqual(self.num_downloads(), 1)
        self.assertEqual([path.name for path in (self.root / "deps/lib").iterdir()], ["net"])

    def test_a_pattern_without_match_leaves_the_old_folder(self):
        self.fetch_package()
        with self.assertRaisesRegex(FetchError, "missing"):
            self.fetch_package(members=["net/missing*"])
        self.assertEqual(self.files(), ["a.onnx", "b.txt", "c"])

    def test_a_large_archive_is_not_kept(self):
        self.fetch_package(keep=False)
        self.assertEqual(self.files(), ["a.onnx", "b.txt", "c"])
        self.assertEqual(list((self.root / "downloads").iterdir()), [])
        self.fetch_package(keep=False)
        self.assertEqual(self.num_downloads(), 1)

    def test_all_leaves_out_optional_packages(self):
        self.assertIn("libtorch", fetch.read_packages())
        self.assertNotIn("libtorch", fetch.usual_packages())
        self.assertIn("onnxruntime-lib", fetch.usual_packages())

    def test_requirements_come_first_and_once(self):
        packages = {"a": {"requires": ["b"]}, "b": {"requires": ["c"]}, "c": {}}
        self.assertEqual(fetch.with_requirements(["a", "c"], packages), ["c", "b", "a"])


class Addresses(unittest.TestCase):
    """Downloads from an https address; the network is a stand-in."""

    def fetch(self, data, url="https://example.org/net.onnx", leads_to=None, size=len(MODEL)):
        answer = unittest.mock.MagicMock()
        answer.__enter__.return_value = answer
        answer.read.side_effect = lambda limit: data[:limit]
        answer.geturl.return_value = leads_to or url
        with unittest.mock.patch("urllib.request.urlopen", return_value=answer):
            return fetch.download(url, size)

    def test_the_bytes_come_if_they_are_as_many_as_the_card_says(self):
        self.assertEqual(self.fetch(MODEL), MODEL)

    def test_other_sizes_and_other_protocols_are_refused(self):
        for arguments, complaint in [
            ((MODEL + b"x",), "more than"),
            ((MODEL[:-1],), "not the"),
            ((MODEL, "http://example.org/net.onnx"), "https"),
            ((MODEL, "https://example.org/net.onnx", "http://example.org/net.onnx"), "https"),
        ]:
            with self.subTest(complaint), self.assertRaisesRegex(FetchError, complaint):
                self.fetch(*arguments)

    def test_no_network_is_an_error_that_names_the_address(self):
        with unittest.mock.patch("urllib.request.urlopen", side_effect=OSError("no route")):
            with self.assertRaisesRegex(FetchError, "example.org.*no route"):
                fetch.download("https://example.org/net.onnx", 3)


class HostileArchives(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.out = self.root / "out"
        self.out.mkdir()

    def assert_refused(self, archive, reason):
        with self.assertRaisesRegex(FetchError, reason):
            unpack(archive, "all", "", self.out)
        self.assertEqual(list(self.out.rglob("*")), [])

    def test_paths_that_leave_the_folder(self):
        for name in ("../evil", "a/../../evil", "/evil", "a\\..\\evil"):
            for make, path in ((make_wheel, self.root / "a.whl"), (make_tarball, self.root / "a.tgz")):
                with self.subTest(name=name, archive=path.name):
                    make(path, {name: b"x"})
                    self.assert_refused(path, "leave its folder")
        self.assertFalse((self.root / "evil").exists())

    def test_links(self):
        make_tarball(self.root / "a.tgz", {"link": "/etc/passwd"})
        self.assert_refused(self.root / "a.tgz", "not a plain file")

    def test_too_many_bytes(self):
        make_wheel(self.root / "a.whl", {"a": b"x" * 600, "b": b"x" * 600})
        limit, archives.MAX_UNPACKED_BYTES = archives.MAX_UNPACKED_BYTES, 1000
        self.addCleanup(setattr, archives, "MAX_UNPACKED_BYTES", limit)
        with self.assertRaisesRegex(FetchError, "more than 1000 bytes"):
            unpack(self.root / "a.whl", "all", "", self.out)


class ShippedDescriptions(unittest.TestCase):
    """Every card and every package in this folder says what the schema asks for."""

    EXPRESSIONS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
    PREPROCESSING = {
        "expression": ["height", "range", "width"],
        "face-detection": ["height", "range", "width"],
        "face-landmarks": ["height", "range", "width"],
        "face-description": ["height", "mean", "range", "width"],
        "active-speaker-faces": ["height", "range", "width"],
        "active-speaker-voice": ["hop_samples", "num_coefficients", "sample_rate_hz", "window_samples"],
        "speaker-embedding": ["hop_samples", "num_mels", "sample_rate_hz", "window_samples"],
        "speech-layers": ["hop_samples", "num_mels", "sample_rate_hz", "window_samples"],
        "voice-activity": ["context_samples", "sample_rate_hz", "window_samples"],
    }

    def test_cards(self):
        for name in fetch.known_models():
            with self.subTest(name):
                card = fetch.read_toml(fetch.card_path(name))
                texts = [card[key] for key in ("name", "task", "description", "licence", "trained_on")]
                self.assertTrue(all(isinstance(text, str) and text for text in texts))
                self.assertEqual((card["schema"], card["name"]), (1, name))
                self.assertRegex(card["file"]["sha256"], "^[0-9a-f]{64}$")
                self.assertRegex(card["source"]["archive_sha256"], "^[0-9a-f]{64}$")
                self.assertIn(card["source"]["registry"], ("pypi", "npm", "none"))
                for value in card["inputs"] + card["outputs"]:
                    self.assertEqual(sorted(value), ["dtype", "meaning", "name", "shape"])
                self.assertEqual(sorted(card["preprocessing"]), self.PREPROCESSING[card["task"]])
                if card["task"] == "expression":
                    self.assertEqual(sorted(card["labels"]), self.EXPRESSIONS)

    def test_packages_have_folders_of_their_own(self):
        packages = fetch.read_packages()
        folders = [pathlib.PurePosixPath(package["unpack_to"]) for package in packages.values()]
        for folder in folders:
            self.assertFalse(folder.is_absolute() or ".." in folder.parts)
            self.assertFalse([other for other in folders if other is not folder and other.is_relative_to(folder)])
        # Every requirement exists.
        self.assertEqual(sorted(fetch.with_requirements(packages, packages)), sorted(packages))


if __name__ == "__main__":
    unittest.main()
