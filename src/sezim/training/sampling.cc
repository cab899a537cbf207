// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/sampling.h"

#include <algorithm>
#include <map>
#include <utility>

namespace sezim {
namespace {

// std::shuffle's result is up to the library; this one's is not.
template <typename T>
void Shuffle(std::span<T> items, std::mt19937_64& generator) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[generator() % i]);
}

}  // namespace

std::mt19937_64 GeneratorOf(std::uint64_t seed, std::uint64_t purpose) {
  std::seed_seq sequence{seed & 0xffffffff, seed >> 32, purpose & 0xffffffff, purpose >> 32};
  return std::mt19937_64(sequence);
}

std::vector<double> ClassWeights(std::span<const int> labels, int num_classes) {
  std::vector<double> counts(static_cast<std::size_t>(num_classes));
  for (const int label : labels) ++counts[static_cast<std::size_t>(label)];
  const auto present = static_cast<double>(std::count_if(counts.begin(), counts.end(), [](double n) { return n > 0; }));
  for (double& count : counts) count = count > 0 ? static_cast<double>(labels.size()) / (present * count) : 0;
  return counts;
}

std::vector<std::vector<std::size_t>> DrawBatches(const TrainingData& data, const TrainingOptions& options, int epoch) {
  std::mt19937_64 generator = GeneratorOf(options.seed, static_cast<std::uint64_t>(epoch));
  std::vector<std::size_t> items = DrawByClass(data.labels(), options.balance, generator);
  // A fifth more or less, so that items meet others in each epoch.
  std::map<std::size_t, double> keys;
  for (const std::size_t item : items) {
    keys[item] =
        static_cast<double>(data.LengthOf(item)) * (0.8 + 0.4 * static_cast<double>(generator() >> 11) * 0x1p-53);
  }
  const auto batch_size = static_cast<std::size_t>(options.batch_size);
  std::vector<std::vector<std::size_t>> batches;
  for (std::size_t from = 0; from < items.size(); from += 8 * batch_size) {
    const std::size_t to = std::min(items.size(), from + 8 * batch_size);
    std::stable_sort(items.begin() + static_cast<std::ptrdiff_t>(from), items.begin() + static_cast<std::ptrdiff_t>(to),
                     [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
    for (std::size_t at = from; at < to; at += batch_size) {
      const std::size_t end = std::min(to, at + batch_size);
      batches.emplace_back(items.begin() + static_cast<std::ptrdiff_t>(at),
                           items.begin() + static_cast<std::ptrdiff_t>(end));
    }
  }
  if (batches.size() > 1 && batches.back().size() == 1) {
    const std::size_t alone = batches.back().front();
    batches.pop_back();
    batches.back().push_back(alone);
  }
  Shuffle(std::span(batches), generator);
  return batches;
}

}  // namespace sezim
