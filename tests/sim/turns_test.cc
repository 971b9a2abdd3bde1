// tests/sim/turns_test.cc: who goes next: a batch's share among batches, and lanes of its requests.
// Depends on sim_world.h.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

TEST(Share, batches_take_turns_as_their_shares_say) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    std::string order;
    world.respond = [&](const leat_sim_request& request, leat_sim_response&) {
        order += copy(request.body).find("first") != std::string::npos ? 'a' : 'b';
    };
    world.open();
    leat_batch_config config = world.batch_config();
    config.share = 3;
    leat_batch* const first = world.open_batch(config);
    for (int i = 0; i < 30; ++i) ASSERT_EQ(world.submit("first"), LEAT_OK);
    leat_batch_finish(first);
    config.share = 0;
    leat_batch* const other = world.open_batch(config);
    for (int i = 0; i < 30; ++i) ASSERT_EQ(world.submit("other"), LEAT_OK);
    leat_batch_finish(other);
    world.run();
    const std::string begin = order.substr(0, 24);
    const auto turns = std::count(begin.begin(), begin.end(), 'a');
    EXPECT_GE(turns, 17) << order;
    EXPECT_LE(turns, 19) << order;
    world.batch = first;
    world.run();
}

TEST(Lanes, urgent_requests_overtake_and_none_starves) {
    World world;
    world.setup.endpoint.max_in_flight = 1;
    std::string order;
    world.respond = [&](const leat_sim_request& request, leat_sim_response&) {
        const std::string body = copy(request.body);
        order += body.find("urgent") != std::string::npos   ? 'u'
                 : body.find("normal") != std::string::npos ? 'n'
                                                            : 'b';
    };
    world.open_batch();
    const auto submit = [&](const char* prompt, leat_lane lane) {
        ASSERT_EQ(world.submit(prompt, [&](leat_request* r) {
                      r->lane = lane;
                      r->flags = LEAT_COPY;
                  }),
                  LEAT_OK);
    };
    for (int i = 0; i < 20; ++i) submit("background", LEAT_LANE_BACKGROUND);
    for (int i = 0; i < 20; ++i) submit("normal", LEAT_LANE_NORMAL);
    for (int i = 0; i < 20; ++i) submit("urgent", LEAT_LANE_URGENT);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 60u);
    const std::string begin = order.substr(0, 18);
    EXPECT_EQ(std::count(begin.begin(), begin.end(), 'u'), 12) << order;
    EXPECT_EQ(std::count(begin.begin(), begin.end(), 'n'), 4) << order;
    EXPECT_EQ(std::count(begin.begin(), begin.end(), 'b'), 2) << order;
}

TEST(Lanes, do_not_apply_where_results_come_in_the_order_of_input) {
    World world;
    world.setup.config.items_max = 2;
    world.setup.endpoint.max_in_flight = 1;
    world.open();
    leat_batch_config config = world.batch_config();
    config.order = LEAT_ORDER_INPUT;
    world.open_batch(config);
    ASSERT_EQ(world.submit("last", [](leat_request* r) { r->lane = LEAT_LANE_BACKGROUND; }), LEAT_OK);
    for (int i = 0; i < 30; ++i) {
        ASSERT_EQ(world.submit("x", [](leat_request* r) { r->lane = LEAT_LANE_URGENT; }), LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 31u);
}

}  // namespace
}  // namespace sim_test
