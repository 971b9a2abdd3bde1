// tests/torture/torture_test.cc: the Nth call of each port function fails, once and for ever, over
// scenarios that use all of leat. No crash, no leak, no lost and no double result; and after the
// fault the same client works again. Depends on tests/sim/sim_world.h.
#include "sim/provider_formats.h"
#include "sim/sim_world.h"

namespace sim_test {
namespace {

struct Scenario {
    const char* name;
    bool tls;
    void (*prepare)(World* world);
    void (*configure)(leat_batch_config* config);
    bool keeps_answers = false;  // when the fault is over, too
};

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

void answers_vary(World* world) {
    world->respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number % 5 == 1) response.status = 500;
        if (request.number % 5 == 3) response.framing = LEAT_SIM_CHUNKED;
    };
}

void bytes_are_cut(World* world) {
    leat_sim_host_link(world->host)->read_chunks = LEAT_SIM_RANDOM;
    leat_sim_host_link(world->host)->write_chunks = LEAT_SIM_RANDOM;
    leat_sim_host_link(world->host)->send_buffer_bytes = 200;
}

void connections_die(World* world) {
    world->respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number % 3 == 0) response.fault = LEAT_SIM_FAULT_CLOSE_AFTER;
        if (request.number % 3 == 1) response.close = 1;
    };
}

void limits_bite(World* world) {
    world->setup.endpoint.requests_per_minute = 600;
    world->respond = [](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number % 4 != 2) return;
        response.status = 429;
        response.headers[0] = {LEAT_STR("Retry-After"), LEAT_STR("1")};
        response.headers_count = 1;
    };
}

void few_of_everything(World* world) {
    world->setup.config.items_max = 2;
    world->setup.config.connections_max = 1;
    world->setup.config.ring_entries = 32;
}

// Answers are streams of that format, in pieces; now and then one that breaks off.
template <size_t Format>
void streams_of(World* world) {
    static const std::string stream = provider_formats()[Format].stream();
    const ProviderFormat& format = provider_formats()[Format];
    world->setup.endpoint.provider = {format.provider, strlen(format.provider)};
    world->respond = [&format](const leat_sim_request& request, leat_sim_response& response) {
        response.headers[0] = {LEAT_STR("Content-Type"),
                               {format.stream_type, strlen(format.stream_type)}};
        response.headers_count = 1;
        response.framing = LEAT_SIM_CHUNKED;
        response.body = view(stream);
        response.piece_bytes = 300;
        response.gap_ns = ms;
        if (request.number % 4 == 1) response.body.size = stream.size() / 2;
    };
}

void nothing(World*) {}
void plain(leat_batch_config*) {}
void ordered(leat_batch_config* config) { config->order = LEAT_ORDER_INPUT; }
void fails_fast(leat_batch_config* config) { config->on_failure = LEAT_ON_FAILURE_FAIL_FAST; }
void retries(leat_batch_config* config) { config->retry_failed = LEAT_RETRY_FAILED_ANY; }
void short_time(leat_batch_config* config) { config->deadline_ms = 2000; }
void listens(leat_batch_config* config) {
    config->on_token = [](void*, const leat_token* token) { EXPECT_GT(token->piece.size, 0u); };
}

const Scenario scenarios[] = {
    {"plain", false, nothing, plain},
    {"tls", true, nothing, plain},
    {"varied_answers", false, answers_vary, plain},
    {"cut_bytes", false, bytes_are_cut, ordered},
    {"cut_tls_bytes", true, bytes_are_cut, plain},
    {"dying_connections", false, connections_die, plain},
    {"dying_tls_connections", true, connections_die, retries},
    {"limits", false, limits_bite, plain},
    {"few_of_everything", true, few_of_everything, ordered},
    {"fail_fast", false, answers_vary, fails_fast},
    {"deadline", true, answers_vary, short_time},
    {"openai_streams", false, streams_of<0>, listens, true},
    {"responses_streams", true, streams_of<1>, listens, true},
    {"anthropic_streams", false, streams_of<2>, listens, true},
    {"gemini_streams", true, streams_of<3>, listens, true},
    {"ollama_streams", false, streams_of<4>, listens, true},
};

