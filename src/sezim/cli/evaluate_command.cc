// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "sezim/base/counted.h"
#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/catalog/catalog.h"
#include "sezim/cli/command.h"
#include "sezim/cli/evaluate_experiment_command.h"
#include "sezim/cli/evaluate_overlap_command.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/corpus/corpus_folder.h"
#include "sezim/harvest/compare_detectors.h"
#include "sezim/harvest/evaluate_faces.h"
#include "sezim/harvest/evaluate_harvest.h"
#include "sezim/infer/model_store.h"
#include "sezim/learn/evaluate_expression.h"
#include "sezim/learn/evaluate_speakers.h"
#include "sezim/learn/evaluate_speech.h"
#include "sezim/vision/face_network.h"

namespace sezim::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string data;
  std::string part = "test";
  std::vector<std::string> models;
  double threshold = 0.5;
  std::vector<double> range;  // empty: as the card says
  std::optional<double> gamma;
  std::string truth;
  std::string corpus;
  std::string video;
  int name_letters = 0;
  double min_likeness = SpeakerClusterOptions().min_likeness;
  double min_face_share = HaarFaceDetectorOptions().min_face_share;
  double per_s = 2;
  bool json = false;
};

std::shared_ptr<const OnnxSession> Network(const std::string& name) {
  return std::make_shared<OnnxSession>(ModelStore().Load(name));
}

Json JsonOf(const PrecisionRecall& scores) {
  return {{"precision", scores.precision}, {"recall", scores.recall}, {"f1", scores.f1}};
}

std::vector<std::string> EmotionNames() {
  std::vector<std::string> names;
  for (const Emotion emotion : kEmotions) names.emplace_back(NameOf(emotion));
  return names;
}

Json JsonOf(const ConfusionMatrix& matrix) {
  Json rows = Json::array();
  for (std::size_t truth = 0; truth < matrix.num_classes(); ++truth) {
    Json row = Json::array();
    for (std::size_t k = 0; k < matrix.num_classes(); ++k) row.push_back(matrix.count(truth, k));
    rows.push_back(row);
  }
  return {{"labels", EmotionNames()}, {"rows_are_truth", rows}};
}

int Speech(const Arguments& arguments) {
  const std::string model = arguments.models.empty() ? "silero-vad-sequence" : arguments.models.front();
  const SpeechEvaluation result = EvaluateSpeech(arguments.data, Network(model), arguments.threshold);
  if (arguments.json) {
    const Json json{{"model", model},
                    {"files", result.num_files},
                    {"frames", result.num_frames},
                    {"speech_frames", result.num_speech_frames},
                    {"roc_auc", result.roc_auc},
                    {"threshold", result.threshold},
                    {"accuracy", result.accuracy},
                    {"speech", JsonOf(result.frames)}};
    fmt::print("{}\n", json.dump(1));
    return kDone;
  }
  fmt::print("{}: {}, {} frames of 32 ms, {:.1f} % of them speech\n", model,
             Counted(static_cast<std::int64_t>(result.num_files), "clip"), result.num_frames,
             100.0 * static_cast<double>(result.num_speech_frames) / static_cast<double>(result.num_frames));
  fmt::print("ROC-AUC {:.4f}\n", result.roc_auc);
  fmt::print("at {:.2f}: F1 {:.4f}, precision {:.4f}, recall {:.4f}, accuracy {:.4f}\n", result.threshold,
             result.frames.f1, result.frames.precision, result.frames.recall, result.accuracy);
  return kDone;
}

int Expression(const Arguments& arguments) {
  std::vector<std::string> models = arguments.models;
  if (models.empty()) models = {"mini-xception"};
  std::vector<std::shared_ptr<const OnnxSession>> networks;
  for (const std::string& name : models) {
    Model model = ModelStore().Open(name);
    if (!arguments.range.empty()) {
      model.card.input_black = arguments.range[0];
      model.card.input_white = arguments.range[1];
    }
    model.card.input_gamma = arguments.gamma.value_or(model.card.input_gamma);
    networks.push_back(std::make_shared<OnnxSession>(model));
  }
  std::filesystem::path folder = arguments.data;
  if (std::filesystem::is_directory(folder / arguments.part)) folder /= arguments.part;
  std::atomic<double> share = 0;
  ConfusionMatrix matrix(kNumEmotions);
  {
    const ProgressBar bar([&] { return fmt::format("reading faces {}", Bar(share, 40)); });
    matrix = EvaluateExpression(ReadLabelledFaces(folder, [&](double done) { share = done; }), networks);
  }
  if (arguments.json) {
    const Json json{{"models", models},
                    {"faces", matrix.total()},
                    {"accuracy", matrix.Accuracy()},
                    {"uar", matrix.UnweightedAverageRecall()},
                    {"macro_f1", matrix.MacroF1()},
                    {"confusion", JsonOf(matrix)}};
    fmt::print("{}\n", json.dump(1));
    return kDone;
  }
  fmt::print("{} on {} faces of {}\n", fmt::join(models, " + "), matrix.total(), DisplayName(folder));
  fmt::print("accuracy {:.4f}, unweighted average recall {:.4f}, macro F1 {:.4f}\n\n{}", matrix.Accuracy(),
             matrix.UnweightedAverageRecall(), matrix.MacroF1(), TextOf(matrix, EmotionNames()));
  return kDone;
}

