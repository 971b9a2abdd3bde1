// Token buckets over a clock that is passed in. See limit.h.
// A request takes from both buckets or from neither, so a refusal costs the client nothing.
#include "limit.h"

#include <cmath>

#include "http_time.h"

namespace mock {
namespace {

// OpenAI writes durations as Go does: 120ms, 1.5s, 6m0s.
void append_duration(Buffer& out, double seconds) {
    const auto ms = static_cast<uint64_t>(std::ceil(seconds * 1000));
    if (ms < 1000) {
        out.append_u64(ms);
        out.append("ms");
        return;
    }
    if (ms >= 60000) {
        out.append_u64(ms / 60000);
        out.append_char('m');
    }
    out.append_u64(ms % 60000 / 1000);
    if (ms % 1000 != 0) {
        char fraction[8];
        std::snprintf(fraction, sizeof fraction, ".%03u", static_cast<unsigned>(ms % 1000));
        out.append(fraction);
    }
    out.append_char('s');
}

void append_line(Buffer& out, std::string_view name, double value) {
    out.append(name);
    out.append_u64(value > 0 ? static_cast<uint64_t>(value + 1e-9) : 0);
    out.append("\r\n");
}

}  // namespace

void Limiter::Bucket::refill(double seconds) {
    level += rate * seconds;
    if (level > burst) level = burst;
}

void Limiter::open(const mock_config& config, uint64_t now_ns) {
    auto fill = [&](Bucket& bucket, double per_minute) {
        bucket.rate = per_minute / 60;
        bucket.burst = bucket.rate * config.burst_s;
        if (bucket.burst < 1) bucket.burst = 1;
        bucket.level = bucket.burst;
    };
    fill(requests_, config.rpm);
    fill(tokens_, config.tpm);
    updated_ns_ = now_ns;
}

Limiter::Verdict Limiter::admit(uint64_t tokens, uint64_t now_ns) {
    const double elapsed_s = static_cast<double>(now_ns - updated_ns_) * 1e-9;
    updated_ns_ = now_ns;
    requests_.refill(elapsed_s);
    tokens_.refill(elapsed_s);
    const auto amount = static_cast<double>(tokens);
    const double missing_requests = requests_.missing(1);
    const double missing_tokens = tokens_.missing(amount);
    if (missing_requests > 0 || missing_tokens > 0) {
        const double wait_requests = missing_requests > 0 ? missing_requests / requests_.rate : 0;
        const double wait_tokens = missing_tokens > 0 ? missing_tokens / tokens_.rate : 0;
        const double wait_s = wait_requests > wait_tokens ? wait_requests : wait_tokens;
        return {false, wait_tokens > wait_requests, static_cast<int64_t>(std::ceil(wait_s * 1000))};
    }
    if (requests_.rate > 0) requests_.level -= 1;
    if (tokens_.rate > 0) tokens_.level -= amount;
    return {true, false, 0};
}

void Limiter::append_openai(Buffer& out, const Bucket& requests, const Bucket& tokens) {
    append_line(out, "x-ratelimit-limit-requests: ", requests.rate * 60);
    append_line(out, "x-ratelimit-limit-tokens: ", tokens.rate * 60);
    append_line(out, "x-ratelimit-remaining-requests: ", requests.level);
    append_line(out, "x-ratelimit-remaining-tokens: ", tokens.level);
    out.append("x-ratelimit-reset-requests: ");
    append_duration(out, requests.full_in_s());
    out.append("\r\nx-ratelimit-reset-tokens: ");
    append_duration(out, tokens.full_in_s());
    out.append("\r\n");
}

void Limiter::append_azure(Buffer& out, const Bucket& requests, const Bucket& tokens) {
    append_line(out, "x-ratelimit-limit-requests: ", requests.rate * 60);
    append_line(out, "x-ratelimit-limit-tokens: ", tokens.rate * 60);
    append_line(out, "x-ratelimit-remaining-requests: ", requests.level);
    append_line(out, "x-ratelimit-remaining-tokens: ", tokens.level);
    append_line(out, "x-ratelimit-reset-requests: ", std::ceil(requests.full_in_s()));
    append_line(out, "x-ratelimit-reset-tokens: ", std::ceil(tokens.full_in_s()));
    append_line(out, "x-ratelimit-renewalperiod-requests: ", 60);
    append_line(out, "x-ratelimit-renewalperiod-tokens: ", 60);
    out.append("x-ratelimit-abusepenalty-active: False\r\n");
}

// Remaining tokens are rounded to thousands, resets are times of day: so does the provider.
void Limiter::append_anthropic(Buffer& out, const char* name, const Bucket& bucket,
                               uint64_t now_s) {
    auto begin = [&](const char* what) {
        out.append("anthropic-ratelimit-");
        out.append(name);
        out.append(what);
    };
    begin("-limit: ");
    append_line(out, "", bucket.rate * 60);
    begin("-remaining: ");
    const bool rounded = *name != 'r' && bucket.level >= 1000;
    append_line(out, "", rounded ? std::round(bucket.level / 1000) * 1000 : bucket.level);
    begin("-reset: ");
    char time[32];
    const auto wait_s = static_cast<uint64_t>(std::ceil(bucket.full_in_s()));
    out.append(time, format_utc_time(now_s + wait_s, time));
    out.append("\r\n");
}

void Limiter::append_headers(Buffer& out, RateStyle style, uint64_t now_s) const {
    static constexpr Bucket kGenerousRequests{10000.0 / 60, 10000, 9999};
    static constexpr Bucket kGenerousTokens{2000000.0 / 60, 2000000, 1999900};
    const Bucket& requests = requests_.rate > 0 ? requests_ : kGenerousRequests;
    const Bucket& tokens = tokens_.rate > 0 ? tokens_ : kGenerousTokens;
    switch (style) {
        case RateStyle::OpenAi:
            return append_openai(out, requests, tokens);
        case RateStyle::Azure:
            return append_azure(out, requests, tokens);
        case RateStyle::Anthropic:
            append_anthropic(out, "requests", requests, now_s);
            append_anthropic(out, "tokens", tokens, now_s);
            append_anthropic(out, "input-tokens", tokens, now_s);
            append_anthropic(out, "output-tokens", tokens, now_s);
    }
}

}  // namespace mock
