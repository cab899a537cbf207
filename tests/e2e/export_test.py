# SPDX-License-Identifier: Apache-2.0
"""Every form of `sezim corpus export` is read by the tools that it is for.

Runs in the environment that `scripts/setup.sh --tests` makes out of tests/consumers/requirements.txt.
"""

import csv
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", NO_ALBUMENTATIONS_UPDATE="1")

sys.path.insert(0, str(Path(__file__).resolve().parent))
# Lhotse and datasets import PyTorch; Debian's is outside this environment, and comes after all that is in it.
sys.path.append("/usr/lib/python3/dist-packages")
import unittest  # noqa: E402

import soundfile  # noqa: E402
from made_corpus import EMOTIONS, HOSTILE, SECRET_FOLDER, fill_corpus, rows_of  # noqa: E402
from support import DONE, HarvestTest, contents  # noqa: E402

PARTS = ["train", "dev", "test"]
FACTS = ["--name", "Talk", "--license", "CC-BY-4.0", "--creator", "A. B.", "--url", "https://talk.example/",
         "--date", "2026-01-31", "--cite", "A. B.: Talk, 2026", "--release", "2.1.0"]


class ExportTest(HarvestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.corpus = cls.clips / "corpus"
        subprocess.run([os.environ["SEZIM_BIN"], "harvest", cls.tiny, "--out", cls.corpus], check=True,
                       capture_output=True)
        fill_corpus(cls.corpus, 12, lambda n: 5 + n)
        cls.rows = rows_of(cls.corpus)
        subprocess.run([os.environ["SEZIM_BIN"], "corpus", "split", cls.corpus], check=True, capture_output=True)
        cls.parts = json.loads((cls.corpus / "split.json").read_text())["segments"]

    def export(self, form, *options, status=DONE, corpus=None):
        out = self.folder / f"{form}-{self.num_runs}"
        run = self.run_sezim("corpus", "export", corpus or self.corpus, "--format", form, "--out", out, *options,
                             status=status)
        return out, run

    def check_sound(self, bytes_or_file, segment):
        samples, rate = soundfile.read(io.BytesIO(bytes_or_file) if isinstance(bytes_or_file, bytes) else bytes_or_file,
                                       dtype="int16")
        wanted, _ = soundfile.read(self.corpus / segment["audio"], dtype="int16")
        self.assertEqual(rate, 16000)
        self.assertTrue((samples == wanted).all() and len(samples) == len(wanted), segment["id"])

    # Of each form.

    def check_voice(self, row, segment):
        """The made corpus has a voice model hear what the face shows."""
        self.assertEqual(row["voice_emotion"], segment["emotion"] if segment["voice_scores"] else "")
        self.assertEqual(row["voice_check"], segment["voice_check"] or "")

    def test_audio_folder_by_datasets(self):
        import datasets
        out, _ = self.export("audiofolder")
        loaded = datasets.load_dataset("audiofolder", data_dir=str(out), cache_dir=str(self.folder / "cache"))
        self.assertEqual(set(loaded), {"train", "validation", "test"})  # that is what it calls dev
        seen = Counter()
        for name, part in loaded.items():
            for row in part.cast_column("audio", datasets.Audio(decode=False)):
                segment = self.rows[row["id"]]
                seen[row["id"]] += 1
                self.assertEqual(self.parts[row["id"]], "dev" if name == "validation" else name)
                self.check_sound(row["audio"]["bytes"] or row["audio"]["path"], segment)
                self.assertEqual(row["emotion"], segment["emotion"])
                self.assertEqual(row["speaker"], segment["speaker"] or "")
                self.assertEqual(row["language"], segment["language"] or "")
                self.assertEqual(row["agreement"], segment["agreement"])
                self.check_voice(row, segment)
                self.assertAlmostEqual(sum(row[f"score_{emotion}"] for emotion in EMOTIONS), 1, places=6)
                self.assertEqual(max(EMOTIONS, key=lambda emotion: row[f"score_{emotion}"]), segment["emotion"])
        self.assertEqual(seen, Counter(self.rows.keys()))

    def test_audio_folder_where_all_have_a_signal_to_noise_ratio_or_none_has(self):
        import datasets
        corpus = self.new_corpus("other")
        self.harvest(self.tiny, corpus)
        for number, change in enumerate(["snr_db = 20", "snr_db = NULL"]):
            fill_corpus(corpus, 6, lambda n: 4)
            with sqlite3.connect(corpus / "catalog.db") as database:
                database.execute(f"UPDATE segment SET {change}")
            database.close()
            self.run_sezim("corpus", "split", corpus)
            out, _ = self.export("audiofolder", corpus=corpus)
            loaded = datasets.load_dataset("audiofolder", data_dir=str(out), cache_dir=str(self.folder / f"cache{number}"))
            self.assertEqual("snr_db" in loaded["train"].column_names, number == 0)

    def test_web_dataset(self):
        import webdataset
        out, _ = self.export("webdataset", "--shard-mb", 1)
        self.assertGreater(len(list(out.glob("train-*.tar"))), 1, "there should be several shards")
        seen = Counter()
        for part in PARTS:
            shards = sorted(map(str, out.glob(f"{part}-*.tar")))
            sources = []
            for sample in webdataset.WebDataset(shards, shardshuffle=False, empty_check=False):
                segment = self.rows[sample["__key__"]]
                seen[sample["__key__"]] += 1
                facts = json.loads(sample["json"])
                self.assertEqual(self.parts[segment["id"]], part)
                self.assertEqual(facts["emotion"], segment["emotion"])
                self.assertEqual(facts.get("snr_db"), segment["snr_db"])
                self.check_voice(facts, segment)
                self.check_sound(sample["flac"], segment)
                sources.append(facts["source_id"])
            if part == "train":
                changes = sum(a != b for a, b in zip(sources, sources[1:]))
                self.assertGreater(changes, len(sources) / 2, "sources should be mixed in shards")
        self.assertEqual(seen, Counter(self.rows.keys()))

    def test_web_dataset_shards_say_nothing_of_this_machine(self):
        import tarfile
        out, _ = self.export("webdataset")
        for shard in out.glob("*.tar"):
            with tarfile.open(shard) as tar:
                for member in tar:
                    self.assertEqual((member.mtime, member.uid, member.gid, member.uname, member.gname, member.mode),
                                     (0, 0, 0, "", "", 0o644))

    def test_lhotse(self):
        from lhotse import CutSet
        from lhotse.qa import validate_recordings_and_supervisions
        from lhotse.recipes.utils import read_manifests_if_cached
        out, _ = self.export("lhotse")
        manifests = read_manifests_if_cached(PARTS, out, prefix="sezim", suffix="jsonl")
        seen = Counter()
        for part in PARTS:
            recordings = manifests[part]["recordings"].with_path_prefix(out)
            supervisions = manifests[part]["supervisions"]
            validate_recordings_and_supervisions(recordings, supervisions, read_data=True)
            for cut in CutSet.from_manifests(recordings=recordings, supervisions=supervisions):
                supervision, = cut.supervisions
                segment = self.rows[supervision.id]
                seen[supervision.id] += 1
                self.assertEqual(self.parts[segment["id"]], part)
                self.assertEqual(supervision.custom["emotion"], segment["emotion"])
                self.assertEqual((supervision.speaker, supervision.language), (segment["speaker"], segment["language"]))
                wanted, _ = soundfile.read(self.corpus / segment["audio"])
                self.assertTrue((cut.load_audio()[0] == wanted.astype("float32")).all())
        self.assertEqual(seen, Counter(self.rows.keys()))

    def test_kaldi(self):
        from lhotse.kaldi import load_kaldi_data_dir
        out, _ = self.export("kaldi")
        seen = Counter()
        for part in PARTS:
            utterances = validated_kaldi_folder(self, out / part, out)
            recordings, supervisions, _ = load_kaldi_data_dir(out / part, sampling_rate=16000)
            recordings = recordings.with_path_prefix(out)
            self.assertEqual({one.id for one in supervisions}, set(utterances))
            for one in supervisions:
                segment = self.rows[one.id[-25:]]
                seen[segment["id"]] += 1
                self.assertEqual(self.parts[segment["id"]], part)
                self.assertEqual(utterances[one.id], segment["emotion"])
                self.assertEqual(one.language, segment["language"] or "und")
                self.check_sound(recordings[one.recording_id].sources[0].source, segment)
                self.assertEqual(recordings[one.recording_id].num_samples,
                                 soundfile.info(self.corpus / segment["audio"]).frames)
        self.assertEqual(seen, Counter(self.rows.keys()))

    def test_csv(self):
        out, _ = self.export("csv")
        with open(out / "segments.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(Counter(row["id"] for row in rows), Counter(self.rows.keys()))
        for row in rows:
            segment = self.rows[row["id"]]
            self.assertEqual(row["part"], self.parts[row["id"]])
            self.assertEqual(row["emotion"], segment["emotion"])
            self.assertEqual(row["snr_db"], "" if segment["snr_db"] is None else f"{segment['snr_db']:.1f}")
            self.check_voice(row, segment)
            self.check_sound(out / row["file"], segment)

    # Of all forms.

    def test_croissant(self):
        import mlcroissant
        for form in ["audiofolder", "webdataset", "lhotse", "kaldi", "csv"]:
            out, _ = self.export(form, *FACTS)
            dataset = mlcroissant.Dataset(jsonld=str(out / "croissant.json"))
            self.assertEqual(dataset.metadata.ctx.issues.errors, set(), form)
            self.assertEqual(dataset.metadata.ctx.issues.warnings, set(), form)
            facts = dataset.metadata.to_json()
            self.assertEqual(facts["name"], "Talk")
            self.assertEqual(facts["version"], "2.1.0")
            self.assertIn("1.1", facts["conformsTo"])
            records = list(dataset.records("segments"))
            self.assertEqual(Counter(one["segments/id"].decode() for one in records), Counter(self.rows.keys()), form)
            for one in records:
                segment = self.rows[one["segments/id"].decode()]
                self.assertEqual(one["segments/emotion"].decode(), segment["emotion"])
                self.assertEqual(one["segments/part"].decode(), self.parts[segment["id"]])
                self.assertEqual(one["segments/frames"], 20)
                file = out / one["segments/file"].decode()
                self.assertTrue(file.is_file(), file)
                if form != "webdataset":
                    self.assertEqual(hashlib.sha256(file.read_bytes()).hexdigest(), one["segments/sha256"].decode())
            self.assertEqual(len(list(dataset.records("sources"))), 12, form)
            described = json.loads((out / "croissant.json").read_text())["distribution"]
            for thing in described:
                if thing["@type"] == "cr:FileObject":
                    data = (out / thing["contentUrl"]).read_bytes()
                    self.assertEqual(hashlib.sha256(data).hexdigest(), thing["sha256"])
                    self.assertEqual(thing["contentSize"], f"{len(data)} B")
                else:
                    found = {str(path) for pattern in thing["includes"] for path in out.glob(pattern)}
                    self.assertEqual(found, {str(out / one["segments/file"].decode()) for one in records}, form)

    def test_what_the_publisher_has_not_said_is_asked_for(self):
        import mlcroissant
        out, run = self.export("csv")
        for option in ["--license", "--creator", "--url", "--date", "--cite"]:
            self.assertIn(option, run.stderr)
        self.assertEqual(mlcroissant.Dataset(jsonld=str(out / "croissant.json")).metadata.ctx.issues.errors, set())
        _, run = self.export("csv", *FACTS)
        self.assertNotIn("--license", run.stderr)
        for bad in [["--date", "soon"], ["--url", "ftp://x"], ["--name", "two\nlines"],
                    ["--release", "one"], ["--release", "1.0"], ["--license", "CC BY 4.0"]]:
            self.export("csv", *bad, status=2)

    def test_sources_are_told_and_paths_of_this_machine_are_not(self):
        for form in ["audiofolder", "webdataset", "lhotse", "kaldi", "csv"]:
            out, _ = self.export(form)
            with open(out / "SOURCES.csv", newline="", encoding="utf-8") as file:
                sources = {row["id"]: row for row in csv.DictReader(file)}
            self.assertEqual(len(sources), 12)
            for n in range(12):
                row = sources[hashlib.sha256(f"video {n}".encode()).hexdigest()[:16]]
                self.assertEqual(row["segments"], str(5 + n))
                if n % 3 == 2:
                    self.assertEqual((row["name"], row["url"]), (f'folder/video {n}, "{n}".mp4', ""))
                    continue
                self.assertEqual(row["url"], f"https://videos.example/watch?v={n}")
                title = HOSTILE[n % len(HOSTILE)]
                self.assertNotIn("\n", row["title"])
                self.assertNotIn(row["title"][0], "=+-@")
                if title.isprintable():
                    self.assertEqual(row["title"].lstrip("'"), f"{title}{n}")
            everything = b"".join(name.encode() + data for name, data in contents(out).items())
            for secret in [SECRET_FOLDER, str(self.folder), str(self.corpus), "passwd</", os.path.expanduser("~")]:
                self.assertNotIn(secret.encode(), everything, f"{form} tells '{secret}'")

    def test_the_datasheet_counts_and_escapes(self):
        out, _ = self.export("csv", *FACTS)
        sheet = (out / "DATASHEET.md").read_text()
        for part in ["Motivation", "Composition", "Collection process", "Preprocessing", "Uses", "Distribution",
                     "Maintenance"]:
            self.assertIn(f"\n## {part}", sheet)
        self.assertIn(f"{len(self.rows)} segments", sheet)
        counts = Counter((self.parts[row["id"]], row["emotion"]) for row in self.rows.values())
        for emotion in EMOTIONS:
            numbers = " | ".join(str(counts[part, emotion]) for part in PARTS)
            self.assertIn(f"| {emotion} | {numbers} |", sheet)
        self.assertNotIn("<script", sheet)
        self.assertNotIn("[a](", sheet)
        self.assertIn("A\\. B\\.", sheet)
        self.assertIn("CC BY 4\\.0", sheet)

    def test_the_same_bytes_each_time(self):
        for form in ["audiofolder", "webdataset", "lhotse", "kaldi", "csv"]:
            one, _ = self.export(form, *FACTS)
            other, _ = self.export(form, *FACTS)
            self.assertEqual(contents(one), contents(other), form)

    def test_without_a_split_all_is_in_train(self):
        for form in ["audiofolder", "kaldi"]:
            out, _ = self.export(form, "--no-split")
            self.assertTrue((out / "train").is_dir())
            self.assertFalse((out / "test").exists() or (out / "dev").exists())
            self.assertIn("all segments are in train", (out / "DATASHEET.md").read_text())

    def test_a_random_split_is_told_in_the_datasheet(self):
        corpus = self.new_corpus("random")
        self.harvest(self.tiny, corpus)
        fill_corpus(corpus, 4, lambda n: 10)
        self.run_sezim("corpus", "split", corpus, "--by", "random")
        out, _ = self.export("csv", corpus=corpus)
        self.assertIn("speakers are shared", (out / "DATASHEET.md").read_text())


def validated_kaldi_folder(test, folder, root):
    """The rules that utils/validate_data_dir.sh checks, for a folder without text and features. Gives the emotions."""
    def lines(name):
        text = (folder / name).read_bytes()
        test.assertTrue(text.endswith(b"\n"), name)
        rows = [line.split(b" ", 1) for line in text[:-1].split(b"\n")]
        keys = [row[0] for row in rows]
        for row in rows:
            test.assertEqual(len(row), 2, f"{name}: {row}")
            test.assertNotRegex(row[1], rb"^\s|\s$|\t|\r|  ", name)
        test.assertEqual(keys, sorted(set(keys)), f"{name} is not sorted in the C locale, or names something twice")
        return {key.decode(): value.decode() for key, value in rows}

    utt2spk, spk2utt = lines("utt2spk"), lines("spk2utt")
    test.assertTrue(utt2spk)
    inverted = {}
    for utterance, speaker in utt2spk.items():
        inverted.setdefault(speaker, []).append(utterance)
        test.assertTrue(utterance.startswith(speaker), "an utterance's id begins with its speaker's")
        test.assertNotIn(" ", speaker)
    test.assertEqual({speaker: utterances.split(" ") for speaker, utterances in spk2utt.items()}, inverted)
    pairs = [(speaker, utterance) for utterance, speaker in utt2spk.items()]
    test.assertEqual(pairs, sorted(pairs, key=lambda pair: (pair[0].encode(), pair[1].encode())),
                     "by speaker the order is another than by utterance")
    wavs = lines("wav.scp")
    for other in ["wav.scp", "utt2lang", "utt2emotion", "utt2dur", "reco2dur"]:
        test.assertEqual(list(lines(other)), list(utt2spk), f"{other} and utt2spk name other utterances")
    for wav in wavs.values():
        test.assertTrue((root / wav).is_file() and not wav.startswith("/") and " " not in wav, wav)
    for name in ["utt2dur", "reco2dur"]:
        for utterance, seconds in lines(name).items():
            test.assertAlmostEqual(float(seconds), soundfile.info(root / wavs[utterance]).duration, places=6)
    return lines("utt2emotion")


if __name__ == "__main__":
    unittest.main()
