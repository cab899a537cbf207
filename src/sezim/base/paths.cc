// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/paths.h"

#include <cstdlib>

#include "sezim/base/error.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

fs::path FromEnvironment(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? fs::path() : fs::path(value);
}

constexpr const char* kProgram = "/proc/self/exe";

// The folder in which the program lies in bin, or whatever it is called.
fs::path PrefixOfProgram(std::error_code& error) {
  return fs::read_symlink(kProgram, error).parent_path().parent_path();
}

}  // namespace

fs::path CacheFolder() {
  if (const fs::path own = FromEnvironment("SEZIM_CACHE"); !own.empty()) return own;
  if (const fs::path xdg = FromEnvironment("XDG_CACHE_HOME"); xdg.is_absolute()) return xdg / "sezim";
  if (const fs::path home = FromEnvironment("HOME"); !home.empty()) return home / ".cache" / "sezim";
  throw Error(ErrorKind::kNotFound, "no folder for models: neither SEZIM_CACHE, XDG_CACHE_HOME nor HOME is set",
              "set SEZIM_CACHE to a folder");
}

fs::path ModelStoreFolder() {
  return CacheFolder() / "models";
}

fs::path DependencyFolder() {
  return CacheFolder() / "deps";
}

fs::path DataFolder() {
  if (const fs::path own = FromEnvironment("SEZIM_DATA"); !own.empty()) return own;
  std::error_code error;
  if (const fs::path prefix = PrefixOfProgram(error); !error) {
    const fs::path installed = prefix / "share" / "sezim";
    if (fs::exists(installed / "models" / "fetch.py", error)) return installed;
  }
  return SEZIM_SOURCE_FOLDER;
}

fs::path TrainingModule() {
  std::error_code error;
  const fs::path prefix = PrefixOfProgram(error);
  if (error) throw SystemError(error.value(), "cannot find the program's own folder by", kProgram);
  return prefix / SEZIM_MODULE_FOLDER / "libsezim_torch.so";
}

}  // namespace sezim
