// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/harvester.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/catalog/corpus_records.h"
#include "sezim/catalog/name_speakers.h"
#include "sezim/catalog/reject_repeats.h"
#include "sezim/corpus/corpus_folder.h"
#include "sezim/harvest/corpus_description.h"
#include "sezim/harvest/input_queue.h"
#include "sezim/harvest/leftovers.h"
#include "sezim/harvest/listen.h"
#include "sezim/harvest/media_source.h"
#include "sezim/harvest/method.h"
#include "sezim/harvest/open_source.h"
#include "sezim/harvest/segment_writer.h"
#include "sezim/harvest/source_rejection.h"
#include "sezim/media/probe.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

// Note [Who does what]
// Each thread takes, in this order: a unit of the earliest source that has one waiting; else the next input, whose
// sound it decodes while the units that come out of it are taken by others; else it waits. One more thread downloads
// what links lead to. Inputs are prepared one at a time. At most one source more than there are threads is open, and
// one download waits, which bounds disk and memory.
class Harvester {
 public:
  Harvester(const std::vector<HarvestInput>& inputs, const CorpusFolder& corpus, const HarvestOptions& options,
            std::unique_ptr<HarvestMethod> method, std::optional<VoiceModel> voice_model, HarvestMeter& meter,
            StageTimes& times, const HarvestEvents& events, std::stop_token stop)
      : inputs_(inputs),
        queue_(inputs),
        corpus_(corpus),
        options_(options),
        method_(std::move(method)),
        voice_model_(std::move(voice_model)),
        catalog_(corpus.catalog()),
        meter_(meter),
        times_(times),
        events_(events),
        stop_(std::move(stop)) {}

  HarvestSummary Run() {
    double total_weight = 0;
    for (const HarvestInput& input : inputs_) total_weight += WeightOf(input);
    meter_.Start(static_cast<std::int64_t>(inputs_.size()), total_weight);
    const std::stop_callback wake(stop_, [this] { StopAll(); });
    {
      std::vector<std::jthread> threads;
      if (queue_.HasLink()) threads.emplace_back([this] { Guarded([this] { Download(); }); });
      for (int i = 0; i < options_.num_jobs; ++i)
        threads.emplace_back([this] { Guarded([this] { WorkUntilDone(); }); });
    }
    const bool is_new = summary_.num_sources_done > 0 || summary_.num_sources_rejected > 0;
    const bool is_complete = !fatal_ && !stop_.stop_requested();
    if (is_complete && (is_new || catalog_.HasVoicesWithoutSpeaker())) {
      meter_.RejectKept(RejectRepeats(catalog_, corpus_, options_.recipe.repeats));
    }
    if (is_complete && voice_model_) {
      const VoiceFilterEvents events{
          .on_progress = [this](double share) { meter_.Hear(share); },
          .on_heard = [this](std::chrono::nanoseconds time) { times_.Add(Stage::kVoice, time); }};
      summary_.voice = FilterByVoice(catalog_, corpus_, *voice_model_, options_.recipe.voice_filter, options_.num_jobs,
                                     stop_, events);
      meter_.RejectKept(summary_.voice->num_dropped);
    }
    if (is_complete && (is_new || catalog_.HasVoicesWithoutSpeaker())) {
      NameSpeakers(catalog_, options_.recipe.speakers);
    }
    WriteRecords(catalog_, corpus_);
    if (fatal_) std::rethrow_exception(fatal_);
    summary_.interrupted = stop_.stop_requested();
    return summary_;
  }

 private:
  static double WeightOf(const HarvestInput& input) {
    constexpr double kUnknown = 50e6;  // bytes of a URL's video, for the progress bar
    return input.size_bytes > 0 ? static_cast<double>(input.size_bytes) : kUnknown;
  }

  void StopAll() {
    halt_.request_stop();
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }

  void WorkUntilDone() {
    const std::unique_ptr<UnitWatcher> watcher = method_->NewWatcher(times_);
    while (WorkOnce(*watcher)) {}
  }

