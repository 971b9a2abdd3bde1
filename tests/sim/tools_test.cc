// tests/sim/tools_test.cc: rounds of tools: who runs, in which order, what the model is told, and when it
// ends. Depends on sim_world.h. Rule: nothing that a tool does fails its item (G21), no permit is held while
// one runs, and all that the rounds cost is on the result (G24).
#include "sim/sim_world.h"

namespace sim_test {
namespace {

std::string call(const std::string& id, const std::string& name, const std::string& arguments) {
    return "{\"id\":\"" + id + "\",\"type\":\"function\",\"function\":{\"name\":\"" + name +
           "\",\"arguments\":\"" + arguments + "\"}}";
}

// An answer that calls tools.
std::string asks(const std::vector<std::string>& calls) {
    std::string list;
    for (const std::string& one : calls) list += (list.empty() ? "" : ",") + one;
    return "{\"id\":\"r\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
           "\"content\":\"thinking\",\"tool_calls\":[" + list + "]},\"finish_reason\":\"tool_calls\"}],"
           "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}";
}

struct Step {
    std::string name, arguments, result;
    uint32_t round;
    bool is_error;
};

class ToolWorld : public World {
public:
    explicit ToolWorld(const Options& with = Options()) : World(with) {
        tool.name = LEAT_STR("add");
        tool.run = on_run;
        tool.cancel = on_cancel;
        tool.user = this;
        tools.list = &tool;
        tools.count = 1;
        on_each_result = [this](const leat_result* result) {
            for (const leat_tool_step* s = result->tool_steps; s != nullptr; s = s->next) {
                seen.push_back({copy(s->call.name), copy(s->call.arguments_json), copy(s->result),
                                s->round, s->is_error != 0});
            }
            EXPECT_EQ(seen.size(), result->tool_steps_count);
            rounds = result->tool_rounds;
            finish = result->finish;
            usage = result->usage;
            failed_usage = result->usage_failed;
            calls_left = result->tool_calls_count;
            return LEAT_RELEASE;
        };
        respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            const size_t n = std::min<size_t>(request.number, bodies.size() - 1);
            response.delay_ns = 5 * ms;
            response.body = view(bodies[n]);
        };
    }
    void ask(std::function<void(leat_request*)> adjust = {}) {
        ASSERT_EQ(submit("hello", [&](leat_request* request) {
                      request->tools = &tools;
                      if (adjust) adjust(request);
                  }),
                  LEAT_OK);
        leat_batch_finish(batch);
    }
    bool sent(size_t request, const std::string& words) const {
        return request < requests.size() && requests[request].body.find(words) != std::string::npos;
    }
    static leat_status on_run(void* user, const leat_tool_job* job) {
        ToolWorld* const self = static_cast<ToolWorld*>(user);
        self->jobs.push_back(job->run);
        self->arguments.push_back(copy(job->call->arguments_json));
        self->in_flight.push_back(self->stats().in_flight);
        if (self->on_job) return self->on_job(*job);
        return leat_tool_complete(job->run, LEAT_STR("4"), 0);
    }
    static void on_cancel(void* user, leat_tool_run run) {
        static_cast<ToolWorld*>(user)->cancelled.push_back(run.place);
    }
    leat_tool tool{};
    leat_tools tools{};
    std::deque<std::string> bodies;
    std::vector<leat_tool_run> jobs;
    std::vector<std::string> arguments;
    std::vector<uint32_t> in_flight, cancelled;
    std::function<leat_status(const leat_tool_job&)> on_job;
    std::vector<Step> seen;
    uint32_t rounds = 0, calls_left = 0;
    leat_finish finish = LEAT_FINISH_UNKNOWN;
    leat_usage usage{}, failed_usage{};
};

TEST(Tools, G20_a_round_runs_the_call_and_asks_again_with_its_result) {
    ToolWorld world;
    world.bodies = {asks({call("c1", "add", "{\\\"a\\\":2}")}), completion("four")};
    world.ask();
    world.run();
    EXPECT_EQ(world.only().text, "four");
    ASSERT_EQ(world.requests.size(), 2u);
    EXPECT_TRUE(world.sent(1, "{\"role\":\"user\",\"content\":\"hello\"}"));
    EXPECT_TRUE(world.sent(1, "\"tool_call_id\":\"c1\"")) << world.requests[1].body;
    EXPECT_TRUE(world.sent(1, "\"content\":\"4\""));
    ASSERT_EQ(world.seen.size(), 1u);
    EXPECT_EQ(world.seen[0].arguments, "{\"a\":2}");
    EXPECT_EQ(world.seen[0].result, "4");
    EXPECT_EQ(world.rounds, 1u);
    EXPECT_EQ(world.only().attempts, 2u);
}

TEST(Tools, G24_usage_is_summed_over_all_rounds) {
    ToolWorld world;
    world.bodies = {asks({call("c1", "add", "{}")}), asks({call("c2", "add", "{}")}), completion("end")};
    world.ask();
    world.run();
    EXPECT_EQ(world.usage.input_tokens, 7 + 7 + 1);
    EXPECT_EQ(world.usage.total_tokens, 10 + 10 + 10);
    EXPECT_EQ(world.rounds, 2u);
    EXPECT_EQ(world.summary().usage.total_tokens, 30);
}

TEST(Tools, no_permit_and_no_connection_is_held_while_a_tool_runs) {
    Options with;
    with.endpoint.max_in_flight = 1;
    ToolWorld world(with);
    world.bodies = {asks({call("c1", "add", "{}")}), completion("other"), completion("end")};
    world.on_job = [](const leat_tool_job&) { return LEAT_OK; };  // later
    world.ask();
    world.run_until(world.now() + second);
    ASSERT_EQ(world.jobs.size(), 1u);
    EXPECT_EQ(world.in_flight[0], 0u);
    // Another batch uses the only permit meanwhile.
    leat_batch* const first = world.batch;
    world.batch = nullptr;
    world.exchange(1);
    EXPECT_EQ(world.results.size(), 1u);
    EXPECT_EQ(leat_tool_complete(world.jobs[0], LEAT_STR("later"), 0), LEAT_OK);
    EXPECT_EQ(leat_tool_complete(world.jobs[0], LEAT_STR("twice"), 0), LEAT_E_NOT_FOUND);
    world.batch = first;
    world.run();
    EXPECT_EQ(world.results.back().text, "end");
    EXPECT_TRUE(world.sent(2, "\"content\":\"later\""));
    EXPECT_EQ(leat_tool_complete(world.jobs[0], LEAT_STR("late"), 0), LEAT_E_NOT_FOUND);
}

TEST(Tools, G20_calls_of_a_turn_run_one_after_the_other) {
    ToolWorld world;
    world.bodies = {asks({call("c1", "add", "{}"), call("c2", "add", "{}")}), completion("end")};
    world.on_job = [](const leat_tool_job&) { return LEAT_OK; };
    world.ask();
    world.run_until(world.now() + second);
    ASSERT_EQ(world.jobs.size(), 1u) << "the second call waits for the first";
    EXPECT_EQ(leat_tool_complete(world.jobs[0], LEAT_STR("one"), 0), LEAT_OK);
    world.run_until(world.now() + second);
    ASSERT_EQ(world.jobs.size(), 2u);
    EXPECT_EQ(leat_tool_complete(world.jobs[1], LEAT_STR("two"), 0), LEAT_OK);
    world.run();
    EXPECT_EQ(world.only().text, "end");
}

TEST(Tools, G20_calls_that_run_together_report_in_the_order_of_the_calls) {
    ToolWorld world;
    world.tools.together = 1;
    world.bodies = {asks({call("c1", "add", "{}"), call("c2", "add", "{}"), call("c3", "add", "{}")}),
                    completion("end")};
    world.on_job = [](const leat_tool_job&) { return LEAT_OK; };
    world.ask();
    world.run_until(world.now() + second);
    ASSERT_EQ(world.jobs.size(), 3u);
    for (const size_t place : {size_t{2}, size_t{0}, size_t{1}}) {
        const std::string text = "r" + std::to_string(place);
        EXPECT_EQ(leat_tool_complete(world.jobs[place], view(text), 0), LEAT_OK);
    }
    world.run();
    ASSERT_EQ(world.seen.size(), 3u);
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(world.seen[i].result, "r" + std::to_string(i));
    const std::string& body = world.requests[1].body;
    EXPECT_LT(body.find("\"r0\""), body.find("\"r1\""));
    EXPECT_LT(body.find("\"r1\""), body.find("\"r2\""));
}

TEST(Tools, G21_what_fails_is_told_to_the_model_and_the_item_succeeds) {
    ToolWorld world;
    world.tools.together = 1;
    world.bodies = {asks({call("c1", "none_such", "{}"), call("c2", "add", "{broken"),
                          call("c3", "add", "[1]"), call("c4", "add", "{}"), call("c5", "add", "{}")}),
                    completion("end")};
    world.on_job = [&](const leat_tool_job& job) -> leat_status {
        if (job.run.place == 3) return LEAT_E_IO;
        return leat_tool_complete(job.run, LEAT_STR("no luck"), 1);
    };
    world.ask();
    world.run();
    EXPECT_EQ(world.only().status, LEAT_OK);
    ASSERT_EQ(world.seen.size(), 5u) << "every requested call counts";
    for (const Step& step : world.seen) EXPECT_TRUE(step.is_error) << step.result;
    EXPECT_EQ(world.seen[0].name, "none_such");
    EXPECT_EQ(world.seen[3].result, leat_status_hint(LEAT_E_IO));
    EXPECT_EQ(world.seen[4].result, "no luck");
    EXPECT_EQ(world.jobs.size(), 2u) << "broken calls reach no tool";
    for (const Step& step : world.seen) EXPECT_TRUE(world.sent(1, step.result)) << step.result;
}

TEST(Tools, G22_the_limit_of_rounds_is_a_success_that_says_so) {
    for (const uint32_t most : {0u, 1u, 2u}) {
        ToolWorld world;
        world.tools.rounds_max = most;
        world.bodies = {asks({call("c1", "add", "{}")})};
        world.ask();
        world.run();
        const uint32_t expected = most == 0 ? 10 : most;
        EXPECT_EQ(world.only().status, LEAT_OK);
        EXPECT_EQ(world.only().text, leat_tool_limit_text());
        EXPECT_EQ(world.finish, LEAT_FINISH_TOOL_LIMIT);
        EXPECT_EQ(world.rounds, expected);
        EXPECT_EQ(world.jobs.size(), expected);
        EXPECT_EQ(world.requests.size(), expected + 1);
        EXPECT_EQ(world.calls_left, 1u) << "what it would still call is there to be seen";
    }
}

TEST(Tools, P22_a_last_answer_is_asked_for_without_tools) {
    ToolWorld world;
    world.tools.rounds_max = 1;
    world.tools.last_answer = 1;
    world.bodies = {asks({call("c1", "add", "{}")}), completion("so be it")};
    world.ask();
    world.run();
    EXPECT_EQ(world.only().text, "so be it");
    EXPECT_FALSE(world.sent(0, "\"tool_choice\""));
    EXPECT_TRUE(world.sent(1, "\"tool_choice\":\"none\"")) << world.requests[1].body;
}

TEST(Tools, a_tool_that_had_to_be_called_need_not_be_called_again) {
    ToolWorld world;
    world.tools.mode = LEAT_TOOLS_REQUIRED;
    world.bodies = {asks({call("c1", "add", "{}")}), completion("end")};
    world.ask();
    world.run();
    EXPECT_TRUE(world.sent(0, "\"tool_choice\":\"required\""));
    EXPECT_TRUE(world.sent(1, "\"tool_choice\":\"auto\""));
}

TEST(Tools, G23_calls_are_handed_out_when_nobody_runs_them) {
    for (const bool by_choice : {true, false}) {
        ToolWorld world;
        if (by_choice) world.tools.leave_calls = 1;
        if (!by_choice) world.tool.run = nullptr;
        world.bodies = {asks({call("c1", "add", "{}")})};
        world.ask();
        world.run();
        EXPECT_EQ(world.only().status, LEAT_OK);
        EXPECT_EQ(world.finish, LEAT_FINISH_TOOL_CALLS);
        EXPECT_EQ(world.calls_left, 1u);
        EXPECT_EQ(world.requests.size(), 1u);
        EXPECT_EQ(world.only().text, "thinking");
    }
}

TEST(Tools, each_round_has_its_attempts_anew) {
    Options with;
    with.endpoint.retry.attempts_max = 2;
    ToolWorld world(with);
    world.bodies = {asks({call("c1", "add", "{}")}), completion("end")};
    uint64_t n = 0;
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        const uint64_t place = n++;
        if (place == 0 || place == 2) response.status = 500;
        response.body = view(world.bodies[place < 2 ? 0 : 1]);
    };
    world.ask();
    world.run();
    EXPECT_EQ(world.only().status, LEAT_OK);
    EXPECT_EQ(world.only().attempts, 4u);
}

