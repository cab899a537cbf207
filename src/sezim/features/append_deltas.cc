// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/append_deltas.h"

#include <algorithm>

#include "sezim/base/error.h"

namespace sezim {

std::vector<float> SlopeWeights(int reach) {
  Check(reach >= 1, "a slope over several frames");
  double squares = 0;
  for (int i = -reach; i <= reach; ++i) squares += i * i;
  std::vector<float> weights;
  for (int i = -reach; i <= reach; ++i) weights.push_back(static_cast<float>(i / squares));
  return weights;
}

std::vector<float> CurvatureWeights(int reach) {
  Check(reach >= 1, "a curvature over several frames");
  // Of y = a + b t + c t^2: 2 c by least squares; over t = -reach … reach, t^2 less its mean is orthogonal to 1 and t.
  const double count = 2.0 * reach + 1;
  double mean = 0;
  for (int i = -reach; i <= reach; ++i) mean += i * i / count;
  double squares = 0;
  for (int i = -reach; i <= reach; ++i) squares += (i * i - mean) * (i * i - mean);
  std::vector<float> weights;
  for (int i = -reach; i <= reach; ++i) weights.push_back(static_cast<float>(2 * (i * i - mean) / squares));
  return weights;
}

std::vector<float> Convolved(std::span<const float> a, std::span<const float> b) {
  std::vector<float> both(a.size() + b.size() - 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) both[i + j] += a[i] * b[j];
  }
  return both;
}

AppendDeltas::AppendDeltas(std::size_t dim, std::size_t first, std::size_t count, std::vector<float> weights,
                           DeltaEdges edges)
    : dim_(dim),
      first_(first),
      count_(count),
      weights_(std::move(weights)),
      edges_(edges),
      reach_(weights_.size() / 2),
      ring_(weights_.size() * dim),
      out_(dim + count) {
  Check(weights_.size() % 2 == 1 && first + count <= dim, "weights with a middle, for some of the frame's numbers");
}

void AppendDeltas::Accept(std::span<const float> frame, const TakeFrame& take) {
  Check(frame.size() == dim_, "a frame of the promised size");
  std::copy(frame.begin(), frame.end(), ring_.begin() + static_cast<std::ptrdiff_t>(num_in_ % weights_.size() * dim_));
  ++num_in_;
  if (edges_ == DeltaEdges::kRepeatFrames) {
    if (num_in_ > reach_) Make(num_out_, take);
  } else if (num_in_ == weights_.size()) {
    while (num_out_ <= reach_) Make(reach_, take);
  } else if (num_in_ > weights_.size()) {
    Make(num_out_, take);
  }
}

void AppendDeltas::Finish(const TakeFrame& take) {
  const bool holds = edges_ == DeltaEdges::kHoldDeltas && num_in_ >= weights_.size();
  while (num_out_ < num_in_) Make(holds ? num_in_ - 1 - reach_ : num_out_, take);
}

// The next frame goes out, with the sums around the frame `middle`.
void AppendDeltas::Make(std::size_t middle, const TakeFrame& take) {
  const auto at = [&](std::size_t index) { return ring_.data() + index % weights_.size() * dim_; };
  const float* frame = at(num_out_);
  std::copy(frame, frame + dim_, out_.begin());
  float* sums = out_.data() + dim_;
  std::fill(sums, sums + count_, 0.0F);
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const float weight = weights_[i];
    if (weight == 0) continue;
    const std::size_t wanted = middle + i;  // and reach_ back
    const float* other = at(std::clamp<std::size_t>(wanted, reach_, reach_ + num_in_ - 1) - reach_) + first_;
    for (std::size_t k = 0; k < count_; ++k) sums[k] += weight * other[k];
  }
  ++num_out_;
  take(out_);
}

}  // namespace sezim
