// codec/json_escape.h: one escape sequence of a JSON string, read. Shared by the scanner, which
// checks it, and the decoder, which needs its meaning. Depends on base only.
// Invariant: a lone surrogate is no escape sequence.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace leat {

// What a backslash and this letter mean; 0 for letters that mean nothing alone, `u` among them.
inline char json_short_escape(char letter) {
    switch (letter) {
        case 'n':
            return '\n';
        case '"':
        case '\\':
        case '/':
            return letter;
        case 't':
            return '\t';
        case 'r':
            return '\r';
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        default:
            return 0;
    }
}

// The size of the escape at p (p[0] is the backslash; size bytes follow from p on), 12 for a pair
// of surrogates; 0 when it is broken. *code_point gets its meaning.
[[nodiscard]] size_t json_read_escape(const char* p, size_t size, uint32_t* code_point);

}  // namespace leat
