// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/recipe.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

// What RecipeToml writes, in the form of a recipe file.
std::string AsFile(const std::string& toml) {
  return std::regex_replace(std::regex_replace(toml, std::regex(R"(\[recipe\]\n)"), ""), std::regex(R"(\[recipe\.)"),
                            "[");
}

Error Refusal(const std::string& toml) {
  return ThrownBy([&] { ParseRecipe(toml, "mine.toml"); });
}

TEST(Recipe, PaperIsThePublishedMethod) {
  const Recipe paper = LoadRecipe("paper");
  EXPECT_NO_THROW(paper.Check());
  EXPECT_EQ(paper.name, "paper");
  EXPECT_EQ(paper.segments.ticks_per_s, 10);
  EXPECT_EQ(paper.segments.max_gap_frames, 10);
  EXPECT_EQ(paper.segments.min_frames, 11);
  EXPECT_EQ(paper.segments.max_segment_s, 3.0);
  EXPECT_EQ(paper.expression_models, std::vector<std::string>{"mini-xception"});
  EXPECT_EQ(paper.method, Method::kPaper);
  EXPECT_EQ(paper.audio_format, AudioFormat::kWav);
}

TEST(Recipe, WhatIsWrittenIsReadBack) {
  for (Recipe recipe : {PaperRecipe(), DefaultRecipe()}) {
    EXPECT_EQ(RecipeToml(ParseRecipe(AsFile(RecipeToml(recipe)), "x")), RecipeToml(recipe));
    recipe.name = "mine-2.1";
    recipe.speech_model = "other-vad";
    recipe.expression_models = {"big-xception", "a", "b"};
    recipe.audio_format = recipe.audio_format == AudioFormat::kFlac ? AudioFormat::kWav : AudioFormat::kFlac;
    recipe.limits = {.max_duration_s = 1e6,
                     .min_side_px = 32,
                     .max_side_px = 4000,
                     .max_sample_rate_hz = 96'000,
                     .max_channels = 8,
                     .max_gap_s = 1e-3};
    const Recipe back = ParseRecipe(AsFile(RecipeToml(recipe)), "x");
    EXPECT_EQ(RecipeToml(back), RecipeToml(recipe));
    EXPECT_EQ(back.name, recipe.name);
    EXPECT_EQ(back.method, recipe.method);
    EXPECT_EQ(back.expression_models, recipe.expression_models);
    EXPECT_EQ(back.audio_format, recipe.audio_format);
    EXPECT_EQ(back.limits.max_gap_s, 1e-3);
    EXPECT_NE(RecipeToml(back), RecipeToml({}));
  }
}

TEST(Recipe, OptionsOfPaperAreReadBack) {
  Recipe recipe = PaperRecipe();
  recipe.speech_threshold = 0.1;  // has no exact binary form
  recipe.faces = {.scale_factor = 1.1, .min_neighbours = 3, .min_face_share = 1.0 / 3};
  recipe.segments = {.ticks_per_s = 25, .max_gap_frames = 7, .min_frames = 2, .max_segment_s = 12};
  const Recipe back = ParseRecipe(AsFile(RecipeToml(recipe)), "x");
  EXPECT_EQ(RecipeToml(back), RecipeToml(recipe));
  EXPECT_EQ(back.speech_threshold, 0.1);
  EXPECT_EQ(back.faces.min_face_share, 1.0 / 3);
  EXPECT_EQ(back.segments.max_segment_s, 12);
}

