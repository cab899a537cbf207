// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/feature_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr const char* kRemedy = "docs/features.md lists the options of each kind";

}  // namespace

const FeatureOption* FeatureOptionReader::Find(const std::string& name) {
  known_.insert(name);
  const auto found = options_.find(name);
  return found == options_.end() ? nullptr : &found->second;
}

void FeatureOptionReader::Refuse(const std::string& name, const std::string& expected) const {
  throw Error(ErrorKind::kUsage, fmt::format("'{}' of {} must be {}", name, kind_, expected), kRemedy);
}

void FeatureOptionReader::Read(const std::string& name, double& value) {
  const FeatureOption* option = Find(name);
  if (option == nullptr) return;
  const double* number = std::get_if<double>(option);
  if (number == nullptr || !std::isfinite(*number)) Refuse(name, "a number");
  value = *number;
}

void FeatureOptionReader::Read(const std::string& name, int& value) {
  double number = value;
  Read(name, number);
  if (number != std::floor(number) || std::abs(number) > 1e9) Refuse(name, "a whole number");
  value = static_cast<int>(number);
}

void FeatureOptionReader::Read(const std::string& name, bool& value) {
  const FeatureOption* option = Find(name);
  if (option == nullptr) return;
  if (!std::holds_alternative<bool>(*option)) Refuse(name, "true or false");
  value = std::get<bool>(*option);
}

void FeatureOptionReader::Read(const std::string& name, std::string& value) {
  const FeatureOption* option = Find(name);
  if (option == nullptr) return;
  if (!std::holds_alternative<std::string>(*option)) Refuse(name, "a word in quotes");
  value = std::get<std::string>(*option);
}

void FeatureOptionReader::RequireNoOthers() const {
  for (const auto& [name, _] : options_) {
    if (known_.contains(name)) continue;
    throw Error(ErrorKind::kUsage,
                fmt::format("{} has no option '{}'; it has {}", kind_, ValidUtf8(name), fmt::join(known_, ", ")),
                kRemedy);
  }
}

}  // namespace sezim
