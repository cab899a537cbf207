// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace sezim {

// One person's voice, 16 kHz.
struct OneVoice {
  std::size_t person = 0;
  std::vector<std::int16_t> samples{};
};

// How the second voice of a mixture is heard.
struct OverlapKind {
  double share = 1;     // of the first voice's time
  double least_db = 0;  // how far its mean power lies below the first voice's: evenly between these
  double most_db = 5;
};

// `voice` with another one, repeated or cut to fit, heard `below_db` below it from sample `start` for `num_samples`.
// Scaled down where it would clip. Requires that both have samples, and that the stretch lies in `voice`.
std::vector<std::int16_t> MixVoices(const std::vector<std::int16_t>& voice, const std::vector<std::int16_t>& other,
                                    double below_db, std::size_t start, std::size_t num_samples);

// The log odds for two voices at once, of each voice alone and of each mixed with one of another person that is drawn
// by chance (`seed`), as `kind` says. `log_odds` may be called from several threads. Throws Error (kBadInput) where all
// voices are of one person.
std::vector<double> LogOddsAlone(const std::vector<OneVoice>& voices,
                                 const std::function<double(const std::vector<std::int16_t>&)>& log_odds,
                                 int num_threads);
std::vector<double> LogOddsMixed(const std::vector<OneVoice>& voices, const OverlapKind& kind, unsigned seed,
                                 const std::function<double(const std::vector<std::int16_t>&)>& log_odds,
                                 int num_threads);

}  // namespace sezim
