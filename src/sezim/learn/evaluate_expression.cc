// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/evaluate_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/picture.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

FaceCrop ReadFace(const fs::path& file) {
  const GreyImage picture = ReadPicture(file);
  return CropFace(picture.view(), {0, 0, picture.width, picture.height});
}

}  // namespace

std::vector<LabelledFace> ReadLabelledFaces(const fs::path& folder, const std::function<void(double)>& on_progress) {
  std::vector<std::pair<fs::path, Emotion>> files;
  for (const Emotion emotion : kEmotions) {
    std::error_code error;
    const fs::path pictures = folder / NameOf(emotion);
    for (fs::directory_iterator at(pictures, error), end; !error && at != end; at.increment(error)) {
      files.emplace_back(at->path(), emotion);
    }
    if (error) {
      throw Error(
          ErrorKind::kNotFound, fmt::format("there is no folder '{}'", DisplayName(pictures)),
          "give a folder with one sub-folder of face pictures for each of angry, disgust, fear, happy, neutral, "
          "sad and surprise, such as FER2013's test part");
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<LabelledFace> faces;
  for (const auto& [file, emotion] : files) {
    faces.push_back({ReadFace(file), emotion});
    if (faces.size() % 100 == 0) on_progress(static_cast<double>(faces.size()) / static_cast<double>(files.size()));
  }
  return faces;
}

ConfusionMatrix EvaluateExpression(std::span<const LabelledFace> faces,
                                   std::span<const std::shared_ptr<const OnnxSession>> networks) {
  std::vector<FaceCrop> crops;
  for (const LabelledFace& one : faces) crops.push_back(one.face);
  const std::vector<ExpressionRecognizer> recognizers(networks.begin(), networks.end());
  const std::vector<EmotionScores> scores = RecognizeTogether(recognizers, crops);
  ConfusionMatrix matrix(kNumEmotions);
  for (std::size_t i = 0; i < faces.size(); ++i) {
    matrix.Add(static_cast<std::size_t>(faces[i].emotion), static_cast<std::size_t>(Strongest(scores[i])));
  }
  return matrix;
}

}  // namespace sezim
