// tests/sim/format_test.cc: answers that must have a form (leat_format): what is checked, what a
// wrong one costs, and what the result says. Depends on sim_world.h. Rule: the check is an attempt's
// last stage (B29); a choice that is none of the given ones is no failure (P20).
#include "sim/sim_world.h"

namespace sim_test {
namespace {

const char* const person =
    "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
    "\"age\":{\"type\":\"integer\"}},\"required\":[\"name\",\"age\"]}";

// What a result says, copied down.
struct Seen {
    std::string text, message, finish_reason, model;
    int32_t choice = -9;
    uint8_t partial = 9;
    leat_usage failed{};
    leat_status status = LEAT_OK;
};

std::string quoted(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

class FormatWorld : public World {
public:
    explicit FormatWorld(const Options& with = Options()) : World(with) {
        format.kind = LEAT_FORMAT_JSON_SCHEMA;
        format.schema_json = {person, strlen(person)};
        on_each_result = [this](const leat_result* result) {
            seen.text = copy(result->text);
            seen.message = copy(result->error_message);
            seen.finish_reason = copy(result->finish_reason);
            seen.model = copy(result->model);
            seen.choice = result->choice;
            seen.partial = result->partial;
            seen.failed = result->usage_failed;
            seen.status = result->status;
            return LEAT_RELEASE;
        };
    }
    // The k-th request gets the k-th text, later ones the last.
    void answer(const std::vector<std::string>& texts) {
        for (const std::string& text : texts) bodies.push_back(completion(quoted(text)));
        serve();
    }
    void serve() {
        respond = [this](const leat_sim_request& request, leat_sim_response& response) {
            const size_t n = std::min<size_t>(request.number, bodies.size() - 1);
            response.delay_ns = 5 * ms;
            response.body = view(bodies[n]);
        };
    }
    const Seen& ask(std::function<void(leat_request*)> adjust = {}) {
        EXPECT_EQ(submit("hello", [&](leat_request* request) {
                      request->format = &format;
                      if (adjust) adjust(request);
                  }),
                  LEAT_OK);
        leat_batch_finish(batch);
        run();
        (void)only();
        return seen;
    }
    leat_format format{};
    std::deque<std::string> bodies;
    Seen seen;
};

TEST(Format, an_answer_that_satisfies_the_schema_succeeds) {
    FormatWorld world;
    world.answer({"{\"name\":\"Ada\",\"age\":36}"});
    EXPECT_EQ(world.ask().status, LEAT_OK);
    EXPECT_EQ(world.seen.text, "{\"name\":\"Ada\",\"age\":36}");
    EXPECT_EQ(world.seen.message, "");
    EXPECT_EQ(world.only().attempts, 1u);
}

TEST(Format, a_wrong_answer_fails_with_place_and_rule_and_keeps_its_text) {
    const struct {
        const char* text;
        const char* message;
    } cases[] = {
        {"{\"name\":\"Ada\",\"age\":\"old\"}", "/age: type \"integer\"; found \"old\""},
        {"{\"name\":\"Ada\"}", "(root): required"},
        {"[1]", "(root): type \"object\"; found [1]"},
        {"Ada is 36.", "(root): no JSON from byte 0 on"},
        {"{\"name\":", "(root): no JSON from byte"},
        {"", "(root): no JSON from byte 0 on"},
    };
    for (const auto& one : cases) {
        FormatWorld world;
        world.answer({one.text});
        EXPECT_EQ(world.ask().status, LEAT_E_SCHEMA) << one.text;
        EXPECT_EQ(world.seen.message.substr(0, strlen(one.message)), one.message) << one.text;
        EXPECT_EQ(world.seen.text, one.text);
        EXPECT_EQ(world.seen.partial, 0);
        EXPECT_EQ(world.seen.finish_reason, "stop");
        EXPECT_EQ(world.only().stage, LEAT_STAGE_PARSE);
        EXPECT_EQ(world.only().http_status, 200);
        EXPECT_EQ(world.only().attempts, 3u) << "each try is an attempt (B29)";
        EXPECT_EQ(world.seen.failed.total_tokens, 30) << "and costs what it costs (B21)";
        EXPECT_EQ(world.summary().usage.total_tokens, 0);
    }
}

TEST(Format, a_wrong_answer_is_asked_again_without_a_wait) {
    FormatWorld world;
    world.answer({"no", "{}", "{\"name\":\"Ada\",\"age\":36}"});
    EXPECT_EQ(world.ask().status, LEAT_OK);
    EXPECT_EQ(world.seen.text, "{\"name\":\"Ada\",\"age\":36}");
    EXPECT_EQ(world.seen.message, "");
    EXPECT_EQ(world.only().attempts, 3u);
    EXPECT_EQ(world.stats().retries, 2u);
    ASSERT_EQ(world.requests.size(), 3u);
    EXPECT_LT(world.requests[2].at_ns - world.requests[0].at_ns, 100 * ms) << "no backoff (B29)";
    EXPECT_NE(world.requests[2].body.find("That answer was not accepted"), std::string::npos);
}

TEST(Format, nothing_of_a_wrong_answer_shows_after_another_failure) {
    FormatWorld world;
    world.setup.endpoint.retry.attempts_max = 2;
    world.answer({"no"});
    world.respond = [&world](const leat_sim_request& request, leat_sim_response& response) {
        response.body = view(world.bodies[0]);
        if (request.number == 0) return;
        response.status = 400;
        response.body = LEAT_STR("{\"error\":{\"message\":\"gone\"}}");
    };
    EXPECT_EQ(world.ask().status, LEAT_E_INVALID_REQUEST);
    EXPECT_EQ(world.seen.text, "");
    EXPECT_EQ(world.seen.message, "gone");
    EXPECT_EQ(world.seen.finish_reason, "");
    EXPECT_EQ(world.seen.model, "");
}

TEST(Format, json_means_any_object) {
    const struct {
        const char* text;
        leat_status status;
    } cases[] = {{"{}", LEAT_OK},
                 {" {\"a\":[1,2]}\n", LEAT_OK},
                 {"[]", LEAT_E_SCHEMA},
                 {"7", LEAT_E_SCHEMA},
                 {"{} {}", LEAT_E_SCHEMA},
                 {"```json\n{}\n```", LEAT_E_SCHEMA}};
    for (const auto& one : cases) {
        FormatWorld world;
        world.format = leat_format{};
        world.format.kind = LEAT_FORMAT_JSON;
        world.answer({one.text});
        EXPECT_EQ(world.ask().status, one.status) << one.text;
    }
}

TEST(Format, what_is_no_answer_is_not_checked) {
    const char* const replies[] = {
        // A refusal, an end by the content filter, a call of a tool.
        "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I won't.\"},"
        "\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"message\":{\"content\":\"cut\"},\"finish_reason\":\"content_filter\"}]}",
        "{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"function\":"
        "{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}",
    };
    for (const char* reply : replies) {
        FormatWorld world;
        world.bodies.push_back(reply);
        world.serve();
        EXPECT_EQ(world.ask().status, LEAT_OK) << reply;
        EXPECT_EQ(world.only().attempts, 1u);
    }
}

TEST(Format, what_replaces_the_format_is_not_checked) {
    const struct {
        const char* name;
        std::function<void(leat_request*)> adjust;
    } cases[] = {
        {"a body as it is",
         [](leat_request* request) {
             request->prompt = {nullptr, 0};
             request->body_json = LEAT_STR("{\"messages\":[]}");
         }},
        {"a response_format as it is",
         [](leat_request* request) {
             request->response_format_json = LEAT_STR("{\"type\":\"text\"}");
         }},
    };
    for (const auto& one : cases) {
        FormatWorld world;
        world.answer({"free text"});
        EXPECT_EQ(world.ask(one.adjust).status, LEAT_OK) << one.name;
    }
    FormatWorld world;
    world.format.unchecked = 1;
    world.answer({"free text"});
    EXPECT_EQ(world.ask().status, LEAT_OK) << "unchecked";
}

TEST(Format, a_schema_that_cannot_be_used_fails_its_item_before_anything_is_sent) {
    const struct {
        const char* schema;
        const char* message;
    } cases[] = {
        {"{\"type\":", "(root): no JSON from byte"},
        {"", "(root): no JSON from byte 0 on"},
        {"{\"type\":\"objekt\"}", "/type: type"},
        {"{\"properties\":{\"a\":{\"minimum\":\"x\"}}}", "/properties/a/minimum: minimum"},
    };
    for (const auto& one : cases) {
        FormatWorld world;
        world.format.schema_json = {one.schema, strlen(one.schema)};
        world.answer({"{}"});
        EXPECT_EQ(world.ask().status, LEAT_E_CONFIG) << one.schema;
        EXPECT_EQ(world.seen.message.substr(0, strlen(one.message)), one.message) << one.schema;
        EXPECT_EQ(world.only().stage, LEAT_STAGE_BUILD);
        EXPECT_EQ(world.requests.size(), 0u);
    }
    FormatWorld world;
    world.format.kind = LEAT_FORMAT_CHOICE;
    world.answer({"a"});
    EXPECT_EQ(world.ask().status, LEAT_E_CONFIG);
    EXPECT_EQ(world.seen.message, "the format has no choices");
}

TEST(Format, a_batch_s_own_format_counts_for_all_its_items) {
    for (const bool broken : {false, true}) {
        FormatWorld world;
        if (broken) world.format.schema_json = LEAT_STR("{\"type\":\"objekt\"}");
        world.setup.endpoint.retry.attempts_max = 1;
        world.answer({"{\"name\":\"Ada\",\"age\":36}", "{}", "no"});
        leat_request defaults;
        leat_request_init(&defaults);
        defaults.format = &world.format;
        world.open();
        leat_batch_config config = world.batch_config();
        config.defaults = &defaults;
        config.order = LEAT_ORDER_INPUT;
        world.open_batch(config);
        EXPECT_EQ(world.submit("", [](leat_request* request) {
                      request->body_json = LEAT_STR("{\"messages\":[]}");
                  }),
                  LEAT_OK);
        world.submit_all(3);
        world.run();
        ASSERT_EQ(world.results.size(), 4u);
        EXPECT_EQ(world.results[0].status, LEAT_OK) << "a body is not checked, nor marks it sound";
        for (size_t i = 1; i < 4; ++i) {
            EXPECT_EQ(world.results[i].status, broken ? LEAT_E_CONFIG : LEAT_E_SCHEMA) << i;
        }
        EXPECT_EQ(world.requests.size(), broken ? 1u : 4u);
    }
}

TEST(Format, a_check_over_its_bound_fails_once) {
    // Two branches at each of 40 levels: 2^40 ways, none of which fits.
    std::string schema = "{\"$defs\":{\"l40\":false";
    for (int level = 39; level >= 0; --level) {
        const std::string next = "{\"$ref\":\"#/$defs/l" + std::to_string(level + 1) + "\"}";
        schema += ",\"l" + std::to_string(level) + "\":{\"anyOf\":[" + next + "," + next + "]}";
    }
    schema += "},\"$ref\":\"#/$defs/l0\"}";
    FormatWorld world;
    world.format.schema_json = view(schema);
    world.answer({"{}"});
    EXPECT_EQ(world.ask().status, LEAT_E_TOO_LARGE);
    EXPECT_EQ(world.only().attempts, 1u) << "another answer would cost as much";
    EXPECT_EQ(world.seen.text, "{}");
    EXPECT_EQ(world.seen.message, "the answer or the schema is too deep or too large to be checked");
}

TEST(Format, a_choice_is_recognised_however_it_is_written) {
    const struct {
        const char* text;
        int32_t choice;
        const char* kept;
    } cases[] = {
        {"red", 0, "red"},
        {"  green\n", 1, "green"},
        {"GREEN", 1, "green"},
        {"Red", 3, "Red"},  // exactly comes first
        {"rED", 0, "red"},
        {"{\"choice\":\"green\"}", 1, "green"},
        {"{\"choice\":\"Green\",\"why\":1}", 1, "green"},
        {"{\"choice\":\"say \\\"no\\\"\"}", 2, "say \"no\""},
        {"\"red\"", 0, "red"},
        {"\"r\\u0065d\"", 0, "red"},
        {"blue", -1, "blue"},
        {"red or green", -1, "red or green"},
        {" {\"choice\":\"blue\"}", -1, " {\"choice\":\"blue\"}"},
        {"{\"choice\":7}", -1, "{\"choice\":7}"},
        {"{\"choice\":\"red\"", -1, "{\"choice\":\"red\""},
        {"", -1, ""},
    };
    const leat_str choices[] = {LEAT_STR("red"), LEAT_STR("green"), LEAT_STR("say \"no\""),
                                LEAT_STR("Red")};
    for (const auto& one : cases) {
        FormatWorld world;
        world.format = leat_format{};
        world.format.kind = LEAT_FORMAT_CHOICE;
        world.format.choices = choices;
        world.format.choices_count = 4;
        world.answer({one.text});
        EXPECT_EQ(world.ask().status, LEAT_OK) << one.text;
        EXPECT_EQ(world.seen.choice, one.choice) << one.text;
        EXPECT_EQ(world.seen.text, one.kept) << one.text;
        EXPECT_EQ(world.only().attempts, 1u) << "no choice is no failure (P20)";
    }
}

TEST(Format, retry_failed_gives_a_wrong_answer_its_extra_pass) {
    FormatWorld world;
    world.setup.endpoint.retry.attempts_max = 1;
    world.answer({"no", "{\"name\":\"Ada\",\"age\":36}"});
    world.open();
    leat_batch_config config = world.batch_config();
    config.retry_failed = LEAT_RETRY_FAILED_RETRYABLE;
    world.open_batch(config);
    EXPECT_EQ(world.ask().status, LEAT_OK);
    EXPECT_TRUE(world.only().retried);
}

TEST(Format, a_stream_is_checked_when_it_is_whole) {
    FormatWorld world;
    const std::string cut = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
    world.bodies = {cut + "{\"}}]}\n\n" + cut + "}\"},\"finish_reason\":\"stop\"}]}\n\n" +
                    "data: [DONE]\n\n"};
    world.respond = [&world](const leat_sim_request&, leat_sim_response& response) {
        response.headers[0] = {LEAT_STR("Content-Type"), LEAT_STR("text/event-stream")};
        response.headers_count = 1;
        response.body = view(world.bodies[0]);
    };
    EXPECT_EQ(world.ask([](leat_request* request) { request->stream = LEAT_ON; }).status,
              LEAT_E_SCHEMA);
    EXPECT_EQ(world.seen.text, "{}");
    EXPECT_EQ(world.seen.partial, 0);
}

TEST(Format, the_text_of_a_failure_never_shows_the_key) {
    FormatWorld world;
    world.answer({std::string("{\"name\":\"Ada\",\"age\":\"") + canary + "\"}"});
    EXPECT_EQ(world.ask().status, LEAT_E_SCHEMA);
    EXPECT_EQ(world.seen.message.find(canary), std::string::npos) << world.seen.message;
}

}  // namespace
}  // namespace sim_test
