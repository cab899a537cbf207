// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "sezim/base/error.h"

namespace sezim {

// The Error that `action` throws; a failed test if it throws none.
template <typename Action>
Error ThrownBy(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {ErrorKind::kIo, "nothing was thrown"};
}

}  // namespace sezim
