// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <memory>

#include "sezim/base/counted.h"
#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/catalog/catalog.h"
#include "sezim/cli/command.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/cli/tell.h"
#include "sezim/publish/corpus_review.h"
#include "sezim/publish/report_page.h"
#include "sezim/publish/review_sample.h"
#include "sezim/publish/seed.h"

namespace sezim::cli {
namespace {

struct ReportArguments {
  std::string corpus;
  std::string out;
  bool review = false;
  bool embed = false;
  ReviewOptions sample;
};

struct ReviewArguments {
  std::string corpus;
  std::vector<std::string> files;
  bool json = false;
};

int Report(const ReportArguments& arguments) {
  std::atomic<double> share = 0;
  WrittenReport written;
  {
    const ProgressBar bar([&] { return Bar(share, 40); });
    ReportOptions options{.out = arguments.out, .embed_sounds = arguments.embed};
    if (arguments.review) options.review = arguments.sample;
    written = WriteReport(CorpusFolder(arguments.corpus), options, [&](double done) { share = done; });
  }
  Tell("{}, {} with a picture, {:.1f} MB; open it in a browser:\n",
       Counted(static_cast<std::int64_t>(written.num_segments), "segment"), written.num_faces,
       static_cast<double>(written.size_bytes) / 1e6);
  fmt::print("{}\n", DisplayName(written.file));
  return kDone;
}

int Review(const ReviewArguments& arguments) {
  const CorpusFolder corpus(arguments.corpus);
  corpus.RequireCorpus();
  std::vector<sezim::Review> reviews;
  for (const std::string& file : arguments.files) reviews.push_back(ReadReview(file));
  const CorpusReview result = ReviewCorpus(Catalog(corpus.catalog()), reviews);
  fmt::print("{}{}", arguments.json ? JsonOf(result) : TextOf(result), arguments.json ? "\n" : "");
  return kDone;
}

}  // namespace

void AddCorpusReportCommands(CLI::App& corpus, Action& chosen) {
  auto report = std::make_shared<ReportArguments>();
  CLI::App* sub =
      corpus.add_subcommand("report", "Make one HTML page: charts, timelines, faces, every segment to hear");
  sub->footer(
      "The page needs no network. It plays the sounds of the corpus folder beside it; with --embed it holds them.\n"
      "\n"
      "To measure how right the labels are, let one or more people answer a sample, each in a browser of their own:\n"
      "  sezim corpus report CORPUS --review          makes CORPUS/review.html: send it to them\n"
      "  sezim corpus review CORPUS anna.json …       reads what they export: precision, and how far they agree");
  sub->add_option("CORPUS", report->corpus, "A folder that 'sezim harvest' made")->required();
  sub->add_option("--out", report->out, "The page (CORPUS/report.html; with --review CORPUS/review.html)");
  CLI::Option* review = sub->add_flag(
      "--review", report->review,
      "Make a page in which a person says what emotion each segment of a sample has; it holds its sounds");
  sub->add_option("--sample", report->sample.per_emotion, "With --review: segments of each emotion, or all it has")
      ->needs(review)
      ->check(CLI::Range(std::int64_t{1}, kMaxPerEmotion))
      ->capture_default_str();
  sub->add_option("--seed", report->sample.seed, "With --review: another number draws another sample")
      ->needs(review)
      ->check(CLI::Range(kMaxSeed))
      ->capture_default_str();
  sub->add_flag(
      "--embed", report->embed,
      fmt::format("Put the sounds into the page, to send it as one file; up to {} MiB", kMaxSoundBytes >> 20));
  sub->callback([report, &chosen] { chosen = [report] { return Report(*report); }; });

  auto reviewed = std::make_shared<ReviewArguments>();
  sub = corpus.add_subcommand("review", "How right the labels are, by what people exported from a review page");
  sub->footer(
      "Precision by emotion has Wilson's 95 % interval. That of the corpus weighs the emotions by how many segments "
      "the\n"
      "corpus has of each, for the sample has as many of each. Cohen's kappa tells how far each two reviewers agree.");
  sub->add_option("CORPUS", reviewed->corpus, "The folder whose page they reviewed")->required();
  sub->add_option("FILE", reviewed->files, "What a reviewer exported; one or more, each of another person")->required();
  sub->add_flag("--json", reviewed->json, "Print JSON");
  sub->callback([reviewed, &chosen] { chosen = [reviewed] { return Review(*reviewed); }; });
}

}  // namespace sezim::cli
