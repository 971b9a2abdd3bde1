// codec/json_characters.cc: see json_characters.h. Strings without a backslash are compared as
// bytes; only the others are walked.
// Depends on base and json_escape. Pure.
#include "codec/json_characters.h"

#include "base/check.h"
#include "codec/json_escape.h"

namespace leat {
namespace {

// How many bytes the character has that begins with this byte.
size_t sequence_size(uint8_t first) {
    if (first < 0x80) return 1;
    if (first < 0xE0) return 2;
    return first < 0xF0 ? 3 : 4;
}

}  // namespace

bool JsonCharacters::next(uint32_t* code_point) {
    LEAT_CHECK(code_point != nullptr);
    LEAT_DCHECK(at_ <= raw_.size);
    if (at_ == raw_.size) return false;
    const char* const p = raw_.data + at_;
    const size_t left = raw_.size - at_;
    if (*p == '\\') {
        const size_t used = json_read_escape(p, left, code_point);
        at_ = used == 0 ? raw_.size : at_ + used;
        return used != 0;
    }
    const uint8_t first = static_cast<uint8_t>(*p);
    const size_t size = sequence_size(first);
    if (size > left) {
        at_ = raw_.size;
        return false;
    }
    uint32_t value = size == 1 ? first : first & (0x7Fu >> size);
    for (size_t i = 1; i < size; ++i) value = value << 6 | (static_cast<uint8_t>(p[i]) & 0x3F);
    *code_point = value;
    at_ += size;
    return true;
}

uint64_t json_character_count(const JsonValue& string) {
    LEAT_CHECK(string.type == JsonType::string);
    uint64_t count = 0;
    if (!string.escaped) {
        for (size_t i = 0; i < string.raw.size; ++i) {
            if ((static_cast<uint8_t>(string.raw.data[i]) & 0xC0) != 0x80) ++count;
        }
        return count;
    }
    JsonCharacters characters(string.raw);
    uint32_t code_point = 0;
    while (characters.next(&code_point)) ++count;
    return count;
}

bool json_strings_equal(const JsonValue& a, const JsonValue& b) {
    LEAT_CHECK(a.type == JsonType::string && b.type == JsonType::string);
    if (!a.escaped && !b.escaped) return equal(a.raw, b.raw);
    JsonCharacters in_a(a.raw);
    JsonCharacters in_b(b.raw);
    for (;;) {
        uint32_t of_a = 0;
        uint32_t of_b = 0;
        const bool more_a = in_a.next(&of_a);
        const bool more_b = in_b.next(&of_b);
        if (more_a != more_b) return false;
        if (!more_a) return true;
        if (of_a != of_b) return false;
    }
}

}  // namespace leat
