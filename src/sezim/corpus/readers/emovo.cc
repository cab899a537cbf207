// SPDX-License-Identifier: Apache-2.0
// Costantini, Iaderola, Paoloni and Todisco (2014), "EMOVO corpus: an Italian emotional speech database".
#include <regex>

#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kEmotionOfCode = {{{"rab", "angry"},
                                                                                          {"dis", "disgust"},
                                                                                          {"pau", "fear"},
                                                                                          {"gio", "happy"},
                                                                                          {"neu", "neutral"},
                                                                                          {"tri", "sad"},
                                                                                          {"sor", "surprise"}}};

FileIs ReadEmovoName(const std::filesystem::path& file, Clip& clip) {
  static const std::regex kName("(rab|dis|pau|gio|neu|tri|sor)-([fm][1-3])-([a-z][0-9])");
  std::smatch part;
  const std::string stem = file.stem().native();
  if (!std::regex_match(stem, part, kName)) return FileIs::kMisnamed;
  clip.id = stem;
  clip.emotion = Look(kEmotionOfCode, part[1].str());
  clip.speaker = part[2];
  clip.language = "it";
  clip.sex = clip.speaker.front() == 'f' ? "female" : "male";
  return FileIs::kClip;
}

}  // namespace

const Reader kEmovo = {
    .info =
        {.name = "emovo",
         .languages = "it",
         .licence = "free for research; no licence stated",
         .summary = "EMOVO: 6 actors, 14 sentences, 7 emotions, 588 clips",
         .layout =
             "f1/dis-f1-b1.wav: emotion one of rab dis pau gio neu tri sor, speaker f1 to f3 or m1 to m3, sentence"},
    .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
      return ReadNamedClips(info, folder, ReadEmovoName);
    }};

}  // namespace sezim::readers
