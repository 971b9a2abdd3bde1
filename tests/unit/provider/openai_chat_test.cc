// Bodies of chat requests: each compared, as a tree, with what it must say.
#include "provider/openai_chat.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/poison.h"
#include "codec/rope.h"
#include "json_tree.h"
#include "provider/registry.h"
#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

leat_number number(double value) {
    leat_number n{};
    n.value = value;
    n.is_set = 1;
    return n;
}

struct Built {
    leat_status status;
    std::string body;
};

using Fill = std::function<void(leat_request*)>;

Built build(const char* provider, const Fill& fill, const char* model = "m",
            size_t arena_bytes = 65536) {
    leat_request request;
    leat_request_init(&request);
    fill(&request);
    const leat_adapter* const adapter = find_adapter(text(provider, strlen(provider)));
    if (adapter == nullptr) return {LEAT_E_NOT_FOUND, ""};
    const std::unique_ptr<char[]> memory(new char[arena_bytes + 1]);
    Arena arena;
    arena.open(memory.get(), arena_bytes);
    leat_rope rope;
    rope.arena = &arena;
    const leat_build order = {&request, text(model, strlen(model)), adapter->context, 0, {}};
    leat_status status = adapter->build(&order, &rope);
    if (status == LEAT_OK) status = rope.status;
    std::string body;
    if (status == LEAT_OK) {
        RopeReader reader(rope.rope);
        char window[97];
        while (const size_t size = reader.fill(window, sizeof window)) body.append(window, size);
        EXPECT_TRUE(reader.done());
        EXPECT_EQ(body.size(), rope.rope.total_bytes);
    }
    unpoison(memory.get(), arena_bytes);
    return {status, body};
}

void expect_body(const char* provider, const Fill& fill, const std::string& expected,
                 const char* model = "m") {
    const Built built = build(provider, fill, model);
    ASSERT_EQ(built.status, LEAT_OK);
    EXPECT_TRUE(json_tree(built.body) == json_tree(expected)) << built.body << "\nbut expected\n"
                                                              << expected;
}

void hi(leat_request* request) { request->prompt = text("hi"); }

const char hi_messages[] = R"("messages":[{"role":"user","content":"hi"}])";

TEST(ChatBuildTest, unset_options_are_absent) {
    for (uint32_t i = 0; const leat_adapter* adapter = compat_at(i); ++i) {
        expect_body(adapter->name, hi, std::string(R"({"model":"m",)") + hi_messages + "}");
    }
    expect_body("openai", hi, std::string("{") + hi_messages + "}", "");
}

TEST(ChatBuildTest, each_option_appears_alone_when_set) {
    const struct {
        const char* member;
        Fill fill;
    } rows[] = {
        {R"("temperature":0.7)", [](leat_request* r) { r->temperature = number(0.7); }},
        {R"("temperature":0)", [](leat_request* r) { r->temperature = number(0); }},
        {R"("temperature":2)", [](leat_request* r) { r->temperature = number(2); }},
        {R"("top_p":0.95)", [](leat_request* r) { r->top_p = number(0.95); }},
        {R"("seed":0)", [](leat_request* r) { r->seed = number(0); }},
        {R"("seed":-5)", [](leat_request* r) { r->seed = number(-5); }},
        {R"("presence_penalty":-2)", [](leat_request* r) { r->presence_penalty = number(-2); }},
        {R"("frequency_penalty":1.5)",
         [](leat_request* r) { r->frequency_penalty = number(1.5); }},
        {R"("max_completion_tokens":1)", [](leat_request* r) { r->max_output_tokens = 1; }},
        {R"("max_completion_tokens":4294967295)",
         [](leat_request* r) { r->max_output_tokens = UINT32_MAX; }},
        {R"("reasoning_effort":"low")",
         [](leat_request* r) { r->reasoning_effort = text("low"); }},
        {R"("response_format":{"type":"json_object"})",
         [](leat_request* r) { r->response_format_json = text(R"({"type":"json_object"})"); }},
        {R"("tools":[{"type":"function","function":{"name":"f"}}])",
         [](leat_request* r) {
             r->tools_json = text(R"([{"type":"function","function":{"name":"f"}}])");
         }},
        {R"("tool_choice":"auto")", [](leat_request* r) { r->tool_choice_json = text("\"auto\""); }},
        {R"("tool_choice":{"type":"function","function":{"name":"f"}})",
         [](leat_request* r) {
             r->tool_choice_json = text(R"({"type":"function","function":{"name":"f"}})");
         }},
        {R"("n":1,"logit_bias":{"5":-100})",
         [](leat_request* r) { r->extra_json = text(R"( { "n" : 1 , "logit_bias":{"5":-100}} )"); }},
    };
    for (const auto& row : rows) {
        expect_body(
            "openai",
            [&](leat_request* r) {
                hi(r);
                row.fill(r);
            },
            std::string(R"({"model":"m",)") + hi_messages + "," + row.member + "}");
    }
}

