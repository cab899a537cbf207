// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/base/error.h"
#include "sezim/catalog/catalog.h"
#include "sezim/corpus/segment_record.h"
#include "sezim/harvest/method.h"
#include "sezim/harvest/open_source.h"

// Why a whole source is rejected, and how that is told.
namespace sezim {

// The record of what is wrong with a source. Where the words are of its download, which nobody ever sees, they name the
// link instead.
RejectionRecord RejectionOf(const OpenSource& source, const Error& error);

// The record of a source that has the same bytes as `first`.
RejectionRecord DuplicateOf(const SourceRow& first, const SourceRow& copy);

// Throws Error (kBadInput) unless a file is as it was when its digest was taken: what is heard and seen of it would be
// under the digest of other bytes. Of a download nobody else knows.
void RequireUnchanged(const OpenSource& source);

// Note [Clocks that lie]
// A damaged time base puts nearly all sound or all pictures far beyond the end that the file states, and FFmpeg leaves
// away what lies there.

// Throws Error (kBadInput) if a source that states `stated_s` has less than a second of sound, of which nothing could
// be harvested anyway.
void RequireSound(const SoundTrack& track, double stated_s, const std::string& name);

// Whether nothing is kept, and at more than three quarters of the times of speech there is no picture.
bool LacksPictures(const HarvestedStretches& stretches);
Error LackOfPictures(const SourceRow& row);

}  // namespace sezim
