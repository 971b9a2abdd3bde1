// codec/json_characters.h: a JSON string's content character by character, escapes resolved, with
// no room to decode it into. Depends on base and codec/json_escape.
// Invariant: the content was accepted by the scanner, so every escape and every byte sequence in
// it is whole; content that was not ends the walk early and nothing more.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "codec/json_scan.h"

namespace leat {

class JsonCharacters {
public:
    // raw: what stands between the quotes.
    explicit JsonCharacters(Text raw) : raw_(raw) {}

    // The next code point; false at the end.
    [[nodiscard]] bool next(uint32_t* code_point);

private:
    Text raw_;
    size_t at_ = 0;
};

// How many code points a string has.
[[nodiscard]] uint64_t json_character_count(const JsonValue& string);

// Whether two strings are the same text, however each is written.
[[nodiscard]] bool json_strings_equal(const JsonValue& a, const JsonValue& b);

}  // namespace leat
