// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/frame_kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/features/chroma_features.h"
#include "sezim/features/logmel_features.h"
#include "sezim/features/mfcc_features.h"
#include "sezim/features/prosody_features.h"
#include "sezim/features/spectrogram_features.h"

namespace sezim {
namespace {

using Reader = FeatureOptionReader;

const std::map<std::string, WindowShape> kWindows{{"rectangular", WindowShape::kRectangular},
                                                  {"hamming", WindowShape::kHamming},
                                                  {"hann", WindowShape::kHann},
                                                  {"povey", WindowShape::kPovey}};

const std::map<std::string, MelScale> kMelScales{{"htk", MelScale::kHtk}, {"slaney", MelScale::kSlaney}};

std::unique_ptr<FrameFeatures> MakeMfcc(Reader& reader, double sample_rate_hz) {
  std::string mode = "htk";
  reader.Read("mode", mode,
              std::map<std::string, std::string>{
                  {"htk", "htk"}, {"kaldi", "kaldi"}, {"librosa", "librosa"}, {"paper", "paper"}});
  MfccOptions options = MfccOptions::Of(mode == "kaldi"     ? MfccMode::kKaldi
                                        : mode == "librosa" ? MfccMode::kLibrosa
                                                            : MfccMode::kHtk);
  if (mode == "paper") options.level = MfccLevel::kLogEnergyLast;
  options.sample_rate_hz = sample_rate_hz;
  options.high_hz = std::min(options.high_hz, sample_rate_hz / 2);
  reader.Read("window_s", options.window_s);
  reader.Read("hop_s", options.hop_s);
  reader.Read("fft_size", options.fft_size);
  reader.Read("window", options.window, kWindows);
  reader.Read("remove_mean", options.removes_mean);
  reader.Read("pre_emphasis", options.pre_emphasis);
  reader.Read("bands", options.num_bands);
  reader.Read("low_hz", options.low_hz);
  reader.Read("high_hz", options.high_hz);
  reader.Read("mel", options.scale, kMelScales);
  reader.Read(
      "triangles", options.triangles,
      {{"hz", MelTriangles::kStraightInHz}, {"mel", MelTriangles::kStraightInMel}, {"bins", MelTriangles::kOnBins}});
  reader.Read("unit_area", options.has_unit_area);
  reader.Read("coefficients", options.num_coefficients);
  reader.Read(
      "level", options.level,
      {{"c0", MfccLevel::kC0}, {"log-energy", MfccLevel::kLogEnergy}, {"log-energy-last", MfccLevel::kLogEnergyLast}});
  reader.Read("c0_scale", options.zeroth,
              {{"orthonormal", ZerothScale::kOrthonormal}, {"as-others", ZerothScale::kAsOthers}});
  reader.Read("lifter", options.lifter);
  reader.Read("delta_frames", options.delta_frames);
  if (mode == "librosa") reader.Read("top_db", options.top_db);
  if (mode == "kaldi") {
    bool snip_edges = true;
    reader.Read("snip_edges", snip_edges);
    options.edges = snip_edges ? FrameEdges::kWhole : FrameEdges::kCentredMirror;
  }
  reader.RequireNoOthers();
  return std::make_unique<MfccFeatures>(options);
}

std::unique_ptr<FrameFeatures> MakeLogMel(Reader& reader, double sample_rate_hz) {
  LogMelOptions options{.sample_rate_hz = sample_rate_hz};
  reader.Read("fft_size", options.fft_size);
  reader.Read("hop", options.hop_samples);
  reader.Read("bands", options.num_bands);
  reader.Read("low_hz", options.low_hz);
  reader.Read("high_hz", options.high_hz);
  reader.Read("mel", options.scale, kMelScales);
  reader.Read("top_db", options.top_db);
  reader.RequireNoOthers();
  return std::make_unique<LogMelFeatures>(options);
}

std::unique_ptr<FrameFeatures> MakeChroma(Reader& reader, double sample_rate_hz) {
  ChromaOptions options{.sample_rate_hz = sample_rate_hz};
  reader.Read("fft_size", options.fft_size);
  reader.Read("hop", options.hop_samples);
  double tuning = std::nan("");  // what no file can say
  reader.Read("tuning", tuning);
  if (!std::isnan(tuning)) options.tuning = tuning;
  reader.RequireNoOthers();
  return std::make_unique<ChromaFeatures>(options);
}

std::unique_ptr<FrameFeatures> MakeSpectrogram(Reader& reader, double sample_rate_hz) {
  SpectrogramOptions options{.sample_rate_hz = sample_rate_hz};
  reader.Read("window_s", options.window_s);
  reader.Read("hop_s", options.hop_s);
  reader.Read("fft_size", options.fft_size);
  reader.Read("two_sided", options.is_two_sided);
  reader.Read("pre_emphasis", options.pre_emphasis);
  reader.Read("normalized", options.is_normalized);
  reader.RequireNoOthers();
  return std::make_unique<SpectrogramFeatures>(options);
}

std::unique_ptr<FrameFeatures> MakeProsody(Reader& reader, double sample_rate_hz) {
  PitchOptions options{.sample_rate_hz = sample_rate_hz};
  reader.Read("hop_s", options.hop_s);
  reader.Read("floor_hz", options.floor_hz);
  reader.Read("ceiling_hz", options.ceiling_hz);
  reader.Read("silence_threshold", options.silence_threshold);
  reader.Read("voicing_threshold", options.voicing_threshold);
  reader.RequireNoOthers();
  return std::make_unique<ProsodyFeatures>(options);
}

using Make = std::unique_ptr<FrameFeatures> (*)(Reader&, double);

const std::map<std::string, Make, std::less<>>& Kinds() {
  static const std::map<std::string, Make, std::less<>> kinds{
      {"chroma", MakeChroma},   {"logmel", MakeLogMel},           {"mfcc", MakeMfcc},
      {"prosody", MakeProsody}, {"spectrogram", MakeSpectrogram},
  };
  return kinds;
}

}  // namespace

std::vector<std::string> FrameKinds() {
  std::vector<std::string> names;
  for (const auto& [name, _] : Kinds()) names.push_back(name);
  return names;
}

std::unique_ptr<FrameFeatures> MakeFrameFeatures(std::string_view kind, const FeatureOptions& options,
                                                 double sample_rate_hz) {
  const auto found = Kinds().find(kind);
  if (found == Kinds().end()) {
    throw Error(
        ErrorKind::kUsage,
        fmt::format("there is no kind of frames '{}'; there are {}", ValidUtf8(kind), fmt::join(FrameKinds(), ", ")),
        "docs/features.md describes them");
  }
  Reader reader(kind, options);
  return found->second(reader, sample_rate_hz);
}

}  // namespace sezim
