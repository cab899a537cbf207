// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace sezim {

// Calls work(0), …, work(count - 1), each once, on up to `num_threads` threads, the caller's among them. Returns when
// all are done. The first exception ends the rest early and is thrown.
void ParallelFor(std::size_t count, int num_threads, const std::function<void(std::size_t)>& work);

}  // namespace sezim