int Speakers(const Arguments& arguments) {
  constexpr unsigned kSeeds = 5;
  const SpeakerClusterOptions options{.min_likeness = arguments.min_likeness};
  options.Check();
  std::atomic<double> share = 0;
  std::vector<VoiceClip> clips;
  {
    const ProgressBar bar([&] { return fmt::format("listening {}", Bar(share, 40)); });
    clips = ReadVoiceClips(arguments.data, arguments.name_letters, Network("silero-vad-sequence"),
                           VoicePrinter(Network("ge2e")), [&](double done) { share = done; });
  }
  double speech_s = 0;
  for (const VoiceClip& clip : clips) speech_s += clip.speech_s;
  Json json = Json::array();
  if (!arguments.json) {
    fmt::print("{} clips of {:.1f} s of speech on average; mean of {} draws\n\n", clips.size(),
               clips.empty() ? 0 : speech_s / static_cast<double>(clips.size()), kSeeds);
    fmt::print("{:<22}{:>8}{:>9}{:>10}{:>9}{:>16}\n", "clips known together", "groups", "people", "clusters", "purity",
               "inverse purity");
  }
  for (const std::size_t together : {1U, 2U, 3U, 5U, 10U}) {
    double purity = 0, inverse_purity = 0, clusters = 0;
    ClusterFigures figures;
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
      figures = EvaluateSpeakers(clips, together, options, seed);
      purity += figures.purity / kSeeds;
      inverse_purity += figures.inverse_purity / kSeeds;
      clusters += static_cast<double>(figures.num_clusters) / kSeeds;
    }
    json.push_back({{"clips_known_together", together},
                    {"groups", figures.num_items},
                    {"people", figures.num_people},
                    {"clusters", clusters},
                    {"purity", purity},
                    {"inverse_purity", inverse_purity}});
    if (!arguments.json) {
      fmt::print("{:<22}{:>8}{:>9}{:>10.1f}{:>9.3f}{:>16.3f}\n", together, figures.num_items, figures.num_people,
                 clusters, purity, inverse_purity);
    }
  }
  if (arguments.json) fmt::print("{}\n", json.dump(1));
  return kDone;
}

std::vector<SegmentRecord> ReadSegments(const CorpusFolder& corpus) {
  corpus.RequireCorpus();
  std::ifstream stream(corpus.segments());
  std::vector<SegmentRecord> segments;
  for (std::string line; std::getline(stream, line);) {
    segments.push_back(
        ParseSegmentRecord(line, fmt::format("'{}', line {}", DisplayName(corpus.segments()), segments.size() + 1)));
  }
  return segments;
}

// A corpus that never saw the programme would otherwise look like one that found nothing in it.
void RequireOneSource(const CorpusFolder& corpus, const std::string& media) {
  std::int64_t count = 0;
  for (const SourceRow& source : Catalog(corpus.catalog()).Sources()) {
    count += std::filesystem::path(source.name).filename() == media;
  }
  if (count == 1) return;
  throw Error(count == 0 ? ErrorKind::kNotFound : ErrorKind::kUsage,
              fmt::format("the corpus '{}' has {} called '{}', of which the truth tells", DisplayName(corpus.root()),
                          count == 0 ? "no source" : Counted(count, "source"), media),
              "harvest the programme into a corpus of its own, under the name that 'media' has in the truth file");
}

