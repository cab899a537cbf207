// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/corpus_split.h"

#include <fmt/format.h>

#include "sezim/base/error.h"
#include "sezim/catalog/catalog.h"

namespace sezim {

SplitReport SplitCorpus(const CorpusFolder& corpus, const SplitOptions& options) {
  corpus.RequireCorpus();
  options.RequireValid();
  const FileLock lock = corpus.Lock();
  std::vector<SplitItem> items;
  Catalog(corpus.catalog()).ForEachSegment([&](const SegmentRecord& segment) {
    items.push_back(SplitItemOf(segment));
  });
  const SplitRecord split = SplitSegments(items, options);
  WriteFileAtomically(corpus.split(), ToJson(split));
  return ReportOf(items, split);
}

void RequireFits(const SplitRecord& split, const std::vector<SplitItem>& items, const CorpusFolder& corpus) {
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("the split '{}' is out of date: {}", DisplayName(corpus.split()), what),
                "run 'sezim corpus split' again, or remove that file to do without a split");
  };
  std::size_t num_found = 0;
  for (const SplitItem& item : items) {
    if (!split.parts.contains(item.id)) refuse(fmt::format("it lacks the segment '{}'", ValidUtf8(item.id)));
    ++num_found;
  }
  if (num_found != split.parts.size()) {
    refuse(fmt::format("{} of its segments are no longer in the corpus", split.parts.size() - num_found));
  }
  for (const auto& group : GroupsBy(split.by, items)) {
    for (const std::size_t i : group) {
      const std::string& first = items[group.front()].id;
      if (split.parts.at(items[i].id) == split.parts.at(first)) continue;
      const char* shared = split.by == SplitBy::kSpeaker ? "a speaker" : "a speaker or a source";
      refuse(fmt::format("'{}' and '{}' share {}, and lie in two parts", ValidUtf8(first), ValidUtf8(items[i].id),
                         shared));
    }
  }
}

}  // namespace sezim
