// codec/schema_check.h: applies a schema to a value, keyword by keyword, going down in both.
// Depends on base and codec. Both texts were checked to be JSON; the schema may still be broken
// where only an unusual reference leads.
// Invariant: at most depth_max schemas are being applied at once; each application spends its work
// before it is done.
#pragma once

#include "codec/json_work.h"
#include "codec/schema_finding.h"

namespace leat {

enum class Verdict : uint8_t {
    fits,
    fails,  // see finding()
    stops,  // see status()
};

class SchemaCheck {
public:
    SchemaCheck(Text root, uint32_t depth_max, JsonWork* work)
        : root_(root), work_(work), depth_max_(depth_max) {}

    [[nodiscard]] Verdict apply(const JsonValue& schema, const JsonValue& value);

    leat_status status() const { return status_; }  // after `stops`: LEAT_E_CONFIG or _TOO_LARGE
    const SchemaFinding& finding() const { return finding_; }

private:
    // A walk over the members of an object, with what they are looked up in.
    struct Members;

    // schema_check.cc
    Verdict keywords(const SchemaKeywords& k, const JsonValue& value);
    Verdict apply_as(Keyword via, const JsonValue& schema, const JsonValue& value);
    Verdict fail(Keyword rule, const JsonValue& at, const JsonValue& expected);
    Verdict broken(Keyword rule, const JsonValue& at);
    Verdict too_large();
    JsonValue take(const SchemaKeywords& k, Keyword keyword) const;
    Verdict count(const SchemaKeywords& k, Keyword keyword, int64_t* out);

    // schema_combine.cc
    Verdict combined(const SchemaKeywords& k, const JsonValue& value);
    Verdict reference(const SchemaKeywords& k, const JsonValue& value);
    Verdict all_of(const SchemaKeywords& k, const JsonValue& value);
    Verdict some_of(const SchemaKeywords& k, Keyword keyword, const JsonValue& value);
    Verdict negation(const SchemaKeywords& k, const JsonValue& value);
    Verdict condition(const SchemaKeywords& k, const JsonValue& value);

    // schema_values.cc
    Verdict type(const SchemaKeywords& k, const JsonValue& value);
    Verdict constant(const SchemaKeywords& k, const JsonValue& value);
    Verdict enumeration(const SchemaKeywords& k, const JsonValue& value);
    Verdict number(const SchemaKeywords& k, const JsonValue& value);
    Verdict limit(const SchemaKeywords& k, Keyword plain, Keyword exclusive, int wrong_side,
                  const JsonValue& value);
    Verdict string(const SchemaKeywords& k, const JsonValue& value);
    Verdict matches(Keyword rule, const JsonValue& pattern, const JsonValue& string, bool* yes);
    Verdict size_between(const SchemaKeywords& k, Keyword least, Keyword most, uint64_t size,
                         const JsonValue& value);

    // schema_objects.cc, schema_arrays.cc
    Verdict object(const SchemaKeywords& k, const JsonValue& value);
    Verdict names(Keyword rule, const JsonValue& list, const JsonValue& value);
    Verdict dependent(const SchemaKeywords& k, Keyword keyword, const JsonValue& value);
    Verdict member_count(const SchemaKeywords& k, const JsonValue& value);
    Verdict members(const SchemaKeywords& k, const JsonValue& value);
    Verdict member(Members* all, const JsonValue& name, const JsonValue& value);
    Verdict pattern_members(const JsonValue& map, const JsonValue& name, const JsonValue& value,
                            bool* known);
    Verdict array(const SchemaKeywords& k, const JsonValue& value);
    Verdict elements(const SchemaKeywords& k, const JsonValue& value, uint64_t* count);
    Verdict contains(const SchemaKeywords& k, const JsonValue& value);
    Verdict unique(const SchemaKeywords& k, const JsonValue& value);

    Text root_;
    JsonWork* work_;
    uint32_t depth_max_;
    uint32_t depth_ = 0;
    leat_status status_ = LEAT_OK;
    SchemaFinding finding_;
};

// Hands anything but `fits` to the caller.
#define LEAT_FITS(expression)                                     \
    do {                                                          \
        const Verdict leat_verdict_ = (expression);               \
        if (leat_verdict_ != Verdict::fits) return leat_verdict_; \
    } while (false)

}  // namespace leat
