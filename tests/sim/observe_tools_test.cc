// tests/sim/observe_tools_test.cc: what observers are told of tool calls (G36, G35): each that starts ends
// once, whatever becomes of it. Depends on observer.h.
#include "sim/observer.h"

namespace sim_test {
namespace {

constexpr uint64_t tool_events = LEAT_OBSERVED_BIT(LEAT_OBSERVED_TOOL_CALL_STARTED) |
                                 LEAT_OBSERVED_BIT(LEAT_OBSERVED_TOOL_CALL_ENDED) |
                                 LEAT_OBSERVED_BIT(LEAT_OBSERVED_ITEM_COMPLETED) |
                                 LEAT_OBSERVED_BIT(LEAT_OBSERVED_ITEM_CANCELLED);

std::string asks(const std::string& name) {
    return "{\"id\":\"r\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
           "\"assistant\","
           "\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{"
           "\"name\":"
           "\"" +
           name +
           "\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}],\"usage\":{\"prompt_"
           "tokens\":7,"
           "\"completion_tokens\":3,\"total_tokens\":10}}";
}

// The first answer calls the tool of that name, the second one is the last.
class ToolWatch {
public:
    explicit ToolWatch(const std::string& name = "add") : watcher(&world) {
        tool.name = LEAT_STR("add");
        tool.user = this;
        tool.run = [](void* user, const leat_tool_job* begun) {
            ToolWatch* const self = static_cast<ToolWatch*>(user);
            self->job = begun->run;
            return self->on_job ? self->on_job() : leat_tool_complete(begun->run, LEAT_STR("4"), 0);
        };
        tools.list = &tool;
        tools.count = 1;
        first = asks(name);
        last = completion("four");
        world.respond = [this](const leat_sim_request&, leat_sim_response& response) {
            response.body = view(world.requests.size() <= 1 ? first : last);
        };
    }
    void ask() {
        ASSERT_EQ(world.submit("hello", [&](leat_request* request) { request->tools = &tools; }),
                  LEAT_OK);
        leat_batch_finish(world.batch);
    }
    const Observed& end() const { return watcher.first(LEAT_OBSERVED_TOOL_CALL_ENDED); }

    World world;
    Watcher watcher;
    leat_tool tool{};
    leat_tools tools{};
    leat_tool_run job{};
    std::function<leat_status()> on_job;
    std::string first, last;
};

TEST(ObservedTools, G36_start_and_end_with_name_and_time_and_each_call_has_an_end) {
    ToolWatch test;
    test.on_job = [] { return leat_status(LEAT_OK); };
    test.ask();
    test.world.run_until(test.world.now() + 3 * second);
    EXPECT_EQ(leat_tool_complete(test.job, LEAT_STR("4"), 0), LEAT_OK);
    test.world.run();
    EXPECT_EQ(test.watcher.words(tool_events),
              "TOOL_CALL_STARTED:0 TOOL_CALL_ENDED:0 ITEM_COMPLETED:0");
    EXPECT_EQ(test.watcher.first(LEAT_OBSERVED_TOOL_CALL_STARTED).name, "add");
    EXPECT_EQ(test.end().name, "add");
    EXPECT_EQ(test.end().status, LEAT_OK);
    EXPECT_NEAR(test.end().duration_ms, 3000.0, 100.0);
    EXPECT_EQ(test.watcher.count(LEAT_OBSERVED_LLM_CALL_STARTED), 2u);
    EXPECT_EQ(test.watcher.count(LEAT_OBSERVED_LLM_CALL_ENDED), 2u);
}

TEST(ObservedTools, G36_the_end_says_what_was_wrong) {
    ToolWatch unknown("subtract");
    unknown.tools.timeout_ms = 100;
    unknown.ask();
    unknown.world.run();
    EXPECT_EQ(unknown.end().status, LEAT_E_NOT_FOUND);
    EXPECT_EQ(unknown.end().name, "subtract");
    ToolWatch refusing;
    refusing.on_job = [] { return leat_status(LEAT_E_IO); };
    refusing.ask();
    refusing.world.run();
    EXPECT_EQ(refusing.end().status, LEAT_E_IO);
    ToolWatch failing;
    failing.on_job = [&] { return leat_tool_complete(failing.job, LEAT_STR("no"), 1); };
    failing.ask();
    failing.world.run();
    EXPECT_EQ(failing.end().status, LEAT_E_REJECTED);
    ToolWatch slow;
    slow.tools.timeout_ms = 100;
    slow.on_job = [] { return leat_status(LEAT_OK); };
    slow.ask();
    slow.world.run();
    EXPECT_EQ(slow.end().status, LEAT_E_TIMEOUT_ATTEMPT);
    EXPECT_EQ(slow.watcher.words(tool_events),
              "TOOL_CALL_STARTED:0 TOOL_CALL_ENDED:0 ITEM_COMPLETED:0");
}

TEST(ObservedTools, G36_a_cancelled_items_tool_ends_as_well) {
    ToolWatch test;
    test.on_job = [] { return leat_status(LEAT_OK); };
    test.ask();
    test.world.run_until(test.world.now() + second);
    EXPECT_EQ(leat_item_cancel(test.world.batch, 0), LEAT_OK);
    test.world.run();
    EXPECT_EQ(test.watcher.words(tool_events),
              "TOOL_CALL_STARTED:0 TOOL_CALL_ENDED:0 ITEM_CANCELLED:0");
    EXPECT_EQ(test.end().status, LEAT_E_CANCELLED);
}

TEST(ObservedTools, G35_a_slow_tool_is_told_of_and_calls_are_counted) {
    ToolWatch test;
    test.on_job = [&] {
        leat_sim_advance(test.world.sim, 6 * second);
        return leat_tool_complete(test.job, LEAT_STR("4"), 0);
    };
    test.ask();
    test.world.run();
    EXPECT_EQ(test.watcher.first(LEAT_OBSERVED_CALLBACK_SLOW).name, "tool");
    leat_metric metric;
    leat_metric_init(&metric);
    double calls = -1, output = -1;
    for (uint32_t i = 0; leat_metric_at(test.world.client, i, &metric) == LEAT_OK; ++i) {
        if (copy(metric.name) == "leat_tool_calls_total") calls = metric.value;
        const bool is_output = metric.labels_count == 1 && copy(metric.labels[0].value) == "output";
        if (copy(metric.name) == "leat_tokens_total" && is_output) output = metric.value;
    }
    EXPECT_EQ(calls, 1.0);
    EXPECT_EQ(output, 3.0 + 9.0);  // of both answers
}

}  // namespace
}  // namespace sim_test