TEST(Tools, a_failure_after_a_round_keeps_its_steps_and_counts_its_tokens_as_failed) {
    Options with;
    with.endpoint.retry.attempts_max = 1;
    ToolWorld world(with);
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number > 0) response.status = 500;
        response.body = view(world.bodies[0]);
    };
    world.bodies = {asks({call("c1", "add", "{}")})};
    world.ask();
    world.run();
    EXPECT_EQ(world.only().status, LEAT_E_SERVER);
    EXPECT_EQ(world.seen.size(), 1u);
    EXPECT_EQ(world.failed_usage.total_tokens, 10);
}

TEST(Tools, a_tool_that_takes_too_long_is_cancelled_and_the_model_is_told) {
    ToolWorld world;
    world.tools.timeout_ms = 3000;
    world.bodies = {asks({call("c1", "add", "{}"), call("c2", "add", "{}")}), completion("end")};
    world.on_job = [](const leat_tool_job&) { return LEAT_OK; };
    world.ask();
    world.run();
    EXPECT_EQ(world.only().text, "end");
    EXPECT_EQ(world.cancelled, std::vector<uint32_t>({0}));
    ASSERT_EQ(world.seen.size(), 2u);
    EXPECT_TRUE(world.seen[0].is_error);
    EXPECT_TRUE(world.seen[1].is_error);
    EXPECT_GE(world.requests[1].at_ns - world.requests[0].at_ns, 3 * second);
    EXPECT_LT(world.requests[1].at_ns - world.requests[0].at_ns, 3 * second + 50 * ms);
}

