// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <vector>

#include "sezim/corpus/label_map.h"
#include "sezim/corpus/read_corpus.h"
#include "sezim/emotion/experiment.h"
#include "sezim/emotion/feature_set.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> ShippedFiles(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(SEZIM_SOURCE_FOLDER) / folder)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Whether all that the experiment names is there.
void ExpectComplete(const Experiment& experiment) {
  std::set<std::string> sets, readers = {"fer2013"};  // of faces
  for (const FeatureSet::Known& set : FeatureSet::KnownSets()) sets.insert(set.name);
  for (const ReaderInfo& reader : KnownReaders()) readers.emplace(reader.name);
  for (const ExperimentCorpus& corpus : experiment.corpora) EXPECT_THAT(readers, testing::Contains(corpus.reader));
  if (experiment.protocol == Protocol::kFaceFolder) return;
  for (const ExperimentDataset& dataset : experiment.datasets) EXPECT_NO_THROW(LabelMap::Open(dataset.label_map));
  for (const ExperimentSystem& system : experiment.systems) {
    if (!system.mean_of.empty()) continue;
    EXPECT_THAT(sets, testing::Contains(system.features)) << system.name;
  }
}

TEST(ShippedExperiments, AreReadAndNameWhatThereIs) {
  std::set<std::string> names;
  for (const fs::path& file : ShippedFiles("experiments")) {
    SCOPED_TRACE(file);
    const Experiment experiment = ReadExperiment(file);
    names.insert(experiment.name);
    ExpectComplete(experiment);
  }
  for (const char* name :
       {"ravdess-si", "ravdess-si-speaker-norm", "ravdess-shared", "emodb-loso", "emodb-loso-speaker-norm",
        "cross-ravdess-emodb", "cross-emodb-ravdess", "ravdess-bilstm", "alignment", "table5", "fer2013"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(ShippedExperiments, RecipesOfModelsSayWhatModelTheyMake) {
  const std::vector<fs::path> files = ShippedFiles("models/recipes");
  EXPECT_GE(files.size(), 3U);
  for (const fs::path& file : files) {
    SCOPED_TRACE(file);
    const Experiment experiment = ReadExperiment(file);
    EXPECT_EQ(experiment.systems.size(), 1U);
    ASSERT_TRUE(experiment.model);
    EXPECT_EQ(experiment.model->name, experiment.name);
    ExpectComplete(experiment);
  }
}

// Of the systems of an experiment, the published figures on a dataset by system.
std::vector<double> PublishedOn(const Experiment& experiment, const std::string& dataset) {
  std::vector<double> values;
  for (const ExperimentSystem& system : experiment.systems) {
    for (const PublishedFigure& figure : system.published) {
      EXPECT_EQ(figure.measure, "accuracy");
      if (figure.dataset == dataset) values.push_back(figure.value);
    }
  }
  return values;
}

TEST(ShippedExperiments, HaveThePublicationsTablesBesideThem) {
  const fs::path folder = fs::path(SEZIM_SOURCE_FOLDER) / "experiments";
  const Experiment table5 = ReadExperiment(folder / "table5.toml");
  ASSERT_EQ(table5.datasets.size(), 4U);
  // Table 5, by column: SVM, logistic regression, random forest, k-means, decision tree, DNN.
  const std::vector<std::vector<double>> columns = {{86.95, 59.88, 65.36, 58.35, 62.93, 89.00},
                                                    {80.00, 61.28, 67.58, 55.43, 61.23, 85.20},
                                                    {82.47, 60.37, 64.23, 56.27, 59.88, 86.84},
                                                    {84.38, 61.09, 67.96, 56.98, 61.97, 88.56}};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::vector<double> values = PublishedOn(table5, table5.datasets[i].name);
    ASSERT_EQ(values.size(), 6U);
    for (std::size_t k = 0; k < 6; ++k) EXPECT_NEAR(100 * values[k], columns[i][k], 1e-9);
  }
  const Experiment alignment = ReadExperiment(folder / "alignment.toml");
  const std::vector<std::pair<std::string, double>> table2 = {
      {"kemo", 0.825}, {"kemo-disgust-apart", 0.787}, {"kemo-calm-happy", 0.800}};
  ASSERT_EQ(alignment.datasets.size(), 3U);
  for (std::size_t i = 0; i < table2.size(); ++i) {
    EXPECT_EQ(alignment.datasets[i].label_map, table2[i].first);
    EXPECT_EQ(PublishedOn(alignment, alignment.datasets[i].name), std::vector<double>{table2[i].second});
  }
}

}  // namespace
}  // namespace sezim
