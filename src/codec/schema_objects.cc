// codec/schema_objects.cc: the keywords of objects. Members are taken in the order in which they
// stand; each is looked up among properties, then matched by the patterns, and what neither knows
// is additional. See schema_check.h. Depends on base and codec.
#include "base/check.h"
#include "base/narrow.h"
#include "codec/json_equal.h"
#include "codec/schema_check.h"

namespace leat {

// What the members of one object are held against; an absent keyword has type none.
struct SchemaCheck::Members {
    explicit Members(const JsonValue& map)
        : properties(map), seeker(map.type == JsonType::object ? map.raw : text("{}")) {}
    JsonValue properties;
    JsonValue patterns;
    JsonValue additional;
    JsonValue names;
    MemberSeeker seeker;
};

// All names of the list must be there.
Verdict SchemaCheck::names(Keyword rule, const JsonValue& list, const JsonValue& value) {
    JsonCursor at(list.raw);
    JsonValue name;
    JsonValue found;
    MemberSeeker seeker(value.raw);
    if (list.type != JsonType::array || !at.enter_array()) return broken(rule, list);
    while (at.element() && at.take(&name)) {
        if (name.type != JsonType::string) return broken(rule, name);
        const bool there = seeker.seek(name, &found, work_);
        if (work_->out()) return too_large();
        if (!there) return fail(rule, value, name);
    }
    return Verdict::fits;
}

// Each entry counts when the object has a member of its name.
Verdict SchemaCheck::dependent(const SchemaKeywords& k, Keyword keyword, const JsonValue& value) {
    const JsonValue map = take(k, keyword);
    JsonCursor at(map.raw);
    JsonValue name;
    JsonValue entry;
    if (map.type != JsonType::object || !at.enter_object()) return broken(keyword, map);
    while (at.member(&name) && at.take(&entry)) {
        MemberSeeker seeker(value.raw);
        JsonValue found;
        const bool there = seeker.seek(name, &found, work_);
        if (work_->out()) return too_large();
        if (!there) continue;
        if (entry.type == JsonType::array && keyword != Keyword::dependent_schemas) {
            LEAT_FITS(names(keyword, entry, value));
        } else if (keyword == Keyword::dependent_required) {
            return broken(keyword, entry);
        } else {
            LEAT_FITS(apply_as(keyword, entry, value));
        }
    }
    return Verdict::fits;
}

// Applies the schemas of all patterns that the name matches.
Verdict SchemaCheck::pattern_members(const JsonValue& map, const JsonValue& name,
                                     const JsonValue& value, bool* known) {
    JsonCursor at(map.raw);
    JsonValue pattern;
    JsonValue schema;
    if (map.type != JsonType::object || !at.enter_object()) {
        return broken(Keyword::pattern_properties, map);
    }
    if (!work_->spend(map.raw.size)) return too_large();
    while (at.member(&pattern) && at.take(&schema)) {
        bool yes = false;
        LEAT_FITS(matches(Keyword::pattern_properties, pattern, name, &yes));
        if (!yes) continue;
        *known = true;
        LEAT_FITS(apply_as(Keyword::pattern_properties, schema, value));
    }
    return Verdict::fits;
}

Verdict SchemaCheck::member(Members* all, const JsonValue& name, const JsonValue& value) {
    bool known = false;
    if (all->names.type != JsonType::none) {
        const Verdict verdict = apply(all->names, name);
        // Which of the rules about the name it was is less than that it was about the name.
        if (verdict == Verdict::fails) return fail(Keyword::property_names, name, all->names);
        if (verdict == Verdict::stops) return verdict;
    }
    if (all->properties.type != JsonType::none) {
        JsonValue schema;
        known = all->seeker.seek(name, &schema, work_);
        if (work_->out()) return too_large();
        if (known) LEAT_FITS(apply_as(Keyword::properties, schema, value));
    }
    if (all->patterns.type != JsonType::none) {
        LEAT_FITS(pattern_members(all->patterns, name, value, &known));
    }
    if (known || all->additional.type == JsonType::none) return Verdict::fits;
    return apply_as(Keyword::additional_properties, all->additional, value);
}

Verdict SchemaCheck::members(const SchemaKeywords& k, const JsonValue& value) {
    Members all(k.has(Keyword::properties) ? take(k, Keyword::properties) : JsonValue{});
    if (k.has(Keyword::properties) && all.properties.type != JsonType::object) {
        return broken(Keyword::properties, all.properties);
    }
    if (k.has(Keyword::pattern_properties)) all.patterns = take(k, Keyword::pattern_properties);
    if (k.has(Keyword::property_names)) all.names = take(k, Keyword::property_names);
    if (k.has(Keyword::additional_properties)) {
        all.additional = take(k, Keyword::additional_properties);
    }
    if (!work_->spend(1 + value.raw.size)) return too_large();
    JsonCursor at(value.raw);
    JsonValue name;
    JsonValue its;
    if (!at.enter_object()) return Verdict::fits;
    while (at.member(&name) && at.take(&its)) LEAT_FITS(member(&all, name, its));
    return Verdict::fits;
}

// A name that is repeated counts once. There are no more names than members, so most objects need
// no comparing of names, and no object more of it than up to the bound in question.
Verdict SchemaCheck::member_count(const SchemaKeywords& k, const JsonValue& value) {
    int64_t least = 0;
    int64_t most = INT64_MAX;
    LEAT_FITS(count(k, Keyword::properties_min, &least));
    LEAT_FITS(count(k, Keyword::properties_max, &most));
    if (!work_->spend(1 + value.raw.size)) return too_large();
    uint64_t size = 0;
    JsonCursor at(value.raw);
    JsonValue name;
    if (!at.enter_object()) return Verdict::fits;
    while (at.member(&name)) ++size;
    const bool above = size > static_cast<uint64_t>(most);
    if (size >= static_cast<uint64_t>(least) && (least > 0 || above)) {
        const int64_t enough = above ? max_of(least, most + 1) : least;
        size = json_name_count(value, static_cast<uint64_t>(enough), work_);
        if (work_->out()) return too_large();
    }
    return size_between(k, Keyword::properties_min, Keyword::properties_max, size, value);
}

Verdict SchemaCheck::object(const SchemaKeywords& k, const JsonValue& value) {
    LEAT_CHECK(value.type == JsonType::object);
    if (k.has(Keyword::required)) {
        LEAT_FITS(names(Keyword::required, take(k, Keyword::required), value));
    }
    if (k.has(Keyword::dependent_required)) {
        LEAT_FITS(dependent(k, Keyword::dependent_required, value));
    }
    if (k.has_any(Keyword::properties_min, Keyword::properties_max)) {
        LEAT_FITS(member_count(k, value));
    }
    if (k.has_any(Keyword::property_names, Keyword::additional_properties)) {
        LEAT_FITS(members(k, value));
    }
    if (k.has(Keyword::dependent_schemas)) {
        LEAT_FITS(dependent(k, Keyword::dependent_schemas, value));
    }
    return k.has(Keyword::dependencies) ? dependent(k, Keyword::dependencies, value)
                                        : Verdict::fits;
}

}  // namespace leat
