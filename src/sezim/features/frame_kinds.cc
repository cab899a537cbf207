// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/frame_kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/features/mfcc_features.h"

namespace sezim {
namespace {

using Reader = FeatureOptionReader;

const std::map<std::string, WindowShape> kWindows{{"rectangular", WindowShape::kRectangular},
                                                  {"hamming", WindowShape::kHamming},
                                                  {"hann", WindowShape::kHann},
                                                  {"povey", WindowShape::kPovey}};

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
  reader.Read("mel", options.scale, {{"htk", MelScale::kHtk}, {"slaney", MelScale::kSlaney}});
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

using Make = std::unique_ptr<FrameFeatures> (*)(Reader&, double);

const std::map<std::string, Make, std::less<>>& Kinds() {
  static const std::map<std::string, Make, std::less<>> kinds{
      {"mfcc", MakeMfcc},
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
