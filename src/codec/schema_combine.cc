// codec/schema_combine.cc: the keywords that combine schemas: $ref, allOf, anyOf, oneOf, not and if.
// See schema_check.h. Depends on base and codec.
//
// When no branch of anyOf or oneOf fits, the most useful thing to tell is often what was wrong in
// the branch that was meant. Meant is a branch whose type and constants fit and which then failed;
// among several the one that failed furthest on in the document.
#include "base/check.h"
#include "codec/json_pointer.h"
#include "codec/schema_check.h"

namespace leat {
namespace {

// Whether a branch with this finding may have been meant: no when it is about another kind of value.
bool may_be_meant(const SchemaFinding& finding, const JsonValue& value) {
    const Keyword rule = finding.rule;
    if (rule == Keyword::none || rule == Keyword::constant || rule == Keyword::enumeration)
        return false;
    const bool inside = finding.at.raw.data != value.raw.data;
    return inside || rule != Keyword::type;
}

// The best finding so far. Two that are equally good are none.
struct Nearest {
    SchemaFinding finding;
    bool found = false;
    bool tied = false;

    void offer(const SchemaFinding& other, const JsonValue& value) {
        if (!may_be_meant(other, value)) return;
        const char* const there = other.at.raw.data;
        const char* const here = finding.at.raw.data;
        if (found && there < here) return;
        tied = found && there == here;
        found = true;
        finding = other;
    }
};

}  // namespace

Verdict SchemaCheck::reference(const SchemaKeywords& k, const JsonValue& value) {
    const JsonValue fragment = take(k, Keyword::reference);
    JsonValue target;
    if (!work_->spend(1 + root_.size)) return too_large();
    if (json_fragment_find(root_, fragment, &target) != JsonFound::yes) {
        return broken(Keyword::reference, fragment);
    }
    if (target.type != JsonType::object && target.type != JsonType::boolean) {
        return broken(Keyword::reference, fragment);
    }
    return apply_as(Keyword::reference, target, value);
}

Verdict SchemaCheck::all_of(const SchemaKeywords& k, const JsonValue& value) {
    const JsonValue list = take(k, Keyword::all_of);
    JsonCursor at(list.raw);
    JsonValue branch;
    if (list.type != JsonType::array || !at.enter_array()) return broken(Keyword::all_of, list);
    while (at.element() && at.take(&branch)) LEAT_FITS(apply_as(Keyword::all_of, branch, value));
    return Verdict::fits;
}

// anyOf and oneOf.
Verdict SchemaCheck::some_of(const SchemaKeywords& k, Keyword keyword, const JsonValue& value) {
    LEAT_CHECK(keyword == Keyword::any_of || keyword == Keyword::one_of);
    const JsonValue list = take(k, keyword);
    JsonCursor at(list.raw);
    JsonValue branch;
    if (list.type != JsonType::array || !at.enter_array()) return broken(keyword, list);
    Nearest nearest;
    uint32_t fitting = 0;
    while (at.element() && at.take(&branch)) {
        const Verdict verdict = apply(branch, value);
        if (verdict == Verdict::stops) return verdict;
        if (verdict == Verdict::fails) {
            nearest.offer(finding_, value);
            continue;
        }
        ++fitting;
        if (keyword == Keyword::any_of) return Verdict::fits;
        if (fitting == 2) break;
    }
    if (fitting == 1) return Verdict::fits;
    if (fitting == 0 && nearest.found && !nearest.tied) {
        finding_ = nearest.finding;
        return Verdict::fails;
    }
    return fail(keyword, value, list);
}

Verdict SchemaCheck::negation(const SchemaKeywords& k, const JsonValue& value) {
    const JsonValue schema = take(k, Keyword::negation);
    const Verdict verdict = apply(schema, value);
    if (verdict == Verdict::stops) return verdict;
    return verdict == Verdict::fails ? Verdict::fits : fail(Keyword::negation, value, schema);
}

Verdict SchemaCheck::condition(const SchemaKeywords& k, const JsonValue& value) {
    if (!k.has_any(Keyword::consequence, Keyword::alternative)) return Verdict::fits;
    const Verdict verdict = apply(take(k, Keyword::condition), value);
    if (verdict == Verdict::stops) return verdict;
    const Keyword next = verdict == Verdict::fits ? Keyword::consequence : Keyword::alternative;
    return k.has(next) ? apply_as(next, take(k, next), value) : Verdict::fits;
}

Verdict SchemaCheck::combined(const SchemaKeywords& k, const JsonValue& value) {
    if (k.has(Keyword::reference)) LEAT_FITS(reference(k, value));
    if (k.has(Keyword::all_of)) LEAT_FITS(all_of(k, value));
    if (k.has(Keyword::any_of)) LEAT_FITS(some_of(k, Keyword::any_of, value));
    if (k.has(Keyword::one_of)) LEAT_FITS(some_of(k, Keyword::one_of, value));
    if (k.has(Keyword::negation)) LEAT_FITS(negation(k, value));
    return k.has(Keyword::condition) ? condition(k, value) : Verdict::fits;
}

}  // namespace leat
