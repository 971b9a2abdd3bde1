// provider/classify.cc: see classify.h. The tables follow the vendors' pages and official clients
// (providers' HTTP statuses: 408, 409, 425, 429, 498, 5xx and 529 may be tried again).
#include "provider/classify.h"

#include "base/bytes.h"
#include "base/check.h"
#include "codec/duration.h"
#include "codec/http_date.h"

namespace leat {

namespace {

struct StatusRule {
    int32_t http_status;
    leat_status status;
    bool retryable;
    bool rate_limit;
};

constexpr StatusRule rules[] = {
    {400, LEAT_E_INVALID_REQUEST, false, false}, {401, LEAT_E_AUTHENTICATION, false, false},
    {402, LEAT_E_QUOTA, false, false},           {403, LEAT_E_PERMISSION, false, false},
    {404, LEAT_E_MODEL, false, false},           {405, LEAT_E_INVALID_REQUEST, false, false},
    {408, LEAT_E_SERVER, true, false},           {409, LEAT_E_SERVER, true, false},
    {413, LEAT_E_INVALID_REQUEST, false, false}, {415, LEAT_E_INVALID_REQUEST, false, false},
    {422, LEAT_E_INVALID_REQUEST, false, false}, {425, LEAT_E_SERVER, true, false},
    {429, LEAT_E_RATE_LIMIT, true, true},        {498, LEAT_E_RATE_LIMIT, true, true},
    {503, LEAT_E_OVERLOADED, true, false},       {529, LEAT_E_OVERLOADED, true, false},
};

constexpr int64_t ns_per_ms = 1'000'000;
constexpr int64_t wait_most_ms = 1'000'000'000'000;

bool is_all_digits(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        if (!is_digit(t.data[i])) return false;
    }
    return t.size > 0;
}

// "250", "0.5": milliseconds, fractions rounded up.
bool parse_ms(Text t, int64_t* out) {
    int64_t ns = 0;
    // A number of milliseconds read as seconds is a thousand times too long.
    if (!parse_seconds_ns(t, &ns)) return false;
    *out = ns / (1000 * ns_per_ms) + (ns % (1000 * ns_per_ms) != 0 ? 1 : 0);
    return true;
}

}  // namespace

void fault_from_code(int32_t http_status, leat_fault* fault) {
    LEAT_CHECK(fault != nullptr);
    for (const StatusRule& rule : rules) {
        if (rule.http_status != http_status) continue;
        fault->status = rule.status;
        fault->retryable = rule.retryable ? 1 : 0;
        fault->rate_limit = rule.rate_limit ? 1 : 0;
        return;
    }
    fault->rate_limit = 0;
    fault->retryable = http_status >= 500 ? 1 : 0;
    if (http_status >= 500) {
        fault->status = LEAT_E_SERVER;
    } else if (http_status >= 300 && http_status < 400) {
        fault->status = LEAT_E_REDIRECT;
    } else {
        fault->status = LEAT_E_HTTP;
    }
}

int64_t wait_from_headers(const leat_reply& reply, int64_t wall_ms) {
    int64_t wait_ms = 0;
    const Text exact = trim(leat_reply_header(&reply, text("retry-after-ms")));
    // Azure sends retry-after-ms: 0 beside a real retry-after; a 0 says nothing.
    if (parse_ms(exact, &wait_ms) && wait_ms > 0) return wait_ms;
    const Text after = trim(leat_reply_header(&reply, text("retry-after")));
    if (empty(after)) return -1;
    int64_t ns = 0;
    if (is_all_digits(after) && after.size > 9) return wait_most_ms;  // centuries: cut by whoever waits
    if (parse_seconds_ns(after, &ns)) return ns / ns_per_ms + (ns % ns_per_ms != 0 ? 1 : 0);
    int64_t date_ms = 0;
    if (wall_ms == 0 || !parse_http_date_ms(after, wall_ms, &date_ms)) return -1;
    return date_ms > wall_ms ? date_ms - wall_ms : 0;
}

void fault_from_status(const leat_reply& reply, int64_t wall_ms, leat_fault* fault) {
    LEAT_CHECK(fault != nullptr);
    *fault = leat_fault{};
    fault_from_code(reply.http_status, fault);
    fault->wait_ms = wait_from_headers(reply, wall_ms);
    const Text should = leat_reply_header(&reply, text("x-should-retry"));
    if (equal(should, text("true"))) fault->retryable = 1;
    if (equal(should, text("false"))) {
        fault->retryable = 0;
        fault->rate_limit = 0;
    }
}

}  // namespace leat
