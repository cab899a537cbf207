// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>

#include "sezim/base/file.h"
#include "sezim/cli/command.h"
#include "sezim/cli/interrupt.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/cli/tell.h"
#include "sezim/emotion/feature_cache.h"
#include "sezim/emotion/feature_figure.h"
#include "sezim/emotion/feature_set.h"
#include "sezim/features/feature_file.h"
#include "sezim/media/read_sound.h"

namespace sezim::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<std::string> files;
  std::string set = "mfcc39";
  std::string out;
  std::string format;
  std::string picture;
  bool list = false;
  bool no_cache = false;
};

int ListSets() {
  for (const FeatureSet::Known& set : FeatureSet::KnownSets()) fmt::print("{:<28}{}\n", set.name, set.description);
  return kDone;
}

FeatureFormat FormatOf(const Arguments& arguments, const fs::path& out) {
  if (!arguments.format.empty()) return *FeatureFormatFrom(arguments.format);
  if (arguments.out.empty()) return FeatureFormat::kCsv;
  const std::string extension = out.extension().native();
  if (const auto format = FeatureFormatFrom(extension.empty() ? "" : extension.substr(1))) return *format;
  throw Error(ErrorKind::kUsage, fmt::format("'{}' does not tell in which format to write", DisplayName(out)),
              "end its name in .csv, .npy, .arff or .htk, or give --format");
}

int DrawPicture(const Arguments& arguments) {
  if (arguments.files.size() != 1) {
    throw Error(ErrorKind::kUsage, fmt::format("a picture shows one file, and there are {}", arguments.files.size()),
                "give one file with --picture");
  }
  const fs::path file = arguments.files.front();
  WriteFileAtomically(arguments.picture, FeatureFigure(ReadSound(file), DisplayName(file.filename())));
  Tell("drew {}\n", DisplayName(arguments.picture));
  return kDone;
}

// The files' features one after the other; a file that cannot be read is named and left out.
class Extraction {
 public:
  explicit Extraction(const Arguments& arguments)
      : arguments_(arguments), set_(FeatureSet::Open(arguments.set, ModelStore())) {
    const fs::path out = arguments.out;
    const bool many_framewise = set_.is_framewise() && arguments.files.size() > 1;
    std::error_code ignored;
    is_folder_ = many_framewise || (!arguments.out.empty() && (fs::is_directory(out, ignored) || !out.has_filename()));
    if (is_folder_ && arguments.out.empty()) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("the set '{}' gives a table for each file, and there are {} files", arguments.set,
                              arguments.files.size()),
                  "give --out FOLDER, or one file only");
    }
    if (is_folder_) {
      if (arguments.format.empty()) {
        throw Error(ErrorKind::kUsage, "a folder does not tell in which format to write",
                    "give --format csv, npy, arff or htk");
      }
      MakeFolder(out);
    }
    format_ = FormatOf(arguments, out);
    if (!set_.is_framewise() && !is_folder_ && format_ == FeatureFormat::kHtk && arguments.files.size() > 1) {
      throw Error(ErrorKind::kUsage, "an HTK file holds the features of one sound",
                  "give --out FOLDER --format htk, or another format");
    }
    table_.title = arguments.set;
    table_.columns = set_.names();
    table_.hop_s = set_.hop_s();
    table_.matrix.dim = set_.dim();
  }

  int Run(const std::stop_token& stop) {
    {
      ProgressBar bar([&] {
        return fmt::format("{} {}/{}", Bar(static_cast<double>(done_) / Count(), 40), done_.load(), Count());
      });
      for (const std::string& file : arguments_.files) {
        if (stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "interrupted");
        try {
          Accept(file);
        } catch (const Error& error) {
          if (error.kind() != ErrorKind::kBadInput && error.kind() != ErrorKind::kNotFound) throw;
          bar.Say(fmt::format("sezim: {}", error.what()));
          ++num_rejected_;
        }
        ++done_;
      }
    }
    if (num_rejected_ == arguments_.files.size()) {
      throw Error(ErrorKind::kBadInput, "none of the files could be read", "see the reasons above");
    }
    if (!is_folder_) Write(table_, arguments_.out);
    if (const auto problem = cache_.problem()) Tell("sezim: features are not kept: {}\n", *problem);
    Tell("{}: {} numbers {}; {} of {} files\n", set_.name(), set_.dim(),
         set_.is_framewise() ? fmt::format("each {:g} ms", 1000 * set_.hop_s()) : std::string("a file"),
         arguments_.files.size() - num_rejected_, arguments_.files.size());
    return num_rejected_ > 0 ? kSomeRejected : kDone;
  }

 private:
  double Count() const { return static_cast<double>(arguments_.files.size()); }

  void Accept(const std::string& file) {
    const std::vector<float> sound = ReadSound(file, set_.sample_rate_hz());
    FeatureMatrix matrix = ExtractCached(set_, sound, arguments_.no_cache ? nullptr : &cache_);
    if (is_folder_) {
      FeatureTable table{.title = table_.title, .columns = table_.columns, .hop_s = table_.hop_s};
      table.matrix = std::move(matrix);
      if (!set_.is_framewise()) table.sounds = {DisplayName(file)};
      const std::string name = fs::path(file).stem().native();
      if (!names_.insert(name).second) {
        throw Error(ErrorKind::kUsage, fmt::format("two files are called '{}'", DisplayName(name)),
                    "give them in two runs, with two folders");
      }
      Write(table, fs::path(arguments_.out) / fmt::format("{}.{}", name, NameOf(format_)));
      return;
    }
    if (!set_.is_framewise()) table_.sounds.push_back(DisplayName(file));
    table_.matrix.num_frames += matrix.num_frames;
    table_.matrix.values.insert(table_.matrix.values.end(), matrix.values.begin(), matrix.values.end());
  }

  void Write(const FeatureTable& table, const fs::path& path) const {
    const std::string bytes = FeatureFileOf(table, format_);
    if (path.empty()) {
      std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    } else {
      WriteFileAtomically(path, bytes);
    }
  }

  const Arguments& arguments_;
  FeatureSet set_;
  FeatureCache cache_{};
  FeatureFormat format_ = FeatureFormat::kCsv;
  bool is_folder_ = false;
  FeatureTable table_{};
  std::set<std::string> names_{};
  std::atomic<std::size_t> done_ = 0;
  std::size_t num_rejected_ = 0;
};

}  // namespace

