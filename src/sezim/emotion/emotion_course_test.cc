// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/emotion_course.h"

#include <gmock/gmock.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kLabels = {"angry", "sad"};

// A window in which `label` has the score `confidence`, and the other label the rest.
EmotionSpan Span(double start_s, double end_s, std::size_t label, float confidence, bool abstained = false) {
  EmotionSpan span{.start_s = start_s, .end_s = end_s, .emotion = {.scores = {1 - confidence, 1 - confidence}}};
  span.emotion.scores[label] = confidence;
  span.emotion.label = label;
  span.emotion.abstained = abstained;
  return span;
}

void ExpectStretch(const EmotionStretch& stretch, double start_s, double end_s, const std::string& emotion,
                   double confidence) {
  EXPECT_NEAR(stretch.start_s, start_s, 1e-9);
  EXPECT_NEAR(stretch.end_s, end_s, 1e-9);
  EXPECT_EQ(stretch.emotion, emotion);
  EXPECT_NEAR(stretch.confidence, confidence, 1e-6);
}

TEST(StretchesOf, WindowsThatOverlapShareTheTimeBetweenTheirMiddles) {
  const std::vector<EmotionSpan> spans = {Span(0, 3, 0, 0.9F), Span(1, 4, 1, 0.8F)};
  const auto stretches = StretchesOf(spans, kLabels);
  ASSERT_EQ(stretches.size(), 2U);
  ExpectStretch(stretches[0], 0, 2, "angry", 0.9);
  ExpectStretch(stretches[1], 2, 4, "sad", 0.8);
}

TEST(StretchesOf, NeighboursOfOneEmotionBecomeOne) {
  const std::vector<EmotionSpan> spans = {Span(0, 3, 0, 0.9F), Span(1, 4, 0, 0.6F), Span(2, 5, 0, 0.6F),
                                          Span(3, 6, 1, 0.8F)};
  const auto stretches = StretchesOf(spans, kLabels);
  ASSERT_EQ(stretches.size(), 2U);
  ExpectStretch(stretches[0], 0, 4, "angry", 0.7);
  ExpectStretch(stretches[1], 4, 6, "sad", 0.8);
}

TEST(StretchesOf, WindowsApartStayApart) {
  const std::vector<EmotionSpan> spans = {Span(0, 3, 0, 0.9F), Span(5, 8, 0, 0.7F)};
  const auto stretches = StretchesOf(spans, kLabels);
  ASSERT_EQ(stretches.size(), 2U);
  ExpectStretch(stretches[0], 0, 3, "angry", 0.9);
  ExpectStretch(stretches[1], 5, 8, "angry", 0.7);
}

TEST(StretchesOf, WindowsThatTouchAreNeighbours) {
  const std::vector<EmotionSpan> spans = {Span(0, 2, 0, 0.9F), Span(2, 4, 0, 0.7F), Span(4, 6, 1, 0.7F)};
  const auto stretches = StretchesOf(spans, kLabels);
  ASSERT_EQ(stretches.size(), 2U);
  ExpectStretch(stretches[0], 0, 4, "angry", 0.8);
  ExpectStretch(stretches[1], 4, 6, "sad", 0.7);
}

TEST(StretchesOf, AbstainedWindowsAreStretchesWithoutAnEmotion) {
  const std::vector<EmotionSpan> spans = {Span(0, 3, 0, 0.9F), Span(1, 4, 0, 0.5F, true), Span(2, 5, 1, 0.5F, true),
                                          Span(3, 6, 0, 0.9F)};
  const auto stretches = StretchesOf(spans, kLabels);
  ASSERT_EQ(stretches.size(), 3U);
  ExpectStretch(stretches[0], 0, 2, "angry", 0.9);
  ExpectStretch(stretches[1], 2, 4, "", 0.5);
  ExpectStretch(stretches[2], 4, 6, "angry", 0.9);
}

