// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "sezim/publish/web_assets.h"

namespace sezim {

// Gives `page`'s text to `write`, and calls at each {{name}} what `parts` has under it. Throws ContractViolation for a
// mark that is not closed or has no part.
void FillPage(std::string_view page, const std::function<void(std::string_view)>& write,
              const std::map<std::string, std::function<void()>>& parts);

// The sources of scripts in a content security policy: the digests of the libraries and of our own script, so that
// nothing else runs, whatever the page's data holds.
std::string ScriptSources(const WebAssets& assets);

// The libraries' notices as HTML.
std::string Notices(const WebAssets& assets);

}  // namespace sezim
