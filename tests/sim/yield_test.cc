// tests/sim/yield_test.cc: endpoints of one rank that leave their turn to each other: nobody waits for
// one that cannot take it. Depends on sim_world.h. Invariant tested: a step without work waits.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

TEST(Yield, a_turn_is_not_left_to_an_endpoint_that_waits_for_a_connection) {
    World world;
    world.setup.config.connections_max = 1;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = second;
    };
    world.open();
    leat_endpoint other = 0;
    ASSERT_EQ(leat_endpoint_add(world.client, &world.setup.endpoint, &other), LEAT_OK);
    leat_target targets[2] = {};
    targets[0].endpoint = world.endpoint;
    targets[1].endpoint = other;
    targets[1].weight = 3;  // most turns are the other one's
    leat_batch_config config = world.batch_config();
    config.targets = targets;
    config.targets_count = 2;
    world.open_batch(config);
    // Item 1 is of another model, so that it waits apart from those that come after it.
    for (int i = 0; i < 4; ++i) {
        ASSERT_EQ(world.submit("x",
                               [i](leat_request* request) {
                                   if (i == 1) request->model = LEAT_STR("another");
                               }),
                  LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run(60 * second, 2000);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 4u);
    EXPECT_LE(world.steps, 100u);
}

}  // namespace
}  // namespace sim_test