  // What a thread throws ends the run.
  template <typename Work>
  void Guarded(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kInterrupted) Abort();
      StopAll();
    } catch (...) {
      Abort();
      StopAll();
    }
  }

  void Abort() {
    const std::lock_guard lock(mutex_);
    if (!fatal_) fatal_ = std::current_exception();
  }

  // Does one piece of work, or waits for one; false when there is nothing left to do.
  bool WorkOnce(UnitWatcher& watcher) {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (halt_.stop_requested()) return false;
      if (!waiting_.empty()) {
        auto unit = waiting_.extract(waiting_.begin());
        lock.unlock();
        WatchUnit(unit.mapped().first, unit.mapped().second, watcher);
        return true;
      }
      const bool room = num_open_ <= options_.num_jobs;
      if (queue_.HasNext() && !preparing_ && room) {
        preparing_ = true;
        ++num_open_;
        Arrival next = queue_.Next();
        changed_.notify_all();
        lock.unlock();
        const SharedSource source = Prepare(std::move(next));
        lock.lock();
        preparing_ = false;
        if (source) open_.insert(source->row.locator);
        if (!source) --num_open_;
        changed_.notify_all();
        lock.unlock();
        if (source) Listen(source, watcher);
        return true;
      }
      if (queue_.IsExhausted() && num_open_ == 0) return false;
      if (num_deciding_ > 0) watcher.Rest();
      changed_.wait(lock);
    }
  }

  void Download() {
    for (std::unique_lock lock(mutex_); queue_.HasLink();) {
      changed_.wait(lock, [&] { return queue_.MayDownload() || halt_.stop_requested(); });
      if (halt_.stop_requested()) return;
      const std::size_t order = queue_.NextLink();
      lock.unlock();
      Arrival arrival{.order = order, .source = Begin(order)};
      if (arrival.source) arrival.failure = Fetch(*arrival.source);
      lock.lock();
      if (arrival.source) queue_.Arrive(std::move(arrival));
      if (!queue_.HasLink()) queue_.EndDownloads();
      changed_.notify_all();
    }
  }

  // A source for input `order`; nothing if it was finished or dropped before.
  SharedSource Begin(std::size_t order) {
    const HarvestInput& input = inputs_[order];
    auto source = std::make_shared<OpenSource>();
    source->order = order;
    source->weight = WeightOf(input);
    source->row.locator = input.locator;
    source->row.name = input.name;
    source->row.language = input.language ? input.language : options_.language;
    source->row.provenance_json = input.provenance_json;
    if (catalog_.IsDropped(Sha256OfText(input.locator))) {
      LeaveOut(*source);
      return nullptr;
    }
    const auto known = catalog_.FindSource(input.locator);
    if (known && IsFinished(input, *known)) {
      Skip(*source, *known);
      return nullptr;
    }
    return source;
  }

  // Brings its media to where it can be read; what is wrong with it comes back.
  std::optional<Error> Fetch(OpenSource& source) {
    return TrySource(source, [&] {
      source.media = FetchMedia(inputs_[source.order], corpus_, {.pacing = options_.pacing}, times_, halt_.get_token());
      source.row.size_bytes = source.media.size_bytes;
      source.row.modified_ns = source.media.modified_ns;
      if (source.row.provenance_json.empty()) source.row.provenance_json = source.media.provenance_json;
      const StageTimer timer(times_, Stage::kDigest);
      source.row.sha256 = Sha256OfFile(source.media.path, halt_.get_token());
    });
  }

  // Decides whether a source is harvested; nothing if there is no work to do on it, or not yet.
  SharedSource Prepare(Arrival arrival) {
    const HarvestInput& input = inputs_[arrival.order];
    if (!arrival.source) {
      arrival.source = Begin(arrival.order);
      if (!arrival.source) return nullptr;
      arrival.failure = Fetch(*arrival.source);
    }
    const SharedSource& source = arrival.source;
    std::optional<Error> failure = arrival.failure;
    const auto known = catalog_.FindSource(input.locator);
    const bool has_audio = known && !known->sha256.empty() && !catalog_.IsDuplicate(known->locator);
    if (has_audio && known->sha256 != source->row.sha256) RemoveAudioOf(*known);
    if (failure) {
      Reject(*source, *failure);
      return nullptr;
    }
    if (catalog_.IsDropped(source->row.sha256)) {
      catalog_.RememberDropped(Sha256OfText(input.locator));  // it need not be fetched again
      LeaveOut(*source);
      return nullptr;
    }
    // See Note [Copies].
    if (auto twin = catalog_.FindContent(source->row.sha256, input.locator)) {
      if (std::tie(twin->name, twin->locator) < std::tie(input.name, input.locator)) {
        Reject(*source, DuplicateOf(*twin, source->row));
        return nullptr;
      }
      if (PostponedFor(twin->locator, arrival)) return nullptr;
      TakePlaceOf(*twin, source->row);
    }
    failure = TrySource(*source, [&] {
      const MediaInfo info = Probe(source->media.path);
      RequireHarvestable(info, options_.recipe.limits, source->media.path);
      source->row.counts.duration_s = info.duration_s.value_or(0);
    });
    if (failure) {
      Reject(*source, *failure);
      return nullptr;
    }
    catalog_.BeginSource(source->row);
    const auto units = catalog_.UnitsDone(source->row.locator);
    source->units_done = {units.begin(), units.end()};
    source->pcm = corpus_.scratch() / (source->row.id() + ".pcm");
    const std::lock_guard lock(events_mutex_);
    events_.on_begun(source->row);
    return source;
  }

  // Note [Copies]
  // Of several sources with the same bytes the first by (name, locator) is harvested and the others are rejected,
  // whichever came first, so that the corpus does not depend on the order in which its sources were found, nor on how
  // long a link takes. When the one that stood for all has changed, the next takes its place.

  // Whether the copy that has to give way is being worked on: then its work is finished first.
  bool PostponedFor(const std::string& locator, const Arrival& arrival) {
    const std::lock_guard lock(mutex_);
    if (!open_.contains(locator)) return false;
    queue_.Postpone(arrival);
    return true;
  }

  void TakePlaceOf(SourceRow& twin, const SourceRow& first) {
    twin.state = SourceState::kRejected;
    twin.counts = {};
    twin.timeline = {};
    const RejectionRecord rejection = DuplicateOf(first, twin);
    catalog_.RejectSource(twin, rejection);
    {
      const std::lock_guard lock(mutex_);
      const bool is_done_now = done_.erase(twin.locator) > 0;
      if (is_done_now) --summary_.num_sources_done;
      if (is_done_now || found_done_.erase(twin.locator) > 0) ++summary_.num_sources_rejected;
    }
    const std::lock_guard lock(events_mutex_);
    events_.on_rejected(rejection);
  }

  bool IsFinished(const HarvestInput& input, const SourceRow& known) const {
    if (known.state == SourceState::kWorking) return false;
    if (catalog_.IsDuplicate(known.locator) && !catalog_.FindContent(known.sha256, known.locator)) return false;
    if (input.is_url) return known.state == SourceState::kDone;  // what could not be fetched is tried again,
    if (catalog_.IsRejectedFor(known.locator, NameOf(ErrorKind::kIo))) return false;  // and what could not be read
    return IsAsRecorded(input.locator, known);
  }

  void Skip(const OpenSource& source, const SourceRow& known) {
    const bool is_told = source.row.language && source.row.language != known.language;
    if (is_told) catalog_.SetLanguage(known.locator, *source.row.language);
    meter_.Advance(source.weight, 0);
    meter_.FinishSource(0, 0);
    const std::lock_guard lock(mutex_);
    ++summary_.num_sources_skipped;
    if (is_told) ++summary_.num_languages_set;
    if (known.state == SourceState::kRejected) {
      ++summary_.num_sources_rejected;
    } else {
      found_done_.insert(known.locator);
    }
  }

  // Of a source that was dropped from the corpus no record is made.
  void LeaveOut(const OpenSource& source) {
    ReleaseMedia(source.media);
    meter_.Advance(source.weight, 0);
    meter_.FinishSource(0, 0);
    const std::lock_guard lock(mutex_);
    ++summary_.num_sources_dropped;
  }

  // By name: a killed run may have written sound that no record tells of yet.
  void RemoveAudioOf(const SourceRow& outdated) const {
    Check(!outdated.sha256.empty(), "a source with audio has a digest");
    for (const Emotion emotion : kEmotions) {
      RemoveFilesIn(corpus_.audio(emotion),
                    [&](const fs::path& file) { return file.filename().native().starts_with(outdated.id() + "-"); });
    }
  }

  void Listen(const SharedSource& source, UnitWatcher& watcher) {
    SoundTrack track;
    const auto failure = TrySource(*source, [&] {
      track = ListenToSource(source->media.path, source->pcm, options_.recipe.limits, *method_, times_,
                             halt_.get_token(), [&](Unit unit) { Publish(source, std::move(unit)); });
      RequireSound(track, source->row.counts.duration_s, source->row.name);
    });
    std::unique_lock lock(mutex_);
    source->track = track;
    source->listened = true;
    if (failure) source->failure = failure;
    FinishIfComplete(source, watcher, lock);
  }

  void Publish(const SharedSource& source, Unit unit) {
    const std::lock_guard lock(mutex_);
    if (source->units_done.contains(unit.number)) return;
    ++source->num_units_open;
    const std::tuple place(source->order, unit.number);
    waiting_.emplace(place, std::pair(source, std::move(unit)));
    changed_.notify_one();
  }

  void WatchUnit(const SharedSource& source, const Unit& unit, UnitWatcher& watcher) {
    const auto failure = TrySource(
        *source, [&] { SaveUnit(*source, unit, watcher.Watch(source->media.path, unit, halt_.get_token())); });
    std::unique_lock lock(mutex_);
    if (failure && !source->failure) source->failure = failure;
    --source->num_units_open;
    Advance(*source, (unit.number + 1) * kUnitSeconds);
    FinishIfComplete(source, watcher, lock);
  }

  // A full disk or a damaged catalogue is not the source's fault.
  void SaveUnit(const OpenSource& source, const Unit& unit, const std::string& bytes) {
    try {
      catalog_.SaveUnit(source.row.locator, unit.number, bytes);
    } catch (const Error&) {
      Abort();
      throw Error(ErrorKind::kInterrupted, "the catalogue cannot be written");
    }
  }

  // Requires the mutex.
  void Advance(OpenSource& source, std::int64_t reached_s) {
    if (reached_s <= source.looked_at_s || source.row.counts.duration_s <= 0) return;
    const double share = std::min(1.0, static_cast<double>(reached_s) / source.row.counts.duration_s);
    const double gained = std::max(0.0, share - source.advanced_share);
    meter_.Advance(gained * source.weight, gained * source.row.counts.duration_s);
    source.advanced_share += gained;
    source.looked_at_s = reached_s;
  }

  // Deciding on a long source takes memory, so threads that only wait meanwhile keep no media open.
  void FinishIfComplete(const SharedSource& source, UnitWatcher& watcher, std::unique_lock<std::mutex>& lock) {
    if (source->failure) DropWaiting(*source);
    if (!source->listened || source->num_units_open > 0 || halt_.stop_requested()) return;
    ++num_deciding_;
    changed_.notify_all();
    lock.unlock();
    watcher.Rest();
    if (source->failure) {
      Reject(*source, *source->failure);
    } else {
      Finish(*source);
    }
    lock.lock();
    --num_deciding_;
    --num_open_;
    open_.erase(source->row.locator);
    queue_.ResumePostponed();
    changed_.notify_all();
  }

  void DropWaiting(OpenSource& source) {
    source.num_units_open -= static_cast<std::int64_t>(
        std::erase_if(waiting_, [&](const auto& entry) { return entry.second.first.get() == &source; }));
  }

  void Finish(OpenSource& source) {
    if (const auto failure = TrySource(source, [&] { RequireUnchanged(source); })) return Reject(source, *failure);
    HarvestedSource harvested;
    SourcePrints prints{.sound = source.track.fingerprint};
    {
      const StageTimer timer(times_, Stage::kWrite);
      const ReadSound read_sound = SoundReader(source.pcm, source.track.num_samples);
      const std::vector<std::int64_t> units = catalog_.UnitsDone(source.row.locator);
      const SeenUnits seen{units.size(), [&](std::size_t i) { return catalog_.Unit(source.row.locator, units[i]); }};
      HarvestedStretches stretches = method_->Decide(seen, source.track, read_sound, options_.num_jobs);
      source.row.counts = stretches.counts;
      source.row.counts.duration_s = source.track.duration_s();
      source.row.counts.speech_s = source.track.speech_s();
      if (LacksPictures(stretches)) return Reject(source, LackOfPictures(source.row));
      RemoveSegmentsIn(stretches, catalog_.DroppedSpans(source.row.sha256));
      harvested =
          WriteSegments(source.row, stretches, read_sound, options_.recipe.audio_format, corpus_, halt_.get_token());
      prints.pictures = std::move(stretches.picture_print);
      source.row.timeline = {.speech = source.track.speech_ms(), .faces = stretches.faces};
    }
    source.row.state = SourceState::kDone;
    if (options_.keep_media) KeepMedia(source.media, source.row.id(), corpus_);
    {
      const StageTimer timer(times_, Stage::kWrite);
      FlushFiles(AudioFilesOf(harvested, corpus_));
      catalog_.FinishSource(source.row, harvested.segments, harvested.rejections, harvested.extras, prints);
    }
    ReleaseMedia(source.media);
    ::unlink(source.pcm.c_str());
    const auto num_segments = static_cast<std::int64_t>(harvested.segments.size());
    meter_.Advance((1 - source.advanced_share) * source.weight,
                   (1 - source.advanced_share) * source.row.counts.duration_s);
    meter_.FinishSource(num_segments, static_cast<std::int64_t>(harvested.rejections.size()));
    {
      const std::lock_guard lock(mutex_);
      ++summary_.num_sources_done;
      done_.insert(source.row.locator);
    }
    const std::lock_guard lock(events_mutex_);
    events_.on_done(source.row, num_segments);
  }

  void Reject(OpenSource& source, const Error& error) { Reject(source, RejectionOf(source, error)); }

  void Reject(OpenSource& source, const RejectionRecord& rejection) {
    source.row.state = SourceState::kRejected;
    catalog_.RejectSource(source.row, rejection);
    ReleaseMedia(source.media);
    if (!source.pcm.empty()) ::unlink(source.pcm.c_str());
    meter_.Advance((1 - source.advanced_share) * source.weight, 0);
    meter_.FinishSource(0, 0);
    {
      const std::lock_guard lock(mutex_);
      ++summary_.num_sources_rejected;
    }
    const std::lock_guard lock(events_mutex_);
    events_.on_rejected(rejection);
  }

  const std::vector<HarvestInput>& inputs_;
  InputQueue queue_;  // guarded by the mutex, as what follows it there
  const CorpusFolder& corpus_;
  const HarvestOptions& options_;
  std::unique_ptr<HarvestMethod> method_;
  std::optional<VoiceModel> voice_model_;
  Catalog catalog_;
  HarvestMeter& meter_;
  StageTimes& times_;
  const HarvestEvents& events_;
  std::mutex events_mutex_;
  std::stop_token stop_;   // from outside
  std::stop_source halt_;  // that, or a fatal error

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::tuple<std::size_t, std::int64_t>, std::pair<SharedSource, Unit>> waiting_;
  std::set<std::string> open_;        // locators of sources that are worked on,
  std::set<std::string> done_;        // of those that this run finished,
  std::set<std::string> found_done_;  // and of those that an earlier run did
  bool preparing_ = false;
  std::int64_t num_open_ = 0;
  std::int64_t num_deciding_ = 0;  // sources
  HarvestSummary summary_;
  std::exception_ptr fatal_;
};

