// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/matrix_product.h"

#include <opencv2/core.hpp>

#include "sezim/base/error.h"

namespace sezim {
namespace {

// The matrix without a copy; OpenCV does not write to it.
cv::Mat View(const FeatureMatrix& matrix) {
  return {static_cast<int>(matrix.num_frames), matrix.dim, CV_32F, const_cast<float*>(matrix.values.data())};
}

FeatureMatrix Multiply(const FeatureMatrix& a, const FeatureMatrix& b, int flags, std::int64_t height, int width) {
  FeatureMatrix product{.num_frames = height, .dim = width};
  product.values.resize(static_cast<std::size_t>(height * width));
  if (product.values.empty()) return product;
  cv::Mat out = View(product);
  cv::gemm(View(a), View(b), 1, cv::noArray(), 0, out, flags);
  return product;
}

}  // namespace

FeatureMatrix Product(const FeatureMatrix& a, const FeatureMatrix& b) {
  Check(a.dim == b.num_frames, "a product needs as many columns on the left as rows on the right");
  return Multiply(a, b, 0, a.num_frames, b.dim);
}

FeatureMatrix ProductWithTransposed(const FeatureMatrix& a, const FeatureMatrix& b) {
  Check(a.dim == b.dim, "inner products need rows of one dimension");
  return Multiply(a, b, cv::GEMM_2_T, a.num_frames, static_cast<int>(b.num_frames));
}

FeatureMatrix ProductOfTransposed(const FeatureMatrix& a, const FeatureMatrix& b) {
  Check(a.num_frames == b.num_frames, "a product of a transpose needs as many rows on both sides");
  return Multiply(a, b, cv::GEMM_1_T, a.dim, b.dim);
}

}  // namespace sezim
