// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/label_map.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/paths.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxMapBytes = 64 * 1024;
constexpr std::size_t kMaxClasses = 100;

bool IsEmotionName(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ' ';
  });
}

fs::path ShippedFolder() {
  return DataFolder() / "label-maps";
}

}  // namespace

LabelMap LabelMap::Parse(std::string_view toml_text, std::string_view origin) {
  const auto refuse = [&](const std::string& what) -> void {
    throw Error(ErrorKind::kBadInput, fmt::format("label map '{}': {}", ValidUtf8(origin), what),
                "docs/formats/label-map.md describes such a file");
  };
  toml::table table;
  try {
    table = toml::parse(toml_text);
  } catch (const toml::parse_error& error) {
    refuse(fmt::format("line {}: {}", error.source().begin.line, ValidUtf8(error.description())));
  }
  for (const auto& [key, value] : table) {
    if (key != "summary" && key != "classes" && key != "map") {
      refuse(fmt::format("there is no field '{}'; expected are summary, classes and [map]", ValidUtf8(key.str())));
    }
  }
  LabelMap map;
  map.summary_ = table["summary"].value_or(std::string());
  if (map.summary_.empty()) refuse("'summary' must be a text that is not empty");
  const toml::array* classes = table["classes"].as_array();
  if (classes == nullptr || classes->size() < 2 || classes->size() > kMaxClasses) {
    refuse(fmt::format("'classes' must list 2 to {} names", kMaxClasses));
  }
  for (const toml::node& node : *classes) {
    const auto name = node.value<std::string>();
    if (!name || !IsEmotionName(*name)) refuse("'classes' must hold names in lower case");
    if (!map.class_of_.try_emplace(*name, *name).second) refuse(fmt::format("the class '{}' is listed twice", *name));
    map.classes_.push_back(*name);
  }
  if (!table.contains("map")) return map;
  if (!table["map"].is_table()) refuse("[map] must be a table");
  for (const auto& [key, value] : *table["map"].as_table()) {
    const std::string emotion(key.str());
    const auto name = value.value<std::string>();
    if (!IsEmotionName(emotion)) refuse(fmt::format("'{}' in [map] is no name in lower case", ValidUtf8(emotion)));
    if (!name || std::find(map.classes_.begin(), map.classes_.end(), *name) == map.classes_.end()) {
      refuse(fmt::format("[map] turns '{}' into something that is not one of the classes", emotion));
    }
    if (!map.class_of_.try_emplace(emotion, *name).second) {
      refuse(fmt::format("'{}' is a class itself, so that [map] cannot turn it into another", emotion));
    }
  }
  return map;
}

std::vector<std::string> LabelMap::Names() {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(ShippedFolder(), error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".toml") names.push_back(at->path().stem().native());
  }
  std::sort(names.begin(), names.end());
  return names;
}

LabelMap LabelMap::Open(const std::string& name_or_file) {
  fs::path file = name_or_file;
  if (name_or_file.find('/') == std::string::npos && !name_or_file.ends_with(".toml")) {
    const std::vector<std::string> names = Names();
    if (std::find(names.begin(), names.end(), name_or_file) == names.end()) {
      throw Error(ErrorKind::kUsage, fmt::format("there is no label map '{}'", ValidUtf8(name_or_file)),
                  fmt::format("give one of {}, or a file NAME.toml", fmt::join(names, ", ")));
    }
    file = ShippedFolder() / (name_or_file + ".toml");
  }
  return Parse(ReadTextFile(file, kMaxMapBytes), DisplayName(file));
}

std::optional<std::string> LabelMap::Map(const std::string& emotion) const {
  const auto found = class_of_.find(emotion);
  return found == class_of_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t LabelMap::IndexOf(std::string_view one_class) const {
  const auto found = std::find(classes_.begin(), classes_.end(), one_class);
  Check(found != classes_.end(), "a class of the label map");
  return static_cast<std::size_t>(found - classes_.begin());
}

}  // namespace sezim