TEST(StretchesOf, NeverOverlapAndCoverWhatTheWindowsCover) {
  EXPECT_TRUE(StretchesOf({}, kLabels).empty());
  std::vector<EmotionSpan> spans;
  for (int i = 0; i < 50; ++i) {
    if (i % 7 == 5 || i % 7 == 6) continue;  // holes
    spans.push_back(Span(0.37 * i, 0.37 * i + 0.9, static_cast<std::size_t>(i % 3 == 0), 0.7F, i % 5 == 0));
  }
  const auto stretches = StretchesOf(spans, kLabels);
  EXPECT_DOUBLE_EQ(stretches.front().start_s, spans.front().start_s);
  EXPECT_DOUBLE_EQ(stretches.back().end_s, spans.back().end_s);
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    EXPECT_LT(stretches[i].start_s, stretches[i].end_s);
    if (i > 0) {
      EXPECT_GE(stretches[i].start_s, stretches[i - 1].end_s);
    }
  }
}

const std::string kOddName = "dir/a \"b\", c\nd \xff.wav";

TEST(RecognitionText, JsonTakesAnyName) {
  const std::vector<EmotionSpan> spans = {Span(0, 3, 1, 0.75F)};
  const std::string text = TextOf(RecognitionFormat::kJson, kOddName, spans, kLabels);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  const auto line = nlohmann::json::parse(text);
  EXPECT_EQ(line["file"], "dir/a \"b\", c%0Ad %FF.wav");
  EXPECT_EQ(line["emotion"], "sad");
  EXPECT_EQ(line["confidence"], 0.75);
  EXPECT_EQ(line["scores"]["angry"], 0.25);
  EXPECT_EQ(line["abstained"], false);
}

TEST(RecognitionText, CsvQuotesNamesAndLabels) {
  const std::vector<std::string> labels = {"angry, very", "so \"sad\""};
  EXPECT_EQ(HeaderOf(RecognitionFormat::kCsv, labels),
            "file,start_s,end_s,emotion,confidence,abstained,\"angry, very\",\"so \"\"sad\"\"\"\n");
  const std::vector<EmotionSpan> spans = {Span(0, 3, 0, 0.75F, true)};
  EXPECT_EQ(TextOf(RecognitionFormat::kCsv, kOddName, spans, labels),
            "\"dir/a \"\"b\"\", c%0Ad %FF.wav\",0.000,3.000,\"angry, very\",0.7500,yes,0.7500,0.2500\n");
  EXPECT_EQ(HeaderOf(RecognitionFormat::kJson, labels), "");
}

TEST(RecognitionText, RttmHasTenFieldsWhateverTheName) {
  const std::vector<EmotionSpan> spans = {Span(0.25, 3, 1, 0.75F)};
  EXPECT_EQ(TextOf(RecognitionFormat::kRttm, kOddName, spans, kLabels),
            "SPEAKER a_\"b\",_c_d_%FF 1 0.250 2.750 <NA> <NA> sad 0.750 <NA>\n");
  EXPECT_EQ(TextOf(RecognitionFormat::kRttm, "x.wav", spans, {"a", "very sad"}),
            "SPEAKER x 1 0.250 2.750 <NA> <NA> very_sad 0.750 <NA>\n");
}

TEST(RecognitionText, RoundedRttmDoesNotOverlap) {
  // From 0.0006 to 1.0012 s and on: a rounded start and a rounded length would reach to 1.002 s, into the next.
  const std::vector<EmotionSpan> spans = {Span(0.0006, 1.0012, 0, 0.9F), Span(1.0012, 2.0018, 1, 0.9F)};
  EXPECT_EQ(TextOf(RecognitionFormat::kRttm, "x", spans, kLabels),
            "SPEAKER x 1 0.001 1.000 <NA> <NA> angry 0.900 <NA>\nSPEAKER x 1 1.001 1.001 <NA> <NA> sad 0.900 <NA>\n");
}

