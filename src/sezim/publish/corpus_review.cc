// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/corpus_review.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/catalog/catalog.h"
#include "sezim/publish/review_sample.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t IndexOf(Emotion emotion) {
  return static_cast<std::size_t>(emotion);
}

void RequireSameCorpus(const Review& review, const std::string& fingerprint,
                       const std::map<std::string, Emotion>& labels) {
  if (review.fingerprint != fingerprint) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("review '{}' is of another corpus ('{}'), or of this one before its segments changed",
                            review.file, ValidUtf8(review.corpus_name)),
                "give the corpus that its page was made of, or review this one: sezim corpus report CORPUS --review");
  }
  for (const ReviewAnswer& answer : review.answers) {
    const auto found = labels.find(answer.id);
    if (found != labels.end() && found->second == answer.label) continue;
    throw Error(ErrorKind::kBadInput,
                fmt::format("review '{}' says that segment '{}' is labelled {}, which the corpus does not", review.file,
                            ValidUtf8(answer.id), NameOf(answer.label)),
                "it was changed by hand: export it again from the review page");
  }
}

ReviewedLabels Counted(const Review& review, const std::array<std::int64_t, kNumEmotions>& sizes) {
  ReviewedLabels counted{.reviewer = review.reviewer,
                         .num_sampled = review.num_sampled,
                         .num_answers = static_cast<std::int64_t>(review.answers.size())};
  for (std::size_t k = 0; k < kNumEmotions; ++k) counted.by_emotion[k].size = sizes[k];
  for (const ReviewAnswer& answer : review.answers) {
    const std::size_t label = IndexOf(answer.label);
    ++counted.confusion[label][answer.answer];
    counted.num_revised += answer.revised;
    counted.by_emotion[label].trials += answer.answer < kNumEmotions;
    counted.by_emotion[label].successes += answer.answer == label;
  }
  return counted;
}

ReviewerAgreement Agreement(const Review& one, const Review& other) {
  std::map<std::string, std::size_t> answers;
  for (const ReviewAnswer& answer : one.answers) answers[answer.id] = answer.answer;
  ConfusionMatrix both(kNumAnswers);
  for (const ReviewAnswer& answer : other.answers) {
    if (const auto found = answers.find(answer.id); found != answers.end()) both.Add(found->second, answer.answer);
  }
  return {.first = one.reviewer,
          .second = other.reviewer,
          .num_both = both.total(),
          .observed = both.total() > 0 ? both.Accuracy() : std::numeric_limits<double>::quiet_NaN(),
          .kappa = CohenKappa(both)};
}

// Two reviews of one person say nothing of how far people agree.
void RequireDifferentPeople(const std::vector<Review>& reviews) {
  const auto is_same = [](const ReviewAnswer& a, const ReviewAnswer& b) {
    return a.id == b.id && a.answer == b.answer;
  };
  for (std::size_t i = 0; i < reviews.size(); ++i) {
    for (std::size_t k = i + 1; k < reviews.size(); ++k) {
      const Review &one = reviews[i], &other = reviews[k];
      if (one.reviewer != other.reviewer) continue;
      const bool are_same =
          std::equal(one.answers.begin(), one.answers.end(), other.answers.begin(), other.answers.end(), is_same);
      throw Error(ErrorKind::kUsage,
                  fmt::format("'{}' and '{}' are {}, of '{}'", one.file, other.file,
                              are_same ? "the same review" : "two reviews of one person", ValidUtf8(one.reviewer)),
                  are_same ? "give each review once"
                           : "give the later file only; if they are two people, give each another name: 'reviewer' in "
                             "the file");
    }
  }
}

std::string Percent(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.1f} %", 100 * share);
}

std::string Interval(const ShareEstimate& one) {
  return std::isnan(one.share) ? "-" : fmt::format("{:.1f}–{:.1f} %", 100 * one.low, 100 * one.high);
}

// fmt pads by code points, as a terminal does.
std::string Line(std::string_view name, const Stratum& counts, const ShareEstimate& estimate) {
  return fmt::format("{:<10}{:>10}{:>8}{:>8}{:>11}   {}\n", name, counts.size, counts.trials, counts.successes,
                     Percent(estimate.share), Interval(estimate));
}

std::string ConfusionText(const ReviewedLabels& labels) {
  std::string text = fmt::format("\nlabel in rows, what {} heard in columns\n{:<10}", labels.reviewer, "");
  for (std::size_t answer = 0; answer < kNumAnswers; ++answer) {
    text += fmt::format("{:>{}}", NameOfAnswer(answer), std::max<std::size_t>(9, NameOfAnswer(answer).size() + 2));
  }
  text += "\n";
  for (const Emotion emotion : kEmotions) {
    text += fmt::format("{:<10}", NameOf(emotion));
    for (std::size_t answer = 0; answer < kNumAnswers; ++answer) {
      text += fmt::format("{:>{}}", labels.confusion[IndexOf(emotion)][answer],
                          std::max<std::size_t>(9, NameOfAnswer(answer).size() + 2));
    }
    text += "\n";
  }
  return text;
}

// The emotions that the corpus has and of which nothing was judged: the figure for the corpus does not speak of them.
std::vector<std::string_view> Unjudged(const ReviewedLabels& labels) {
  std::vector<std::string_view> names;
  for (const Emotion emotion : kEmotions) {
    const Stratum& stratum = labels.by_emotion[IndexOf(emotion)];
    if (stratum.size > 0 && stratum.trials == 0) names.push_back(NameOf(emotion));
  }
  return names;
}

