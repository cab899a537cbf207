// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/segment_record.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

SegmentRecord Example() {
  return {.id = "0123456789abcdef-00012300",
          .source = "Қыз \"Жібек\"\n.mp4",
          .source_id = "0123456789abcdef",
          .start_ms = 12'300,
          .end_ms = 15'200,
          .emotion = Emotion::kSad,
          .scores = {0.1F, 0.0F, 0.05F, 0.15F, 0.2F, 0.4F, 0.1F},
          .agreement = 0.75,
          .num_frames = 28,
          .speaker = "0123456789abcdef-00000300",
          .language = "kk",
          .audio = "audio/sad/0123456789abcdef-00012300.wav",
          .sha256 = std::string(64, 'a'),
          .snr_db = 21.5};
}

TEST(SegmentRecord, RoundTrips) {
  const SegmentRecord record = Example();
  const SegmentRecord back = ParseSegmentRecord(JsonLine(record), "x");
  EXPECT_EQ(JsonLine(back), JsonLine(record));
  EXPECT_EQ(back.id, record.id);
  EXPECT_EQ(back.source, record.source);
  EXPECT_EQ(back.source_id, record.source_id);
  EXPECT_EQ(back.start_ms, record.start_ms);
  EXPECT_EQ(back.end_ms, record.end_ms);
  EXPECT_EQ(back.emotion, record.emotion);
  for (std::size_t k = 0; k < kNumEmotions; ++k) EXPECT_NEAR(back.scores[k], record.scores[k], 1e-4);
  EXPECT_EQ(back.agreement, record.agreement);
  EXPECT_EQ(back.num_frames, record.num_frames);
  EXPECT_EQ(back.speaker, record.speaker);
  EXPECT_EQ(back.snr_db, record.snr_db);
  EXPECT_EQ(back.language, record.language);
  EXPECT_EQ(back.audio, record.audio);
  EXPECT_EQ(back.sha256, record.sha256);
  EXPECT_DOUBLE_EQ(back.duration_s(), 2.9);
  SegmentRecord without = record;
  without.language.reset();
  without.speaker.reset();
  without.snr_db.reset();
  EXPECT_EQ(ParseSegmentRecord(JsonLine(without), "x").speaker, std::nullopt);
  EXPECT_EQ(ParseSegmentRecord(JsonLine(without), "x").snr_db, std::nullopt);
  EXPECT_EQ(ParseSegmentRecord(JsonLine(without), "x").language, std::nullopt);
}

TEST(SegmentRecord, IsOneLineWithTheContractsFieldsInOrder) {
  const std::string line = JsonLine(Example());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  std::vector<std::string> fields;
  const auto json = nlohmann::ordered_json::parse(line);
  for (const auto& [field, value] : json.items()) fields.push_back(field);
  EXPECT_THAT(fields, testing::ElementsAre("id", "source", "source_id", "start_s", "end_s", "emotion", "scores",
                                           "agreement", "frames", "voice_emotion", "voice_scores", "speaker",
                                           "language", "audio", "sha256", "snr_db"));
  std::vector<std::string> emotions;
  for (const auto& [emotion, score] : json["scores"].items()) emotions.push_back(emotion);
  EXPECT_THAT(emotions, testing::ElementsAre("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"));
  EXPECT_THAT(line, HasSubstr(R"("start_s":12.3,"end_s":15.2,"emotion":"sad")"));
  EXPECT_EQ(json["snr_db"], 21.5);
  SegmentRecord without = Example();
  without.speaker.reset();
  without.snr_db.reset();
  const auto short_json = nlohmann::ordered_json::parse(JsonLine(without));
  EXPECT_TRUE(short_json["speaker"].is_null());
  EXPECT_FALSE(short_json.contains("snr_db"));
}

