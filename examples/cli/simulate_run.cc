// cli/simulate_run.cc: one setting, run to its end: a client of leat and a batch in a simulated world.
// Depends on simulate_world.h; a build without the simulated port says so instead.
// Invariant: what is measured is the provider's own count and the engine's, in virtual time.
#include <leat/config.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/service.h"
#include "cli/simulate.h"
#include "cli/simulate_world.h"
#include "cli/tables.h"

namespace cli {

#if LEAT_CLI_HAS_SIM

namespace {

constexpr double ns_per_ms = 1e6;
constexpr uint64_t longest_ms =
    31ull * 86400000;  // a run that takes longer is of no use to anybody
constexpr uint64_t item_bytes = 1 << 20;
constexpr int32_t step_ms_max = 60000;

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
    bool open_client();
    bool open_batch();
    bool make_prompt();
    void look();

    static leat_status pull(void* user, leat_request* request);
    static leat_keep take_result(void* user, const leat_result* result);

    const SimulateSettings& settings_;
    Row* const row_;
    Settings run_;
    SimulatedWorld world_;
    MappedBlock client_block_;
    MappedBlock prompt_;
    leat_client* client_ = nullptr;
    leat_endpoint endpoint_ = 0;
    leat_batch* batch_ = nullptr;
    leat_sim_provider_stats seen_{};
    uint64_t begin_ns_ = 0;
    uint64_t last_result_ns_ = 0;
    uint64_t sent_ = 0;
};

bool Simulation::open_client() {
    leat_config config;
    fill_client_config(run_, &config);
    config.use_tls = 1;
    leat_sim_ports(world_.sim(), &config.ports);
    const size_t bytes = leat_memory_required(&config);
    if (bytes == 0) {
        return refuse_simulation("the client", LEAT_E_CONFIG, leat_config_error(&config));
    }
    if (!client_block_.map(bytes)) {
        fprintf(stderr, "leat simulate: no memory for a client; lower --max-in-flight\n");
        return false;
    }
    config.block_is_zero = 1;
    const leat_status status = leat_open(&config, client_block_.data(), bytes, &client_);
    if (status != LEAT_OK) {
        return refuse_simulation("the client", status, "");
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
           refuse_simulation("the endpoint", added, leat_endpoint_config_error(&endpoint));
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
    return status == LEAT_OK || refuse_simulation("the batch", status, "");
}

bool Simulation::open() {
    return make_prompt() &&
           world_.open(settings_, row_->is_auto() ? auto_in_flight_max : row_->in_flight) &&
           open_client() && open_batch();
}

leat_status Simulation::pull(void* user, leat_request* request) {
    Simulation* const self = static_cast<Simulation*>(user);
    if (self->sent_ == self->settings_.items) {
        return LEAT_E_DONE;
    }
    ++self->sent_;
    request->prompt =
        leat_str{static_cast<const char*>(self->prompt_.data()), self->prompt_.bytes()};
    return LEAT_OK;
}

leat_keep Simulation::take_result(void* user, const leat_result* result) {
    Simulation* const self = static_cast<Simulation*>(user);
    self->row_->tally.add(*result);
    if (result->outcome == LEAT_SUCCEEDED || result->outcome == LEAT_FAILED) {
        self->row_->item_ms.add(result->timing.item_ms);
    }
    self->last_result_ns_ = self->world_.now_ns();
    return LEAT_RELEASE;
}

// What the provider counted since the last look goes into the series.
void Simulation::look() {
    const leat_sim_provider_stats stats = world_.stats();
    row_->series.count(
        static_cast<uint32_t>(stats.admitted - seen_.admitted),
        static_cast<uint32_t>(stats.refused - seen_.refused),
        static_cast<uint32_t>(stats.failed + stats.overloaded - seen_.failed - seen_.overloaded));
    seen_ = stats;
}

void Simulation::loop(ToldDone told, void* user) {
    begin_ns_ = world_.now_ns();
    last_result_ns_ = begin_ns_;
    uint64_t steps = 0;
    while (leat_batch_done(batch_) == 0) {
        leat_pace pace{};
        (void)leat_endpoint_pace(client_, endpoint_, &pace);
        const uint64_t before_ns = world_.now_ns();
        if (before_ns - begin_ns_ > longest_ms * 1000000) {
            row_->stopped = LEAT_E_DEADLINE_BATCH;
            return;
        }
        const leat_status status = leat_step(client_, step_ms_max);
        if (status != LEAT_OK && status != LEAT_E_DONE) {
            row_->stopped = status;
            return;
        }
        const double passed_ms = static_cast<double>(world_.now_ns() - before_ns) / ns_per_ms;
        row_->limiter_ms[pace.limiter] += passed_ms;
        row_->series.pass(passed_ms, pace);
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
        bin->capacity = world_.capacity(static_cast<uint64_t>(from_ms),
                                        static_cast<uint64_t>(from_ms + series->width_ms()), input);
        bin->capacity_ms = series->width_ms();
    }
    const uint64_t end_ms = static_cast<uint64_t>(ceil(row_->time_ms));
    const double plain = world_.capacity(0, end_ms, input);
    if (!isfinite(plain) || end_ms == 0) {
        return;
    }
    row_->sustained_rpm = plain / static_cast<double>(end_ms) * 60000;
    // Buckets begin full, so that much more could have gone; a limit of concurrency has no bucket.
    const bool has_buckets = settings_.provider_concurrency == 0 && settings_.provider_rpd == 0;
    const double first_second = world_.capacity(0, 1000, input);
    const double burst = first_second * static_cast<double>(settings_.burst_ms) / 1000;
    row_->capacity = plain + (has_buckets ? burst : 0);
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
