// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sezim {

// JSON that may stand in a <script> element and means the same: no "<", ">", "&", U+2028 or U+2029 is left in it, so
// that no text in it ends the element, opens a comment or ends a line. Requires valid JSON, in which these characters
// stand in texts only.
std::string JsonForScript(std::string_view json);

// Text as it may stand in an element or in a quoted attribute of HTML.
std::string HtmlText(std::string_view text);

// RFC 4648, with padding.
std::string Base64(std::string_view bytes);

// A path below a folder as a relative URL: every byte but letters, digits, "-._~" and "/" is written %XX.
std::string UrlOfPath(std::string_view path);

}  // namespace sezim
