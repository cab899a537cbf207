// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/run_face_experiment.h"

#include <fmt/format.h>

#include <algorithm>

#include "sezim/base/error.h"
#include "sezim/emotion/face_parts.h"

namespace sezim {
namespace {

constexpr std::size_t kFacesBetweenStops = 320;  // a multiple of the recognizer's batch

ExperimentRow RowOf(const Experiment& experiment, const ExperimentSystem& system, std::span<const LabelledFace> faces,
                    std::span<const ExpressionRecognizer> networks, const ExperimentOptions& options) {
  ExperimentRow row{.system = system, .dataset = experiment.datasets.front().name};
  for (const Emotion emotion : kEmotions) row.classes.emplace_back(NameOf(emotion));
  std::vector<FaceCrop> crops;
  for (const LabelledFace& face : faces) {
    crops.push_back(face.face);
    row.labels.push_back(static_cast<int>(face.emotion));
    row.speakers.emplace_back();
  }
  FoldScores all;
  all.name = "test";
  all.choice = "none";
  all.scores.num_frames = std::ssize(faces);
  all.scores.dim = kNumEmotions;
  for (std::span<const FaceCrop> left = crops; !left.empty();) {
    if (options.stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
    options.progress("looking with " + system.name,
                     1 - static_cast<double>(left.size()) / static_cast<double>(crops.size()));
    const auto some = left.first(std::min(kFacesBetweenStops, left.size()));
    left = left.subspan(some.size());
    for (const EmotionScores& scores : RecognizeTogether(networks, some)) {
      all.test.push_back(all.test.size());
      all.scores.values.insert(all.scores.values.end(), scores.begin(), scores.end());
    }
  }
  row.folds.push_back(std::move(all));
  row.figures = FiguresOf(row.folds, row.labels, kNumEmotions, row.speakers);
  return row;
}

}  // namespace

ExperimentResult RunFaceExperiment(const Experiment& experiment, const ModelStore& store,
                                   const ExperimentOptions& options) {
  ExperimentResult result{.experiment = experiment};
  std::vector<LabelledFace> faces;
  for (const ExperimentSystem& system : experiment.systems) {
    if (system.models.empty()) {
      result.skipped.push_back(fmt::format(
          "system '{}': 'sezim train' trains '{}' and evaluates it; of what it wrote give the folder in 'models'",
          system.name, system.classifier));
      continue;
    }
    std::vector<ExpressionRecognizer> networks;
    try {
      for (const std::string& name : system.models) {
        networks.emplace_back(std::make_shared<OnnxSession>(store.Open(name)));
      }
    } catch (const ModelToBring& absent) {
      result.skipped.push_back(fmt::format("system '{}': {}; {}", system.name, absent.what(), absent.remedy()));
      continue;
    }
    if (faces.empty()) {
      faces = ReadLabelledFaces(FaceParts(experiment, options).Part("test"),
                                [&](double share) { options.progress("reading faces", share); });
    }
    result.rows.push_back(RowOf(experiment, system, faces, networks, options));
  }
  if (result.rows.empty()) {
    throw Error(ErrorKind::kUsage, result.skipped.front(),
                "run 'sezim train' with a file that trains, and evaluate what it wrote");
  }
  return result;
}

ExperimentResult EvaluateFaceNetwork(const Experiment& experiment, std::span<const LabelledFace> faces,
                                     const ExpressionRecognizer& network, const ExperimentOptions& options) {
  ExperimentResult result{.experiment = experiment};
  result.rows.push_back(RowOf(experiment, experiment.systems.front(), faces, std::span(&network, 1), options));
  return result;
}

}  // namespace sezim
