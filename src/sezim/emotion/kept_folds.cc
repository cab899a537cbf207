// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/kept_folds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/packing.h"
#include "sezim/base/paths.h"
#include "sezim/base/sha256.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMagic = "sezimkf1";
constexpr std::string_view kExtension = ".fold";
constexpr std::size_t kDigestBytes = 64;
constexpr std::size_t kMaxFileBytes = std::size_t{256} << 20;
constexpr std::chrono::hours kAbandoned{30 * 24};

void Add(Sha256& sha256, std::string_view text) {
  sha256.Update(std::as_bytes(std::span(text)));
  sha256.Update(std::as_bytes(std::span("\n", 1)));
}

void Add(Sha256& sha256, std::span<const FeatureMatrix> matrices) {
  for (const FeatureMatrix& matrix : matrices) {
    Add(sha256, fmt::format("{} x {}", matrix.num_frames, matrix.dim));
    sha256.Update(std::as_bytes(std::span(matrix.values)));
  }
}

// Of the program that runs and of its module that trains networks: others may compute otherwise.
const std::string& ProgramDigest() {
  static const std::string digest = [] {
    const fs::path module = TrainingModule();
    return Sha256OfFile("/proc/self/exe") + (fs::exists(module) ? Sha256OfFile(module) : "");
  }();
  return digest;
}

std::string BytesOf(const std::string& key, const FoldScores& fold) {
  std::string bytes(kMagic);
  bytes += key;
  PackText(bytes, fold.choice);
  Pack(bytes, static_cast<std::uint32_t>(fold.scores.dim));
  bytes.append(reinterpret_cast<const char*>(fold.scores.values.data()), fold.scores.values.size() * sizeof(float));
  return bytes + Sha256OfText(bytes);
}

std::optional<FoldScores> ScoresOf(std::string_view bytes, const std::string& key, const Fold& fold) {
  if (bytes.size() < kMagic.size() + key.size() + kDigestBytes) return std::nullopt;
  std::string_view rest = bytes.substr(0, bytes.size() - kDigestBytes);
  if (!rest.starts_with(std::string(kMagic) + key)) return std::nullopt;
  if (Sha256OfText(rest) != bytes.substr(rest.size())) return std::nullopt;
  rest.remove_prefix(kMagic.size() + key.size());
  FoldScores kept{.name = fold.name, .test = fold.test};
  kept.choice = UnpackText(rest);
  kept.scores.dim = static_cast<int>(Unpack<std::uint32_t>(rest));
  kept.scores.num_frames = static_cast<std::int64_t>(fold.test.size());
  kept.scores.values.resize(rest.size() / sizeof(float));
  if (kept.scores.values.size() != fold.test.size() * static_cast<std::size_t>(kept.scores.dim)) return std::nullopt;
  if (!rest.empty()) std::memcpy(kept.scores.values.data(), rest.data(), kept.scores.values.size() * sizeof(float));
  return kept;
}

}  // namespace

KeptFolds::KeptFolds(fs::path folder) : folder_(std::move(folder)) {}

FoldScores KeptFolds::Get(const std::string& digest, const Fold& fold, const std::function<FoldScores()>& compute) {
  const std::string key =
      Sha256OfText(fmt::format("{}\n{}\n{}\n", digest, fmt::join(fold.train, ","), fmt::join(fold.test, ",")));
  const fs::path file = folder_ / (key + std::string(kExtension));
  {
    const std::lock_guard lock(mutex_);
    files_.insert(file);
  }
  try {
    if (std::error_code ignored; fs::exists(file, ignored)) {
      if (auto kept = ScoresOf(ReadTextFile(file, kMaxFileBytes), key, fold)) {
        ++num_found_;
        return *std::move(kept);
      }
    }
  } catch (const Error&) {}  // removed meanwhile, or not to be read: as if it were not there
  FoldScores scores = compute();
  try {
    MakeFolder(folder_);
    WriteFileAtomically(file, BytesOf(key, scores));
  } catch (const Error&) {}  // then it cannot be gone on with, which no one has asked for yet
  return scores;
}

void KeptFolds::Forget() {
  const std::lock_guard lock(mutex_);
  std::error_code ignored;
  for (const fs::path& file : files_) fs::remove(file, ignored);
  files_.clear();
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  std::vector<fs::path> abandoned;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const auto written = at->last_write_time(ignored);
    if (!ignored && now - written > kAbandoned && at->is_regular_file(ignored)) abandoned.push_back(at->path());
  }
  for (const fs::path& file : abandoned) fs::remove(file, ignored);
}

std::string DigestOfRow(const Experiment& experiment, const ExperimentSystem& system, const LabelledPart& part,
                        std::span<const FeatureMatrix> utterances, std::span<const FeatureMatrix> copies) {
  Sha256 sha256;
  Add(sha256, ProgramDigest());
  Add(sha256, fmt::format("{} {} {}", system.features, system.classifier, system.speaker_normalisation));
  Add(sha256, fmt::format("{} {} {}", system.balance ? static_cast<int>(*system.balance) : -1, system.copies,
                          system.holds_out));
  for (const auto& [name, value] : system.options) Add(sha256, fmt::format("{} {}", name, value));
  Add(sha256, fmt::format("{} {}", experiment.seed, experiment.inner_folds));
  for (const std::string& name : part.classes) Add(sha256, name);
  Add(sha256, fmt::format("{}", fmt::join(part.labels, ",")));
  for (const std::string& speaker : part.speakers) Add(sha256, speaker);
  Add(sha256, utterances);
  Add(sha256, copies);
  return sha256.HexDigest();
}

}  // namespace sezim
