// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/classifier.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sezim/base/error.h"
#include "sezim/learn/k_means.h"
#include "sezim/learn/logistic_regression.h"
#include "sezim/learn/softmax_regression.h"
#include "sezim/learn/svm.h"
#include "sezim/learn/trees.h"

namespace sezim {
namespace {

struct Entry {
  std::string_view name;
  std::unique_ptr<ClassifierMethod> (*make)(const ClassifierOptions&);
};

constexpr std::array kMethods = {
    Entry{"svm", MakeSvmMethod},
    Entry{"logistic-regression", MakeLogisticRegressionMethod},
    Entry{"softmax-regression", MakeSoftmaxRegressionMethod},
    Entry{"random-forest", MakeRandomForestMethod},
    Entry{"decision-tree", MakeDecisionTreeMethod},
    Entry{"k-means", MakeKMeansMethod},
};

}  // namespace

std::vector<FeatureMatrix> ClassifierMethod::TryAll(const Dataset& train, const FeatureMatrix& rows) const {
  std::vector<FeatureMatrix> logits;
  for (std::size_t choice = 0; choice < Choices().size(); ++choice) {
    logits.push_back(Train(train, choice)->Logits(rows));
  }
  return logits;
}

std::vector<std::string> ClassifierMethodNames() {
  std::vector<std::string> names;
  for (const Entry& method : kMethods) names.emplace_back(method.name);
  return names;
}

bool IsClassifierMethod(std::string_view name) {
  return std::any_of(kMethods.begin(), kMethods.end(), [&](const Entry& method) { return method.name == name; });
}

std::unique_ptr<ClassifierMethod> MakeClassifierMethod(std::string_view name, const ClassifierOptions& options) {
  for (const Entry& method : kMethods) {
    if (method.name == name) return method.make(options);
  }
  throw Error(ErrorKind::kUsage, fmt::format("there is no classifier '{}'", name),
              fmt::format("use one of {}", fmt::join(ClassifierMethodNames(), ", ")));
}

void CheckTrainable(const Dataset& data) {
  for (std::int64_t i = 0; i < data.rows.num_frames; ++i) {
    const auto row = data.rows.Frame(i);
    const auto bad = std::find_if(row.begin(), row.end(), [](float value) { return !std::isfinite(value); });
    if (bad != row.end()) {
      throw Error(ErrorKind::kBadInput,
                  fmt::format("feature {} of utterance {} is {}", bad - row.begin() + 1, i + 1, *bad),
                  "find what is wrong with the utterance, or leave it out");
    }
  }
  const bool several =
      std::any_of(data.labels.begin(), data.labels.end(), [&](int label) { return label != data.labels.front(); });
  if (!several) {
    throw Error(ErrorKind::kBadInput,
                data.labels.empty() ? "there is nothing to train on" : "all utterances to train on have the same label",
                "training needs utterances of at least two classes");
  }
}

}  // namespace sezim
