// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/speaker_clusters.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::ElementsAre;

SpeechGroup Group(std::vector<float> direction, double seconds) {
  const double length = std::sqrt(std::inner_product(direction.begin(), direction.end(), direction.begin(), 0.0));
  for (float& number : direction) number = static_cast<float>(number * seconds / length);
  return {.voice = std::move(direction), .seconds = seconds};
}

// Voices of several people: a direction for each, and a deviation whose square length is kSpreadS / seconds.
struct Crowd {
  std::vector<SpeechGroup> groups;
  std::vector<std::size_t> people;

  Crowd(unsigned seed, std::size_t num_people, std::size_t num_groups, double seconds) {
    constexpr std::size_t kSize = 128;
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    const auto any = [&] {
      std::vector<float> one(kSize);
      double sum = 0;
      for (float& number : one) sum += std::pow(number = normal(random), 2);
      for (float& number : one) number /= static_cast<float>(std::sqrt(sum));
      return one;
    };
    std::vector<std::vector<float>> voices;
    for (std::size_t i = 0; i < num_people; ++i) voices.push_back(any());
    for (std::size_t i = 0; i < num_groups; ++i) {
      people.push_back(random() % num_people);
      std::vector<float> one = any();
      for (std::size_t k = 0; k < kSize; ++k) {
        one[k] = one[k] * static_cast<float>(std::sqrt(kSpreadS / seconds)) + voices[people.back()][k];
      }
      groups.push_back(Group(one, seconds));
    }
  }
};

TEST(Likeness, IsTheCosineTimesWhatShortSpeechTakesAway) {
  const SpeechGroup a = Group({1, 0}, 0.77), b = Group({1, 1}, 0.77 / 3);
  EXPECT_NEAR(Likeness(a, b, {}), std::sqrt(0.5) * std::sqrt(2 * 4), 1e-5);  // by hand
  EXPECT_NEAR(Likeness(Group({1, 0}, 1e9), Group({1, 0}, 1e9), {}), 1, 1e-5);
  EXPECT_EQ(Likeness(SpeechGroup{.voice = {0, 0}}, a, {}), 0);
  EXPECT_EQ(Likeness(a, SpeechGroup{}, {}), 0);
  EXPECT_EQ(Likeness(SpeechGroup{}, a, {}), 0);
}

TEST(Likeness, FacesAddToItOrTakeFromIt) {
  SpeechGroup a = Group({1, 0}, 1e9), b = a;
  a.AddFace(std::vector<float>{1, 0});
  EXPECT_NEAR(Likeness(a, b, {}), 1, 1e-5) << "only one of them has a face";
  b.AddFace(std::vector<float>{0.6F, 0.8F});
  EXPECT_NEAR(Likeness(a, b, {.face_weight = 0.5}), 1 + 0.5 * (0.6 - kEvenFace), 1e-5);
  EXPECT_NEAR(Likeness(a, b, {.face_weight = 0}), 1, 1e-5);
  b.AddFace(std::vector<float>{0.6F, -0.8F});  // both together look straight ahead
  EXPECT_NEAR(Likeness(a, b, {.face_weight = 0.5}), 1 + 0.5 * (1 - kEvenFace), 1e-5);
}

TEST(Likeness, FacesWeighMoreTheLessSpeechThereIs) {
  const auto of = [](double a_s, double b_s, float cosine) {
    SpeechGroup a = Group({1, 0}, a_s), b = Group({1, 0}, b_s);
    a.AddFace(std::vector<float>{1, 0});
    b.AddFace(std::vector<float>{cosine, std::sqrt(1 - cosine * cosine)});
    return Likeness(a, b, {.face_weight = 0.5}) - Likeness(a, b, {.face_weight = 0});
  };
  EXPECT_NEAR(of(2.5, 5, 0.37F), 0.5 * 4 * (0.37 - kEvenFace), 1e-5);  // by hand: 1 + 5 / 2.5 + 5 / 5
  EXPECT_NEAR(of(2.5, 5, 0.77F), 0.5 * 4 * (0.77 - kEvenFace), 1e-5);
  EXPECT_GT(of(10, 10, 0.3F), of(3, 10, 0.3F));
  EXPECT_NEAR(of(0.5, 1, 0.3F), of(2, 2, 0.3F), 1e-5);  // shorter counts as that
  EXPECT_LT(of(10, 10, 0.8F), of(3, 10, 0.8F));
}

