// SPDX-License-Identifier: Apache-2.0
// Pichora-Fuller and Dupuis (2020), "Toronto emotional speech set (TESS)".
#include <regex>

#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kEmotionOfWord = {{{"angry", "angry"},
                                                                                          {"disgust", "disgust"},
                                                                                          {"fear", "fear"},
                                                                                          {"happy", "happy"},
                                                                                          {"neutral", "neutral"},
                                                                                          {"sad", "sad"},
                                                                                          {"ps", "surprise"}}};

// The younger and the older woman. ps is "pleasant surprise"; a file of the original lacks the F of OAF.
FileIs ReadTessName(const std::filesystem::path& file, Clip& clip) {
  static const std::regex kName("(OA|YA)F?_([a-z]+)_(angry|disgust|fear|happy|neutral|sad|ps)");
  std::smatch part;
  const std::string stem = file.stem().native();
  if (!std::regex_match(stem, part, kName)) return FileIs::kMisnamed;
  clip.speaker = part[1].str() + "F";
  clip.emotion = Look(kEmotionOfWord, part[3].str());
  clip.id = clip.speaker + "_" + part[2].str() + "_" + part[3].str();
  clip.language = "en";
  clip.text = "Say the word " + part[2].str();
  clip.sex = "female";
  return FileIs::kClip;
}

}  // namespace

const Reader kTess = {.info = {.name = "tess",
                               .languages = "en",
                               .licence = "CC BY-NC-ND 4.0",
                               .summary = "TESS: 2 women, 200 words, 7 emotions, 2800 clips",
                               .layout = "OAF_angry/OAF_back_angry.wav: speaker OAF or YAF, word, emotion one of angry "
                                         "disgust fear happy neutral ps sad"},
                      .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
                        return ReadNamedClips(info, folder, ReadTessName);
                      }};

}  // namespace sezim::readers