TEST(Tools, an_item_that_ends_while_its_tools_run_cancels_them) {
    for (const int way : {0, 1, 2, 3}) {
        ToolWorld world;
        world.bodies = {asks({call("c1", "add", "{}")})};
        world.on_job = [](const leat_tool_job&) { return LEAT_OK; };
        world.ask([&](leat_request* request) { request->deadline_ms = way == 2 ? 2000 : 0; });
        world.run_until(world.now() + second);
        ASSERT_EQ(world.jobs.size(), 1u);
        if (way == 0) { EXPECT_EQ(leat_item_cancel(world.batch, 0), LEAT_OK); }
        if (way == 1) { EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_DRAIN), LEAT_OK); }
        if (way == 3) {
            leat_batch* const batch = world.batch;
            leat_batch_close(batch);
            world.forget(batch);
        } else {
            world.run();
        }
        ASSERT_EQ(world.results.size(), 1u);
        EXPECT_EQ(world.results[0].status, way == 2 ? LEAT_E_DEADLINE_ITEM : LEAT_E_CANCELLED);
        EXPECT_EQ(world.cancelled.size(), 1u);
        EXPECT_EQ(leat_tool_complete(world.jobs[0], LEAT_STR("x"), 0), LEAT_E_NOT_FOUND);
    }
}

