// tests/sim/swarm/scenario.cc: see scenario.h. Sizes are small: a seed is to cost a few milliseconds,
// and small rings, pools and windows meet their limits sooner. Depends on chance.h.
// Invariant: every value is valid, so that a refusal by leat or by the simulator is a finding.
#include "sim/swarm/scenario.h"

namespace swarm {

namespace {

constexpr const char* fault_names[] = {
#define LEAT_SWARM_NAME(name) #name,
    LEAT_SWARM_FAULTS(LEAT_SWARM_NAME)
#undef LEAT_SWARM_NAME
};

uint32_t choose_faults(Chance* chance) {
    if (chance->one_in(12)) return 0;  // now and then a calm day
    const uint32_t share = chance->pick({10u, 20u, 35u, 60u});
    uint32_t faults = 0;
    for (uint32_t bit = 0; bit < static_cast<uint32_t>(Fault::count); ++bit) {
        if (chance->percent(share)) faults |= 1u << bit;
    }
    return faults;
}

void plan_world(Scenario* s, Chance chance) {
    leat_sim_config_init(&s->world);
    s->world.seed = chance.next();
    s->world.connections_max = 64;
    s->world.hosts_max = 8;
    s->world.names_max = 8;
    s->world.pipe_bytes = 4096;
    s->world.scratch_bytes = 8192;
    s->world.log_bytes = 8192;
    s->world.start_ns = 3600 * second;
    s->world.edges = static_cast<leat_sim_edges>(chance.below(3));
}

void plan_client(Scenario* s, Chance chance) {
    leat_config_init(&s->client);
    s->client.items_max = chance.number(2, 20);
    s->client.item_bytes = chance.pick({12u, 16u, 24u}) * 1024;
    s->client.connections_max = chance.number(1, 12);
    s->client.endpoints_max = 6;
    s->client.batches_max = chance.number(1, 3);
    s->client.ring_entries = chance.pick({1u, 4u, 16u, 64u});
    s->client.intake_bytes = chance.pick({2048u, 8192u});
    s->client.header_bytes_max = 4096;
    s->client.events_per_step = chance.pick({2u, 8u, 64u});
    s->client.staging_bytes = 4096;
    s->client.receive_bytes = 4096;
    s->client.use_tls = s->tls ? 1 : 0;
    s->client.seed = chance.next() | 1;
    s->client.log_level = LEAT_LOG_DEBUG;
}

void plan_link(const Scenario& s, Chance* chance, leat_sim_link* link) {
    link->connect_ns = chance->pick({0u, 1u, 20u, 100u}) * ms;
    link->up_ns = chance->pick({0u, 1u, 15u}) * ms;
    link->down_ns = chance->pick({0u, 1u, 15u}) * ms;
    if (s.has(Fault::jitter)) link->jitter_ns = chance->between(1, 40) * ms;
    if (s.has(Fault::chunks)) {
        link->read_chunks = static_cast<leat_sim_chunks>(chance->below(4));
        link->write_chunks = static_cast<leat_sim_chunks>(chance->below(4));
        link->read_split_at = chance->between(1, 400);
        link->write_split_at = chance->between(1, 400);
    }
    if (s.has(Fault::small_buffers)) link->send_buffer_bytes = chance->number(64, 500);
    link->reset_drops_data = chance->one_in(2) ? 1 : 0;
}

void plan_limits(const Scenario& s, Chance* chance, leat_sim_limits* limits) {
    if (s.has(Fault::rpm)) limits->requests_per_minute = chance->number(120, 1200);
    if (s.has(Fault::tpm)) limits->tokens_per_minute = chance->number(20000, 90000);
    if (s.has(Fault::tpm) && chance->one_in(2)) {
        limits->output_tokens_per_minute = chance->number(8000, 40000);
    }
    if (s.has(Fault::concurrency)) limits->concurrency_max = chance->number(1, 6);
    if (s.has(Fault::quota)) limits->quota_requests = chance->number(5, 80);
}

void plan_provider(const Scenario& s, Chance* chance, leat_sim_provider_config* config) {
    leat_sim_provider_config_init(config);
    config->told = static_cast<leat_sim_told>(chance->below(3));
    config->wait = static_cast<leat_sim_wait>(chance->below(3));
    config->burst_ms = chance->pick({200u, 1000u, 3000u});
    config->first_byte_ms = {static_cast<double>(chance->between(5, 400)), 0.3};
    config->token_us = {static_cast<double>(chance->between(50, 3000)), 0};
    config->output_tokens = {static_cast<double>(chance->between(3, 40)), 0.4};
    // What never fits a bucket would be refused for ever.
    if (s.has(Fault::tpm)) config->burst_ms = chance->pick({10000u, 60000u});
    config->tool_rounds = 2;  // of requests that offer tools
    plan_limits(s, chance, &config->limits);
    if (s.has(Fault::slow_tokens)) config->token_us = {40000.0, 0.6};
    if (s.has(Fault::overload)) {
        config->overload_status = chance->one_in(2) ? 503 : 529;
        config->overload_from_ms = chance->between(0, 4000);
        config->overload_on_ms = chance->between(200, 5000);
        config->overload_period_ms = chance->one_in(2) ? 0 : config->overload_on_ms * 2;
    }
    if (s.has(Fault::change)) {
        config->change_at_ms = chance->between(500, 8000);
        plan_limits(s, chance, &config->changed);
        if (chance->one_in(2)) config->changed.requests_per_minute = chance->number(120, 600);
    }
    const double chances[] = {0.02, 0.1, 0.3};
    if (s.has(Fault::server_error)) config->server_error_chance = chance->pick(chances);
    if (s.has(Fault::answer_reset)) config->reset_chance = chance->pick(chances);
    if (s.has(Fault::answer_stall)) config->stall_chance = chance->pick(chances);
}

void plan_services(Scenario* s, Chance chance) {
    const uint32_t count = chance.one_in(3) ? 2 : 1;
    for (uint32_t i = 0; i < count; ++i) {
        ServicePlan service = {};
        plan_link(*s, &chance, &service.link);
        plan_provider(*s, &chance, &service.provider);
        service.dead_first = s->has(Fault::dead_address) && chance.one_in(2);
        service.dead_is_blackhole = chance.one_in(2);
        service.no_tickets = s->has(Fault::no_tickets);
        s->services.push_back(service);
    }
}

void plan_rules(Chance* chance, leat_endpoint_config* config) {
    config->timeouts.connect_ms = chance->number(300, 2000);
    config->timeouts.first_byte_ms = chance->one_in(2) ? 0 : chance->number(800, 3000);
    config->timeouts.idle_ms = chance->number(200, 2000);
    config->timeouts.attempt_ms = chance->number(1500, 6000);
    config->retry.attempts_max = chance->number(1, 5);
    config->retry.backoff_initial_ms = chance->number(20, 1000);
    config->retry.backoff_max_ms = config->retry.backoff_initial_ms * chance->number(1, 4);
    config->retry.backoff_base = chance->one_in(3) ? 1.0 : 2.0;
    config->retry.jitter_min = chance->one_in(3) ? 1.0 : 0.5;
    config->cooldown.overload_max_ms = chance->one_in(4) ? 2000 : 600000;
    config->cooldown.retries_max = chance->pick({0u, 1u, 3u, 20u});
    config->cooldown.initial_ms = chance->number(200, 3000);
    config->cooldown.max_ms = config->cooldown.initial_ms * 2;
    config->cooldown.retry_after_max_ms = chance->one_in(4) ? 1500 : 60000;
    config->cooldown.slow_start_items = chance->pick({0u, 5u, 20u});
    config->cooldown.slow_start_initial_ms = chance->number(100, 1000);
    config->cooldown.slow_start_final_ms = config->cooldown.slow_start_initial_ms / 10;
    config->cooldown.retry_after_is_floor = chance->one_in(3) ? 1 : 0;
    config->keepalive_ms = chance->pick({0u, 50u, 1000u, 30000u});
}

void plan_endpoints(Scenario* s, Chance chance) {
    for (uint32_t i = 0; i < s->services.size(); ++i) {
        EndpointPlan endpoint = {};
        endpoint.service = i;
        endpoint.keys = chance.one_in(5) ? chance.number(2, 3) : 1;
        leat_endpoint_config_init(&endpoint.config);
        endpoint.config.max_in_flight = chance.one_in(4) ? LEAT_AUTO : chance.number(1, 10);
        endpoint.config.adaptive.enabled = chance.one_in(4) ? 0 : 1;
        endpoint.config.adaptive.ramp_ms = chance.one_in(5) ? chance.number(10, 500) : 0;
        endpoint.config.ignore_told = chance.one_in(4) ? 1 : 0;
        endpoint.config.ignore_learned = chance.one_in(4) ? 1 : 0;
        if (chance.one_in(4)) endpoint.config.retry.quota = chance.number(10, 60);
        endpoint.config.allow_plain_http = 1;
        plan_rules(&chance, &endpoint.config);
        if (chance.one_in(3)) {
            endpoint.config.requests_per_minute = chance.number(200, 2400);
            endpoint.config.request_burst = chance.one_in(2) ? 0 : chance.number(1, 8);
        }
        if (chance.one_in(4)) endpoint.config.tokens_per_minute = chance.number(20000, 120000);
        endpoint.config.output_estimate_tokens = chance.number(20, 200);
        endpoint.config.price = leat_price{1.0, -1.0, 4.0};
        s->endpoints.push_back(endpoint);
    }
}

}  // namespace

uint32_t Scenario::items() const {
    size_t count = 0;
    for (const BatchPlan& batch : batches) count += batch.items.size();
    return static_cast<uint32_t>(count);
}

bool Scenario::moves_items() const {
    for (const BatchPlan& batch : batches) {
        if (!batch.targets.empty() || batch.hedge.percentile > 0) return true;
    }
    return false;
}

Scenario scenario_of(uint64_t seed) {
    Chance chance(seed * 0x9E3779B97F4A7C15u + 0x5bd1e995u);
    Scenario s = {};
    s.seed = seed;
    s.faults = choose_faults(&chance);
    s.tls = chance.one_in(3);
    s.several_models = chance.one_in(4);
    s.heal_ms = chance.between(300, 12000);
    plan_world(&s, chance.fork(1));
    plan_client(&s, chance.fork(2));
    plan_services(&s, chance.fork(3));
    plan_endpoints(&s, chance.fork(4));
    plan_batches(&s, chance.fork(5));
    plan_conversations(&s, chance.fork(6));
    plan_preparation(&s, Chance(seed).fork(900));
    return s;
}

std::string describe(const Scenario& s) {
    std::string text = std::to_string(s.items()) + " items, " + std::to_string(s.batches.size()) +
                       " batches, " + std::to_string(s.endpoints.size()) + " endpoints, " +
                       (s.tls ? "TLS" : "plain") + ", faults:";
    for (uint32_t bit = 0; bit < static_cast<uint32_t>(Fault::count); ++bit) {
        if (s.has(static_cast<Fault>(bit))) text += std::string(" ") + fault_names[bit];
    }
    return s.faults == 0 ? text + " none" : text;
}

}  // namespace swarm
