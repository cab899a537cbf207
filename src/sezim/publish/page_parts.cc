// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/page_parts.h"

#include <fmt/format.h>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/publish/page_text.h"

namespace sezim {
namespace {

// The digest of a script as a content security policy names it.
std::string PolicyDigest(std::string_view script) {
  const std::string hex = Sha256OfText(script);
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return fmt::format("'sha256-{}'", Base64(bytes));
}

}  // namespace

void FillPage(std::string_view page, const std::function<void(std::string_view)>& write,
              const std::map<std::string, std::function<void()>>& parts) {
  while (!page.empty()) {
    const std::size_t mark = page.find("{{");
    write(page.substr(0, mark));
    if (mark == std::string_view::npos) return;
    const std::size_t end = page.find("}}", mark);
    Check(end != std::string_view::npos, "the page closes its marks");
    const auto part = parts.find(std::string(page.substr(mark + 2, end - mark - 2)));
    Check(part != parts.end(), "the page has no unknown mark");
    part->second();
    page.remove_prefix(end + 2);
  }
}

std::string ScriptSources(const WebAssets& assets) {
  std::string scripts;
  for (const WebLibrary& library : assets.libraries) scripts += PolicyDigest(library.script) + " ";
  return scripts + PolicyDigest(assets.script);
}

std::string Notices(const WebAssets& assets) {
  std::string text;
  for (const WebLibrary& library : assets.libraries) {
    text += fmt::format("<h3>{}</h3>\n<pre>{}</pre>\n", library.name, HtmlText(library.licence));
  }
  return text;
}

}  // namespace sezim
