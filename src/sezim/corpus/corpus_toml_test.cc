// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/corpus_toml.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

TEST(ReadCorpusToml, GivesTheTextOfADescription) {
  const TemporaryFolder folder;
  const CorpusFolder corpus(folder.path());
  const std::string text = "[corpus]\nname = \"x\"\n\n[recipe]\nname = \"default\"\n";
  WriteFileAtomically(corpus.description(), text);
  EXPECT_EQ(ReadCorpusToml(corpus), text);
}

TEST(ReadCorpusToml, NamesThePlaceOfWhatIsWrong) {
  const TemporaryFolder folder;
  const CorpusFolder corpus(folder.path());
  const auto error_of = [&](const std::string& text) {
    WriteFileAtomically(corpus.description(), text);
    return ThrownBy([&] { ReadCorpusToml(corpus); });
  };
  for (const auto& [text, what] : {std::pair(std::string("[corpus]\n\n[[["), "corpus.toml', line 3"),
                                   {"", "corpus.toml' has no [corpus]"},
                                   {"[corpus]\nrecipe = 3\n", "has no [recipe]"},
                                   {std::string("\xff\0\xfe", 3), "corpus.toml', line 1"}}) {
    const Error error = error_of(text);
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr(what));
    EXPECT_THAT(error.remedy(), HasSubstr("from a copy"));
  }
}

}  // namespace
}  // namespace sezim
