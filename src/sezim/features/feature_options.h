// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace sezim {

// Options of a kind of feature by name, as a feature set gives them.
using FeatureOption = std::variant<bool, double, std::string>;
using FeatureOptions = std::map<std::string, FeatureOption>;

// Reads options into variables, which keep their value where an option is not given. Each function throws Error
// (kUsage) for a value of the wrong type or outside its range, that names the option.
class FeatureOptionReader {
 public:
  FeatureOptionReader(std::string_view kind, const FeatureOptions& options) : kind_(kind), options_(options) {}

  void Read(const std::string& name, double& value);
  void Read(const std::string& name, int& value);
  void Read(const std::string& name, bool& value);
  void Read(const std::string& name, std::string& value);

  // One of the words in `choices`, each with the value that it stands for.
  template <typename T>
  void Read(const std::string& name, T& value, const std::map<std::string, T>& choices) {
    std::string word;
    Read(name, word);
    if (word.empty()) return;
    const auto found = choices.find(word);
    if (found == choices.end()) {
      std::string words;
      for (const auto& [choice, _] : choices) words += (words.empty() ? "" : ", ") + choice;
      Refuse(name, "one of " + words);
    }
    value = found->second;
  }

  // Throws Error (kUsage) for an option that none of the calls asked for.
  void RequireNoOthers() const;

 private:
  const FeatureOption* Find(const std::string& name);
  [[noreturn]] void Refuse(const std::string& name, const std::string& expected) const;

  std::string kind_;
  const FeatureOptions& options_;
  std::set<std::string> known_{};
};

}  // namespace sezim
