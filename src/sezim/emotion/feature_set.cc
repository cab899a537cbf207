// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/feature_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/paths.h"
#include "sezim/base/sha256.h"
#include "sezim/emotion/feature_part.h"
#include "sezim/emotion/preprocessing.h"
#include "sezim/features/side_by_side.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxSetBytes = 64 * 1024;
constexpr std::size_t kMaxParts = 32;
constexpr std::size_t kMaxDim = 1'000'000;
constexpr std::int64_t kMaxStack = 100;

// To be raised when a calculation changes its results, so that caches are not believed any more.
constexpr int kCalculations = 1;

fs::path ShippedFolder() {
  return DataFolder() / "feature-sets";
}

toml::table ParseTable(std::string_view text, const std::string& origin) {
  try {
    return toml::parse(text, origin);
  } catch (const toml::parse_error& error) {
    throw Error(
        ErrorKind::kBadInput,
        fmt::format("feature set '{}', line {}: {}", origin, error.source().begin.line, ValidUtf8(error.description())),
        "correct the TOML");
  }
}

std::string ReadSetFile(const fs::path& file) {
  return ReadTextFile(file, kMaxSetBytes);
}

// Reads the tables of one file; says its name and the line where something is wrong.
class SetReader {
 public:
  SetReader(std::string origin, const ModelStore& store) : origin_(std::move(origin)), store_(store) {}

  template <typename T>
  T Required(const toml::table& table, std::string_view key, const char* expected) const {
    const auto value = table[key].value_exact<T>();
    if (!value) Refuse(table[key].node() ? *table[key].node() : table, fmt::format("'{}' must be {}", key, expected));
    return *value;
  }

  // An option that is wrong is a mistake in this line of the file.
  template <typename Action>
  auto AtLine(const toml::node& node, const Action& action) const {
    try {
      return action();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kUsage) throw;
      Refuse(node, error.what(), error.remedy());
    }
  }

  FeaturePart ReadPart(const toml::table& table, int sample_rate_hz) const {
    FeaturePart part;
    FeatureOptions options;
    const toml::node* columns = nullptr;
    const auto frames = Required<std::string>(table, "frames", "the name of a kind of frames, such as \"mfcc\"");
    if (table.contains("name")) part.prefix = Required<std::string>(table, "name", "a word in quotes");
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (name == "frames" || name == "name") continue;
      if (name == "columns") {
        columns = &node;
      } else if (name == "functionals") {
        ReadFunctionals(node, part);
      } else if (name == "select") {
        part.select = ReadSelect(node);
      } else if (name == "active_db") {
        const auto range_db = node.value<double>();
        if (!range_db || *range_db <= 0) Refuse(node, "'active_db' must be a number of dB above 0");
        part.active_db = *range_db;
      } else {
        options[name] = ReadOption(name, node);
      }
    }
    if (part.functionals.empty() && part.select != Select::kAll) {
      Refuse(table, "'select' chooses frames for 'functionals', which are not there");
    }
    part.source = AtLine(table, [&] { return MakeFrameSource(frames, options, sample_rate_hz, store_); });
    if (columns != nullptr) ReadColumns(*columns, part);
    return part;
  }

  PreprocessStep ReadStep(const toml::table& table, int sample_rate_hz) const {
    FeatureOptions options;
    for (const auto& [key, node] : table) {
      if (key != "step") options[std::string(key.str())] = ReadOption(std::string(key.str()), node);
    }
    const auto name = Required<std::string>(table, "step", "\"trim\", \"wiener\" or \"loudness\"");
    return AtLine(table, [&] { return MakePreprocessStep(name, options, sample_rate_hz); });
  }

  [[noreturn]] void Refuse(const toml::node& node, const std::string& what, std::string remedy = "") const {
    if (remedy.empty()) remedy = "docs/formats/feature-set.md describes the file";
    throw Error(ErrorKind::kBadInput,
                fmt::format("feature set '{}', line {}: {}", origin_, node.source().begin.line, what), remedy);
  }

 private:
  FeatureOption ReadOption(const std::string& name, const toml::node& node) const {
    if (const auto flag = node.value_exact<bool>()) return *flag;
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto number = node.value<double>(); number && node.is_number()) return *number;
    Refuse(node, fmt::format("'{}' must be a number, a word in quotes, true or false", ValidUtf8(name)));
  }

  void ReadFunctionals(const toml::node& node, FeaturePart& part) const {
    const toml::array* names = node.as_array();
    if (names == nullptr || names->empty()) Refuse(node, "'functionals' must be a list such as [\"mean\", \"std\"]");
    std::set<std::string> seen;
    for (const toml::node& name : *names) {
      const auto text = name.value_exact<std::string>();
      if (!text) Refuse(name, "a functional must be a word in quotes");
      if (!seen.insert(*text).second) Refuse(name, fmt::format("the functional '{}' is there twice", ValidUtf8(*text)));
      part.functionals.push_back(AtLine(name, [&] { return Functional(*text); }));
    }
  }

  void ReadColumns(const toml::node& node, FeaturePart& part) const {
    const std::vector<std::string> known = part.source->names();
    const toml::array* names = node.as_array();
    if (names == nullptr || names->empty()) Refuse(node, "'columns' must be a list of names");
    for (const toml::node& name : *names) {
      const auto text = name.value_exact<std::string>();
      const auto found = text ? std::find(known.begin(), known.end(), *text) : known.end();
      if (found == known.end()) {
        Refuse(name, fmt::format("there is no such column; there are {}", fmt::join(known, ", ")));
      }
      part.columns.push_back(static_cast<std::size_t>(found - known.begin()));
    }
  }

  Select ReadSelect(const toml::node& node) const {
    const auto text = node.value_exact<std::string>();
    if (text == "all") return Select::kAll;
    if (text == "active") return Select::kActive;
    if (text == "voiced") return Select::kVoiced;
    Refuse(node, "'select' must be \"all\", \"active\" or \"voiced\"");
  }

  std::string origin_;
  const ModelStore& store_;
};

