// tests/sim/provider_test.cc: a simulated provider behind its network: answers, refusals, their
// headers as leat reads them back, failures, and that a run repeats.
// Depends on provider_world.h, provider_plain.h and port/sim/provider_http.h.
#include "port/sim/provider_http.h"
#include "sim/provider_plain.h"
#include "sim/provider_world.h"

namespace sim_test {
namespace {

using leat_simulator::ProviderModel;
using leat_simulator::ProviderVerdict;

TEST(Provider, answers_with_the_usage_that_it_took) {
    ProviderWorld world(plain_provider());
    leat_usage usage = {};
    world.on_each_result = [&](const leat_result* result) {
        usage = result->usage;
        return LEAT_RELEASE;
    };
    world.exchange(1);
    EXPECT_EQ(world.only().status, LEAT_OK);
    EXPECT_EQ(world.only().text, "ok");
    EXPECT_EQ(static_cast<uint64_t>(usage.output_tokens), world.counts().output_tokens);
    EXPECT_EQ(static_cast<uint64_t>(usage.input_tokens), world.counts().input_tokens);
    EXPECT_GE(world.now() - world.setup.sim.start_ns, 2 * second);
    EXPECT_EQ(world.counts().answered, 1u);
    EXPECT_EQ(world.counts().in_flight_peak, 1u);
}

TEST(Provider, max_tokens_are_read_off_the_request) {
    ProviderWorld world(plain_provider());
    ASSERT_EQ(world.submit("\"max_tokens\":1", [](auto* r) { r->max_output_tokens = 40; }),
              LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.counts().output_tokens, 40u);
    using leat_simulator::read_max_tokens;
    EXPECT_EQ(read_max_tokens(LEAT_STR("{\"max_tokens\" : 12,\"a\":1}")), 12u);
    EXPECT_EQ(read_max_tokens(LEAT_STR("{\"max_completion_tokens\":7}")), 7u);
    EXPECT_EQ(read_max_tokens(LEAT_STR("{\"content\":\"\\\"max_tokens\\\":9\"}")), 0u);
    EXPECT_EQ(read_max_tokens(LEAT_STR("{\"max_tokens\"")), 0u);
    EXPECT_EQ(read_max_tokens(LEAT_STR("")), 0u);
}

leat_rate_limits limits_of(ProviderWorld* world) {
    leat_rate_limits limits;
    int64_t age_ms = -1;
    EXPECT_EQ(leat_endpoint_limits(world->client, world->endpoint, &limits, &age_ms), LEAT_OK);
    EXPECT_GE(age_ms, 0);
    return limits;
}

TEST(Provider, tells_its_limits_as_openai_does) {
    leat_sim_provider_config config = plain_provider();
    config.told = LEAT_SIM_TOLD_OPENAI;
    config.limits.requests_per_minute = 120;
    config.limits.tokens_per_minute = 60000;
    ProviderWorld world(config);
    world.setup.endpoint.max_in_flight = 1;
    world.exchange(1);
    const leat_rate_limits limits = limits_of(&world);
    const int64_t taken =
        static_cast<int64_t>(world.counts().input_tokens + world.counts().output_tokens);
    EXPECT_EQ(limits.requests.limit, 120);
    EXPECT_EQ(limits.requests.remaining, 119);
    EXPECT_EQ(limits.requests.reset_ms, 500);
    EXPECT_EQ(limits.tokens.limit, 60000);
    EXPECT_EQ(limits.tokens.remaining, 60000 - taken);
    EXPECT_EQ(limits.tokens.reset_ms, taken);
    EXPECT_EQ(limits.input_tokens.limit, LEAT_LIMIT_UNKNOWN);
}

TEST(Provider, tells_its_limits_as_anthropic_does) {
    leat_sim_provider_config config = plain_provider();
    config.told = LEAT_SIM_TOLD_ANTHROPIC;
    config.limits.requests_per_minute = 10;
    config.limits.tokens_per_minute = 600;
    config.limits.input_tokens_per_minute = 1000000;
    config.limits.output_tokens_per_minute = 200000;
    ProviderWorld world(config);
    world.exchange(1);
    const leat_rate_limits limits = limits_of(&world);
    const int64_t input = static_cast<int64_t>(world.counts().input_tokens);
    EXPECT_EQ(limits.requests.limit, 10);
    EXPECT_EQ(limits.requests.remaining, 9);
    // In whole seconds from the answer's Date on, which is a few milliseconds old.
    EXPECT_EQ(limits.requests.reset_ms, 7000);
    EXPECT_EQ(limits.tokens.remaining, 600 - 100 - input);
    EXPECT_EQ(limits.tokens.reset_ms, ((100 + input) * 100 + 3 + 999) / 1000 * 1000);
    EXPECT_EQ(limits.input_tokens.limit, 1000000);
    EXPECT_EQ(limits.input_tokens.remaining, 1000000 - input);
    EXPECT_EQ(limits.output_tokens.limit, 200000);
    EXPECT_EQ(limits.output_tokens.remaining, 200000 - 100);
}

TEST(Provider, tells_nothing_unasked_and_nothing_of_limits_that_are_none) {
    for (leat_sim_told told : {LEAT_SIM_TOLD_NOTHING, LEAT_SIM_TOLD_OPENAI}) {
        leat_sim_provider_config config = plain_provider();
        config.told = told;
        config.limits.concurrency_max = 20;
        if (told == LEAT_SIM_TOLD_NOTHING) config.limits.requests_per_minute = 60;
        ProviderWorld world(config);
        world.exchange(1);
        leat_rate_limits limits;
        int64_t age_ms = 0;
        EXPECT_EQ(leat_endpoint_limits(world.client, world.endpoint, &limits, &age_ms), LEAT_OK);
        EXPECT_EQ(age_ms, -1);
    }
}

std::string header(const leat_sim_response& response, const char* wanted) {
    for (uint32_t i = 0; i < response.headers_count; ++i) {
        if (copy(response.headers[i].name) == wanted) return copy(response.headers[i].value);
    }
    return "-";
}

TEST(Provider, says_when_to_come_back_in_the_form_that_was_asked_for) {
    leat_sim_provider_config config = plain_provider();
    config.limits.requests_per_minute = 50;
    config.burst_ms = 0;
    for (uint32_t wait = 0; wait <= LEAT_SIM_WAIT_MILLISECONDS; ++wait) {
        config.wait = static_cast<leat_sim_wait>(wait);
        ProviderModel model;
        model.open(config, 1, 0);
        (void)model.arrive(0, 1, 0);
        const ProviderVerdict verdict = model.arrive(ms / 2, 1, 0);
        auto response = std::make_unique<leat_sim_response>();
        leat_simulator::write_answer(model, verdict, leat_str{nullptr, 0}, 0, response.get());
        EXPECT_EQ(response->status, 429);
        EXPECT_EQ(header(*response, "Retry-After"), wait == 0 ? "-" : "2");
        EXPECT_EQ(header(*response, "retry-after-ms"), wait == 2 ? "1200" : "-");
        EXPECT_NE(copy(response->body).find("\"rate_limit_exceeded\""), std::string::npos);
    }
}

TEST(Provider, an_empty_quota_ends_items_at_once) {
    leat_sim_provider_config config = plain_provider();
    config.limits.quota_requests = 2;
    ProviderWorld world(config);
    world.setup.endpoint.max_in_flight = 1;
    world.exchange(4);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
    EXPECT_EQ(world.results.back().error_code, "insufficient_quota");
    EXPECT_EQ(world.counts().refused_quota, 2u);
}

TEST(Provider, overload_and_errors_have_their_status) {
    leat_sim_provider_config config = plain_provider();
    config.overload_status = 529;
    config.overload_on_ms = 3600000;
    ProviderWorld world(config);
    world.setup.endpoint.retry.attempts_max = 1;
    world.exchange(1);
    EXPECT_EQ(world.only().http_status, 529);
    EXPECT_EQ(world.counts().overloaded, 1u);

    config.overload_on_ms = 0;
    config.server_error_chance = 1;
    ProviderWorld failing(config);
    failing.setup.endpoint.retry.attempts_max = 2;
    failing.exchange(1);
    EXPECT_EQ(failing.only().http_status, 500);
    EXPECT_EQ(failing.counts().failed, 2u);
    EXPECT_EQ(failing.counts().answered, 0u);
}

TEST(Provider, resets_and_stalls_free_their_place_and_can_be_mended) {
    for (bool stall : {false, true}) {
        leat_sim_provider_config config = plain_provider();
        config.limits.concurrency_max = 2;
        (stall ? config.stall_chance : config.reset_chance) = 1;
        ProviderWorld world(config);
        world.setup.endpoint.retry.attempts_max = 2;
        world.setup.endpoint.timeouts.idle_ms = 5000;
        world.setup.endpoint.max_in_flight = 2;
        world.open_batch();
        world.submit_all(6);
        world.run();
        leat_sim_advance(world.sim, second);
        EXPECT_EQ(world.results.size(), 6u);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 0u);
        EXPECT_EQ(world.counts().failed, 12u);
        EXPECT_EQ(world.counts().in_flight, 0u);
        leat_sim_provider_mend(world.provider);
        world.forget(world.batch);
        world.results.clear();
        world.open_batch();
        world.submit_all(2);
        world.run();
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 2u);
        EXPECT_EQ(world.counts().answered, 2u);
    }
}

