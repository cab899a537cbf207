// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/split_record.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

const char* const kText =
    "{\n\"by\": \"random\",\n\"seed\": 7,\n\"shares\": {\"train\":0.7,\"dev\":0.1,\"test\":0.2},\n\"segments\": {\n"
    "\"a-1\": \"train\",\n\"b-2\": \"test\"\n}\n}\n";

TEST(SplitRecord, IsWrittenALineForEachSegment) {
  const SplitRecord split{.by = SplitBy::kRandom,
                          .seed = 7,
                          .shares = {0.7, 0.1, 0.2},
                          .parts = {{"b-2", Part::kTest}, {"a-1", Part::kTrain}}};
  EXPECT_EQ(ToJson(split), kText);
}

TEST(SplitRecord, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  const SplitRecord split = ReadSplit(folder.Write("split.json", kText));
  EXPECT_EQ(split.by, SplitBy::kRandom);
  EXPECT_EQ(split.seed, 7U);
  EXPECT_EQ(split.parts.at("b-2"), Part::kTest);
  EXPECT_EQ(ToJson(split), kText);
  EXPECT_EQ(ReadSplit(folder.Write("none.json", ToJson({}))).parts.size(), 0U);
}

TEST(SplitRecord, AnythingElseIsRefusedWithItsName) {
  const TemporaryFolder folder;
  const std::string good = kText;
  const auto with = [&](const std::string& from, const std::string& to) {
    return std::string(good).replace(good.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), std::string("[]"), std::string("{}"), good.substr(0, good.size() / 2),
        with("test\"\n", "exam\"\n"), with("\"test\"\n", "7\n"), with("random", "luck"), with("7", "\"x\""),
        with("0.7", "null"), std::string(100'000, '['), std::string("\xff\xfe{}")}) {
    const Error error = ThrownBy([&] { ReadSplit(folder.Write("split.json", bad)); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << bad.substr(0, 100);
    EXPECT_THAT(error.what(), HasSubstr("split.json")) << bad.substr(0, 100);
    EXPECT_THAT(error.remedy(), HasSubstr("sezim corpus split"));
  }
}

}  // namespace
}  // namespace sezim
