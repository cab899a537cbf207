# SPDX-License-Identifier: Apache-2.0
"""Each bad input is one rejected source that says what is wrong and what to do, and the good ones are harvested.

SEZIM_BIN names the executable.
"""

import os
import re
import shutil
import socket
import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from support import FAILED, MAX_PEAK_KB, SOME_REJECTED, HarvestTest, contents, ffmpeg, read_lines, short_clip  # noqa: E402

ODD_NAMES = [b"two  spaces and 'quotes' \"and\" $(touch hacked) ; & | * ? .mp4",
             b"a line\nbreak\tand a tab.mp4",
             b"not utf-8 \xff\xfe \xc3.mp4",
             b"-leading dash.mp4",
             "бейне 😀 ұқсас.mp4".encode(),
             b"100%.MP4"]


def boxes_with_durations(data):
    """Where in an MP4's bytes its headers (movie, tracks, media) state durations, all of version 0."""
    for kind, offset in ((b"mvhd", 16), (b"tkhd", 20), (b"mdhd", 16)):
        for found in re.finditer(kind, data):
            at = found.end()
            if data[at] == 0:
                yield at + offset


class BadInputTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls.clips / "good.mp4"
        short_clip(cls.tiny, cls.good, "good")
        cls.whole = cls.clips / "whole.mp4"  # its header is in front, so that it can be read up to where it is cut
        ffmpeg("-i", cls.tiny, "-c", "copy", "-movflags", "+faststart", cls.whole)

    def setUp(self):
        super().setUp()
        self.videos = self.folder / "videos"
        self.videos.mkdir()

    def make(self, name, *arguments):
        ffmpeg(*arguments, self.videos / name)

    def sound_and(self, picture):
        """Arguments for a second of sound with a few frames of `picture`."""
        return ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-t", "1", "-i", "sine=440:r=16000", "-c:a", "pcm_s16le"]

    def make_bad_inputs(self):
        """Fills the folder; gives what the rejection of each must say, by name."""
        good, whole, videos = self.good.read_bytes(), self.whole.read_bytes(), self.videos
        said = {}

        def bytes_of(name, data, about):
            (videos / name).write_bytes(data)
            said[name] = about

        bytes_of("empty.mp4", b"", "is empty")
        bytes_of("text.mp4", b"this is not a video\n" * 100, "not a readable media file")
        bytes_of("zeros.mp4", bytes(100_000), "not a readable media file")
        bytes_of("noise.mp4", bytes((i * i * 31 + i * 7) % 251 for i in range(100_000)), "not a readable media file")
        bytes_of("page.mp4", b"<!DOCTYPE html><html><body>Sign in to watch</body></html>", "not a readable media file")
        bytes_of("cut in the middle.mp4", whole[:len(whole) * 6 // 10], "truncated: it declares 12.0 s")
        bytes_of("cut in the header.mp4", whole[:whole.index(b"moov") + 300], "")
        bytes_of("cut before the header.mp4", good[:good.rindex(b"moov") - 4], "not a readable media file")
        bytes_of("cut in the header behind.mp4", good[:good.rindex(b"moov") + 300], "")

        self.make("cut in the middle.mkv", "-i", self.tiny, "-c", "copy")
        data = (videos / "cut in the middle.mkv").read_bytes()
        bytes_of("cut in the middle.mkv", data[:len(data) // 2], "truncated: it declares 12.0 s")

        self.make("cut in the header.mkv", "-i", self.tiny, "-c", "copy")
        data = (videos / "cut in the header.mkv").read_bytes()
        bytes_of("cut in the header.mkv", data[:300], "it ends within its header")

        clocks = [at + 16 for at in range(len(whole)) if whole.startswith(b"mdhd", at)]
        self.assertEqual(len(clocks), 2, "each track has a clock")
        for name, which, about in (("clocks of a second.mp4", clocks, "but its sound ends after 0.02 s"),
                                   ("pictures for hours.mp4", clocks[:1], "of speech, but no picture at")):
            data = bytearray(whole)
            for at in which:
                data[at:at + 4] = struct.pack(">I", 1)
            bytes_of(name, data, about)

        self.make("audio only.mp4", "-i", self.good, "-vn", "-c", "copy")
        said["audio only.mp4"] = "sound but no picture"
        self.make("video only.mp4", "-i", self.good, "-an", "-c", "copy")
        said["video only.mp4"] = "picture but no sound"
        self.make("fragments.mp4", "-i", self.good, "-c", "copy", "-movflags", "empty_moov+frag_keyframe")
        data = (videos / "fragments.mp4").read_bytes()
        (videos / "fragments.mp4").unlink()
        bytes_of("tracks of no length.mp4", data[:data.index(b"moof") - 4], "")

        self.make("one pixel.mkv", *self.sound_and("color=s=16x16:d=0.5:r=10,format=rgb24,scale=1:1"), "-c:v", "png")
        said["one pixel.mkv"] = "frames of 1x1 pixels"
        self.make("huge frame.mkv", *self.sound_and("color=s=16000x256:d=0.2:r=10"), "-c:v", "ffv1")
        data = bytearray((videos / "huge frame.mkv").read_bytes())
        for element, size in ((b"\xb0", 16000), (b"\xba", 256)):
            wanted = element + b"\x82" + struct.pack(">H", size)
            self.assertEqual(data.count(wanted), 1, "PixelWidth and PixelHeight are where we look for them")
            at = data.index(wanted) + 2
            data[at:at + 2] = struct.pack(">H", 16384)
        bytes_of("huge frame.mkv", data, "has frames that are too large")

        for name, duration in (("absurd duration.mp4", 0xFFFFFFF0), ("negative duration.mp4", 0x80000000)):
            data = bytearray(whole)
            places = list(boxes_with_durations(whole))
            self.assertEqual(len(places), 5, "a movie with two tracks has five durations")
            for at in places:
                data[at:at + 4] = struct.pack(">I", duration)
            bytes_of(name, data, "")
        said["absurd duration.mp4"] = "declares"

        self.make("rate.mkv", *self.sound_and("color=s=64x64:d=0.5:r=10"), "-c:v", "png")
        data = (videos / "rate.mkv").read_bytes()
        (videos / "rate.mkv").unlink()
        at = data.index(b"\xb5\x88") + 2  # SamplingFrequency, a number of eight bytes
        for name, rate in (("rate of a billion.mkv", 1e9), ("rate of nothing.mkv", 0.0)):
            bytes_of(name, data[:at] + struct.pack(">d", rate) + data[at + 8:], "")
        said["rate of a billion.mkv"] = "1000 to 768000 Hz"

        playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{}\n#EXT-X-ENDLIST\n"
        bytes_of("playlist.mp4", playlist.format("file:///etc/passwd").encode(), "is of a kind that is not read")
        bytes_of("playlist of a clip.mp4", playlist.format(self.good).encode(), "is of a kind that is not read")
        bytes_of("script.mp4", f"ffconcat version 1.0\nfile '{self.good}'\n".encode(), "is of a kind that is not read")
        bytes_of("session.mp4", b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n",
                 "is of a kind that is not read")
        bytes_of("picture.mp4", b"P5\n64 64\n255\n" + bytes(4096), "is of a kind that is not read")

        (videos / "folder.mp4").mkdir()
        said["folder.mp4"] = "is a folder, not a file"
        os.mkfifo(videos / "fifo.mp4")
        said["fifo.mp4"] = "is a FIFO, not a file"
        (videos / "dangling.mp4").symlink_to("nowhere.mp4")
        said["dangling.mp4"] = "No such file"
        (videos / "loop.mp4").symlink_to("pool.mp4")
        (videos / "pool.mp4").symlink_to("loop.mp4")
        said["loop.mp4"] = said["pool.mp4"] = "is a link that leads to itself, not a file"
        (videos / "device.mp4").symlink_to("/dev/zero")
        said["device.mp4"] = "is a device, not a file"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(videos / "socket.mp4"))
        said["socket.mp4"] = "is a socket, not a file"
        return said

    def check_rejections(self, corpus, said):
        rejections = {}
        for line in read_lines(corpus / "rejected.jsonl"):
            if "start_s" in line:
                continue  # a segment
            self.assertNotIn(line["source"], rejections, "rejected twice")
            rejections[line["source"]] = line
        self.assertEqual(sorted(rejections), sorted(said))
        for name, about in said.items():
            with self.subTest(input=name):
                line = rejections[name]
                self.assertIn(line["reason"], ("bad-input", "not-found", "io"))
                self.assertIn(about, line["detail"])
                self.assertIn(name, line["detail"], "it does not say which file")
                self.assertGreater(len(line["remedy"]), 10, "it does not say what to do")

    def check_harvested(self, corpus, names):
        """Each of `names` has its segment, with its sound."""
        segments = read_lines(corpus / "segments.jsonl")
        self.assertEqual(sorted({line["source"] for line in segments}), sorted(names))
        for line in segments:
            self.assertTrue((corpus / line["audio"]).is_file(), line)
        self.run_sezim("corpus", "verify", corpus)

    def test_a_folder_of_bad_inputs(self):
        said = self.make_bad_inputs()
        for name in ("a good one.mp4", "zz another good one.mp4"):  # before and behind all others
            short_clip(self.tiny, self.videos / name, name)
        corpus = self.new_corpus("folder")
        run = self.harvest(self.videos, corpus, status=SOME_REJECTED)
        self.assertLess(run.peak_kb, MAX_PEAK_KB)
        self.check_rejections(corpus, said)
        self.check_harvested(corpus, ["a good one.mp4", "zz another good one.mp4"])
        written = b"".join(data for name, data in contents(corpus).items())
        self.assertNotIn(b"root:", written, "something of /etc/passwd is in the corpus")
        before = contents(corpus)
        self.harvest(self.videos, corpus, status=SOME_REJECTED)
        self.assertEqual(contents(corpus), before, "a second run says something else")

        by_name = self.new_corpus("by name")
        self.harvest(sorted(self.videos.iterdir()), by_name, status=SOME_REJECTED)
        for name in ("segments.jsonl", "rejected.jsonl"):
            self.assertEqual((by_name / name).read_bytes(), (corpus / name).read_bytes(),
                             "given one by one they fare otherwise than as a folder")

    def test_frames_that_need_much_memory_are_refused(self):
        """A small file may hold a picture that is large when it is unpacked."""
        self.make("bomb.mkv", *self.sound_and("color=s=16000x8000:d=0.1:r=10"), "-frames:v", "1", "-c:v", "png",
                  "-pix_fmt", "gray")
        corpus = self.new_corpus("bomb")
        run = self.harvest(self.videos, corpus, status=SOME_REJECTED)
        self.assertLess(run.peak_kb, MAX_PEAK_KB)
        self.check_rejections(corpus, {"bomb.mkv": "frames that are too large"})

    def test_odd_names_are_harvested(self):
        for number, name in enumerate(ODD_NAMES):
            short_clip(self.tiny, self.clips / "odd.mp4", number)
            shutil.move(self.clips / "odd.mp4", os.path.join(os.fsencode(self.videos), name))
        wanted = {"two  spaces and 'quotes' \"and\" $(touch hacked) ; & | * ? .mp4", "a line%0Abreak%09and a tab.mp4",
                  "not utf-8 %FF%FE %C3.mp4", "-leading dash.mp4", "бейне 😀 ұқсас.mp4", "100%.MP4"}
        as_folder, by_name = self.new_corpus("folder"), self.new_corpus("by name")
        self.harvest(self.videos, as_folder)
        self.check_harvested(as_folder, wanted)
        self.harvest(ODD_NAMES, by_name, cwd=self.videos)
        self.assert_same_corpus(by_name, as_folder, "given one by one, below the current folder")
        self.assertEqual(list(self.folder.rglob("hacked")), [])

    def test_odd_corpus_folder(self):
        shutil.copy(self.good, self.videos)
        corpus = self.folder / "-a \"corpus\"\nof \\ many 'names' \udcff" / "corpus"
        self.run_sezim("harvest", self.videos, f"--out={corpus}")
        self.check_harvested(corpus, ["good.mp4"])

    def test_hostile_lists_of_sources(self):
        lines = [b"not JSON", b"[]", b"null", b"{}", b'{"url": 5}', b'{"url": "file:///etc/passwd"}',
                 b'{"url": "/etc/passwd"}', b'{"url": "-exec"}', b'{"url": "--config=/etc/passwd"}',
                 b'{"url": "http://"}', b'{"url": "ftp://127.0.0.1/x.mp4"}', b'{"url": "http://127.0.0.1/a b"}',
                 b'{"url": "concat:/etc/passwd|x"}', b'{"url": "http://127.0.0.1/\\n--exec"}', b"{" * 100_000,
                 b'{"a":' * 1000, b"\x00\x00", b"\xff\xfe\x00", b'{"url": "http://\xff.example/"}',
                 b'{"url": "http://127.0.0.1/x", "duration_s": -1}', b'{"url": "http://127.0.0.1/x", "duration_s": 1e400}',
                 b'{"url": "http://127.0.0.1/x", "kind": "device"}', b'{"url": "http://127.0.0.1/x", "title": 5}',
                 b'{"url": "http://127.0.0.1/x", "title": "' + b"x" * (2 << 20) + b'"}']
        sources = self.folder / "sources.jsonl"
        sources.write_bytes(b"\n".join(lines) + b"\n\n \n")
        shutil.copy(self.good, self.videos)
        corpus = self.new_corpus("listed")
        run = self.harvest([sources, self.videos], corpus, status=SOME_REJECTED)
        self.check_harvested(corpus, ["good.mp4"])
        for number in range(1, len(lines) + 1):
            self.assertRegex(run.stderr, rf"sources\.jsonl\D*\b{number}\b", f"line {number} is not told of")
        self.assertEqual(len(re.findall("left out: ", run.stderr)), len(lines))

    def test_nothing_to_harvest(self):
        run = self.harvest(self.videos, self.new_corpus("nothing"), status=FAILED)
        self.assertIn("there is no video among the inputs", run.stderr)
        run = self.harvest(self.folder / "nowhere", self.new_corpus("no input"), status=FAILED)
        self.assertIn("there is no input", run.stderr)


if __name__ == "__main__":
    unittest.main()