TEST(Provider, who_hangs_up_leaves_its_place) {
    leat_sim_provider_config config = plain_provider();
    config.limits.concurrency_max = 1;
    ProviderWorld world(config);
    world.open_batch();
    world.submit_all(1);
    world.run_until(world.now() + second);
    EXPECT_EQ(world.counts().in_flight, 1u);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_HARD), LEAT_OK);
    world.run();
    leat_sim_advance(world.sim, second);
    EXPECT_EQ(world.counts().in_flight, 0u);
    EXPECT_EQ(world.counts().answered, 0u);
}

TEST(Provider, sends_within_a_wait_are_counted_and_others_are_not) {
    for (uint32_t cut_ms : {120000u, 100u}) {
        leat_sim_provider_config config = plain_provider();
        config.wait = LEAT_SIM_WAIT_SECONDS;
        config.limits.requests_per_minute = 6;
        config.burst_ms = 0;
        ProviderWorld world(config);
        world.setup.endpoint.cooldown.retry_after_max_ms = cut_ms;
        world.setup.endpoint.cooldown.retries_max = 1000;
        world.exchange(5);
        EXPECT_EQ(world.count(LEAT_SUCCEEDED), 5u);
        EXPECT_EQ(world.counts().paused_sends > 0, cut_ms == 100) << cut_ms;
    }
}

