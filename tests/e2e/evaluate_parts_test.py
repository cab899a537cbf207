# SPDX-License-Identifier: Apache-2.0
"""`sezim evaluate speech`, `speakers`, `overlap`, `faces`, `detector`: what they print, and what they say of a wrong folder."""

import unittest

from evaluating import SPANS, TRUTH, EvaluateTest
from support import ffmpeg, tiny_programme


def write_sound(path, *cut):
    ffmpeg(*cut, "-i", tiny_programme(), "-vn", "-ar", 16000, "-ac", 1, path)


class EvaluatePartsTest(EvaluateTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voices = cls.shared / "voices"  # a folder for each of the three speakers, with the two halves of what is said
        for number, (start, end) in enumerate(speech for span in SPANS for speech in span["speech"]):
            (cls.voices / str(number)).mkdir(parents=True)
            half_s = (end - start) / 2
            for half in (0, 1):
                write_sound(cls.voices / str(number) / f"{half}.wav", "-ss", start + half * half_s, "-t", half_s)

    def test_speech(self):
        write_sound(self.folder / "tiny.wav")
        write_sound(self.folder / "without truth.wav", "-t", 1)
        marks, until, speech_s = [], 0, 0
        for start, end in (speech for span in SPANS for speech in span["speech"]):
            marks += [f"{until},{start},0", f"{start},{end},1"]
            until, speech_s = end, speech_s + end - start
        (self.folder / "tiny.scv").write_text(f"tiny,{','.join(marks)},{until},12,0\n", encoding="utf-8")
        figures = self.evaluate_json("speech", "--data", self.folder)
        self.assertEqual((figures["files"], figures["frames"]), (1, 375))
        self.assertAlmostEqual(figures["speech_frames"], speech_s / 0.032, delta=3)
        self.assertGreater(figures["roc_auc"], 0.95)
        text = self.evaluate("speech", "--data", self.folder)
        self.assertIn("1 clip, 375 frames of 32 ms", text)
        self.assertIn(f"ROC-AUC {figures['roc_auc']:.4f}\nat 0.50: F1 {figures['speech']['f1']:.4f}", text)

        self.assert_refused("speech", "--data", self.voices, words=[self.voices, "no truth file (*.scv)", "NAME.wav"])
        self.assert_refused("speech", "--data", self.folder / "none", words=[self.folder / "none", "check the path"])
        (self.folder / "tiny.scv").write_text("tiny,0,one,1\n", encoding="utf-8")
        self.assert_refused("speech", "--data", self.folder, words=["tiny.scv", "field"])

    def test_speakers(self):
        groups = {one["clips_known_together"]: one for one in self.evaluate_json("speakers", "--data", self.voices)}
        self.assertEqual({number: (one["groups"], one["people"]) for number, one in groups.items()},
                         {1: (6, 3), 2: (3, 3), 3: (3, 3), 5: (3, 3), 10: (3, 3)})
        self.assertEqual(groups[2]["purity"], 1)  # a man and two women
        text = self.evaluate("speakers", "--data", self.voices)
        self.assertRegex(text, r"^6 clips of 1\.\d s of speech on average; mean of 5 draws\n")
        for number, one in groups.items():
            self.assertRegex(text, rf"(?m)^{number} +{one['groups']} +3 +{one['clusters']:.1f} +{one['purity']:.3f} "
                                   rf"+{one['inverse_purity']:.3f}$")
        self.assert_refused("speakers", "--data", self.folder, words=[self.folder, "no sound (.flac, .wav)"])
        self.assert_refused("speakers", "--data", self.folder / "none", words=[self.folder / "none", "check the path"])

    def test_overlap(self):
        alone, *mixed = self.evaluate_json("overlap", "--data", self.voices)
        self.assertEqual((alone["voices"], alone["clips"]), (1, 6))
        self.assertEqual([(one["voices"], one["clips"], one["share"], one["least_db"]) for one in mixed],
                         [(2, 6, 1, 0), (2, 6, 1, 5), (2, 6, 0.5, 0), (2, 6, 0.5, 5)])
        text = self.evaluate("overlap", "--data", self.voices)
        self.assertRegex(text, rf"(?m)^one +{100 * alone['taken_for_two']:.1f}$")
        self.assertRegex(text, rf"(?m)^two at once +1 +0 to 5 +{100 * mixed[0]['taken_for_two']:.1f}$")
        self.assert_refused("overlap", "--data", self.folder, words=[self.folder, "no sound (.flac, .wav)"])

    def test_faces(self):
        figures = self.evaluate_json("faces", "--truth", TRUTH, tiny_programme())
        # Five a second of the two who speak, for 2.28 and 2.6 s, and of the landscape, for 3.76 s.
        self.assertEqual((figures["pictures_with_faces"], figures["pictures_without_face"]), (12 + 13, 19))
        self.assertGreater(figures["found"], 0.9)
        self.assertLess(figures["false"], 0.1)
        text = self.evaluate("faces", "--truth", TRUTH, tiny_programme())
        self.assertIn(f"25 pictures with faces: one found in {100 * figures['found']:.1f} %", text)
        self.assertIn(f"19 pictures without: one found in {100 * figures['false']:.1f} %", text)
        self.assert_refused("faces", "--truth", TRUTH, TRUTH, words=[TRUTH, "not a readable media file"])
        self.assert_refused("faces", "--truth", TRUTH, tiny_programme(), "--model", "ge2e", words=["ge2e"])

    def test_detector(self):
        figures = self.evaluate_json("detector", tiny_programme(), "--per-second", 1)
        self.assertEqual(figures["pictures"], 12)
        self.assertGreater(figures["alike"], 0.8)
        self.assertIn(f"12 pictures: the same faces in {100 * figures['alike']:.2f} %",
                      self.evaluate("detector", tiny_programme(), "--per-second", 1))
        self.assert_refused("detector", TRUTH, words=[TRUTH, "not a readable media file"])
        self.assert_refused("detector", self.folder, words=[self.folder, "folder"])


if __name__ == "__main__":
    unittest.main()
