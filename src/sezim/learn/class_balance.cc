// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/class_balance.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr std::array<std::pair<ClassBalance, std::string_view>, 4> kNames = {{
    {ClassBalance::kNone, "none"},
    {ClassBalance::kWeights, "weights"},
    {ClassBalance::kOverSample, "over-sample"},
    {ClassBalance::kUnderSample, "under-sample"},
}};

// std::shuffle's result is up to the library; this one's is not.
void Shuffle(std::vector<std::size_t>& items, std::mt19937_64& generator) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[generator() % i]);
}

}  // namespace

ClassBalance ClassBalanceFromName(std::string_view name) {
  std::string known;
  for (const auto& [balance, its_name] : kNames) {
    if (its_name == name) return balance;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", its_name);
  }
  throw Error(ErrorKind::kUsage, fmt::format("there is no balance of classes '{}'", name),
              fmt::format("name one of {}", known));
}

std::vector<std::size_t> DrawByClass(std::span<const int> labels, ClassBalance balance, std::mt19937_64& generator) {
  std::map<int, std::vector<std::size_t>> classes;
  for (std::size_t i = 0; i < labels.size(); ++i) classes[labels[i]].push_back(i);
  std::size_t largest = 0, smallest = labels.size();
  for (const auto& [label, items] : classes) {
    largest = std::max(largest, items.size());
    smallest = std::min(smallest, items.size());
  }
  std::vector<std::size_t> drawn;
  for (auto& [label, items] : classes) {
    std::size_t count = items.size();
    if (balance == ClassBalance::kOverSample) count = largest;
    if (balance == ClassBalance::kUnderSample) count = smallest;
    Shuffle(items, generator);
    for (std::size_t i = 0; i < count; ++i) {
      drawn.push_back(i < items.size() ? items[i] : items[generator() % items.size()]);
    }
  }
  Shuffle(drawn, generator);
  return drawn;
}

}  // namespace sezim