// Each `count` frames as one (Sak et al. 2015, Fast and accurate recurrent neural network acoustic models for speech
// recognition, without their overlap). What the last one lacks is the last frame again.
FeatureMatrix Stacked(FeatureMatrix frames, std::int64_t count) {
  if (count == 1) return frames;
  const std::size_t frame_size = static_cast<std::size_t>(frames.dim);
  for (; frames.num_frames % count != 0; ++frames.num_frames) {
    const std::size_t last = frames.values.size() - frame_size;
    for (std::size_t k = 0; k < frame_size; ++k) frames.values.push_back(frames.values[last + k]);
  }
  frames.num_frames /= count;
  frames.dim *= static_cast<int>(count);
  return frames;
}

// The definition as text that is the same for any order, spacing and comments.
std::string Canonical(toml::table table) {
  table.erase("description");
  std::ostringstream text;
  text << toml::json_formatter(table);  // keys ascend in a toml::table
  return text.str();
}

}  // namespace

struct FeatureSet::Impl {
  std::string name, description, text, digest;
  int sample_rate_hz = 16'000;
  std::vector<PreprocessStep> preprocessing{};
  std::vector<FeaturePart> parts{};
  std::vector<std::string> names{};
  std::vector<int> part_dims{};
  bool is_framewise = false;
  double hop_s = 0;
  std::int64_t stack = 1;  // so many frames side by side are a row

  void Read(const toml::table& table, const std::string& origin, const ModelStore& store) {
    const SetReader reader(origin, store);
    for (const auto& [key, node] : table) {
      if (key != "description" && key != "sample_rate_hz" && key != "stack" && key != "part" && key != "preprocess") {
        reader.Refuse(node, fmt::format("there is no '{}'; a set has description, sample_rate_hz, stack, "
                                        "[[preprocess]] and [[part]]",
                                        ValidUtf8(key.str())));
      }
    }
    description = reader.Required<std::string>(table, "description", "a sentence in quotes");
    const auto rate = reader.Required<std::int64_t>(table, "sample_rate_hz", "a whole number of Hz");
    if (rate < 4000 || rate > 192'000) {
      reader.Refuse(*table["sample_rate_hz"].node(), "'sample_rate_hz' must be from 4000 to 192000");
    }
    sample_rate_hz = static_cast<int>(rate);
    if (const auto steps = table["preprocess"]) {
      const toml::array* list = steps.as_array();
      if (list == nullptr || list->size() > kMaxParts || !list->is_array_of_tables()) {
        reader.Refuse(*steps.node(), fmt::format("'preprocess' must be at most {} [[preprocess]]", kMaxParts));
      }
      for (const toml::node& step : *list) preprocessing.push_back(reader.ReadStep(*step.as_table(), sample_rate_hz));
    }
    const toml::array* tables = table["part"].as_array();
    if (tables == nullptr || tables->empty() || tables->size() > kMaxParts || !tables->is_array_of_tables()) {
      reader.Refuse(table, fmt::format("there must be one to {} [[part]]", kMaxParts));
    }
    std::string definition = fmt::format("calculations {}\n{}", kCalculations, Canonical(table));
    for (const toml::node& node : *tables) {
      FeaturePart part = reader.ReadPart(*node.as_table(), sample_rate_hz);
      const bool framewise = part.functionals.empty();
      if (part.source->hop_s() == 0 && (framewise || part.select != Select::kAll)) {
        reader.Refuse(node, "this part has one frame for a sound: it needs functionals = [\"mean\"] and no 'select'");
      }
      if (parts.empty()) {
        is_framewise = framewise;
        hop_s = framewise ? part.source->hop_s() : 0;
      }
      if (framewise != is_framewise) {
        reader.Refuse(node, "either all parts have functionals or none has");
      }
      if (framewise && std::abs(part.source->hop_s() - hop_s) > 1e-9) {
        reader.Refuse(node, fmt::format("this part has a frame each {} s, the first one each {} s: all must agree",
                                        part.source->hop_s(), hop_s));
      }
      const std::size_t num_before = names.size();
      for (std::string& column : part.Names()) names.push_back(std::move(column));
      part_dims.push_back(static_cast<int>(names.size() - num_before));
      if (names.size() > kMaxDim) reader.Refuse(node, fmt::format("more than {} numbers", kMaxDim));
      definition += "\n" + part.source->digest();
      parts.push_back(std::move(part));
    }
    const std::set<std::string> different(names.begin(), names.end());
    if (different.size() != names.size()) {
      reader.Refuse(tables->back(), "two parts give columns of the same name: give each part a 'name'");
    }
    if (const auto count = table["stack"]) ReadStack(*count.node(), reader);
    digest = Sha256OfText(definition);
  }

