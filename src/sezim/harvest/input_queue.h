// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/harvest/inputs.h"
#include "sezim/harvest/open_source.h"

namespace sezim {

// An input whose media is at hand: a file as it was given, or a source whose download has ended.
struct Arrival {
  std::size_t order = 0;           // place among the inputs
  SharedSource source{};           // null: nobody has looked at it yet
  std::optional<Error> failure{};  // of its download
};

// The inputs that nobody works on yet. Links are downloaded by a thread of their own, since a site may keep it waiting
// for minutes: one at a time and in their order, and not before the last one has been taken. Files come in their order
// too. Not thread-safe.
class InputQueue {
 public:
  explicit InputQueue(const std::vector<HarvestInput>& inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i) (inputs[i].is_url ? links_ : files_).push_back(i);
    downloads_go_on_ = !links_.empty();
  }

  bool HasNext() const { return !arrived_.empty() || !files_.empty(); }
  bool IsExhausted() const { return !HasNext() && postponed_.empty() && !downloads_go_on_; }

  // Requires HasNext. What was downloaded comes first.
  Arrival Next() {
    if (arrived_.empty()) {
      const std::size_t order = files_.front();
      files_.pop_front();
      return {.order = order};
    }
    Arrival next = std::move(arrived_.front());
    arrived_.pop_front();
    return next;
  }

  // For the thread that downloads.
  bool HasLink() const { return !links_.empty(); }
  bool MayDownload() const { return arrived_.empty(); }
  std::size_t NextLink() {
    const std::size_t order = links_.front();
    links_.pop_front();
    return order;
  }
  void Arrive(Arrival arrival) { arrived_.push_back(std::move(arrival)); }
  void EndDownloads() { downloads_go_on_ = false; }

  // Lets an input wait until some source that is open has ended, and then comes back to it.
  void Postpone(Arrival arrival) { postponed_.push_back(std::move(arrival)); }
  void ResumePostponed() {
    arrived_.insert(arrived_.end(), std::make_move_iterator(postponed_.begin()),
                    std::make_move_iterator(postponed_.end()));
    postponed_.clear();
  }

 private:
  std::deque<std::size_t> files_;
  std::deque<std::size_t> links_;
  std::deque<Arrival> arrived_;
  std::vector<Arrival> postponed_;
  bool downloads_go_on_ = false;
};

}  // namespace sezim
