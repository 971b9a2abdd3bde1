// codec/schema_values.cc: the keywords of single values: type, const, enum, those of numbers and
// those of strings. See schema_check.h.
// Depends on base, decimal_text, json_characters, json_equal and json_pattern.
#include "base/check.h"
#include "base/narrow.h"
#include "codec/decimal_text.h"
#include "codec/json_characters.h"
#include "codec/json_equal.h"
#include "codec/json_pattern.h"
#include "codec/schema_check.h"

namespace leat {

Verdict SchemaCheck::type(const SchemaKeywords& k, const JsonValue& value) {
    const JsonValue wanted = take(k, Keyword::type);
    uint32_t bits = 0;
    if (wanted.type == JsonType::string) {
        bits = type_bits_of(wanted);
        if (bits == 0) return broken(Keyword::type, wanted);
    } else {
        JsonCursor at(wanted.raw);
        JsonValue name;
        if (wanted.type != JsonType::array || !at.enter_array()) {
            return broken(Keyword::type, wanted);
        }
        while (at.element() && at.take(&name)) {
            const uint32_t more = type_bits_of(name);
            if (more == 0) return broken(Keyword::type, name);
            bits |= more;
        }
    }
    if ((bits & type_bit(value.type)) != 0) return Verdict::fits;
    if (value.type == JsonType::number && (bits & whole_number_bit) != 0) {
        if (!work_->spend(value.raw.size)) return too_large();
        if (decimal_is_whole(value.raw)) return Verdict::fits;
    }
    return fail(Keyword::type, value, wanted);
}

Verdict SchemaCheck::constant(const SchemaKeywords& k, const JsonValue& value) {
    const JsonValue wanted = take(k, Keyword::constant);
    if (json_equal(wanted, value, work_)) return Verdict::fits;
    return work_->out() ? too_large() : fail(Keyword::constant, value, wanted);
}

Verdict SchemaCheck::enumeration(const SchemaKeywords& k, const JsonValue& value) {
    const JsonValue list = take(k, Keyword::enumeration);
    JsonCursor at(list.raw);
    JsonValue one;
    if (list.type != JsonType::array || !at.enter_array()) {
        return broken(Keyword::enumeration, list);
    }
    while (at.element() && at.take(&one)) {
        if (json_equal(one, value, work_)) return Verdict::fits;
        if (work_->out()) return too_large();
    }
    return fail(Keyword::enumeration, value, list);
}

// minimum and exclusiveMinimum, with wrong_side -1; the maxima with 1. A boolean exclusiveMinimum
// is about minimum's own value.
Verdict SchemaCheck::limit(const SchemaKeywords& k, Keyword plain, Keyword exclusive,
                           int wrong_side, const JsonValue& value) {
    LEAT_CHECK(wrong_side == -1 || wrong_side == 1);
    bool equal_fails = false;
    if (k.has(exclusive)) {
        const JsonValue bound = take(k, exclusive);
        if (bound.type == JsonType::boolean) {
            equal_fails = equal(bound.raw, text("true"));
        } else if (bound.type != JsonType::number) {
            return broken(exclusive, bound);
        } else {
            const int order = decimal_compare(value.raw, bound.raw);
            if (order == wrong_side || order == 0) return fail(exclusive, value, bound);
        }
    }
    if (!k.has(plain)) return Verdict::fits;
    const JsonValue bound = take(k, plain);
    if (bound.type != JsonType::number) return broken(plain, bound);
    const int order = decimal_compare(value.raw, bound.raw);
    if (order == wrong_side) return fail(plain, value, bound);
    return order == 0 && equal_fails ? fail(exclusive, value, bound) : Verdict::fits;
}

Verdict SchemaCheck::number(const SchemaKeywords& k, const JsonValue& value) {
    if (!work_->spend(value.raw.size)) return too_large();
    LEAT_FITS(limit(k, Keyword::minimum, Keyword::exclusive_minimum, -1, value));
    LEAT_FITS(limit(k, Keyword::maximum, Keyword::exclusive_maximum, 1, value));
    if (!k.has(Keyword::multiple_of)) return Verdict::fits;
    const JsonValue divisor = take(k, Keyword::multiple_of);
    if (divisor.type != JsonType::number || !decimal_is_divisor(divisor.raw)) {
        return broken(Keyword::multiple_of, divisor);
    }
    if (decimal_is_multiple(value.raw, divisor.raw)) return Verdict::fits;
    return fail(Keyword::multiple_of, value, divisor);
}

Verdict SchemaCheck::size_between(const SchemaKeywords& k, Keyword least, Keyword most,
                                  uint64_t size, const JsonValue& value) {
    int64_t at_least = 0;
    int64_t at_most = INT64_MAX;
    LEAT_FITS(count(k, least, &at_least));
    LEAT_FITS(count(k, most, &at_most));
    if (size < static_cast<uint64_t>(at_least)) return fail(least, value, take(k, least));
    if (size > static_cast<uint64_t>(at_most)) return fail(most, value, take(k, most));
    return Verdict::fits;
}

Verdict SchemaCheck::string(const SchemaKeywords& k, const JsonValue& value) {
    if (!work_->spend(1 + value.raw.size)) return too_large();
    if (k.has_any(Keyword::length_min, Keyword::length_max)) {
        LEAT_FITS(size_between(k, Keyword::length_min, Keyword::length_max,
                               json_character_count(value), value));
    }
    if (!k.has(Keyword::pattern)) return Verdict::fits;
    const JsonValue wanted = take(k, Keyword::pattern);
    bool yes = false;
    LEAT_FITS(matches(Keyword::pattern, wanted, value, &yes));
    return yes ? Verdict::fits : fail(Keyword::pattern, value, wanted);
}

// Kept out of line: the compiled pattern takes 11 KiB of stack, which its callers, who recurse,
// must not hold.
[[gnu::noinline]] Verdict SchemaCheck::matches(Keyword rule, const JsonValue& pattern,
                                               const JsonValue& string, bool* yes) {
    LEAT_CHECK(string.type == JsonType::string && yes != nullptr);
    if (pattern.type != JsonType::string) return broken(rule, pattern);
    JsonPattern compiled;
    const PatternFault fault = json_pattern_compile(pattern.raw, work_, &compiled);
    if (work_->out()) return too_large();
    if (fault != PatternFault::none) return broken(rule, pattern);
    *yes = json_pattern_matches(compiled, string.raw, work_);
    return work_->out() ? too_large() : Verdict::fits;
}

}  // namespace leat
