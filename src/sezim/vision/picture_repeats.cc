// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/picture_repeats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <random>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "sezim/base/best_part.h"

namespace sezim {
namespace {

using Step = std::int64_t;
using Hash = std::uint32_t;

constexpr std::size_t kWindow = 50;       // steps seen in both sources, over which they are compared: 10 s
constexpr Step kLongestWindow = 150;      // of the clock: 30 s
constexpr int kMovingEnergy = 8;          // of a step: somebody moves
constexpr std::size_t kLeastMoving = 17;  // steps of a window in which both have that: a third
constexpr double kHalfAlike = 0.3;        // half way between the likeness of copies and that of others

// Note [Finding alike pictures]
// Eight steps on end, of which each wave's level is a coordinate, are a point; its side of each of twenty hyperplanes
// through the origin makes its hash, so points at a small angle mostly have the same one (Charikar 2002, Similarity
// Estimation Techniques from Rounding Algorithms). Half of the points are remembered by their hash. For each
// point of a later source its hash is looked up, and those that differ from it in up to two of the six bits it is least
// sure of. What agrees with one earlier source at one shift three times is compared in full.
constexpr std::size_t kHashSteps = 8;
constexpr std::size_t kHashBits = 20;
constexpr std::size_t kUnsureBits = 6;
constexpr std::size_t kMaxPlaces = 50;  // of one hash that are remembered
constexpr int kMinVotes = 3;

int EnergyOf(const PictureChange& change) {
  return std::accumulate(change.levels.begin(), change.levels.end(), 0,
                         [](int sum, std::int8_t level) { return sum + level * level; });
}

int ProductOf(const PictureChange& a, const PictureChange& b) {
  return std::inner_product(a.levels.begin(), a.levels.end(), b.levels.begin(), 0);
}

class Hyperplanes {
 public:
  Hyperplanes() {
    std::mt19937 random(1);
    for (auto& plane : planes_) {
      for (int& side : plane) side = (random() & 1U) != 0 ? 1 : -1;
    }
  }

  // The hash of the kHashSteps changes from `first` on, and after it those to look up besides.
  std::vector<Hash> HashesOf(const PictureChange* first) const {
    std::array<int, kHashBits> margins{};
    Hash hash = 0;
    for (std::size_t bit = 0; bit < kHashBits; ++bit) {
      for (std::size_t at = 0; at < kHashSteps; ++at) {
        const auto& levels = first[at].levels;
        margins[bit] =
            std::inner_product(levels.begin(), levels.end(),
                               planes_[bit].begin() + static_cast<std::ptrdiff_t>(at * kNumPictureWaves), margins[bit]);
      }
      if (margins[bit] >= 0) hash |= Hash{1} << bit;
    }
    std::array<std::size_t, kHashBits> by_margin{};
    std::iota(by_margin.begin(), by_margin.end(), std::size_t{0});
    std::stable_sort(by_margin.begin(), by_margin.end(),
                     [&](std::size_t a, std::size_t b) { return std::abs(margins[a]) < std::abs(margins[b]); });
    std::vector<Hash> hashes = {hash};
    for (std::size_t i = 0; i < kUnsureBits; ++i) {
      const Hash one = hash ^ (Hash{1} << by_margin[i]);
      hashes.push_back(one);
      for (std::size_t k = 0; k < i; ++k) hashes.push_back(one ^ (Hash{1} << by_margin[k]));
    }
    return hashes;
  }

 private:
  std::array<std::array<int, kHashSteps * kNumPictureWaves>, kHashBits> planes_{};
};

// Calls `visit(step, hashes)` for each point of `print` in which somebody moves.
template <typename Visit>
void ForEachPoint(const PicturePrint& print, const Hyperplanes& planes, const Visit& visit) {
  for (std::size_t i = 0; i + kHashSteps <= print.size(); ++i) {
    if (print[i + kHashSteps - 1].step != print[i].step + kHashSteps - 1) continue;
    int energy = 0;
    for (std::size_t at = i; at < i + kHashSteps; ++at) energy += EnergyOf(print[at]);
    if (energy >= kMovingEnergy * static_cast<int>(kHashSteps)) visit(print[i].step, planes.HashesOf(&print[i]));
  }
}

// A step that was seen in both sources.
struct SeenTwice {
  Step step = 0;  // of the later one
  int product = 0;
  int energy = 0;
  int earlier_energy = 0;

