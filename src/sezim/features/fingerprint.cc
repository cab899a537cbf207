// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/fingerprint.h"

#include <chromaprint.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "sezim/base/best_part.h"
#include "sezim/base/error.h"

namespace sezim {

struct Fingerprinter::Impl {
  ChromaprintContext* context = chromaprint_new(CHROMAPRINT_ALGORITHM_TEST2);
};

Fingerprinter::Fingerprinter() : impl_(std::make_unique<Impl>()) {
  Check(impl_->context != nullptr && chromaprint_start(impl_->context, 16'000, 1) == 1, "Chromaprint starts");
}

Fingerprinter::~Fingerprinter() {
  chromaprint_free(impl_->context);
}

void Fingerprinter::AcceptWaveform(std::span<const std::int16_t> samples) {
  constexpr std::size_t kAtOnce = 1 << 20;
  while (!samples.empty()) {
    const auto some = samples.first(std::min(kAtOnce, samples.size()));
    Check(chromaprint_feed(impl_->context, some.data(), static_cast<int>(some.size())) == 1, "Chromaprint listens");
    samples = samples.subspan(some.size());
  }
}

Fingerprint Fingerprinter::Finish() {
  std::uint32_t* data = nullptr;
  int size = 0;
  Fingerprint fingerprint;
  if (chromaprint_finish(impl_->context) == 1 && chromaprint_get_raw_fingerprint(impl_->context, &data, &size) == 1 &&
      data != nullptr) {
    fingerprint.assign(data, data + size);
  }
  chromaprint_dealloc(data);
  return fingerprint;
}

namespace {

using Position = std::int64_t;  // in a fingerprint, in steps

constexpr Position kWindow = 40;        // 5 s, over which bit errors are counted
constexpr Position kMinDistance = 80;   // of a repeat within one sound: 10 s
constexpr std::size_t kMaxPlaces = 50;  // of one hash that are remembered: silence and hum fill no memory
constexpr double kUnlikeErrors = 11;    // of 32 bits, half way between like and unlike sounds
constexpr double kMiddleS = 1.3;        // of what one number tells of
constexpr int kMinVotes = 4;            // hashes that must agree on how far apart two sounds are

// Every fourth hash, told by itself: enough to find a match by, and a quarter of the memory.
bool IsLandmark(std::uint32_t hash) {
  return (hash * 0x9E3779B1U) >> 30 == 0;
}

// The stretches of `later` that are like `earlier` moved by `shift`.
std::vector<std::pair<Position, Position>> Alike(const Fingerprint& later, const Fingerprint& earlier, Position shift,
                                                 const RepeatOptions& options) {
  const Position from = std::max<Position>(0, shift);
  const Position to = std::min(static_cast<Position>(later.size()), static_cast<Position>(earlier.size()) + shift);
  const double max_errors = options.max_bit_errors * 32 * static_cast<double>(kWindow);
  std::vector<std::pair<Position, Position>> stretches;
  const auto errors_at = [&](Position at) {
    return std::popcount(later[static_cast<std::size_t>(at)] ^ earlier[static_cast<std::size_t>(at - shift)]);
  };
  std::int64_t errors = 0;  // of the window that ends at `at`
  for (Position at = from; at < to; ++at) {
    errors += errors_at(at);
    if (at - from >= kWindow) errors -= errors_at(at - kWindow);
    if (at - from + 1 < kWindow || static_cast<double>(errors) > max_errors) continue;
    const Position start = at + 1 - kWindow;
    if (!stretches.empty() && start <= stretches.back().second) {
      stretches.back().second = at + 1;
    } else {
      stretches.emplace_back(start, at + 1);
    }
  }
  for (auto& [start, end] : stretches) {
    // Windows reach beyond the ends. The part with the most bits that agree, beyond what unlike sounds have, does not.
    const auto part = BestPart(static_cast<std::size_t>(start), static_cast<std::size_t>(end),
                               [&](std::size_t at) { return kUnlikeErrors - errors_at(static_cast<Position>(at)); });
    start = static_cast<Position>(part.first);
    end = static_cast<Position>(part.second);
  }
  std::erase_if(stretches, [&](const auto& stretch) {
    return static_cast<double>(stretch.second - stretch.first) * kFingerprintStepS < options.min_s;
  });
  return stretches;
}

}  // namespace

void RepeatOptions::Check() const {
  OptionChecks checks("repeats");
  checks.Require(min_s >= 6 && min_s <= 3600, fmt::format("min_s must lie between 6 and 3600, not at {}", min_s));
  checks.Require(max_bit_errors >= 0 && max_bit_errors <= 0.34,
                 fmt::format("max_bit_errors must lie between 0 and 0.34, not at {}", max_bit_errors));
  checks.Require(min_picture_likeness >= 0.4 && min_picture_likeness <= 1,
                 fmt::format("min_picture_likeness must lie between 0.4 and 1, not at {}", min_picture_likeness));
  checks.ThrowIfAny();
}

std::vector<Repeat> FindRepeats(std::span<const Fingerprint> fingerprints, const RepeatOptions& options) {
  std::vector<Repeat> repeats;
  std::unordered_map<std::uint32_t, std::vector<std::pair<std::uint32_t, std::uint32_t>>> places;
  for (std::size_t later = 0; later < fingerprints.size(); ++later) {
    const Fingerprint& print = fingerprints[later];
    std::map<std::pair<std::size_t, Position>, int> votes;  // by the earlier sound and how far it is moved
    for (std::size_t at = 0; at < print.size(); ++at) {
      if (!IsLandmark(print[at])) continue;
      auto& known = places[print[at]];
      for (const auto& [earlier, place] : known) {
        const Position shift = static_cast<Position>(at) - static_cast<Position>(place);
        if (earlier != later || shift >= kMinDistance) ++votes[{earlier, shift}];
      }
      if (known.size() < kMaxPlaces) {
        known.emplace_back(static_cast<std::uint32_t>(later), static_cast<std::uint32_t>(at));
      }
    }
    for (const auto& [candidate, count] : votes) {
      const auto& [earlier, shift] = candidate;
      if (count < kMinVotes) continue;
      for (const auto& [start, end] : Alike(print, fingerprints[earlier], shift, options)) {
        // Each number stands for its middle, but for those at the ends of the sound.
        const bool is_first = start == 0 || start == shift;
        const bool is_last = end == static_cast<Position>(print.size()) ||
                             end - shift == static_cast<Position>(fingerprints[earlier].size());
        const double before_s = is_first ? 0 : kMiddleS;
        repeats.push_back({.later = later,
                           .start_s = static_cast<double>(start) * kFingerprintStepS + before_s,
                           .end_s = static_cast<double>(end) * kFingerprintStepS + (is_last ? 2 : 1) * kMiddleS,
                           .earlier = earlier,
                           .earlier_start_s = static_cast<double>(start - shift) * kFingerprintStepS + before_s});
      }
    }
  }
  std::sort(repeats.begin(), repeats.end(), [](const Repeat& a, const Repeat& b) {
    return std::tie(a.later, a.start_s, a.end_s, a.earlier, a.earlier_start_s) <
           std::tie(b.later, b.start_s, b.end_s, b.earlier, b.earlier_start_s);
  });
  return repeats;
}

}  // namespace sezim
