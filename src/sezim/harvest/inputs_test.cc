// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/inputs.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

std::vector<std::string> NamesOf(const std::vector<HarvestInput>& inputs) {
  std::vector<std::string> names;
  for (const HarvestInput& input : inputs) names.push_back(input.name);
  return names;
}

// Gives up root's rights for a while, where there are any.
class AsNobody {
 public:
  AsNobody() { Become(::getuid() == 0 ? 65534 : ::geteuid()); }
  ~AsNobody() { Become(::getuid()); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  static void Become(uid_t user) { EXPECT_EQ(::seteuid(user), 0); }
};

TEST(Inputs, FindsTheVideosOfAFolderToAnyDepth) {
  const TemporaryFolder folder;
  folder.Write("b.mp4", "12345");
  folder.Write("a/deep/er/x.MKV", "");
  folder.Write("a/notes.txt", "");
  folder.Write("a/sound.wav", "");
  folder.Write(".mp4", "");  // a hidden file without a name
  const HarvestInputs found = FindInputs({folder.path()});
  EXPECT_THAT(NamesOf(found.inputs), ElementsAre("a/deep/er/x.MKV", "b.mp4"));
  EXPECT_EQ(found.num_left_alone, 3);
  EXPECT_EQ(found.inputs[1].locator, (folder / "b.mp4").native());
  EXPECT_EQ(found.inputs[1].size_bytes, 5);
  EXPECT_FALSE(found.inputs[1].is_url);
}

TEST(Inputs, AListThatIsNoFileIsAnInputThatWillBeRejected) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "fifo.jsonl").c_str(), 0600), 0);  // opening it would wait for ever
  std::filesystem::create_symlink("nowhere", folder / "gone.jsonl");
  const HarvestInputs found = FindInputs({(folder / "fifo.jsonl").string(), (folder / "gone.jsonl").string()});
  ASSERT_EQ(found.inputs.size(), 2U);
  EXPECT_EQ(found.inputs[0].name, "fifo.jsonl");
  EXPECT_EQ(found.inputs[1].name, "gone.jsonl");
}

TEST(Inputs, TakesAFileByNameWhateverItIsCalled) {
  const TemporaryFolder folder;
  const fs::path odd = folder.Write("no extension \"quoted\"", "x");
  fs::create_symlink("/nowhere/at/all", folder / "dangling.mp4");
  EXPECT_THAT(NamesOf(FindInputs({odd, folder / "dangling.mp4"}).inputs),
              ElementsAre("dangling.mp4", "no extension \"quoted\""));
}

TEST(Inputs, DoesNotFollowLinksToFolders) {
  const TemporaryFolder folder;
  folder.Write("a/x.mp4", "");
  fs::create_directory_symlink(folder.path(), folder / "a" / "loop");
  fs::create_directory_symlink(folder.path(), folder / "a" / "loop.mp4");
  EXPECT_THAT(NamesOf(FindInputs({folder.path()}).inputs), ElementsAre("a/x.mp4"));
}

TEST(Inputs, DownloadsOfACorpusAreNoInputs) {
  const TemporaryFolder folder;
  for (const char* video : {"x.mp4", "corpus/media/0123456789abcdef.mp4", "corpus/.work/download-1/media.mp4",
                            "media/0123456789abcdef.mp4", "corpus/media/mine.mp4"}) {
    folder.Write(video, "");
  }
  folder.Write("corpus/catalog.db", "");
  EXPECT_THAT(NamesOf(FindInputs({folder.path()}).inputs),
              ElementsAre("corpus/media/mine.mp4", "media/0123456789abcdef.mp4", "x.mp4"));
  EXPECT_THAT(NamesOf(FindInputs({folder / "corpus"}).inputs), ElementsAre("media/mine.mp4"));
  const HarvestInputs named = FindInputs({folder / "corpus" / "media" / "0123456789abcdef.mp4"});
  EXPECT_EQ(named.inputs.size(), 1U);
  RefuseOwnDownloads(named.inputs, CorpusFolder(folder / "another"));
  const Error error = ThrownBy([&] { RefuseOwnDownloads(named.inputs, CorpusFolder(folder / "corpus")); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.what(), testing::HasSubstr("0123456789abcdef.mp4"));
  const HarvestInputs mine = FindInputs({folder / "media" / "0123456789abcdef.mp4"});
  RefuseOwnDownloads(mine.inputs, CorpusFolder(folder.path()));  // no corpus is there yet
}

TEST(Inputs, AFolderThatIsCalledAVideoAndHoldsNoneIsOne) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "empty.mp4");
  folder.Write("full.mp4/x.avi", "");
  EXPECT_THAT(NamesOf(FindInputs({folder.path()}).inputs), ElementsAre("empty.mp4", "full.mp4/x.avi"));
  EXPECT_THAT(NamesOf(FindInputs({folder / "empty.mp4"}).inputs), ElementsAre("empty.mp4"));
}

TEST(Inputs, KeepsBytesThatAreNotUtf8) {
  const TemporaryFolder folder;
  const std::string name = "caf\xe9 100%\n.mp4";
  folder.Write(name, "");
  folder.Write("Қыз Жібек.mp4", "");
  const HarvestInputs found = FindInputs({folder.path()});
  EXPECT_THAT(NamesOf(found.inputs), ElementsAre("caf%E9 100%25%0A.mp4", "Қыз Жібек.mp4"));
  EXPECT_EQ(found.inputs[0].locator, (folder / name).native());
  EXPECT_TRUE(fs::exists(found.inputs[0].locator));
}

