// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/catalog/catalog.h"
#include "sezim/speech/speaker_clusters.h"

namespace sezim {

// Note [Who is who]
// Segments of one source with one face in sight throughout are one person's. Such groups are clustered by their voices
// within each source, and what comes of it across the sources of one channel: the channel that the list of sources
// names, or the folder in which a file lies. A speaker is called by the id of the first segment in which they are
// heard, sources in the order of their names. So who is who depends on what the corpus holds, never on how it came
// there.

// Gives each segment of known voice its speaker. Throws Error (kIo, kNoSpace).
void NameSpeakers(Catalog& catalog, const SpeakerClusterOptions& options);

// After segments went: calls each speaker by the first segment that is left.
void RenameSpeakers(Catalog& catalog);

}  // namespace sezim