std::string TextOf(const ReviewedLabels& labels) {
  std::string text = fmt::format("{}: {} of {} answered, an emotion heard in {}", labels.reviewer, labels.num_answers,
                                 labels.num_sampled, labels.num_judged());
  for (std::size_t answer = kNumEmotions; answer < kNumAnswers; ++answer) {
    std::int64_t count = 0;
    for (const auto& row : labels.confusion) count += row[answer];
    text += fmt::format(", {} {}", count, NameOfAnswer(answer));
  }
  if (labels.num_revised > 0) text += fmt::format("; {} changed after the label was shown", labels.num_revised);
  text += fmt::format("\n\n{:<10}{:>10}{:>8}{:>8}{:>11}   {}\n", "label", "in corpus", "judged", "right", "precision",
                      "95 % interval");
  Stratum all;
  for (const Emotion emotion : kEmotions) {
    const Stratum& stratum = labels.by_emotion[IndexOf(emotion)];
    text += Line(NameOf(emotion), stratum, labels.OfEmotion(emotion));
    all.size += stratum.size;
    all.trials += stratum.trials;
    all.successes += stratum.successes;
  }
  text += Line("corpus", all, labels.Overall());
  for (const std::string_view name : Unjudged(labels)) {
    text += fmt::format("nothing was judged that is labelled {}: the line 'corpus' leaves it out\n", name);
  }
  return text + ConfusionText(labels);
}

Json JsonOf(const ShareEstimate& one) {
  return {{"share", one.share}, {"low", one.low}, {"high", one.high}};  // NaN becomes null
}

Json JsonOf(const ReviewedLabels& labels) {
  Json json{{"reviewer", labels.reviewer},   {"sampled", labels.num_sampled}, {"answered", labels.num_answers},
            {"judged", labels.num_judged()}, {"revised", labels.num_revised}, {"precision", JsonOf(labels.Overall())},
            {"not_judged", Unjudged(labels)}};
  for (const Emotion emotion : kEmotions) {
    const std::string name(NameOf(emotion));
    const Stratum& stratum = labels.by_emotion[IndexOf(emotion)];
    json["by_emotion"][name] = {{"in_corpus", stratum.size},
                                {"judged", stratum.trials},
                                {"right", stratum.successes},
                                {"precision", JsonOf(labels.OfEmotion(emotion))}};
    for (std::size_t answer = 0; answer < kNumAnswers; ++answer) {
      json["confusion"][name][std::string(NameOfAnswer(answer))] = labels.confusion[IndexOf(emotion)][answer];
    }
  }
  return json;
}

}  // namespace

ShareEstimate ReviewedLabels::OfEmotion(Emotion emotion) const {
  const Stratum& stratum = by_emotion[IndexOf(emotion)];
  return WilsonEstimate(stratum.successes, stratum.trials);
}

std::int64_t ReviewedLabels::num_judged() const {
  std::int64_t sum = 0;
  for (const Stratum& stratum : by_emotion) sum += stratum.trials;
  return sum;
}

CorpusReview ReviewCorpus(const Catalog& catalog, const std::vector<Review>& reviews) {
  RequireDifferentPeople(reviews);
  CorpusReview result;
  LabelFingerprint fingerprint;
  std::map<std::string, Emotion> labels;
  std::array<std::int64_t, kNumEmotions> sizes{};
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    fingerprint.Add(segment.id, segment.emotion);
    labels[segment.id] = segment.emotion;
    ++sizes[IndexOf(segment.emotion)];
    ++result.num_segments;
  });
  const std::string digest = fingerprint.HexDigest();
  std::vector<Review> named = reviews;
  for (Review& review : named) {
    RequireSameCorpus(review, digest, labels);
    review.reviewer = ValidUtf8(review.reviewer);
    result.reviewers.push_back(Counted(review, sizes));
  }
  for (std::size_t i = 0; i < named.size(); ++i) {
    for (std::size_t k = i + 1; k < named.size(); ++k) result.agreements.push_back(Agreement(named[i], named[k]));
  }
  return result;
}

std::string TextOf(const CorpusReview& review) {
  std::string text;
  for (const ReviewedLabels& labels : review.reviewers) text += TextOf(labels) + "\n";
  for (const ReviewerAgreement& pair : review.agreements) {
    text += fmt::format("{} and {}: both answered {}, the same {}, Cohen's kappa {}\n", pair.first, pair.second,
                        pair.num_both, Percent(pair.observed),
                        std::isnan(pair.kappa) ? std::string("-") : fmt::format("{:.3f}", pair.kappa));
  }
  return text +
         "precision: of the segments in which an emotion was heard, those in which it was the label's. By emotion "
         "with\n"
         "Wilson's interval; of the corpus weighted by how many segments it has of each emotion, its interval made of\n"
         "Wilson's after Zou, Huang and Zhang (2009).\n";
}

std::string JsonOf(const CorpusReview& review) {
  Json json{{"segments", review.num_segments}, {"reviewers", Json::array()}, {"agreements", Json::array()}};
  for (const ReviewedLabels& labels : review.reviewers) json["reviewers"].push_back(JsonOf(labels));
  for (const ReviewerAgreement& pair : review.agreements) {
    json["agreements"].push_back({{"reviewers", {pair.first, pair.second}},
                                  {"both_answered", pair.num_both},
                                  {"observed", pair.observed},
                                  {"kappa", pair.kappa}});
  }
  return json.dump(1);
}

}  // namespace sezim
