// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/recipe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/toml_string.h"
#include "sezim/infer/model_card.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxRecipeBytes = 64UL * 1024;

// Shows every option with its path to `visit`: the one list that reading and writing share.
template <typename AnyRecipe, typename Visit>
void ForEachOption(AnyRecipe& recipe, const Visit& visit) {
  visit("speech.model", recipe.speech_model);
  if (recipe.method == Method::kPaper) {
    visit("speech.threshold", recipe.speech_threshold);
    visit("frames.per_s", recipe.segments.ticks_per_s);
    visit("faces.scale_factor", recipe.faces.scale_factor);
    visit("faces.min_neighbours", recipe.faces.min_neighbours);
    visit("faces.min_face_share", recipe.faces.min_face_share);
    visit("segments.max_gap_frames", recipe.segments.max_gap_frames);
    visit("segments.min_frames", recipe.segments.min_frames);
    visit("segments.max_s", recipe.segments.max_segment_s);
  } else {
    auto& speaker = recipe.speaker;
    visit("speech.onset", speaker.speech.onset);
    visit("speech.offset", speaker.speech.offset);
    visit("speech.min_speech_s", speaker.speech.min_speech_s);
    visit("speech.min_pause_s", speaker.speech.min_pause_s);
    visit("faces.detector", speaker.detector_model);
    visit("faces.fallback", speaker.fallback_model);
    visit("faces.min_score", speaker.min_face_score);
    visit("faces.min_eye_distance_px", speaker.min_eye_distance_px);
    visit("faces.max_turn", speaker.max_turn);
    visit("faces.min_sharpness", speaker.min_sharpness);
    visit("speaking.model", speaker.speaking_model);
    visit("speaking.min_log_odds", speaker.min_log_odds);
    visit("labels.min_confidence", speaker.min_confidence);
    visit("labels.min_agreement", speaker.min_agreement);
    visit("segments.min_s", speaker.min_segment_s);
    visit("segments.max_s", speaker.speech.max_speech_s);
    visit("segments.padding_s", speaker.padding_s);
    visit("sound.min_snr_db", recipe.sound.min_snr_db);
    visit("sound.max_clipped_share", recipe.sound.max_clipped_share);
    visit("sound.max_steady_partials", recipe.sound.max_steady_partials);
    visit("sound.max_overlap_log_odds", recipe.sound.max_overlap_log_odds);
    visit("speakers.model", recipe.voice_model);
    visit("speakers.face_model", recipe.face_model);
    visit("speakers.min_likeness", recipe.speakers.min_likeness);
    visit("speakers.face_weight", recipe.speakers.face_weight);
    visit("repeats.min_s", recipe.repeats.min_s);
    visit("repeats.max_bit_errors", recipe.repeats.max_bit_errors);
    visit("repeats.min_picture_likeness", recipe.repeats.min_picture_likeness);
  }
  visit("expression.models", recipe.expression_models);
  visit("voice.model", recipe.voice_filter.model);
  visit("voice.drops", recipe.voice_filter.drops);
  visit("voice.keeps_unknown", recipe.voice_filter.keeps_unknown);
  visit("audio.format", recipe.audio_format);
  visit("limits.max_duration_s", recipe.limits.max_duration_s);
  visit("limits.min_side_px", recipe.limits.min_side_px);
  visit("limits.max_side_px", recipe.limits.max_side_px);
  visit("limits.max_sample_rate_hz", recipe.limits.max_sample_rate_hz);
  visit("limits.max_channels", recipe.limits.max_channels);
  visit("limits.max_gap_s", recipe.limits.max_gap_s);
}

std::string TomlValue(const std::string& value) {
  return TomlString(ValidUtf8(value));
}
std::string TomlValue(const std::vector<std::string>& values) {
  return fmt::format("[\"{}\"]", fmt::join(values, "\", \""));
}
std::string TomlValue(bool value) {
  return value ? "true" : "false";
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
      } else if (has_dot || (!known_.contains(path) && path != "name" && path != "method")) {
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
  void Read(const char* path, const View& node, std::vector<std::string>& option) const {
    const toml::array* names = node.as_array();
    const bool is_list = names != nullptr && !names->empty() && names->size() <= 8;
    if (!is_list) Refuse(*node.node(), fmt::format("'{}' must be a list of one to eight models", path));
    option.clear();
    for (const toml::node& name : *names) Read(path, View(name), option.emplace_back());
  }
  void Read(const char* path, const View& node, double& option) const {
    const auto number = node.value<double>();
    if (!number) Refuse(*node.node(), fmt::format("'{}' must be a number", path));
    option = *number;
  }
  void Read(const char* path, const View& node, bool& option) const {
    const auto flag = node.value_exact<bool>();
    if (!flag) Refuse(*node.node(), fmt::format("'{}' must be true or false", path));
    option = *flag;
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

std::string_view NameOf(Method method) {
  return method == Method::kPaper ? "paper" : "default";
}

Recipe DefaultRecipe() {
  return {};
}

Recipe PaperRecipe() {
  Recipe recipe;
  recipe.name = "paper";
  recipe.method = Method::kPaper;
  recipe.expression_models = {"mini-xception"};
  recipe.audio_format = AudioFormat::kWav;
  return recipe;
}

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
  if (method == Method::kPaper) {
    check(faces);
    check(segments);
  } else {
    check(speaker);
    check(sound);
    check(speakers);
    check(repeats);
  }
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
  Recipe recipe = DefaultRecipe();
  if (const auto method = table["method"]) {
    const auto text = method.value<std::string>();
    if (text == NameOf(Method::kPaper)) {
      recipe = PaperRecipe();
    } else if (text != NameOf(Method::kDefault)) {
      throw Error(ErrorKind::kBadInput,
                  fmt::format("recipe '{}', line {}: 'method' must be \"default\" or \"paper\"", ValidUtf8(origin),
                              method.node()->source().begin.line),
                  "docs/formats/recipe.md tells what either does");
    }
  }
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
  try {
    recipe.Check();
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("'{}': {}", ValidUtf8(origin), error.what()), error.remedy());
  }
  return recipe;
}

Recipe LoadRecipe(const std::string& name_or_file) {
  if (name_or_file == "default") return DefaultRecipe();
  if (name_or_file == "paper") return PaperRecipe();
  const std::filesystem::path file = name_or_file;
  if (!std::filesystem::exists(file)) {
    throw Error(ErrorKind::kUsage, fmt::format("there is no recipe '{}'", DisplayName(file)),
                "give 'default', 'paper' or a TOML file");
  }
  return ParseRecipe(ReadTextFile(file, kMaxRecipeBytes), DisplayName(file));
}

std::string RecipeToml(const Recipe& recipe) {
  std::string text = fmt::format("[recipe]\nname = \"{}\"\nmethod = \"{}\"\n", recipe.name, NameOf(recipe.method));
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