const char* const call_names[LEAT_SIM_CALLS_COUNT] = {
    "poller_open", "poller_add",    "poller_wait", "stream_open",   "stream_finish",
    "stream_read", "stream_write",  "tls_open",    "tls_start",     "tls_handshake",
    "tls_read",    "tls_write",     "tls_flush",   "resolve",       "entropy_fill"};

Options setup_of(const Scenario& scenario) {
    Options setup;
    setup.tls = scenario.tls;
    setup.endpoint.max_in_flight = 3;
    setup.endpoint.retry.backoff_initial_ms = 20;
    setup.endpoint.timeouts.attempt_ms = 3000;
    setup.endpoint.timeouts.connect_ms = 1000;
    setup.endpoint.cooldown.initial_ms = 1000;
    setup.config.seed = 3;
    return setup;
}

constexpr size_t items = 8;

// A run with the nth call failing. False when there was no nth call.
bool run_with_fault(const Scenario& scenario, leat_sim_call call, uint64_t nth, bool forever) {
    World world(setup_of(scenario));
    scenario.prepare(&world);
    leat_sim_fail(world.sim, call, nth, forever ? 1 : 0, LEAT_OK);
    const leat_status opened = world.open_client();
    bool reached = leat_sim_calls(world.sim, call) >= nth;
    if (opened != LEAT_OK) {
        EXPECT_TRUE(reached) << leat_status_name(opened);
        return reached;
    }
    leat_batch_config config = world.batch_config();
    scenario.configure(&config);
    world.open_batch(config);
    world.submit_all(items);
    const bool dead_poller = call == LEAT_SIM_POLLER_WAIT && forever;
    if (dead_poller) {
        for (int n = 0; n < 200; ++n) (void)world.step(world.now() + second);
        leat_sim_fail(world.sim, call, 0, 0, LEAT_OK);
    }
    world.run(600 * second, 200000);
    EXPECT_EQ(world.results.size(), items);
    reached = leat_sim_calls(world.sim, call) >= nth;
    // Later, without the fault, the same client works.
    leat_sim_fail(world.sim, call, 0, 0, LEAT_OK);
    if (!scenario.keeps_answers) world.respond = {};
    leat_batch_close(world.batch);
    world.forget(world.batch);
    world.results.clear();
    leat_batch_config later = world.batch_config();
    if (scenario.keeps_answers) scenario.configure(&later);
    world.open_batch(later);
    world.submit_all(4);
    world.run(700 * second, 200000);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 4u) << "later, without the fault";
    return reached;
}

class Torture : public testing::TestWithParam<std::tuple<Scenario, int>> {};

TEST_P(Torture, every_nth_failure_is_survived) {
    const Scenario& scenario = std::get<0>(GetParam());
    const leat_sim_call call = static_cast<leat_sim_call>(std::get<1>(GetParam()));
    for (bool forever : {false, true}) {
        // The first calls one by one, later ones in growing strides.
        uint64_t nth = 1;
        for (int round = 0; round < 40; ++round) {
            const bool reached = run_with_fault(scenario, call, nth, forever);
            if (HasFailure()) FAIL() << "call " << nth << (forever ? " for ever" : " once");
            if (!reached) break;
            nth += nth < 12 ? 1 : nth / 6;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(ports, Torture,
                         testing::Combine(testing::ValuesIn(scenarios),
                                          testing::Range(0, int{LEAT_SIM_CALLS_COUNT})),
                         [](const testing::TestParamInfo<Torture::ParamType>& one) {
                             return std::string(std::get<0>(one.param).name) + "_" +
                                    call_names[std::get<1>(one.param)];
                         });

}  // namespace
}  // namespace sim_test
