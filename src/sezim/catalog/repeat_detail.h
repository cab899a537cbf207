// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sezim {

// What a segment repeats: its sound, or only its pictures.
enum class RepeatOf { kSound, kPictures };

// Where a repeated segment was heard or seen before.
struct EarlierPlace {
  RepeatOf of = RepeatOf::kSound;
  double at_s = 0;       // of the earlier source's clock, to the second
  std::string source{};  // its name

  bool operator==(const EarlierPlace&) const = default;
};

// The detail of the rejection of a repeated segment, "heard at 12 s of 'NAME' before", and what it tells; nothing for
// any other text.
std::string RepeatDetail(const EarlierPlace& place);
std::optional<EarlierPlace> EarlierPlaceFrom(std::string_view detail);

// The same where the place must not be named any more: "heard before".
std::string RepeatDetailWithoutPlace(RepeatOf of);

}  // namespace sezim
