// cli/simulate_world.cc: one setting, run to its end: a world, a provider, a client of leat, a batch.
// Depends on the simulated port; a build without it says so instead. Everything lives in blocks that
// are mapped here and given back at the end of the row.
// Invariant: what is measured is the provider's own count and the engine's, in virtual time.
#include <leat/config.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "cli/service.h"
#include "cli/simulate.h"
#include "cli/tables.h"

#if LEAT_CLI_HAS_SIM
#include <leat/sim.h>
#include <leat/sim_provider.h>
#endif

namespace cli {

#if LEAT_CLI_HAS_SIM

namespace {

constexpr double ns_per_ms = 1e6;
constexpr uint64_t longest_ms = 31ull * 86400000;  // a run that takes longer is of no use to anybody
constexpr uint64_t item_bytes = 1 << 20;
constexpr int32_t step_ms_max = 60000;
constexpr uint64_t bytes_per_token = 4;  // as the provider counts them

// Pages that cost nothing until they are used.
class Block {
public:
    Block() = default;
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() {
        if (data_ != nullptr) {
            munmap(data_, bytes_);
        }
    }
    bool map(size_t bytes) {
        void* const got = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (got == MAP_FAILED) {
            return false;
        }
        data_ = got;
        bytes_ = bytes;
        return true;
    }
    void* data() const { return data_; }
    size_t bytes() const { return bytes_; }

private:
    void* data_ = nullptr;
    size_t bytes_ = 0;
};

class Simulation {
public:
    Simulation(const SimulateSettings& settings, Row* row) : settings_(settings), row_(row) {
        run_ = settings.run;
        run_.max_in_flight = row->in_flight;
        run_.rpm = row->rpm;
        run_.item_bytes = item_bytes;
    }
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;
    ~Simulation() {
        if (batch_ != nullptr) {
            leat_batch_close(batch_);
        }
        if (client_ != nullptr) {
            leat_close(client_);
        }
    }

    bool open();
    void loop(ToldDone told, void* user);
    void measure();

private:
    bool open_world();
    bool open_provider();
    bool open_client();
    bool open_batch();
    bool make_prompt();
    void look();

    static leat_status pull(void* user, leat_request* request);
    static leat_keep take_result(void* user, const leat_result* result);

