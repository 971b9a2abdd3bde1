// The provider's rate limit: two token buckets (requests, tokens) that refill continuously, as
// OpenAI's do.
//
// Invariant: in any window of t seconds at most burst + rate x t is admitted; a refused request
// takes nothing.
#pragma once

#include "buffer.h"
#include "mock.h"

namespace mock {

// Who writes the limit how: x-ratelimit-* with durations (OpenAI) or seconds (Azure),
// anthropic-ratelimit-* with times.
enum class RateStyle : uint8_t { OpenAi, Azure, Anthropic };

class Limiter {
public:
    struct Verdict {
        bool admitted;
        bool by_tokens;   // which bucket refused
        int64_t wait_ms;  // until it would be admitted
    };

    void open(const mock_config& config, uint64_t now_ns);
    bool enabled() const { return requests_.rate > 0 || tokens_.rate > 0; }
    Verdict admit(uint64_t tokens, uint64_t now_ns);
    // Header lines in a provider's style; with no limit set, the figures of a generous one.
    void append_headers(Buffer& out, RateStyle style, uint64_t now_s) const;
    double requests_per_minute() const { return requests_.rate * 60; }
    double tokens_per_minute() const { return tokens_.rate * 60; }

private:
    struct Bucket {
        double rate = 0;  // per second; 0 = no limit
        double burst = 0;
        double level = 0;
        void refill(double seconds);
        double full_in_s() const { return (burst - level) / rate; }
        double missing(double amount) const {
            return rate > 0 && level < amount ? amount - level : 0;
        }
    };

    static void append_openai(Buffer& out, const Bucket& requests, const Bucket& tokens);
    static void append_azure(Buffer& out, const Bucket& requests, const Bucket& tokens);
    static void append_anthropic(Buffer& out, const char* name, const Bucket& bucket,
                                 uint64_t now_s);

    Bucket requests_;
    Bucket tokens_;
    uint64_t updated_ns_ = 0;
};

}  // namespace mock
