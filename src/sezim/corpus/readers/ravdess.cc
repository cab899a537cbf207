// SPDX-License-Identifier: Apache-2.0
// Livingstone and Russo (2018), "The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS)".
#include <regex>

#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kEmotionOfCode = {{{"01", "neutral"},
                                                                                          {"02", "calm"},
                                                                                          {"03", "happy"},
                                                                                          {"04", "sad"},
                                                                                          {"05", "angry"},
                                                                                          {"06", "fear"},
                                                                                          {"07", "disgust"},
                                                                                          {"08", "surprise"}}};

// Modality, channel, emotion, intensity, statement, repetition, actor. Songs and pictures without sound are passed
// over; of speech with its picture (01) the sound would be that of the audio-only file (03), so that only these are
// read.
FileIs ReadRavdessName(const std::filesystem::path& file, Clip& clip) {
  static const std::regex kName("(0[1-3])-(0[12])-(0[1-8])-(0[12])-(0[12])-(0[12])-(0[1-9]|1[0-9]|2[0-4])");
  std::smatch part;
  const std::string stem = file.stem().native();
  if (!std::regex_match(stem, part, kName)) return FileIs::kMisnamed;
  if (part[1] != "03" || part[2] != "01") return FileIs::kOther;
  clip.id = stem;
  clip.emotion = Look(kEmotionOfCode, part[3].str());
  clip.speaker = part[7];
  clip.language = "en";
  clip.text = part[5] == "01" ? "Kids are talking by the door" : "Dogs are sitting by the door";
  clip.sex = std::stoi(part[7]) % 2 == 1 ? "male" : "female";
  return FileIs::kClip;
}

}  // namespace

const Reader kRavdess = {
    .info = {.name = "ravdess",
             .languages = "en",
             .licence = "CC BY-NC-SA 4.0",
             .summary = "RAVDESS, speech: 24 actors, two sentences, 8 emotions, 1440 clips",
             .layout = "Actor_NN/03-01-EE-II-SS-RR-AA.wav (or .flac): emotion EE 01 to 08, intensity, statement, "
                       "repetition, actor AA 01 to 24"},
    .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
      return ReadNamedClips(info, folder, ReadRavdessName);
    }};

}  // namespace sezim::readers