TEST(ChatBuildTest, all_options_together) {
    const leat_str stop[] = {text("END"), text("\"\n"), text("")};
    expect_body(
        "openai",
        [&](leat_request* r) {
            hi(r);
            r->system = text("be short");
            r->temperature = number(1e-7);
            r->top_p = number(1);
            r->seed = number(123456789012345);
            r->presence_penalty = number(0.1);
            r->frequency_penalty = number(-0.1);
            r->max_output_tokens = 77;
            r->stop = stop;
            r->stop_count = 3;
            r->reasoning_effort = text("high");
            r->response_format_json = text("{}");
            r->tools_json = text("[]");
            r->tool_choice_json = text("\"none\"");
            r->extra_json = text(R"({"user":"u\"1","metadata":{"a":[1,2,{"b":null}]},"x":true})");
        },
        R"({"model":"m","messages":[{"role":"system","content":"be short"},
            {"role":"user","content":"hi"}],"temperature":1e-7,"top_p":1,"seed":123456789012345,
            "presence_penalty":0.1,"frequency_penalty":-0.1,"max_completion_tokens":77,
            "stop":["END","\"\n",""],"reasoning_effort":"high","response_format":{},"tools":[],
            "tool_choice":"none","user":"u\"1","metadata":{"a":[1,2,{"b":null}]},"x":true})");
}

TEST(ChatBuildTest, system_comes_first_then_messages_then_prompt) {
    leat_message messages[5] = {};
    messages[0].role = text("user");
    messages[0].content = text("weather?");
    messages[1].role = text("assistant");
    messages[1].tool_calls_json = text(R"([{"id":"c1","type":"function"}])");
    messages[2].role = text("tool");
    messages[2].tool_call_id = text("c1");
    messages[2].content = text("sunny");
    messages[3].role = text("user");
    messages[3].content_json = text(R"([{"type":"text","text":"and?"}])");
    messages[3].content = text("content_json wins");
    messages[4].role = text("assistant");
    expect_body(
        "openai",
        [&](leat_request* r) {
            r->system = text("s");
            r->messages = messages;
            r->messages_count = 5;
            r->prompt = text("last");
        },
        R"({"model":"m","messages":[{"role":"system","content":"s"},
            {"role":"user","content":"weather?"},
            {"role":"assistant","tool_calls":[{"id":"c1","type":"function"}]},
            {"role":"tool","tool_call_id":"c1","content":"sunny"},
            {"role":"user","content":[{"type":"text","text":"and?"}]},
            {"role":"assistant","content":""},
            {"role":"user","content":"last"}]})");
}

TEST(ChatBuildTest, text_of_every_kind_survives) {
    std::string odd;
    for (char c = 1; c > 0; ++c) odd += c;
    odd += std::string("\0", 1) + "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
    for (const size_t size : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, size_t{257}, size_t{5000}}) {
        std::string prompt = odd;
        prompt.append(size, 'a');
        const Built built = build("openai", [&](leat_request* r) { r->prompt = view(prompt); });
        ASSERT_EQ(built.status, LEAT_OK);
        const JsonTree tree = json_tree(built.body);
        EXPECT_EQ(tree.members.at("messages").elements[0].members.at("content").text, prompt);
    }
}

