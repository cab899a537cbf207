// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/face_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/picture.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

std::vector<std::pair<fs::path, Emotion>> PicturesIn(const fs::path& folder) {
  std::vector<std::pair<fs::path, Emotion>> files;
  int num_folders = 0;
  for (const Emotion emotion : kEmotions) {
    std::error_code error;
    for (fs::directory_iterator at(folder / NameOf(emotion), error), end; !error && at != end; at.increment(error)) {
      const fs::path extension = at->path().extension();
      if (extension != ".jpg" && extension != ".jpeg" && extension != ".png") continue;
      files.emplace_back(at->path(), emotion);
      if (files.size() > kMaxFacePictures) {
        throw Error(ErrorKind::kBadInput,
                    fmt::format("'{}' holds more than {} pictures", DisplayName(folder), kMaxFacePictures),
                    "give a folder of faces");
      }
    }
    num_folders += error ? 0 : 1;
  }
  if (num_folders == 0) {
    throw Error(ErrorKind::kNotFound, fmt::format("'{}' has no folder of an emotion", DisplayName(folder)),
                "give a folder with sub-folders of face pictures named angry, disgust, fear, happy, neutral, sad or "
                "surprise, such as FER2013's train part");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

FaceFolder ReadFaceFolder(const fs::path& folder, int side, const std::function<void(double)>& on_progress) {
  OptionChecks checks("reading faces");
  checks.Require(side >= 16 && side <= 256, fmt::format("side must be 16 to 256, not {}", side));
  checks.ThrowIfAny();
  const auto files = PicturesIn(folder);
  FaceFolder result;
  result.faces.side = side;
  cv::Mat scaled;
  std::size_t num_done = 0;
  for (const auto& [file, emotion] : files) {
    if (++num_done % 100 == 0) on_progress(static_cast<double>(num_done) / static_cast<double>(files.size()));
    GreyImage picture;
    try {
      picture = ReadPicture(file);
    } catch (const Error& error) {
      result.problems.push_back({file, error.what()});
      continue;
    }
    const cv::Mat grey(picture.height, picture.width, CV_8UC1, picture.pixels.data());
    const bool shrinks = picture.width > 2 * side || picture.height > 2 * side;
    cv::resize(grey, scaled, {side, side}, 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
    result.faces.pixels.insert(result.faces.pixels.end(), scaled.datastart, scaled.dataend);
    result.faces.emotions.push_back(emotion);
  }
  return result;
}

}  // namespace sezim