std::optional<VoiceModel> OpenVoiceModel(const Recipe& recipe, const ModelStore& store) {
  if (!recipe.voice_filter.asks_voice()) return std::nullopt;
  return VoiceModel::Open(recipe.voice_filter.model, store);
}

}  // namespace

void HarvestOptions::Check() const {
  recipe.Check();
  OptionChecks checks("harvest");
  pacing.AddTo(checks);
  checks.Require(num_jobs >= 1 && num_jobs <= 1024,
                 fmt::format("jobs must lie between 1 and 1024, not at {}", num_jobs));
  checks.ThrowIfAny();
}

HarvestSummary Harvest(const std::vector<HarvestInput>& inputs, const fs::path& folder, const HarvestOptions& options,
                       const ModelStore& store, HarvestMeter& meter, StageTimes& times, const HarvestEvents& events,
                       std::stop_token stop) {
  options.Check();
  // Nothing is written if a network is missing.
  std::unique_ptr<HarvestMethod> method = MakeHarvestMethod(options.recipe, store);
  std::optional<VoiceModel> voice_model = OpenVoiceModel(options.recipe, store);
  const CorpusFolder corpus(folder);
  MakeFolder(folder);
  const FileLock lock = corpus.Lock();
  corpus.RequireNothingLost();
  DescribeCorpus(corpus, options.recipe, store);
  MakeFolder(corpus.scratch());
  RemoveLeftovers(corpus);
  HarvestSummary summary = Harvester(inputs, corpus, options, std::move(method), std::move(voice_model), meter, times,
                                     events, std::move(stop))
                               .Run();
  std::error_code error;
  if (!summary.interrupted) fs::remove_all(corpus.scratch(), error);
  return summary;
}

}  // namespace sezim
