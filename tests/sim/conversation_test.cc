// tests/sim/conversation_test.cc: histories: shared by items that do not see each other, or a chain in
// which each sees what succeeded before it; failures leave no trace. Depends on chains.h.
#include "sim/chains.h"

namespace sim_test {
namespace {

TEST(History, P6_P7_shared_items_see_the_same_prefix_and_not_each_other) {
    Chains chains;
    leat_conversation* const shared = chains.open(LEAT_HISTORY_SHARED, "S");
    uint32_t most = 0;
    chains.world.after_step = [&] { most = std::max(most, chains.world.stats().in_flight); };
    for (const char* prompt : {"a", "b", "c", "d"}) chains.say(shared, prompt);
    chains.finish();
    std::sort(chains.seen.begin(), chains.seen.end());
    EXPECT_EQ(chains.seen, (std::vector<std::string>{"system:S user:a", "system:S user:b",
                                                     "system:S user:c", "system:S user:d"}));
    EXPECT_EQ(most, 4u) << "P4: all at once";
    EXPECT_EQ(Chains::transcript(shared), "system:S") << "P11: as it was";
}

TEST(History, P6_without_a_conversation_nothing_is_sent_before_the_prompt) {
    Chains chains;
    (void)chains.open(LEAT_HISTORY_SHARED, "S");
    chains.say(nullptr, "a");
    chains.finish();
    EXPECT_EQ(chains.seen, std::vector<std::string>{"user:a"});
}

TEST(History, P8_P9_each_sees_all_that_succeeded_before_it) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL, "S");
    uint32_t most = 0;
    chains.world.after_step = [&] { most = std::max(most, chains.world.stats().in_flight); };
    for (const char* prompt : {"a", "b", "c"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.seen,
              (std::vector<std::string>{"system:S user:a", "system:S user:a assistant:a! user:b",
                                        "system:S user:a assistant:a! user:b assistant:b! user:c"}));
    EXPECT_EQ(most, 1u) << "P4: one at a time";
    EXPECT_EQ(Chains::transcript(chain),
              "system:S user:a assistant:a! user:b assistant:b! user:c assistant:c!");
    EXPECT_EQ(chains.state(chain).turns, 3u);
    EXPECT_EQ(chains.state(chain).items, 0u);
}

TEST(History, P8_stateless_items_go_one_after_the_other_each_on_its_own) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_STATELESS, "S");
    uint32_t most = 0;
    chains.world.after_step = [&] { most = std::max(most, chains.world.stats().in_flight); };
    for (const char* prompt : {"a", "b", "c"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.seen, (std::vector<std::string>{"user:a", "user:b", "user:c"}));
    EXPECT_EQ(most, 1u);
    EXPECT_EQ(Chains::transcript(chain), "system:S");
}

TEST(History, P8_the_order_is_kept_through_latencies_429s_and_500s) {
    Chains chains;
    chains.world.setup.endpoint.retry.attempts_max = 8;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    uint64_t state = 12345;
    chains.answer = [&](const std::string&, leat_sim_response& response) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const uint64_t draw = state >> 33;
        response.delay_ns = draw % 400 * ms;
        if (draw % 5 == 0) response.status = 500;
        if (draw % 7 == 0) response.status = 429;
    };
    std::string expected;
    for (int i = 0; i < 30; ++i) {
        const std::string prompt = "p" + std::to_string(i);
        chains.say(chain, prompt);
        expected += std::string(i == 0 ? "" : " ") + "user:" + prompt + " assistant:" + prompt + "!";
    }
    chains.finish();
    EXPECT_EQ(chains.world.count(LEAT_SUCCEEDED), 30u);
    EXPECT_GT(chains.world.requests.size(), 35u) << "there were failures";
    EXPECT_EQ(Chains::transcript(chain), expected);
    for (size_t i = 0; i < chains.world.results.size(); ++i) {
        EXPECT_EQ(chains.world.results[i].index, i);
    }
}

TEST(History, P10_a_failed_item_leaves_no_trace) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    chains.answer = [&](const std::string& prompt, leat_sim_response& response) {
        if (prompt == "bad") response.status = 400;
        if (prompt == "none") response.body = LEAT_STR("{\"choices\":");
    };
    for (const char* prompt : {"a", "bad", "b", "none", "c"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.status_of("bad"), LEAT_E_INVALID_REQUEST);
    EXPECT_EQ(chains.status_of("none"), LEAT_E_PARSE);
    EXPECT_EQ(chains.seen.back(), "user:a assistant:a! user:b assistant:b! user:c");
    EXPECT_EQ(Chains::transcript(chain), "user:a assistant:a! user:b assistant:b! user:c assistant:c!");
}

TEST(History, P10_with_fail_fast_later_prompts_are_never_sent) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    leat_batch_config config = chains.world.batch_config();
    config.on_failure = LEAT_ON_FAILURE_FAIL_FAST;
    chains.world.open_batch(config);
    chains.answer = [&](const std::string& prompt, leat_sim_response& response) {
        if (prompt == "bad") response.status = 400;
    };
    for (const char* prompt : {"a", "bad", "b", "c"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.world.requests.size(), 2u);
    EXPECT_EQ(chains.status_of("b"), LEAT_E_ABORTED);
    EXPECT_EQ(chains.status_of("c"), LEAT_E_ABORTED);
    EXPECT_EQ(Chains::transcript(chain), "user:a assistant:a!");
    EXPECT_EQ(chains.state(chain).items, 0u);
}

