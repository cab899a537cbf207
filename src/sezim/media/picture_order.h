// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>

namespace sezim {

// Tells from the timestamps of a video's packets, which come in decoding order, which pictures to decode.
//
// A picture that is shown after all those that were read before it is an anchor; the others, B-pictures, are shown
// between two anchors. All anchors are needed. Of the pictures between two of them few are needed: only so many, evenly
// spread, that no gap is above `max_gap`; of two that do as well, the earlier. That is a matter of the file's
// timestamps, not of where reading began, as long as it began at an anchor: what is shown before the first one is left
// out.
class PictureOrder {
 public:
  // `max_gap`: in the unit of the timestamps; 0: every picture is needed.
  explicit PictureOrder(std::int64_t max_gap) : max_gap_(max_gap) {}

  // The next packet has this timestamp. Those of long ago are forgotten. One that is not shown, since an edit list cuts
  // it off, is needed by others alone.
  void Read(std::int64_t timestamp, bool is_shown = true);

  // The next packet has no timestamp. It is always needed, and may be the first anchor.
  void ReadUnknown() { has_unknown_ = true; }

  // What follows has nothing to do with what was read.
  void Restart();

  // Whether it is shown before the first anchor since the beginning or the last Restart(); never where all are needed
  // or some have no timestamp.
  bool IsBeforeFirst(std::int64_t timestamp) const;

  // Both require that all packets between the neighbouring anchors were read, and not long ago.
  bool IsNeeded(std::int64_t timestamp) const;
  std::optional<std::int64_t> NextNeeded(std::int64_t timestamp) const;  // the first after it; nothing: none was read

 private:
  std::int64_t max_gap_;
  std::set<std::int64_t> pictures_;
  std::set<std::int64_t> anchors_;
  std::set<std::int64_t> hidden_anchors_;
  std::optional<std::int64_t> first_anchor_;
  bool has_unknown_ = false;
};

}  // namespace sezim
