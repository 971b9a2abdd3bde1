// tests/sim/simple_test.cc: leat_run_prompts of leat/simple.h: what comes back for each prompt, in which
// place, with which status, and what happens when there is no room. Depends on prompts.h.
#include "sim/prompts.h"

namespace sim_test {
namespace {

TEST(RunPrompts, P1_P5_G1_texts_come_back_in_the_order_of_the_prompts) {
    World world;
    echo(&world);
    world.open();
    Prompts prompts({"a", "bbbbb", "cc", "dddd", "eee", "ffffff", "g"});
    EXPECT_EQ(prompts.run(&world, plain_config(world)), LEAT_OK);
    for (size_t i = 0; i < prompts.list.size(); ++i) {
        EXPECT_EQ(prompts.at(i), "<" + copy(prompts.list[i]) + ">");
        EXPECT_EQ(prompts.statuses[i], LEAT_OK);
    }
    EXPECT_EQ(prompts.summary.succeeded, 7u);
    EXPECT_EQ(prompts.summary.usage.total_tokens, 70);
    EXPECT_EQ(prompts.out.needed_bytes, 22u + 14u);
}

TEST(RunPrompts, P2_no_prompts_are_answered_at_once_after_the_options_were_checked) {
    World world;
    world.open();
    Prompts none({});
    EXPECT_EQ(none.run(&world, plain_config(world)), LEAT_OK);
    EXPECT_EQ(leat_run_prompts(world.client, nullptr, nullptr, 0, &none.out), LEAT_E_ARGUMENT);
    leat_batch_config wrong = plain_config(world);
    wrong.share = 1001;
    EXPECT_EQ(none.run(&world, wrong), LEAT_E_CONFIG);
    wrong = plain_config(world);
    wrong.endpoint = 9;
    EXPECT_EQ(none.run(&world, wrong), LEAT_E_NOT_FOUND);
    EXPECT_TRUE(world.requests.empty());
}

TEST(RunPrompts, P13_a_failed_prompt_begins_with_the_marker_and_its_number) {
    World world;
    echo(&world);
    world.open();
    Prompts prompts({"a", "no", "b"});
    EXPECT_EQ(prompts.run(&world, plain_config(world)), LEAT_OK);
    EXPECT_EQ(prompts.at(0), "<a>");
    EXPECT_EQ(prompts.at(1), "Error processing prompt 2: not like this");
    EXPECT_EQ(prompts.statuses[1], LEAT_E_INVALID_REQUEST);
    EXPECT_EQ(prompts.at(2), "<b>");
}

TEST(RunPrompts, P13_the_reason_is_the_statuss_own_when_the_provider_gave_none) {
    World world;
    world.setup.endpoint.retry.attempts_max = 1;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.fault = LEAT_SIM_FAULT_RESET;
    };
    world.open();
    Prompts prompts({"a"});
    EXPECT_EQ(prompts.run(&world, plain_config(world)), LEAT_OK);
    EXPECT_EQ(prompts.statuses[0], LEAT_E_CONNECTION_RESET);
    EXPECT_EQ(prompts.at(0), std::string("Error processing prompt 1: ") +
                                 leat_status_hint(LEAT_E_CONNECTION_RESET));
}

TEST(RunPrompts, G1_a_failed_message_is_Error_and_its_reason) {
    World world;
    echo(&world);
    world.open();
    Prompts prompts({"no", "a"});
    prompts.out.marker = LEAT_MARKER_ERROR;
    EXPECT_EQ(prompts.run(&world, plain_config(world)), LEAT_OK);
    EXPECT_EQ(prompts.at(0), "Error: not like this");
    EXPECT_EQ(prompts.at(1), "<a>");
    Prompts bare({"no"});
    bare.out.marker = LEAT_MARKER_NONE;
    EXPECT_EQ(bare.run(&world, plain_config(world)), LEAT_OK);
    EXPECT_EQ(bare.at(0), "");
    EXPECT_EQ(bare.statuses[0], LEAT_E_INVALID_REQUEST);
}

TEST(RunPrompts, G11_skip_leaves_the_place_empty_and_counts_the_failure) {
    World world;
    echo(&world);
    world.open();
    Prompts prompts({"a", "no", "b"});
    leat_batch_config config = plain_config(world);
    config.on_failure = LEAT_ON_FAILURE_SKIP;
    EXPECT_EQ(prompts.run(&world, config), LEAT_OK);
    EXPECT_EQ(prompts.at(1), "");
    EXPECT_EQ(prompts.at(2), "<b>");
    EXPECT_EQ(prompts.summary.failed, 1u);
    EXPECT_EQ(prompts.summary.total, 3u);
}

TEST(RunPrompts, P12_M2_fail_fast_answers_the_first_failure_and_what_had_come) {
    World world;
    world.setup.config.ring_entries = 2;
    echo(&world);
    world.open();
    Prompts prompts({"a", "no", "b", "c", "d", "e", "f", "g"});
    leat_batch_config config = plain_config(world);
    config.on_failure = LEAT_ON_FAILURE_FAIL_FAST;
    config.max_in_flight = 1;
    EXPECT_EQ(prompts.run(&world, config), LEAT_E_INVALID_REQUEST);
    EXPECT_EQ(world.requests.size(), 2u);
    EXPECT_EQ(prompts.at(0), "<a>");
    EXPECT_EQ(prompts.at(1), "Error processing prompt 2: not like this");
    for (size_t i = 2; i < 8; ++i) {
        EXPECT_EQ(prompts.statuses[i], LEAT_E_ABORTED);
        EXPECT_EQ(prompts.at(i), "Error processing prompt " + std::to_string(i + 1) + ": " +
                                     leat_status_hint(LEAT_E_ABORTED));
    }
}

TEST(RunPrompts, what_ends_the_batch_is_its_answer) {
    World world;
    world.respond = [](const leat_sim_request&, leat_sim_response& response) {
        response.delay_ns = 3 * second;
    };
    world.open();
    Prompts prompts({"a", "b", "c"});
    leat_batch_config config = plain_config(world);
    config.max_in_flight = 1;
    config.deadline_ms = 4000;
    EXPECT_EQ(prompts.run(&world, config), LEAT_E_DEADLINE_BATCH);
    EXPECT_EQ(prompts.at(0), "ok");
    EXPECT_EQ(prompts.statuses[1], LEAT_E_DEADLINE_BATCH);
    EXPECT_EQ(prompts.statuses[2], LEAT_E_DEADLINE_BATCH);
}

TEST(RunPrompts, room_for_texts_is_exact) {
    for (const size_t bytes : {7u, 8u, 9u, 0u}) {
        World world;
        echo(&world);
        world.open();
        Prompts prompts({"aaaaa", "b"});  // "<b>" comes last: 7 + 3 bytes
        prompts.out.buffer_bytes = bytes;
        if (bytes == 0) prompts.out.buffer = nullptr;
        leat_batch_config config = plain_config(world);
        config.max_in_flight = 1;
        EXPECT_EQ(prompts.run(&world, config), LEAT_E_TOO_LARGE) << bytes;
        EXPECT_EQ(prompts.statuses[0], bytes >= 7 ? LEAT_OK : LEAT_E_TOO_LARGE);
        EXPECT_EQ(prompts.at(0), bytes >= 7 ? "<aaaaa>" : "");
        EXPECT_EQ(prompts.statuses[1], LEAT_E_TOO_LARGE);
        EXPECT_EQ(prompts.at(1), "");
        EXPECT_EQ(prompts.out.needed_bytes, 10u);
    }
    World world;
    echo(&world);
    world.open();
    Prompts prompts({"aaaaa", "b"}, 10);
    EXPECT_EQ(prompts.run(&world, plain_config(world)), LEAT_OK);
    EXPECT_EQ(prompts.at(0) + prompts.at(1), "<aaaaa><b>");
}

TEST(RunPrompts, more_prompts_than_the_ring_holds_go_through) {
    World world;
    world.setup.config.ring_entries = 3;
    world.setup.config.items_max = 2;
    echo(&world);
    world.open();
    std::vector<std::string> words;
    std::vector<leat_str> list;
    words.reserve(200);
    list.reserve(200);
    for (int i = 0; i < 200; ++i) words.push_back("p" + std::to_string(i));
    for (const std::string& word : words) list.push_back(view(word));
    std::vector<leat_str> texts(words.size());
    std::vector<char> buffer(4096);
    leat_texts out;
    leat_texts_init(&out);
    out.list = texts.data();
    out.buffer = buffer.data();
    out.buffer_bytes = buffer.size();
    const leat_batch_config config = plain_config(world);
    EXPECT_EQ(leat_run_prompts(world.client, &config, list.data(), list.size(), &out), LEAT_OK);
    for (size_t i = 0; i < words.size(); ++i) EXPECT_EQ(copy(texts[i]), "<" + words[i] + ">");
}

TEST(RunPrompts, an_empty_prompt_is_sent_as_it_is) {
    World world;
    echo(&world);
    world.open();
    Prompts prompts({"", "a"});
    EXPECT_EQ(prompts.run(&world, plain_config(world)), LEAT_OK);
    EXPECT_EQ(prompts.at(0), "<>");
    EXPECT_EQ(prompts.at(1), "<a>");
}

TEST(RunPrompts, P4_at_most_so_many_are_in_flight) {
    World world;
    echo(&world);
    world.open();
    Prompts prompts({"a", "b", "c", "d", "e", "f", "g", "h"});
    leat_batch_config config = plain_config(world);
    config.max_in_flight = 3;
    EXPECT_EQ(prompts.run(&world, config), LEAT_OK);
    EXPECT_EQ(world.http.in_flight_peak, 3u);
}

TEST(RunPrompts, P15_options_hold_for_all_prompts_of_this_batch_and_no_other) {
    World world;
    echo(&world);
    world.open();
    leat_request options;
    leat_request_init(&options);
    options.system = LEAT_STR("be brief");
    options.temperature = {0.5, 1, {}};
    options.max_output_tokens = 77;
    leat_batch_config config = plain_config(world);
    config.defaults = &options;
    Prompts with({"a", "b"});
    EXPECT_EQ(with.run(&world, config), LEAT_OK);
    Prompts without({"c"});
    EXPECT_EQ(without.run(&world, plain_config(world)), LEAT_OK);
    ASSERT_EQ(world.requests.size(), 3u);
    for (size_t i = 0; i < 3; ++i) {
        const std::string& body = world.requests[i].body;
        EXPECT_EQ(body.find("be brief") != std::string::npos, i < 2) << body;
        EXPECT_EQ(body.find("\"temperature\":0.5") != std::string::npos, i < 2) << body;
        EXPECT_EQ(body.find(":77") != std::string::npos, i < 2) << body;
    }
}

TEST(RunPrompts, M5_S7_progress_is_told_of_each_prompt_failures_too) {
    World world;
    echo(&world);
    world.open();
    struct Seen {
        std::vector<uint64_t> completed;
        size_t failed = 0;
    } seen;
    Prompts prompts({"a", "no", "b"});
    leat_batch_config config = plain_config(world);
    config.user = &seen;
    config.on_progress = [](void* user, const leat_progress* progress) {
        Seen* const them = static_cast<Seen*>(user);
        them->completed.push_back(progress->completed);
        them->failed += progress->result->status == LEAT_OK ? 0 : 1;
        EXPECT_EQ(progress->total, 3u);
    };
    EXPECT_EQ(prompts.run(&world, config), LEAT_OK);
    EXPECT_EQ(seen.completed, (std::vector<uint64_t>{1, 2, 3}));
    EXPECT_EQ(seen.failed, 1u);
}

TEST(RunPrompts, arguments_are_checked) {
    World world;
    world.open();
    Prompts prompts({"a"});
    leat_batch_config config = plain_config(world);
    config.on_result = World::on_result;
    EXPECT_EQ(prompts.run(&world, config), LEAT_E_ARGUMENT);
    config = plain_config(world);
    config.source = [](void*, leat_request*) -> leat_status { return LEAT_E_DONE; };
    EXPECT_EQ(prompts.run(&world, config), LEAT_E_ARGUMENT);
    config = plain_config(world);
    config.struct_size = 1;
    EXPECT_EQ(prompts.run(&world, config), LEAT_E_STRUCT_SIZE);
    config = plain_config(world);
    prompts.out.struct_size = 1;
    EXPECT_EQ(prompts.run(&world, config), LEAT_E_STRUCT_SIZE);
    const leat_str nowhere = {nullptr, 5};
    Prompts other({"a"});
    EXPECT_EQ(leat_run_prompts(world.client, &config, &nowhere, 1, &other.out), LEAT_E_ARGUMENT);
    other.out.marker = static_cast<leat_marker>(3);
    EXPECT_EQ(other.run(&world, config), LEAT_E_ARGUMENT);
    EXPECT_TRUE(world.requests.empty());
}

}  // namespace
}  // namespace sim_test
