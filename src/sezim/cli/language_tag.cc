// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/language_tag.h"

#include <regex>
#include <string>

namespace sezim::cli {

CLI::Validator LanguageTag() {
  const auto problem_with = [](std::string& tag) {
    return std::regex_match(tag.substr(0, 36), std::regex("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"))
               ? std::string()
               : std::string("expected a tag such as kk, ru or pt-BR");
  };
  return {problem_with, "TAG"};
}

}  // namespace sezim::cli
