// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/review_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/publish/review_sample.h"
#include "sezim/publish/seed.h"

namespace sezim {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxIdBytes = 200;
constexpr std::int64_t kMaxSampled = 1'000'000;

[[noreturn]] void Refuse(const std::string& origin, const std::string& what) {
  throw Error(ErrorKind::kBadInput, fmt::format("review '{}': {}", origin, what),
              "export it again from the review page (docs/formats/review.md describes the file)");
}

std::string Text(const Json& object, const char* field, std::size_t max_bytes, const std::string& origin,
                 const std::string& where) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_string()) Refuse(origin, fmt::format("{}'{}' must be a text", where, field));
  const auto text = found->get<std::string>();
  if (text.empty() || text.size() > max_bytes) {
    Refuse(origin, fmt::format("{}'{}' must have 1 to {} bytes, not {}", where, field, max_bytes, text.size()));
  }
  return text;
}

std::int64_t Whole(const Json& object, const char* field, std::int64_t min, std::int64_t max, const std::string& origin,
                   const std::string& where) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_number_unsigned() || std::cmp_less(found->get<std::uint64_t>(), min) ||
      std::cmp_greater(found->get<std::uint64_t>(), max)) {
    Refuse(origin, fmt::format("{}'{}' must be a whole number from {} to {}", where, field, min, max));
  }
  return found->get<std::int64_t>();
}

std::size_t AnswerFromName(const std::string& name, const std::string& origin, const std::string& where) {
  for (std::size_t answer = 0; answer < kNumAnswers; ++answer) {
    if (NameOfAnswer(answer) == name) return answer;
  }
  Refuse(origin, fmt::format("{}'{}' is no answer: expected an emotion, cannot-tell, not-one-speaker or bad-cut", where,
                             ValidUtf8(name)));
}

ReviewAnswer AnswerOf(const Json& json, const std::string& origin, const std::string& where) {
  if (!json.is_object()) Refuse(origin, where + "expected an object");
  ReviewAnswer answer;
  answer.id = Text(json, "id", kMaxIdBytes, origin, where);
  const std::string label = Text(json, "label", kMaxIdBytes, origin, where);
  const auto emotion = EmotionFromName(label);
  if (!emotion) Refuse(origin, fmt::format("{}'{}' is not one of the seven emotions", where, ValidUtf8(label)));
  answer.label = *emotion;
  answer.answer = AnswerFromName(Text(json, "answer", kMaxIdBytes, origin, where), origin, where);
  const auto revised = json.find("revised");
  if (revised != json.end() && !revised->is_boolean()) Refuse(origin, where + "'revised' must be true or false");
  answer.revised = revised != json.end() && revised->get<bool>();
  return answer;
}

Json Parsed(std::string_view text, const std::string& origin) {
  const auto no_deeper = [&](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
    if (depth > kMaxDepth) Refuse(origin, "it is nested too deeply");
    return true;
  };
  try {
    return Json::parse(text, no_deeper);
  } catch (const Json::exception& error) {
    const bool is_cut = text.empty() || text.find_last_not_of(" \t\r\n") == std::string_view::npos ||
                        text[text.find_last_not_of(" \t\r\n")] != '}';
    Refuse(origin, fmt::format("{}: {}", is_cut ? "it ends before its end" : "it is not JSON", error.what()));
  }
}

}  // namespace

std::string_view NameOfAnswer(std::size_t answer) {
  Check(answer < kNumAnswers, "an answer is below the number of answers");
  return answer < kNumEmotions ? NameOf(kEmotions[answer]) : kNoEmotionAnswers[answer - kNumEmotions];
}

Review ParseReview(std::string_view text, const std::string& origin) {
  const Json json = Parsed(text, origin);
  if (!json.is_object() || json.value("format", Json()) != "sezim-review") {
    Refuse(origin, "it is not a review: 'format' must be \"sezim-review\"");
  }
  if (json.value("version", Json()) != 1) Refuse(origin, "'version' must be 1: a newer sezim reads it");
  const auto corpus = json.find("corpus");
  if (corpus == json.end() || !corpus->is_object()) Refuse(origin, "'corpus' must be an object");
  Review review{.file = origin};
  review.reviewer = Text(json, "reviewer", kMaxReviewerBytes, origin, "");
  review.corpus_name = Text(*corpus, "name", kMaxReviewBytes, origin, "'corpus': ");
  review.fingerprint = Text(*corpus, "fingerprint", 64, origin, "'corpus': ");
  const auto sample = json.find("sample");
  if (sample == json.end() || !sample->is_object()) Refuse(origin, "'sample' must be an object");
  Whole(*sample, "per_emotion", 1, kMaxPerEmotion, origin, "'sample': ");
  Whole(*sample, "seed", 0, kMaxSeed, origin, "'sample': ");
  review.num_sampled = Whole(json, "sampled", 0, kMaxSampled, origin, "");
  const auto answers = json.find("answers");
  if (answers == json.end() || !answers->is_array()) Refuse(origin, "'answers' must be a list");
  std::set<std::string> seen;
  for (const Json& one : *answers) {
    const std::string where = fmt::format("answer {}: ", review.answers.size() + 1);
    review.answers.push_back(AnswerOf(one, origin, where));
    const std::string& id = review.answers.back().id;
    if (!seen.insert(id).second) Refuse(origin, fmt::format("{}'{}' is answered twice", where, ValidUtf8(id)));
  }
  if (review.num_sampled < static_cast<std::int64_t>(review.answers.size())) {
    Refuse(origin, fmt::format("it has {} answers to a sample of {}", review.answers.size(), review.num_sampled));
  }
  return review;
}

Review ReadReview(const std::filesystem::path& file) {
  return ParseReview(ReadTextFile(file, kMaxReviewBytes), DisplayName(file));
}

}  // namespace sezim
