// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/feature_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/golden_voice.h"
#include "support/made_models.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

std::vector<float> Voice() {
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32'768);
  return sound;
}

FeatureSet SetOf(const std::string& toml) {
  const TemporaryFolder folder;
  return FeatureSet::Open(folder.Write("set.toml", toml), ModelStore());
}

std::string ProblemOf(const std::string& toml) {
  const Error error = ThrownBy([&] { SetOf(toml); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_FALSE(error.remedy().empty());
  return error.what();
}

const std::string kHead = "description = \"d\"\nsample_rate_hz = 16000\n[[part]]\nframes = \"mfcc\"\n";

TEST(FeatureSet, AllShippedSetsGiveWhatTheyPromise) {
  EXPECT_GE(FeatureSet::KnownSets().size(), 2U);
  const MadeModels brought;
  for (const FeatureSet::Known& known : FeatureSet::KnownSets()) {
    SCOPED_TRACE(known.name);
    EXPECT_FALSE(known.description.empty());
    const bool is_brought = known.name == "vggvox" || known.name == "emotion2vec" || known.name == "xvector";
    const FeatureSet set = FeatureSet::Open(known.name, is_brought ? brought.store() : ModelStore());
    EXPECT_EQ(std::ssize(set.names()), set.dim());
    EXPECT_EQ(set.digest().size(), 64U);
    const std::vector<float> empty;
    const std::vector<float> silence(16'000, 0.0F);
    for (const auto& sound : {Voice(), silence, std::vector<float>(5, 0.1F), empty}) {
      const FeatureMatrix matrix = set.Extract(sound);
      EXPECT_EQ(matrix.dim, set.dim());
      EXPECT_EQ(std::ssize(matrix.values), matrix.num_frames * matrix.dim);
      EXPECT_TRUE(set.is_framewise() || matrix.num_frames == 1);
      EXPECT_TRUE(std::all_of(matrix.values.begin(), matrix.values.end(), [](float x) { return std::isfinite(x); }));
    }
    EXPECT_EQ(set.Extract(empty).num_frames, set.is_framewise() ? 0 : 1);
  }
}

TEST(FeatureSet, FunctionalsSumUpTheFrames) {
  const FeatureMatrix frames = SetOf(kHead).Extract(Voice());
  const FeatureSet set = SetOf(kHead + "name = \"m\"\nfunctionals = [\"mean\", \"max\"]\n");
  const FeatureMatrix row = set.Extract(Voice());
  ASSERT_EQ(set.dim(), 78);
  EXPECT_EQ(set.names()[0], "m.c0.mean");
  EXPECT_EQ(set.names()[3], "m.c1.max");
  double sum = 0;
  float largest = frames.Frame(0)[1];
  for (std::int64_t i = 0; i < frames.num_frames; ++i) {
    sum += static_cast<double>(frames.Frame(i)[1]);
    largest = std::max(largest, frames.Frame(i)[1]);
  }
  EXPECT_NEAR(row.values[2], sum / static_cast<double>(frames.num_frames), 1e-4);
  EXPECT_EQ(row.values[3], largest);
}

TEST(FeatureSet, SilenceAroundAVoiceIsNotActive) {
  const FeatureSet set = SetOf(kHead + "level = \"log-energy\"\nselect = \"active\"\nfunctionals = [\"min\"]\n");
  std::vector<float> sound = Voice();
  std::vector<float> framed(16'000, 0.0F);
  framed.insert(framed.end(), sound.begin(), sound.end());
  framed.insert(framed.end(), 16'000, 0.0F);
  const float with_silence = set.Extract(framed).values[0];
  EXPECT_GT(with_silence, 0);  // of digital silence it is -36
  EXPECT_NEAR(with_silence, set.Extract(sound).values[0], 3);
}

TEST(FeatureSet, ColumnsAndVoicedFramesAreChosen) {
  const std::string head =
      "description = \"d\"\nsample_rate_hz = 16000\n[[part]]\nframes = \"prosody\"\ncolumns = [\"voicing\"";
  const FeatureSet all = SetOf(head + ", \"f0\"]\nfunctionals = [\"min\", \"max\"]\n");
  ASSERT_EQ(all.dim(), 4);
  EXPECT_EQ(all.names()[3], "f0.max");
  const FeatureMatrix of_all = all.Extract(Voice());
  EXPECT_EQ(of_all.values[2], 0);
  EXPECT_NEAR(of_all.values[3], 148, 5);  // the golden voice glides around 130 Hz, by 18 Hz
  const FeatureMatrix voiced =
      SetOf(head + ", \"f0\"]\nselect = \"voiced\"\nfunctionals = [\"min\", \"max\"]\n").Extract(Voice());
  EXPECT_NEAR(voiced.values[2], 112, 5);
  EXPECT_NE(ProblemOf(head + ", \"colour\"]\n").find("there is no such column"), std::string::npos);
}

TEST(FeatureSet, SoundsArePreparedInTheOrderOfTheSteps) {
  const std::string trim = "[[preprocess]]\nstep = \"trim\"\ntop_db = 25\n";
  const std::string loudness = "[[preprocess]]\nstep = \"loudness\"\ntarget_lufs = -30\n";
  const std::string head = "description = \"d\"\nsample_rate_hz = 16000\n";
  const std::string part = "[[part]]\nframes = \"prosody\"\ncolumns = [\"level\"]\n";
  const FeatureMatrix plain = SetOf(head + part).Extract(Voice());
  const FeatureMatrix trimmed = SetOf(head + trim + part).Extract(Voice());
  EXPECT_LT(trimmed.num_frames, plain.num_frames - 20);
  const FeatureMatrix both = SetOf(head + trim + loudness + part).Extract(Voice());
  ASSERT_EQ(both.num_frames, trimmed.num_frames);
  std::vector<float> louder = Voice();
  for (float& sample : louder) sample *= 2;
  const FeatureMatrix same = SetOf(head + trim + loudness + part).Extract(louder);
  for (std::size_t i = 0; i < both.values.size(); ++i) EXPECT_NEAR(same.values[i], both.values[i], 1e-3);
  EXPECT_NE(SetOf(head + trim + part).digest(), SetOf(head + part).digest());
  EXPECT_NE(ProblemOf(head + "[[preprocess]]\nstep = \"shout\"\n" + part).find("'shout'"), std::string::npos);
  EXPECT_NE(ProblemOf(head + "[[preprocess]]\nstep = \"trim\"\nloud = 1\n" + part).find("'loud'"), std::string::npos);
  EXPECT_NE(ProblemOf(head + "[[preprocess]]\ntop_db = 3\n" + part).find("'step'"), std::string::npos);
}

TEST(FeatureSet, PartsAreJoinedSideBySide) {
  const FeatureSet two = SetOf(kHead +
                               "delta_frames = 0\nname = \"a\"\n[[part]]\nframes = \"mfcc\"\nname = \"b\"\nmode = "
                               "\"kaldi\"\ndelta_frames = 0\n");
  const FeatureSet one = SetOf(kHead + "delta_frames = 0\n");
  const FeatureMatrix joined = two.Extract(Voice());
  const FeatureMatrix alone = one.Extract(Voice());
  ASSERT_EQ(joined.dim, 26);
  EXPECT_EQ(joined.num_frames, alone.num_frames - 1);  // kaldi leaves the end away
  for (std::int64_t i = 0; i < joined.num_frames; ++i) {
    EXPECT_TRUE(std::equal(alone.Frame(i).begin(), alone.Frame(i).end(), joined.Frame(i).begin()));
  }
  EXPECT_EQ(two.names()[13], "b.c0");
}

TEST(FeatureSet, StackedFramesLieSideBySide) {
  const std::string part = "[[part]]\nframes = \"mfcc\"\n";
  const FeatureSet plain = SetOf("description = \"d\"\nsample_rate_hz = 16000\n" + part);
  const FeatureSet stacked = SetOf("description = \"d\"\nsample_rate_hz = 16000\nstack = 3\n" + part);
  EXPECT_EQ(stacked.dim(), 3 * plain.dim());
  EXPECT_DOUBLE_EQ(stacked.hop_s(), 3 * plain.hop_s());
  EXPECT_EQ(stacked.names().front(), "c0.1");
  EXPECT_EQ(stacked.names()[static_cast<std::size_t>(plain.dim())], "c0.2");
  EXPECT_EQ(stacked.part_dims(), std::vector<int>(3, plain.dim()));
  EXPECT_NE(stacked.digest(), plain.digest());
  for (const std::size_t num_samples : {1600U, 1760U, 1920U}) {  // a whole number of threes, and one and two more
    const std::vector<float> sound = Voice();
    const std::span<const float> piece = std::span(sound).first(num_samples);
    const FeatureMatrix frames = plain.Extract(piece), threes = stacked.Extract(piece);
    ASSERT_EQ(threes.num_frames, (frames.num_frames + 2) / 3);
    for (std::int64_t i = 0; i < 3 * threes.num_frames; ++i) {
      const auto expected = frames.Frame(std::min(i, frames.num_frames - 1));
      const auto found =
          threes.Frame(i / 3).subspan(static_cast<std::size_t>(i % 3) * expected.size(), expected.size());
      EXPECT_TRUE(std::equal(found.begin(), found.end(), expected.begin()));
    }
  }
  EXPECT_EQ(SetOf("description = \"d\"\nsample_rate_hz = 16000\nstack = 1\n" + part).names(), plain.names());
}

TEST(FeatureSet, TheDigestIsOfWhatMatters) {
  const std::string digest = SetOf(kHead).digest();
  EXPECT_EQ(SetOf("# a comment\nsample_rate_hz = 16000\ndescription = \"other\"\n[[part]]\nframes='mfcc'").digest(),
            digest);
  EXPECT_NE(SetOf(kHead + "lifter = 0\n").digest(), digest);
}

TEST(FeatureSet, MistakesAreNamedWithTheirLine) {
  EXPECT_NE(ProblemOf(kHead + "colour = 3\n").find("'colour'"), std::string::npos);
  EXPECT_NE(ProblemOf(kHead + "functionals = [\"mean\", \"median\"]\n").find("line 5: "), std::string::npos);
  EXPECT_NE(ProblemOf(kHead + "functionals = [\"mean\", \"mean\"]\n").find("twice"), std::string::npos);
  EXPECT_NE(ProblemOf(kHead + "[[part]]\nframes = \"mfcc\"\nfunctionals = [\"mean\"]\n").find("all parts"),
            std::string::npos);
  EXPECT_NE(ProblemOf(kHead + "[[part]]\nframes = \"mfcc\"\nname = \"b\"\nhop_s = 0.02\n").find("0.02"),
            std::string::npos);
  EXPECT_NE(ProblemOf(kHead + "[[part]]\nframes = \"mfcc\"\n").find("same name"), std::string::npos);
  EXPECT_NE(ProblemOf(kHead + "select = \"active\"\n").find("functionals"), std::string::npos);
  EXPECT_NE(ProblemOf("description = \"d\"\nsample_rate_hz = 16000\n").find("[[part]]"), std::string::npos);
  EXPECT_NE(ProblemOf("description = \"d\"\nsample_rate_hz = \"fast\"\n").find("line 2"), std::string::npos);
  EXPECT_NE(ProblemOf("description = \"d\"\nsample_rate_hz = 16000\ncolour = 1\n").find("line 3"), std::string::npos);
  EXPECT_NE(ProblemOf("stack = 0\n" + kHead).find("line 1: 'stack'"), std::string::npos);
  EXPECT_NE(ProblemOf("stack = 101\n" + kHead).find("1 to 100"), std::string::npos);
  EXPECT_NE(ProblemOf("stack = 2\n" + kHead + "functionals = [\"mean\"]\n").find("'functionals'"), std::string::npos);
  EXPECT_NE(ProblemOf("description = \n").find("line 1"), std::string::npos);
  const Error unknown = ThrownBy([] { FeatureSet::Open("nonsense", ModelStore()); });
  EXPECT_EQ(unknown.kind(), ErrorKind::kNotFound);
  EXPECT_NE(unknown.remedy().find("mfcc39-stats"), std::string::npos);
}

}  // namespace
}  // namespace sezim
