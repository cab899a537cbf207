// SPDX-License-Identifier: Apache-2.0
// Jackson and Haq (2014), "Surrey Audio-Visual Expressed Emotion (SAVEE) database".
#include <regex>

#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kEmotionOfCode = {{{"a", "angry"},
                                                                                          {"d", "disgust"},
                                                                                          {"f", "fear"},
                                                                                          {"h", "happy"},
                                                                                          {"n", "neutral"},
                                                                                          {"sa", "sad"},
                                                                                          {"su", "surprise"}}};

// DC/a01.wav or DC_a01.wav.
FileIs ReadSaveeName(const std::filesystem::path& file, Clip& clip) {
  static const std::regex kName("(?:(DC|JE|JK|KL)[_/])(sa|su|[adfhn])([0-9]{2})");
  std::smatch part;
  std::string name = file.stem().native();
  if (name.find('_') == std::string::npos) name = (file.parent_path().filename() / name).native();
  if (!std::regex_match(name, part, kName)) return FileIs::kMisnamed;
  clip.speaker = part[1];
  clip.emotion = Look(kEmotionOfCode, part[2].str());
  clip.id = clip.speaker + "_" + part[2].str() + part[3].str();
  clip.language = "en";
  clip.sex = "male";
  return FileIs::kClip;
}

}  // namespace

const Reader kSavee = {
    .info = {.name = "savee",
             .languages = "en",
             .licence = "free for research, on registration; no licence stated",
             .summary = "SAVEE: 4 men, 7 emotions, 480 clips",
             .layout = "DC/a01.wav or DC_a01.wav: speaker DC, JE, JK or KL, emotion one of a d f h n sa su, number"},
    .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
      return ReadNamedClips(info, folder, ReadSaveeName);
    }};

}  // namespace sezim::readers
