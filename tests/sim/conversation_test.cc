// tests/sim/conversation_test.cc: histories: shared by items that do not see each other, or a chain in
// which each sees what succeeded before it. The service answers "<prompt>!" and the requests tell what it
// was shown. Depends on sim_world.h.
#include <algorithm>
#include <set>

#include "sim/sim_world.h"

namespace sim_test {
namespace {

// What a request shows of a conversation: "system:S user:a assistant:a! user:b".
std::string shown(const std::string& body) {
    std::string out;
    const std::string role = "{\"role\":\"", content = "\"content\":\"";
    for (size_t at = body.find(role); at != std::string::npos; at = body.find(role, at + 1)) {
        const size_t from = at + role.size();
        const size_t begin = body.find(content, from) + content.size();
        if (!out.empty()) out += ' ';
        out += body.substr(from, body.find('"', from) - from) + ":" +
               body.substr(begin, body.find('"', begin) - begin);
    }
    return out;
}

// The last thing that the user says in a request.
std::string prompt_of(const std::string& body) {
    const std::string all = shown(body);
    const size_t at = all.rfind("user:");
    return at == std::string::npos ? "" : all.substr(at + 5);
}

class Chains {
public:
    explicit Chains(uint32_t conversations_max = 4) {
        world.setup.config.conversations_max = conversations_max;
        world.setup.config.ring_entries = 1024;
        world.setup.endpoint.retry.backoff_initial_ms = 10;
        world.setup.endpoint.cooldown.initial_ms = 100;
        world.setup.endpoint.retry.quota = 0;
        world.respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            const std::string body = copy(request.body);
            response.delay_ns = 20 * ms;
            response.body = world.keep(completion(prompt_of(body) + "!"));
            if (answer) answer(prompt_of(body), response);
            if (response.status == 200) seen.push_back(shown(body));
        };
    }
    leat_conversation* open(leat_history mode, const std::string& system = "",
                            leat_history_full on_full = LEAT_HISTORY_FULL_FAIL, uint64_t tokens_max = 0) {
        if (world.client == nullptr) world.open();
        leat_message first{};
        first.role = LEAT_STR("system");
        first.content = view(system);
        leat_conversation_config config;
        leat_conversation_config_init(&config);
        config.mode = mode;
        config.on_full = on_full;
        config.tokens_max = tokens_max;
        config.messages = &first;
        config.messages_count = system.empty() ? 0 : 1;
        leat_conversation* opened = nullptr;
        EXPECT_EQ(leat_conversation_open(world.client, &config, &opened), LEAT_OK);
        return opened;
    }
    void say(leat_conversation* conversation, const std::string& prompt,
             std::function<void(leat_request*)> adjust = {}) {
        ASSERT_EQ(world.submit(prompt,
                               [&](leat_request* request) {
                                   request->conversation = conversation;
                                   if (adjust) adjust(request);
                               }),
                  LEAT_OK);
    }
    void finish() {
        leat_batch_finish(world.batch);
        world.run();
    }
    static std::string transcript(const leat_conversation* conversation) {
        const leat_message* list = nullptr;
        uint32_t count = 0;
        leat_conversation_messages(conversation, &list, &count);
        std::string out;
        for (uint32_t i = 0; i < count; ++i) {
            out += (i == 0 ? "" : " ") + copy(list[i].role) + ":" + copy(list[i].content);
        }
        return out;
    }
    leat_conversation_state state(const leat_conversation* conversation) const {
        leat_conversation_state out{};
        leat_conversation_get_state(conversation, &out);
        return out;
    }
    leat_status status_of(const std::string& id) const {
        for (const Result& result : world.results) {
            if (result.id == id) return result.status;
        }
        return LEAT_E_NOT_FOUND;
    }

