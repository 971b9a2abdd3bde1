// tests/sim/relief_test.cc: while the first target is known to be down, or pauses after a 429, items that
// wait for it go to a fallback at once; one at a time still asks whether it is back.
// Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

// a.test is the first choice, b.test the fallback; a request's Host tells where it came to.
class Pair {
public:
    Pair() {
        world.setup.config.endpoints_max = 2;
        world.respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            const std::string host = copy(leat_sim_request_header(&request, LEAT_STR("host")));
            const bool is_first = host.substr(0, 1) == "a";
            ++(is_first ? first : second);
            if (is_first) answer(response);
        };
        world.add_host("10.0.1.1", 80);
        world.name("a.test", "10.0.1.1");
        world.add_host("10.0.1.2", 80);
        world.name("b.test", "10.0.1.2");
    }
    void run(uint32_t items, uint32_t fall_on) {
        world.setup.endpoint.base_url = LEAT_STR("http://a.test/v1");
        world.open();
        leat_target targets[2] = {};
        targets[0].endpoint = world.endpoint;
        world.setup.endpoint.base_url = LEAT_STR("http://b.test/v1");
        ASSERT_EQ(leat_endpoint_add(world.client, &world.setup.endpoint, &targets[1].endpoint),
                  LEAT_OK);
        targets[1].rank = 1;
        targets[1].fall_on = fall_on;
        leat_batch_config config = world.batch_config();
        config.targets = targets;
        config.targets_count = 2;
        world.open_batch(config);
        world.submit_all(items);
        world.run();
    }

    World world;
    std::function<void(leat_sim_response&)> answer;
    uint32_t first = 0;
    uint32_t second = 0;
};

void refuse(leat_sim_response& response, int32_t status) {
    response.status = status;
    response.body = {"{}", 2};
}

TEST(Relief, nobody_waits_for_a_service_that_is_down_G34) {
    Pair pair;
    pair.answer = [](leat_sim_response& response) { refuse(response, 503); };
    pair.run(200, 0);
    const leat_summary summary = pair.world.summary();
    EXPECT_EQ(summary.succeeded, 200u);
    EXPECT_EQ(summary.fallbacks, 200u);
    EXPECT_EQ(pair.second, 200u);
    EXPECT_LT(pair.first, 60u);
    EXPECT_LT(summary.wall_ms, 30000.0);
}

TEST(Relief, a_pause_sends_them_on_when_the_fallback_is_for_rate_limits) {
    Pair pair;
    pair.answer = [](leat_sim_response& response) { refuse(response, 429); };
    pair.run(200, LEAT_ON_RATE_LIMIT);
    const leat_summary summary = pair.world.summary();
    EXPECT_EQ(summary.succeeded, 200u);
    EXPECT_EQ(pair.second, 200u);
    EXPECT_LT(summary.wall_ms, 5000.0);
}

TEST(Relief, a_pause_is_waited_for_when_it_is_not) {
    Pair pair;
    uint32_t asked = 0;
    pair.answer = [&asked](leat_sim_response& response) {
        if (++asked <= 1) refuse(response, 429);
    };
    pair.run(50, 0);
    EXPECT_EQ(pair.world.summary().succeeded, 50u);
    EXPECT_EQ(pair.second, 0u);
}

}  // namespace
}  // namespace sim_test