TEST(Tools, a_batch_that_drains_starts_no_round) {
    ToolWorld world;
    world.bodies = {asks({call("c1", "add", "{}")})};
    world.respond = [&](const leat_sim_request&, leat_sim_response& response) {
        EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_DRAIN), LEAT_OK);
        response.delay_ns = 5 * ms;
        response.body = view(world.bodies[0]);
    };
    world.ask();
    world.run();
    EXPECT_EQ(world.only().status, LEAT_E_CANCELLED);
    EXPECT_EQ(world.jobs.size(), 0u);
}

TEST(Tools, results_that_find_no_room_fail_the_item_alone) {
    Options with;
    with.config.item_bytes = 16 * 1024;
    ToolWorld world(with);
    const std::string large(12 * 1024, 'x');
    leat_status answered = LEAT_OK;
    world.bodies = {asks({call("c1", "add", "{}"), call("c2", "add", "{}")}), completion("end")};
    world.on_job = [&](const leat_tool_job& job) -> leat_status {
        answered = leat_tool_complete(job.run, view(large), 0);
        return answered;
    };
    world.ask();
    world.run();
    EXPECT_EQ(answered, LEAT_E_ITEM_MEMORY);
    EXPECT_EQ(world.only().status, LEAT_E_ITEM_MEMORY);
    EXPECT_EQ(world.requests.size(), 1u);
}

TEST(Tools, broken_utf8_is_refused_and_the_call_stays_open) {
    ToolWorld world;
    world.bodies = {asks({call("c1", "add", "{}")}), completion("end")};
    world.on_job = [&](const leat_tool_job& job) -> leat_status {
        EXPECT_EQ(leat_tool_complete(job.run, LEAT_STR("\xff"), 0), LEAT_E_TEXT);
        EXPECT_EQ(leat_tool_complete(leat_tool_run{}, LEAT_STR(""), 0), LEAT_E_ARGUMENT);
        leat_tool_run other = job.run;
        other.place = 1;
        EXPECT_EQ(leat_tool_complete(other, LEAT_STR(""), 0), LEAT_E_NOT_FOUND);
        return leat_tool_complete(job.run, LEAT_STR(""), 0);
    };
    world.ask();
    world.run();
    EXPECT_EQ(world.only().text, "end");
}

TEST(Tools, many_items_run_their_rounds_side_by_side) {
    ToolWorld world;
    world.bodies = {asks({call("c1", "add", "{}")}), completion("end")};
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        const bool is_second = copy(request.body).find("tool_call_id") != std::string::npos;
        response.delay_ns = 20 * ms;
        response.body = view(world.bodies[is_second ? 1 : 0]);
    };
    world.on_each_result = {};
    for (size_t i = 0; i < 60; ++i) {
        ASSERT_EQ(world.submit("item " + std::to_string(i),
                               [&](leat_request* request) { request->tools = &world.tools; }),
                  LEAT_OK);
    }
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 60u);
    EXPECT_EQ(world.requests.size(), 120u);
}

}  // namespace
}  // namespace sim_test
