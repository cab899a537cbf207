// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/datasheet.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <sstream>

#include "sezim/base/counted.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr const char* kAsk = "*To be answered by the publisher.*";

std::string Clock(double seconds) {
  const auto total = std::llround(seconds);
  return fmt::format("{}:{:02}:{:02}", total / 3600, total % 3600 / 60, total % 60);
}

std::string SaidOrAsked(const std::string& fact) {
  return fact.empty() ? kAsk : MarkdownText(fact);
}

struct Sum {
  std::int64_t num_segments = 0;
  double duration_s = 0;
};

Sum Total(const SplitReport& report) {
  Sum sum;
  for (const PartTotals& part : report.parts) {
    sum.num_segments += part.AllSegments();
    sum.duration_s += part.AllDuration();
  }
  return sum;
}

std::string CountTable(const SplitReport& report) {
  std::string text = "| emotion | train | dev | test | h:mm:ss |\n| --- | ---: | ---: | ---: | ---: |\n";
  for (const Emotion emotion : kEmotions) {
    const auto e = static_cast<std::size_t>(emotion);
    double duration_s = 0;
    text += fmt::format("| {} |", NameOf(emotion));
    for (const PartTotals& part : report.parts) {
      text += fmt::format(" {} |", part.num_segments[e]);
      duration_s += part.duration_s[e];
    }
    text += fmt::format(" {} |\n", Clock(duration_s));
  }
  const auto row = [&](const char* name, const auto& value, const std::string& last) {
    text += fmt::format("| {} |", name);
    for (const PartTotals& part : report.parts) text += fmt::format(" {} |", value(part));
    text += fmt::format(" {} |\n", last);
  };
  row(
      "all", [](const PartTotals& part) { return part.AllSegments(); }, Clock(Total(report).duration_s));
  row(
      "speakers", [](const PartTotals& part) { return part.num_speakers; }, "");
  row(
      "sources", [](const PartTotals& part) { return part.num_sources; }, "");
  return text;
}

std::int64_t NumWithSegments(const std::vector<PublishedSource>& sources) {
  return std::count_if(sources.begin(), sources.end(), [](const auto& source) { return source.num_segments > 0; });
}

std::string LicenceTable(const std::vector<PublishedSource>& sources) {
  std::map<std::string, Sum> by_licence;
  std::map<std::string, int> num_sources;
  for (const PublishedSource& source : sources) {
    const std::string licence = source.license.empty() ? "" : MarkdownText(source.license);
    by_licence[licence].num_segments += source.num_segments;
    by_licence[licence].duration_s += source.duration_s;
    ++num_sources[licence];
  }
  std::string text =
      "| licence as stated by the source | sources | segments | h:mm:ss |\n| --- | ---: | ---: | ---: |\n";
  for (const auto& [licence, sum] : by_licence) {
    text += fmt::format("| {} | {} | {} | {} |\n", licence.empty() ? "*none stated*" : licence, num_sources[licence],
                        sum.num_segments, Clock(sum.duration_s));
  }
  return text;
}

std::string SplitSentence(const DatasheetInput& input) {
  if (!input.is_split) return "There is none: all segments are in train.";
  if (input.totals.by == SplitBy::kRandom) {
    return fmt::format(
        "Train, dev and test, at random: **speakers are shared**. {} speakers and {} sources are in more "
        "than one part, so figures on this split say nothing about new speakers.",
        input.totals.num_shared_speakers, input.totals.num_shared_sources);
  }
  return fmt::format(
      "Train, dev and test, stratified by emotion. No speaker{} is in two parts, as far as speakers are known: voices "
      "were "
      "compared within one channel or folder only.{}",
      input.totals.by == SplitBy::kSpeaker ? "" : " and no source",
      input.totals.num_shared_sources == 0 ? ""
                                           : fmt::format(" **Sources are shared**: {} in more than one part.",
                                                         Counted(input.totals.num_shared_sources, "source")));
}

std::string Indented(const std::string& text) {
  std::string out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) out += "    " + ValidUtf8(line) + "\n";
  return out;
}

// The languages that are recorded, and of how many segments none is.
std::string LanguagesOf(const DatasheetInput& input, const std::function<std::string(std::string_view)>& spelled) {
  std::vector<std::string> clean;
  for (const std::string& language : input.languages) clean.push_back(spelled(language));
  if (clean.empty()) return "language not recorded";
  if (input.num_without_language > 0) clean.push_back(fmt::format("not recorded of {}", input.num_without_language));
  return fmt::format("{}", fmt::join(clean, ", "));
}

std::string VoiceCheckSentence(const DatasheetInput& input) {
  if (input.num_heard == 0) return "";
  return fmt::format(
      "A voice model has heard {} of the segments: `voice_emotion` and `voice_check` in `segments.csv` say what each "
      "sounded like, and whether that is what the face shows. ",
      input.num_heard);
}

}  // namespace

