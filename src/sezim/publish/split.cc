// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/split.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/publish/fill_parts.h"
#include "sezim/publish/seed.h"

namespace sezim {
namespace {

constexpr double kSumTolerance = 1e-6;

// Which elements belong together (union-find).
class Together {
 public:
  explicit Together(std::size_t count) : leader_(count) { std::iota(leader_.begin(), leader_.end(), std::size_t{0}); }

  std::size_t LeaderOf(std::size_t one) {
    while (leader_[one] != one) one = leader_[one] = leader_[leader_[one]];
    return one;
  }
  void Join(std::size_t a, std::size_t b) { leader_[LeaderOf(a)] = LeaderOf(b); }

 private:
  std::vector<std::size_t> leader_;
};

std::size_t NumParts(const ByPart<double>& shares) {
  return static_cast<std::size_t>(std::count_if(shares.begin(), shares.end(), [](double share) { return share > 0; }));
}

// How parts by `by` are offered to whom a stricter split is refused: as many as were asked for, or `in_two`.
std::string LessStrict(SplitBy by, bool in_two) {
  return fmt::format("{}parts that share {} (--by {}{})", in_two ? "two " : "",
                     by == SplitBy::kSpeaker ? "sources" : "speakers", NameOf(by), in_two ? " --shares 80/0/20" : "");
}

Error TooFew(const std::vector<SplitItem>& items, std::size_t num_groups, const SplitOptions& options) {
  const std::size_t num_parts = NumParts(options.shares);
  if (items.empty()) {
    return {ErrorKind::kUsage, "the corpus has no segments to split", "harvest sources with speaking faces into it"};
  }
  if (items.size() < num_parts) {
    return {ErrorKind::kUsage, fmt::format("too few segments ({}) for {} parts", items.size(), num_parts),
            items.size() < 2 ? "harvest more sources into the corpus"
                             : "harvest more sources into the corpus; possible are two parts that share speakers "
                               "(--by random --shares 50/0/50)"};
  }
  std::vector<std::string> possible;
  if (num_groups >= 2) possible.emplace_back("two parts (--shares 80/0/20)");
  for (const SplitBy by : kSplitBys) {
    if (by <= options.by) continue;
    const std::size_t num_groups_by = GroupsBy(by, items).size();
    const bool in_two = num_groups_by < num_parts;
    if (!in_two || (num_groups < 2 && num_groups_by >= 2)) possible.push_back(LessStrict(by, in_two));
  }
  possible.emplace_back("more sources with other speakers");
  const bool by_both = options.by == SplitBy::kSpeakerAndSource;
  return {ErrorKind::kUsage,
          fmt::format("the corpus has {} {} of speakers{}, too few for {} parts without a common speaker{}", num_groups,
                      num_groups == 1 ? "group" : "groups", by_both ? " who share no source" : "", num_parts,
                      by_both ? " or source" : ""),
          fmt::format("possible are {}", fmt::join(possible, ", or "))};
}

}  // namespace

SplitItem SplitItemOf(const SegmentRecord& segment) {
  return {.id = segment.id,
          .emotion = segment.emotion,
          .speaker = segment.speaker.value_or(""),
          .source = segment.source_id,
          .duration_s = segment.duration_s()};
}

void SplitOptions::RequireValid() const {
  OptionChecks checks("options of a split");
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  const bool in_range = std::all_of(shares.begin(), shares.end(), [](double share) { return share >= 0; });
  checks.Require(in_range && std::abs(sum - 1) < kSumTolerance, "each share must be at least 0, and all together 1");
  checks.Require(shares[0] > 0, "the training part must have a share above 0");
  checks.Require(NumParts(shares) >= 2, "at least two parts must have a share above 0");
  checks.Require(std::cmp_less_equal(seed, kMaxSeed), fmt::format("the seed must be at most {}", kMaxSeed));
  checks.ThrowIfAny();
}

ByPart<double> SharesFromText(const std::string& text) {
  constexpr const char* kRemedy =
      "give three numbers with '/' between them that sum to 100 (or 1), such as 80/10/10 or 80/0/20";
  ByPart<double> shares{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t p = 0; p < kNumParts; ++p) {
    const auto [stop, error] = std::from_chars(at, end, shares[p], std::chars_format::fixed);
    const bool right_end = p + 1 < kNumParts ? stop != end && *stop == '/' : stop == end;
    if (error != std::errc() || !right_end || !(shares[p] >= 0)) {
      throw Error(ErrorKind::kUsage, fmt::format("'{}' are no shares of train/dev/test", ValidUtf8(text)), kRemedy);
    }
    at = stop + 1;
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (std::abs(sum - 1) > kSumTolerance && std::abs(sum / 100 - 1) > kSumTolerance) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the shares '{}' of train/dev/test sum to {:.10g}, not to 100 or 1", ValidUtf8(text), sum),
                kRemedy);
  }
  for (double& share : shares) share /= sum;
  return shares;
}

std::vector<std::vector<std::size_t>> GroupsBy(SplitBy by, const std::vector<SplitItem>& items) {
  Together together(items.size());
  std::set<std::string> whole_sources;
  for (const SplitItem& item : items) {
    if (by == SplitBy::kSpeakerAndSource || item.speaker.empty()) whole_sources.insert(item.source);
  }
  std::map<std::string, std::size_t> first_of_speaker;
  std::map<std::string, std::size_t> first_of_source;
  for (std::size_t i = 0; i < items.size() && by != SplitBy::kRandom; ++i) {
    const auto& [id, emotion, speaker, source, duration_s] = items[i];
    if (whole_sources.contains(source)) together.Join(i, first_of_source.try_emplace(source, i).first->second);
    if (!speaker.empty()) together.Join(i, first_of_speaker.try_emplace(speaker, i).first->second);
  }
  std::map<std::size_t, std::vector<std::size_t>> by_leader;
  for (std::size_t i = 0; i < items.size(); ++i) by_leader[together.LeaderOf(i)].push_back(i);
  std::map<std::string, std::vector<std::size_t>> by_smallest_id;
  for (auto& [leader, members] : by_leader) {
    const auto by_id = [&](std::size_t a, std::size_t b) { return items[a].id < items[b].id; };
    std::sort(members.begin(), members.end(), by_id);
    by_smallest_id[items[members.front()].id] = std::move(members);
  }
  std::vector<std::vector<std::size_t>> groups;
  groups.reserve(by_smallest_id.size());
  for (auto& [id, members] : by_smallest_id) groups.push_back(std::move(members));
  return groups;
}

SplitRecord SplitSegments(const std::vector<SplitItem>& items, const SplitOptions& options) {
  options.RequireValid();
  const auto groups = GroupsBy(options.by, items);
  if (groups.size() < NumParts(options.shares)) throw TooFew(items, groups.size(), options);
  std::vector<EmotionCounts> counts(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::size_t i : groups[g]) ++counts[g][static_cast<std::size_t>(items[i].emotion)];
  }
  const std::vector<Part> part_of_group = FillParts(counts, options.shares, options.seed);
  SplitRecord split{.by = options.by, .seed = options.seed, .shares = options.shares};
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::size_t i : groups[g]) split.parts[items[i].id] = part_of_group[g];
  }
  return split;
}

}  // namespace sezim
