// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/speaker_options.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

struct Number {
  const char* name;
  double SpeakerOptions::*option;
};

constexpr Number kNumbers[] = {{"padding_s", &SpeakerOptions::padding_s},
                               {"faces.min_score", &SpeakerOptions::min_face_score},
                               {"min_eye_distance_px", &SpeakerOptions::min_eye_distance_px},
                               {"max_turn", &SpeakerOptions::max_turn},
                               {"min_sharpness", &SpeakerOptions::min_sharpness},
                               {"min_log_odds", &SpeakerOptions::min_log_odds},
                               {"segments.min_s", &SpeakerOptions::min_segment_s},
                               {"min_confidence", &SpeakerOptions::min_confidence},
                               {"min_agreement", &SpeakerOptions::min_agreement}};

TEST(SpeakerOptions, TheDefaultsMakeSense) {
  EXPECT_NO_THROW(SpeakerOptions{}.Check());
}

TEST(SpeakerOptions, NamesTheOneThatMakesNoSense) {
  for (const Number& number : kNumbers) {
    for (const double bad : {-1e9, 1e9, std::numeric_limits<double>::infinity(), std::nan("")}) {
      SpeakerOptions options;
      options.*number.option = bad;
      const Error error = ThrownBy([&] { options.Check(); });
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_THAT(error.what(), HasSubstr(number.name));
      for (const Number& other : kNumbers) {
        EXPECT_TRUE(other.name == number.name || std::string(error.what()).find(other.name) == std::string::npos);
      }
    }
  }
}

TEST(SpeakerOptions, NamesAllAtOnceThoseOfTheSpeechToo) {
  SpeakerOptions options;
  for (const Number& number : kNumbers) options.*number.option = -1e9;
  options.speech.onset = 2;
  options.speech.min_pause_s = -1;
  const Error error = ThrownBy([&] { options.Check(); });
  for (const Number& number : kNumbers) EXPECT_THAT(error.what(), HasSubstr(number.name));
  EXPECT_THAT(error.what(), HasSubstr("onset"));
  EXPECT_THAT(error.what(), HasSubstr("min_pause_s"));
}

TEST(SpeakerOptions, ASegmentIsNoLongerThanASpeechMayBe) {
  SpeakerOptions options;
  options.min_segment_s = options.speech.max_speech_s;
  EXPECT_NO_THROW(options.Check());
  options.speech.max_speech_s -= 0.5;
  EXPECT_THAT(ThrownBy([&] { options.Check(); }).what(), HasSubstr("segments.min_s"));
}

}  // namespace
}  // namespace sezim
