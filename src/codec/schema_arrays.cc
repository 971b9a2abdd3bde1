// codec/schema_arrays.cc: the keywords of arrays. One walk applies prefixItems and items side by
// side with the elements; contains and uniqueItems take a walk of their own. See schema_check.h.
// Depends on base and codec.
#include "base/check.h"
#include "codec/json_equal.h"
#include "codec/schema_check.h"

namespace leat {

// The schemas by position, from prefixItems or from items as a list; then the one for the rest.
Verdict SchemaCheck::elements(const SchemaKeywords& k, const JsonValue& value, uint64_t* count) {
    JsonValue first;  // type none: no schemas by position
    JsonValue rest;   // type none: the rest may be anything
    Keyword first_rule = Keyword::prefix_items;
    Keyword rest_rule = Keyword::items;
    if (k.has(Keyword::prefix_items)) first = take(k, Keyword::prefix_items);
    if (k.has(Keyword::items)) rest = take(k, Keyword::items);
    if (rest.type == JsonType::array && !k.has(Keyword::prefix_items)) {
        first_rule = Keyword::items;
        first = rest;
        rest_rule = Keyword::additional_items;
        rest = k.has(rest_rule) ? take(k, rest_rule) : JsonValue{};
    }
    if (!work_->spend(1 + value.raw.size)) return too_large();
    JsonCursor at(value.raw);
    JsonCursor at_first(first.type == JsonType::array ? first.raw : text("[]"));
    if (first.type != JsonType::none && first.type != JsonType::array) {
        return broken(first_rule, first);
    }
    if (!at.enter_array() || !at_first.enter_array()) return Verdict::fits;
    bool by_position = true;
    JsonValue element;
    JsonValue schema;
    for (*count = 0; at.element() && at.take(&element); ++*count) {
        by_position = by_position && at_first.element() && at_first.take(&schema);
        if (by_position) {
            LEAT_FITS(apply_as(first_rule, schema, element));
        } else if (rest.type != JsonType::none) {
            LEAT_FITS(apply_as(rest_rule, rest, element));
        }
    }
    return Verdict::fits;
}

Verdict SchemaCheck::contains(const SchemaKeywords& k, const JsonValue& value) {
    const JsonValue schema = take(k, Keyword::contains);
    int64_t least = 1;
    int64_t most = INT64_MAX;
    LEAT_FITS(count(k, Keyword::contains_min, &least));
    LEAT_FITS(count(k, Keyword::contains_max, &most));
    if (!work_->spend(1 + value.raw.size)) return too_large();
    int64_t found = 0;
    JsonCursor at(value.raw);
    JsonValue element;
    if (!at.enter_array()) return Verdict::fits;
    while (at.element() && at.take(&element)) {
        const Verdict verdict = apply(schema, element);
        if (verdict == Verdict::stops) return verdict;
        if (verdict == Verdict::fits) ++found;
    }
    if (found < least) {
        const bool by_count = k.has(Keyword::contains_min);
        const Keyword rule = by_count ? Keyword::contains_min : Keyword::contains;
        return fail(rule, value, take(k, rule));
    }
    if (found <= most) return Verdict::fits;
    return fail(Keyword::contains_max, value, take(k, Keyword::contains_max));
}

// Each element against those behind it; blamed is the latter of two.
Verdict SchemaCheck::unique(const SchemaKeywords& k, const JsonValue& value) {
    JsonCursor at(value.raw);
    JsonValue element;
    if (!at.enter_array()) return Verdict::fits;
    while (at.element() && at.take(&element)) {
        if (!work_->spend(1 + value.raw.size - at.offset())) return too_large();
        JsonCursor behind = at;
        JsonValue other;
        while (behind.element() && behind.take(&other)) {
            if (json_equal(element, other, work_)) {
                return fail(Keyword::unique_items, other, take(k, Keyword::unique_items));
            }
            if (work_->out()) return too_large();
        }
    }
    return Verdict::fits;
}

Verdict SchemaCheck::array(const SchemaKeywords& k, const JsonValue& value) {
    LEAT_CHECK(value.type == JsonType::array);
    uint64_t size = 0;
    LEAT_FITS(elements(k, value, &size));
    LEAT_FITS(size_between(k, Keyword::items_min, Keyword::items_max, size, value));
    if (k.has(Keyword::contains)) LEAT_FITS(contains(k, value));
    if (!k.has(Keyword::unique_items)) return Verdict::fits;
    const JsonValue wanted = take(k, Keyword::unique_items);
    if (wanted.type != JsonType::boolean) return broken(Keyword::unique_items, wanted);
    return equal(wanted.raw, text("true")) ? unique(k, value) : Verdict::fits;
}

}  // namespace leat
