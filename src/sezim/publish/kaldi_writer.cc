// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/media/audio_writer.h"
#include "sezim/publish/export_writer.h"
#include "sezim/publish/target_folder.h"

namespace sezim {
namespace {

// A word: what Kaldi's lists are made of.
bool IsWord(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

struct Utterance {
  std::string speaker;
  std::string wav;
  std::string language;
  std::string emotion;
  double duration_s = 0;
};

// A data folder for each part: wav.scp, utt2spk, spk2utt, utt2dur, reco2dur, utt2lang and utt2emotion. Kaldi reads WAV,
// so the sound is written as such. An utterance's id begins with its speaker's, as Kaldi wants it, and all lists are in
// the order of the C locale.
class KaldiWriter : public ExportWriter {
 public:
  explicit KaldiWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void Add(PublishedSegment& segment, const SegmentSound& sound) override {
    const SegmentRecord& record = segment.record;
    const std::vector<std::int16_t> samples = SamplesOf(sound.file);
    segment.file = fmt::format("wav/{}/{}/{}.wav", NameOf(segment.part), NameOf(record.emotion), record.id);
    const std::filesystem::path file = folder_ / segment.file;
    MakeFolder(file.parent_path());
    WriteAudioFile(file, AudioFormat::kWav, samples);
    segment.sha256 = Sha256OfFile(file);
    // An id like those of known speakers, and of the same length, so that both orders below agree.
    const std::string speaker = record.speaker.value_or(record.source_id + "-unknown_");
    const bool added = utterances_[static_cast<std::size_t>(segment.part)]
                           .try_emplace(speaker + "-" + record.id,
                                        Utterance{.speaker = speaker,
                                                  .wav = segment.file,
                                                  .language = record.language.value_or("und"),
                                                  .emotion = std::string(NameOf(record.emotion)),
                                                  .duration_s = static_cast<double>(samples.size()) / kSampleRateHz})
                           .second;
    Check(added, "ids of segments are unique");
  }

  std::vector<PublishedFile> Finish() override {
    for (const Part part : kParts) WritePart(part, utterances_[static_cast<std::size_t>(part)]);
    return {};
  }

  std::vector<std::string> sound_patterns() const override { return {"wav/*/*/*"}; }

 private:
  using Utterances = std::map<std::string, Utterance>;  // by id

  void WritePart(Part part, const Utterances& utterances) {
    if (utterances.empty()) return;
    std::map<std::string, std::vector<std::string>> by_speaker;
    const std::string* last_speaker = nullptr;
    for (const auto& [id, utterance] : utterances) {
      const bool in_order = last_speaker == nullptr || *last_speaker <= utterance.speaker;
      if (!in_order || !IsWord(id) || !IsWord(utterance.language)) {
        throw Error(
            ErrorKind::kBadInput,
            fmt::format("the segment '{}' has a speaker or language that Kaldi's lists cannot hold", ValidUtf8(id)),
            "the catalogue was changed by hand: harvest again, or export in another form");
      }
      last_speaker = &utterance.speaker;
      by_speaker[utterance.speaker].push_back(id);
    }
    const std::filesystem::path folder = folder_ / NameOf(part);
    const auto list = [&](const char* name, const auto& value) {
      std::string text;
      for (const auto& [id, utterance] : utterances) text += fmt::format("{} {}\n", id, value(utterance));
      WriteNewFile(folder / name, text);
    };
    const auto seconds = [](const Utterance& utterance) { return fmt::format("{}", utterance.duration_s); };
    list("wav.scp", [](const Utterance& utterance) { return utterance.wav; });
    list("utt2spk", [](const Utterance& utterance) { return utterance.speaker; });
    list("utt2lang", [](const Utterance& utterance) { return utterance.language; });
    list("utt2emotion", [](const Utterance& utterance) { return utterance.emotion; });
    list("utt2dur", seconds);
    list("reco2dur", seconds);
    std::string spk2utt;
    for (const auto& [speaker, ids] : by_speaker) spk2utt += fmt::format("{} {}\n", speaker, fmt::join(ids, " "));
    WriteNewFile(folder / "spk2utt", spk2utt);
  }

  std::filesystem::path folder_;
  ByPart<Utterances> utterances_;
};

}  // namespace

std::unique_ptr<ExportWriter> MakeKaldiWriter(const std::filesystem::path& folder) {
  return std::make_unique<KaldiWriter>(folder);
}

}  // namespace sezim
