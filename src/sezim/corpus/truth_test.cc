// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/truth.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

std::string File(const std::string& spans) {
  return R"({"schema":1,"media":"p.mp4","duration_s":30,"extra":{"kept":[1]},"spans":[)" + spans + "]}";
}

std::string Refusal(const std::string& json) {
  const Error error = ThrownBy([&] { ParseTruth(json, "p.json"); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << json;
  EXPECT_FALSE(error.remedy().empty());
  EXPECT_THAT(error.what(), HasSubstr("p.json"));
  return error.what();
}

TEST(Truth, ReadsEveryField) {
  const Truth truth = ParseTruth(File(R"({"start_s":0,"end_s":4.5,"kind":"speaking","emotion":"happy",
                                          "speech":[[0.5,2],[2.5,4]]},
                                         {"start_s":4.5,"end_s":10,"kind":"voice_over","emotion":null,"speech":[]},
                                         {"start_s":12,"end_s":13,"kind":"speaking","usable":false},
                                         {"start_s":13,"end_s":14,"kind":"odd","usable":true})"),
                                 "x");
  EXPECT_EQ(truth.media, "p.mp4");
  EXPECT_EQ(truth.duration_s, 30);
  ASSERT_EQ(truth.spans.size(), 4U);
  EXPECT_EQ(truth.spans[0].start_s, 0);
  EXPECT_EQ(truth.spans[0].end_s, 4.5);
  EXPECT_EQ(truth.spans[0].kind, "speaking");
  EXPECT_TRUE(truth.spans[0].usable);  // as speaking faces are, unless said otherwise
  EXPECT_EQ(truth.spans[0].emotion, Emotion::kHappy);
  EXPECT_EQ(truth.spans[0].speech, (std::vector<SpeechSpan>{{0.5, 2}, {2.5, 4}}));
  EXPECT_FALSE(truth.spans[1].usable);
  EXPECT_EQ(truth.spans[1].emotion, std::nullopt);
  EXPECT_FALSE(truth.spans[2].usable);
  EXPECT_TRUE(truth.spans[3].usable);
  EXPECT_TRUE(ParseTruth(File(""), "x").spans.empty());
}

TEST(Truth, ErrorsNameTheSpan) {
  const std::string good = R"({"start_s":0,"end_s":4,"kind":"speaking"},)";
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"3", "must be an object"},
      {R"({"end_s":6,"kind":"x"})", "'start_s'"},
      {R"({"start_s":"5","end_s":6,"kind":"x"})", "'start_s'"},
      {R"({"start_s":-5,"end_s":6,"kind":"x"})", "'start_s'"},
      {R"({"start_s":5,"kind":"x"})", "'end_s'"},
      {R"({"start_s":5,"end_s":5,"kind":"x"})", "'end_s'"},
      {R"({"start_s":5,"end_s":6})", "'kind'"},
      {R"({"start_s":5,"end_s":6,"kind":7})", "'kind'"},
      {R"({"start_s":5,"end_s":6,"kind":"x","usable":1})", "'usable'"},
      {R"({"start_s":5,"end_s":6,"kind":"x","emotion":"bored"})", "'emotion'"},
      {R"({"start_s":5,"end_s":6,"kind":"x","emotion":3})", "'emotion'"},
      {R"({"start_s":5,"end_s":6,"kind":"x","speech":3})", "'speech'"},
      {R"({"start_s":5,"end_s":6,"kind":"x","speech":[[5]]})", "'speech'"},
      {R"({"start_s":5,"end_s":6,"kind":"x","speech":[[5,"6"]]})", "'speech'"},
      {R"({"start_s":5,"end_s":6,"kind":"x","speech":[[6,5]]})", "'speech'"},
      {R"({"start_s":3.9,"end_s":6,"kind":"x"})", "begins before"}};
  for (const auto& [span, complaint] : bad) {
    const std::string what = Refusal(File(good + span));
    EXPECT_THAT(what, HasSubstr("span 2")) << span;
    EXPECT_THAT(what, HasSubstr(complaint)) << span;
  }
}

TEST(Truth, ErrorsNameTheField) {
  EXPECT_THAT(Refusal(R"({"media":"p","duration_s":3,"spans":[]})"), HasSubstr("'schema'"));
  EXPECT_THAT(Refusal(R"({"schema":2,"media":"p","duration_s":3,"spans":[]})"), HasSubstr("'schema'"));
  EXPECT_THAT(Refusal(R"({"schema":1,"duration_s":3,"spans":[]})"), HasSubstr("'media'"));
  EXPECT_THAT(Refusal(R"({"schema":1,"media":1,"duration_s":3,"spans":[]})"), HasSubstr("'media'"));
  EXPECT_THAT(Refusal(R"({"schema":1,"media":"p","spans":[]})"), HasSubstr("'duration_s'"));
  EXPECT_THAT(Refusal(R"({"schema":1,"media":"p","duration_s":1e999,"spans":[]})"), HasSubstr("p.json"));
  EXPECT_THAT(Refusal(R"({"schema":1,"media":"p","duration_s":3})"), HasSubstr("'spans'"));
  EXPECT_THAT(Refusal(R"({"schema":1,"media":"p","duration_s":3,"spans":{}})"), HasSubstr("'spans'"));
}

TEST(Truth, RefusesWhatIsNoJsonOrTooDeep) {
  for (const char* text : {"", "null", "[]", "{", "\xff", "{\"schema\":1,\"media\":\"\xff\"}"}) Refusal(text);
  Refusal(std::string(1'000'000, '['));
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += R"({"a":)";
  Refusal(deep);
  Refusal(R"({"schema":1,"media":"p","duration_s":3,"spans":[],"x":[[[[[[[[[[1]]]]]]]]]]})");
}

TEST(Truth, ReadsFiles) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadTruth(folder.Write("p.json", File(""))).media, "p.mp4");
  EXPECT_EQ(ThrownBy([&] { ReadTruth(folder / "none"); }).kind(), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace sezim
