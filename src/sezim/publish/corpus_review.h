// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/learn/review_statistics.h"
#include "sezim/publish/review_file.h"

namespace sezim {

class Catalog;

// How right a corpus' labels are by one person's review. A label counts as right or wrong where the person named an
// emotion; where not, the reason is counted by itself.
struct ReviewedLabels {
  std::string reviewer{};
  std::int64_t num_sampled = 0;
  std::int64_t num_answers = 0;
  std::int64_t num_revised = 0;
  std::array<Stratum, kNumEmotions> by_emotion{};  // by label: size in the corpus, right, judged
  std::array<std::array<std::int64_t, kNumAnswers>, kNumEmotions> confusion{};  // [label][answer]

  // By the label's emotion (Wilson), and of the corpus: strata weighted by their sizes in it.
  ShareEstimate OfEmotion(Emotion emotion) const;
  ShareEstimate Overall() const { return StratifiedEstimate(by_emotion); }
  std::int64_t num_judged() const;
};

// How far two people agree on the segments that both answered; each of the ten answers is a class.
struct ReviewerAgreement {
  std::string first{};
  std::string second{};
  std::int64_t num_both = 0;
  double observed = 0;  // share of the same answer; NaN where num_both is 0
  double kappa = 0;     // NaN where it is undefined
};

struct CorpusReview {
  std::int64_t num_segments = 0;  // in the corpus
  std::vector<ReviewedLabels> reviewers{};
  std::vector<ReviewerAgreement> agreements{};  // each pair of reviewers
};

// Throws Error: kBadInput if a review is of another corpus, or of this one before its segments or labels changed;
// kUsage if two are of one person.
CorpusReview ReviewCorpus(const Catalog& catalog, const std::vector<Review>& reviews);

// Tables for people, and JSON (docs/formats/review.md).
std::string TextOf(const CorpusReview& review);
std::string JsonOf(const CorpusReview& review);

}  // namespace sezim
