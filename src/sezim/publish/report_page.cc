// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/report_page.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <string_view>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/corpus/segment_file.h"
#include "sezim/publish/page_parts.h"
#include "sezim/publish/page_text.h"
#include "sezim/publish/review_sample.h"
#include "sezim/publish/web_assets.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr std::size_t kFacesInElement = 100;  // a page decodes as many at once

// A file that appears under its name when Commit is called, and else not at all.
class PageFile {
 public:
  explicit PageFile(fs::path path) : path_(std::move(path)), temporary_(UnfinishedReport(path_)) {
    file_ = FileDescriptor(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file_) throw SystemError(errno, "cannot create", DisplayName(temporary_));
  }
  ~PageFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }
  PageFile(const PageFile&) = delete;
  PageFile& operator=(const PageFile&) = delete;

  void Write(std::string_view text) {
    buffer_ += text;
    size_bytes_ += text.size();
    if (buffer_.size() >= kBufferBytes) Flush();
  }
  void Commit() {
    Flush();
    file_.Close();
    CommitFile(temporary_, path_);
    temporary_.clear();
  }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  void Flush() {
    WriteAll(file_, std::as_bytes(std::span(buffer_)), temporary_);
    buffer_.clear();
  }

  fs::path path_;
  fs::path temporary_;
  FileDescriptor file_;
  std::string buffer_;
  std::uint64_t size_bytes_ = 0;
};

void RequireReportOrNothing(const fs::path& out) {
  if (!fs::exists(out) || IsReport(out)) return;
  throw Error(ErrorKind::kUsage, fmt::format("'{}' is there and is no report of sezim's", DisplayName(out)),
              "give another file with --out, or remove this one");
}

// A page names and shows every source, and 'corpus drop' must find it: it looks for pages in the folder itself.
void RequirePlaceThatDropFinds(const CorpusFolder& corpus, const fs::path& out) {
  if (!corpus.Holds(out)) return;
  if (fs::equivalent(out.parent_path(), corpus.root()) && out.extension() == ".html") return;
  throw Error(
      ErrorKind::kUsage,
      fmt::format("'{}' lies in the corpus folder, where 'sezim corpus drop' would not find it", DisplayName(out)),
      fmt::format("give a name that ends with .html in '{}' itself, or a file elsewhere", DisplayName(corpus.root())));
}

// Throws unless one page can hold the sounds of all these segments. What is missing is said when it is read.
void RequireRoomForSounds(const CorpusFolder& corpus, const ReportData& data, const std::vector<std::size_t>& shown) {
  std::uint64_t total = 0;
  for (const std::size_t index : shown) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(corpus.AudioFile(data.segments[index].audio), error);
    if (!error) total += size;
  }
  if (total <= kMaxSoundBytes) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("the sounds of {} segments are {} MiB, and a page holds at most {} MiB", shown.size(),
                          total >> 20, kMaxSoundBytes >> 20),
              "leave out --embed and send the corpus folder, or take a sample: --review with a smaller --sample");
}

// Writes one <script> element of data for each `kFacesInElement` segments; returns how many have a picture.
std::size_t WriteFaces(PageFile& page, const Catalog& catalog, const ReportData& data,
                       const std::vector<std::size_t>& shown) {
  // Where there are too many, those with the smallest digests: spread over all sources.
  std::vector<std::pair<std::string, Emotion>> ids;
  for (const std::size_t index : shown) ids.emplace_back(data.segments[index].id, Emotion::kNeutral);
  std::set<std::size_t> with_picture;
  if (ids.size() > kMaxFacePictures) {
    const std::vector<std::size_t> drawn = StratifiedSample(ids, kMaxFacePictures, 0);
    with_picture.insert(drawn.begin(), drawn.end());
  }
  std::size_t count = 0;
  for (std::size_t first = 0; first < shown.size(); first += kFacesInElement) {
    page.Write(fmt::format("<script type=\"application/json\" id=\"faces-{}\">[", first / kFacesInElement));
    const std::size_t end = std::min(shown.size(), first + kFacesInElement);
    for (std::size_t i = first; i < end; ++i) {
      const bool is_wanted = with_picture.empty() || with_picture.count(i) > 0;
      const std::string jpeg = is_wanted ? catalog.FacePicture(ids[i].first) : std::string();
      count += !jpeg.empty();
      page.Write(fmt::format("{}\"{}\"", i == first ? "" : ",", Base64(jpeg)));
    }
    page.Write("]</script>\n");
  }
  return count;
}

// Only our own scripts run, whatever the data holds, and the page fetches nothing but the corpus' sounds beside it.
std::string Policy(const WebAssets& assets, bool has_sounds) {
  return fmt::format(
      "default-src 'none'; script-src {}; style-src 'unsafe-inline'; img-src data: blob:; media-src blob:{}; "
      "base-uri 'none'; form-action 'none'",
      ScriptSources(assets), has_sounds ? "" : " 'self' file:");
}