TEST(Recipe, OptionsOfDefaultAreReadBack) {
  Recipe recipe;
  SpeakerOptions& speaker = recipe.speaker;
  speaker.speech = {.onset = 0.6, .offset = 0.3, .min_speech_s = 0.7, .min_pause_s = 0.4, .max_speech_s = 9};
  speaker.detector_model = "blazeface-back";
  speaker.fallback_model = "other";
  speaker.speaking_model = "lr-asd";
  speaker.padding_s = 0.3;
  speaker.min_face_score = 0.6;
  speaker.min_eye_distance_px = 20;
  speaker.max_turn = 0.3;
  speaker.min_sharpness = 0.2;
  speaker.min_log_odds = -1.5;
  speaker.min_segment_s = 1.5;
  speaker.min_confidence = 0.4;
  speaker.min_agreement = 0.5;
  recipe.sound = {.min_snr_db = 12, .max_clipped_share = 0.25, .max_steady_partials = 3, .max_overlap_log_odds = 5};
  recipe.voice_model = "other";
  recipe.voice_filter = {.model = "my-voice", .drops = false, .keeps_unknown = false};
  recipe.face_model = "another";
  recipe.speakers = {.min_likeness = 0.8, .face_weight = 0.25};
  recipe.repeats = {.min_s = 20, .max_bit_errors = 0.3, .min_picture_likeness = 0.6};
  const std::string written = RecipeToml(recipe);
  const Recipe back = ParseRecipe(AsFile(written), "x");
  EXPECT_EQ(RecipeToml(back), written);
  EXPECT_EQ(back.speaker.speech.max_speech_s, 9);
  EXPECT_EQ(back.speaker.min_log_odds, -1.5);
  EXPECT_EQ(back.speaker.fallback_model, "other");
  EXPECT_EQ(back.sound.min_snr_db, 12);
  EXPECT_EQ(back.speakers.min_likeness, 0.8);
  const auto num_options = std::count(written.begin(), written.end(), '=') - 2;  // less name and method
  const std::string plain = RecipeToml({});
  std::istringstream a(written), b(plain);
  std::int64_t num_changed = 0;
  for (std::string x, y; std::getline(a, x) && std::getline(b, y);) num_changed += x != y;
  EXPECT_EQ(num_changed, num_options - 9) << "an option of default is not tried here";  // models, audio and limits
}

TEST(Recipe, OptionsThatAreNotGivenAreThoseOfTheMethod) {
  const Recipe paper = ParseRecipe("name = \"mine\"\nmethod = \"paper\"\n[segments]\nmin_frames = 5\n", "x");
  EXPECT_EQ(paper.segments.min_frames, 5);
  EXPECT_EQ(paper.segments.max_gap_frames, 10);
  EXPECT_EQ(paper.expression_models, PaperRecipe().expression_models);
  const Recipe other = ParseRecipe("name = \"mine\"\n[segments]\nmin_s = 2\n", "x");
  EXPECT_EQ(other.method, Method::kDefault);
  EXPECT_EQ(other.speaker.min_segment_s, 2);
  EXPECT_EQ(other.expression_models, DefaultRecipe().expression_models);
}

TEST(Recipe, AnOptionOfTheOtherMethodIsUnknown) {
  EXPECT_THAT(Refusal("name = \"x\"\n[segments]\nmin_frames = 5\n").what(), HasSubstr("segments.min_frames"));
  EXPECT_THAT(Refusal("name = \"x\"\nmethod = \"paper\"\n[segments]\nmin_s = 5\n").what(), HasSubstr("segments.min_s"));
  for (const char* method : {"\"mine\"", "3", "[]"}) {
    const Error error = Refusal(fmt::format("name = \"x\"\nmethod = {}\n", method));
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr("line 2: 'method'"));
  }
}

TEST(Recipe, NamesAnUnknownOptionWithItsLine) {
  for (const auto& [toml, option] : std::vector<std::pair<std::string, std::string>>{
           {"name = \"x\"\n\n[segments]\nmin_frame = 5\n", "line 4: there is no option 'segments.min_frame'"},
           {"name = \"x\"\nspeech = 3\n", "line 2: there is no option 'speech'"},
           {"name = \"x\"\n[segments.more]\nx = 1\n", "line 3: there is no option 'segments.more.x'"},
           {"name = \"x\"\n\"speech.threshold\" = 0.9\n", "line 2: there is no option"},
           {"name = \"x\"\n[[speech]]\nthreshold = 0.9\n", "there is no option 'speech'"}}) {
    const Error error = Refusal(toml);
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << toml;
    EXPECT_THAT(error.what(), HasSubstr("mine.toml")) << toml;
    EXPECT_THAT(error.what(), HasSubstr(option)) << toml;
    EXPECT_FALSE(error.remedy().empty());
  }
}

