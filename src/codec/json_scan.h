// codec/json_scan.h: reads JSON as it lies in a buffer: strict (RFC 8259, UTF-8 checked, no lone
// surrogates), in one pass, without tree, heap or recursion. Depends on base only.
// A cursor walks the document in order. The caller takes the values that it knows; what it does
// not take is skipped, and checked just the same, so finish() vouches for every byte.
// Duplicate names are allowed: members come in order, so a caller that assigns on each keeps the
// last; json_find answers the last, too.
// Invariant: begin <= at <= end; after a fault nothing moves any more and every call answers false.
#pragma once

#include <leat/status.h>
#include <leat/types.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "codec/scan_simd.h"

namespace leat {

// The deepest nesting that can be asked for; one bit a level.
constexpr uint32_t json_depth_max = 64;

enum class JsonType : uint8_t { none, null, boolean, number, string, array, object };

// The type of the value that begins with a byte.
struct JsonTypes {
    JsonType types[256];
    constexpr JsonTypes() : types() {
        for (JsonType& type : types) type = JsonType::none;
        for (char digit = '0'; digit <= '9'; ++digit) at(digit) = JsonType::number;
        at('-') = JsonType::number;
        at('{') = JsonType::object;
        at('[') = JsonType::array;
        at('"') = JsonType::string;
        at('t') = at('f') = JsonType::boolean;
        at('n') = JsonType::null;
    }
    constexpr JsonType& at(char c) { return types[static_cast<unsigned char>(c)]; }
    constexpr JsonType of(char c) const { return types[static_cast<unsigned char>(c)]; }
};
inline constexpr JsonTypes json_types;

// A value where it lies in the document. Lives as long as the document.
struct JsonValue {
    Text raw{nullptr, 0};  // as written; a string without its quotes, a container with its brackets
    JsonType type = JsonType::none;
    bool escaped = false;  // a string with a backslash: decode it; otherwise raw is the text
};

// What the token readers of json_token.h share: where the document ends, and what they found.
struct TokenScan {
    const char* end;
    const char* fault = nullptr;  // where the last token that was refused is broken
    StringWindow window;
};

// Usage:
//     JsonCursor at(body);
//     JsonValue key;
//     if (at.enter_object()) {
//         while (at.member(&key)) {
//             if (json_is(key, text("id"))) at.take(&id);   // others are skipped by member()
//         }
//     }
//     LEAT_TRY(at.finish());
class JsonCursor {
public:
    explicit JsonCursor(Text document, uint32_t depth_max = json_depth_max);

    // The type of the value that comes next; none when there is none. A type that shows here may
    // still prove broken when the value is taken.
    JsonType peek() {
        if (expect_ != Expect::value) return JsonType::none;
        at_ = past_blanks(at_, scan_.end);
        return at_ == scan_.end ? JsonType::none : json_types.of(*at_);
    }

    // Steps into the next value if it is an object (array); else answers false and stays before it.
    [[nodiscard]] bool enter_object() { return enter(JsonType::object); }
    [[nodiscard]] bool enter_array() { return enter(JsonType::array); }

    // Inside an object: reads the next name and stops before its value. A value that nobody took
    // is skipped first. False at the object's end, which is then behind us, and after a fault.
    [[nodiscard]] bool member(JsonValue* key);
    // Inside an array: stops before the next element; otherwise as member().
    [[nodiscard]] bool element();
    // Skips the rest of the innermost container, for a loop that ends early.
    void leave();

    // Takes the next value; a container whole. False when none is next, or after a fault.
    bool take(JsonValue* value);
    // Takes the next value if it is of this type, else leaves it to be skipped: false.
    bool take_if(JsonType type, JsonValue* value);
    void skip();
    // Takes the next value whatever it is; *out is untouched when it is no count (see json_to_count).
    void take_count(int64_t* out);

