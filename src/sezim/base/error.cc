// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstring>

namespace sezim {

std::string_view NameOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage: return "usage";
    case ErrorKind::kBadInput: return "bad-input";
    case ErrorKind::kNotFound: return "not-found";
    case ErrorKind::kIo: return "io";
    case ErrorKind::kNoSpace: return "no-space";
    case ErrorKind::kBusy: return "busy";
    case ErrorKind::kNetwork: return "network";
    case ErrorKind::kModel: return "model";
    case ErrorKind::kInterrupted: return "interrupted";
  }
  return "unknown";
}

Error::Error(ErrorKind kind, const std::string& what, std::string remedy)
    : std::runtime_error(what), kind_(kind), remedy_(std::move(remedy)) {}

Error SystemError(int error_number, std::string_view doing, std::string_view path) {
  const std::string what = fmt::format("{} '{}': {}", doing, path, std::strerror(error_number));
  switch (error_number) {
    case ENOSPC:
    case EDQUOT: return {ErrorKind::kNoSpace, what, "free some space there and run the same command again"};
    case ENOENT:
    case ENOTDIR: return {ErrorKind::kNotFound, what, "check the path"};
    case EACCES:
    case EPERM: return {ErrorKind::kIo, what, "check who may read or write there"};
    case EMFILE:
    case ENFILE: return {ErrorKind::kIo, what, "allow more open files (ulimit -n), then run the same command again"};
    default: return {ErrorKind::kIo, what, "check the path and the disk, then run the same command again"};
  }
}

void Check(bool condition, std::string_view expectation, std::source_location where) {
  if (condition) return;
  throw ContractViolation(fmt::format("{}:{}: broken contract: {}", where.file_name(), where.line(), expectation));
}

void OptionChecks::Require(bool condition, std::string expectation) {
  if (!condition) unmet_.push_back(std::move(expectation));
}

void OptionChecks::ThrowIfAny() const {
  if (unmet_.empty()) return;
  throw Error(ErrorKind::kUsage, fmt::format("{}: {}", subject_, fmt::join(unmet_, "; ")), "correct these options");
}

}  // namespace sezim
