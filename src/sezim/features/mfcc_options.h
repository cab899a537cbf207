// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/features/cosine_transform.h"
#include "sezim/features/frame_cutter.h"
#include "sezim/features/mel_filters.h"
#include "sezim/features/window.h"

namespace sezim {

// Whose conventions are followed; docs/features.md compares them in a table.
enum class MfccMode {
  kHtk,      // HTK's parameters as python_speech_features computes them; of samples of 16 bits
  kKaldi,    // Kaldi's compute-mfcc-feats; of samples of 16 bits
  kLibrosa,  // librosa.feature.mfcc; of samples whose full scale is 1
};

// What stands for the frame's level.
enum class MfccLevel {
  kC0,             // the zeroth cepstral coefficient, before the others
  kLogEnergy,      // the logarithm of the frame's energy in its place
  kLogEnergyLast,  // the same, behind the others (HTK's MFCC_E: C1 … C12, E)
};

// The defaults are those of mode htk.
struct MfccOptions {
  MfccMode mode = MfccMode::kHtk;
  double sample_rate_hz = 16'000;
  double window_s = 0.025;
  double hop_s = 0.01;
  int fft_size = 0;  // 0: the least power of two that holds the window
  WindowShape window = WindowShape::kHamming;
  WindowEnd window_end = WindowEnd::kSymmetric;
  FrameEdges edges = FrameEdges::kFilled;
  bool removes_mean = false;   // of each frame, before anything else
  double pre_emphasis = 0.97;  // of the sample before is taken from each sample
  int num_bands = 26;
  double low_hz = 0;
  double high_hz = 8000;
  MelScale scale = MelScale::kHtk;
  MelTriangles triangles = MelTriangles::kOnBins;
  bool has_unit_area = false;
  int num_coefficients = 13;  // the one for the level among them
  MfccLevel level = MfccLevel::kC0;
  ZerothScale zeroth = ZerothScale::kOrthonormal;
  double lifter = 22;    // 0: none
  double top_db = 0;     // mode librosa: bands are raised to this much below the loudest of the sound; 0: they are not
  int delta_frames = 2;  // to either side, for deltas and accelerations; 0: neither

  // What each mode does where nothing else is asked for.
  static MfccOptions Of(MfccMode mode);

  int window_samples() const;
  int hop_samples() const;
  int transform_size() const;  // fft_size, or what it stands for

  void Check() const;  // throws Error (kUsage) that tells all that is wrong
};

}  // namespace sezim
