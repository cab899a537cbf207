// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/representation_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/features/side_by_side.h"

namespace sezim {
namespace {

// "2-5", or "3" for "3-3".
std::pair<int, int> ReadLayers(const std::string& text, int num_layers) {
  int first = -1, last = -1;
  const char* const end = text.data() + text.size();
  auto at = std::from_chars(text.data(), end, first);
  last = first;
  if (at.ec == std::errc() && at.ptr != end && *at.ptr == '-') at = std::from_chars(at.ptr + 1, end, last);
  if (at.ec != std::errc() || at.ptr != end || first < 0 || first > last || last >= num_layers) {
    throw Error(ErrorKind::kUsage,
                fmt::format("'layers' must be a number from 0 to {} or two of them such as \"0-{}\", not \"{}\"",
                            num_layers - 1, num_layers - 1, ValidUtf8(text)));
  }
  return {first, last};
}

FeatureMatrix MeanOf(std::vector<FeatureMatrix> layers) {
  FeatureMatrix mean = std::move(layers.front());
  const float share = 1 / static_cast<float>(layers.size());
  for (std::size_t i = 0; i < mean.values.size(); ++i) {
    for (std::size_t k = 1; k < layers.size(); ++k) mean.values[i] += layers[k].values[i];
    mean.values[i] *= share;
  }
  return mean;
}

}  // namespace

RepresentationFrames::RepresentationFrames(std::unique_ptr<const Representation> representation,
                                           const FeatureOptions& options, double sample_rate_hz)
    : representation_(std::move(representation)) {
  FeatureOptionReader reader(representation_->name(), options);
  std::string layers = fmt::format("0-{}", representation_->num_layers() - 1);
  reader.Read("layers", layers);
  std::tie(first_, last_) = ReadLayers(layers, representation_->num_layers());
  reader.Read("combine", joins_, {{"mean", false}, {"join", true}});
  reader.RequireNoOthers();
  if (sample_rate_hz != 16'000) {
    throw Error(ErrorKind::kUsage, fmt::format("the network {} listens at 16000 Hz, not at {} Hz",
                                               representation_->name(), sample_rate_hz));
  }
}

int RepresentationFrames::dim() const {
  return representation_->dim() * (joins_ ? last_ - first_ + 1 : 1);
}

std::vector<std::string> RepresentationFrames::names() const {
  std::vector<std::string> names;
  for (int layer = first_; layer <= (joins_ ? last_ : first_); ++layer) {
    for (int i = 0; i < representation_->dim(); ++i) {
      names.push_back(joins_ ? fmt::format("layer{}.{}", layer, i) : fmt::format("{}", i));
    }
  }
  return names;
}

FeatureMatrix RepresentationFrames::Frames(std::span<const float> samples) const {
  std::vector<FeatureMatrix> layers = representation_->Layers(samples, first_, last_);
  return joins_ ? SideBySide(std::move(layers)) : MeanOf(std::move(layers));
}

}  // namespace sezim