// A source or a speaker dropped while the page is made must not stay in it: drop removes the pages that it finds, and
// this finds that it came too late for that.
void RequireNothingDropped(const Catalog& catalog, const ReportData& data, const fs::path& out) {
  std::set<std::string> there;
  for (const SourceRow& source : catalog.Sources()) there.insert(source.locator);
  const bool all_sources = std::all_of(data.sources.begin(), data.sources.end(),
                                       [&](const SourceRow& source) { return there.count(source.locator) > 0; });
  std::set<std::string> segments;
  catalog.ForEachSegment([&](const SegmentRecord& segment) { segments.insert(segment.id); });
  const bool all_segments = std::all_of(data.segments.begin(), data.segments.end(),
                                        [&](const SegmentRecord& segment) { return segments.count(segment.id) > 0; });
  if (all_sources && all_segments) return;
  ::unlink(out.c_str());
  throw Error(ErrorKind::kBusy, "something was dropped from the corpus while its report was made",
              "give the same command again");
}

fs::path OutFile(const CorpusFolder& corpus, const ReportOptions& options) {
  if (!options.out.empty()) return fs::absolute(options.out).lexically_normal();
  return options.review ? corpus.review() : corpus.report();
}

// From the page to the corpus folder, as the beginning of a URL.
std::string AudioBase(const CorpusFolder& corpus, const fs::path& out) {
  const fs::path way = fs::weakly_canonical(corpus.root()).lexically_relative(fs::weakly_canonical(out).parent_path());
  return way == "." ? "" : UrlOfPath(way.native()) + "/";
}

}  // namespace

WrittenReport WriteReport(const CorpusFolder& corpus, const ReportOptions& options,
                          const std::function<void(double)>& on_progress) {
  corpus.RequireCorpus();
  const fs::path out = OutFile(corpus, options);
  RequirePlaceThatDropFinds(corpus, out);
  RequireReportOrNothing(out);
  const Catalog catalog(corpus.catalog());
  const ReportData data = ReadReportData(corpus, catalog);
  std::vector<std::size_t> shown(data.segments.size());
  std::iota(shown.begin(), shown.end(), 0);
  if (options.review) {
    std::vector<std::pair<std::string, Emotion>> labels;
    for (const SegmentRecord& segment : data.segments) labels.emplace_back(segment.id, segment.emotion);
    shown = StratifiedSample(labels, options.review->per_emotion, options.review->seed);
    if (shown.empty()) {
      throw Error(ErrorKind::kUsage, fmt::format("the corpus '{}' has no segments to review", data.name),
                  "harvest more sources into it first");
    }
  }
  const bool has_sounds = options.embed_sounds || options.review;
  if (has_sounds) RequireRoomForSounds(corpus, data, shown);

  const WebAssets& assets = ReportAssets();
  WrittenReport written{.file = out, .num_segments = shown.size()};
  PageFile page(out);
  FillPage(assets.page, [&](std::string_view text) { page.Write(text); },
           {{"mark", [&] { page.Write(kReportMark); }},
            {"policy", [&] { page.Write(Policy(assets, has_sounds)); }},
            {"title", [&] { page.Write(HtmlText(data.name)); }},
            {"style", [&] { page.Write(assets.style); }},
            {"notices", [&] { page.Write(Notices(assets)); }},
            {"data",
             [&] {
               page.Write(JsonForScript(options.review
                                            ? ReviewJson(data, shown, *options.review)
                                            : ReportJson(data, has_sounds ? "" : AudioBase(corpus, out), has_sounds)));
             }},
            {"faces", [&] { written.num_faces = WriteFaces(page, catalog, data, shown); }},
            {"sounds",
             [&] {
               if (!has_sounds) return;
               for (std::size_t i = 0; i < shown.size(); ++i) {
                 page.Write(fmt::format("<script type=\"text/plain\" id=\"sound-{}\">{}</script>\n", i,
                                        Base64(ReadSegmentFile(corpus, data.segments[shown[i]]))));
                 if (on_progress) on_progress(static_cast<double>(i + 1) / static_cast<double>(shown.size()));
               }
             }},
            {"libraries",
             [&] {
               if (options.review) return;  // a review has no charts
               for (const WebLibrary& library : assets.libraries) {
                 page.Write(fmt::format("<script>{}</script>\n", library.script));
               }
             }},
            {"script", [&] { page.Write(assets.script); }}});
  page.Commit();
  written.size_bytes = page.size_bytes();
  RequireNothingDropped(catalog, data, out);
  return written;
}

}  // namespace sezim