TEST(History, P10_cancelled_items_and_late_ones_leave_no_trace) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    chains.answer = [&](const std::string&, leat_sim_response& response) { response.delay_ns = second; };
    chains.say(chain, "a");
    chains.say(chain, "out", [](leat_request* r) { r->deadline_ms = 60000; });
    chains.say(chain, "queued");
    chains.say(chain, "late", [](leat_request* r) { r->deadline_ms = 500; });
    chains.say(chain, "b");
    leat_batch_finish(chains.world.batch);
    chains.world.run_until(chains.world.now() + 200 * ms);
    EXPECT_EQ(chains.state(chain).items, 5u);
    EXPECT_EQ(leat_item_cancel(chains.world.batch, 2), LEAT_OK);
    chains.world.run_until(chains.world.now() + 1100 * ms);
    EXPECT_EQ(chains.status_of("queued"), LEAT_E_CANCELLED) << "at once, though another had its turn";
    EXPECT_EQ(chains.status_of("late"), LEAT_E_DEADLINE_ITEM) << "while it waited for its turn";
    EXPECT_EQ(chains.state(chain).items, 2u);
    EXPECT_EQ(leat_item_cancel(chains.world.batch, 1), LEAT_OK);
    chains.world.run();
    EXPECT_EQ(chains.status_of("out"), LEAT_E_CANCELLED);
    EXPECT_EQ(Chains::transcript(chain), "user:a assistant:a! user:b assistant:b!");
    EXPECT_EQ(chains.world.requests.size(), 3u);
}

TEST(History, P10_an_item_that_cannot_be_built_gives_its_turn_on) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    chains.say(chain, "a");
    for (int i = 0; i < 5; ++i) chains.say(chain, "\xff broken");
    chains.say(chain, "b");
    chains.finish();
    EXPECT_EQ(chains.world.count(LEAT_FAILED), 5u);
    EXPECT_EQ(Chains::transcript(chain), "user:a assistant:a! user:b assistant:b!");
}

TEST(History, P11_the_callers_own_messages_stay_and_the_transcript_may_be_adopted) {
    Chains chains;
    std::string system = "S";
    leat_conversation* const first = chains.open(LEAT_HISTORY_SEQUENTIAL, system);
    system = "#";  // it was copied
    chains.say(first, "a");
    chains.finish();
    const leat_message* list = nullptr;
    leat_conversation_config config;
    leat_conversation_config_init(&config);
    leat_conversation_messages(first, &list, &config.messages_count);
    config.messages = list;
    leat_conversation* adopted = nullptr;
    ASSERT_EQ(leat_conversation_open(chains.world.client, &config, &adopted), LEAT_OK);
    ASSERT_EQ(leat_conversation_close(first), LEAT_OK);
    EXPECT_EQ(Chains::transcript(adopted), "system:S user:a assistant:a!");
    chains.world.open_batch();
    chains.say(adopted, "b");
    chains.finish();
    EXPECT_EQ(chains.seen.back(), "system:S user:a assistant:a! user:b");
}

TEST(History, P9_a_turn_on_record_is_as_good_as_one_that_was_taken) {
    Chains chains;
    leat_conversation* const chain =
        chains.open(LEAT_HISTORY_SEQUENTIAL, "S", LEAT_HISTORY_FULL_DROP_OLDEST);
    leat_request request;
    leat_request_init(&request);
    request.prompt = LEAT_STR("a");
    EXPECT_EQ(leat_conversation_add_turn(chain, &request, LEAT_STR("a!")), LEAT_OK);
    EXPECT_EQ(leat_conversation_add_turn(chain, nullptr, LEAT_STR("a!")), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_conversation_add_turn(chain, &request, LEAT_STR("\xff")), LEAT_E_TEXT);
    chains.say(chain, "b");
    EXPECT_EQ(leat_conversation_add_turn(chain, &request, LEAT_STR("a!")), LEAT_E_STATE);
    chains.finish();
    EXPECT_EQ(chains.seen.back(), "system:S user:a assistant:a! user:b");
    EXPECT_EQ(chains.state(chain).turns, 2u);
}

TEST(History, P9_of_rounds_of_tools_only_the_prompt_and_the_last_reply_enter) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    leat_tool tool{};
    tool.name = LEAT_STR("add");
    tool.run = [](void*, const leat_tool_job* job) {
        return leat_tool_complete(job->run, LEAT_STR("4"), 0);
    };
    leat_tools tools{};
    tools.list = &tool;
    tools.count = 1;
    uint64_t asked = 0;
    chains.answer = [&](const std::string& prompt, leat_sim_response& response) {
        if (prompt != "sum" || asked++ > 0) return;
        response.body =
            LEAT_STR("{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hm\","
                     "\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"add\","
                     "\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}");
    };
    chains.say(chain, "a");
    chains.say(chain, "sum", [&](leat_request* request) { request->tools = &tools; });
    chains.say(chain, "b");
    chains.finish();
    EXPECT_EQ(asked, 2u);
    EXPECT_NE(chains.world.requests[2].body.find("\"content\":\"a!\""), std::string::npos)
        << "the history goes before the round's turns";
    EXPECT_EQ(chains.seen.back(), "user:a assistant:a! user:sum assistant:sum! user:b");
}

TEST(History, P9_of_an_answer_that_was_corrected_only_the_last_enters) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    leat_batch_config config = chains.world.batch_config();
    config.validate = [](void*, const leat_result* result, leat_str* message) -> leat_status {
        *message = LEAT_STR("too short");
        return result->text.size < 4 ? LEAT_E_REJECTED : LEAT_OK;
    };
    chains.world.open_batch(config);
    chains.answer = [&](const std::string& prompt, leat_sim_response& response) {
        const bool is_asked_again = prompt.find("too short") != std::string::npos;
        if (is_asked_again) response.body = chains.world.keep(completion("longer"));
    };
    for (const char* prompt : {"aaa", "b", "ccc"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.seen.back(), "user:aaa assistant:aaa! user:b assistant:longer user:ccc");
}

}  // namespace
}  // namespace sim_test
