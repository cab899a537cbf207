// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/experiment_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/corpus/label_map.h"
#include "sezim/corpus/read_corpus.h"

namespace sezim {

namespace {

// What is computed for a system: the utterances themselves (copy 0), or a changed copy of each.
std::string KeyOf(const ExperimentSystem& system, int copy) {
  if (copy == 0) return system.features;
  std::string key = fmt::format("{}\n{}", system.features, copy);
  for (const SoundChange change : system.augment) key += fmt::format(" {}", static_cast<int>(change));
  return key;
}

// Of a clip by its name, so that it does not depend on what other clips there are.
std::uint64_t SeedOf(const Experiment& experiment, const Clip& clip, int copy) {
  const std::string digest = Sha256OfText(fmt::format("{} {} {}", experiment.seed, copy, clip.id));
  return std::stoull(digest.substr(0, 16), nullptr, 16);
}

// Each dimension over all frames of a speaker, as for vectors.
void NormaliseFramesBySpeaker(std::vector<FeatureMatrix>& clips, const std::vector<std::string>& speaker_of_clip) {
  if (clips.empty()) return;
  FeatureMatrix all{.dim = clips.front().dim};
  std::vector<std::string> speakers;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    all.num_frames += clips[i].num_frames;
    all.values.insert(all.values.end(), clips[i].values.begin(), clips[i].values.end());
    speakers.insert(speakers.end(), static_cast<std::size_t>(clips[i].num_frames), speaker_of_clip[i]);
  }
  const FeatureMatrix normal = NormaliseBySpeaker(all, speakers);
  auto from = normal.values.begin();
  for (FeatureMatrix& clip : clips) {
    std::copy_n(from, clip.values.size(), clip.values.begin());
    from += static_cast<std::ptrdiff_t>(clip.values.size());
  }
}

// The speaker of each copy.
std::vector<std::string> SpeakersOfCopies(const LabelledPart& part, int num_copies) {
  std::vector<std::string> speakers;
  for (const std::string& speaker : part.speakers) {
    speakers.insert(speakers.end(), static_cast<std::size_t>(num_copies), speaker);
  }
  return speakers;
}

}  // namespace

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
  if (corpus.split_at_random) split_at_random_ = corpus.name;
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

void ExperimentData::Extract(const ExperimentSystem& system) {
  for (int copy = 0; copy <= system.copies; ++copy) ExtractCopy(system, copy);
  for (std::size_t i = 0; i < clips_.size(); ++i) {
    for (const auto& [name, features] : features_) {
      if (features.problems[i].empty() || failed_[i]) continue;
      failed_[i] = true;
      problems_.push_back(features.problems[i]);
    }
  }
}

void ExperimentData::ExtractCopy(const ExperimentSystem& system, int copy) {
  const std::string key = KeyOf(system, copy);
  if (features_.contains(key)) return;
  const FeatureSet set = FeatureSet::Open(system.features, store_);
  std::string doing = "computing " + system.features;
  if (copy > 0) doing += fmt::format(" of changed copy {} of {}", copy, system.copies);
  ExtractOptions extract{
      .num_jobs = options_.num_jobs, .cache = options_.cache, .stop = options_.stop, .progress = [&](double share) {
        options_.progress(doing, share);
      }};
  if (copy > 0) {
    extract.change = [&](std::size_t clip, std::span<const float> samples,
                         int sample_rate_hz) -> std::optional<std::vector<float>> {
      if (experiment_.protocol == Protocol::kCrossCorpus && tests_[clip]) return std::nullopt;
      return VarySound(samples, system.augment, sample_rate_hz, SeedOf(experiment_, clips_[clip], copy));
    };
  }
  features_[key] = ExtractClips(set, clips_, extract);
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
  if (system.copies == 0) return data;
  data.copies.dim = data.rows.dim;
  for (const std::size_t utterance : part.utterances) {
    for (int copy = 1; copy <= system.copies; ++copy) {
      std::vector<float> own = features_.at(KeyOf(system, copy)).of_clip[utterance].values;
      own.resize(static_cast<std::size_t>(data.rows.dim));  // of what only tests there is none
      data.copies.values.insert(data.copies.values.end(), own.begin(), own.end());
      ++data.copies.num_frames;
    }
  }
  if (system.speaker_normalisation) {
    data.copies = NormaliseBySpeaker(data.copies, SpeakersOfCopies(part, system.copies));
  }
  return data;
}

std::vector<FeatureMatrix> ExperimentData::FramesOf(const ExperimentSystem& system, const LabelledPart& part) const {
  const ClipFeatures& features = features_.at(system.features);
  std::vector<FeatureMatrix> clips;
  clips.reserve(part.utterances.size());
  for (const std::size_t utterance : part.utterances) clips.push_back(features.of_clip[utterance]);
  if (system.speaker_normalisation) NormaliseFramesBySpeaker(clips, part.speakers);
  return clips;
}

std::vector<FeatureMatrix> ExperimentData::CopiesOf(const ExperimentSystem& system, const LabelledPart& part) const {
  std::vector<FeatureMatrix> copies;
  for (const std::size_t utterance : part.utterances) {
    for (int copy = 1; copy <= system.copies; ++copy) {
      copies.push_back(features_.at(KeyOf(system, copy)).of_clip[utterance]);
    }
  }
  if (system.speaker_normalisation) NormaliseFramesBySpeaker(copies, SpeakersOfCopies(part, system.copies));
  return copies;
}

}  // namespace sezim
