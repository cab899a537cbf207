// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/feature_cache.h"

#include <gmock/gmock.h>

#include <thread>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

class FeatureCacheTest : public testing::Test {
 protected:
  // What is kept or else measured of a sound that is `level` throughout: that level, and a counter of measurements.
  FeatureMatrix Measure(FeatureCache& cache, float level, const std::string& digest = "set-1") {
    return cache.Get(digest, std::vector<float>(100, level), [&] {
      ++num_measured_;
      return FeatureMatrix{.num_frames = 2, .dim = 2, .values = {level, 2 * level, 3 * level, 4 * level}};
    });
  }

  std::vector<fs::path> Files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
  }

  TemporaryFolder folder_;
  std::atomic<int> num_measured_ = 0;
};

TEST_F(FeatureCacheTest, ASecondRunReadsTheCache) {
  FeatureCache first(folder_.path());
  const FeatureMatrix measured = Measure(first, 0.5F);
  EXPECT_EQ(first.num_computed(), 1);
  FeatureCache second(folder_.path());
  const FeatureMatrix kept = Measure(second, 0.5F);
  EXPECT_EQ(num_measured_, 1);
  EXPECT_EQ(second.num_found(), 1);
  EXPECT_EQ(second.num_computed(), 0);
  EXPECT_EQ(kept.num_frames, measured.num_frames);
  EXPECT_EQ(kept.dim, measured.dim);
  EXPECT_EQ(kept.values, measured.values);
}

TEST_F(FeatureCacheTest, OtherSoundsAndSetsAreKeptApart) {
  FeatureCache cache(folder_.path());
  EXPECT_EQ(Measure(cache, 0.5F).values[0], 0.5F);
  EXPECT_EQ(Measure(cache, 0.25F).values[0], 0.25F);
  Measure(cache, 0.5F, "set-2");
  cache.Get("set-1", std::vector<float>(101, 0.5F), [&] {
    ++num_measured_;
    return FeatureMatrix{};
  });
  EXPECT_EQ(num_measured_, 4);
  EXPECT_EQ(Measure(cache, 0.5F).values[0], 0.5F);
  EXPECT_EQ(num_measured_, 4);
}

TEST_F(FeatureCacheTest, NoFramesAreKeptToo) {
  FeatureCache cache(folder_.path());
  for (int i = 0; i < 2; ++i) {
    const FeatureMatrix none = cache.Get("set", {}, [&] {
      ++num_measured_;
      return FeatureMatrix{.num_frames = 0, .dim = 7, .values = {}};
    });
    EXPECT_EQ(none.num_frames, 0);
    EXPECT_EQ(none.dim, 7);
  }
  EXPECT_EQ(num_measured_, 1);
}

TEST_F(FeatureCacheTest, WhatIsDamagedIsMeasuredAgain) {
  FeatureCache cache(folder_.path());
  Measure(cache, 0.5F);
  const fs::path file = Files().at(0);
  const std::string whole = ContentOf(file);
  int expected = 1;
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    for (const std::string& content : {damaged, whole.substr(0, at)}) {
      folder_.Write(file, content);
      EXPECT_EQ(Measure(cache, 0.5F).values, (std::vector<float>{0.5F, 1, 1.5F, 2})) << at;
      EXPECT_EQ(num_measured_, ++expected) << at;
      EXPECT_EQ(ContentOf(file), whole);
    }
  }
  // Another sound's file under this name.
  Measure(cache, 0.25F);
  for (const fs::path& other : Files()) {
    if (other != file) fs::copy_file(other, file, fs::copy_options::overwrite_existing);
  }
  EXPECT_EQ(Measure(cache, 0.5F).values[0], 0.5F);
}

TEST_F(FeatureCacheTest, WhatFailsIsNotKept) {
  FeatureCache cache(folder_.path());
  const auto fail = [&] {
    cache.Get("set", std::vector<float>(10), []() -> FeatureMatrix { throw Error(ErrorKind::kModel, "no network"); });
  };
  EXPECT_EQ(ThrownBy(fail).kind(), ErrorKind::kModel);
  EXPECT_EQ(cache.num_computed(), 0);
  EXPECT_TRUE(Files().empty());
}

TEST_F(FeatureCacheTest, AFolderThatCannotBeWrittenIsNoError) {
  FeatureCache cache(folder_.Write("a-file", "") / "features");
  EXPECT_EQ(Measure(cache, 0.5F).values[0], 0.5F);
  EXPECT_EQ(Measure(cache, 0.5F).values[0], 0.5F);
  EXPECT_EQ(num_measured_, 2);
  EXPECT_THAT(cache.problem().value_or(""), testing::HasSubstr("a-file"));
}

TEST_F(FeatureCacheTest, WhatWasUsedTheLongestAgoMakesRoom) {
  FeatureCache cache(folder_.path());
  Measure(cache, 0);
  const std::uint64_t size = fs::file_size(Files().at(0));
  for (int i = 1; i < 10; ++i) Measure(cache, static_cast<float>(i));
  const auto now = fs::file_time_type::clock::now();
  for (const fs::path& file : Files()) fs::last_write_time(file, now - std::chrono::hours(1));
  Measure(cache, 3);  // which makes it the newest
  EXPECT_EQ(cache.Prune(10 * size), 10 * size);
  EXPECT_EQ(cache.Prune(size * 5 / 2), 2 * size);
  EXPECT_EQ(Files().size(), 2U);
  num_measured_ = 0;
  Measure(cache, 3);
  EXPECT_EQ(num_measured_, 0);

  FeatureCache small(folder_.path(), 5 * size);
  for (int i = 20; i < 40; ++i) Measure(small, static_cast<float>(i));
  EXPECT_LE(Files().size(), 5U);
  num_measured_ = 0;
  Measure(small, 39);
  EXPECT_EQ(num_measured_, 0);
}

TEST_F(FeatureCacheTest, OldLeftoversGo) {
  const fs::path old = folder_.Write("ab/x.features.1.2.tmp", "cut"),
                 fresh = folder_.Write("ab/y.features.1.2.tmp", "cut");
  const fs::path foreign = folder_.Write("notes.txt", "mine");
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(25));
  FeatureCache(folder_.path()).Prune(0);
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(fresh));
  EXPECT_TRUE(fs::exists(foreign));
}

TEST_F(FeatureCacheTest, ThreadsShareIt) {
  FeatureCache cache(folder_.path(), 4000);
  std::atomic<int> num_wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const auto level = static_cast<float>(i % 40);
        if (Measure(cache, level).values != std::vector<float>{level, 2 * level, 3 * level, 4 * level}) ++num_wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_wrong, 0);
  EXPECT_FALSE(cache.problem());
}

}  // namespace
}  // namespace sezim
