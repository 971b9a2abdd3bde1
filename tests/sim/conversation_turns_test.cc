// tests/sim/conversation_turns_test.cc: many chains beside each other and beside the rest of the engine:
// slots, second tries, fallbacks, several batches, closing. Depends on chains.h.
#include "sim/chains.h"

namespace sim_test {
namespace {

TEST(History, many_chains_run_side_by_side_each_in_order) {
    Chains chains(50);
    chains.world.setup.config.items_max = 64;
    chains.world.setup.config.connections_max = 64;
    chains.world.setup.endpoint.max_in_flight = 50;
    std::vector<leat_conversation*> all;
    for (int c = 0; c < 50; ++c) all.push_back(chains.open(LEAT_HISTORY_SEQUENTIAL));
    uint32_t most = 0;
    chains.world.after_step = [&] { most = std::max(most, chains.world.stats().in_flight); };
    for (int i = 0; i < 6; ++i) {
        for (size_t c = 0; c < 50; ++c) {
            chains.say(all[c], "c" + std::to_string(c) + "i" + std::to_string(i));
        }
    }
    const uint64_t begin_ns = chains.world.now();
    chains.finish();
    EXPECT_EQ(chains.world.count(LEAT_SUCCEEDED), 300u);
    EXPECT_GE(most, 45u);
    EXPECT_LT(chains.world.now() - begin_ns, 400 * ms) << "300 items of 20 ms, one by one, take 6 s";
    for (size_t c = 0; c < 50; ++c) {
        std::string expected;
        for (int i = 0; i < 6; ++i) {
            const std::string p = "c" + std::to_string(c) + "i" + std::to_string(i);
            expected += std::string(i == 0 ? "" : " ") + "user:" + p + " assistant:" + p + "!";
        }
        EXPECT_EQ(Chains::transcript(all[c]), expected);
    }
}

TEST(History, a_long_chain_leaves_half_of_the_slots_to_others) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    leat_batch* const slow = chains.world.open_batch();
    chains.answer = [&](const std::string& prompt, leat_sim_response& response) {
        response.delay_ns = prompt == "quick" ? ms : second;
    };
    for (int i = 0; i < 100; ++i) chains.say(chain, "slow");
    leat_batch_finish(slow);
    chains.world.run_until(chains.world.now() + 100 * ms);
    EXPECT_EQ(chains.world.stats().items_alive, 9u) << "one out, and half of 16 behind it";
    leat_batch* const quick = chains.world.open_batch();
    for (int i = 0; i < 20; ++i) chains.say(nullptr, "quick");
    chains.finish();
    EXPECT_EQ(chains.world.results.size(), 20u) << "before the chain's first one";
    chains.world.batch = slow;
    chains.world.run();
    EXPECT_EQ(chains.world.count(LEAT_SUCCEEDED), 120u);
    (void)quick;
}

TEST(History, one_slot_is_enough_for_a_chain) {
    Chains chains;
    chains.world.setup.config.items_max = 1;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    for (const char* prompt : {"a", "b", "c"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(Chains::transcript(chain), "user:a assistant:a! user:b assistant:b! user:c assistant:c!");
}

TEST(History, no_second_try_beside_an_item_of_a_chain) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    leat_batch_config config = chains.world.batch_config();
    config.hedge.percentile = 0.5;
    config.hedge.share_percent = 100;
    chains.world.open_batch(config);
    chains.answer = [&](const std::string& prompt, leat_sim_response& response) {
        if (prompt == "slow") response.delay_ns = 20 * second;
    };
    for (int i = 0; i < 30; ++i) chains.say(nullptr, "quick");
    chains.say(chain, "slow");
    chains.say(chain, "next");
    chains.finish();
    EXPECT_EQ(chains.world.summary().hedges, 0u);
    EXPECT_EQ(Chains::transcript(chain), "user:slow assistant:slow! user:next assistant:next!");
}

TEST(History, P7_a_second_try_beside_a_shared_item_sees_the_same) {
    Chains chains;
    leat_conversation* const shared = chains.open(LEAT_HISTORY_SHARED, "S");
    leat_batch_config config = chains.world.batch_config();
    config.hedge.percentile = 0.5;
    config.hedge.share_percent = 100;
    chains.world.open_batch(config);
    uint64_t asked = 0;
    chains.answer = [&](const std::string& prompt, leat_sim_response& response) {
        if (prompt == "slow" && ++asked == 1) response.delay_ns = 20 * second;
    };
    for (int i = 0; i < 30; ++i) chains.say(nullptr, "quick");
    chains.say(shared, "slow");
    chains.finish();
    EXPECT_EQ(chains.world.summary().hedges, 1u);
    EXPECT_EQ(asked, 2u);
    EXPECT_EQ(chains.seen.back(), "system:S user:slow");
    EXPECT_EQ(chains.state(shared).items, 0u);
}

TEST(History, closing_a_batch_ends_those_that_wait_for_their_turn) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    chains.answer = [&](const std::string&, leat_sim_response& response) { response.delay_ns = second; };
    for (int i = 0; i < 40; ++i) chains.say(chain, "p");
    leat_batch* const batch = chains.world.batch;
    leat_batch_finish(batch);
    chains.world.run_until(chains.world.now() + 1500 * ms);
    EXPECT_EQ(leat_conversation_close(chain), LEAT_E_STATE);
    EXPECT_EQ(leat_conversation_clear(chain), LEAT_E_STATE);
    const leat_message message{};
    EXPECT_EQ(leat_conversation_append(chain, &message, 1), LEAT_E_STATE);
    leat_batch_close(batch);
    chains.world.forget(batch);
    EXPECT_EQ(chains.world.results.size(), 40u);
    EXPECT_EQ(chains.world.count(LEAT_SUCCEEDED), 1u);
    EXPECT_EQ(chains.state(chain).items, 0u);
    EXPECT_EQ(Chains::transcript(chain), "user:p assistant:p!");
    EXPECT_EQ(leat_conversation_close(chain), LEAT_OK);
}

TEST(History, a_fallback_is_shown_the_same_history) {
    Chains chains;
    chains.world.setup.config.endpoints_max = 2;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    chains.world.add_host("10.0.0.2", 80);
    chains.world.name("b.test", "10.0.0.2");
    leat_endpoint_config second_config = chains.world.setup.endpoint;
    second_config.base_url = LEAT_STR("http://b.test/v1");
    leat_target targets[2] = {};
    targets[0].endpoint = chains.world.endpoint;
    targets[1].rank = 1;
    ASSERT_EQ(leat_endpoint_add(chains.world.client, &second_config, &targets[1].endpoint), LEAT_OK);
    leat_batch_config config = chains.world.batch_config();
    config.targets = targets;
    config.targets_count = 2;
    chains.world.open_batch(config);
    uint64_t asked = 0;
    chains.answer = [&](const std::string& prompt, leat_sim_response& response) {
        if (prompt == "a" && ++asked == 1) response.status = 401;  // ends the endpoint
    };
    for (const char* prompt : {"a", "b", "c"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.world.summary().fallbacks, 3u) << "those that waited for their turn as well";
    EXPECT_EQ(chains.seen.back(), "user:a assistant:a! user:b assistant:b! user:c");
}

TEST(History, one_chain_may_run_through_two_batches) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    leat_batch* const first = chains.world.open_batch();
    chains.say(chain, "a");
    chains.say(chain, "b");
    leat_batch_finish(first);
    chains.world.run_until(chains.world.now() + 5 * ms);
    chains.world.open_batch();
    chains.say(chain, "c");
    chains.finish();
    EXPECT_EQ(chains.seen.back(), "user:a assistant:a! user:b assistant:b! user:c");
    chains.world.batch = first;
    chains.world.run();
}

TEST(History, a_batch_may_give_the_conversation_to_all_and_a_source_bring_the_items) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    leat_request defaults;
    leat_request_init(&defaults);
    defaults.conversation = chain;
    leat_batch_config config = chains.world.batch_config();
    config.defaults = &defaults;
    config.source = [](void* user, leat_request* request) -> leat_status {
        World* const world = static_cast<World*>(user);
        uint64_t& brought = world->accepted[world->batch];
        if (brought == 40) return LEAT_E_DONE;
        request->prompt = world->keep("p" + std::to_string(brought++));
        return LEAT_OK;
    };
    chains.world.open_batch(config);
    chains.world.run();
    EXPECT_EQ(chains.world.count(LEAT_SUCCEEDED), 40u);
    EXPECT_EQ(chains.state(chain).messages, 80u);
    EXPECT_EQ(chains.state(chain).items, 0u);
}

}  // namespace
}  // namespace sim_test
