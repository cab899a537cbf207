// SPDX-License-Identifier: Apache-2.0
// Hozjan, Kacic, Moreno, Bonafonte and Nogueiras (2002), "Interface databases: design and collection of a multilingual
// emotional speech database"; its Spanish part is ELRA-S0329.
#include "sezim/base/file.h"
#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kEmotionOfWord = {{{"anger", "angry"},
                                                                                           {"angry", "angry"},
                                                                                           {"enfado", "angry"},
                                                                                           {"ira", "angry"},
                                                                                           {"disgust", "disgust"},
                                                                                           {"asco", "disgust"},
                                                                                           {"fear", "fear"},
                                                                                           {"miedo", "fear"},
                                                                                           {"joy", "happy"},
                                                                                           {"happy", "happy"},
                                                                                           {"happiness", "happy"},
                                                                                           {"alegria", "happy"},
                                                                                           {"neutral", "neutral"},
                                                                                           {"normal", "neutral"},
                                                                                           {"sadness", "sad"},
                                                                                           {"sad", "sad"},
                                                                                           {"tristeza", "sad"},
                                                                                           {"surprise", "surprise"},
                                                                                           {"sorpresa", "surprise"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kSexOfWord = {{{"f", "female"},
                                                                                      {"female", "female"},
                                                                                      {"woman", "female"},
                                                                                      {"mujer", "female"},
                                                                                      {"m", "male"},
                                                                                      {"male", "male"},
                                                                                      {"man", "male"},
                                                                                      {"hombre", "male"}}};

// Note [An assumed layout] How the files lie on the medium could not be checked. So any order of two folders is taken:
// one named for the speaker (a woman and a man), one for the emotion, in English or Spanish.
FileIs ReadElraName(const std::filesystem::path& file, Clip& clip) {
  for (const std::filesystem::path& folder : file.parent_path()) {
    const std::string word = Lower(folder.native());
    if (const std::string_view emotion = Look(kEmotionOfWord, word); !emotion.empty()) clip.emotion = emotion;
    if (const std::string_view sex = Look(kSexOfWord, word); !sex.empty()) clip.sex = sex;
  }
  if (clip.emotion.empty() || !clip.sex) return FileIs::kMisnamed;
  clip.speaker = *clip.sex;
  clip.id = clip.speaker + "/" + clip.emotion + "/" + DisplayName(file.stem());
  clip.language = "es";
  return FileIs::kClip;
}

}  // namespace

const Reader kElraS0329 = {.info = {.name = "elra-s0329",
                                    .languages = "es",
                                    .licence = "bought from ELRA, under its licence",
                                    .summary = "ELRA-S0329 (Spanish Interface): a woman and a man, 184 items, 7 styles",
                                    .layout = "female/anger/NAME.wav and male/anger/NAME.wav, the two folders in any "
                                              "order: the speaker (female, male, f, m, mujer, hombre) and the emotion "
                                              "(anger, disgust, fear, joy, neutral, sadness, surprise, or in Spanish)"},
                           .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
                             return ReadNamedClips(info, folder, ReadElraName);
                           }};

}  // namespace sezim::readers