    // Skips what is left and checks that nothing but blanks follows. LEAT_OK, LEAT_E_JSON, or
    // LEAT_E_TOO_LARGE when the nesting is over depth_max.
    [[nodiscard]] leat_status finish();

    leat_status status() const { return status_; }
    // Where the cursor stands; after a fault, where the fault is.
    size_t offset() const { return static_cast<size_t>(at_ - begin_); }
    uint32_t depth() const { return nesting_.depth; }

private:
    enum class Expect : uint8_t {
        value,  // a value comes next
        first,  // just after an opening bracket
        next,   // after a value: comma, closing bracket or the end
        fault,  // nothing
    };

    struct Nesting {
        uint64_t objects = 0;  // lowest bit: the innermost container is an object
        uint32_t depth = 0;
        void push(bool is_object) {
            objects = objects << 1 | (is_object ? 1u : 0u);
            ++depth;
        }
        void pop() {
            objects >>= 1;
            --depth;
        }
        bool in_object() const { return (objects & 1) != 0; }
        bool in_array() const { return depth > 0 && !in_object(); }
    };

    bool fail(const char* where, leat_status status);
    bool enter(JsonType container);
    bool close_at(const char* bracket);
    bool skip_until(uint32_t outside);
    bool fail_at_token() { return fail(scan_.fault, LEAT_E_JSON); }
    const char* past_untaken();
    bool take_container(const char* start, JsonValue* value);
    void take_count_far(int64_t* out);
    bool next_in(bool is_object, const char** place);

    const char* begin_;
    const char* at_;
    TokenScan scan_;
    Nesting nesting_;
    uint32_t depth_max_;
    leat_status status_ = LEAT_OK;
    Expect expect_ = Expect::value;
};

// Checks a whole document. On a fault *error_offset (may be NULL) is where it is.
// depth_max is 1..json_depth_max. LEAT_OK, LEAT_E_JSON or LEAT_E_TOO_LARGE (too deep).
[[nodiscard]] leat_status json_validate(Text document, uint32_t depth_max, size_t* error_offset);

// The last member of this name in an object given as text. False when there is none, when the
// text is no object, and when any of it is broken. For the cold paths; else walk with a cursor.
[[nodiscard]] bool json_find(Text object, Text name, JsonValue* value);

// Whether a string's content, escapes resolved, is this text.
[[nodiscard]] bool json_equal_escaped(Text raw, Text t);

// Whether a string value is this text, escapes resolved. In line: with a literal on the right it
// comes down to comparing a size and a word or two.
[[nodiscard]] inline bool json_is(const JsonValue& value, Text t) {
    if (value.type != JsonType::string) return false;
    if (value.escaped) return json_equal_escaped(value.raw, t);
    return value.raw.size == t.size && (t.size == 0 || memcmp(value.raw.data, t.data, t.size) == 0);
}

// Resolves the escapes of a string's content. `out` may be raw.data itself: text never grows.
// Bytes between *size and capacity may be overwritten. LEAT_OK; LEAT_E_TOO_LARGE when capacity is
// too small (raw.size always suffices); LEAT_E_JSON for a broken escape.
[[nodiscard]] leat_status json_string_decode(Text raw, char* out, size_t capacity, size_t* size);

// The text of a string in a document that may be written to: its decoded form takes the place of the
// escaped one, so read each value once. LEAT_OK; LEAT_E_JSON: no string, or a broken escape.
[[nodiscard]] leat_status json_string_in_place(const JsonValue& value, Text* out);

// Without the blanks and line ends that JSON allows at both ends.
Text json_trim(Text t);

// true or false as a bool; false when the value is neither.
[[nodiscard]] bool json_to_bool(const JsonValue& value, bool* out);

// A token or item count out of whatever a peer sent: a whole number from 0 to INT64_MAX, written
// as 12, 12.0, 1.2e1 or "12". False for everything else, *out is then untouched.
[[nodiscard]] bool json_to_count(const JsonValue& value, int64_t* out);

}  // namespace leat
