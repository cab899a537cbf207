// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sezim/base/emotion.h"

namespace sezim {

// Square grey pictures of faces with their expressions: side x side bytes each, rows from the top, black 0 and white
// 255.
struct FacePictures {
  int side = 0;
  std::vector<std::uint8_t> pixels{};
  std::vector<Emotion> emotions{};

  std::size_t size() const { return emotions.size(); }
  std::span<const std::uint8_t> Picture(std::size_t index) const {
    const auto num_pixels = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    return std::span(pixels).subspan(index * num_pixels, num_pixels);
  }
};

// A picture that could not be read, and why.
struct FaceProblem {
  std::filesystem::path file{};
  std::string what{};
};

struct FaceFolder {
  FacePictures faces{};
  std::vector<FaceProblem> problems{};
};

inline constexpr std::size_t kMaxFacePictures = 2'000'000;

// Reads a folder with one sub-folder of pictures for each emotion, as each part of FER2013 is: FOLDER/<emotion>/*.jpg
// or .png, in the order of their names. Pictures of another size than `side` (16 to 256) are scaled to it.
// `on_progress` hears the share done. Throws Error: kNotFound where there is no sub-folder of any emotion, kBadInput
// for more than kMaxFacePictures. What cannot be read is left out and listed.
FaceFolder ReadFaceFolder(const std::filesystem::path& folder, int side,
                          const std::function<void(double)>& on_progress);

}  // namespace sezim
