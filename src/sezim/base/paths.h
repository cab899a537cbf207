// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace sezim {

// Where downloads, models and bundled programs live, outside any build folder: $SEZIM_CACHE, else
// $XDG_CACHE_HOME/sezim, else ~/.cache/sezim. Throws Error if none of these variables and no HOME is set.
std::filesystem::path CacheFolder();

// CacheFolder()/models: one folder for each model.
std::filesystem::path ModelStoreFolder();

// CacheFolder()/deps: unpacked registry packages, one folder each (yt-dlp, onnxruntime, …).
std::filesystem::path DependencyFolder();

// The folder with the scripts and data that sezim ships with (models/fetch.py, …): $SEZIM_DATA, else beside the
// installed program (../share/sezim), else the source tree this binary was built from.
std::filesystem::path DataFolder();

// The module that trains networks, as it lies by the program, built or installed: there only where that was built with
// libtorch. Throws Error if the program's own place cannot be told.
std::filesystem::path TrainingModule();

}  // namespace sezim
