// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "sezim/harvest/segmenter.h"
#include "sezim/media/audio_writer.h"
#include "sezim/media/probe.h"
#include "sezim/vision/face_detector.h"

namespace sezim {

// Everything that decides what a harvest keeps. A recipe is a TOML file (docs/formats/recipe.md); its defaults are the
// published method, the recipe `paper`.
struct Recipe {
  std::string name = "paper";

  std::string speech_model = "silero-vad-sequence";
  double speech_threshold = 0.5;  // a chunk of one second is speech if its mean probability is above this

  FaceDetectorOptions faces;
  std::string expression_model = "mini-xception";

  SegmenterOptions segments;
  AudioFormat audio_format = AudioFormat::kWav;
  MediaLimits limits;

  void Check() const;  // throws Error (kUsage)
};

// `name_or_file`: "paper", or a TOML file whose options replace those of `paper`. Throws Error (kUsage, kNotFound,
// kBadInput) that names an unknown or ill-typed option.
Recipe LoadRecipe(const std::string& name_or_file);

// Reads the text of a recipe file. `origin` is for messages. Throws Error (kBadInput, kUsage).
Recipe ParseRecipe(std::string_view toml, std::string_view origin);

// Every option with its value, as TOML tables below [recipe]; ParseRecipe takes the same tables without that prefix.
std::string RecipeToml(const Recipe& recipe);

}  // namespace sezim
