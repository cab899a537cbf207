// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

namespace sezim::cli {

// Lets only what looks like a BCP 47 tag pass, such as kk, ru or pt-BR: 'kazakh' would match no video.
CLI::Validator LanguageTag();

}  // namespace sezim::cli
