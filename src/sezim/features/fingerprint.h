// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace sezim {

// A sound's fingerprint by Chromaprint (algorithm 2, as AcoustID uses it): 32 bits for each kFingerprintStepS, each of
// which tells how the pitch classes of some kFingerprintHeardS from there change. It hardly changes when the sound is
// encoded again.
using Fingerprint = std::vector<std::uint32_t>;
inline constexpr double kFingerprintStepS = 1365.0 / 11'025;
inline constexpr double kFingerprintHeardS = 2.6;

// Makes the fingerprint of one stream of sound. Not thread-safe.
class Fingerprinter {
 public:
  Fingerprinter();
  ~Fingerprinter();
  Fingerprinter(const Fingerprinter&) = delete;
  Fingerprinter& operator=(const Fingerprinter&) = delete;

  // Takes the next samples, 16 kHz mono.
  void AcceptWaveform(std::span<const std::int16_t> samples);

  // No more samples will come. A sound of less than 3 s has an empty fingerprint.
  Fingerprint Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A stretch of sound that was heard before, or of pictures that were seen before (vision/picture_repeats.h).
struct Repeat {
  std::size_t later = 0;  // index of the fingerprint in which it is heard again
  double start_s = 0;
  double end_s = 0;
  std::size_t earlier = 0;  // index of the one in which it was heard first; may be the same
  double earlier_start_s = 0;

  bool operator==(const Repeat&) const = default;
};

struct RepeatOptions {
  double min_s = 15;                  // shorter stretches are no repeats: jingles, sayings
  double max_bit_errors = 0.25;       // share of bits that differ, over any 5 s; of unlike sounds about half do
  double min_picture_likeness = 0.5;  // correlation of how pictures change, over any 10 s; of unlike ones 0.3 at most

  void Check() const;  // throws Error (kUsage)
};

// Finds in each fingerprint the stretches that an earlier one has too, or that were heard earlier in itself, also where
// they were cut out, moved or encoded anew. Ascending by (later, start).
std::vector<Repeat> FindRepeats(std::span<const Fingerprint> fingerprints, const RepeatOptions& options);

}  // namespace sezim
