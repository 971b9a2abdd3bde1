// tests/sim/call_test.cc: adapters that carry an attempt out by themselves, without HTTP.
// Depends on sim_world.h. Rule: permits, retries, deadlines and cancels work as they do on the
// wire, and the adapter hears cancel exactly for calls that it has not ended.
#include "sim/sim_world.h"

namespace sim_test {
namespace {

// A model in this process: what start does is the test's.
struct Model {
    std::function<leat_status(const leat_build*, leat_call*)> on_start;
    std::vector<leat_call*> open;
    std::vector<std::string> prompts;
    int cancelled = 0;
    int open_peak = 0;
};

leat_answer answer_of(const char* text) {
    leat_answer answer{};
    answer.text = {text, strlen(text)};
    answer.finish = LEAT_FINISH_STOP;
    answer.usage = {1, 2, -1, -1, -1, 3};
    return answer;
}

leat_fault fault_of(leat_status status, bool retryable) {
    leat_fault fault{};
    fault.status = status;
    fault.retryable = retryable ? 1 : 0;
    fault.wait_ms = -1;
    fault.message = LEAT_STR("not today");
    fault.usage = {-1, -1, -1, -1, -1, -1};
    return fault;
}

leat_status start(const leat_build* build, leat_call* call) {
    Model* const model = const_cast<Model*>(static_cast<const Model*>(build->context));
    model->prompts.push_back(copy(build->request->prompt));
    *leat_call_slot(call) = model;
    return model->on_start(build, call);
}

void cancel(leat_call* call) {
    Model* const model = static_cast<Model*>(*leat_call_slot(call));
    ++model->cancelled;
    model->open.erase(std::find(model->open.begin(), model->open.end(), call));
}

class CallWorld : public World {
public:
    explicit CallWorld(const Options& with = Options()) : World(with) {
        adapter_.struct_size = sizeof(leat_adapter);
        adapter_.name = "local";
        adapter_.context = &model;
        adapter_.start = start;
        adapter_.cancel = cancel;
        setup.endpoint.adapter = &adapter_;
    }
    Model model;

private:
    leat_adapter adapter_{};
};

TEST(Call, B26_may_be_answered_inside_start) {
    CallWorld world;
    world.model.on_start = [](const leat_build*, leat_call* call) {
        std::string text = "at once";
        const leat_answer answer = answer_of(text.c_str());
        EXPECT_EQ(leat_call_complete(call, &answer), LEAT_OK);
        EXPECT_EQ(leat_call_complete(call, &answer), LEAT_E_ARGUMENT) << "it is over";
        text.assign(text.size(), '#');
        return LEAT_OK;
    };
    world.exchange(20);
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 20u);
    EXPECT_EQ(world.results[0].text, "at once") << "texts are copied";
    EXPECT_EQ(world.results[0].http_status, 0);
    EXPECT_EQ(world.summary().usage.total_tokens, 60);
    EXPECT_EQ(world.model.cancelled, 0);
    EXPECT_EQ(world.http.requests, 0u);
}

TEST(Call, B26_may_be_answered_later_and_holds_a_permit_until_then) {
    CallWorld world;
    world.setup.endpoint.max_in_flight = 5;
    world.model.on_start = [&](const leat_build*, leat_call* call) {
        world.model.open.push_back(call);
        world.model.open_peak =
            std::max(world.model.open_peak, static_cast<int>(world.model.open.size()));
        return LEAT_OK;
    };
    world.open_batch();
    world.submit_all(12);
    // One answer a millisecond, the latest call first.
    for (int n = 0; n < 100 && leat_batch_done(world.batch) == 0; ++n) {
        (void)leat_step(world.client, 1);
        if (world.model.open.empty()) continue;
        const leat_answer answer = answer_of("later");
        leat_call* const call = world.model.open.back();
        world.model.open.pop_back();
        EXPECT_EQ(leat_call_complete(call, &answer), LEAT_OK);
    }
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 12u);
    EXPECT_EQ(world.model.open_peak, 5) << "max_in_flight";
}

TEST(Call, failures_are_retried_as_the_fault_says) {
    for (const bool retryable : {false, true}) {
        CallWorld world;
        world.model.on_start = [&](const leat_build*, leat_call* call) {
            const leat_fault fault = fault_of(LEAT_E_SERVER, retryable);
            EXPECT_EQ(leat_call_fail(call, &fault), LEAT_OK);
            return LEAT_OK;
        };
        world.exchange(1);
        EXPECT_EQ(world.only().status, LEAT_E_SERVER);
        EXPECT_EQ(world.only().attempts, retryable ? 3u : 1u);
    }
}

