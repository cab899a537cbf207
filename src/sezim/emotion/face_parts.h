// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "sezim/emotion/experiment_data.h"

namespace sezim {

// The parts of an experiment's folder of faces in FER2013's form, or of a .tar.xz of it: each part is unpacked when it
// is asked for, into a scratch folder that goes with the object.
class FaceParts {
 public:
  // Throws Error (kNotFound, kUsage).
  FaceParts(const Experiment& experiment, const ExperimentOptions& options);
  ~FaceParts();
  FaceParts(const FaceParts&) = delete;
  FaceParts& operator=(const FaceParts&) = delete;

  // The folder of a part ("train", "validation", "test"), which holds a folder for each emotion. Throws Error
  // (kBadInput where there is no such part; what UnpackArchive throws).
  std::filesystem::path Part(const std::string& name);

  // Removes what was unpacked, as the end of the object does: for before something that takes long. The folders that
  // Part gave are gone then; it unpacks anew.
  void RemoveUnpacked();

 private:
  std::filesystem::path source_{};   // a folder, or an archive
  std::filesystem::path scratch_{};  // empty until something is unpacked
};

}  // namespace sezim
