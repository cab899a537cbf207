// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/emotion/voice_filter.h"
#include "sezim/features/fingerprint.h"
#include "sezim/harvest/segment_sound_options.h"
#include "sezim/harvest/segmenter.h"
#include "sezim/harvest/speaker_options.h"
#include "sezim/media/audio_writer.h"
#include "sezim/media/probe.h"
#include "sezim/speech/speaker_clusters.h"
#include "sezim/vision/face_detector.h"

namespace sezim {

// How a harvest goes about its work: as published, or our own way.
enum class Method { kPaper, kDefault };

// "paper", "default".
std::string_view NameOf(Method method);

// Everything that decides what a harvest keeps. A recipe is a TOML file (docs/formats/recipe.md).
struct Recipe {
  std::string name = "default";
  Method method = Method::kDefault;

  std::string speech_model = "silero-vad-sequence";
  std::vector<std::string> expression_models = {"mini-xception", "big-xception"};  // their mean
  AudioFormat audio_format = AudioFormat::kFlac;
  MediaLimits limits;

  VoiceFilterOptions voice_filter;

  // Of the method kDefault alone.
  SpeakerOptions speaker;
  SegmentSoundOptions sound;
  std::string voice_model = "ge2e";
  std::string face_model = "face-description";  // asked where faces have a weight among speakers
  SpeakerClusterOptions speakers;
  RepeatOptions repeats;

  // Of the method kPaper alone.
  double speech_threshold = 0.5;  // a chunk of one second is speech if its mean probability is above this
  HaarFaceDetectorOptions faces;
  SegmenterOptions segments;

  void Check() const;  // throws Error (kUsage)
};

// The shipped recipes.
Recipe DefaultRecipe();
Recipe PaperRecipe();

// `name_or_file`: "default", "paper", or a TOML file whose options replace those of the recipe of its method.
// Throws Error (kUsage, kNotFound, kBadInput) that names an unknown or ill-typed option.
Recipe LoadRecipe(const std::string& name_or_file);

// Reads the text of a recipe file. `origin` is for messages. Throws Error (kBadInput, kUsage).
Recipe ParseRecipe(std::string_view toml, std::string_view origin);

// Every option with its value, as TOML tables below [recipe]; ParseRecipe takes the same tables without that prefix.
std::string RecipeToml(const Recipe& recipe);

}  // namespace sezim