TEST(Recipe, NamesAnOptionOfTheWrongType) {
  const std::vector<std::pair<std::string, std::string>> bad = {{"speech", "onset = \"high\""},
                                                                {"speech", "model = 3"},
                                                                {"speech", "model = \"../x\""},
                                                                {"segments", "max_s = true"},
                                                                {"limits", "max_side_px = true"},
                                                                {"limits", "max_side_px = 99999999999"},
                                                                {"faces", "min_score = []"},
                                                                {"expression", "models = [\"A B\"]"},
                                                                {"expression", "models = []"},
                                                                {"expression", "models = \"a\""},
                                                                {"segments", "max_s = 1979-05-27"},
                                                                {"audio", "format = \"mp3\""},
                                                                {"audio", "format = 1"},
                                                                {"limits", "max_channels = 2.0"}};
  for (const auto& [table, line] : bad) {
    const Error error = Refusal(fmt::format("name = \"x\"\n[{}]\n{}\n", table, line));
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << line;
    EXPECT_THAT(error.what(), HasSubstr(fmt::format("line 3: '{}.{}'", table, line.substr(0, line.find(' ')))));
  }
}

TEST(Recipe, NamesAllOptionsThatAreOutOfRange) {
  const Error error = Refusal(
      "name = \"x\"\nmethod = \"paper\"\n[speech]\nthreshold = 1\n[faces]\nscale_factor = nan\nmin_neighbours = -1\n"
      "[segments]\nmin_frames = 0\nmax_s = 0\n[limits]\nmax_gap_s = -1\nmax_side_px = 3\n");
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  for (const char* option : {"speech.threshold", "scale_factor", "min_neighbours", "min_frames", "segments.max_s",
                             "max_gap_s", "max_side_px"}) {
    EXPECT_THAT(error.what(), HasSubstr(option));
  }
}

TEST(Recipe, NamesAllOptionsOfDefaultThatAreOutOfRange) {
  const Error error = Refusal(
      "name = \"x\"\n[speech]\nonset = 1\n[faces]\nmin_score = nan\nmax_turn = -1\n[speaking]\nmin_log_odds = inf\n"
      "[segments]\nmin_s = 0\nmax_s = 0\n[labels]\nmin_agreement = 2\n");
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  for (const char* option :
       {"onset", "faces.min_score", "max_turn", "min_log_odds", "segments.min_s", "max_speech_s", "min_agreement"}) {
    EXPECT_THAT(error.what(), HasSubstr(option));
  }
}

TEST(Recipe, NeedsANameOfItsOwn) {
  for (const char* toml : {"", "name = 3", "name = \"\"", "name = \"../x\"", "[name]\nx = 1", "name = \"a\\\"b\""}) {
    const Error error = Refusal(toml);
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << toml;
    EXPECT_THAT(error.what(), HasSubstr("'name'")) << toml;
  }
}

TEST(Recipe, NamesTheLineThatIsNoToml) {
  EXPECT_THAT(Refusal("name = \"x\"\n[speech\n").what(), HasSubstr("line 2"));
  EXPECT_EQ(Refusal("name = \"\xff\"").kind(), ErrorKind::kBadInput);
  EXPECT_EQ(Refusal("name = " + std::string(5000, '[')).kind(), ErrorKind::kBadInput);
}

TEST(Recipe, LoadsFiles) {
  const TemporaryFolder folder;
  EXPECT_EQ(LoadRecipe(folder.Write("r.toml", "name = \"mine\"")).name, "mine");
  EXPECT_EQ(ThrownBy([&] { LoadRecipe(folder / "none.toml"); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ThrownBy([&] { LoadRecipe(folder.Write("big.toml", std::string(100'000, '#'))); }).kind(),
            ErrorKind::kBadInput);
  EXPECT_EQ(ThrownBy([&] { LoadRecipe(folder.path()); }).kind(), ErrorKind::kBadInput);
}

}  // namespace
}  // namespace sezim