TEST(Provider, other_paths_are_not_there) {
    ProviderWorld world(plain_provider());
    world.setup.endpoint.provider = LEAT_STR("anthropic");
    world.exchange(1);
    EXPECT_EQ(world.only().http_status, 404);
    EXPECT_EQ(world.counts().requests, 0u);
}

uint64_t trace_of(uint64_t seed) {
    leat_sim_provider_config config = plain_provider();
    config.told = LEAT_SIM_TOLD_OPENAI;
    config.wait = LEAT_SIM_WAIT_MILLISECONDS;
    config.burst_ms = 1000;
    config.first_byte_ms.sigma = 0.3;
    config.output_tokens.sigma = 0.6;
    config.token_us.sigma = 0.1;
    config.limits.requests_per_minute = 600;
    config.limits.concurrency_max = 8;
    config.server_error_chance = 0.05;
    config.reset_chance = 0.05;
    Options with;
    with.sim.seed = seed;
    with.endpoint.max_in_flight = 12;
    ProviderWorld world(config, with);
    world.exchange(60);
    return leat_sim_trace_hash(world.sim);
}

TEST(Provider, the_same_seed_gives_the_same_trace) {
    uint64_t all = 0;
    for (uint64_t seed = 1; seed <= 5; ++seed) {
        const uint64_t trace = trace_of(seed);
        EXPECT_EQ(trace, trace_of(seed));
        all = all * 31 + trace;
    }
    EXPECT_NE(trace_of(1), trace_of(2));
    // Other compilers and other optimisation must print the same number.
    printf("traces %016llx\n", static_cast<unsigned long long>(all));
}

TEST(Provider, opens_only_what_makes_sense) {
    World world;
    leat_sim_provider_config config = plain_provider();
    leat_sim_provider* provider = nullptr;
    alignas(16) static char memory[8192];
    ASSERT_LE(leat_sim_provider_bytes(), sizeof memory);
    const auto open = [&](size_t bytes) {
        return leat_sim_provider_open(memory, bytes, world.sim, &config, &provider);
    };
    EXPECT_EQ(open(leat_sim_provider_bytes()), LEAT_OK);
    EXPECT_EQ(open(leat_sim_provider_bytes() - 1), LEAT_E_ARGUMENT);
    config.reset_chance = 2;
    EXPECT_EQ(open(sizeof memory), LEAT_E_CONFIG);
    config.struct_size = 1;
    EXPECT_EQ(open(sizeof memory), LEAT_E_STRUCT_SIZE);
}

}  // namespace
}  // namespace sim_test
