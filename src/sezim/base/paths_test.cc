// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/paths.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

// Sets environment variables, and puts back what they were.
class PathsTest : public testing::Test {
 protected:
  ~PathsTest() override {
    for (const auto& [name, value] : before_) {
      value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
    }
  }
  void Set(const std::string& name, const char* value) {
    const char* old = std::getenv(name.c_str());
    before_.try_emplace(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
    value == nullptr ? ::unsetenv(name.c_str()) : ::setenv(name.c_str(), value, 1);
  }

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

TEST_F(PathsTest, TheCacheIsWhereTheFirstSetVariableSays) {
  Set("SEZIM_CACHE", "/own");
  Set("XDG_CACHE_HOME", "/xdg");
  Set("HOME", "/home/x");
  EXPECT_EQ(CacheFolder(), "/own");
  EXPECT_EQ(ModelStoreFolder(), "/own/models");
  EXPECT_EQ(DependencyFolder(), "/own/deps");
  Set("SEZIM_CACHE", "");  // empty is as good as not set
  EXPECT_EQ(CacheFolder(), "/xdg/sezim");
  Set("SEZIM_CACHE", nullptr);
  Set("XDG_CACHE_HOME", "relative");  // the XDG specification: to be ignored
  EXPECT_EQ(CacheFolder(), "/home/x/.cache/sezim");
  Set("XDG_CACHE_HOME", nullptr);
  EXPECT_EQ(CacheFolder(), "/home/x/.cache/sezim");
}

TEST_F(PathsTest, WithoutAnyVariableItSaysWhatToSet) {
  for (const char* name : {"SEZIM_CACHE", "XDG_CACHE_HOME", "HOME"}) Set(name, nullptr);
  const Error error = ThrownBy([] { CacheFolder(); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_NE(error.remedy().find("SEZIM_CACHE"), std::string::npos);
}

TEST_F(PathsTest, DataAreInTheSourceTreeUnlessSaidOtherwise) {
  Set("SEZIM_DATA", nullptr);
  EXPECT_EQ(DataFolder(), SEZIM_SOURCE_FOLDER);  // this program is not installed
  Set("SEZIM_DATA", "/data");
  EXPECT_EQ(DataFolder(), "/data");
}

}  // namespace
}  // namespace sezim
