// SPDX-License-Identifier: Apache-2.0
// The media probe, and the readers of what headers say of a file's length: whatever the bytes, a description or an
// Error.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/declared_length.h"
#include "sezim/media/probe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sezim::FileDescriptor memory(::memfd_create("fuzz", MFD_CLOEXEC));
  const std::string path = "/proc/self/fd/" + std::to_string(memory.get());
  sezim::WriteAll(memory, std::as_bytes(std::span(data, size)), path);
  sezim::DeclaredWavSeconds(path);
  sezim::IsUnfinishedAvi(path);
  sezim::DeclaredAsfSecondsIfCut(path);
  try {
    const sezim::MediaInfo info = sezim::Probe(path);
    sezim::RequireHarvestable(info, sezim::MediaLimits{}, path);
    if (!info.audio || !info.video) std::abort();
  } catch (const sezim::Error&) {}
  return 0;
}
