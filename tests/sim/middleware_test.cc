// tests/sim/middleware_test.cc: a batch's middleware: order, skip, replacement, and that it fails open
// (B45-B47, G35). Depends on observer.h.
#include "sim/observer.h"

namespace sim_test {
namespace {

// One middleware whose functions are the test's; it writes down when they run.
struct Layer {
    std::string name;
    std::vector<std::string>* order = nullptr;
    std::function<leat_pass(leat_request*)> before;
    std::function<leat_pass(const leat_result*, leat_str*)> after;
    std::function<leat_pass(const leat_result*, leat_str*)> on_error;
    bool per_attempt = false;
    std::string scratch;
};

leat_pass run_before(void* user, leat_request* request) {
    Layer* const layer = static_cast<Layer*>(user);
    layer->order->push_back("before " + layer->name);
    return layer->before ? layer->before(request) : LEAT_PASS;
}
leat_pass run_after(void* user, const leat_result* result, leat_str* text) {
    Layer* const layer = static_cast<Layer*>(user);
    layer->order->push_back("after " + layer->name);
    return layer->after ? layer->after(result, text) : LEAT_PASS;
}
leat_pass run_on_error(void* user, const leat_result* result, leat_str* text) {
    Layer* const layer = static_cast<Layer*>(user);
    layer->order->push_back("on_error " + layer->name);
    return layer->on_error ? layer->on_error(result, text) : LEAT_PASS;
}

// A world whose batch has these layers. Its service echoes the prompt in brackets, unless it fails.
class Layered {
public:
    explicit Layered(size_t count) : layers(count) {
        world.setup.endpoint.retry.backoff_initial_ms = 10;
        for (size_t i = 0; i < count; ++i) {
            layers[i].name = std::string(1, static_cast<char>('a' + i));
            layers[i].order = &order;
        }
        world.respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            bodies.push_back(copy(request.body));
            if (bodies.size() <= failures) {
                response.status = status;
                response.body = LEAT_STR("{}");
                return;
            }
            response.body = world.keep(completion("[" + prompt_of(bodies.back()) + "]"));
        };
    }
    void run(size_t count = 1, std::function<void(leat_request*)> adjust = {}) {
        if (world.client == nullptr) world.open();
        std::vector<leat_middleware> list;
        for (Layer& layer : layers) {
            leat_middleware one;
            leat_middleware_init(&one);
            one.user = &layer;
            one.per_attempt = layer.per_attempt ? 1 : 0;
            one.before = run_before;
            one.after = run_after;
            one.on_error = run_on_error;
            list.push_back(one);
        }
        leat_batch_config config = world.batch_config();
        config.middleware = list.data();
        config.middleware_count = static_cast<uint32_t>(list.size());
        world.open_batch(config);
        memset(static_cast<void*>(list.data()), 0xA5,
               list.size() * sizeof(leat_middleware));  // copied
        for (size_t i = 0; i < count; ++i) {
            ASSERT_EQ(world.submit("item " + std::to_string(i), adjust), LEAT_OK);
        }
        leat_batch_finish(world.batch);
        world.run();
    }
    double metric(const std::string& name) {
        leat_metric metric;
        leat_metric_init(&metric);
        for (uint32_t i = 0; leat_metric_at(world.client, i, &metric) == LEAT_OK; ++i) {
            if (copy(metric.name) == name) return metric.value;
        }
        ADD_FAILURE() << "no metric " << name;
        return -1;
    }
    static std::string prompt_of(const std::string& body) {
        const std::string mark = "\"content\":\"";
        const size_t at = body.rfind(mark) + mark.size();
        return body.substr(at, body.find('"', at) - at);
    }

