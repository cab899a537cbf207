// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace sezim {

// A PNG picture of a sound at 16 kHz: MFCC with deltas and accelerations (each number scaled to its own range), mel
// bands in dB and chroma, one below the other over the time in seconds. `title` is written above, where it is ASCII.
// Throws Error (kBadInput) for an empty sound.
std::string FeatureFigure(std::span<const float> samples, const std::string& title);

}  // namespace sezim
