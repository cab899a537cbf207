// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/corpus_review.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "sezim/catalog/catalog.h"
#include "sezim/publish/review_sample.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kCannotTell = kNumEmotions;

// A corpus of 90 segments labelled neutral and 10 labelled sad.
class CorpusReviewTest : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<SegmentRecord> segments;
    LabelFingerprint fingerprint;
    for (int i = 0; i < 100; ++i) {
      const Emotion emotion = i < 90 ? Emotion::kNeutral : Emotion::kSad;
      segments.push_back({.id = Id(i),
                          .source = "a.mp4",
                          .source_id = "a",
                          .start_ms = i * 1000,
                          .end_ms = i * 1000 + 900,
                          .emotion = emotion,
                          .audio = "audio/x.flac",
                          .sha256 = "0"});
      fingerprint.Add(Id(i), emotion);
    }
    catalog_.FinishSource({.locator = "/a.mp4", .name = "a.mp4", .sha256 = "a", .state = SourceState::kDone}, segments,
                          {});
    fingerprint_ = fingerprint.HexDigest();
  }

  static std::string Id(int number) { return fmt::format("a-{:08}", number); }

  // The answers to the neutral segments 0, 1, … and to the sad ones 90, 91, …
  Review Of(const std::string& reviewer, const std::vector<std::size_t>& neutral, const std::vector<std::size_t>& sad) {
    Review review{.file = reviewer + ".json",
                  .reviewer = reviewer,
                  .corpus_name = "talks",
                  .fingerprint = fingerprint_,
                  .num_sampled = 20};
    for (std::size_t i = 0; i < neutral.size(); ++i) {
      review.answers.push_back({Id(static_cast<int>(i)), Emotion::kNeutral, neutral[i], false});
    }
    for (std::size_t i = 0; i < sad.size(); ++i) {
      review.answers.push_back({Id(90 + static_cast<int>(i)), Emotion::kSad, sad[i], false});
    }
    return review;
  }

  static std::size_t Heard(Emotion emotion) { return static_cast<std::size_t>(emotion); }

  TemporaryFolder folder_;
  Catalog catalog_{folder_ / "catalog.db"};
  std::string fingerprint_;
  std::size_t neutral_ = Heard(Emotion::kNeutral);
  std::size_t sad_ = Heard(Emotion::kSad);
};

TEST_F(CorpusReviewTest, WeighsTheEmotionsByTheCorpusNotByTheSample) {
  // Neutral: 4 of 4 right, and one that cannot be told. Sad: 1 of 4.
  const CorpusReview review = ReviewCorpus(
      catalog_, {Of("Ainur", {neutral_, neutral_, neutral_, neutral_, kCannotTell}, {sad_, 0, 0, neutral_})});
  ASSERT_EQ(review.reviewers.size(), 1U);
  const ReviewedLabels& labels = review.reviewers[0];
  EXPECT_EQ(labels.num_answers, 9);
  EXPECT_EQ(labels.num_judged(), 8);
  EXPECT_DOUBLE_EQ(labels.OfEmotion(Emotion::kNeutral).share, 1);
  EXPECT_DOUBLE_EQ(labels.OfEmotion(Emotion::kSad).share, 0.25);
  EXPECT_TRUE(std::isnan(labels.OfEmotion(Emotion::kFear).share));
  EXPECT_DOUBLE_EQ(labels.Overall().share, 0.9 * 1 + 0.1 * 0.25);  // not 5 of 8
  EXPECT_EQ(labels.confusion[sad_][neutral_], 1);
  EXPECT_EQ(labels.confusion[neutral_][kCannotTell], 1);
  EXPECT_TRUE(review.agreements.empty());
  EXPECT_THAT(TextOf(review), HasSubstr("92.5 %"));
}

TEST_F(CorpusReviewTest, SaysWhichEmotionsNobodyJudged) {
  const CorpusReview review = ReviewCorpus(catalog_, {Of("Ainur", {neutral_}, {kCannotTell})});
  EXPECT_DOUBLE_EQ(review.reviewers[0].Overall().share, 1);
  EXPECT_THAT(TextOf(review), HasSubstr("labelled sad"));
  EXPECT_EQ(nlohmann::json::parse(JsonOf(review))["reviewers"][0]["not_judged"], nlohmann::json::array({"sad"}));
}

