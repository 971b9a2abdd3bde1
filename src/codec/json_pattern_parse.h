// codec/json_pattern_parse.h: the characters of a regular expression: its escapes, its classes and
// what stands behind an opening parenthesis. Under json_pattern.cc only; depends on the same.
// Invariant: the first fault sticks, and after it nothing more is read.
#pragma once

#include <stdint.h>

#include "base/bytes.h"
#include "codec/json_characters.h"
#include "codec/json_pattern.h"

namespace leat {

// The sets that have a letter: \d \w \s, and their opposites one further. As operands of in_class
// they are numbered from json_pattern_classes_max on.
namespace pattern {
enum class Set : uint32_t { digit, not_digit, word, not_word, space, not_space };

// The ranges of digit, word or space, in order.
struct SetRanges {
    const JsonPattern::Range* ranges;
    uint32_t count;
};
[[nodiscard]] SetRanges ranges_of(Set set);
[[nodiscard]] constexpr bool is_negated(Set set) { return (static_cast<uint32_t>(set) & 1) != 0; }
}  // namespace pattern

class PatternSource {
public:
    enum class Kind : uint8_t { character, set, word_edge, word_inner };
    struct Escape {
        Kind kind = Kind::character;
        uint32_t code_point = 0;
        uint32_t class_index = 0;
        pattern::Set set = pattern::Set::digit;
    };

    PatternSource(Text raw, JsonPattern* out) : characters_(raw), out_(out) { skip(); }

    // Remembers the first fault; answers false.
    bool fail(PatternFault fault);
    PatternFault fault() const { return fault_; }

    // The next character, without and with stepping over it.
    bool peek(uint32_t* c) const;
    void skip();
    [[nodiscard]] bool take(uint32_t c);

    // Behind a backslash.
    [[nodiscard]] bool read_escape(Escape* escape);
    // Behind an opening bracket, to the closing one: a new class.
    [[nodiscard]] bool read_class(uint32_t* index);
    // Behind an opening parenthesis: nothing, "?:" or "?<name>".
    [[nodiscard]] bool skip_group_head();

private:
    bool read_hex(size_t count, uint32_t* value);
    bool read_braced_hex(uint32_t* value);
    bool read_unicode(uint32_t* value);
    bool read_character_escape(uint32_t c, uint32_t* value);
    bool read_class_atom(Escape* atom);
    bool add_range(uint32_t first, uint32_t last);
    bool add_set(pattern::Set set);

    JsonCharacters characters_;
    JsonPattern* out_;
    uint32_t next_ = 0;
    bool has_next_ = false;
    PatternFault fault_ = PatternFault::none;
};

}  // namespace leat
