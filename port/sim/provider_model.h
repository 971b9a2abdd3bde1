// port/sim/provider_model.h: a simulated LLM service without its network: what it admits, what it
// refuses and for how long, how long it takes, when it fails.
// Depends on leat/sim_provider.h and its siblings provider_bucket.h, provider_draw.h. Time is an
// argument (nanoseconds that never go back), chance follows from the seed.
// Invariant: a decision follows from the configuration, the seed and the calls made before.
#pragma once

#include <leat/sim_provider.h>

#include "provider_bucket.h"
#include "provider_draw.h"

namespace leat_simulator {

enum class ProviderReason : uint8_t {
    admitted,
    requests,
    tokens,
    input_tokens,
    output_tokens,
    concurrency,
    day,
    quota,
    overload
};

enum class ProviderFault : uint8_t { none, error, reset, stall };

struct ProviderVerdict {
    int32_t status;  // 200, 429, 500, 503, 529
    ProviderReason reason;
    ProviderFault fault;     // of an admitted request; error: status is 500
    uint64_t wait_ms;        // a refusal: when to come back, rounded up. 0: no use, or not known
    uint64_t first_byte_us;  // from now
    uint64_t total_us;       // from now to the last byte
    uint64_t input_tokens;
    uint64_t output_tokens;
    bool output_cut;  // by the request's max_tokens
};

// Of an admitted request leave() must be called once, when the service is through with it.
class ProviderModel {
public:
    static bool config_is_valid(const leat_sim_provider_config& config);

    void open(const leat_sim_provider_config& config, uint64_t seed, uint64_t start_ns);
    // max_tokens 0: as long as the model likes.
    ProviderVerdict arrive(uint64_t now_ns, uint64_t input_tokens, uint64_t max_tokens);
    void leave() { --stats_.in_flight; }
    void mend() { mended_ = true; }

    // Requests from from_ms to to_ms after the start, for a client that does everything right.
    double capacity(uint64_t from_ms, uint64_t to_ms, double input_tokens) const;

    const leat_sim_provider_config& config() const { return config_; }
    const leat_sim_provider_stats& stats() const { return stats_; }
    // As of the last arrival. For the headers.
    const ProviderBucket& requests() const { return requests_; }
    const ProviderBucket& tokens() const { return tokens_; }
    const ProviderBucket& input_tokens() const { return input_; }
    const ProviderBucket& output_tokens() const { return output_; }
    ProviderChance* chance() { return &chance_; }

private:
    bool overloaded(uint64_t since_ns) const;
    void apply(const leat_sim_limits& limits, uint64_t at_us);
    void pass_time(uint64_t since_ns);
    void draw_next();
    ProviderReason find_obstacle(uint64_t input_tokens, uint64_t output_tokens) const;
    uint64_t wait_us(ProviderReason reason, uint64_t since_ns, uint64_t input_tokens,
                     uint64_t output_tokens) const;
    void count_refusal(ProviderReason reason);
    void admit(ProviderVerdict* verdict);
    // Of one request, without queueing or the network.
    double mean_service_ms() const;
    double rate_per_ms(const leat_sim_limits& limits, double input_tokens) const;
    double ideal(uint64_t from_ms, uint64_t to_ms, double input_tokens) const;
    double daily(uint64_t from_ms, uint64_t to_ms, double input_tokens) const;

    leat_sim_provider_config config_;
    leat_sim_limits limits_;  // those that hold now
    leat_sim_provider_stats stats_;
    ProviderBucket requests_;
    ProviderBucket tokens_;
    ProviderBucket input_;
    ProviderBucket output_;
    ProviderChance chance_;
    ProviderSpread first_byte_;
    ProviderSpread token_;
    ProviderSpread length_;
    uint64_t start_ns_;
    uint64_t day_;           // 0, 1, 2 ... since the start
    uint64_t day_requests_;  // admitted in it
    // Of the next request that is admitted. A refusal leaves them: were they drawn anew each time,
    // short answers would be admitted more often than long ones.
    uint64_t next_first_byte_us_;
    uint64_t next_token_ns_;
    uint64_t next_length_;
    bool changed_;
    bool mended_;
};

}  // namespace leat_simulator
