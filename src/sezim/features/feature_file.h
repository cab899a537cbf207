// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// The forms in which features are written; docs/formats/features.md.
enum class FeatureFormat { kCsv, kNpy, kArff, kHtk };

inline constexpr FeatureFormat kFeatureFormats[] = {FeatureFormat::kCsv, FeatureFormat::kNpy, FeatureFormat::kArff,
                                                    FeatureFormat::kHtk};

// "csv", "npy", "arff", "htk": also the file name extension.
std::string_view NameOf(FeatureFormat format);
std::optional<FeatureFormat> FeatureFormatFrom(std::string_view name);

// Rows with what they are of: the frames of one sound, or one row for each of several sounds.
struct FeatureTable {
  std::string title{};                 // of the set
  std::vector<std::string> columns{};  // as many as matrix.dim
  std::vector<std::string> sounds{};   // one for each row; empty where the rows are frames of one sound
  double hop_s = 0;                    // from a row to the next, where they are frames
  FeatureMatrix matrix{};
};

// The bytes of a file. Throws Error (kUsage) for what the form cannot hold: HTK's has frames of at most 8191 numbers.
std::string FeatureFileOf(const FeatureTable& table, FeatureFormat format);

}  // namespace sezim
