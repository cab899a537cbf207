// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "sezim/infer/onnx_session.h"
#include "sezim/learn/metrics.h"
#include "sezim/vision/expression.h"

namespace sezim {

// A face picture of known expression.
struct LabelledFace {
  FaceCrop face{};
  Emotion emotion = Emotion::kNeutral;
};

// Reads a folder with one sub-folder of pictures for each emotion (FER2013's form). Pictures of another size are scaled
// to 64 x 64 by bilinear interpolation. `on_progress` hears the share done. Throws Error (kNotFound, kBadInput).
std::vector<LabelledFace> ReadLabelledFaces(const std::filesystem::path& folder,
                                            const std::function<void(double)>& on_progress);

// What several networks say of each face, averaged, against the truth.
ConfusionMatrix EvaluateExpression(std::span<const LabelledFace> faces,
                                   std::span<const std::shared_ptr<const OnnxSession>> networks);

}  // namespace sezim
