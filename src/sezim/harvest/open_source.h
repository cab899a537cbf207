// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <set>

#include "sezim/base/error.h"
#include "sezim/catalog/catalog.h"
#include "sezim/harvest/media_source.h"
#include "sezim/harvest/method.h"

namespace sezim {

// A source that is being worked on. The scheduler's mutex guards all but what is set before it is shared.
struct OpenSource {
  std::size_t order = 0;  // place among the inputs
  SourceRow row;
  LocalMedia media;
  std::filesystem::path pcm;
  double weight = 0;
  std::set<std::int64_t> units_done;  // by an earlier run

  bool listened = false;
  SoundTrack track;
  std::int64_t num_units_open = 0;  // handed out or waiting
  std::int64_t looked_at_s = 0;
  double advanced_share = 0;
  std::optional<Error> failure;
};

using SharedSource = std::shared_ptr<OpenSource>;

// Errors that are the source's own; any other ends the run.
inline bool IsOfTheSource(ErrorKind kind) {
  return kind == ErrorKind::kBadInput || kind == ErrorKind::kNotFound || kind == ErrorKind::kIo ||
         kind == ErrorKind::kNetwork || kind == ErrorKind::kUsage;  // kUsage: a link to a playlist or live stream
}

// Runs work on a source's media. What is wrong with the source comes back, everything else is thrown.
template <typename Work>
std::optional<Error> TrySource(const OpenSource& source, const Work& work) {
  try {
    work();
    return std::nullopt;
  } catch (const Error& error) {
    if (!IsOfTheSource(error.kind())) throw;
    return error;
  } catch (const std::bad_alloc&) {
    return Error(ErrorKind::kBadInput, fmt::format("'{}' needs more memory than there is", source.row.name),
                 "check that it plays in a media player");
  } catch (const std::exception& error) {
    return Error(ErrorKind::kBadInput, fmt::format("'{}' brings sezim into trouble: {}", source.row.name, error.what()),
                 "please report it");
  }
}

}  // namespace sezim
