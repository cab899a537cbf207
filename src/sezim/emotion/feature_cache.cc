// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/feature_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/packing.h"
#include "sezim/base/sha256.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMagic = "sezimfc1";
constexpr std::size_t kDigestBytes = 64;
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;
constexpr std::string_view kExtension = ".features";
constexpr std::chrono::hours kAbandoned{24};

std::string KeyOf(const std::string& digest, std::span<const float> samples) {
  Sha256 sha256;
  const std::string front = fmt::format("{}\n{}\n", digest, samples.size());
  sha256.Update(std::as_bytes(std::span(front)));
  sha256.Update(std::as_bytes(samples));
  return sha256.HexDigest();
}

std::string BytesOf(const std::string& key, const FeatureMatrix& features) {
  std::string bytes(kMagic);
  bytes += key;
  Pack(bytes, static_cast<std::uint32_t>(features.dim));
  Pack(bytes, static_cast<std::uint64_t>(features.num_frames));
  bytes.append(reinterpret_cast<const char*>(features.values.data()), features.values.size() * sizeof(float));
  return bytes + Sha256OfText(bytes);
}

std::optional<FeatureMatrix> FeaturesOf(std::string_view bytes, const std::string& key) {
  const std::size_t front = kMagic.size() + key.size() + sizeof(std::uint32_t) + sizeof(std::uint64_t);
  if (bytes.size() < front + kDigestBytes) return std::nullopt;
  const std::string_view content = bytes.substr(0, bytes.size() - kDigestBytes);
  if (!content.starts_with(std::string(kMagic) + key)) return std::nullopt;
  if (Sha256OfText(content) != bytes.substr(content.size())) return std::nullopt;
  std::string_view rest = content.substr(kMagic.size() + key.size());
  FeatureMatrix features;
  features.dim = static_cast<int>(Unpack<std::uint32_t>(rest));
  features.num_frames = static_cast<std::int64_t>(Unpack<std::uint64_t>(rest));
  features.values.resize(rest.size() / sizeof(float));
  const auto expected = static_cast<std::uint64_t>(features.num_frames) * static_cast<std::uint64_t>(features.dim);
  if (features.values.size() != expected) return std::nullopt;
  if (!features.values.empty()) {
    std::memcpy(features.values.data(), rest.data(), features.values.size() * sizeof(float));
  }
  return features;
}

struct KeptFile {
  fs::path path{};
  fs::file_time_type used{};
  std::uint64_t size = 0;
};

// Written beside the target and renamed, not flushed: what a crash spoils is measured again.
void Write(const fs::path& target, std::string_view bytes) {
  static std::atomic<unsigned> counter = 0;
  MakeFolder(target.parent_path());
  const fs::path temporary = target.native() + fmt::format(".{}.{}.tmp", ::getpid(), counter++);
  try {
    const FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file) throw SystemError(errno, "cannot make", DisplayName(temporary));
    WriteAll(file, std::as_bytes(std::span(bytes)), temporary);
    if (::rename(temporary.c_str(), target.c_str()) != 0) {
      throw SystemError(errno, "cannot rename", DisplayName(temporary));
    }
  } catch (const Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace

FeatureCache::FeatureCache(fs::path folder, std::uint64_t max_bytes)
    : folder_(std::move(folder)), max_bytes_(max_bytes) {}

FeatureMatrix FeatureCache::Get(const std::string& digest, std::span<const float> samples,
                                const std::function<FeatureMatrix()>& compute) {
  const std::string key = KeyOf(digest, samples);
  const fs::path file = folder_ / key.substr(0, 2) / (key + std::string(kExtension));
  std::error_code ignored;
  try {
    if (fs::exists(file, ignored)) {
      if (auto kept = FeaturesOf(ReadTextFile(file, kMaxFileBytes), key)) {
        fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
        ++num_found_;
        return *std::move(kept);
      }
    }
  } catch (const Error&) {}  // removed meanwhile, or not to be read: as if it were not there
  FeatureMatrix features = compute();
  ++num_computed_;
  Keep(key, features);
  return features;
}

void FeatureCache::Keep(const std::string& key, const FeatureMatrix& features) {
  const std::string bytes = BytesOf(key, features);
  if (bytes.size() > std::min<std::uint64_t>(kMaxFileBytes, max_bytes_)) return;
  bool is_full = false;
  try {
    Write(folder_ / key.substr(0, 2) / (key + std::string(kExtension)), bytes);
    const std::lock_guard lock(mutex_);
    if (kept_bytes_) *kept_bytes_ += bytes.size();
    is_full = !kept_bytes_ || *kept_bytes_ > max_bytes_;
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    problem_ = error.what();
  }
  if (is_full) Prune(max_bytes_);
}

std::uint64_t FeatureCache::Prune(std::uint64_t max_bytes) {
  const std::lock_guard lock(mutex_);
  std::vector<KeptFile> files;
  std::uint64_t total = 0;
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  for (fs::recursive_directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const fs::path& path = at->path();
    KeptFile file{.path = path, .used = at->last_write_time(gone), .size = 0};
    if (gone || !at->is_regular_file(gone)) continue;
    if (path.extension() == ".tmp" && now - file.used > kAbandoned) fs::remove(path, gone);
    if (path.extension() != kExtension) continue;
    file.size = at->file_size(gone);
    if (gone) continue;
    total += file.size;
    files.push_back(std::move(file));
  }
  if (total > max_bytes) {
    std::sort(files.begin(), files.end(), [](const KeptFile& a, const KeptFile& b) { return a.used < b.used; });
    for (const KeptFile& file : files) {
      if (total <= max_bytes - max_bytes / 10) break;  // so that not every file that is written leads here
      fs::remove(file.path, error);
      total -= file.size;
    }
  }
  kept_bytes_ = total;
  return total;
}

std::optional<std::string> FeatureCache::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

FeatureMatrix ExtractCached(const FeatureSet& set, std::span<const float> samples, FeatureCache* cache) {
  if (cache == nullptr || !set.uses_networks()) return set.Extract(samples);
  return cache->Get(set.digest(), samples, [&] { return set.Extract(samples); });
}

}  // namespace sezim