int Harvest(const Arguments& arguments) {
  const Truth truth = ReadTruth(arguments.truth);
  std::vector<SegmentRecord> segments = ReadSegments(CorpusFolder(arguments.corpus));
  const auto is_of_programme = [&](const SegmentRecord& segment) {
    return std::filesystem::path(segment.source).filename() == truth.media;
  };
  std::erase_if(segments, [&](const SegmentRecord& segment) { return !is_of_programme(segment); });
  RequireOneSource(CorpusFolder(arguments.corpus), truth.media);
  const HarvestEvaluation result = EvaluateHarvest(truth, segments);
  if (arguments.json) {
    Json kinds = Json::object();
    for (const auto& [name, kind] : result.kinds) {
      kinds[name] = {{"total_s", kind.total_s}, {"speech_s", kind.speech_s}, {"kept_s", kind.kept_s}};
    }
    const Json json{{"media", truth.media},
                    {"segments", segments.size()},
                    {"precision", result.precision()},
                    {"recall", result.recall()},
                    {"label_accuracy", result.labels.Accuracy()},
                    {"speakers",
                     {{"segments", result.speakers.num_items},
                      {"people", result.speakers.num_people},
                      {"clusters", result.speakers.num_clusters},
                      {"purity", result.speakers.purity},
                      {"inverse_purity", result.speakers.inverse_purity}}},
                    {"kinds", kinds},
                    {"confusion_centiseconds", JsonOf(result.labels)}};
    fmt::print("{}\n", json.dump(1));
    return kDone;
  }
  fmt::print("{}: {}\n", truth.media, Counted(std::ssize(segments), "segment"));
  fmt::print("precision {:.3f}, recall {:.3f}, label right on {:.1f} % of the time of known emotion\n",
             result.precision(), result.recall(), 100 * result.labels.Accuracy());
  if (const ClusterFigures& who = result.speakers; who.num_items > 0) {
    const auto counted = [](std::size_t count, const char* noun) {
      return Counted(static_cast<std::int64_t>(count), noun);
    };
    fmt::print("{} of {} got {}: purity {:.3f}, inverse purity {:.3f}\n", counted(who.num_items, "segment"),
               counted(who.num_people, "speaker"), counted(who.num_clusters, "name"), who.purity, who.inverse_purity);
  }
  fmt::print("\n{:<14}{:>10}{:>12}{:>11}{:>8}\n", "scene", "seconds", "with voice", "kept", "share");
  for (const auto& [name, kind] : result.kinds) {
    fmt::print("{:<14}{:>10.1f}{:>12.1f}{:>11.1f}{:>6.0f} %\n", name, kind.total_s, kind.speech_s, kind.kept_s,
               kind.speech_s > 0 ? 100 * kind.kept_s / kind.speech_s : 0);
  }
  fmt::print("\nlabels, hundredths of a second:\n{}", TextOf(result.labels, EmotionNames()));
  return kDone;
}

int Faces(const Arguments& arguments) {
  const std::string model = arguments.models.empty() ? "blazeface-short" : arguments.models.front();
  const auto detector = MakeFaceDetector(Network(model), {.min_score = arguments.threshold});
  const FaceEvaluation result = EvaluateFaces(ReadTruth(arguments.truth), arguments.video, *detector);
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
  };
  const double ms = result.num_pictures() > 0 ? 1000 * result.seconds / static_cast<double>(result.num_pictures()) : 0;
  if (arguments.json) {
    const Json json{{"model", model},
                    {"pictures_with_faces", result.num_with_faces},
                    {"found", share(result.num_found, result.num_with_faces)},
                    {"all_right", share(result.num_all_right, result.num_with_faces)},
                    {"pictures_without_face", result.num_without_face},
                    {"false", share(result.num_false, result.num_without_face)},
                    {"ms_per_picture", ms}};
    fmt::print("{}\n", json.dump(1));
    return kDone;
  }
  fmt::print("{} at {:.2f}: {:.2f} ms a picture\n", model, arguments.threshold, ms);
  fmt::print("{} pictures with faces: one found in {:.1f} %, as many as there are in {:.1f} %\n", result.num_with_faces,
             100 * share(result.num_found, result.num_with_faces),
             100 * share(result.num_all_right, result.num_with_faces));
  fmt::print("{} pictures without: one found in {:.1f} %\n", result.num_without_face,
             100 * share(result.num_false, result.num_without_face));
  return kDone;
}

int Detector(const Arguments& arguments) {
  HaarFaceDetectorOptions options;
  options.min_face_share = arguments.min_face_share;
  HaarFaceDetector small(options);
  options.min_face_share = 0;
  HaarFaceDetector full(options);
  std::atomic<double> share = 0;
  DetectorComparison result;
  {
    const ProgressBar bar([&] { return fmt::format("looking {}", Bar(share, 40)); });
    result = CompareDetectors(arguments.video, arguments.per_s, small, full, [&](double done) { share = done; });
  }
  const auto count = static_cast<double>(std::max<std::int64_t>(result.num_pictures, 1));
  const double alike = static_cast<double>(result.num_alike) / count;
  if (arguments.json) {
    const Json json{{"pictures", result.num_pictures},
                    {"alike", alike},
                    {"ms_per_picture", 1000 * result.seconds_first / count},
                    {"ms_per_picture_full", 1000 * result.seconds_second / count}};
    fmt::print("{}\n", json.dump(1));
    return kDone;
  }
  fmt::print("{} pictures: the same faces in {:.2f} %; {:.1f} ms a picture, the full detector {:.1f} ms\n",
             result.num_pictures, 100 * alike, 1000 * result.seconds_first / count,
             1000 * result.seconds_second / count);
  return kDone;
}

}  // namespace

