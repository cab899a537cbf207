// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/trees.h"

#include <fmt/format.h>

#include <cmath>
#include <opencv2/ml.hpp>

#include "sezim/learn/linear_rows.h"

namespace sezim {
namespace {

constexpr int kNumTrees = 300;
constexpr int kForestDepths[] = {8, 25};
constexpr int kTreeDepths[] = {4, 8, 16};

// A node of a tree: a leaf if `feature` is negative.
struct Node {
  int feature = -1;
  float threshold = 0;  // at most: left, above: right
  int left = 0, right = 0;
  int label = 0;  // of a leaf
};

// Trees that vote, one voice each.
class VotingTrees : public Classifier {
 public:
  VotingTrees(std::vector<Node> nodes, std::vector<int> roots, std::vector<bool> present)
      : nodes_(std::move(nodes)), roots_(std::move(roots)), present_(std::move(present)) {}

  // The logarithm of the share of votes, with a hundredth of a vote for each class added.
  FeatureMatrix Logits(const FeatureMatrix& rows) const override {
    FeatureMatrix logits{.num_frames = rows.num_frames, .dim = static_cast<int>(present_.size())};
    logits.values.resize(present_.size() * static_cast<std::size_t>(rows.num_frames));
    for (std::int64_t i = 0; i < rows.num_frames; ++i) {
      const auto row = logits.Frame(i);
      for (const int root : roots_) ++row[static_cast<std::size_t>(LabelOf(rows.Frame(i), root))];
      for (std::size_t k = 0; k < row.size(); ++k) {
        row[k] = present_[k] ? std::log((row[k] + 0.01F) / static_cast<float>(roots_.size())) : kAbsentClassLogit;
      }
    }
    return logits;
  }

  std::string AddTo(OnnxGraph& graph, const std::string& rows) const override {
    std::vector<std::int64_t> tree_of, number, feature, left, right, leaf_tree, leaf, leaf_class;
    std::vector<float> threshold, weight;
    std::vector<std::string> mode;
    for (std::size_t tree = 0; tree < roots_.size(); ++tree) {
      std::vector<int> open = {roots_[tree]};
      while (!open.empty()) {
        const int at = open.back();
        open.pop_back();
        const Node& node = nodes_[static_cast<std::size_t>(at)];
        const bool is_leaf = node.feature < 0;
        tree_of.push_back(static_cast<std::int64_t>(tree));
        number.push_back(at);
        feature.push_back(is_leaf ? 0 : node.feature);
        threshold.push_back(node.threshold);
        mode.emplace_back(is_leaf ? "LEAF" : "BRANCH_LEQ");
        left.push_back(is_leaf ? 0 : node.left);
        right.push_back(is_leaf ? 0 : node.right);
        if (is_leaf) {
          leaf_tree.push_back(static_cast<std::int64_t>(tree));
          leaf.push_back(at);
          leaf_class.push_back(node.label);
          weight.push_back(1);
        } else {
          open.push_back(node.right);
          open.push_back(node.left);
        }
      }
    }
    // Each leaf gives one vote to its class; then as in Logits.
    const std::string votes =
        graph.AddMlNode("TreeEnsembleRegressor", std::vector<std::string>{rows},
                        std::vector<OnnxAttribute>{{"n_targets", static_cast<std::int64_t>(present_.size())},
                                                   {"nodes_treeids", tree_of},
                                                   {"nodes_nodeids", number},
                                                   {"nodes_featureids", feature},
                                                   {"nodes_values", threshold},
                                                   {"nodes_modes", mode},
                                                   {"nodes_truenodeids", left},
                                                   {"nodes_falsenodeids", right},
                                                   {"target_treeids", leaf_tree},
                                                   {"target_nodeids", leaf},
                                                   {"target_ids", leaf_class},
                                                   {"target_weights", weight}});
    const std::string more = graph.AddNode("Add", {votes, graph.AddNumber(0.01F)});
    const std::string share = graph.AddNode("Div", {more, graph.AddNumber(static_cast<float>(roots_.size()))});
    return AddAbsentClasses(graph, graph.AddNode("Log", {share}), present_);
  }

