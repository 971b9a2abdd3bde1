// codec/json_pattern_parse.cc: see json_pattern_parse.h. Classes become ranges of code points in the
// pattern's own table. Depends on base and json_characters.
// Invariant: ranges_count and classes_count stay within their bounds.
#include "codec/json_pattern_parse.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {
namespace {

constexpr uint32_t code_point_max = 0x10FFFF;
using Range = JsonPattern::Range;

constexpr Range digits[] = {{'0', '9'}};
constexpr Range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
// White space and line ends of ECMA 262.
constexpr Range spaces[] = {{9, 13},          {' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680},
                            {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
                            {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};

template <size_t N>
constexpr pattern::SetRanges all_of(const Range (&ranges)[N]) {
    return pattern::SetRanges{ranges, N};
}

int hex_value(uint32_t c) {
    if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a' + 10);
    return c >= 'A' && c <= 'F' ? static_cast<int>(c - 'A' + 10) : -1;
}

bool is_letter(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_punctuation(uint32_t c) {
    return c > ' ' && c < 0x7F && !is_letter(c) && !(c >= '0' && c <= '9');
}

// The set that a letter behind a backslash names.
bool set_of(uint32_t c, pattern::Set* set) {
    constexpr char letters[] = "dDwWsS";
    for (uint32_t i = 0; i < 6; ++i) {
        if (c != static_cast<uint32_t>(letters[i])) continue;
        *set = static_cast<pattern::Set>(i);
        return true;
    }
    return false;
}

}  // namespace

pattern::SetRanges pattern::ranges_of(Set set) {
    switch (set) {
        case Set::digit:
        case Set::not_digit:
            return all_of(digits);
        case Set::word:
        case Set::not_word:
            return all_of(words);
        case Set::space:
        case Set::not_space:
            return all_of(spaces);
    }
    return SetRanges{nullptr, 0};
}

bool PatternSource::fail(PatternFault fault) {
    LEAT_CHECK(fault != PatternFault::none);
    if (fault_ == PatternFault::none) fault_ = fault;
    return false;
}

bool PatternSource::peek(uint32_t* c) const {
    LEAT_CHECK(c != nullptr);
    if (!has_next_ || fault_ != PatternFault::none) return false;
    *c = next_;
    return true;
}

void PatternSource::skip() { has_next_ = characters_.next(&next_); }

bool PatternSource::take(uint32_t c) {
    uint32_t next = 0;
    if (!peek(&next) || next != c) return false;
    skip();
    return true;
}

bool PatternSource::read_hex(size_t count, uint32_t* value) {
    *value = 0;
    for (size_t i = 0; i < count; ++i) {
        uint32_t c = 0;
        const int digit = peek(&c) ? hex_value(c) : -1;
        if (digit < 0) return fail(PatternFault::broken);
        *value = *value * 16 + static_cast<uint32_t>(digit);
        skip();
    }
    return true;
}

// \u{1F600}, the brace behind us.
bool PatternSource::read_braced_hex(uint32_t* value) {
    *value = 0;
    uint32_t c = 0;
    size_t count = 0;
    for (; peek(&c) && c != '}'; ++count, skip()) {
        const int digit = hex_value(c);
        if (digit < 0) return fail(PatternFault::broken);
        *value = *value * 16 + static_cast<uint32_t>(digit);
        if (*value > code_point_max) return fail(PatternFault::broken);
    }
    return (count > 0 && take('}')) || fail(PatternFault::broken);
}

// \u is behind us. Two surrogates make one character; one alone matches nothing that JSON can say.
bool PatternSource::read_unicode(uint32_t* value) {
    if (take('{')) return read_braced_hex(value);
    if (!read_hex(4, value)) return false;
    if (*value < 0xD800 || *value > 0xDFFF) return true;
    uint32_t low = 0;
    if (*value > 0xDBFF || !take('\\') || !take('u') || !read_hex(4, &low)) {
        return fail(PatternFault::unsupported);
    }
    if (low < 0xDC00 || low > 0xDFFF) return fail(PatternFault::unsupported);
    *value = 0x10000 + ((*value - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

// A backslash and c, which are behind us, where they mean one character.
bool PatternSource::read_character_escape(uint32_t c, uint32_t* value) {
    uint32_t next = 0;
    switch (c) {
        case 't':
        case 'n':
        case 'v':
        case 'f':
        case 'r':
            *value = c == 't' ? 9 : c == 'n' ? 10 : c == 'v' ? 11 : c == 'f' ? 12 : 13;
            return true;
        case '0':
            *value = 0;
            return !(peek(&next) && next >= '0' && next <= '9') || fail(PatternFault::broken);
        case 'x':
            return read_hex(2, value);
        case 'u':
            return read_unicode(value);
        case 'c':
            if (!peek(&next) || !is_letter(next)) return fail(PatternFault::broken);
            skip();
            *value = next & 31;
            return true;
        case 'k':
        case 'p':
        case 'P':
            return fail(PatternFault::unsupported);
        default:
            break;
    }
    *value = c;
    if (c >= '1' && c <= '9') return fail(PatternFault::unsupported);
    return is_punctuation(c) || fail(PatternFault::broken);
}

bool PatternSource::read_escape(Escape* escape) {
    LEAT_CHECK(escape != nullptr);
    uint32_t c = 0;
    if (!peek(&c)) return fail(PatternFault::broken);
    skip();
    if (c == 'b' || c == 'B') {
        escape->kind = c == 'b' ? Kind::word_edge : Kind::word_inner;
        return true;
    }
    if (set_of(c, &escape->set)) {
        escape->kind = Kind::set;
        escape->class_index = json_pattern_classes_max + static_cast<uint32_t>(escape->set);
        return true;
    }
    escape->kind = Kind::character;
    return read_character_escape(c, &escape->code_point);
}

bool PatternSource::add_range(uint32_t first, uint32_t last) {
    if (first > last) return fail(PatternFault::broken);
    if (out_->ranges_count == json_pattern_ranges_max) return fail(PatternFault::too_large);
    out_->ranges[out_->ranges_count++] = Range{first, last};
    return true;
}

bool PatternSource::add_set(pattern::Set set) {
    const pattern::SetRanges all = pattern::ranges_of(set);
    uint32_t next = 0;
    for (uint32_t i = 0; i < all.count; ++i) {
        const Range range = all.ranges[i];
        if (!pattern::is_negated(set)) {
            if (!add_range(range.first, range.last)) return false;
        } else if (range.first > next && !add_range(next, range.first - 1)) {
            return false;
        }
        next = range.last + 1;
    }
    return !pattern::is_negated(set) || add_range(next, code_point_max);
}

bool PatternSource::read_class_atom(Escape* atom) {
    uint32_t c = 0;
    if (!peek(&c)) return fail(PatternFault::broken);
    skip();
    if (c != '\\') {
        atom->kind = Kind::character;
        atom->code_point = c;
        return true;
    }
    if (take('b')) {  // in a class it is a backspace
        atom->kind = Kind::character;
        atom->code_point = 8;
        return true;
    }
    if (!read_escape(atom)) return false;
    return atom->kind != Kind::word_inner || fail(PatternFault::broken);
}

bool PatternSource::read_class(uint32_t* index) {
    LEAT_CHECK(index != nullptr);
    if (out_->classes_count == json_pattern_classes_max) return fail(PatternFault::too_large);
    *index = out_->classes_count++;
    JsonPattern::Class* const made = &out_->classes[*index];
    made->negated = take('^');
    made->begin = narrow<uint16_t>(out_->ranges_count);
    while (!take(']')) {
        Escape first;
        if (!read_class_atom(&first)) return false;
        bool added = false;
        uint32_t c = 0;
        if (first.kind == Kind::set) {
            added = add_set(first.set);
        } else if (!take('-')) {
            added = add_range(first.code_point, first.code_point);
        } else if (peek(&c) && c == ']') {  // the hyphen is the last, and itself
            added = add_range(first.code_point, first.code_point) && add_range('-', '-');
        } else {
            Escape last;
            if (!read_class_atom(&last)) return false;
            added = last.kind == Kind::set ? add_range(first.code_point, first.code_point) &&
                                                 add_range('-', '-') && add_set(last.set)
                                           : add_range(first.code_point, last.code_point);
        }
        if (!added) return false;
    }
    made->count = narrow<uint16_t>(out_->ranges_count - made->begin);
    return true;
}

bool PatternSource::skip_group_head() {
    if (!take('?')) return true;
    if (take(':')) return true;
    if (!take('<')) return fail(PatternFault::unsupported);
    uint32_t c = 0;
    size_t count = 0;
    for (; peek(&c) && c != '>'; ++count, skip()) {
        if (count == 0 && (c == '=' || c == '!')) return fail(PatternFault::unsupported);
    }
    return (count > 0 && take('>')) || fail(PatternFault::broken);
}

}  // namespace leat
