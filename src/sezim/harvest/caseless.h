// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sezim {

// `text` in lower case, for comparing: Latin (ASCII, Latin-1, Latin Extended-A), Greek and Cyrillic with all
// letters of Kazakh, Russian and their neighbours. İ, I, ı and i become one letter, because the Latin
// alphabets of Kazakh pair them otherwise than English does; Ё stays apart from Е. Whatever the machine's
// locale is. What is not valid UTF-8 is copied as it is; a letter composed of two code points (И and a breve
// for Й) is not seen as the letter.
std::string FoldCase(std::string_view text);

// Whether `text` holds `part`, whatever the case.
bool ContainsCaseless(std::string_view text, std::string_view part);

}  // namespace sezim
