// tests/efficiency/leat_run.cc: a world with one provider and one client whose source never ends.
// Depends on leat_run.h, leat/leat.h and leat/sim_provider.h. What does not open ends the program:
// there is nothing to measure then. Invariant: results count until the end of the scenario only.
#include "efficiency/leat_run.h"

#include <leat/leat.h>
#include <leat/sim.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace efficiency {
namespace {

constexpr uint64_t ms = 1000000;

void* aligned(size_t bytes) { return std::aligned_alloc(16, (bytes + 15) / 16 * 16); }

struct Free {
    void operator()(void* at) const { std::free(at); }
};

void must(leat_status status, const char* what) {
    if (status == LEAT_OK) return;
    std::fprintf(stderr, "%s: %s\n", what, leat_status_name(status));
    std::abort();
}

class LeatRun {
public:
    LeatRun(const Scenario& scenario, uint64_t seed) {
        open_world(scenario, seed);
        open_client(seed);
    }
    ~LeatRun() {
        closing_ = true;
        leat_close(client_);
    }
    LeatRun(const LeatRun&) = delete;
    LeatRun& operator=(const LeatRun&) = delete;

    Outcome run() {
        step_until(warm_up_ms);
        const Count warm = count();
        step_until(end_ms);
        leat_sim_provider_stats stats;
        leat_sim_provider_get_stats(provider_, &stats);
        const double mean_input = stats.admitted == 0 ? static_cast<double>(input_tokens)
                                                      : static_cast<double>(stats.input_tokens) /
                                                            static_cast<double>(stats.admitted);
        const double capacity =
            leat_sim_provider_capacity(provider_, warm_up_ms, end_ms, mean_input);
        Outcome out = outcome_of(warm, count(), capacity, failed_);
        out.in_flight_peak = stats.in_flight_peak;
        return out;
    }

private:
    void open_world(const Scenario& scenario, uint64_t seed) {
        leat_sim_config config;
        leat_sim_config_init(&config);
        config.connections_max = 1024;  // those that close linger a little
        config.pipe_bytes = 8192;
        config.scratch_bytes = 8192;
        config.seed = seed;
        const size_t bytes = leat_sim_bytes(&config);
        world_.reset(aligned(bytes));
        must(leat_sim_open(world_.get(), bytes, &config, &sim_), "leat_sim_open");
        service_.reset(aligned(leat_sim_provider_bytes()));
        must(leat_sim_provider_open(service_.get(), leat_sim_provider_bytes(), sim_,
                                    &scenario.config, &provider_),
             "leat_sim_provider_open");
        const leat_sim_handler handler = leat_sim_provider_handler(provider_);
        must(leat_sim_host_add(sim_, LEAT_STR("127.0.0.1"), 80, &handler, nullptr),
             "leat_sim_host_add");
        start_ns_ = leat_sim_now_ns(sim_);
    }
    void open_client(uint64_t seed) {
        leat_config config;
        leat_config_init(&config);
        config.items_max = 256;
        config.connections_max = 256;
        config.item_bytes = 16384;
        config.use_tls = 0;
        config.seed = seed;
        config.log_level = LEAT_LOG_ERROR;
        leat_sim_ports(sim_, &config.ports);
        const size_t bytes = leat_memory_required(&config);
        block_.reset(aligned(bytes));
        must(leat_open(&config, block_.get(), bytes, &client_), "leat_open");
        leat_endpoint_config endpoint;
        leat_endpoint_config_init(&endpoint);
        endpoint.provider = LEAT_STR("openai");
        endpoint.base_url = LEAT_STR("http://127.0.0.1/v1");
        endpoint.model = LEAT_STR("m");
        leat_batch_config batch;
        leat_batch_config_init(&batch);
        must(leat_endpoint_add(client_, &endpoint, &batch.endpoint), "leat_endpoint_add");
        batch.user = this;
        batch.source = next_request;
        batch.on_result = on_result;
        must(leat_batch_open(client_, &batch, &batch_), "leat_batch_open");
    }
    // As long a prompt as makes a body of about input_tokens.
    static leat_status next_request(void*, leat_request* request) {
        static const std::string prompt(input_tokens * 4 - 60, 'x');
        request->prompt = {prompt.data(), prompt.size()};
        return LEAT_OK;
    }
    static leat_keep on_result(void* user, const leat_result* result) {
        LeatRun* const self = static_cast<LeatRun*>(user);
        if (!self->closing_ && result->outcome == LEAT_FAILED) ++self->failed_;
        return LEAT_RELEASE;
    }
    void step_until(uint64_t at_ms) {
        const uint64_t at_ns = start_ns_ + at_ms * ms;
        while (leat_sim_now_ns(sim_) + ms <= at_ns) {
            const uint64_t left_ms = (at_ns - leat_sim_now_ns(sim_)) / ms;
            must(leat_step(client_, static_cast<int32_t>(left_ms)), "leat_step");
        }
    }
    Count count() const {
        leat_sim_provider_stats stats;
        leat_sim_provider_get_stats(provider_, &stats);
        return {stats.requests, stats.refused, stats.answered};
    }

    std::unique_ptr<void, Free> world_;
    std::unique_ptr<void, Free> service_;
    std::unique_ptr<void, Free> block_;
    leat_sim* sim_ = nullptr;
    leat_sim_provider* provider_ = nullptr;
    leat_client* client_ = nullptr;
    leat_batch* batch_ = nullptr;
    uint64_t start_ns_ = 0;
    uint64_t failed_ = 0;
    bool closing_ = false;
};

}  // namespace

Outcome run_leat(const Scenario& scenario, uint64_t seed) { return LeatRun(scenario, seed).run(); }

}  // namespace efficiency
