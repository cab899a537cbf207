// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/read_corpus.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxMerged = 100;

// The one list of readers, by name.
constexpr std::array kReaders = {&readers::kCremaD, &readers::kCsv,   &readers::kElraS0329, &readers::kEmoDb,
                                 &readers::kEmovo,  &readers::kJsonl, &readers::kKazEmoTts, &readers::kRavdess,
                                 &readers::kRml,    &readers::kSavee, &readers::kSezim,     &readers::kShemo,
                                 &readers::kTess};

const readers::Reader& ReaderNamed(std::string_view name) {
  for (const readers::Reader* reader : kReaders) {
    if (reader->info.name == name) return *reader;
  }
  std::vector<std::string_view> names;
  for (const readers::Reader* reader : kReaders) names.push_back(reader->info.name);
  throw Error(ErrorKind::kUsage, fmt::format("there is no reader '{}' of corpora", ValidUtf8(name)),
              fmt::format("give one of {}", fmt::join(names, ", ")));
}

}  // namespace

std::vector<ReaderInfo> KnownReaders() {
  std::vector<ReaderInfo> infos;
  for (const readers::Reader* reader : kReaders) infos.push_back(reader->info);
  return infos;
}

ClipCorpus ReadCorpus(std::string_view reader, const std::filesystem::path& folder) {
  const readers::Reader& one = ReaderNamed(reader);
  return one.read(one.info, folder);
}

ClipCorpus ReadMergedCorpora(std::span<const std::string> parts) {
  if (parts.empty() || parts.size() > kMaxMerged) {
    throw Error(ErrorKind::kUsage, fmt::format("{} corpora cannot be merged", parts.size()),
                fmt::format("give 1 to {}, each as READER:FOLDER", kMaxMerged));
  }
  ClipCorpus merged{.name = "merged", .licence = {}};
  std::set<std::string> licences;
  std::map<std::string, int> times_read;
  for (const std::string& part : parts) {
    const std::size_t colon = part.find(':');
    if (colon == std::string::npos || colon + 1 == part.size()) {
      throw Error(ErrorKind::kUsage, fmt::format("'{}' names no corpus", ValidUtf8(part)),
                  "give READER:FOLDER, such as ravdess:data/ravdess");
    }
    ClipCorpus corpus = ReadCorpus(part.substr(0, colon), part.substr(colon + 1));
    const int times = ++times_read[corpus.name];
    const std::string name = times == 1 ? corpus.name : fmt::format("{}-{}", corpus.name, times);
    licences.insert(corpus.licence);
    for (Clip& clip : corpus.clips) {
      clip.id = name + "/" + clip.id;
      if (!clip.speaker.empty()) clip.speaker = name + "/" + clip.speaker;
      clip.corpus = name;
      merged.clips.push_back(std::move(clip));
    }
    for (const std::string& problem : corpus.problems) merged.problems.push_back(name + "/" + problem);
  }
  merged.licence = fmt::format("{}", fmt::join(licences, "; "));
  std::sort(merged.clips.begin(), merged.clips.end(), [](const Clip& a, const Clip& b) { return a.id < b.id; });
  return merged;
}

}  // namespace sezim
