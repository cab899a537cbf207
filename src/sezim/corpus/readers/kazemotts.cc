// SPDX-License-Identifier: Apache-2.0
// Abilbekov, Mussakhojayeva, Yeshpanov and Varol (2024), "KazEmoTTS: a dataset for Kazakh emotional text-to-speech
// synthesis".
#include <algorithm>

#include "sezim/base/file.h"
#include "sezim/base/utf8.h"
#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kEmotionOfWord = {{{"angry", "angry"},
                                                                                          {"fear", "fear"},
                                                                                          {"scared", "fear"},
                                                                                          {"happy", "happy"},
                                                                                          {"neutral", "neutral"},
                                                                                          {"sad", "sad"},
                                                                                          {"surprise", "surprise"},
                                                                                          {"surprised", "surprise"}}};

constexpr std::size_t kMaxTextBytes = 64 * 1024;

// What is said lies beside the sound, in a text file of the same name.
std::optional<std::string> TextBeside(std::filesystem::path audio) {
  audio.replace_extension(".txt");
  std::error_code error;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(audio, error))) return std::nullopt;
  if (std::filesystem::file_size(audio, error) > kMaxTextBytes || error) return std::nullopt;
  std::string text = ReadTextFile(audio, kMaxTextBytes);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text.empty() || !IsValidUtf8(text) ? std::nullopt : std::optional(std::move(text));
}

// One word between the underscores of the name is the emotion; a folder above has the narrator's number. The folders
// train and eval share all three narrators, so that they are not taken as an official split.
FileIs ReadKazEmoTtsName(const std::filesystem::path& file, Clip& clip) {
  for (const std::filesystem::path& folder : file.parent_path()) {
    if (folder == "1263201035" || folder == "805570882" || folder == "399172782") clip.speaker = folder.native();
  }
  const std::string stem = file.stem().native();
  for (std::size_t at = 0; at <= stem.size();) {
    const std::size_t end = std::min(stem.find('_', at), stem.size());
    const std::string_view emotion = Look(kEmotionOfWord, Lower(stem.substr(at, end - at)));
    if (!emotion.empty()) clip.emotion = emotion;
    at = end + 1;
  }
  if (clip.speaker.empty() || clip.emotion.empty()) return FileIs::kMisnamed;
  clip.id = clip.speaker + "/" + DisplayName(stem);
  clip.language = "kk";
  clip.text = TextBeside(clip.audio);
  return FileIs::kClip;
}

}  // namespace

const Reader kKazEmoTts = {.info = {.name = "kazemotts",
                                    .languages = "kk",
                                    .licence = "on request from its makers, who state the terms",
                                    .summary = "KazEmoTTS: 3 narrators, read sentences, 6 emotions, 54760 clips",
                                    .layout = "1263201035/train/NAME_neutral_NAME.wav with NAME_neutral_NAME.txt: "
                                              "narrator 1263201035, 805570882 or 399172782, emotion one of angry fear "
                                              "(scared) happy neutral sad surprise (surprised) between underscores"},
                           .read = [](const ReaderInfo& info, const std::filesystem::path& folder) {
                             return ReadNamedClips(info, folder, ReadKazEmoTtsName);
                           }};

}  // namespace sezim::readers