    World world;
    std::function<void(const std::string& prompt, leat_sim_response&)> answer;
    std::vector<std::string> seen;  // what each request showed that got its answer
};

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
        for (int c = 0; c < 50; ++c) {
            chains.say(all[c], "c" + std::to_string(c) + "i" + std::to_string(i));
        }
    }
    const uint64_t begin_ns = chains.world.now();
    chains.finish();
    EXPECT_EQ(chains.world.count(LEAT_SUCCEEDED), 300u);
    EXPECT_GE(most, 45u);
    EXPECT_LT(chains.world.now() - begin_ns, 400 * ms) << "300 items of 20 ms, one by one, take 6 s";
    for (int c = 0; c < 50; ++c) {
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

TEST(History, a_full_conversation_fails_its_item_before_it_is_sent_where_that_shows) {
    Chains chains;
    chains.world.setup.config.conversation_messages_max = 4;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    for (const char* prompt : {"a", "b", "c"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.status_of("b"), LEAT_OK) << "4 messages have room";
    EXPECT_EQ(chains.status_of("c"), LEAT_E_CONVERSATION_FULL);
    EXPECT_EQ(chains.world.requests.size(), 2u);
    EXPECT_EQ(Chains::transcript(chain), "user:a assistant:a! user:b assistant:b!");
}

TEST(History, a_reply_that_has_no_room_stays_in_its_result_and_leaves_no_trace) {
    Chains chains;
    chains.world.setup.config.conversation_bytes = 1024;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    chains.answer = [&](const std::string& prompt, leat_sim_response& response) {
        if (prompt == "long") response.body = chains.world.keep(completion(std::string(1100, 'x')));
    };
    for (const char* prompt : {"a", "long", "b"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.status_of("long"), LEAT_E_CONVERSATION_FULL);
    EXPECT_EQ(chains.world.results[1].text, std::string(1100, 'x'));
    EXPECT_EQ(Chains::transcript(chain), "user:a assistant:a! user:b assistant:b!");
    EXPECT_EQ(chains.world.summary().usage_failed.total_tokens, 10) << "it was paid for";
}

TEST(History, the_oldest_turns_go_when_they_may) {
    Chains chains;
    chains.world.setup.config.conversation_messages_max = 5;
    leat_conversation* const chain =
        chains.open(LEAT_HISTORY_SEQUENTIAL, "S", LEAT_HISTORY_FULL_DROP_OLDEST);
    for (const char* prompt : {"a", "b", "c", "d"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.world.count(LEAT_SUCCEEDED), 4u);
    EXPECT_EQ(chains.seen.back(), "system:S user:b assistant:b! user:c assistant:c! user:d");
    EXPECT_EQ(Chains::transcript(chain), "system:S user:c assistant:c! user:d assistant:d!");
    EXPECT_EQ(chains.state(chain).dropped, 4u);
    EXPECT_EQ(chains.state(chain).turns, 4u);
}

TEST(History, M15_older_turns_are_left_out_of_a_request_that_would_have_too_many_tokens) {
    Chains whole;
    leat_conversation* const unbounded = whole.open(LEAT_HISTORY_SEQUENTIAL, "Be short.");
    for (const char* prompt : {"aa", "bb"}) whole.say(unbounded, prompt);
    whole.finish();
    const uint64_t tokens = whole.state(unbounded).tokens;
    for (const uint64_t more : {0u, 1u, 60u}) {
        Chains chains;
        leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL, "Be short.",
                                                     LEAT_HISTORY_FULL_DROP_OLDEST, tokens + more);
        for (const char* prompt : {"aa", "bb", "cc"}) chains.say(chain, prompt);
        chains.finish();
        EXPECT_EQ(chains.seen.back(),
                  more == 60 ? "system:Be short. user:aa assistant:aa! user:bb assistant:bb! user:cc"
                             : "system:Be short. user:bb assistant:bb! user:cc");
        EXPECT_EQ(chains.state(chain).messages, 7u) << "the conversation keeps them";
    }
    Chains chains;
    leat_conversation* const chain =
        chains.open(LEAT_HISTORY_SEQUENTIAL, "Be short.", LEAT_HISTORY_FULL_FAIL, tokens);
    for (const char* prompt : {"aa", "bb", "cc"}) chains.say(chain, prompt);
    chains.finish();
    EXPECT_EQ(chains.status_of("cc"), LEAT_E_CONVERSATION_FULL);
}

TEST(History, M15_nine_tenths_are_told_once) {
    Chains chains;
    chains.world.setup.config.conversation_messages_max = 20;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    const auto warnings = [&] {
        const std::string log = copy(leat_sim_log(chains.world.sim));
        size_t found = 0;
        for (size_t at = log.find("nine tenths"); at != std::string::npos; at = log.find("nine tenths", at + 1)) {
            ++found;
        }
        return found;
    };
    for (int i = 0; i < 9; ++i) chains.say(chain, "p");
    chains.finish();
    EXPECT_EQ(chains.state(chain).nearly_full, 0) << "18 of 20 are nine tenths, not more";
    EXPECT_EQ(warnings(), 0u);
    chains.world.open_batch();
    for (int i = 0; i < 3; ++i) chains.say(chain, "p");
    chains.finish();
    EXPECT_EQ(chains.state(chain).nearly_full, 1);
    EXPECT_EQ(warnings(), 1u);
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

TEST(History, a_pointer_that_is_no_open_conversation_is_refused) {
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL);
    leat_conversation* const closed = chains.open(LEAT_HISTORY_SHARED);
    EXPECT_EQ(leat_conversation_close(closed), LEAT_OK);
    EXPECT_EQ(leat_conversation_close(closed), LEAT_E_ARGUMENT);
    chains.world.open_batch();
    const auto submit = [&](leat_conversation* conversation, const char* body) {
        return chains.world.submit("p", [&](leat_request* r) {
            r->conversation = conversation;
            r->body_json = {body, strlen(body)};
            if (body[0] != '\0') r->prompt = leat_str{};
        });
    };
    EXPECT_EQ(submit(closed, ""), LEAT_E_NOT_FOUND);
    EXPECT_EQ(submit(reinterpret_cast<leat_conversation*>(&chains), ""), LEAT_E_NOT_FOUND);
    EXPECT_EQ(submit(reinterpret_cast<leat_conversation*>(reinterpret_cast<char*>(chain) + 1), ""),
              LEAT_E_NOT_FOUND);
    uint32_t ignored = 0;
    leat_request request;
    leat_request_init(&request);
    request.prompt = LEAT_STR("p");
    request.conversation = closed;
    EXPECT_EQ(leat_endpoint_check(chains.world.client, 0, &request, &ignored), LEAT_E_NOT_FOUND);
    request.conversation = chain;
    EXPECT_EQ(leat_endpoint_check(chains.world.client, 0, &request, &ignored), LEAT_OK);
    EXPECT_EQ(submit(chain, "{\"messages\":[]}"), LEAT_E_ARGUMENT);
    EXPECT_EQ(submit(chains.open(LEAT_HISTORY_STATELESS), "{\"messages\":[]}"), LEAT_OK);
    chains.finish();
    EXPECT_EQ(chains.state(chain).items, 0u);
}

TEST(History, conversations_max_is_exact_and_0_is_none) {
    for (const uint32_t most : {0u, 1u, 2u}) {
        World world;
        world.setup.config.conversations_max = most;
        world.open();
        leat_conversation_config config;
        leat_conversation_config_init(&config);
        leat_conversation* opened = nullptr;
        for (uint32_t i = 0; i <= most; ++i) {
            EXPECT_EQ(leat_conversation_open(world.client, &config, &opened),
                      i < most ? LEAT_OK : LEAT_E_TOO_MANY);
        }
        EXPECT_EQ(opened, nullptr);
        config.struct_size = 1;
        EXPECT_EQ(leat_conversation_open(world.client, &config, &opened), LEAT_E_STRUCT_SIZE);
        leat_conversation_config_init(&config);
        config.mode = static_cast<leat_history>(3);
        EXPECT_EQ(leat_conversation_open(world.client, &config, &opened), LEAT_E_ARGUMENT);
        leat_conversation_config_init(&config);
        config.messages_count = 1;
        EXPECT_EQ(leat_conversation_open(world.client, &config, &opened), LEAT_E_ARGUMENT);
        EXPECT_EQ(leat_conversation_close(nullptr), LEAT_E_ARGUMENT);
    }
}

TEST(History, nothing_of_a_conversation_is_left_in_the_block) {
    const std::string words = "whispered only once, long enough to be a text of its own";
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL, words);
    chains.say(chain, words);
    chains.finish();
    size_t bytes = 0;
    void* const block = leat_memory_block(chains.world.client, &bytes);
    EXPECT_NE(memmem(block, bytes, words.data(), words.size()), nullptr);
    ASSERT_EQ(leat_conversation_close(chain), LEAT_OK);
    leat_batch_close(chains.world.batch);
    chains.world.forget(chains.world.batch);
    leat_conversation* const other = chains.open(LEAT_HISTORY_SEQUENTIAL);
    EXPECT_EQ(Chains::transcript(other), "");
}

}  // namespace
}  // namespace sim_test