TEST_F(CorpusReviewTest, TwoReviewersAgreeOnWhatBothAnswered) {
  // Both answered four: the same three times. One says neutral 2, sad 2; the other neutral 3, sad 1: by chance
  // 2/4 · 3/4 + 2/4 · 1/4 = 0.5, so kappa (0.75 - 0.5) / 0.5.
  const CorpusReview review = ReviewCorpus(catalog_, {Of("Ainur", {neutral_, neutral_, sad_, sad_, sad_}, {}),
                                                      Of("Boris", {neutral_, neutral_, neutral_, sad_}, {sad_})});
  ASSERT_EQ(review.agreements.size(), 1U);
  EXPECT_EQ(review.agreements[0].num_both, 4);
  EXPECT_DOUBLE_EQ(review.agreements[0].observed, 0.75);
  EXPECT_NEAR(review.agreements[0].kappa, 0.5, 1e-12);
  EXPECT_THAT(TextOf(review), HasSubstr("Ainur and Boris: both answered 4"));
}

TEST_F(CorpusReviewTest, ThreeReviewersAreThreePairs) {
  const CorpusReview review =
      ReviewCorpus(catalog_, {Of("Ainur", {neutral_}, {}), Of("Sara", {sad_}, {}), Of("Boris", {}, {})});
  ASSERT_EQ(review.agreements.size(), 3U);
  EXPECT_EQ(review.agreements[0].second, "Sara");
  EXPECT_EQ(review.agreements[1].num_both, 0);
  EXPECT_TRUE(nlohmann::json::parse(JsonOf(review))["agreements"][1]["kappa"].is_null());
}

TEST_F(CorpusReviewTest, OneReviewGivenTwiceIsNoSecondReviewer) {
  const Review ainur = Of("Ainur", {neutral_, sad_}, {sad_});
  EXPECT_THAT(ThrownBy([&] { ReviewCorpus(catalog_, {ainur, ainur}); }).what(), HasSubstr("the same review"));
  Review boris = ainur;  // of the same opinion
  boris.reviewer = "Boris";
  EXPECT_EQ(ReviewCorpus(catalog_, {ainur, boris}).agreements.size(), 1U);
}

TEST_F(CorpusReviewTest, TwoReviewsOfOnePersonAreRefused) {
  const Review early = Of("Ainur", {neutral_, sad_}, {});
  Review late = Of("Ainur", {neutral_, neutral_}, {sad_});
  late.file = "late.json";
  const Error error = ThrownBy([&] { ReviewCorpus(catalog_, {early, Of("Boris", {}, {}), late}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("'Ainur.json' and 'late.json' are two reviews of one person, of 'Ainur'"));
  EXPECT_THAT(error.remedy(), HasSubstr("the later file only"));
}

TEST_F(CorpusReviewTest, RefusesAReviewOfAnotherCorpus) {
  Review review = Of("Ainur", {neutral_}, {});
  review.fingerprint = std::string(64, '0');
  const Error error = ThrownBy([&] { ReviewCorpus(catalog_, {review}); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr("another corpus"));
  EXPECT_THAT(error.what(), HasSubstr("talks"));
  EXPECT_THAT(error.remedy(), HasSubstr("--review"));
}

TEST_F(CorpusReviewTest, RefusesAnswersThatWereChangedByHand) {
  Review review = Of("Ainur", {neutral_}, {});
  review.answers[0].label = Emotion::kSad;
  EXPECT_THAT(ThrownBy([&] { ReviewCorpus(catalog_, {review}); }).what(), HasSubstr(Id(0)));
  review = Of("Ainur", {neutral_}, {});
  review.answers[0].id = "b-00000000";
  EXPECT_THAT(ThrownBy([&] { ReviewCorpus(catalog_, {review}); }).what(), HasSubstr("b-00000000"));
}

}  // namespace
}  // namespace sezim