TEST(ChatBuildTest, the_token_limit_has_each_services_name) {
    const struct {
        const char* provider;
        const char* name;
    } rows[] = {{"openai", "max_completion_tokens"},   {"azure", "max_completion_tokens"},
                {"groq", "max_completion_tokens"},     {"cerebras", "max_completion_tokens"},
                {"mistral", "max_tokens"},             {"maritaca", "max_tokens"},
                {"deepseek", "max_tokens"},            {"together", "max_tokens"},
                {"openrouter", "max_tokens"},          {"vllm", "max_tokens"},
                {"llamacpp", "max_tokens"},            {"ollama-openai", "max_tokens"},
                {"perplexity", "max_tokens"},          {"xai", "max_tokens"},
                {"upstage", "max_tokens"},             {"gpustack", "max_tokens"}};
    for (const auto& row : rows) {
        expect_body(
            row.provider,
            [](leat_request* r) {
                hi(r);
                r->max_output_tokens = 9;
            },
            std::string(R"({"model":"m",)") + hi_messages + ",\"" + row.name + "\":9}");
    }
}

TEST(ChatBuildTest, mistral_calls_its_seed_random_seed_and_maritaca_has_none) {
    const Fill seeded = [](leat_request* r) {
        hi(r);
        r->seed = number(42);
    };
    expect_body("mistral", seeded,
                std::string(R"({"model":"m","random_seed":42,)") + hi_messages + "}");
    expect_body("maritaca", seeded, std::string(R"({"model":"m",)") + hi_messages + "}");
}

TEST(ChatBuildTest, maritaca_takes_temperature_zero_as_1e_minus_8_M13) {
    const Fill cold = [](leat_request* r) {
        hi(r);
        r->temperature = number(0);
    };
    expect_body("maritaca", cold,
                std::string(R"({"model":"m","temperature":1e-08,)") + hi_messages + "}");
    expect_body("mistral", cold,
                std::string(R"({"model":"m","temperature":0,)") + hi_messages + "}");
    expect_body(
        "maritaca",
        [](leat_request* r) {
            hi(r);
            r->temperature = number(0.5);
        },
        std::string(R"({"model":"m","temperature":0.5,)") + hi_messages + "}");
}

TEST(ChatBuildTest, whole_numbers_are_written_as_digits) {
    // Services read seed as an integer; an exponent or a point would be refused.
    for (const double seed : {1.0, 100000.0, 2147483647.0, 4294967296.0, 123456789012345.0}) {
        const Built built = build("openai", [&](leat_request* r) {
            hi(r);
            r->seed = number(seed);
        });
        const std::string digits = "\"seed\":" + std::to_string(static_cast<int64_t>(seed));
        EXPECT_NE(built.body.find(digits), std::string::npos) << built.body;
    }
}

TEST(ChatBuildTest, numbers_that_JSON_cannot_say_are_refused) {
    for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        const Built built = build("openai", [&](leat_request* r) {
            hi(r);
            r->temperature = number(bad);
        });
        EXPECT_EQ(built.status, LEAT_E_ARGUMENT);
    }
}

TEST(ChatBuildTest, broken_extra_json_is_refused) {
    for (const char* bad : {"{", "[]", "1", "\"x\"", "{\"a\":}", "{\"a\":1,}", "{\"a\":1} x", "{a:1}",
                            "{\"a\":01}", "{\"a\":\"\xFF\"}", "null", " "}) {
        const Built built = build("openai", [&](leat_request* r) {
            hi(r);
            r->extra_json = text(bad, strlen(bad));
        });
        EXPECT_EQ(built.status, LEAT_E_JSON) << bad;
    }
}