 private:
  int LabelOf(std::span<const float> row, int at) const {
    while (nodes_[static_cast<std::size_t>(at)].feature >= 0) {
      const Node& node = nodes_[static_cast<std::size_t>(at)];
      at = row[static_cast<std::size_t>(node.feature)] <= node.threshold ? node.left : node.right;
    }
    return nodes_[static_cast<std::size_t>(at)].label;
  }

  std::vector<Node> nodes_;
  std::vector<int> roots_;
  std::vector<bool> present_;
};

std::unique_ptr<Classifier> VotingTreesOf(const cv::ml::DTrees& trained, const Dataset& train) {
  std::vector<Node> nodes;
  for (const auto& from : trained.getNodes()) {
    Node node{.left = from.left, .right = from.right, .label = static_cast<int>(std::lround(from.value))};
    if (from.left >= 0 && from.split >= 0) {
      const auto& split = trained.getSplits()[static_cast<std::size_t>(from.split)];
      node.feature = split.varIdx;
      node.threshold = split.c;
      if (split.inversed) std::swap(node.left, node.right);
    }
    nodes.push_back(node);
  }
  return std::make_unique<VotingTrees>(std::move(nodes), trained.getRoots(), PresentClasses(train));
}

void Fit(cv::ml::DTrees& trees, const Dataset& train, const ClassifierOptions& options, int depth) {
  trees.setMaxDepth(depth);
  trees.setMinSampleCount(2);
  trees.setCVFolds(0);
  trees.setUseSurrogates(false);
  const auto n = static_cast<int>(train.size());
  if (options.balanced) {
    // OpenCV wants a prior for each class that occurs, in the order of the labels.
    std::vector<double> priors;
    for (const double weight : BalancedClassWeights(train.labels, train.num_classes)) {
      if (weight > 0) priors.push_back(weight);
    }
    trees.setPriors(cv::Mat(priors, true));
  }
  const cv::Mat rows(n, train.rows.dim, CV_32F, const_cast<float*>(train.rows.values.data()));
  const cv::Mat labels(n, 1, CV_32S, const_cast<int*>(train.labels.data()));
  trees.train(cv::ml::TrainData::create(rows, cv::ml::ROW_SAMPLE, labels));
}

class RandomForestMethod : public ClassifierMethod {
 public:
  explicit RandomForestMethod(const ClassifierOptions& options) : options_(options) {}

  bool MindsWeights() const override { return false; }

  std::vector<std::string> Choices() const override {
    std::vector<std::string> names;
    for (const int depth : kForestDepths) names.push_back(fmt::format("{} trees of depth {}", kNumTrees, depth));
    return names;
  }

  std::unique_ptr<Classifier> Train(const Dataset& train, std::size_t choice) const override {
    CheckTrainable(train);
    const auto forest = cv::ml::RTrees::create();
    forest->setActiveVarCount(0);  // the square root of the dimension
    forest->setTermCriteria({cv::TermCriteria::COUNT, kNumTrees, 0});
    cv::theRNG().state = options_.seed;
    Fit(*forest, train, options_, std::span(kForestDepths)[choice]);
    return VotingTreesOf(*forest, train);
  }

 private:
  ClassifierOptions options_;
};

class DecisionTreeMethod : public ClassifierMethod {
 public:
  explicit DecisionTreeMethod(const ClassifierOptions& options) : options_(options) {}

  bool MindsWeights() const override { return false; }

  std::vector<std::string> Choices() const override {
    std::vector<std::string> names;
    for (const int depth : kTreeDepths) names.push_back(fmt::format("depth {}", depth));
    return names;
  }

  std::unique_ptr<Classifier> Train(const Dataset& train, std::size_t choice) const override {
    CheckTrainable(train);
    const auto tree = cv::ml::DTrees::create();
    Fit(*tree, train, options_, std::span(kTreeDepths)[choice]);
    return VotingTreesOf(*tree, train);
  }

 private:
  ClassifierOptions options_;
};

}  // namespace

std::unique_ptr<ClassifierMethod> MakeRandomForestMethod(const ClassifierOptions& options) {
  return std::make_unique<RandomForestMethod>(options);
}

std::unique_ptr<ClassifierMethod> MakeDecisionTreeMethod(const ClassifierOptions& options) {
  return std::make_unique<DecisionTreeMethod>(options);
}

}  // namespace sezim