TEST(Call, one_that_start_refuses_is_not_cancelled) {
    CallWorld world;
    world.model.on_start = [](const leat_build*, leat_call*) { return LEAT_E_UNSUPPORTED; };
    world.exchange(3);
    EXPECT_EQ(world.count(LEAT_FAILED), 3u);
    EXPECT_EQ(world.results[0].status, LEAT_E_UNSUPPORTED);
    EXPECT_EQ(world.model.cancelled, 0);
}

TEST(Call, times_out_and_is_cancelled) {
    Options options;
    options.endpoint.timeouts.attempt_ms = 1000;
    options.endpoint.retry.attempts_max = 2;
    CallWorld world(options);
    world.model.on_start = [&](const leat_build*, leat_call* call) {
        world.model.open.push_back(call);
        return LEAT_OK;
    };
    world.exchange(1);
    EXPECT_EQ(world.only().status, LEAT_E_TIMEOUT_ATTEMPT);
    EXPECT_EQ(world.only().attempts, 2u);
    EXPECT_EQ(world.model.cancelled, 2);
    EXPECT_TRUE(world.model.open.empty());
}

TEST(Call, is_cancelled_with_its_batch) {
    CallWorld world;
    world.model.on_start = [&](const leat_build*, leat_call* call) {
        world.model.open.push_back(call);
        return LEAT_OK;
    };
    world.open_batch();
    world.submit_all(8);
    (void)world.step(world.now() + ms);
    EXPECT_EQ(world.model.open.size(), 5u);
    EXPECT_EQ(leat_batch_cancel(world.batch, LEAT_CANCEL_HARD), LEAT_OK);
    world.run();
    EXPECT_EQ(world.count(LEAT_CANCELLED), 8u);
    EXPECT_EQ(world.model.cancelled, 5);
}

TEST(Call, ended_but_not_yet_taken_is_not_cancelled_by_close) {
    CallWorld world;
    world.model.on_start = [&](const leat_build*, leat_call* call) {
        world.model.open.push_back(call);
        return LEAT_OK;
    };
    world.open_batch();
    world.submit_all(1);
    (void)world.step(world.now() + ms);
    ASSERT_EQ(world.model.open.size(), 1u);
    const leat_answer answer = answer_of("x");
    EXPECT_EQ(leat_call_complete(world.model.open[0], &answer), LEAT_OK);
    leat_batch* const closed = world.batch;
    leat_batch_close(closed);
    world.forget(closed);
    EXPECT_EQ(world.model.cancelled, 0);
}

TEST(Call, pieces_go_to_on_token) {
    CallWorld world;
    std::string heard;
    world.model.on_start = [](const leat_build*, leat_call* call) {
        EXPECT_EQ(leat_call_token(call, LEAT_DELTA_TEXT, LEAT_STR("a")), LEAT_OK);
        EXPECT_EQ(leat_call_token(call, LEAT_DELTA_TEXT, LEAT_STR("b")), LEAT_OK);
        const leat_answer answer = answer_of("ab");
        return leat_call_complete(call, &answer);
    };
    world.open();
    leat_batch_config config = world.batch_config();
    static std::string* sink = nullptr;
    sink = &heard;
    config.on_token = [](void*, const leat_token* token) { *sink += copy(token->piece); };
    (void)world.open_batch(config);
    world.submit_all(1);
    world.run();
    EXPECT_EQ(heard, "ab");
    EXPECT_GE(world.results[0].timing.first_token_ms, 0.0);
}

TEST(Call, an_answer_too_large_for_the_item_fails_it) {
    Options options;
    options.config.item_bytes = 4096;
    CallWorld world(options);
    const std::string large(8192, 'x');
    world.model.on_start = [&](const leat_build*, leat_call* call) {
        const leat_answer answer = answer_of(large.c_str());
        EXPECT_EQ(leat_call_complete(call, &answer), LEAT_E_ITEM_MEMORY);
        return LEAT_OK;
    };
    world.exchange(1);
    EXPECT_EQ(world.only().status, LEAT_E_ITEM_MEMORY);
    EXPECT_EQ(world.only().attempts, 1u);
}

}  // namespace
}  // namespace sim_test
