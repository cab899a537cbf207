// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <memory>

#include "sezim/base/file.h"
#include "sezim/cli/command.h"
#include "sezim/cli/interrupt.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/emotion/emotion_course.h"

namespace sezim::cli {
namespace {

struct Arguments {
  std::vector<std::string> files;
  std::string model = std::string(kDefaultVoiceModel);
  std::string format = "json";
  std::string out;
  std::string picture;
  RecognizeOptions options;
  std::optional<double> abstain_below;
};

int Run(const Arguments& arguments) {
  const std::stop_token stop = StopOnInterrupt();
  arguments.options.Check();
  if (!arguments.picture.empty() && arguments.files.size() != 1) {
    throw Error(ErrorKind::kUsage, "--picture draws one file", "give one file, or call sezim once for each");
  }
  const RecognitionFormat format = RecognitionFormatFromName(arguments.format);
  if ((format == RecognitionFormat::kSrt || format == RecognitionFormat::kAudacity) && arguments.files.size() != 1) {
    throw Error(ErrorKind::kUsage, fmt::format("the format {} has no place for the names of files", arguments.format),
                "give one file, or call sezim once for each");
  }
  const ModelStore store;
  const VoiceModel model = VoiceModel::Open(arguments.model, store);
  const auto voice_activity = std::make_shared<OnnxSession>(store.Load("silero-vad-sequence"));
  std::string text = HeaderOf(format, model.labels());
  if (arguments.out.empty()) {
    fmt::print("{}", text);
    text.clear();
  }
  int num_rejected = 0;
  std::atomic<std::size_t> num_done = 0;
  std::atomic<double> share = 0;
  {
    ProgressBar bar(
        [&] { return fmt::format("{} {} of {}", Bar(share, 30), num_done.load() + 1, arguments.files.size()); });
    for (const std::string& file : arguments.files) {
      if (stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
      std::optional<std::vector<EmotionSpan>> heard;
      try {
        heard = RecognizeFile(file, model, voice_activity, arguments.options, [&](double done) {
          if (stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
          share = (static_cast<double>(num_done.load()) + done) / static_cast<double>(arguments.files.size());
        });
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::kBadInput && error.kind() != ErrorKind::kNotFound) throw;
        ++num_rejected;
        bar.Say(fmt::format("rejected: {}: {}", error.what(), error.remedy()));
      }
      if (heard) {
        std::vector<EmotionSpan>& spans = *heard;
        if (arguments.abstain_below) {
          for (EmotionSpan& span : spans) {
            span.emotion.abstained = static_cast<double>(span.emotion.confidence()) < *arguments.abstain_below;
          }
        }
        text += TextOf(format, file, spans, model.labels());
        if (spans.empty()) bar.Say(fmt::format("{}: no speech", ValidUtf8(file)));
        if (!arguments.picture.empty()) {
          WriteFileAtomically(arguments.picture, CourseSvg(file, spans, model.labels()));
        }
      }
      if (arguments.out.empty()) {
        fmt::print("{}", text);
        std::fflush(stdout);
        text.clear();
      }
      ++num_done;
    }
  }
  if (!arguments.out.empty()) WriteFileAtomically(arguments.out, text);
  return num_rejected > 0 ? kSomeRejected : kDone;
}

}  // namespace

void AddRecognizeCommand(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("recognize", "Tell the emotion of voices in files, over time");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("FILES", arguments->files, "Sound or video: anything that FFmpeg reads")->required();
  command->add_option("--model", arguments->model, "A voice model: its name, or its folder as 'sezim train' wrote it")
      ->capture_default_str();
  command->add_option("--format", arguments->format, "json (a line for each window), csv, rttm, srt or audacity")
      ->check(CLI::IsMember({"json", "csv", "rttm", "srt", "audacity"}))
      ->capture_default_str();
  command->add_option("--out", arguments->out, "File to write (default: standard output)");
  command->add_option("--picture", arguments->picture, "Draw the course of the scores of one file into this SVG");
  command->add_option("--window", arguments->options.window_s, "Seconds that are heard at once, 0.5 to 30")
      ->capture_default_str();
  command->add_option("--step", arguments->options.step_s, "Seconds from one window to the next")
      ->capture_default_str();
  command->add_option("--min-speech", arguments->options.min_speech, "Share of a window that has to be speech, 0 to 1")
      ->capture_default_str();
  command
      ->add_option("--abstain-below", arguments->abstain_below,
                   "Abstain where the best score is lower, 0 to 1 (default: as the model's card says)")
      ->check(CLI::Range(0.0, 1.0));
  command->callback([arguments, &chosen] { chosen = [arguments] { return Run(*arguments); }; });
  command->footer(
      "sezim recognize talk.mp4                                      a line of JSON for each window of speech\n"
      "sezim recognize talk.mp4 --format srt --out talk.srt          subtitles\n"
      "sezim recognize talk.mp4 --picture talk.svg --out talk.jsonl  the course of emotion, drawn");
}

}  // namespace sezim::cli