 private:
  void ReadStack(const toml::node& node, const SetReader& reader) {
    stack = node.value_exact<std::int64_t>().value_or(0);
    if (stack < 1 || stack > kMaxStack) {
      reader.Refuse(node, fmt::format("'stack' must be a whole number of frames, 1 to {}", kMaxStack));
    }
    if (!is_framewise) reader.Refuse(node, "'stack' is of frames: no part may have 'functionals'");
    const auto times = static_cast<std::size_t>(stack);
    if (names.size() > kMaxDim / times) reader.Refuse(node, fmt::format("more than {} numbers", kMaxDim));
    hop_s *= static_cast<double>(stack);
    const std::vector<std::string> of_one = std::exchange(names, {});
    const std::vector<int> dims_of_one = std::exchange(part_dims, {});
    for (std::size_t i = 1; i <= times; ++i) {
      for (const std::string& one : of_one) names.push_back(times == 1 ? one : fmt::format("{}.{}", one, i));
      part_dims.insert(part_dims.end(), dims_of_one.begin(), dims_of_one.end());
    }
  }
};

FeatureSet::FeatureSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FeatureSet::~FeatureSet() = default;
FeatureSet::FeatureSet(FeatureSet&&) noexcept = default;
FeatureSet& FeatureSet::operator=(FeatureSet&&) noexcept = default;

bool FeatureSet::IsName(const std::string& name_or_file) {
  return IsModelName(name_or_file) && fs::path(name_or_file).extension() != ".toml";
}

FeatureSet FeatureSet::Open(const std::string& name_or_file, const ModelStore& store) {
  fs::path file = name_or_file;
  if (IsName(name_or_file)) {
    file = ShippedFolder() / (name_or_file + ".toml");
    if (!fs::exists(file)) {
      std::vector<std::string> known;
      for (const Known& one : KnownSets()) known.push_back(one.name);
      throw Error(ErrorKind::kNotFound, fmt::format("there is no feature set '{}'", name_or_file),
                  fmt::format("give one of {}, or a TOML file", fmt::join(known, ", ")));
    }
  }
  FeatureSet set = Parse(ReadSetFile(file), DisplayName(file), store);
  set.impl_->name = name_or_file;
  return set;
}

FeatureSet FeatureSet::Parse(std::string_view toml, const std::string& origin, const ModelStore& store) {
  auto impl = std::make_unique<Impl>();
  impl->name = origin;
  impl->text = toml;
  impl->Read(ParseTable(toml, origin), origin, store);
  return FeatureSet(std::move(impl));
}

std::vector<FeatureSet::Known> FeatureSet::KnownSets() {
  std::vector<Known> sets;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(ShippedFolder(), error)) {
    if (entry.path().extension() != ".toml") continue;
    const toml::table table = ParseTable(ReadSetFile(entry.path()), DisplayName(entry.path()));
    sets.push_back({entry.path().stem().native(), table["description"].value_or(std::string())});
  }
  std::sort(sets.begin(), sets.end(), [](const Known& a, const Known& b) { return a.name < b.name; });
  return sets;
}

const std::string& FeatureSet::name() const {
  return impl_->name;
}
const std::string& FeatureSet::description() const {
  return impl_->description;
}
const std::string& FeatureSet::definition() const {
  return impl_->text;
}
int FeatureSet::dim() const {
  return static_cast<int>(impl_->names.size());
}
const std::vector<std::string>& FeatureSet::names() const {
  return impl_->names;
}
const std::vector<int>& FeatureSet::part_dims() const {
  return impl_->part_dims;
}
bool FeatureSet::is_framewise() const {
  return impl_->is_framewise;
}
double FeatureSet::hop_s() const {
  return impl_->hop_s;
}
int FeatureSet::sample_rate_hz() const {
  return impl_->sample_rate_hz;
}
const std::string& FeatureSet::digest() const {
  return impl_->digest;
}

bool FeatureSet::uses_networks() const {
  return std::any_of(impl_->parts.begin(), impl_->parts.end(),
                     [](const FeaturePart& part) { return !part.source->digest().empty(); });
}

FeatureMatrix FeatureSet::Extract(std::span<const float> samples) const {
  std::vector<float> prepared;
  for (const PreprocessStep& step : impl_->preprocessing) {
    prepared = step(samples);
    samples = prepared;
  }
  SoundToMeasure sound(samples, impl_->sample_rate_hz);
  std::vector<FeatureMatrix> of_parts;
  for (const FeaturePart& part : impl_->parts) of_parts.push_back(part.Extract(sound));
  return Stacked(SideBySide(std::move(of_parts)), impl_->stack);
}

}  // namespace sezim
