// tests/sim/conversation_limits_test.cc: how much a conversation holds, what happens when it is full, and
// pointers that are none. Depends on chains.h.
#include "sim/chains.h"

namespace sim_test {
namespace {

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
        const std::string words = "nine tenths";
        size_t found = 0;
        for (size_t at = log.find(words); at != std::string::npos; at = log.find(words, at + 1)) ++found;
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

TEST(History, a_closed_conversation_leaves_nothing_to_the_next_one) {
    const std::string words = "whispered only once, long enough to be a text of its own";
    Chains chains;
    leat_conversation* const chain = chains.open(LEAT_HISTORY_SEQUENTIAL, words);
    chains.say(chain, words);
    chains.finish();
    ASSERT_EQ(leat_conversation_close(chain), LEAT_OK);
    leat_batch_close(chains.world.batch);
    chains.world.forget(chains.world.batch);
    leat_conversation* const other = chains.open(LEAT_HISTORY_SEQUENTIAL);
    EXPECT_EQ(Chains::transcript(other), "");
}

}  // namespace
}  // namespace sim_test