    const SimulateSettings& settings_;
    Row* const row_;
    Settings run_;
    Block world_block_;
    Block provider_block_;
    Block client_block_;
    Block prompt_;
    leat_sim* sim_ = nullptr;
    leat_sim_provider* provider_ = nullptr;
    leat_client* client_ = nullptr;
    leat_endpoint endpoint_ = 0;
    leat_batch* batch_ = nullptr;
    leat_sim_provider_stats seen_{};
    uint64_t begin_ns_ = 0;
    uint64_t last_result_ns_ = 0;
    uint64_t sent_ = 0;
};

bool refuse(const char* what, leat_status status, const char* field) {
    fprintf(stderr, "leat simulate: %s: %s%s%s\n", what, leat_status_hint(status),
            field[0] != 0 ? ": " : "", field);
    return false;
}

leat_sim_limits limits_of(const SimulateSettings& settings, uint64_t part) {
    // A limit that halves to nothing would be none.
    const auto share = [part](uint64_t limit) {
        return limit == 0 || limit >= part ? limit / part : 1;
    };
    leat_sim_limits limits{};
    limits.requests_per_minute = static_cast<uint32_t>(share(settings.provider_rpm));
    limits.concurrency_max = static_cast<uint32_t>(share(settings.provider_concurrency));
    limits.tokens_per_minute = share(settings.provider_tpm);
    limits.input_tokens_per_minute = share(settings.provider_itpm);
    limits.output_tokens_per_minute = share(settings.provider_otpm);
    limits.requests_per_day = share(settings.provider_rpd);
    return limits;
}

bool Simulation::open_world() {
    leat_sim_config config;
    leat_sim_config_init(&config);
    config.connections_max = static_cast<uint32_t>(row_->in_flight * 2 + 16);
    config.pipe_bytes = 16 * 1024;
    config.seed = static_cast<uint64_t>(run_.seed.value) + 1;
    const size_t bytes = leat_sim_bytes(&config);
    if (bytes == 0 || !world_block_.map(bytes)) {
        fprintf(stderr, "leat simulate: no memory for a network of %u connections\n",
                config.connections_max);
        return false;
    }
    const leat_status status = leat_sim_open(world_block_.data(), bytes, &config, &sim_);
    return status == LEAT_OK || refuse("the simulated network", status, "");
}

bool Simulation::open_provider() {
    leat_sim_provider_config config;
    leat_sim_provider_config_init(&config);
    config.told = static_cast<leat_sim_told>(settings_.headers);
    config.wait = static_cast<leat_sim_wait>(settings_.retry_after);
    config.burst_ms = static_cast<uint32_t>(settings_.burst_ms);
    config.limits = limits_of(settings_, 1);
    config.first_byte_ms = {static_cast<double>(settings_.latency_ms),
                            settings_.latency_spread.value};
    config.token_us = {settings_.token_ms.value * 1000, 0};
    config.output_tokens = {static_cast<double>(settings_.output_tokens),
                            settings_.output_spread.value};
    if (settings_.overload_s.is_set) {
        config.overload_on_ms = static_cast<uint64_t>(settings_.overload_s.first * 1000);
        config.overload_period_ms = static_cast<uint64_t>(settings_.overload_s.second * 1000);
        // The first one comes in its turn, not at once.
        config.overload_from_ms = config.overload_period_ms - config.overload_on_ms;
    }
    config.server_error_chance = settings_.error_rate.value;
    config.change_at_ms = settings_.halve_at_ms;
    config.changed = limits_of(settings_, 2);
    if (!provider_block_.map(leat_sim_provider_bytes())) {
        fprintf(stderr, "leat simulate: no memory for the provider\n");
        return false;
    }
    leat_status status = leat_sim_provider_open(provider_block_.data(), provider_block_.bytes(),
                                                sim_, &config, &provider_);
    if (status != LEAT_OK) {
        return refuse("the simulated provider", status, "");
    }
    const leat_sim_handler handler = leat_sim_provider_handler(provider_);
    leat_sim_host* host = nullptr;
    status = leat_sim_host_add(sim_, LEAT_STR("192.0.2.1"), 443, &handler, &host);
    if (status == LEAT_OK) {
        leat_sim_host_tls(host)->enabled = 1;
        status = leat_sim_name_add(sim_, LEAT_STR("provider.example"), LEAT_STR("192.0.2.1"));
    }
    return status == LEAT_OK || refuse("the simulated provider", status, "");
}

bool Simulation::open_client() {
    leat_config config;
    fill_client_config(run_, &config);
    config.use_tls = 1;
    leat_sim_ports(sim_, &config.ports);
    const size_t bytes = leat_memory_required(&config);
    if (bytes == 0) {
        return refuse("the client", LEAT_E_CONFIG, leat_config_error(&config));
    }
    if (!client_block_.map(bytes)) {
        fprintf(stderr, "leat simulate: no memory for a client; lower --max-in-flight\n");
        return false;
    }
    config.block_is_zero = 1;
    const leat_status status = leat_open(&config, client_block_.data(), bytes, &client_);
    if (status != LEAT_OK) {
        return refuse("the client", status, "");
    }
    leat_endpoint_config endpoint;
    leat_endpoint_config_init(&endpoint);
    set_pace(run_, &endpoint);
    endpoint.provider = LEAT_STR("openai");
    endpoint.base_url = LEAT_STR("https://provider.example/v1");
    endpoint.api_key = LEAT_STR("simulated");
    endpoint.model = LEAT_STR("simulated");
    const leat_status added = leat_endpoint_add(client_, &endpoint, &endpoint_);
    return added == LEAT_OK ||
           refuse("the endpoint", added, leat_endpoint_config_error(&endpoint));
}

// Words, so that nothing needs to be escaped; as many that the request as a whole has its tokens.
bool Simulation::make_prompt() {
    constexpr size_t around_bytes = 60;  // of a body besides the prompt
    const size_t bytes = settings_.prompt_tokens * bytes_per_token;
    if (!prompt_.map(bytes > around_bytes ? bytes - around_bytes : 1)) {
        fprintf(stderr, "leat simulate: no memory for a prompt of %zu bytes\n", bytes);
        return false;
    }
    memset(prompt_.data(), 'x', prompt_.bytes());
    return true;
}

bool Simulation::open_batch() {
    leat_batch_config config;
    fill_batch_config(run_, &config);
    config.endpoint = endpoint_;
    config.user = this;
    config.source = pull;
    config.on_result = take_result;
    const leat_status status = leat_batch_open(client_, &config, &batch_);
    return status == LEAT_OK || refuse("the batch", status, "");
}

bool Simulation::open() {
    return make_prompt() && open_world() && open_provider() && open_client() && open_batch();
}

leat_status Simulation::pull(void* user, leat_request* request) {
    Simulation* const self = static_cast<Simulation*>(user);
    if (self->sent_ == self->settings_.items) {
        return LEAT_E_DONE;
    }
    ++self->sent_;
    request->prompt = leat_str{static_cast<const char*>(self->prompt_.data()),
                               self->prompt_.bytes()};
    return LEAT_OK;
}

leat_keep Simulation::take_result(void* user, const leat_result* result) {
    Simulation* const self = static_cast<Simulation*>(user);
    self->row_->tally.add(*result);
    if (result->outcome == LEAT_SUCCEEDED || result->outcome == LEAT_FAILED) {
        self->row_->item_ms.add(result->timing.item_ms);
    }
    self->last_result_ns_ = leat_sim_now_ns(self->sim_);
    return LEAT_RELEASE;
}

// What the provider counted since the last look goes into the series.
void Simulation::look() {
    leat_sim_provider_stats stats;
    leat_sim_provider_get_stats(provider_, &stats);
    row_->series.count(
        static_cast<uint32_t>(stats.admitted - seen_.admitted),
        static_cast<uint32_t>(stats.refused - seen_.refused),
        static_cast<uint32_t>(stats.failed + stats.overloaded - seen_.failed - seen_.overloaded));
    seen_ = stats;
}

void Simulation::loop(ToldDone told, void* user) {
    begin_ns_ = leat_sim_now_ns(sim_);
    last_result_ns_ = begin_ns_;
    uint64_t steps = 0;
    while (leat_batch_done(batch_) == 0) {
        leat_stats stats;
        leat_get_stats(client_, &stats);
        const leat_limiter limiter = leat_endpoint_limiter(client_, endpoint_);
        const uint64_t before_ns = leat_sim_now_ns(sim_);
        if (before_ns - begin_ns_ > longest_ms * 1000000) {
            row_->stopped = LEAT_E_DEADLINE_BATCH;
            return;
        }
        const leat_status status = leat_step(client_, step_ms_max);
        if (status != LEAT_OK && status != LEAT_E_DONE) {
            row_->stopped = status;
            return;
        }
        const double passed_ms =
            static_cast<double>(leat_sim_now_ns(sim_) - before_ns) / ns_per_ms;
        row_->limiter_ms[limiter] += passed_ms;
        row_->series.pass(passed_ms, stats.in_flight, limiter);
        look();
        if (told != nullptr && ++steps % 4096 == 0) {
            told(user, row_->tally.finished());
        }
    }
}

void Simulation::measure() {
    leat_stats stats;
    leat_get_stats(client_, &stats);
    row_->time_ms = static_cast<double>(last_result_ns_ - begin_ns_) / ns_per_ms;
    row_->requests = seen_.requests;
    row_->answered = seen_.answered;
    row_->refused = seen_.refused;
    row_->retries = stats.retries;
    row_->in_flight_peak = stats.in_flight_peak;
    const double input = seen_.admitted > 0 ? static_cast<double>(seen_.input_tokens) /
                                                  static_cast<double>(seen_.admitted)
                                            : static_cast<double>(settings_.prompt_tokens);
    Series* const series = &row_->series;
    for (uint32_t i = 0; i < series->size(); ++i) {
        const double from_ms = i * series->width_ms();
        Bin* const bin = series->mutable_bin(i);
        bin->capacity = leat_sim_provider_capacity(
            provider_, static_cast<uint64_t>(from_ms),
            static_cast<uint64_t>(from_ms + bin->covered_ms), input);
    }
    const uint64_t end_ms = static_cast<uint64_t>(ceil(row_->time_ms));
    const double plain = leat_sim_provider_capacity(provider_, 0, end_ms, input);
    if (!isfinite(plain) || end_ms == 0) {
        return;
    }
    row_->sustained_rpm = plain / static_cast<double>(end_ms) * 60000;
    // Buckets begin full, so that much more could have gone; a limit of concurrency has no bucket.
    const bool has_buckets = settings_.provider_concurrency == 0 && settings_.provider_rpd == 0;
    row_->capacity = plain + (has_buckets ? row_->sustained_rpm / 60000 *
                                                static_cast<double>(settings_.burst_ms)
                                          : 0);
}

}  // namespace

bool simulate_row(const SimulateSettings& settings, Row* row, ToldDone told, void* user) {
    Simulation simulation(settings, row);
    if (!simulation.open()) {
        return false;
    }
    simulation.loop(told, user);
    simulation.measure();
    return true;
}

#else

bool simulate_row(const SimulateSettings&, Row*, ToldDone, void*) {
    fprintf(stderr, "leat simulate: this build has no simulated network (LEAT_PORT_SIM is off)\n");
    return false;
}

#endif

}  // namespace cli
