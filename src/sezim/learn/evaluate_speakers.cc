// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/evaluate_speakers.h"

#include <algorithm>
#include <map>
#include <random>

#include "sezim/base/error.h"
#include "sezim/learn/read_voices.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

// Share of the items that are the most frequent of `b` within their group of `a`.
double Purity(std::span<const std::size_t> a, std::span<const std::size_t> b) {
  std::map<std::size_t, std::map<std::size_t, std::size_t>> counts;
  for (std::size_t i = 0; i < a.size(); ++i) ++counts[a[i]][b[i]];
  std::size_t sum = 0;
  for (const auto& [group, of] : counts) {
    sum += std::max_element(of.begin(), of.end(), [](const auto& x, const auto& y) {
             return x.second < y.second;
           })->second;
  }
  return a.empty() ? 0 : static_cast<double>(sum) / static_cast<double>(a.size());
}

std::size_t NumDistinct(std::span<const std::size_t> numbers) {
  std::vector<std::size_t> sorted(numbers.begin(), numbers.end());
  std::sort(sorted.begin(), sorted.end());
  return static_cast<std::size_t>(std::unique(sorted.begin(), sorted.end()) - sorted.begin());
}

}  // namespace

ClusterFigures CompareClusters(std::span<const std::size_t> people, std::span<const std::size_t> clusters) {
  Check(people.size() == clusters.size(), "each item has a person and a cluster");
  return {.num_items = people.size(),
          .num_people = NumDistinct(people),
          .num_clusters = NumDistinct(clusters),
          .purity = Purity(clusters, people),
          .inverse_purity = Purity(people, clusters)};
}

std::vector<VoiceClip> ReadVoiceClips(const fs::path& folder, int name_letters,
                                      const std::shared_ptr<const OnnxSession>& speech, const VoicePrinter& printer,
                                      const std::function<void(double)>& on_progress) {
  std::vector<VoiceClip> clips;
  const auto print = [&](std::size_t person, const std::vector<std::int16_t>& samples) {
    VoiceClip clip{
        .person = person, .print = printer.Print(samples), .speech_s = static_cast<double>(samples.size()) / 16'000};
    if (!clip.print.empty()) clips.push_back(std::move(clip));
  };
  ForEachVoice(folder, name_letters, speech, print, on_progress);
  return clips;
}

ClusterFigures EvaluateSpeakers(std::span<const VoiceClip> clips, std::size_t clips_per_group,
                                const SpeakerClusterOptions& options, unsigned seed) {
  Check(clips_per_group > 0, "a group has a clip");
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < clips.size(); ++i) order.push_back(i);
  std::mt19937 random(seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  std::map<std::size_t, std::pair<std::size_t, std::size_t>> open;  // of each person: a group, and the clips in it
  std::vector<SpeechGroup> groups;
  std::vector<std::size_t> people;
  for (const std::size_t i : order) {
    auto& [group, size] = open[clips[i].person];
    if (size % clips_per_group == 0) {
      group = groups.size();
      groups.emplace_back();
      people.push_back(clips[i].person);
    }
    groups[group].AddVoice(clips[i].print, clips[i].speech_s);
    ++size;
  }
  return CompareClusters(people, ClusterSpeakers(groups, options));
}

}  // namespace sezim
