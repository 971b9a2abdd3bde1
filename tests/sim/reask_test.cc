// tests/sim/reask_test.cc: what follows a wrong answer: the model is told, the caller may refuse, and each
// attempt may ask for something else; and batches that send nothing (dry run). Depends on sim_world.h.
// Rule: a wrong answer consumes an attempt and is asked for again at once (B29).
#include "sim/sim_world.h"

namespace sim_test {
namespace {

class AskWorld : public World {
public:
    explicit AskWorld(const Options& with = Options()) : World(with) {
        respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            const size_t n = std::min<size_t>(request.number, bodies.size() - 1);
            response.delay_ns = 5 * ms;
            response.body = view(bodies[n]);
        };
        on_each_result = [this](const leat_result* result) {
            message = copy(result->error_message);
            usage = result->usage;
            usage_failed = result->usage_failed;
            return LEAT_RELEASE;
        };
    }
    void open_with(std::function<void(leat_batch_config*)> adjust) {
        open();
        leat_batch_config config = batch_config();
        config.user = this;
        adjust(&config);
        open_batch(config);
    }
    void ask(std::function<void(leat_request*)> adjust = {}) {
        ASSERT_EQ(submit("hello", adjust), LEAT_OK);
        leat_batch_finish(batch);
        run();
    }
    bool sent(size_t request, const std::string& words) const {
        return request < requests.size() && requests[request].body.find(words) != std::string::npos;
    }
    std::deque<std::string> bodies;
    std::string message;
    leat_usage usage{}, usage_failed{};
    std::function<leat_status(const leat_result*, leat_str*)> judge;
    std::function<void(leat_attempt*)> attempt;
};

leat_status on_validate(void* user, const leat_result* result, leat_str* message) {
    return static_cast<AskWorld*>(user)->judge(result, message);
}
void on_attempt(void* user, leat_attempt* attempt) { static_cast<AskWorld*>(user)->attempt(attempt); }

leat_format json_format() {
    leat_format format{};
    format.kind = LEAT_FORMAT_JSON;
    return format;
}

TEST(Reask, G29_the_model_is_told_its_answer_and_what_is_wrong_with_it) {
    AskWorld world;
    world.bodies = {completion("no json"), completion("{}")};
    const leat_format format = json_format();
    world.ask([&](leat_request* request) { request->format = &format; });
    EXPECT_EQ(world.only().text, "{}");
    EXPECT_EQ(world.only().attempts, 2u);
    EXPECT_TRUE(world.sent(1, "{\"role\":\"assistant\",\"content\":\"no json\"}")) << world.requests[1].body;
    EXPECT_TRUE(world.sent(1, "That answer was not accepted: "));
    EXPECT_TRUE(world.sent(1, "\"content\":\"hello\""));
    EXPECT_EQ(world.usage_failed.total_tokens, 10) << "the wrong answer's tokens count (B21)";
}

TEST(Reask, P21_the_last_wrong_answer_stays_with_its_fault) {
    AskWorld world;
    world.bodies = {completion("no json")};
    const leat_format format = json_format();
    world.ask([&](leat_request* request) { request->format = &format; });
    EXPECT_EQ(world.only().status, LEAT_E_SCHEMA);
    EXPECT_EQ(world.only().text, "no json");
    EXPECT_FALSE(world.message.empty());
    EXPECT_EQ(world.requests.size(), 3u);
}

TEST(Reask, a_plain_retry_asks_in_the_same_words) {
    AskWorld world;
    world.bodies = {completion("no json"), completion("{}")};
    leat_format format = json_format();
    format.plain_retry = 1;
    world.ask([&](leat_request* request) { request->format = &format; });
    ASSERT_EQ(world.requests.size(), 2u);
    EXPECT_EQ(world.requests[0].body, world.requests[1].body);
}

TEST(Reask, without_room_for_the_correction_the_question_is_asked_as_it_was) {
    Options with;
    with.config.item_bytes = 8 * 1024;
    AskWorld world(with);
    world.bodies = {completion(std::string(3000, 'x')), completion("{}")};
    const leat_format format = json_format();
    world.ask([&](leat_request* request) { request->format = &format; });
    EXPECT_EQ(world.only().status, LEAT_OK);
}

TEST(Reask, B25_the_callers_own_validation_is_asked_and_its_reason_told) {
    AskWorld world;
    world.bodies = {completion("41"), completion("42")};
    world.judge = [&](const leat_result* result, leat_str* message) -> leat_status {
        EXPECT_EQ(copy(result->id), "hello");
        if (copy(result->text) == "42") return LEAT_OK;
        *message = world.keep("it must be \"42\"");
        return LEAT_E_REJECTED;
    };
    world.open_with([](leat_batch_config* config) { config->validate = on_validate; });
    world.ask();
    EXPECT_EQ(world.only().text, "42");
    EXPECT_TRUE(world.sent(1, "it must be \\\"42\\\""));
}

TEST(Reask, B29_a_refusal_is_asked_again_at_once_and_consumes_an_attempt) {
    AskWorld world;
    world.bodies = {completion("41")};
    world.judge = [](const leat_result*, leat_str*) { return LEAT_E_REJECTED; };
    world.open_with([](leat_batch_config* config) { config->validate = on_validate; });
    world.ask();
    EXPECT_EQ(world.only().status, LEAT_E_REJECTED);
    EXPECT_EQ(world.only().attempts, 3u);
    EXPECT_EQ(world.only().text, "41");
    ASSERT_EQ(world.requests.size(), 3u);
    EXPECT_LT(world.requests[2].at_ns - world.requests[0].at_ns, 100 * ms) << "no backoff";
    EXPECT_EQ(world.requests[0].body, world.requests[2].body) << "nothing to tell";
}

TEST(Reask, a_final_refusal_is_not_asked_again) {
    AskWorld world;
    world.bodies = {completion("41")};
    world.judge = [](const leat_result*, leat_str*) { return LEAT_E_AUTHENTICATION; };
    world.open_with([](leat_batch_config* config) { config->validate = on_validate; });
    world.ask();
    EXPECT_EQ(world.only().status, LEAT_E_REJECTED);
    EXPECT_EQ(world.requests.size(), 1u);
}

TEST(Reask, B18_each_attempt_is_told_why_the_one_before_failed) {
    AskWorld world;
    std::vector<uint32_t> numbers;
    std::vector<leat_status> statuses;
    std::vector<std::string> messages;
    world.attempt = [&](leat_attempt* attempt) {
        numbers.push_back(attempt->number);
        statuses.push_back(attempt->last_status);
        messages.push_back(copy(attempt->last_message));
        EXPECT_EQ(attempt->slots[0] != nullptr, attempt->number > 1) << "kept from one to the next";
        attempt->slots[0] = &world;
    };
    world.respond = [&](const leat_sim_request& request, leat_sim_response& response) {
        if (request.number > 1) return;
        response.status = request.number == 0 ? 500 : 429;
        response.body = LEAT_STR("{\"error\":{\"message\":\"out of order\"}}");
    };
    world.open_with([](leat_batch_config* config) { config->on_attempt = on_attempt; });
    world.ask();
    EXPECT_EQ(world.only().status, LEAT_OK);
    EXPECT_EQ(numbers, std::vector<uint32_t>({1, 2})) << "a rate limit is no attempt";
    EXPECT_EQ(statuses, std::vector<leat_status>({LEAT_OK, LEAT_E_SERVER}));
    EXPECT_EQ(messages, std::vector<std::string>({"", "out of order"}));
}

TEST(Reask, B19_an_attempt_may_ask_another_model_at_another_temperature) {
    AskWorld world;
    world.bodies = {completion("no json"), completion("{}")};
    const leat_format format = json_format();
    world.attempt = [&](leat_attempt* attempt) {
        if (attempt->number == 1) return;
        attempt->request->model = LEAT_STR("larger");
        attempt->request->temperature = leat_number{0.5, 1, {}};
        attempt->request->id = LEAT_STR("not mine to change");
    };
    world.open_with([](leat_batch_config* config) { config->on_attempt = on_attempt; });
    world.ask([&](leat_request* request) { request->format = &format; });
    EXPECT_TRUE(world.sent(0, "\"model\":\"m\""));
    EXPECT_TRUE(world.sent(1, "\"model\":\"larger\"")) << world.requests[1].body;
    EXPECT_TRUE(world.sent(1, "\"temperature\":0.5"));
    EXPECT_FALSE(world.sent(0, "\"temperature\""));
    EXPECT_EQ(world.only().id, "hello");
}

TEST(Reask, B18_state_of_one_item_is_not_seen_by_another) {
    AskWorld world;
    world.attempt = [&](leat_attempt* attempt) {
        EXPECT_EQ(attempt->slots[0], nullptr);
        attempt->slots[0] = &world;
    };
    world.bodies = {completion("ok")};
    world.open_with([](leat_batch_config* config) { config->on_attempt = on_attempt; });
    world.submit_all(40);  // more than there are slots
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 40u);
}