// Sentences of people who sound alike, as two of GRID's talkers happened to; the last one is the first one again.
TEST(ClusterSpeakers, TwoFacesOfLittleSpeechStayApartThoughTheySoundAlike) {
  const auto talker = [](std::vector<float> voice, std::vector<float> face) {
    SpeechGroup group = Group(std::move(voice), 2);
    group.AddFace(face);
    return group;
  };
  const std::vector<SpeechGroup> groups = {talker({1, 0.2F}, {1, 0, 0}), talker({1, -0.2F}, {0.45F, 0.89F, 0}),
                                           talker({1, 0.6F}, {0.3F, 0.3F, 0.9F}), talker({1, 1}, {0.95F, 0.1F, 0.1F})};
  EXPECT_THAT(ClusterSpeakers(groups, {}), ElementsAre(0, 1, 2, 0));
}

TEST(ClusterSpeakers, GoesByFacesWhereVoicesAreNotSure) {
  const auto with_face = [](SpeechGroup group, std::vector<float> face) {
    group.AddFace(face);
    return group;
  };
  // The first three sound the same, and the third looks another; the fourth sounds a little different and looks like
  // the first.
  const std::vector<SpeechGroup> groups = {
      with_face(Group({1, 0}, 1e9), {1, 0}), with_face(Group({1, 0}, 1e9), {0.9F, 0.44F}),
      with_face(Group({1, 0}, 1e9), {0.3F, -0.95F}), with_face(Group({1, 0.5F}, 1e9), {1, 0.05F})};
  EXPECT_THAT(ClusterSpeakers(groups, {}), ElementsAre(0, 0, 1, 0));
  EXPECT_THAT(ClusterSpeakers(groups, {.face_weight = 0}), ElementsAre(0, 0, 0, 1));
}

TEST(ClusterSpeakers, JoinsTheMostAlikeFirstAndNumbersByTheFirstGroup) {
  const double long_s = 1e6;
  const std::vector<SpeechGroup> groups = {Group({0, 1}, long_s), Group({1, 0.05F}, long_s), Group({0.05F, 1}, long_s),
                                           Group({1, 0}, long_s), Group({-1, 0}, long_s)};
  EXPECT_THAT(ClusterSpeakers(groups, {}), ElementsAre(0, 1, 0, 1, 2));
  EXPECT_THAT(ClusterSpeakers(groups, {.min_likeness = 1.5}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(ClusterSpeakers({}, {}), ElementsAre());
  EXPECT_THAT(ClusterSpeakers(std::span(groups).first(1), {}), ElementsAre(0));
}

TEST(ClusterSpeakers, FindsThePeopleOfACrowd) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Crowd crowd(seed, 7, 60, 3);
    EXPECT_THAT(ClusterSpeakers(crowd.groups, {.min_likeness = 0.7}),
                testing::Truly([&](const std::vector<std::size_t>& found) {
                  std::map<std::size_t, std::size_t> number;
                  for (std::size_t i = 0; i < found.size(); ++i) {
                    if (number.emplace(crowd.people[i], found[i]).first->second != found[i]) return false;
                  }
                  return *std::max_element(found.begin(), found.end()) + 1 == number.size();
                }))
        << "seed " << seed;
  }
}

TEST(ClusterSpeakers, MoreGroupsThanFitAtOnceArePutTogetherTheSame) {
  const Crowd crowd(1, 5, 2 * kMaxGroupsAtOnce + 100, 8);
  const std::vector<std::size_t> found = ClusterSpeakers(crowd.groups, {.min_likeness = 0.7});
  std::map<std::size_t, std::size_t> number;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(number.emplace(crowd.people[i], found[i]).first->second, found[i]) << i;
  }
  EXPECT_EQ(number.size(), 5U);
}

TEST(SpeakerClusterOptions, CheckThemselves) {
  EXPECT_NO_THROW(SpeakerClusterOptions().Check());
  EXPECT_EQ(ThrownBy([] { SpeakerClusterOptions{.min_likeness = 0}.Check(); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ThrownBy([] { SpeakerClusterOptions{.face_weight = -1}.Check(); }).kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace sezim
