// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/features/feature_matrix.h"

namespace sezim {

// a (n x k) times b (k x m): n x m.
FeatureMatrix Product(const FeatureMatrix& a, const FeatureMatrix& b);

// a (n x d) times the transpose of b (m x d): n x m, the inner products of all pairs of rows.
FeatureMatrix ProductWithTransposed(const FeatureMatrix& a, const FeatureMatrix& b);

// The transpose of a (n x d) times b (n x m): d x m.
FeatureMatrix ProductOfTransposed(const FeatureMatrix& a, const FeatureMatrix& b);

}  // namespace sezim
