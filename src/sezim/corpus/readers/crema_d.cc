// SPDX-License-Identifier: Apache-2.0
// Cao, Cooper, Keutmann, Gur, Nenkova and Verma (2014), "CREMA-D: crowd-sourced emotional multimodal actors dataset".
#include <regex>

#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kEmotionOfCode = {
    {{"ANG", "angry"}, {"DIS", "disgust"}, {"FEA", "fear"}, {"HAP", "happy"}, {"NEU", "neutral"}, {"SAD", "sad"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kSentenceOfCode = {
    {{"IEO", "It's eleven o'clock"},
     {"TIE", "That is exactly what happened"},
     {"IOM", "I'm on my way to the meeting"},
     {"IWW", "I wonder what this is about"},
     {"TAI", "The airplane is almost full"},
     {"MTI", "Maybe tomorrow it will be cold"},
     {"IWL", "I would like a new alarm clock"},
     {"ITH", "I think I have a doctor's appointment"},
     {"DFA", "Don't forget a jacket"},
     {"ITS", "I think I've seen this before"},
     {"TSI", "The surface is slick"},
     {"WSI", "We'll stop in a couple of minutes"}}};

FileIs ReadCremaDName(const std::filesystem::path& file, Clip& clip) {
  static const std::regex kName("(10[0-9]{2})_([A-Z]{3})_(ANG|DIS|FEA|HAP|NEU|SAD)_(LO|MD|HI|XX?)");  // one file has X
  std::smatch part;
  const std::string stem = file.stem().native();
  if (!std::regex_match(stem, part, kName)) return FileIs::kMisnamed;
  const std::string_view sentence = Look(kSentenceOfCode, part[2].str());
  if (sentence.empty()) return FileIs::kMisnamed;
  clip.id = stem;
  clip.emotion = Look(kEmotionOfCode, part[3].str());
  clip.speaker = part[1];
  clip.language = "en";
  clip.text = sentence;
  return FileIs::kClip;
}

}  // namespace

const Reader kCremaD = {.info = {.name = "crema-d",
                                 .languages = "en",
                                 .licence = "ODbL 1.0",
                                 .summary = "CREMA-D: 91 actors, 12 sentences, 6 emotions, 7442 clips",
                                 .layout = "AudioWAV/1001_DFA_ANG_XX.wav (or the MP3 or video of that name): actor, "
                                           "sentence, emotion one of ANG DIS FEA HAP NEU SAD, level"},
                        .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
                          return ReadNamedClips(info, folder, ReadCremaDName);
                        }};

}  // namespace sezim::readers