TEST(Inputs, LeavesOutAFolderThatMayNotBeRead) {
  const TemporaryFolder folder;
  folder.Write("closed/x.mp4", "");
  folder.Write("open/y.mp4", "");
  fs::permissions(folder.path(), static_cast<fs::perms>(0755));
  fs::permissions(folder / "closed", fs::perms::none);
  HarvestInputs found;
  {
    const AsNobody unprivileged;  // root may read everything
    found = FindInputs({folder.path()});
  }
  fs::permissions(folder / "closed", fs::perms::owner_all);
  EXPECT_THAT(NamesOf(found.inputs), ElementsAre("open/y.mp4"));
  ASSERT_EQ(found.left_out.size(), 1U);
  EXPECT_THAT(found.left_out[0].what(), testing::HasSubstr("closed"));
}

TEST(Inputs, TakesEachOnceHoweverItIsNamed) {
  const TemporaryFolder folder;
  const fs::path file = folder.Write("sub/x.mp4", "");
  const std::string url = "https://example.org/v";
  const HarvestInputs found =
      FindInputs({folder.path(), file, folder / "sub" / ".." / "sub" / "x.mp4", folder / "sub", url, url});
  EXPECT_THAT(NamesOf(found.inputs), ElementsAre(url, "sub/x.mp4"));
  EXPECT_EQ(found.inputs[1].locator, file.native());
}

TEST(Inputs, AreTheSameInWhateverOrderTheyAreGiven) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = {folder.Write("1/a.mp4", ""), folder.Write("2/a.mp4", ""),
                                        folder.Write("3/b.mp4", ""), folder / "3", "http://example.org/a.mp4"};
  std::sort(arguments.begin(), arguments.end());
  const auto locators = [&] {
    std::vector<std::string> list;
    for (const HarvestInput& input : FindInputs(arguments).inputs) list.push_back(input.name + input.locator);
    return list;
  };
  const auto first = locators();
  EXPECT_EQ(first.size(), 4U);
  while (std::next_permutation(arguments.begin(), arguments.end())) EXPECT_EQ(locators(), first);
}

TEST(Inputs, ReadsListsOfSourcesAndTellsOfBadLines) {
  const TemporaryFolder folder;
  const fs::path list =
      folder.Write("sources.jsonl", R"({"kind":"video","url":"https://example.org/1","language":"kk","title":"T"})"
                                    "\nnot JSON\n"
                                    R"({"kind":"playlist","url":"https://example.org/list"})"
                                    "\n"
                                    R"({"kind":"video","url":"https://example.org/0"})");
  const HarvestInputs found = FindInputs({list});
  EXPECT_THAT(NamesOf(found.inputs),
              ElementsAre("https://example.org/0", "https://example.org/1", "https://example.org/list"));
  EXPECT_FALSE(found.inputs[1].may_be_list);
  EXPECT_TRUE(found.inputs[2].may_be_list);
  EXPECT_TRUE(found.inputs[1].is_url);
  EXPECT_EQ(found.inputs[1].language, "kk");
  EXPECT_EQ(found.inputs[0].language, std::nullopt);
  EXPECT_THAT(found.inputs[1].provenance_json, testing::HasSubstr("\"T\""));
  ASSERT_EQ(found.left_out.size(), 1U);
  EXPECT_THAT(found.left_out[0].what(), testing::HasSubstr("2"));
  fs::rename(list, folder / "SOURCES.JSONL");
  EXPECT_EQ(FindInputs({folder / "SOURCES.JSONL"}).inputs.size(), 3U);
}

TEST(Inputs, NamesWhatIsNotThere) {
  const TemporaryFolder folder;
  const Error error = ThrownBy([&] { FindInputs({folder / "none.mp4"}); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error.what(), testing::HasSubstr("none.mp4"));
}

TEST(Inputs, ShardsPartitionThem) {
  std::vector<HarvestInput> inputs;
  for (int i = 0; i < 300; ++i) inputs.push_back({.locator = "/x", .name = "clip " + std::to_string(i) + ".mp4"});
  for (const int count : {1, 2, 3, 7}) {
    std::multiset<std::string> all;
    for (int index = 1; index <= count; ++index) {
      const auto names = NamesOf(ShardOf(inputs, index, count));
      EXPECT_GT(names.size(), 300U / static_cast<unsigned>(count) / 2);  // shared out about evenly
      all.insert(names.begin(), names.end());
    }
    const auto names = NamesOf(inputs);
    EXPECT_EQ(all, std::multiset<std::string>(names.begin(), names.end()));
  }
  // Another machine may keep the same inputs elsewhere, and have more of them.
  const auto shard = NamesOf(ShardOf(inputs, 2, 3));
  for (HarvestInput& input : inputs) input.locator = "/elsewhere/" + input.name;
  inputs.erase(inputs.begin(), inputs.begin() + 100);
  for (const std::string& name : NamesOf(ShardOf(inputs, 2, 3))) EXPECT_THAT(shard, testing::Contains(name));
}

TEST(Inputs, RefusesShardsThatDoNotExist) {
  for (const auto& [index, count] : {std::pair{0, 3}, {4, 3}, {1, 0}, {-1, -1}}) {
    EXPECT_EQ(ThrownBy([&, i = index, n = count] { ShardOf({}, i, n); }).kind(), ErrorKind::kUsage);
  }
}

}  // namespace
}  // namespace sezim