    World world;
    std::vector<Layer> layers;
    std::vector<std::string> order;
    std::vector<std::string> bodies;
    size_t failures = 0;
    int32_t status = 500;
};

// Sets the prompt to what it was with a mark, in a buffer that dies with the next call.
std::function<leat_pass(leat_request*)> marking(Layer* layer, bool copies) {
    return [layer, copies](leat_request* request) {
        layer->scratch = copy(request->prompt) + "+" + layer->name;
        request->prompt = view(layer->scratch);
        if (copies) request->flags |= LEAT_COPY;
        return LEAT_PASS;
    };
}

TEST(Middleware, B45_before_in_order_each_on_what_the_last_one_left_after_in_reverse) {
    Layered test(3);
    for (Layer& layer : test.layers) {
        layer.before = marking(&layer, true);
        layer.after = [&layer](const leat_result*, leat_str* text) {
            layer.scratch = layer.name + copy(*text);
            *text = view(layer.scratch);
            return LEAT_PASS;
        };
    }
    test.run();
    EXPECT_EQ(test.order, (std::vector<std::string>{"before a", "before b", "before c", "after c",
                                                    "after b", "after a"}));
    EXPECT_EQ(Layered::prompt_of(test.bodies.at(0)), "item 0+a+b+c");
    EXPECT_EQ(test.world.only().text, "abc[item 0+a+b+c]");
}

TEST(Middleware, B45_skip_ends_the_item_unsent_and_the_later_ones_do_not_run) {
    Layered test(3);
    Watcher watcher(&test.world);
    test.layers[1].before = [](leat_request*) { return LEAT_PASS_SKIP; };
    std::string message;
    test.world.on_each_result = [&](const leat_result* result) {
        message = copy(result->error_message);
        return LEAT_RELEASE;
    };
    test.run();
    EXPECT_EQ(test.order, (std::vector<std::string>{"before a", "before b"}));
    EXPECT_EQ(test.bodies.size(), 0u);
    EXPECT_EQ(test.world.only().outcome, LEAT_SKIPPED);
    EXPECT_EQ(test.world.only().status, LEAT_E_SKIPPED);
    EXPECT_EQ(message, "skipped by middleware");
    EXPECT_EQ(test.world.summary().skipped, 1u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_ITEM_SKIPPED), 1u);
    EXPECT_EQ(test.metric("leat_items_skipped_total"), 1.0);
}

TEST(Middleware, B46_the_first_on_error_that_answers_replaces_the_failure) {
    Layered test(3);
    Watcher watcher(&test.world);
    test.failures = 99;
    test.layers[1].on_error = [](const leat_result* result, leat_str* text) {
        EXPECT_EQ(result->status, LEAT_E_SERVER);
        EXPECT_EQ(result->attempts, 3u);
        *text = LEAT_STR("instead");
        return LEAT_PASS_ANSWER;
    };
    test.run();
    EXPECT_EQ(test.order, (std::vector<std::string>{"before a", "before b", "before c",
                                                    "on_error a", "on_error b"}));
    EXPECT_EQ(test.world.only().outcome, LEAT_SUCCEEDED);
    EXPECT_EQ(test.world.only().text, "instead");
    EXPECT_EQ(test.world.only().attempts, 3u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_ITEM_COMPLETED), 1u);
    EXPECT_EQ(watcher.count(LEAT_OBSERVED_ITEM_FAILED), 0u);
}

TEST(Middleware, B46_on_error_runs_for_permanent_errors_and_not_for_what_was_cancelled) {
    Layered test(1);
    test.failures = 99;
    test.status = 400;
    test.run();
    EXPECT_EQ(test.order, (std::vector<std::string>{"before a", "on_error a"}));
    EXPECT_EQ(test.world.only().status, LEAT_E_INVALID_REQUEST);
    Layered other(1);
    other.layers[0].before = [&](leat_request*) {
        EXPECT_EQ(leat_batch_cancel(other.world.batch, LEAT_CANCEL_HARD), LEAT_OK);
        return LEAT_PASS;
    };
    other.run(2);
    EXPECT_EQ(other.world.count(LEAT_CANCELLED), 2u);
    EXPECT_EQ(other.order, (std::vector<std::string>{"before a"}));
}

