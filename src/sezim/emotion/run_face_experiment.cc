// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/run_face_experiment.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/unpack_archive.h"
#include "sezim/learn/evaluate_expression.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

// A folder that goes with the object.
class ScratchFolder {
 public:
  ScratchFolder() : path_((fs::temp_directory_path() / "sezim-faces-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw SystemError(errno, "cannot make the folder", path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  fs::path path() const { return path_; }

 private:
  std::string path_;
};

// The folder named `part` in or below `folder`, at most three levels down.
fs::path PartIn(const fs::path& folder, const std::string& part) {
  for (fs::recursive_directory_iterator at(folder), end; at != end; ++at) {
    if (at.depth() > 2) at.disable_recursion_pending();
    if (at->is_directory() && at->path().filename() == part) return at->path();
  }
  throw Error(ErrorKind::kBadInput, fmt::format("'{}' has no part '{}'", DisplayName(folder), part),
              "expected is FER2013's form: test/angry/*.jpg and so on");
}

std::vector<LabelledFace> FacesOf(const Experiment& experiment, const ExperimentOptions& options) {
  const auto progress = [&](double share) { options.progress("reading faces", share); };
  const fs::path folder = options.data_root / experiment.corpora.front().folder;
  if (fs::is_directory(folder)) return ReadLabelledFaces(PartIn(folder, "test"), progress);
  fs::path archive = folder;
  archive += ".tar.xz";
  if (!fs::exists(archive)) {
    throw Error(ErrorKind::kNotFound,
                fmt::format("there is neither a folder '{}' nor '{}'", DisplayName(folder), DisplayName(archive)),
                "give the folder above it with --data-root");
  }
  const ScratchFolder scratch;
  options.progress("unpacking", 0);
  UnpackArchive(archive, "test", scratch.path());
  return ReadLabelledFaces(PartIn(scratch.path(), "test"), progress);
}

}  // namespace

ExperimentResult RunFaceExperiment(const Experiment& experiment, const ModelStore& store,
                                   const ExperimentOptions& options) {
  const std::vector<LabelledFace> faces = FacesOf(experiment, options);
  std::vector<FaceCrop> crops;
  ExperimentRow row{.dataset = experiment.datasets.front().name};
  for (const Emotion emotion : kEmotions) row.classes.emplace_back(NameOf(emotion));
  for (const LabelledFace& face : faces) {
    crops.push_back(face.face);
    row.labels.push_back(static_cast<int>(face.emotion));
    row.speakers.emplace_back();
  }
  ExperimentResult result{.experiment = experiment};
  for (const ExperimentSystem& system : experiment.systems) {
    options.progress("looking with " + system.name,
                     static_cast<double>(result.rows.size()) / static_cast<double>(experiment.systems.size()));
    std::vector<ExpressionRecognizer> networks;
    for (const std::string& name : system.models) {
      networks.emplace_back(std::make_shared<OnnxSession>(store.Load(name)));
    }
    FoldScores all;
    all.name = "test";
    all.choice = "none";
    all.scores.num_frames = std::ssize(faces);
    all.scores.dim = kNumEmotions;
    for (const EmotionScores& scores : RecognizeTogether(networks, crops)) {
      all.test.push_back(all.test.size());
      all.scores.values.insert(all.scores.values.end(), scores.begin(), scores.end());
    }
    row.system = system;
    row.folds.clear();
    row.folds.push_back(std::move(all));
    row.figures = FiguresOf(row.folds, row.labels, kNumEmotions, row.speakers);
    result.rows.push_back(row);
  }
  return result;
}

}  // namespace sezim
