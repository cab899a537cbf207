// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/recipe.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/infer/model_card.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxRecipeBytes = 64 * 1024;

// Shows every option with its path to `visit`: the one list that reading and writing share.
template <typename AnyRecipe, typename Visit>
void ForEachOption(AnyRecipe& recipe, const Visit& visit) {
  visit("speech.model", recipe.speech_model);
  visit("speech.threshold", recipe.speech_threshold);
  visit("frames.per_s", recipe.segments.ticks_per_s);
  visit("faces.scale_factor", recipe.faces.scale_factor);
  visit("faces.min_neighbours", recipe.faces.min_neighbours);
  visit("faces.min_face_share", recipe.faces.min_face_share);
  visit("expression.model", recipe.expression_model);
  visit("segments.max_gap_frames", recipe.segments.max_gap_frames);
  visit("segments.min_frames", recipe.segments.min_frames);
  visit("segments.max_s", recipe.segments.max_segment_s);
  visit("audio.format", recipe.audio_format);
  visit("limits.max_duration_s", recipe.limits.max_duration_s);
  visit("limits.min_side_px", recipe.limits.min_side_px);
  visit("limits.max_side_px", recipe.limits.max_side_px);
  visit("limits.max_sample_rate_hz", recipe.limits.max_sample_rate_hz);
  visit("limits.max_channels", recipe.limits.max_channels);
  visit("limits.max_gap_s", recipe.limits.max_gap_s);
}

std::string TomlValue(const std::string& value) {
  return fmt::format("\"{}\"", value);  // model names and formats need no escapes
}
std::string TomlValue(int value) {
  return fmt::format("{}", value);
}
std::string TomlValue(double value) {
  return value == static_cast<double>(static_cast<long long>(value)) ? fmt::format("{:.1f}", value)
                                                                     : fmt::format("{}", value);
}
std::string TomlValue(AudioFormat value) {
  return fmt::format("\"{}\"", NameOf(value));
}

class RecipeReader {
 public:
  RecipeReader(const toml::table& table, std::string_view origin) : table_(table), origin_(origin) {}

  template <typename T>
  void operator()(const char* path, T& option) const {
    known_.insert(path);
    const auto node = table_.at_path(path);
    if (node) Read(path, node, option);
  }

  // Throws for the first option in the file that no recipe has.
  void RequireKnown(const toml::table& table, const std::string& prefix = "") const {
    for (const auto& [key, node] : table) {
      const std::string path = prefix + std::string(key.str());
      const bool has_dot = key.str().find('.') != std::string_view::npos;  // "a.b" in quotes is not [a] b
      if (const toml::table* inner = node.as_table()) {
        RequireKnown(*inner, path + ".");
      } else if (has_dot || (!known_.contains(path) && path != "name")) {
        Refuse(node, fmt::format("there is no option '{}'", ValidUtf8(path)));
      }
    }
  }

 private:
  using View = toml::node_view<const toml::node>;

  [[noreturn]] void Refuse(const toml::node& node, const std::string& what) const {
    throw Error(ErrorKind::kBadInput,
                fmt::format("recipe '{}', line {}: {}", ValidUtf8(origin_), node.source().begin.line, what),
                "docs/formats/recipe.md lists the options");
  }

  void Read(const char* path, const View& node, std::string& option) const {
    const auto text = node.value<std::string>();
    if (!text || !IsModelName(*text)) Refuse(*node.node(), fmt::format("'{}' must be the name of a model", path));
    option = *text;
  }
  void Read(const char* path, const View& node, double& option) const {
    const auto number = node.value<double>();
    if (!number) Refuse(*node.node(), fmt::format("'{}' must be a number", path));
    option = *number;
  }
  void Read(const char* path, const View& node, int& option) const {
    const auto number = node.value_exact<std::int64_t>();
    if (!number || *number < -1'000'000'000 || *number > 1'000'000'000) {
      Refuse(*node.node(), fmt::format("'{}' must be a whole number", path));
    }
    option = static_cast<int>(*number);
  }
  void Read(const char* path, const View& node, AudioFormat& option) const {
    const auto text = node.value<std::string>();
    if (text == "flac") {
      option = AudioFormat::kFlac;
    } else if (text == "wav") {
      option = AudioFormat::kWav;
    } else {
      Refuse(*node.node(), fmt::format("'{}' must be \"flac\" or \"wav\"", path));
    }
  }

  const toml::table& table_;
  std::string_view origin_;
  mutable std::set<std::string> known_;
};

}  // namespace

void Recipe::Check() const {
  OptionChecks checks("recipe " + name);
  checks.Require(speech_threshold >= 0 && speech_threshold < 1,
                 fmt::format("speech.threshold must be at least 0 and below 1, not {}", speech_threshold));
  const auto check = [&](const auto& options) {
    try {
      options.Check();
    } catch (const Error& error) {
      checks.Require(false, error.what());
    }
  };
  check(faces);
  check(segments);
  check(limits);
  checks.ThrowIfAny();
}

Recipe ParseRecipe(std::string_view toml, std::string_view origin) {
  toml::table table;
  try {
    table = toml::parse(toml, origin);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("recipe '{}', line {}: {}", ValidUtf8(origin), error.source().begin.line,
                            ValidUtf8(error.description())),
                "correct the TOML");
  }
  Recipe recipe;
  if (const auto name = table["name"].value<std::string>(); name && IsModelName(*name)) {
    recipe.name = *name;
  } else {
    throw Error(ErrorKind::kBadInput,
                fmt::format("recipe '{}' must give itself a 'name' of a-z, 0-9, '-' and '.'", ValidUtf8(origin)),
                "for example name = \"mine\"");
  }
  const RecipeReader reader(table, origin);
  ForEachOption(recipe, reader);
  reader.RequireKnown(table);
  recipe.Check();
  return recipe;
}

Recipe LoadRecipe(const std::string& name_or_file) {
  if (name_or_file == "paper") return {};
  const std::filesystem::path file = name_or_file;
  if (!std::filesystem::exists(file)) {
    throw Error(ErrorKind::kUsage, fmt::format("there is no recipe '{}'", DisplayName(file)),
                "give 'paper' or a TOML file");
  }
  return ParseRecipe(ReadTextFile(file, kMaxRecipeBytes), DisplayName(file));
}

std::string RecipeToml(const Recipe& recipe) {
  std::string text = fmt::format("[recipe]\nname = \"{}\"\n", recipe.name);
  std::string section;
  ForEachOption(recipe, [&](const std::string& path, const auto& option) {
    const std::size_t dot = path.find('.');
    if (path.substr(0, dot) != section) {
      section = path.substr(0, dot);
      text += fmt::format("\n[recipe.{}]\n", section);
    }
    text += fmt::format("{} = {}\n", path.substr(dot + 1), TomlValue(option));
  });
  return text;
}

}  // namespace sezim
