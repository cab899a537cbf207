// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/k_means.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <opencv2/core.hpp>

namespace sezim {
namespace {

constexpr int kClustersPerClass[] = {1, 4, 16};

class KMeans : public Classifier {
 public:
  // `centres`: clusters x dimension; `logits`: clusters x classes.
  KMeans(FeatureMatrix centres, FeatureMatrix logits) : centres_(std::move(centres)), logits_(std::move(logits)) {}

  FeatureMatrix Logits(const FeatureMatrix& rows) const override {
    FeatureMatrix result{.num_frames = rows.num_frames, .dim = logits_.dim};
    for (std::int64_t i = 0; i < rows.num_frames; ++i) {
      const auto logits = logits_.Frame(Nearest(rows.Frame(i)));
      result.values.insert(result.values.end(), logits.begin(), logits.end());
    }
    return result;
  }

  // The nearest centre has the largest product less half its squared length.
  std::string AddTo(OnnxGraph& graph, const std::string& rows) const override {
    const std::int64_t num_clusters = centres_.num_frames;
    Tensor across{.shape = {centres_.dim, num_clusters}, .values = {}};
    for (int d = 0; d < centres_.dim; ++d) {
      for (std::int64_t c = 0; c < num_clusters; ++c)
        across.values.push_back(centres_.Frame(c)[static_cast<std::size_t>(d)]);
    }
    Tensor halves{.shape = {num_clusters}, .values = {}};
    for (std::int64_t c = 0; c < num_clusters; ++c) {
      const auto centre = centres_.Frame(c);
      halves.values.push_back(std::inner_product(centre.begin(), centre.end(), centre.begin(), 0.0F) / 2);
    }
    const std::string products = graph.AddNode("MatMul", {rows, graph.AddWeight("centres", across)});
    const std::string nearness = graph.AddNode("Sub", {products, graph.AddWeight("halves", halves)});
    const std::string nearest =
        graph.AddNode("ArgMax", {nearness}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}});
    const std::string logits =
        graph.AddWeight("cluster_logits", {.shape = {num_clusters, logits_.dim}, .values = logits_.values});
    return graph.AddNode("Gather", {logits, nearest});
  }

 private:
  std::int64_t Nearest(std::span<const float> row) const {
    std::int64_t nearest = 0;
    float least = std::numeric_limits<float>::max();
    for (std::int64_t c = 0; c < centres_.num_frames; ++c) {
      const auto centre = centres_.Frame(c);
      float distance = 0;
      for (std::size_t d = 0; d < row.size(); ++d) distance += (row[d] - centre[d]) * (row[d] - centre[d]);
      if (distance < least) {
        least = distance;
        nearest = c;
      }
    }
    return nearest;
  }

  FeatureMatrix centres_;
  FeatureMatrix logits_;
};

class KMeansMethod : public ClassifierMethod {
 public:
  explicit KMeansMethod(const ClassifierOptions& options) : options_(options) {}

  std::vector<std::string> Choices() const override {
    std::vector<std::string> names;
    for (const int clusters : kClustersPerClass) {
      names.push_back(clusters == 1 ? "as many clusters as classes" : fmt::format("{} clusters a class", clusters));
    }
    return names;
  }

  std::unique_ptr<Classifier> Train(const Dataset& train, std::size_t choice) const override {
    CheckTrainable(train);
    const auto n = static_cast<int>(train.size());
    const int wanted = train.num_classes * std::span(kClustersPerClass)[choice];
    const cv::Mat rows(n, train.rows.dim, CV_32F, const_cast<float*>(train.rows.values.data()));
    cv::Mat assigned, centres;
    cv::theRNG().state = options_.seed;
    cv::kmeans(rows, std::min(wanted, n), assigned, {cv::TermCriteria::COUNT + cv::TermCriteria::EPS, 100, 1e-4}, 3,
               cv::KMEANS_PP_CENTERS, centres);

    const std::vector<double> weights = options_.balanced
                                            ? BalancedClassWeights(train.labels, train.num_classes)
                                            : std::vector<double>(static_cast<std::size_t>(train.num_classes), 1.0);
    FeatureMatrix found{.num_frames = centres.rows, .dim = train.rows.dim};
    found.values.assign(centres.ptr<float>(), centres.ptr<float>() + centres.total());
    // The logarithm of each class's share of the cluster, with a small part of an utterance of each class added.
    FeatureMatrix logits{.num_frames = centres.rows, .dim = train.num_classes};
    logits.values.assign(static_cast<std::size_t>(logits.num_frames * logits.dim), 0.01F);
    for (int i = 0; i < n; ++i) {
      const auto label = static_cast<std::size_t>(train.labels[static_cast<std::size_t>(i)]);
      logits.Frame(assigned.at<int>(i))[label] += static_cast<float>(weights[label]);
    }
    for (std::int64_t c = 0; c < logits.num_frames; ++c) {
      for (std::size_t k = 0; k < weights.size(); ++k) {
        float& value = logits.Frame(c)[k];
        value = std::find(train.labels.begin(), train.labels.end(), static_cast<int>(k)) != train.labels.end()
                    ? std::log(value)
                    : kAbsentClassLogit;
      }
    }
    return std::make_unique<KMeans>(std::move(found), std::move(logits));
  }

 private:
  ClassifierOptions options_;
};

}  // namespace

std::unique_ptr<ClassifierMethod> MakeKMeansMethod(const ClassifierOptions& options) {
  return std::make_unique<KMeansMethod>(options);
}

}  // namespace sezim
