// provider/limit_headers.cc: see limit_headers.h. A name is a prefix, a field, a resource and
// perhaps a window, in one of two orders; a reset is told apart by its form and its size.
// Depends on codec (durations, dates) and base.
#include "provider/limit_headers.h"

#include "base/check.h"
#include "base/narrow.h"
#include "codec/duration.h"
#include "codec/http_date.h"

namespace leat {
namespace {

constexpr int64_t second_ms = 1000;
constexpr int64_t minute_ms = 60 * second_ms;
constexpr int64_t hour_ms = 60 * minute_ms;
constexpr int64_t day_ms = 24 * hour_ms;
constexpr int64_t ns_per_ms = 1000000;
// No wait has 30 years of seconds and no date is before 1973: a number from here on is a point in
// time, in seconds; from a hundred times that on, in milliseconds.
constexpr uint64_t epoch_seconds_least = 1000000000;
constexpr uint64_t epoch_ms_least = 100000000000;
constexpr int64_t epoch_ms_most = 253402300799999;  // the year 9999
constexpr uint64_t window_count_max = 1000;

struct FieldName {
    Text name;
    LimitField field;
};
constexpr FieldName fields[] = {
    {text("limit"), LimitField::limit},
    {text("remaining"), LimitField::remaining},
    {text("reset"), LimitField::reset},
    {text("renewalperiod"), LimitField::window},
};

struct ResourceName {
    Text name;
    LimitResource resource;
};
constexpr ResourceName resources[] = {
    {text("requests"), LimitResource::requests},
    {text("req"), LimitResource::requests},
    {text("tokens"), LimitResource::tokens},
    {text("input-tokens"), LimitResource::input_tokens},
    {text("output-tokens"), LimitResource::output_tokens},
};

struct WindowName {
    Text name;
    int64_t ms;
};
constexpr WindowName windows[] = {
    {text("second"), second_ms}, {text("minute"), minute_ms}, {text("hour"), hour_ms},
    {text("day"), day_ms},       {text("week"), 7 * day_ms},  {text("month"), 30 * day_ms},
};

// The names that nearly all answers use, found by their size; any other is taken apart.
struct UsualName {
    Text name;
    LimitField field;
    LimitResource resource;
};
constexpr UsualName usual_names[] = {
    {text("x-ratelimit-limit-requests"), LimitField::limit, LimitResource::requests},
    {text("x-ratelimit-remaining-requests"), LimitField::remaining, LimitResource::requests},
    {text("x-ratelimit-reset-requests"), LimitField::reset, LimitResource::requests},
    {text("x-ratelimit-limit-tokens"), LimitField::limit, LimitResource::tokens},
    {text("x-ratelimit-remaining-tokens"), LimitField::remaining, LimitResource::tokens},
    {text("x-ratelimit-reset-tokens"), LimitField::reset, LimitResource::tokens},
    {text("anthropic-ratelimit-requests-limit"), LimitField::limit, LimitResource::requests},
    {text("anthropic-ratelimit-requests-remaining"), LimitField::remaining, LimitResource::requests},
    {text("anthropic-ratelimit-requests-reset"), LimitField::reset, LimitResource::requests},
    {text("anthropic-ratelimit-tokens-limit"), LimitField::limit, LimitResource::tokens},
    {text("anthropic-ratelimit-tokens-remaining"), LimitField::remaining, LimitResource::tokens},
    {text("anthropic-ratelimit-tokens-reset"), LimitField::reset, LimitResource::tokens},
    {text("anthropic-ratelimit-input-tokens-limit"), LimitField::limit, LimitResource::input_tokens},
    {text("anthropic-ratelimit-input-tokens-remaining"), LimitField::remaining, LimitResource::input_tokens},
    {text("anthropic-ratelimit-input-tokens-reset"), LimitField::reset, LimitResource::input_tokens},
    {text("anthropic-ratelimit-output-tokens-limit"), LimitField::limit, LimitResource::output_tokens},
    {text("anthropic-ratelimit-output-tokens-remaining"), LimitField::remaining,
     LimitResource::output_tokens},
    {text("anthropic-ratelimit-output-tokens-reset"), LimitField::reset, LimitResource::output_tokens},
};

bool take_prefix(Text* name, Text prefix) {
    if (!starts_with(*name, prefix)) return false;
    *name = tail(*name, prefix.size);
    return true;
}

enum class Vendor : uint8_t { none, anthropic, most };

// What all names begin with that speak of limits is taken off.
Vendor take_vendor(Text* name) {
    if (take_prefix(name, text("anthropic-ratelimit-"))) return Vendor::anthropic;
    const bool is_limit =
        take_prefix(name, text("x-ratelimit")) || take_prefix(name, text("ratelimit"));
    return is_limit ? Vendor::most : Vendor::none;
}

// The part before the last hyphen stays in *rest.
Text take_last_part(Text* rest) {
    size_t at = rest->size;
    while (at > 0 && rest->data[at - 1] != '-') --at;
    const Text part = tail(*rest, at);
    *rest = head(*rest, at == 0 ? 0 : at - 1);
    return part;
}

bool find_field(Text name, LimitField* field) {
    for (const FieldName& one : fields) {
        if (!equal(name, one.name)) continue;
        *field = one.field;
        return true;
    }
    return false;
}

bool find_resource(Text name, LimitResource* resource) {
    for (const ResourceName& one : resources) {
        if (!equal(name, one.name)) continue;
        *resource = one.resource;
        return true;
    }
    return false;
}

// Takes "minute" or "10-second" off the name's end, if such stands there.
void take_window(Text* name, int64_t* window_ms) {
    Text rest = *name;
    const Text last = take_last_part(&rest);
    for (const WindowName& one : windows) {
        if (!equal(last, one.name)) continue;
        *window_ms = one.ms;
        *name = rest;
        uint64_t count = 0;
        if (!parse_u64(take_last_part(&rest), &count)) return;
        if (count == 0 || count > window_count_max) return;
        *window_ms = static_cast<int64_t>(count) * one.ms;
        *name = rest;
        return;
    }
}

// [field]-[resource]-[window]: OpenAI and most others; the resource may be left out.
LimitName field_first(Text rest, LimitResource unsaid) {
    LimitName name;
    LimitField field = LimitField::none;
    name.resource = unsaid;
    if (!find_field(take_until(&rest, '-'), &field)) return LimitName{};
    take_window(&rest, &name.window_ms);
    if (!empty(rest) && !find_resource(rest, &name.resource)) return LimitName{};
    name.field = field;
    return name;
}

// [resource]-[field]: Anthropic.
LimitName field_last(Text rest) {
    LimitName name;
    LimitField field = LimitField::none;
    if (!find_field(take_last_part(&rest), &field)) return LimitName{};
    if (!find_resource(rest, &name.resource)) return LimitName{};
    name.field = field;
    return name;
}

// Rounded up: to come a millisecond early is to come too early.
int64_t to_ms(int64_t ns) { return ns / ns_per_ms + (ns % ns_per_ms != 0 ? 1 : 0); }

int64_t from_now(int64_t at_ms, int64_t now_ms) {
    if (now_ms <= 0 || at_ms > epoch_ms_most) return LEAT_LIMIT_UNKNOWN;
    return at_ms > now_ms ? at_ms - now_ms : 0;
}

}  // namespace

bool tells_limits(const leat_reply& reply) {
    for (uint32_t i = 0; i < reply.headers_count; ++i) {
        Text name = reply.headers[i].name;  // in lower case
        if (may_be_limit(name) && take_vendor(&name) != Vendor::none) return true;
    }
    return false;
}

LimitName limit_name(Text name) {
    for (const UsualName& usual : usual_names) {
        if (!equal(name, usual.name)) continue;
        return LimitName{usual.field, usual.resource, LEAT_LIMIT_UNKNOWN, false};
    }
    return limit_name_by_parts(name);
}

LimitName limit_name_by_parts(Text name) {
    switch (take_vendor(&name)) {
        case Vendor::none:
            return LimitName{};
        case Vendor::anthropic:
            return field_last(name);
        case Vendor::most:
            break;
    }
    if (take_prefix(&name, text("-"))) return field_first(name, LimitResource::requests);
    if (!take_prefix(&name, text("bysize-"))) return LimitName{};
    LimitName found = field_first(name, LimitResource::tokens);
    found.by_size = true;
    return found;
}

int64_t limit_reset_ms(Text value, int64_t now_ms) {
    int64_t at_ms = 0;
    value = trim(value);
    if (!empty(value) && is_digit(value.data[0])) {
        if (parse_rfc3339_ms(value, &at_ms)) return from_now(at_ms, now_ms);
    } else if (now_ms > 0 && parse_http_date_ms(value, now_ms, &at_ms)) {
        return from_now(at_ms, now_ms);
    }
    // Two headers that a proxy made one, "0s, req_b176": the first is the reset.
    const Text first = trim(take_until(&value, ','));
    uint64_t whole = 0;
    if (parse_u64(first, &whole) && whole >= epoch_ms_least) {
        if (whole > static_cast<uint64_t>(epoch_ms_most)) return LEAT_LIMIT_UNKNOWN;
        return from_now(static_cast<int64_t>(whole), now_ms);
    }
    int64_t ns = 0;
    if (parse_seconds_ns(first, &ns)) {
        const int64_t ms = to_ms(ns);
        const bool is_time = ms >= static_cast<int64_t>(epoch_seconds_least) * second_ms;
        return is_time ? from_now(ms, now_ms) : ms;
    }
    // The nanoseconds of some 290 years do not fit, the seconds of the years after 2262 with them.
    if (whole >= epoch_seconds_least)
        return from_now(static_cast<int64_t>(whole) * second_ms, now_ms);
    return parse_duration_ns(first, &ns) ? to_ms(ns) : LEAT_LIMIT_UNKNOWN;
}

}  // namespace leat