TEST(Middleware, B46_a_replaced_failure_does_not_fail_fast) {
    Layered test(1);
    test.failures = 1;
    test.status = 400;
    test.world.setup.endpoint.max_in_flight = 1;
    test.layers[0].on_error = [](const leat_result*, leat_str* text) {
        *text = LEAT_STR("saved");
        return LEAT_PASS_ANSWER;
    };
    test.run(2);
    EXPECT_EQ(test.world.count(LEAT_SUCCEEDED), 2u);
}

TEST(Middleware, B47_one_that_fails_is_passed_over_and_counted) {
    Layered test(3);
    test.layers[0].before = marking(&test.layers[0], true);
    test.layers[1].before = [](leat_request* request) {
        request->prompt = LEAT_STR("broken");
        return LEAT_PASS_FAILED;
    };
    test.layers[2].before = [](leat_request* request) {  // leaves no request at all
        request->prompt = leat_str{nullptr, 0};
        return LEAT_PASS;
    };
    test.layers[1].after = [](const leat_result*, leat_str* text) {
        *text = LEAT_STR("broken");
        return LEAT_PASS_FAILED;
    };
    test.run();
    EXPECT_EQ(test.world.only().text, "[item 0+a]");
    EXPECT_EQ(test.metric("leat_middleware_failures_total"), 3.0);
}

TEST(Middleware, B47_a_failing_on_error_leaves_the_failure_and_the_next_one_may_answer) {
    Layered test(2);
    test.failures = 99;
    test.layers[0].on_error = [](const leat_result*, leat_str* text) {
        *text = LEAT_STR("broken");
        return LEAT_PASS_FAILED;
    };
    test.layers[1].on_error = [](const leat_result*, leat_str* text) {
        *text = LEAT_STR("good");
        return LEAT_PASS_ANSWER;
    };
    test.run();
    EXPECT_EQ(test.world.only().text, "good");
}

TEST(Middleware, B47_a_request_that_finds_no_room_is_passed_over) {
    Layered test(1);
    test.layers[0].before = [&](leat_request* request) {
        test.layers[0].scratch.assign(100 * 1024, 'x');  // the item has 64 KiB
        request->system = view(test.layers[0].scratch);
        request->flags |= LEAT_COPY;
        return LEAT_PASS;
    };
    test.run();
    EXPECT_EQ(test.world.only().text, "[item 0]");
    EXPECT_EQ(test.metric("leat_middleware_failures_total"), 1.0);
}

TEST(Middleware, B47_before_runs_once_per_item_unless_it_asks_for_each_attempt) {
    Layered test(3);
    test.failures = 2;
    test.layers[1].per_attempt = true;
    uint32_t number = 0;
    test.layers[0].before = marking(&test.layers[0], true);
    test.layers[1].before = [&](leat_request* request) {
        test.layers[1].scratch = copy(request->prompt) + "#" + std::to_string(++number);
        request->prompt = view(test.layers[1].scratch);
        request->flags |= LEAT_COPY;
        return LEAT_PASS;
    };
    test.layers[2].before = marking(&test.layers[2], true);
    test.run();
    EXPECT_EQ(test.order, (std::vector<std::string>{"before a", "before c", "before b", "before b",
                                                    "before b", "after c", "after b", "after a"}));
    ASSERT_EQ(test.bodies.size(), 3u);
    EXPECT_EQ(Layered::prompt_of(test.bodies[0]), "item 0+a+c#1");
    EXPECT_EQ(Layered::prompt_of(test.bodies[1]), "item 0+a+c#2");
    EXPECT_EQ(Layered::prompt_of(test.bodies[2]), "item 0+a+c#3");
    EXPECT_EQ(test.world.only().attempts, 3u);
}

