// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sezim {

// Which class an experiment takes an emotion for: a TOML file (docs/formats/label-map.md).
class LabelMap {
 public:
  // A shipped map by its name ("kemo"; Names()), or a file. Throws Error (kUsage for a name that there is not;
  // kNotFound, kBadInput that says what the file lacks).
  static LabelMap Open(const std::string& name_or_file);

  // `origin` is for messages. Throws Error (kBadInput).
  static LabelMap Parse(std::string_view toml, std::string_view origin);

  // The shipped maps, sorted.
  static std::vector<std::string> Names();

  // The class that `emotion` is taken for; nothing: clips of it are left out.
  std::optional<std::string> Map(const std::string& emotion) const;

  const std::string& summary() const { return summary_; }
  const std::vector<std::string>& classes() const { return classes_; }  // in the order of a network's outputs

  // Where a class stands in classes(). Throws ContractViolation for another text.
  std::size_t IndexOf(std::string_view one_class) const;

 private:
  std::string summary_;
  std::vector<std::string> classes_;
  std::map<std::string, std::string> class_of_;
};

}  // namespace sezim