void AddEvaluateCommand(CLI::App& app, Action& chosen) {
  CLI::App* command =
      app.add_subcommand("evaluate", "Run an experiment, or measure a part of sezim against known truth");
  command->require_subcommand(0, 1);
  AddExperimentOptions(*command, chosen);
  auto arguments = std::make_shared<Arguments>();
  const auto add = [&](const char* name, const char* what, int (*action)(const Arguments&)) {
    CLI::App* sub = command->add_subcommand(name, what);
    sub->add_flag("--json", arguments->json, "Print JSON");
    sub->callback([arguments, &chosen, action] { chosen = [arguments, action] { return action(*arguments); }; });
    return sub;
  };

  CLI::App* speech = add("speech", "Voice activity over 32-ms frames: ROC-AUC and F1", Speech);
  speech->add_option("--data", arguments->data, "A folder of NAME.wav with hand-made truth NAME.scv")->required();
  speech->add_option("--model", arguments->models, "The network (silero-vad-sequence)")->expected(1);
  speech->add_option("--threshold", arguments->threshold, "Probability above which a frame is speech")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();

  CLI::App* expression = add("expression", "Facial expression: accuracy, precision, recall, F1, confusion", Expression);
  expression
      ->add_option("--data", arguments->data,
                   "A folder with one sub-folder of faces for each emotion, or one with such parts (FER2013)")
      ->required();
  expression->add_option("--part", arguments->part, "Which part, where there are parts: train, validation or test")
      ->capture_default_str();
  expression
      ->add_option("--model", arguments->models,
                   "The network, a name or a folder (mini-xception); several, each with its own --model, are averaged")
      ->expected(1)
      ->take_all();

  expression
      ->add_option(
          "--range", arguments->range,
          "BLACK WHITE: what a black and a white pixel become at the input (default: as the model's card says)")
      ->expected(2);
  expression
      ->add_option("--gamma", arguments->gamma,
                   "A pixel v in [0, 1] becomes BLACK + (WHITE - BLACK) v^gamma (default: as the model's card says)")
      ->check(CLI::Range(0.1, 10.0));

  CLI::App* speakers = add("speakers", "Speakers by their voices: number of clusters and their purity", Speakers);
  speakers->add_option("--data", arguments->data, "A folder of recordings (.flac, .wav), each of one speaker")
      ->required();
  speakers
      ->add_option("--name-letters", arguments->name_letters,
                   "How many letters at the start of a file's name tell the speaker; 0: its folder does")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  speakers->add_option("--min-likeness", arguments->min_likeness, "Below it two voices are different people")
      ->capture_default_str();

  AddEvaluateOverlapCommand(*command, chosen);

  CLI::App* faces = add("faces", "A face detector on the scenes of a programme: faces found, false ones, speed", Faces);
  faces->add_option("--truth", arguments->truth, "The programme's truth (docs/formats/truth.md)")->required();
  faces->add_option("--model", arguments->models, "The network (blazeface-short)")->expected(1);
  faces->add_option("--min-score", arguments->threshold, "Probability below which a face is none")
      ->check(CLI::Range(0.01, 0.99))
      ->capture_default_str();
  faces->add_option("VIDEO", arguments->video, "The programme")->required();

  CLI::App* detector = add("detector", "The published detector on a smaller picture against the full one", Detector);
  detector
      ->add_option("--min-face-share", arguments->min_face_share,
                   "Faces below this share of the picture's shorter side are not looked for (the full one: 0)")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  detector->add_option("--per-second", arguments->per_s, "Pictures looked at")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  detector->add_option("VIDEO", arguments->video, "Any video")->required();

  CLI::App* harvest = add("harvest", "A corpus against the truth of the programme it was made of", Harvest);
  harvest->add_option("--truth", arguments->truth, "The programme's truth (docs/formats/truth.md)")->required();
  harvest->add_option("CORPUS", arguments->corpus, "The corpus folder")->required();
}

}  // namespace sezim::cli
