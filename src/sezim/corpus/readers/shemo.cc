// SPDX-License-Identifier: Apache-2.0
// Mohamad Nezami, Jamshid Lou and Karami (2019), "ShEMO: a large-scale validated database for Persian speech emotion
// detection".
#include <regex>

#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kEmotionOfLetter = {
    {{"A", "angry"}, {"F", "fear"}, {"H", "happy"}, {"N", "neutral"}, {"S", "sad"}, {"W", "surprise"}}};

FileIs ReadShemoName(const std::filesystem::path& file, Clip& clip) {
  static const std::regex kName("([FM][0-9]{2})([AFHNSW])([0-9]{2})");
  std::smatch part;
  const std::string stem = file.stem().native();
  if (!std::regex_match(stem, part, kName)) return FileIs::kMisnamed;
  clip.id = stem;
  clip.speaker = part[1];
  clip.emotion = Look(kEmotionOfLetter, part[2].str());
  clip.language = "fa";
  clip.sex = clip.speaker.front() == 'F' ? "female" : "male";
  return FileIs::kClip;
}

}  // namespace

const Reader kShemo = {
    .info = {.name = "shemo",
             .languages = "fa",
             .licence = "free for research; no licence stated",
             .summary = "ShEMO: 87 speakers of radio plays, 6 emotions, 3000 clips",
             .layout = "female/F01A01.wav: speaker F01 or M01 and so on, emotion one of A F H N S W, number"},
    .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
      return ReadNamedClips(info, folder, ReadShemoName);
    }};

}  // namespace sezim::readers