  bool moves() const { return energy >= kMovingEnergy && earlier_energy >= kMovingEnergy; }
};

std::vector<SeenTwice> StepsSeenTwice(const PicturePrint& later, const PicturePrint& earlier, Step shift) {
  std::vector<SeenTwice> seen;
  auto there = earlier.begin();
  for (const PictureChange& change : later) {
    while (there != earlier.end() && Step{there->step} + shift < Step{change.step}) ++there;
    if (there == earlier.end()) break;
    if (Step{there->step} + shift != Step{change.step}) continue;
    seen.push_back({change.step, ProductOf(change, *there), EnergyOf(change), EnergyOf(*there)});
  }
  return seen;
}

// The stretches of `seen` that are alike, as [first, last] steps.
std::vector<std::pair<Step, Step>> Alike(const std::vector<SeenTwice>& seen, const RepeatOptions& options) {
  std::vector<std::pair<std::size_t, std::size_t>> stretches;
  double product = 0, energy = 0, earlier_energy = 0;  // of the window that ends at `at`
  std::size_t num_moving = 0;
  for (std::size_t at = 0; at < seen.size(); ++at) {
    product += seen[at].product;
    energy += seen[at].energy;
    earlier_energy += seen[at].earlier_energy;
    num_moving += seen[at].moves();
    if (at + 1 < kWindow) continue;
    const std::size_t start = at + 1 - kWindow;
    const bool is_alike = num_moving >= kLeastMoving && seen[at].step - seen[start].step < kLongestWindow &&
                          product >= options.min_picture_likeness * std::sqrt(energy * earlier_energy);
    product -= seen[start].product;
    energy -= seen[start].energy;
    earlier_energy -= seen[start].earlier_energy;
    num_moving -= seen[start].moves();
    if (!is_alike) continue;
    if (!stretches.empty() && start <= stretches.back().second) {
      stretches.back().second = at + 1;
    } else {
      stretches.emplace_back(start, at + 1);
    }
  }
  std::vector<std::pair<Step, Step>> alike;
  for (const auto& [start, end] : stretches) {
    // Windows reach beyond the ends.
    const auto part = BestPart(start, end, [&](std::size_t at) {
      return seen[at].product - kHalfAlike * (seen[at].energy + seen[at].earlier_energy) / 2;
    });
    if (part.first == part.second) continue;
    const std::pair steps(seen[part.first].step, seen[part.second - 1].step);
    if (static_cast<double>(steps.second - steps.first + 1) * kPicturePrintStepS >= options.min_s) {
      alike.push_back(steps);
    }
  }
  return alike;
}

}  // namespace

std::vector<Repeat> FindPictureRepeats(std::span<const PicturePrint> prints, const RepeatOptions& options) {
  const Hyperplanes planes;
  std::vector<Repeat> repeats;
  std::unordered_map<Hash, std::vector<std::pair<std::uint32_t, std::uint32_t>>> places;
  for (std::size_t later = 0; later < prints.size(); ++later) {
    std::map<std::pair<std::size_t, Step>, int> votes;  // by the earlier source and how far it is moved
    std::vector<std::pair<Hash, std::uint32_t>> own;
    ForEachPoint(prints[later], planes, [&](std::uint32_t step, const std::vector<Hash>& hashes) {
      if (step % 2 == 0) own.emplace_back(hashes.front(), step);
      for (const Hash hash : hashes) {
        const auto known = places.find(hash);
        if (known == places.end()) continue;
        for (const auto& [earlier, place] : known->second) ++votes[{earlier, Step{step} - Step{place}}];
      }
    });
    for (const auto& [hash, step] : own) {
      auto& known = places[hash];
      if (known.size() < kMaxPlaces) known.emplace_back(static_cast<std::uint32_t>(later), step);
    }
    for (auto vote = votes.begin(); vote != votes.end(); ++vote) {
      const auto& [earlier, shift] = vote->first;
      const auto next = std::next(vote);  // where two shifts fit as well as each other they share the votes
      const bool is_beside = next != votes.end() && next->first == std::pair(earlier, shift + 1);
      if (vote->second + (is_beside ? next->second : 0) < kMinVotes) continue;
      for (const auto& [first, last] : Alike(StepsSeenTwice(prints[later], prints[earlier], shift), options)) {
        // A change is that from the step before.
        repeats.push_back({.later = later,
                           .start_s = static_cast<double>(first - 1) * kPicturePrintStepS,
                           .end_s = static_cast<double>(last + 1) * kPicturePrintStepS,
                           .earlier = earlier,
                           .earlier_start_s = static_cast<double>(first - 1 - shift) * kPicturePrintStepS});
      }
    }
  }
  std::sort(repeats.begin(), repeats.end(), [](const Repeat& a, const Repeat& b) {
    return std::tie(a.later, a.start_s, a.end_s, a.earlier, a.earlier_start_s) <
           std::tie(b.later, b.start_s, b.end_s, b.earlier, b.earlier_start_s);
  });
  return repeats;
}

}  // namespace sezim