TEST(RecognitionText, SubRipAndAudacity) {
  const std::vector<EmotionSpan> spans = {Span(0, 3, 0, 0.5F, true), Span(10, 13, 1, 0.75F),
                                          Span(3725.5, 3728.125, 0, 0.9F)};
  EXPECT_EQ(TextOf(RecognitionFormat::kSrt, "x", spans, kLabels),
            "1\n00:00:10,000 --> 00:00:13,000\nsad 75 %\n\n2\n01:02:05,500 --> 01:02:08,125\nangry 90 %\n\n");
  EXPECT_EQ(TextOf(RecognitionFormat::kAudacity, "x", spans, kLabels),
            "10.000\t13.000\tsad\n3725.500\t3728.125\tangry\n");
}

TEST(RecognitionText, NothingHeardIsNoText) {
  for (const char* name : {"json", "csv", "rttm", "srt", "audacity"}) {
    EXPECT_EQ(TextOf(RecognitionFormatFromName(name), "x", {}, kLabels), "") << name;
  }
  EXPECT_EQ(ThrownBy([] { RecognitionFormatFromName("xml"); }).kind(), ErrorKind::kUsage);
}

TEST(CourseSvg, EscapesNamesAndLabels) {
  const std::vector<EmotionSpan> spans = {Span(0, 3, 0, 0.75F), Span(5, 8, 1, 0.6F, true)};
  const std::string svg = CourseSvg("a<b>&\xff.wav", spans, {"<angry>", "s&d"});
  EXPECT_THAT(svg, HasSubstr("a&lt;b&gt;&amp;%FF.wav"));
  EXPECT_THAT(svg, HasSubstr("&lt;angry&gt;"));
  EXPECT_THAT(svg, HasSubstr("s&amp;d"));
  EXPECT_THAT(svg, Not(HasSubstr("<angry>")));
  EXPECT_THAT(CourseSvg("x", {}, kLabels), HasSubstr("no speech"));
}

TEST(CourseSvg, OfALongFileNeighboursShareAColumn) {
  std::vector<EmotionSpan> spans;
  for (int i = 0; i < 3600; ++i) spans.push_back(Span(i, i + 3, static_cast<std::size_t>(i % 2), 0.75F, i % 20 < 13));
  const std::string svg = CourseSvg("x", spans, kLabels);
  std::size_t num_parts = 0, num_pale = 0;
  for (std::size_t at = svg.find("<rect"); at != std::string::npos; at = svg.find("<rect", at + 1)) {
    const std::string part = svg.substr(at, svg.find("</rect>", at) - at);
    if (part.find("<title>") == std::string::npos) continue;
    ++num_parts;
    if (part.find("opacity") != std::string::npos) ++num_pale;
  }
  EXPECT_LE(num_parts, 361 * kLabels.size());
  EXPECT_GE(num_parts, 350 * kLabels.size());
  EXPECT_GT(num_pale, num_parts / 3);
  EXPECT_LT(num_pale, num_parts);
  EXPECT_THAT(svg, HasSubstr("angry 52 %, 0.0 to 13.0 s"));  // six windows of 75 % and five of 25 %
}

TEST(RecognizeOptions, SayAllThatIsWrong) {
  EXPECT_NO_THROW(RecognizeOptions().Check());
  EXPECT_NO_THROW((RecognizeOptions{.window_s = 30, .step_s = 30, .min_speech = 1}.Check()));
  EXPECT_NO_THROW((RecognizeOptions{.window_s = 0.5, .step_s = 0.1, .min_speech = 0}.Check()));
  const Error error = ThrownBy([] { RecognizeOptions{.window_s = 31, .step_s = 0, .min_speech = -1}.Check(); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  for (const char* part : {"window", "step", "share of speech"}) EXPECT_THAT(error.what(), HasSubstr(part));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const RecognizeOptions& options :
       {RecognizeOptions{.window_s = 0.4, .step_s = 0.1}, RecognizeOptions{.window_s = 1, .step_s = 1.1},
        RecognizeOptions{.window_s = nan}, RecognizeOptions{.step_s = nan}, RecognizeOptions{.min_speech = nan},
        RecognizeOptions{.min_speech = 1.1}}) {
    EXPECT_EQ(ThrownBy([&] { options.Check(); }).kind(), ErrorKind::kUsage);
  }
}

}  // namespace
}  // namespace sezim
