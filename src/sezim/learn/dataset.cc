// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/dataset.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "sezim/base/error.h"

namespace sezim {

FeatureMatrix Subset(const FeatureMatrix& rows, std::span<const std::size_t> indices) {
  FeatureMatrix part{.num_frames = static_cast<std::int64_t>(indices.size()), .dim = rows.dim};
  part.values.reserve(indices.size() * static_cast<std::size_t>(rows.dim));
  for (const std::size_t index : indices) {
    const auto row = rows.Frame(static_cast<std::int64_t>(index));
    part.values.insert(part.values.end(), row.begin(), row.end());
  }
  return part;
}

Dataset Subset(const Dataset& data, std::span<const std::size_t> indices) {
  Dataset part{.rows = Subset(data.rows, indices), .num_classes = data.num_classes, .part_dims = data.part_dims};
  part.labels.reserve(indices.size());
  part.speakers.reserve(indices.size());
  for (const std::size_t index : indices) {
    part.labels.push_back(data.labels.at(index));
    part.speakers.push_back(data.speakers.at(index));
  }
  if (data.copies.num_frames > 0) {
    const std::size_t each = static_cast<std::size_t>(data.copies.num_frames) / data.size();
    std::vector<std::size_t> copies;
    for (const std::size_t index : indices) {
      for (std::size_t k = 0; k < each; ++k) copies.push_back(index * each + k);
    }
    part.copies = Subset(data.copies, copies);
  }
  return part;
}

Dataset WithCopies(Dataset data) {
  const std::size_t size = data.size();
  const auto num_copies = static_cast<std::size_t>(data.copies.num_frames);
  for (std::size_t i = 0; i < num_copies; ++i) {
    const std::size_t utterance = i / (num_copies / size);
    data.labels.push_back(data.labels[utterance]);
    data.speakers.push_back(data.speakers[utterance]);
  }
  data.rows.num_frames += data.copies.num_frames;
  data.rows.values.insert(data.rows.values.end(), data.copies.values.begin(), data.copies.values.end());
  data.copies = {};
  return data;
}

Standardizer::Standardizer(const FeatureMatrix& rows) {
  const auto dim = static_cast<std::size_t>(rows.dim);
  std::vector<double> sum(dim), squares(dim);
  const double n = static_cast<double>(rows.num_frames);
  for (std::int64_t i = 0; i < rows.num_frames; ++i) {
    const auto row = rows.Frame(i);
    for (std::size_t d = 0; d < dim; ++d) sum[d] += static_cast<double>(row[d]);
  }
  mean_.resize(dim);
  scale_.resize(dim);
  for (std::size_t d = 0; d < dim; ++d) mean_[d] = static_cast<float>(rows.num_frames > 0 ? sum[d] / n : 0);
  for (std::int64_t i = 0; i < rows.num_frames; ++i) {
    const auto row = rows.Frame(i);
    for (std::size_t d = 0; d < dim; ++d) {
      const double difference = static_cast<double>(row[d]) - static_cast<double>(mean_[d]);
      squares[d] += difference * difference;
    }
  }
  for (std::size_t d = 0; d < dim; ++d) {
    const double deviation = rows.num_frames > 0 ? std::sqrt(squares[d] / n) : 0;
    // What varies by less than rounding does not vary.
    const bool constant = deviation <= 1e-6 * std::abs(static_cast<double>(mean_[d])) || deviation < 1e-30;
    scale_[d] = constant ? 0.0F : static_cast<float>(1 / deviation);
  }
}

void Standardizer::Weigh(const std::vector<float>& weights) {
  Check(weights.size() == scale_.size(), "a Standardizer needs a weight for each dimension");
  for (std::size_t d = 0; d < weights.size(); ++d) scale_[d] *= weights[d];
}

FeatureMatrix Standardizer::Apply(const FeatureMatrix& rows) const {
  Check(static_cast<std::size_t>(rows.dim) == mean_.size(),
        "a Standardizer needs rows of the dimension it was fitted to");
  FeatureMatrix result = rows;
  for (std::int64_t i = 0; i < result.num_frames; ++i) {
    const auto row = result.Frame(i);
    for (std::size_t d = 0; d < row.size(); ++d) row[d] = (row[d] - mean_[d]) * scale_[d];
  }
  return result;
}

FeatureMatrix NormaliseBySpeaker(const FeatureMatrix& rows, std::span<const std::string> speakers) {
  std::map<std::string, std::vector<std::size_t>> of_speaker;
  for (std::size_t i = 0; i < speakers.size(); ++i) {
    if (speakers[i].empty()) {
      throw Error(ErrorKind::kBadInput, fmt::format("utterance {} has no speaker to normalise by", i),
                  "leave speaker normalisation out, or use a corpus that names its speakers");
    }
    of_speaker[speakers[i]].push_back(i);
  }
  FeatureMatrix result = rows;
  for (const auto& [speaker, indices] : of_speaker) {
    const FeatureMatrix own = Subset(rows, indices);
    const FeatureMatrix normal = Standardizer(own).Apply(own);
    for (std::size_t k = 0; k < indices.size(); ++k) {
      const auto from = normal.Frame(static_cast<std::int64_t>(k));
      std::copy(from.begin(), from.end(), result.Frame(static_cast<std::int64_t>(indices[k])).begin());
    }
  }
  return result;
}

std::vector<double> BalancedClassWeights(std::span<const int> labels, int num_classes) {
  std::vector<double> weights(static_cast<std::size_t>(num_classes));
  for (const int label : labels) ++weights.at(static_cast<std::size_t>(label));
  for (double& weight : weights) {
    if (weight > 0) weight = static_cast<double>(labels.size()) / (num_classes * weight);
  }
  return weights;
}

}  // namespace sezim