void AddFeaturesCommand(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("features", "Measure what a voice sounds like, as tables of numbers");
  command->footer(
      "A set is frame-wise (a row each 10 ms, say) or sums a whole file up in one row; 'sezim features --list' tells.\n"
      "  one file, frame-wise set      a table of its frames\n"
      "  many files, frame-wise set    --out is a folder, with a table NAME.FORMAT for each file\n"
      "  any files, summing set        a table with a row for each file; --out FOLDER/ gives each a table of its own\n"
      "\n"
      "  sezim features voice.wav --set mfcc39 --out voice.npy\n"
      "  sezim features corpus/*.flac --set mfcc39-stats --out corpus.csv\n"
      "  sezim features corpus/*.flac --set mfcc39 --out mfcc/ --format htk\n"
      "  sezim features voice.wav --picture voice.png\n");
  command->add_option("FILE", arguments->files, "Anything with sound that FFmpeg reads");
  command->add_option("--set", arguments->set, "A feature set: its name, or a TOML file (docs/formats/feature-set.md)")
      ->capture_default_str();
  command->add_option("--out", arguments->out, "File to write, or folder (default: CSV to standard output)");
  command->add_option("--format", arguments->format, "csv, npy, arff or htk (default: as the name in --out ends)")
      ->check(CLI::IsMember({"csv", "npy", "arff", "htk"}));
  command->add_option("--picture", arguments->picture,
                      "Draw MFCC, mel bands and chroma of one file into this PNG; without --out nothing else is done");
  command->add_flag("--no-cache", arguments->no_cache,
                    "Compute what networks make of the sounds anew, and do not keep it ($SEZIM_CACHE/features)");
  command->add_flag("--list", arguments->list, "List the feature sets that ship with sezim");
  command->callback([arguments, &chosen] {
    chosen = [arguments] {
      if (arguments->list) return ListSets();
      if (arguments->files.empty()) {
        throw Error(ErrorKind::kUsage, "no file is given", "give one or more, or --list");
      }
      const std::stop_token stop = StopOnInterrupt();
      if (!arguments->picture.empty()) {
        const int status = DrawPicture(*arguments);
        if (arguments->out.empty()) return status;
      }
      return Extraction(*arguments).Run(stop);
    };
  });
}

}  // namespace sezim::cli
