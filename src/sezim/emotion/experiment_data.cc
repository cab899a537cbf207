// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/experiment_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "sezim/base/error.h"
#include "sezim/corpus/label_map.h"
#include "sezim/corpus/read_corpus.h"

namespace sezim {

ExperimentData::ExperimentData(const Experiment& experiment, const ModelStore& store, const ExperimentOptions& options)
    : experiment_(experiment), store_(store), options_(options) {
  for (const ExperimentCorpus& corpus : experiment.corpora) Read(corpus);
  failed_.assign(clips_.size(), false);
}

void ExperimentData::Read(const ExperimentCorpus& wanted) {
  std::filesystem::path folder = options_.data_root / wanted.folder;
  if (wanted.folder.empty()) {
    folder = options_.corpus;
    if (folder.empty()) {
      throw Error(ErrorKind::kUsage, fmt::format("'{}' needs a corpus", experiment_.name),
                  "give its folder with --corpus");
    }
  }
  ClipCorpus corpus = ReadCorpus(wanted.reader, folder);
  // Two corpora of one reader are two sets of people.
  const std::size_t number = ++num_of_reader_[corpus.name];
  if (number > 1) corpus.name += fmt::format("-{}", number);
  for (const std::string& problem : corpus.problems) problems_.push_back(corpus.name + ": " + problem);
  if (std::find(licences_.begin(), licences_.end(), corpus.licence) == licences_.end()) {
    licences_.push_back(corpus.licence);
  }
  for (Clip& clip : corpus.clips) {
    if (experiment_.corpora.size() > 1) {
      clip.id = corpus.name + "/" + clip.id;
      if (!clip.speaker.empty()) clip.speaker = corpus.name + "/" + clip.speaker;
    }
    clips_.push_back(std::move(clip));
    tests_.push_back(wanted.tests);
  }
}

std::vector<std::string> ExperimentData::licences() const {
  return licences_;
}

void ExperimentData::Extract(const std::vector<ExperimentSystem>& systems) {
  for (const ExperimentSystem& system : systems) {
    if (system.mean_of.empty()) Extract(system.features);
  }
  for (std::size_t i = 0; i < clips_.size(); ++i) {
    for (const auto& [name, features] : features_) {
      if (features.problems[i].empty() || failed_[i]) continue;
      failed_[i] = true;
      problems_.push_back(features.problems[i]);
    }
  }
}

void ExperimentData::Extract(const std::string& set_name) {
  if (features_.contains(set_name)) return;
  const FeatureSet set = FeatureSet::Open(set_name, store_);
  features_[set_name] = ExtractClips(
      set, clips_,
      {.num_jobs = options_.num_jobs, .cache = options_.cache, .stop = options_.stop, .progress = [&](double share) {
         options_.progress("computing " + set_name, share);
       }});
}

LabelledPart ExperimentData::PartOf(const ExperimentDataset& dataset) const {
  const LabelMap map = LabelMap::Open(dataset.label_map);
  LabelledPart part{.classes = map.classes()};
  for (std::size_t i = 0; i < clips_.size(); ++i) {
    const Clip& clip = clips_[i];
    if (failed_[i] || (dataset.language && clip.language != dataset.language)) continue;
    const std::optional<std::string> emotion = map.Map(clip.emotion);
    if (!emotion) continue;
    part.utterances.push_back(i);
    part.labels.push_back(static_cast<int>(map.IndexOf(*emotion)));
    part.speakers.push_back(clip.speaker);
  }
  return part;
}

Dataset ExperimentData::VectorsOf(const ExperimentSystem& system, const LabelledPart& part) const {
  const ClipFeatures& features = features_.at(system.features);
  Dataset data{.labels = part.labels,
               .speakers = part.speakers,
               .num_classes = static_cast<int>(part.classes.size()),
               .part_dims = features.part_dims};
  for (const std::size_t utterance : part.utterances) {
    const FeatureMatrix& own = features.of_clip[utterance];
    if (own.num_frames != 1) {
      throw Error(
          ErrorKind::kUsage,
          fmt::format("system '{}': '{}' needs one row of features for an utterance, and the set '{}' gives one "
                      "for each frame",
                      system.name, system.classifier, system.features),
          "use a feature set with functionals, or a network");
    }
    data.rows.dim = own.dim;
    ++data.rows.num_frames;
    data.rows.values.insert(data.rows.values.end(), own.values.begin(), own.values.end());
  }
  if (system.speaker_normalisation) data.rows = NormaliseBySpeaker(data.rows, data.speakers);
  return data;
}

std::vector<FeatureMatrix> ExperimentData::FramesOf(const ExperimentSystem& system, const LabelledPart& part) const {
  const ClipFeatures& features = features_.at(system.features);
  std::vector<FeatureMatrix> clips;
  clips.reserve(part.utterances.size());
  for (const std::size_t utterance : part.utterances) clips.push_back(features.of_clip[utterance]);
  if (!system.speaker_normalisation) return clips;
  // As for vectors: each dimension over all frames of a speaker.
  FeatureMatrix all{.dim = clips.front().dim};
  std::vector<std::string> speakers;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    all.num_frames += clips[i].num_frames;
    all.values.insert(all.values.end(), clips[i].values.begin(), clips[i].values.end());
    speakers.insert(speakers.end(), static_cast<std::size_t>(clips[i].num_frames), part.speakers[i]);
  }
  const FeatureMatrix normal = NormaliseBySpeaker(all, speakers);
  auto from = normal.values.begin();
  for (FeatureMatrix& clip : clips) {
    std::copy_n(from, clip.values.size(), clip.values.begin());
    from += static_cast<std::ptrdiff_t>(clip.values.size());
  }
  return clips;
}

}  // namespace sezim
