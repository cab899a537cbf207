// SPDX-License-Identifier: Apache-2.0
// Burkhardt, Paeschke, Rolfes, Sendlmeier and Weiss (2005), "A database of German emotional speech".
#include <regex>

#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

// The letter stands for the German word: Ärger (W: Wut), Langeweile, Ekel, Angst, Freude, Trauer.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kEmotionOfLetter = {{{"W", "angry"},
                                                                                            {"L", "boredom"},
                                                                                            {"E", "disgust"},
                                                                                            {"A", "fear"},
                                                                                            {"F", "happy"},
                                                                                            {"T", "sad"},
                                                                                            {"N", "neutral"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kSentenceOfCode = {
    {{"a01", "Der Lappen liegt auf dem Eisschrank."},
     {"a02", "Das will sie am Mittwoch abgeben."},
     {"a04", "Heute abend könnte ich es ihm sagen."},
     {"a05", "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück."},
     {"a07", "In sieben Stunden wird es soweit sein."},
     {"b01", "Was sind denn das für Tüten, die da unter dem Tisch stehen?"},
     {"b02", "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter."},
     {"b03", "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht."},
     {"b09", "Ich will das eben wegbringen und dann mit Karl was trinken gehen."},
     {"b10", "Die wird auf dem Platz sein, wo wir sie immer hinlegen."}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kSexOfSpeaker = {{{"03", "male"},
                                                                                          {"08", "female"},
                                                                                          {"09", "female"},
                                                                                          {"10", "male"},
                                                                                          {"11", "male"},
                                                                                          {"12", "male"},
                                                                                          {"13", "female"},
                                                                                          {"14", "female"},
                                                                                          {"15", "male"},
                                                                                          {"16", "female"}}};

FileIs ReadEmoDbName(const std::filesystem::path& file, Clip& clip) {
  static const std::regex kName("([0-9]{2})([ab][0-9]{2})([WLEAFTN])([a-z])");
  std::smatch part;
  const std::string stem = file.stem().native();
  if (!std::regex_match(stem, part, kName)) return FileIs::kMisnamed;
  clip.id = stem;
  clip.emotion = Look(kEmotionOfLetter, part[3].str());
  clip.speaker = part[1];
  clip.language = "de";
  const std::string_view sentence = Look(kSentenceOfCode, part[2].str());
  const std::string_view sex = Look(kSexOfSpeaker, clip.speaker);
  if (sentence.empty() || sex.empty()) return FileIs::kMisnamed;
  clip.text = sentence;
  clip.sex = sex;
  return FileIs::kClip;
}

}  // namespace

const Reader kEmoDb = {
    .info = {.name = "emodb",
             .languages = "de",
             .licence = "CC0 1.0",
             .summary = "EMO-DB (Berlin): 10 actors, ten sentences, 7 emotions, 535 clips",
             .layout = "wav/SSTTTEv.wav (or .flac; or without the folder wav): speaker SS, text TTT, emotion E one of "
                       "W L E A F T N, version v, as 03a01Fa.wav"},
    .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
      return ReadNamedClips(info, folder, ReadEmoDbName);
    }};

}  // namespace sezim::readers
