// cli/simulate_world.cc: see simulate_world.h.
// The provider speaks TLS, as real ones do, so that connecting takes its turns here as well.
#include "cli/simulate_world.h"

#if LEAT_CLI_HAS_SIM

#include <stdio.h>

namespace cli {

namespace {

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

}  // namespace

bool refuse_simulation(const char* what, leat_status status, const char* field) {
    fprintf(stderr, "leat simulate: %s: %s%s%s\n", what, leat_status_hint(status),
            field[0] != 0 ? ": " : "", field);
    return false;
}

bool SimulatedWorld::open_network(const SimulateSettings& settings, uint64_t in_flight) {
    leat_sim_config config;
    leat_sim_config_init(&config);
    config.connections_max = static_cast<uint32_t>(in_flight * 2 + 16);
    config.pipe_bytes = 16 * 1024;
    config.seed = static_cast<uint64_t>(settings.run.seed.value) + 1;
    const size_t bytes = leat_sim_bytes(&config);
    if (bytes == 0 || !network_block_.map(bytes)) {
        fprintf(stderr, "leat simulate: no memory for a network of %u connections\n",
                config.connections_max);
        return false;
    }
    const leat_status status = leat_sim_open(network_block_.data(), bytes, &config, &sim_);
    return status == LEAT_OK || refuse_simulation("the simulated network", status, "");
}

bool SimulatedWorld::open_provider(const SimulateSettings& settings) {
    leat_sim_provider_config config;
    leat_sim_provider_config_init(&config);
    config.told = static_cast<leat_sim_told>(settings.headers);
    config.wait = static_cast<leat_sim_wait>(settings.retry_after);
    config.burst_ms = static_cast<uint32_t>(settings.burst_ms);
    config.limits = limits_of(settings, 1);
    config.first_byte_ms = {static_cast<double>(settings.latency_ms),
                            settings.latency_spread.value};
    config.token_us = {settings.token_ms.value * 1000, 0};
    config.output_tokens = {static_cast<double>(settings.output_tokens),
                            settings.output_spread.value};
    if (settings.overload_s.is_set) {
        config.overload_on_ms = static_cast<uint64_t>(settings.overload_s.first * 1000);
        config.overload_period_ms = static_cast<uint64_t>(settings.overload_s.second * 1000);
        // The first one comes in its turn, not at once.
        config.overload_from_ms = config.overload_period_ms - config.overload_on_ms;
    }
    config.server_error_chance = settings.error_rate.value;
    config.change_at_ms = settings.halve_at_ms;
    config.changed = limits_of(settings, 2);
    if (!provider_block_.map(leat_sim_provider_bytes())) {
        fprintf(stderr, "leat simulate: no memory for the provider\n");
        return false;
    }
    const leat_status status = leat_sim_provider_open(
        provider_block_.data(), provider_block_.bytes(), sim_, &config, &provider_);
    if (status == LEAT_E_CONFIG) {
        fprintf(stderr,
                "leat simulate: --burst: a limit for so long is more than can be counted\n");
        return false;
    }
    return status == LEAT_OK || refuse_simulation("the simulated provider", status, "");
}

bool SimulatedWorld::open_host() {
    const leat_sim_handler handler = leat_sim_provider_handler(provider_);
    leat_sim_host* host = nullptr;
    leat_status status = leat_sim_host_add(sim_, LEAT_STR("192.0.2.1"), 443, &handler, &host);
    if (status == LEAT_OK) {
        leat_sim_host_tls(host)->enabled = 1;
        status = leat_sim_name_add(sim_, LEAT_STR("provider.example"), LEAT_STR("192.0.2.1"));
    }
    return status == LEAT_OK || refuse_simulation("the simulated provider", status, "");
}

bool SimulatedWorld::open(const SimulateSettings& settings, uint64_t in_flight) {
    return open_network(settings, in_flight) && open_provider(settings) && open_host();
}

leat_sim_provider_stats SimulatedWorld::stats() const {
    leat_sim_provider_stats stats;
    leat_sim_provider_get_stats(provider_, &stats);
    return stats;
}

double SimulatedWorld::capacity(uint64_t from_ms, uint64_t to_ms, double input_tokens) const {
    return leat_sim_provider_capacity(provider_, from_ms, to_ms, input_tokens);
}

}  // namespace cli

#endif