TEST(Middleware, B47_for_each_attempt_it_may_choose_another_model_or_skip) {
    Layered test(1);
    test.failures = 2;
    test.layers[0].per_attempt = true;
    uint32_t number = 0;
    test.layers[0].before = [&](leat_request* request) {
        if (++number == 2) request->model = LEAT_STR("larger");
        return number == 3 ? LEAT_PASS_SKIP : LEAT_PASS;
    };
    test.run();
    ASSERT_EQ(test.bodies.size(), 2u);
    EXPECT_NE(test.bodies[0].find("\"model\":\"m\""), std::string::npos);
    EXPECT_NE(test.bodies[1].find("\"model\":\"larger\""), std::string::npos);
    EXPECT_EQ(test.world.only().status, LEAT_E_SKIPPED);
    EXPECT_EQ(test.world.only().attempts, 2u);
}

TEST(Middleware, id_and_user_are_the_items_for_good) {
    Layered test(1);
    test.layers[0].before = [](leat_request* request) {
        request->id = LEAT_STR("other");
        request->user_number = 99;
        request->struct_size = 3;
        request->temperature = {0.5, 1, {}};
        return LEAT_PASS;
    };
    test.run(1, [](leat_request* request) { request->user_number = 7; });
    EXPECT_EQ(test.world.only().id, "item 0");
    EXPECT_NE(test.bodies.at(0).find("\"temperature\":0.5"), std::string::npos);
}

TEST(Middleware, G35_its_callbacks_may_submit_and_cancel) {
    Layered test(1);
    bool submitted = false;
    test.layers[0].after = [&](const leat_result* result, leat_str*) {
        EXPECT_EQ(leat_item_cancel(test.world.batch, result->index),
                  LEAT_OK);  // too late to matter
        if (!submitted) {
            submitted = true;
            EXPECT_EQ(leat_step(test.world.client, 0), LEAT_E_REENTRANT);
        }
        return LEAT_PASS;
    };
    test.run(3);
    EXPECT_EQ(test.world.count(LEAT_SUCCEEDED), 3u);
}

TEST(Middleware, a_slow_one_is_told_of) {
    Layered test(1);
    Watcher watcher(&test.world);
    test.layers[0].after = [&](const leat_result*, leat_str*) {
        leat_sim_advance(test.world.sim, 6 * second);
        return LEAT_PASS;
    };
    test.run();
    EXPECT_EQ(watcher.first(LEAT_OBSERVED_CALLBACK_SLOW).name, "middleware");
}

TEST(Middleware, there_are_eight_at_most_and_each_is_whole) {
    World world;
    world.open();
    leat_batch_config config = world.batch_config();
    leat_middleware list[LEAT_MIDDLEWARE_MAX + 1];
    for (leat_middleware& one : list) leat_middleware_init(&one);
    const auto open = [&](uint32_t count) {
        config.middleware = list;
        config.middleware_count = count;
        leat_batch* batch = nullptr;
        const leat_status status = leat_batch_open(world.client, &config, &batch);
        if (status == LEAT_OK) leat_batch_close(batch);
        return status;
    };
    EXPECT_EQ(open(LEAT_MIDDLEWARE_MAX - 1), LEAT_OK);
    EXPECT_EQ(open(LEAT_MIDDLEWARE_MAX), LEAT_OK);
    EXPECT_EQ(open(LEAT_MIDDLEWARE_MAX + 1), LEAT_E_CONFIG);
    list[0].per_attempt = 2;
    EXPECT_EQ(open(1), LEAT_E_CONFIG);
    leat_middleware_init(&list[0]);
    list[0].struct_size = 8;
    EXPECT_EQ(open(1), LEAT_E_CONFIG);
    config.middleware = nullptr;
    config.middleware_count = 1;
    leat_batch* batch = nullptr;
    EXPECT_EQ(leat_batch_open(world.client, &config, &batch), LEAT_E_CONFIG);
}

}  // namespace
}  // namespace sim_test
