// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/split_record.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxSplitBytes = std::size_t{1} << 30;
constexpr int kMaxDepth = 3;

template <typename T, std::size_t N>
T ValueNamed(const std::array<T, N>& all, const Json& name) {
  for (const T value : all) {
    if (name == NameOf(value)) return value;
  }
  throw Error(ErrorKind::kBadInput, fmt::format("{} is not known here", ValidUtf8(name.dump())));
}

SplitRecord Parse(const std::string& text) {
  const auto watch_depth = [](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw Error(ErrorKind::kBadInput, "objects are nested too deep");
    return true;
  };
  const Json json = Json::parse(text, watch_depth);
  SplitRecord split;
  split.by = ValueNamed(kSplitBys, json.at("by"));
  split.seed = json.at("seed").get<std::uint64_t>();
  for (std::size_t p = 0; p < kNumParts; ++p) {
    split.shares[p] = json.at("shares").at(std::string(NameOf(kParts[p]))).get<double>();
  }
  for (const auto& [id, part] : json.at("segments").items()) split.parts[id] = ValueNamed(kParts, part);
  return split;
}

}  // namespace

std::string_view NameOf(Part part) {
  switch (part) {
    case Part::kTrain: return "train";
    case Part::kDev: return "dev";
    case Part::kTest: return "test";
  }
  return "";
}

std::string_view NameOf(SplitBy by) {
  switch (by) {
    case SplitBy::kSpeakerAndSource: return "speaker-and-source";
    case SplitBy::kSpeaker: return "speaker";
    case SplitBy::kRandom: return "random";
  }
  return "";
}

std::string ToJson(const SplitRecord& split) {
  Json shares;
  for (const Part part : kParts) shares[std::string(NameOf(part))] = split.shares[static_cast<std::size_t>(part)];
  std::string text = fmt::format("{{\n\"by\": \"{}\",\n\"seed\": {},\n\"shares\": {},\n\"segments\": {{",
                                 NameOf(split.by), split.seed, shares.dump());
  const char* separator = "\n";
  for (const auto& [id, part] : split.parts) {
    text += fmt::format("{}{}: \"{}\"", separator, Json(id).dump(), NameOf(part));
    separator = ",\n";
  }
  return text + "\n}\n}\n";
}

SplitRecord ReadSplit(const std::filesystem::path& file) {
  const std::string text = ReadTextFile(file, kMaxSplitBytes);
  const auto refuse = [&](const char* what) {
    return Error(ErrorKind::kBadInput,
                 fmt::format("'{}' is not a split that sezim wrote: {}", DisplayName(file), ValidUtf8(what)),
                 "run 'sezim corpus split' again: it writes this file anew");
  };
  try {
    return Parse(text);
  } catch (const Json::exception& error) {
    throw refuse(error.what());
  } catch (const Error& error) {
    throw refuse(error.what());
  }
}

}  // namespace sezim
