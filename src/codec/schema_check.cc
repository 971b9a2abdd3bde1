// codec/schema_check.cc: one schema applied to one value: its keywords are found in one walk, then
// asked in the order of the keyword list, cheap ones first. See schema_check.h.
// Depends on base and codec.
#include "codec/schema_check.h"

#include "base/check.h"

namespace leat {
namespace {

constexpr Keyword refused_keywords[] = {Keyword::unevaluated_properties, Keyword::unevaluated_items,
                                        Keyword::dynamic_reference, Keyword::recursive_reference};

}  // namespace

Verdict SchemaCheck::fail(Keyword rule, const JsonValue& at, const JsonValue& expected) {
    finding_ = SchemaFinding{rule, at, expected, Text{nullptr, 0}};
    return Verdict::fails;
}

// The validation sees most of these first; this is for places to which only a $ref leads.
Verdict SchemaCheck::broken(Keyword rule, const JsonValue& at) {
    status_ = LEAT_E_CONFIG;
    finding_ = SchemaFinding{rule, at, JsonValue{}, text("not what this keyword takes")};
    return Verdict::stops;
}

Verdict SchemaCheck::too_large() {
    status_ = LEAT_E_TOO_LARGE;
    return Verdict::stops;
}

JsonValue SchemaCheck::take(const SchemaKeywords& k, Keyword keyword) const {
    LEAT_DCHECK(k.has(keyword));
    return value_at(root_, k.at[static_cast<uint32_t>(keyword)]);
}

// Leaves *out as it is when the keyword is not there.
Verdict SchemaCheck::count(const SchemaKeywords& k, Keyword keyword, int64_t* out) {
    if (!k.has(keyword)) return Verdict::fits;
    const JsonValue value = take(k, keyword);
    return schema_count(value, out) ? Verdict::fits : broken(keyword, value);
}

Verdict SchemaCheck::apply(const JsonValue& schema, const JsonValue& value) {
    LEAT_CHECK(value.type != JsonType::none);
    if (schema.type == JsonType::boolean) {
        bool yes = false;
        (void)json_to_bool(schema, &yes);
        return yes ? Verdict::fits : fail(Keyword::none, value, schema);
    }
    if (schema.type != JsonType::object) return broken(Keyword::none, schema);
    if (depth_ == depth_max_ || !work_->spend(1 + schema.raw.size)) return too_large();
    SchemaKeywords found;
    gather_keywords(root_, schema, &found);
    ++depth_;
    const Verdict verdict = keywords(found, value);
    LEAT_CHECK(depth_ > 0);
    --depth_;
    return verdict;
}

// As apply, for a schema that `via` holds: a plain `false` is then blamed on it.
Verdict SchemaCheck::apply_as(Keyword via, const JsonValue& schema, const JsonValue& value) {
    const Verdict verdict = apply(schema, value);
    if (verdict == Verdict::fails && schema.type == JsonType::boolean) finding_.rule = via;
    return verdict;
}

Verdict SchemaCheck::keywords(const SchemaKeywords& k, const JsonValue& value) {
    for (const Keyword refused : refused_keywords) {
        if (!k.has(refused)) continue;
        const JsonValue its = take(k, refused);
        if (!equal(its.raw, text("true"))) return broken(refused, its);
    }
    if (value.type == JsonType::null && k.has(Keyword::nullable) &&
        equal(take(k, Keyword::nullable).raw, text("true"))) {
        return Verdict::fits;
    }
    if (k.has(Keyword::type)) LEAT_FITS(type(k, value));
    if (k.has(Keyword::constant)) LEAT_FITS(constant(k, value));
    if (k.has(Keyword::enumeration)) LEAT_FITS(enumeration(k, value));
    if (value.type == JsonType::number && k.has_any(Keyword::minimum, Keyword::multiple_of)) {
        LEAT_FITS(number(k, value));
    }
    if (value.type == JsonType::string && k.has_any(Keyword::length_min, Keyword::pattern)) {
        LEAT_FITS(string(k, value));
    }
    if (value.type == JsonType::object && k.has_any(Keyword::required, Keyword::dependencies)) {
        LEAT_FITS(object(k, value));
    }
    if (value.type == JsonType::array && k.has_any(Keyword::items_min, Keyword::contains_max)) {
        LEAT_FITS(array(k, value));
    }
    return k.has_any(Keyword::reference, Keyword::alternative) ? combined(k, value) : Verdict::fits;
}

}  // namespace leat