TEST(SegmentRecord, ScoresSumToExactlyOneAndNoneIsNegative) {
  std::mt19937 random(4);
  std::gamma_distribution<float> any(0.5F);
  for (int round = 0; round < 2000; ++round) {
    SegmentRecord record = Example();
    float sum = 0;
    for (float& score : record.scores) sum += score = any(random);
    for (float& score : record.scores) score /= sum;
    if (round == 0) record.scores.fill(1.0F / 7);
    const auto json = nlohmann::json::parse(JsonLine(record));
    long ten_thousandths = 0;
    for (const Emotion emotion : kEmotions) {
      const double written = json["scores"][std::string(NameOf(emotion))].get<double>();
      EXPECT_GE(written, 0);
      EXPECT_NEAR(written, ScoreOf(record.scores, emotion), 5e-4);
      ten_thousandths += std::lround(written * 10'000);
      EXPECT_EQ(static_cast<double>(std::lround(written * 10'000)) / 10'000, written);  // four digits
    }
    EXPECT_EQ(ten_thousandths, 10'000);
    EXPECT_EQ(JsonLine(ParseSegmentRecord(JsonLine(record), "x")), JsonLine(record));
  }
}

TEST(SegmentRecord, NamesWhatIsWrong) {
  const auto refusal = [](const std::string& line) {
    const Error error = ThrownBy([&] { ParseSegmentRecord(line, "segments.jsonl, line 7"); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << line;
    EXPECT_THAT(error.what(), HasSubstr("segments.jsonl, line 7"));
    EXPECT_FALSE(error.remedy().empty());
    return std::string(error.what());
  };
  for (const char* line : {"", "{", "[]", "3", "null", "{}", "\xff"}) refusal(line);
  const auto good = nlohmann::json::parse(JsonLine(Example()));
  for (const char* field : {"id", "source", "source_id", "start_s", "end_s", "emotion", "scores", "agreement", "frames",
                            "audio", "sha256"}) {
    auto without = good;
    without.erase(field);
    EXPECT_THAT(refusal(without.dump()), HasSubstr(field));
    auto ill_typed = good;
    ill_typed[field] = nlohmann::json::array();
    refusal(ill_typed.dump());
  }
  const auto with = [&](const char* field, const nlohmann::json& value) {
    auto changed = good;
    changed[field] = value;
    return changed.dump();
  };
  EXPECT_THAT(refusal(with("emotion", "bored")), HasSubstr("bored"));
  EXPECT_THAT(refusal(with("end_s", 12.3)), HasSubstr("end_s"));
  auto no_sad = good;
  no_sad["scores"].erase("sad");
  EXPECT_THAT(refusal(no_sad.dump()), HasSubstr("sad"));
  for (const auto& [field, value] : std::map<const char*, nlohmann::json>{{"start_s", 1e308},
                                                                          {"start_s", -1},
                                                                          {"end_s", 1e9},
                                                                          {"agreement", 77},
                                                                          {"frames", -5},
                                                                          {"scores", nullptr}}) {
    EXPECT_THAT(refusal(with(field, value)), HasSubstr(field));
  }
  EXPECT_NO_THROW(ParseSegmentRecord(with("new_field", 3), "x"));
}

TEST(SegmentRecord, SaysWhatAVoiceCheckCameTo) {
  SegmentRecord record = Example();
  EXPECT_THAT(JsonLine(record), testing::Not(HasSubstr("voice_check")));
  for (const VoiceCheck check : kVoiceChecks) {
    record.voice_check = check;
    EXPECT_THAT(JsonLine(record), HasSubstr(R"("voice_scores":null,"voice_check":")"));
    EXPECT_EQ(ParseSegmentRecord(JsonLine(record), "x").voice_check, check);
  }
  auto bad = nlohmann::json::parse(JsonLine(record));
  bad["voice_check"] = "perhaps";
  EXPECT_THAT(ThrownBy([&] { ParseSegmentRecord(bad.dump(), "x"); }).what(), HasSubstr("perhaps"));
}

TEST(RejectionRecord, OfASegmentTellsItsLabel) {
  EXPECT_EQ(JsonLine(RejectionOf(Example(), "noisy")),
            R"({"source":"Қыз \"Жібек\"\n.mp4","source_id":"0123456789abcdef","start_s":12.3,"end_s":15.2,)"
            R"("reason":"noisy","frames":28,"emotion":"sad","language":"kk"})");
}

TEST(RejectionRecord, HoldsWhatIsKnown) {
  EXPECT_EQ(JsonLine(RejectionRecord{
                .source = "a.mp4", .reason = "bad-input", .detail = "it is empty", .remedy = "fetch it"}),
            R"({"source":"a.mp4","source_id":null,"reason":"bad-input","detail":"it is empty","remedy":"fetch it"})");
  EXPECT_EQ(JsonLine(RejectionRecord{.source = "a.mp4",
                                     .source_id = "ab",
                                     .start_ms = 0,
                                     .end_ms = 900,
                                     .reason = "too-few-frames",
                                     .num_frames = 9}),
            R"({"source":"a.mp4","source_id":"ab","start_s":0.0,"end_s":0.9,"reason":"too-few-frames","frames":9})");
}

}  // namespace
}  // namespace sezim
