// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/review_file.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

Json Good() {
  return {{"format", "sezim-review"},
          {"version", 1},
          {"corpus", {{"name", "talks"}, {"fingerprint", std::string(64, 'a')}}},
          {"sample", {{"per_emotion", 20}, {"seed", 0}}},
          {"sampled", 3},
          {"reviewer", "Ainur"},
          {"answers",
           {{{"id", "x-00000100"}, {"label", "sad"}, {"answer", "sad"}, {"revised", false}},
            {{"id", "y-00000200"}, {"label", "happy"}, {"answer", "bad-cut"}, {"revised", true}}}}};
}

Error Refused(const Json& json) {
  return ThrownBy([&] { ParseReview(json.dump(), "r.json"); });
}

TEST(ParseReview, ReadsWhatThePageExports) {
  const Review review = ParseReview(Good().dump(), "r.json");
  EXPECT_EQ(review.reviewer, "Ainur");
  EXPECT_EQ(review.num_sampled, 3);
  ASSERT_EQ(review.answers.size(), 2U);
  EXPECT_EQ(review.answers[0].label, Emotion::kSad);
  EXPECT_EQ(NameOfAnswer(review.answers[0].answer), "sad");
  EXPECT_EQ(NameOfAnswer(review.answers[1].answer), "bad-cut");
  EXPECT_FALSE(review.answers[0].revised);
  EXPECT_TRUE(review.answers[1].revised);
}

TEST(ParseReview, EveryAnswerHasItsOwnName) {
  for (std::size_t answer = 0; answer < kNumAnswers; ++answer) {
    Json json = Good();
    json["answers"][0]["answer"] = NameOfAnswer(answer);
    EXPECT_EQ(ParseReview(json.dump(), "r.json").answers[0].answer, answer);
  }
}

TEST(ParseReview, RefusesATruncatedFileAtAnyLength) {
  const std::string whole = Good().dump(1);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Error error = ThrownBy([&] { ParseReview(whole.substr(0, length), "r.json"); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr("r.json"));
    EXPECT_FALSE(error.remedy().empty());
  }
}

TEST(ParseReview, SaysWhatIsWrongWhere) {
  const auto with = [](const char* pointer, const Json& value) {
    Json json = Good();
    json[Json::json_pointer(pointer)] = value;
    return Refused(json);
  };
  EXPECT_THAT(with("/format", "other").what(), HasSubstr("sezim-review"));
  EXPECT_THAT(with("/version", 2).what(), HasSubstr("version"));
  EXPECT_THAT(with("/corpus", 1).what(), HasSubstr("'corpus'"));
  EXPECT_THAT(with("/reviewer", "").what(), HasSubstr("'reviewer'"));
  EXPECT_THAT(with("/reviewer", std::string(1000, 'x')).what(), HasSubstr("1000"));
  EXPECT_THAT(with("/sample", Json()).what(), HasSubstr("'sample'"));
  EXPECT_THAT(with("/sample", Json::object()).what(), HasSubstr("'sample': 'per_emotion'"));
  EXPECT_THAT(with("/sample/per_emotion", 0).what(), HasSubstr("from 1 to 1000000"));
  EXPECT_THAT(with("/sample/per_emotion", 1'000'001).what(), HasSubstr("'per_emotion'"));
  EXPECT_THAT(with("/sample/seed", -1).what(), HasSubstr("'sample': 'seed'"));
  EXPECT_THAT(with("/sample/seed", 1.5).what(), HasSubstr("'seed'"));
  EXPECT_THAT(with("/sample/seed", 9'007'199'254'740'992).what(), HasSubstr("from 0 to 9007199254740991"));
  EXPECT_THAT(with("/sampled", -1).what(), HasSubstr("'sampled'"));
  EXPECT_THAT(with("/sampled", 18446744073709551615U).what(), HasSubstr("'sampled'"));
  EXPECT_THAT(with("/sampled", 1).what(), HasSubstr("2 answers"));
  EXPECT_THAT(with("/answers", "none").what(), HasSubstr("'answers'"));
  EXPECT_THAT(with("/answers/1", 5).what(), HasSubstr("answer 2"));
  EXPECT_THAT(with("/answers/1/label", "glad").what(), HasSubstr("glad"));
  EXPECT_THAT(with("/answers/1/answer", "perhaps").what(), HasSubstr("perhaps"));
  EXPECT_THAT(with("/answers/1/revised", "yes").what(), HasSubstr("'revised'"));
  EXPECT_THAT(with("/answers/1/id", "x-00000100").what(), HasSubstr("twice"));
  EXPECT_THAT(Refused(Json::array()).what(), HasSubstr("not a review"));
}

TEST(ParseReview, RefusesWhatIsNestedTooDeeply) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(ThrownBy([&] { ParseReview(deep, "r.json"); }).kind(), ErrorKind::kBadInput);
}

TEST(ReadReview, RefusesAFileThatIsTooLargeOrNotThere) {
  const TemporaryFolder folder;
  const auto large = folder.Write("large.json", std::string(kMaxReviewBytes + 1, ' '));
  EXPECT_EQ(ThrownBy([&] { ReadReview(large); }).kind(), ErrorKind::kBadInput);
  EXPECT_EQ(ThrownBy([&] { ReadReview(folder / "none.json"); }).kind(), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace sezim
