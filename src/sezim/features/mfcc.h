// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

inline constexpr int kNumMfcc = 13;
inline constexpr int kMfccHopSamples = 160;

// Mel-frequency cepstral coefficients of a sound at 16 kHz, as the Python package python_speech_features gives them by
// default: frame i holds the 400 samples from 160 * i on, of 16 bits, from each of which 0.97 times the one before is
// taken; no window; a transform of 512; 26 triangles of height 1 on O'Shaughnessy's mel scale from 0 to 8000 Hz; the
// logarithm; an orthonormal cosine transform; a sine lifter of 22. The first coefficient is the logarithm of the
// frame's energy instead. Behind the sound there is
// silence. Row-major, num_frames x kNumMfcc.
std::vector<float> Mfcc(std::span<const std::int16_t> samples, std::int64_t num_frames);

}  // namespace sezim
