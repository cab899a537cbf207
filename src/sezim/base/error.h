// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sezim {

// Why the world did not do as asked. `Error` is for the world (files, codecs, networks, models, users' options);
// a broken contract in our own code is a `ContractViolation`; an expected outcome (no face, silence) is a value.
enum class ErrorKind {
  kUsage,        // the caller asked for something that makes no sense; remedy: other options
  kBadInput,     // a file is not what it should be (truncated, lying, hostile)
  kNotFound,     // a file, model or program is absent
  kIo,           // reading or writing failed
  kNoSpace,      // no space left to write to
  kBusy,         // somebody else holds what we need
  kNetwork,      // the other side did not answer, or not as expected
  kModel,        // a model's weights or card are not as promised
  kInterrupted,  // asked to stop
};

// "usage", "bad-input", …: the spelling used in logs and reports.
std::string_view NameOf(ErrorKind kind);

class Error : public std::runtime_error {
 public:
  // `what`: what failed, where, what was given and what was expected, as one sentence without a final stop.
  // `remedy`: what to do about it, as one sentence without a final stop; may be empty.
  Error(ErrorKind kind, const std::string& what, std::string remedy = "");

  ErrorKind kind() const { return kind_; }
  const std::string& remedy() const { return remedy_; }

 private:
  ErrorKind kind_;
  std::string remedy_;
};

// An Error for a failed system call on `path`: kind and remedy by `error_number` (an errno value).
Error SystemError(int error_number, std::string_view doing, std::string_view path);

class ContractViolation : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// Throws ContractViolation, in every build, if `condition` is false.
void Check(bool condition, std::string_view expectation, std::source_location where = std::source_location::current());

// Collects everything that is wrong with a set of options, so that a user sees all of it at once.
class OptionChecks {
 public:
  explicit OptionChecks(std::string subject) : subject_(std::move(subject)) {}

  // Notes `expectation` ("max_gap_frames must be at least 1, not 0") unless `condition` holds.
  void Require(bool condition, std::string expectation);

  // Throws an Error of kind kUsage that lists every unmet expectation, if there is one.
  void ThrowIfAny() const;

 private:
  std::string subject_;
  std::vector<std::string> unmet_;
};

}  // namespace sezim
