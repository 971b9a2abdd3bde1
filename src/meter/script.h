// meter/script.h: the characters of a text, one after the other, and the kind of each: which script's
// letter, digit, blank or sign. Pure; depends on base.
// Invariant: any bytes have characters: what is no UTF-8 is a sign a byte.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

namespace leat {

enum class Script : uint8_t {
    lower,     // a-z
    upper,     // A-Z
    accented,  // Latin-1
    far,       // Latin beyond that: Polish, Czech, Turkish, Vietnamese ...
    greek,
    cyrillic,
    semitic,  // Hebrew, Arabic
    indic,
    thai,  // and Lao
    hangul,
    kana,
    han,
    rare,  // letters of any other script
    digit,
    blank,  // but no line end
    line_end,
    sign,    // ASCII
    mark,    // beyond ASCII: quotation marks, dashes, full stops of other scripts ...
    picture  // arrows, symbols, emoji
};
constexpr uint32_t scripts_of_letters = 13;  // the first ones

constexpr bool is_letter(Script script) { return script < Script::digit; }
constexpr bool is_sign(Script script) { return script >= Script::sign; }

struct Character {
    uint32_t code;
    uint8_t size;  // bytes; 0 at the end
    Script script;
};

// The character that begins at byte `at`.
Character character_at(Text t, size_t at);

}  // namespace leat
