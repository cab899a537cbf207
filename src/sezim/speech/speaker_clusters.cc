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

// What Likeness needs of one group: its sums, scaled so that the product of two is the likeness of the voices, and the
// cosine of the faces.
struct Scaled {
  std::vector<float> voice;
  std::vector<float> face;
  double shortness = 0;  // kShortS over the seconds of the speech
};

std::vector<float> Times(const std::vector<float>& numbers, double factor) {
  std::vector<float> scaled = numbers;
  for (float& number : scaled) number = static_cast<float>(factor * number);
  return scaled;
}

Scaled ScaledOf(const SpeechGroup& group) {
  Scaled scaled{.voice = group.voice, .face = {}, .shortness = kShortS / std::max(kLeastS, group.seconds)};
  const double length = std::sqrt(Product(group.voice, group.voice));
  if (length > 0 && group.seconds > 0) {
    scaled.voice = Times(group.voice, std::sqrt(1 + kSpreadS / group.seconds) / length);
  }
  const double face_length = std::sqrt(Product(group.face, group.face));
  if (face_length > 0) scaled.face = Times(group.face, 1 / face_length);
  return scaled;
}

double LikenessOf(const Scaled& a, const Scaled& b, double face_weight) {
  const double voices = a.voice.size() == b.voice.size() ? Product(a.voice, b.voice) : 0;  // one has none
  const bool have_faces = !a.face.empty() && a.face.size() == b.face.size();
  if (!have_faces || face_weight <= 0) return voices;
  return voices + face_weight * (1 + a.shortness + b.shortness) * (Product(a.face, b.face) - kEvenFace);
}

void AddTo(std::vector<float>& sum, std::span<const float> numbers, double factor) {
  if (numbers.empty()) return;
  sum.resize(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) sum[i] += static_cast<float>(factor) * numbers[i];
}

// Joins groups while any two are alike enough. Each group that is still there knows the most alike of those after it.
class Clustering {
 public:
  Clustering(std::vector<SpeechGroup> groups, const SpeakerClusterOptions& options)
      : groups_(std::move(groups)), options_(options), size_(groups_.size()) {
    owner_.resize(size_);
    scaled_.resize(size_);
    likeness_.assign(size_ * size_, kNotAlike);
    best_.assign(size_, 0);
    for (std::size_t i = 0; i < size_; ++i) {
      owner_[i] = i;
      scaled_[i] = ScaledOf(groups_[i]);
    }
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = i + 1; j < size_; ++j) {
        At(i, j) = LikenessOf(i, j);
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
      if (size_ < 2 || BestOf(first) < static_cast<float>(options_.min_likeness)) break;
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
  float LikenessOf(std::size_t i, std::size_t j) const {
    return static_cast<float>(sezim::LikenessOf(scaled_[i], scaled_[j], options_.face_weight));
  }
  float BestOf(std::size_t i) { return best_[i] > i ? At(i, best_[i]) : kNotAlike; }

  void FindBest(std::size_t i) {
    best_[i] = i;
    for (std::size_t j = i + 1; j < size_; ++j) {
      if (At(i, j) > BestOf(i)) best_[i] = j;
    }
  }

  void Join(std::size_t kept, std::size_t gone) {
    groups_[kept].Add(groups_[gone]);
    scaled_[kept] = ScaledOf(groups_[kept]);
    owner_[gone] = kept;
    for (std::size_t k = 0; k < size_; ++k) {
      if (k != gone) At(gone, k) = kNotAlike;
    }
    for (std::size_t k = 0; k < size_; ++k) {
      if (k == kept || owner_[k] != k) continue;
      At(kept, k) = LikenessOf(kept, k);
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

  std::vector<SpeechGroup> groups_;
  SpeakerClusterOptions options_;
  std::size_t size_;
  std::vector<std::size_t> owner_;
  std::vector<Scaled> scaled_;
  std::vector<float> likeness_;
  std::vector<std::size_t> best_;
};

}  // namespace

void SpeechGroup::AddVoice(std::span<const float> print, double print_s) {
  AddTo(voice, print, print_s);
  seconds += print_s;
}

void SpeechGroup::AddFace(std::span<const float> description) {
  const double length = std::sqrt(Product(description, description));
  if (length > 0) AddTo(face, description, 1 / length);
}

void SpeechGroup::Add(const SpeechGroup& other) {
  AddTo(voice, other.voice, 1);
  AddTo(face, other.face, 1);
  seconds += other.seconds;
}

void SpeakerClusterOptions::Check() const {
  OptionChecks checks("speakers");
  checks.Require(min_likeness > 0 && min_likeness <= 2,
                 fmt::format("min_likeness must be above 0 and at most 2, not {}", min_likeness));
  checks.Require(face_weight >= 0 && face_weight <= 10,
                 fmt::format("face_weight must be 0 to 10, not {}", face_weight));
  checks.ThrowIfAny();
}

double Likeness(const SpeechGroup& a, const SpeechGroup& b, const SpeakerClusterOptions& options) {
  return LikenessOf(ScaledOf(a), ScaledOf(b), options.face_weight);
}

std::vector<std::size_t> ClusterSpeakers(std::span<const SpeechGroup> groups, const SpeakerClusterOptions& options) {
  // More groups than fit are first put together among neighbours, then what is left once more, as long as that helps.
  std::vector<SpeechGroup> left(groups.begin(), groups.end());
  std::vector<std::size_t> cluster_of;  // of each group, an index into `left`
  for (std::size_t i = 0; i < groups.size(); ++i) cluster_of.push_back(i);
  for (bool again = !left.empty(); again;) {
    const std::size_t before = left.size();
    std::vector<SpeechGroup> joined;
    std::vector<std::size_t> new_index(before);
    for (std::size_t from = 0; from < before; from += kMaxGroupsAtOnce) {
      const std::size_t end = std::min(before, from + kMaxGroupsAtOnce);
      const std::vector<SpeechGroup> part(left.begin() + static_cast<std::ptrdiff_t>(from),
                                          left.begin() + static_cast<std::ptrdiff_t>(end));
      const std::vector<std::size_t> owners = Clustering(part, options).Run();
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
