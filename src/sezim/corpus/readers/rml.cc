// SPDX-License-Identifier: Apache-2.0
// Wang and Guan (2008), "Recognizing human emotional state from audiovisual signals" (the RML database).
#include <regex>

#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kEmotionOfCode = {
    {{"an", "angry"}, {"di", "disgust"}, {"fe", "fear"}, {"ha", "happy"}, {"sa", "sad"}, {"su", "surprise"}}};

// The clips are videos; their sound is what is used. People speak six languages, and no file tells which.
FileIs ReadRmlName(const std::filesystem::path& file, Clip& clip) {
  static const std::regex kName("s([1-8])/(an|di|fe|ha|sa|su)([0-9]{1,3})");
  std::smatch part;
  const std::string name = Lower((file.parent_path().filename() / file.stem()).native());
  if (!std::regex_match(name, part, kName)) return FileIs::kMisnamed;
  clip.speaker = "s" + part[1].str();
  clip.emotion = Look(kEmotionOfCode, part[2].str());
  clip.id = clip.speaker + "_" + part[2].str() + part[3].str();
  return FileIs::kClip;
}

}  // namespace

const Reader kRml = {.info = {.name = "rml",
                              .languages = "several, not told",
                              .licence = "free for research, on request; no licence stated",
                              .summary = "RML: videos of 8 people who speak six languages, 6 emotions, 720 clips",
                              .layout = "s1/an1.avi: speaker s1 to s8, emotion one of an di fe ha sa su, number"},
                     .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
                       return ReadNamedClips(info, folder, ReadRmlName);
                     }};

}  // namespace sezim::readers
