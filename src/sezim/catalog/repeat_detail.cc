// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/repeat_detail.h"

#include <fmt/format.h>

#include <charconv>

namespace sezim {
namespace {

constexpr std::string_view kAt = " at ";
constexpr std::string_view kOf = " s of '";
constexpr std::string_view kBefore = "' before";

std::string_view VerbOf(RepeatOf of) {
  return of == RepeatOf::kSound ? "heard" : "seen";
}

}  // namespace

std::string RepeatDetail(const EarlierPlace& place) {
  return fmt::format("{}{}{:.0f}{}{}{}", VerbOf(place.of), kAt, place.at_s, kOf, place.source, kBefore);
}

std::optional<EarlierPlace> EarlierPlaceFrom(std::string_view detail) {
  EarlierPlace place;
  for (const RepeatOf of : {RepeatOf::kSound, RepeatOf::kPictures}) {
    const std::string head = fmt::format("{}{}", VerbOf(of), kAt);
    if (!detail.starts_with(head)) continue;
    place.of = of;
    detail.remove_prefix(head.size());
    const auto [rest, failure] = std::from_chars(detail.data(), detail.data() + detail.size(), place.at_s);
    if (failure != std::errc()) return std::nullopt;
    detail.remove_prefix(static_cast<std::size_t>(rest - detail.data()));
    if (detail.size() < kOf.size() + kBefore.size() || !detail.starts_with(kOf) || !detail.ends_with(kBefore)) {
      return std::nullopt;
    }
    place.source = detail.substr(kOf.size(), detail.size() - kOf.size() - kBefore.size());
    return place;
  }
  return std::nullopt;
}

std::string RepeatDetailWithoutPlace(RepeatOf of) {
  return fmt::format("{} before", VerbOf(of));
}

}  // namespace sezim