TEST(ChatBuildTest, broken_UTF8_is_refused_wherever_it_stands) {
    const Text bad = text("a\xC3");
    leat_message message{};
    message.role = text("user");
    const leat_str stop[] = {bad};
    const Fill fills[] = {
        [&](leat_request* r) { r->prompt = bad; },
        [&](leat_request* r) { hi(r); r->system = bad; },
        [&](leat_request* r) { hi(r); r->reasoning_effort = bad; },
        [&](leat_request* r) { hi(r); r->stop = stop; r->stop_count = 1; },
        [&](leat_request* r) { message.content = bad; r->messages = &message; r->messages_count = 1; },
        [&](leat_request* r) {
            message.content = text("x");
            message.role = bad;
            r->messages = &message;
            r->messages_count = 1;
        },
        [&](leat_request* r) {
            message.role = text("tool");
            message.tool_call_id = bad;
            r->messages = &message;
            r->messages_count = 1;
        },
    };
    for (const Fill& fill : fills) EXPECT_EQ(build("openai", fill).status, LEAT_E_TEXT);
    EXPECT_EQ(build("openai", hi, "\xFF").status, LEAT_E_TEXT) << "the model's name";
}

TEST(ChatBodyTest, a_body_of_the_callers_passes_as_it_is) {
    const Fill body = [](leat_request* r) {
        r->body_json = text(R"({"model":"own","messages":[],"temperature":0.1,"x":{"stream":true}})");
        r->temperature = number(2);  // not for a whole body
        r->max_output_tokens = 5;
    };
    expect_body("openai", body,
                R"({"model":"own","messages":[],"temperature":0.1,"x":{"stream":true}})");
}

TEST(ChatBodyTest, the_model_is_replaced_when_one_is_asked_for) {
    expect_body(
        "openai",
        [](leat_request* r) {
            r->body_json = text(R"({"messages":[], "model" : "own" ,"n":1})");
            r->model = text("asked");
        },
        R"({"model":"asked","messages":[],"n":1})", "asked");
    expect_body(
        "openai",
        [](leat_request* r) {
            r->body_json = text(R"({"mod\u0065l":"a","messages":[],"model":"b"})");
            r->model = text("asked");
        },
        R"({"model":"asked","messages":[]})", "asked");
    // The endpoint's model serves a body that names none.
    expect_body(
        "openai", [](leat_request* r) { r->body_json = text(R"({"messages":[]})"); },
        R"({"model":"endpoint's","messages":[]})", "endpoint's");
    expect_body(
        "openai", [](leat_request* r) { r->body_json = text("{}"); }, "{}", "");
}

TEST(ChatBodyTest, streaming_is_taken_out) {
    expect_body(
        "openai",
        [](leat_request* r) {
            r->body_json = text(R"({"stream":true,"model":"m","stream_options":{"include_usage":true},)"
                                R"("messages":[]})");
        },
        R"({"model":"m","messages":[]})");
    expect_body(
        "openai", [](leat_request* r) { r->body_json = text(R"({"stream":true})"); },
        R"({"model":"m"})");
}

TEST(ChatBodyTest, what_is_no_JSON_object_is_refused) {
    for (const char* bad : {"", "[", "[]", "{\"model\":\"m\"", "{\"model\":\"m\"} {}", "nonsense",
                            "{\"a\":\"\xFF\"}", "{\"model\":\"m\",}"}) {
        if (bad[0] == '\0') continue;
        const Built built =
            build("openai", [&](leat_request* r) { r->body_json = text(bad, strlen(bad)); });
        EXPECT_EQ(built.status, LEAT_E_JSON) << bad;
    }
}

TEST(ChatBuildTest, a_small_arena_ends_in_its_status_at_every_size) {
    const std::string prompt(400, '"');
    const Fill fill = [&](leat_request* r) {
        r->system = text("s");
        r->prompt = view(prompt);
        r->temperature = number(0.5);
        r->extra_json = text(R"({"a":1,"b":[1,2,3]})");
    };
    const Built whole = build("openai", fill);
    bool fitted = false;
    for (size_t size = 0; size < 1500; ++size) {
        const Built built = build("openai", fill, "m", size);
        if (built.status == LEAT_OK) {
            fitted = true;
            ASSERT_EQ(built.body, whole.body);
        } else {
            ASSERT_EQ(built.status, LEAT_E_ITEM_MEMORY) << size;
            ASSERT_FALSE(fitted) << "less memory sufficed";
        }
    }
    EXPECT_TRUE(fitted);
}

}  // namespace
}  // namespace leat
