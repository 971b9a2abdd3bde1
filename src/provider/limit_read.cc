// provider/limit_read.cc: leat_reply_limits: all headers of an answer, each put into the slot that
// its name and its window ask for. Of a value that comes twice, the first that can be read counts.
// Depends on codec and base. Invariant: every field is unknown or from 0 up.
#include "base/check.h"
#include "base/narrow.h"
#include "codec/http_date.h"
#include "provider/limit_headers.h"

namespace leat {
namespace {

constexpr int64_t minute_ms = 60000;
constexpr int64_t hour_ms = 60 * minute_ms;
constexpr int64_t unknown = LEAT_LIMIT_UNKNOWN;

leat_limit* slot_of(leat_rate_limits* limits, LimitResource resource, int64_t window_ms) {
    const bool is_short = window_ms != unknown && window_ms < minute_ms;
    const bool is_long = window_ms > hour_ms;
    switch (resource) {
        case LimitResource::input_tokens:
            return &limits->input_tokens;
        case LimitResource::output_tokens:
            return &limits->output_tokens;
        case LimitResource::tokens:
            return is_short ? &limits->tokens_short
                            : (is_long ? &limits->tokens_long : &limits->tokens);
        case LimitResource::requests:
            break;
    }
    return is_short ? &limits->requests_short
                    : (is_long ? &limits->requests_long : &limits->requests);
}

// "100", and "100, 100;w=60" of the drafts before RateLimit-Policy.
int64_t read_count(Text value) {
    const Text first = trim(take_until(&value, ','));
    uint64_t count = 0;
    if (!parse_u64(first, &count) || count > static_cast<uint64_t>(INT64_MAX)) return unknown;
    return static_cast<int64_t>(count);
}

// What the service takes for now: its answer's date. Asked for by points in time alone, which few tell.
class ServiceClock {
public:
    ServiceClock(const leat_reply& reply, int64_t wall_ms) : reply_(reply), now_ms_(wall_ms) {}

    int64_t reset_ms(Text value) {
        // A span, "8.64s" or "60", is short; a long one costs no more than the reading of a date.
        constexpr size_t moment_bytes_least = 10;
        const bool is_span =
            !empty(value) && is_digit(value.data[0]) && value.size < moment_bytes_least;
        if (!is_span && !has_date_) read_date();
        return limit_reset_ms(value, now_ms_);
    }

private:
    void read_date() {
        has_date_ = true;
        const Text date = trim(leat_reply_header(&reply_, text("date")));
        (void)parse_http_date_ms(date, max_of<int64_t>(now_ms_, 0), &now_ms_);
    }

    const leat_reply& reply_;
    int64_t now_ms_;
    bool has_date_ = false;
};

void read_header(const leat_header& header, ServiceClock* clock, leat_rate_limits* limits,
                 leat_rate_limits* by_size) {
    if (!may_be_limit(header.name)) return;
    const LimitName name = limit_name(header.name);
    if (name.field == LimitField::none) return;
    leat_limit* const slot =
        slot_of(name.by_size ? by_size : limits, name.resource, name.window_ms);
    int64_t* field = nullptr;
    int64_t value = unknown;
    switch (name.field) {
        case LimitField::none:
            return;
        case LimitField::limit:
            field = &slot->limit;
            value = read_count(header.value);
            break;
        case LimitField::remaining:
            field = &slot->remaining;
            value = read_count(header.value);
            break;
        case LimitField::reset:
            field = &slot->reset_ms;
            value = clock->reset_ms(header.value);
            break;
        case LimitField::window:  // a span, whatever the time
            field = &slot->window_ms;
            value = limit_reset_ms(header.value, 0);
            break;
    }
    LEAT_CHECK(field != nullptr && value >= unknown);
    if (*field == unknown) *field = value;
    if (value != unknown && slot->window_ms == unknown) slot->window_ms = name.window_ms;
}

bool said(const leat_limit& limit) {
    return limit.limit != unknown || limit.remaining != unknown || limit.reset_ms != unknown;
}

void fill_if_unsaid(const leat_limit& from, leat_limit* to) {
    if (said(from) && !said(*to)) *to = from;
}

}  // namespace
}  // namespace leat

void leat_reply_limits(const leat_reply* reply, int64_t wall_ms, leat_rate_limits* limits) {
    LEAT_CHECK(reply != nullptr && limits != nullptr);
    constexpr leat_limit none{leat::unknown, leat::unknown, leat::unknown, leat::unknown};
    constexpr leat_rate_limits nothing{none, none, none, none, none, none, none, none};
    *limits = nothing;
    leat_rate_limits by_size = nothing;
    leat::ServiceClock service(*reply, wall_ms);
    for (uint32_t i = 0; i < reply->headers_count; ++i) {
        leat::read_header(reply->headers[i], &service, limits, &by_size);
    }
    leat::fill_if_unsaid(by_size.tokens, &limits->tokens);
    leat::fill_if_unsaid(by_size.tokens_long, &limits->tokens_long);
}
