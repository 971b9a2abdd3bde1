// codec/json_pattern.h: regular expressions of JSON schemas, compiled into a small program and run
// in time that is linear in the text: all ways through the program advance together, so no pattern
// is catastrophic. Depends on base and codec's strings.
// Invariant: a program has at most json_pattern_words_max words, a compiled pattern is of fixed size
// (8 KiB), and no byte of pattern or text trips an assertion.
//
// The language is a part of ECMA 262 (with its u flag, as JSON Schema asks):
//   literals  .  [a-z] [^a-z]  \d \D \w \W \s \S (in a class too)  ^ $ \b \B  ( ) (?: ) (?<name> )
//   |  * + ? {n} {n,} {n,m}, each with a ? behind it or not  \t \n \v \f \r \0 \cX \xHH \uHHHH
//   \u{H...}, a backslash before any ASCII punctuation.
// Not in it, and refused: look-ahead and look-behind, references to groups, \p, flags.
#pragma once

#include <stdint.h>

#include "base/bytes.h"
#include "codec/json_work.h"

namespace leat {

constexpr uint32_t json_pattern_words_max = 1024;  // x{0,1000} takes one for each x
constexpr uint32_t json_pattern_ranges_max = 256;  // of characters, in all classes together
constexpr uint32_t json_pattern_classes_max = 64;  // [..] and \d, \w ...
constexpr uint32_t json_pattern_depth_max = 16;    // groups in groups
constexpr uint32_t json_pattern_bytes_max = 8192;  // of the pattern as it is written

enum class PatternFault : uint8_t {
    none,
    broken,       // no regular expression
    unsupported,  // one that is not in our part of the language
    too_large,    // over one of the bounds above
};

struct JsonPattern {
    struct Range {
        uint32_t first;
        uint32_t last;
    };
    struct Class {
        uint16_t begin;
        uint16_t count;
        bool negated;
    };
    uint32_t words[json_pattern_words_max];  // see json_pattern_match.cc
    Range ranges[json_pattern_ranges_max];
    Class classes[json_pattern_classes_max];
    uint32_t words_count = 0;
    uint32_t ranges_count = 0;
    uint32_t classes_count = 0;
};

// raw: a JSON string's content. Its cost is taken from work; PatternFault::too_large when that is
// used up.
[[nodiscard]] PatternFault json_pattern_compile(Text raw, JsonWork* work, JsonPattern* pattern);

// Whether the pattern matches anywhere in a JSON string's content. False as well when the work runs
// out: ask work->out().
[[nodiscard]] bool json_pattern_matches(const JsonPattern& pattern, Text raw, JsonWork* work);

namespace pattern {

// A word of a program: what it does in the low 4 bits, its operand above.
enum class Op : uint32_t {
    character,  // operand: the code point
    any,        // all but line ends
    in_class,   // operand: index of the class
    optional_character,
    optional_any,
    optional_in_class,
    split,       // goes on at the next word and at this one + operand (signed)
    jump,        // goes on at this one + operand (signed)
    begin,       // only at the text's begin
    end,         // only at its end
    word_edge,   // between a word character and another
    word_inner,  // everywhere else
    match,
};

constexpr uint32_t operand_bits = 28;
constexpr uint32_t make_word(Op op, int32_t operand) {
    return static_cast<uint32_t>(operand) << 4 | static_cast<uint32_t>(op);
}
constexpr Op op_of(uint32_t word) { return static_cast<Op>(word & 15); }
constexpr uint32_t operand_of(uint32_t word) { return word >> 4; }
constexpr int32_t jump_of(uint32_t word) { return static_cast<int32_t>(word) >> 4; }

}  // namespace pattern
}  // namespace leat
