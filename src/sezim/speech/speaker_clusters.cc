// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/speaker_clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr float kNotAlike = -2;

double Product(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

// What Likeness needs of one group: its sum, scaled so that the product of two is the likeness.
std::vector<float> Scaled(const VoiceGroup& group) {
  const double length = std::sqrt(Product(group.sum, group.sum));
  std::vector<float> scaled = group.sum;
  if (length <= 0 || group.seconds <= 0) return scaled;
  const double factor = std::sqrt(1 + kSpreadS / group.seconds) / length;
  for (float& number : scaled) number = static_cast<float>(factor * number);
  return scaled;
}

// Joins groups while any two are alike enough. Each group that is still there knows the most alike of those after it.
class Clustering {
 public:
  Clustering(std::vector<VoiceGroup> groups, double min_likeness)
      : groups_(std::move(groups)), min_likeness_(static_cast<float>(min_likeness)), size_(groups_.size()) {
    owner_.resize(size_);
    scaled_.resize(size_);
    likeness_.assign(size_ * size_, kNotAlike);
    best_.assign(size_, 0);
    for (std::size_t i = 0; i < size_; ++i) {
      owner_[i] = i;
      scaled_[i] = Scaled(groups_[i]);
    }
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = i + 1; j < size_; ++j) {
        At(i, j) = static_cast<float>(Product(scaled_[i], scaled_[j]));
      }
      FindBest(i);
    }
  }

  // For each group the first of those it was joined with.
  std::vector<std::size_t> Run() {
    for (;;) {
      std::size_t first = 0;
      for (std::size_t i = 1; i < size_; ++i) {
        if (BestOf(i) > BestOf(first)) first = i;
      }
      if (size_ < 2 || BestOf(first) < min_likeness_) break;
      Join(first, best_[first]);
    }
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < size_; ++i) {
      std::size_t owner = i;
      while (owner_[owner] != owner) owner = owner_[owner];
      owners.push_back(owner);
    }
    return owners;
  }

 private:
  float& At(std::size_t i, std::size_t j) { return likeness_[std::min(i, j) * size_ + std::max(i, j)]; }
  float BestOf(std::size_t i) { return best_[i] > i ? At(i, best_[i]) : kNotAlike; }

  void FindBest(std::size_t i) {
    best_[i] = i;
    for (std::size_t j = i + 1; j < size_; ++j) {
      if (At(i, j) > BestOf(i)) best_[i] = j;
    }
  }

  void Join(std::size_t kept, std::size_t gone) {
    groups_[kept].Add(groups_[gone]);
    scaled_[kept] = Scaled(groups_[kept]);
    owner_[gone] = kept;
    for (std::size_t k = 0; k < size_; ++k) {
      if (k != gone) At(gone, k) = kNotAlike;
    }
    for (std::size_t k = 0; k < size_; ++k) {
      if (k == kept || owner_[k] != k) continue;
      At(kept, k) = static_cast<float>(Product(scaled_[kept], scaled_[k]));
    }
    for (std::size_t k = 0; k < size_; ++k) {
      if (owner_[k] != k) {
        best_[k] = k;
      } else if (k == kept || best_[k] == kept || best_[k] == gone) {
        FindBest(k);
      } else if (k < kept && At(k, kept) > BestOf(k)) {
        best_[k] = kept;
      }
    }
  }

  std::vector<VoiceGroup> groups_;
  float min_likeness_;
  std::size_t size_;
  std::vector<std::size_t> owner_;
  std::vector<std::vector<float>> scaled_;
  std::vector<float> likeness_;
  std::vector<std::size_t> best_;
};

}  // namespace

void VoiceGroup::Add(std::span<const float> print, double print_s) {
  sum.resize(print.size());
  for (std::size_t i = 0; i < print.size(); ++i) sum[i] += static_cast<float>(print_s) * print[i];
  seconds += print_s;
}

void VoiceGroup::Add(const VoiceGroup& other) {
  sum.resize(other.sum.size());
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += other.sum[i];
  seconds += other.seconds;
}

void SpeakerClusterOptions::Check() const {
  OptionChecks checks("speakers");
  checks.Require(min_likeness > 0 && min_likeness <= 2,
                 fmt::format("min_likeness must be above 0 and at most 2, not {}", min_likeness));
  checks.ThrowIfAny();
}

double Likeness(const VoiceGroup& a, const VoiceGroup& b) {
  return Product(Scaled(a), Scaled(b));
}

std::vector<std::size_t> ClusterSpeakers(std::span<const VoiceGroup> groups, const SpeakerClusterOptions& options) {
  // More groups than fit are first put together among neighbours, then what is left once more, as long as that helps.
  std::vector<VoiceGroup> left(groups.begin(), groups.end());
  std::vector<std::size_t> cluster_of;  // of each group, an index into `left`
  for (std::size_t i = 0; i < groups.size(); ++i) cluster_of.push_back(i);
  for (bool again = !left.empty(); again;) {
    const std::size_t before = left.size();
    std::vector<VoiceGroup> joined;
    std::vector<std::size_t> new_index(before);
    for (std::size_t from = 0; from < before; from += kMaxGroupsAtOnce) {
      const std::size_t end = std::min(before, from + kMaxGroupsAtOnce);
      const std::vector<VoiceGroup> part(left.begin() + static_cast<std::ptrdiff_t>(from),
                                         left.begin() + static_cast<std::ptrdiff_t>(end));
      const std::vector<std::size_t> owners = Clustering(part, options.min_likeness).Run();
      std::map<std::size_t, std::size_t> number_of;
      for (std::size_t i = 0; i < owners.size(); ++i) {
        const auto [at, is_new] = number_of.emplace(owners[i], joined.size());
        if (is_new) joined.emplace_back();
        joined[at->second].Add(part[i]);
        new_index[from + i] = at->second;
      }
    }
    for (std::size_t& cluster : cluster_of) cluster = new_index[cluster];
    again = before > kMaxGroupsAtOnce && joined.size() < before;
    left = std::move(joined);
  }
  std::map<std::size_t, std::size_t> number_of;  // in the order of the first group
  std::vector<std::size_t> speakers;
  for (const std::size_t cluster : cluster_of) {
    speakers.push_back(number_of.emplace(cluster, number_of.size()).first->second);
  }
  return speakers;
}

}  // namespace sezim