TEST(Reask, S20_each_wrong_answer_is_paid_for_once) {
    Options with;
    with.endpoint.price = leat_price{1.0, -1.0, 10.0};
    AskWorld world(with);
    world.bodies = {completion("no json"), completion("{}")};
    const leat_format format = json_format();
    double cost_usd = 0;
    world.on_each_result = [&](const leat_result* result) {
        cost_usd = result->cost_usd;
        return LEAT_RELEASE;
    };
    world.ask([&](leat_request* request) { request->format = &format; });
    EXPECT_NEAR(cost_usd, 2 * (1 * 1.0 + 9 * 10.0) / 1e6, 1e-12) << "one input and nine output tokens each";
    EXPECT_NEAR(world.summary().cost_usd, cost_usd, 1e-12);
    EXPECT_NEAR(world.summary().cost_failed_usd, cost_usd / 2, 1e-12);
}

TEST(DryRun, B15_nothing_is_sent_and_each_item_says_that_it_is_one) {
    AskWorld world;
    world.open_with([](leat_batch_config* config) {
        config->dry_run = 1;
        config->budget_usd = 0;
    });
    const std::string prompt = "\xc3\xa4 prompt that has more than fifty characters, all in all";
    ASSERT_EQ(world.submit(prompt), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.only().text, "[dry run] \xc3\xa4 prompt that has more than fifty characters, all ");
    EXPECT_EQ(world.only().attempts, 0u);
    EXPECT_EQ(world.usage.input_tokens, 100);
    EXPECT_EQ(world.usage.output_tokens, 50);
    EXPECT_EQ(world.usage.total_tokens, 150);
    EXPECT_EQ(world.requests.size(), 0u);
    EXPECT_EQ(world.host_stats().connects, 0u);
}

TEST(DryRun, B15_a_thousand_items_take_no_time_and_no_capacity) {
    Options with;
    with.endpoint.requests_per_minute = 1;
    AskWorld world(with);
    world.open_with([](leat_batch_config* config) { config->dry_run = 1; });
    const uint64_t before = world.now();
    for (size_t i = 0; i < 200; ++i) ASSERT_EQ(world.submit("x"), LEAT_OK);
    leat_batch_finish(world.batch);
    world.run();
    EXPECT_EQ(world.count(LEAT_SUCCEEDED), 200u);
    EXPECT_LT(world.now() - before, second);
}

}  // namespace
}  // namespace sim_test
