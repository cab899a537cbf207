// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/balanced_parts.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr int kNumOrders = 8;
constexpr int kMaxRounds = 50;
constexpr std::size_t kPairBudget = 20'000'000;  // pairs looked at in one round, over all orders
constexpr double kLeastGain = 1e-9;

// How many items of each kind, and of all together at the end.
using Kinds = std::vector<double>;

Kinds KindsOf(const std::vector<std::int64_t>& counts) {
  Kinds kinds(counts.begin(), counts.end());
  kinds.push_back(std::accumulate(kinds.begin(), kinds.end(), 0.0));
  return kinds;
}

// A distribution of groups over parts, with its cost kept up to date.
class Filling {
 public:
  Filling(const std::vector<Kinds>& groups, std::span<const double> shares)
      : groups_(groups),
        num_kinds_(groups.empty() ? 0 : groups.front().size()),
        no_part_(shares.size()),
        part_of_(groups.size(), no_part_),
        want_(shares.size(), Kinds(num_kinds_)),
        have_(want_),
        num_groups_(shares.size()) {
    Kinds all(num_kinds_);
    for (const Kinds& group : groups) {
      for (std::size_t k = 0; k < num_kinds_; ++k) all[k] += group[k];
    }
    for (std::size_t p = 0; p < shares.size(); ++p) {
      if (shares[p] > 0) used_.push_back(p);
      for (std::size_t k = 0; k < num_kinds_; ++k) want_[p][k] = shares[p] * all[k];
    }
  }

  const std::vector<std::size_t>& used() const { return used_; }
  std::size_t part_of(std::size_t group) const { return part_of_[group]; }
  std::size_t num_groups(std::size_t part) const { return num_groups_[part]; }

  double Cost() const {
    double cost = 0;
    for (const std::size_t p : used_) {
      for (std::size_t k = 0; k < num_kinds_; ++k) cost += CostOf(p, k, have_[p][k]);
    }
    return cost;
  }

  // How much the cost of `part` changes when `in` comes and `out` goes.
  double Change(std::size_t part, const Kinds* in, const Kinds* out) const {
    double before = 0;
    double after = 0;
    for (std::size_t k = 0; k < num_kinds_; ++k) {
      const double have = have_[part][k];
      before += CostOf(part, k, have);
      after += CostOf(part, k, have + ((in ? (*in)[k] : 0) - (out ? (*out)[k] : 0)));
    }
    return after - before;
  }

  void Put(std::size_t group, std::size_t part) {
    if (part_of_[group] != no_part_) Add(part_of_[group], groups_[group], -1);
    Add(part, groups_[group], 1);
    part_of_[group] = part;
  }

  // Puts the group where it does most good; leaves its part only if another keeps it from being empty.
  bool PutBest(std::size_t group) {
    const std::size_t now = part_of_[group];
    const bool is_new = now == no_part_;
    if (!is_new && num_groups_[now] == 1) return false;
    const Kinds& kinds = groups_[group];
    const double leave = is_new ? 0 : Change(now, nullptr, &kinds);
    std::size_t best = now;
    double best_change = is_new ? std::numeric_limits<double>::infinity() : -kLeastGain;
    for (const std::size_t p : used_) {
      if (p == now) continue;
      const double change = leave + Change(p, &kinds, nullptr);
      if (change < best_change) {
        best = p;
        best_change = change;
      }
    }
    if (best == now) return false;
    Put(group, best);
    return true;
  }

  bool ExchangeIfBetter(std::size_t a, std::size_t b) {
    const std::size_t pa = part_of_[a];
    const std::size_t pb = part_of_[b];
    if (pa == pb) return false;
    if (Change(pa, &groups_[b], &groups_[a]) + Change(pb, &groups_[a], &groups_[b]) >= -kLeastGain) return false;
    Put(a, pb);
    Put(b, pa);
    return true;
  }

 private:
  double CostOf(std::size_t part, std::size_t kind, double have) const {
    const double want = want_[part][kind];
    const double off = have - want;
    return want > 0 ? off * off / want : 0;
  }

  void Add(std::size_t part, const Kinds& kinds, int sign) {
    for (std::size_t k = 0; k < num_kinds_; ++k) have_[part][k] += sign * kinds[k];
    if (sign > 0) {
      ++num_groups_[part];
    } else {
      --num_groups_[part];
    }
  }

  const std::vector<Kinds>& groups_;
  std::size_t num_kinds_;
  std::size_t no_part_;  // part_of_ a group that is not put anywhere yet
  std::vector<std::size_t> part_of_;
  std::vector<std::size_t> used_;
  std::vector<Kinds> want_;
  std::vector<Kinds> have_;
  std::vector<std::size_t> num_groups_;
};

// Gives each empty part the group that costs least there.
void FillEmpty(Filling& filling, const std::vector<Kinds>& groups) {
  for (const std::size_t p : filling.used()) {
    if (filling.num_groups(p) > 0) continue;
    std::size_t best = groups.size();
    double best_change = std::numeric_limits<double>::infinity();
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const std::size_t from = filling.part_of(g);
      if (filling.num_groups(from) < 2) continue;
      const double change = filling.Change(from, nullptr, &groups[g]) + filling.Change(p, &groups[g], nullptr);
      if (change < best_change) {
        best = g;
        best_change = change;
      }
    }
    Check(best < groups.size(), "there are at least as many groups as parts");
    filling.Put(best, p);
  }
}

// Moves and exchanges groups until nothing helps.
void Improve(Filling& filling, const std::vector<std::size_t>& order) {
  const std::size_t reach = std::min(order.size(), kPairBudget / kNumOrders / std::max<std::size_t>(1, order.size()));
  bool changed = true;
  for (int round = 0; changed && round < kMaxRounds; ++round) {
    changed = false;
    for (const std::size_t g : order) changed = filling.PutBest(g) || changed;
    if (changed) continue;  // exchanging is dear: only where no move helps
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t d = 1; d <= reach && i + d < order.size(); ++d) {
        changed = filling.ExchangeIfBetter(order[i], order[i + d]) || changed;
      }
    }
  }
}

}  // namespace

std::vector<std::size_t> BalancedParts(const std::vector<std::vector<std::int64_t>>& counts,
                                       std::span<const double> shares, std::uint64_t seed) {
  std::vector<Kinds> groups(counts.size());
  std::transform(counts.begin(), counts.end(), groups.begin(), KindsOf);
  for (const Kinds& group : groups) Check(group.size() == groups.front().size(), "every group counts the same kinds");
  std::mt19937_64 random(seed);
  std::vector<std::size_t> best(counts.size());
  double best_cost = std::numeric_limits<double>::infinity();
  for (int n = 0; n < kNumOrders; ++n) {
    std::vector<std::size_t> order = Shuffled(counts.size(), random);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return groups[a].back() > groups[b].back(); });
    Filling filling(groups, shares);
    for (const std::size_t g : order) filling.PutBest(g);
    FillEmpty(filling, groups);
    Improve(filling, order);
    const double cost = filling.Cost();
    if (cost >= best_cost - kLeastGain) continue;
    best_cost = cost;
    for (std::size_t g = 0; g < groups.size(); ++g) best[g] = filling.part_of(g);
  }
  return best;
}

}  // namespace sezim