std::string MarkdownText(std::string_view text) {
  std::string out;
  for (const char c : ValidUtf8(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (std::string_view("\\`*_{}[]()#+-.!|>~:@\"'=").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string DescriptionOf(const DatasheetInput& input) {
  const Sum sum = Total(input.totals);
  return fmt::format(
      "{} of emotional speech, {} (h:mm:ss), out of {} ({}), 16 kHz mono. Each is labelled with one of "
      "seven emotions by the expression of the speaker's face, which a network has read; nobody has listened to them "
      "all.",
      Counted(sum.num_segments, "segment"), Clock(sum.duration_s), Counted(NumWithSegments(input.sources), "video"),
      LanguagesOf(input, [](std::string_view text) { return std::string(text); }));
}

std::string DatasheetMarkdown(const DatasheetInput& input) {
  const DatasetFacts& facts = input.facts;
  std::int64_t num_with_url = 0;
  for (const PublishedSource& source : input.sources) num_with_url += source.url.empty() ? 0 : 1;
  const Sum sum = Total(input.totals);
  std::string text = fmt::format(
      "# {}\n\nA datasheet, by the questions of Gebru et al., *Datasheets for Datasets* (2021). "
      "Figures are counted from the data; what only the publisher can know is marked.\n\n",
      MarkdownText(facts.name));
  const auto ask = [&](std::string_view question, std::string_view answer) {
    text += fmt::format("**{}** {}\n\n", question, answer);
  };
  const auto section = [&](const char* title) { text += fmt::format("## {}\n\n", title); };

  section("Motivation");
  ask("For what was it made?", "To train and to test recognisers of emotion in speech.");
  ask("Who made it, and for whom?", SaidOrAsked(facts.creator));
  ask("Who paid for it?", kAsk);

  section("Composition");
  ask("What is an instance?",
      "A stretch of one person's speech in a video, as sound (16 kHz, mono, 16 bit), with the emotion that the "
      "speaker's "
      "face shows meanwhile. `segments.csv` has a row for each, with the probabilities of all seven emotions, the "
      "share "
      "of pictures that agree, and its place in its source.");
  ask("How many are there?", fmt::format("{}, {} (h:mm:ss); languages: {}.", Counted(sum.num_segments, "segment"),
                                         Clock(sum.duration_s), LanguagesOf(input, MarkdownText)));
  text += CountTable(input.totals) + "\n";
  ask("Is it all there is, or a sample?",
      "What a harvest of the listed sources kept. It is no random sample of anything: who is seen and heard in such "
      "videos decides.");
  ask("What is the label, and how sure is it?",
      "The emotion that an expression network sees in the face, taken over the segment. It is neither what the person "
      "felt nor what a listener would say. Expression networks are wrong often, and not equally often for all people.");
  ask("Is anything missing?",
      fmt::format("The speaker of {} of {} segments is not known; a speaker id joins segments of one voice and names "
                  "nobody. `snr_db` is empty where it is not known. Pictures are not included.",
                  input.totals.num_unknown_speaker, sum.num_segments));
  ask("Are instances related?", "Segments of one source and of one speaker are; `source_id` and `speaker` tell.");
  ask("Are there recommended splits?", SplitSentence(input));
  for (const std::string& note : input.is_split ? NotesOn(input.totals) : std::vector<std::string>{}) {
    text += fmt::format("- {}\n", note);
  }
  if (input.is_split) text += "\n";
  ask("Are there errors or noise?",
      "Wrong labels, speech of somebody else than the face, music and noise behind the voice: some of each is to be "
      "expected. How many was not measured on this corpus.");
  ask("Is it self-contained?",
      "The sound is; the videos are not included and may vanish. `SOURCES.csv` says where each came from.");
  ask("Does it hold personal data?",
      "**Yes: voices.** People can be recognised by them. The titles and channels in `SOURCES.csv` may name people. "
      "What "
      "is said may be private, offensive or untrue; it was not looked at.");

  section("Collection process");
  ask("How was it acquired?",
      fmt::format("Harvested by sezim from {}, {} of them with an address on the net. {} gave segments.",
                  Counted(std::ssize(input.sources), "video"), num_with_url, NumWithSegments(input.sources)));
  ask("Were the people asked, and do they know?", kAsk);
  ask("Was there an ethical review?", kAsk);
  ask("How can somebody have their voice removed?",
      "The publisher removes a source or a speaker with `sezim corpus drop` and exports again. " + std::string(kAsk));

  section("Preprocessing and labelling");
  ask("What was done?",
      "Speech was found, cut in its pauses or into fixed pieces, matched with the face whose mouth makes it or with "
      "the "
      "only one in sight (all by the recipe), and labelled by that face's expression. " +
          VoiceCheckSentence(input) + "These are the recipe, its options and the models, with their digests:");
  text += Indented(input.corpus_toml) + "\n";
  ask("Is the raw data kept?", kAsk);

  section("Uses");
  ask("What can it be used for?",
      "Training and comparing recognisers of emotion in speech, where weak labels serve. Test on data that people have "
      "labelled before you believe a figure.");
  ask("What should it not be used for?",
      "To recognise or find persons; to imitate voices; to judge single people (at work, at school, at a border, in "
      "court), which the law forbids in places.");
  ask("Has it been used already?", kAsk);

  section("Distribution");
  ask("Under which licence?", SaidOrAsked(facts.license));
  ask("Where and when?", SaidOrAsked(facts.url) + (facts.date.empty() ? "" : ", " + facts.date));
  ask("Do others hold rights in it?", "Those who made the videos. This is what the sources state:");
  text += LicenceTable(input.sources) + "\n";
  ask("In which form is this?",
      fmt::format("`{}`, made by sezim; `croissant.json` describes it for programs.", input.format));

  section("Maintenance");
  ask("Who maintains it, and how can they be reached?", kAsk);
  ask("How should it be cited?", SaidOrAsked(facts.citation));
  ask("Which version is this?", MarkdownText(facts.version));
  text.pop_back();
  return text;
}

}  // namespace sezim
