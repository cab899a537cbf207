// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace sezim {
namespace {

TEST(ParallelFor, DoesEachOnce) {
  for (const int num_threads : {-1, 1, 2, 7}) {
    for (const std::size_t count : {0U, 1U, 5U, 1000U}) {
      std::vector<std::atomic<int>> done(count);
      ParallelFor(count, num_threads, [&](std::size_t index) { ++done[index]; });
      for (const std::atomic<int>& one : done) EXPECT_EQ(one, 1);
    }
  }
}

TEST(ParallelFor, ThrowsTheFirstFailureAndStopsEarly) {
  for (const int num_threads : {1, 3}) {
    std::atomic<int> num_done = 0;
    const auto work = [&](std::size_t index) {
      if (index == 10) throw std::runtime_error("ten");
      ++num_done;
    };
    EXPECT_THROW(ParallelFor(1'000'000, num_threads, work), std::runtime_error);
    EXPECT_LT(num_done, 1'000'000);
  }
}

}  // namespace
}  // namespace sezim
