// Bodies of Messages requests: each compared, as a tree, with what it must say.
#include <gtest/gtest.h>

#include <cmath>

#include "anthropic_help.h"
#include "json_tree.h"

namespace leat {
namespace {

leat_number number(double value) {
    leat_number n{};
    n.value = value;
    n.is_set = 1;
    return n;
}

void hi(leat_request* request) { request->prompt = text("hi"); }

const char hi_messages[] = R"("messages":[{"role":"user","content":"hi"}])";

void expect_same(const BuiltBody& built, const std::string& expected, uint32_t ignored = 0) {
    ASSERT_EQ(built.status, LEAT_OK);
    EXPECT_TRUE(json_tree(built.body) == json_tree(expected)) << built.body << "\nbut expected\n"
                                                              << expected;
    EXPECT_EQ(built.ignored, ignored) << built.body;
}

// "hi" and what `fill` sets give the members of a plain request and `members`.
void expect_members(const FillRequest& fill, const std::string& members, uint32_t ignored = 0,
                    const char* model = "m") {
    const BuiltBody built = build_messages(
        [&](leat_request* r) {
            hi(r);
            fill(r);
        },
        model);
    const std::string more = members.empty() ? "" : "," + members;
    expect_same(built, std::string(R"({"model":")") + model + "\"," + hi_messages + more + "}",
                ignored);
}

const char max_default[] = R"("max_tokens":4096)";

std::string with_max(const std::string& members) {
    return std::string(max_default) + (members.empty() ? "" : "," + members);
}

TEST(MessagesBuildTest, unset_options_are_absent_but_max_tokens) {
    expect_members([](leat_request*) {}, max_default);
    expect_same(build_messages(hi, ""), std::string("{") + hi_messages + R"(,"max_tokens":4096})");
}

TEST(MessagesBuildTest, each_option_appears_alone_when_set) {
    const struct {
        const char* member;
        FillRequest fill;
    } rows[] = {
        {R"("temperature":0)", [](leat_request* r) { r->temperature = number(0); }},
        {R"("temperature":0.7)", [](leat_request* r) { r->temperature = number(0.7); }},
        {R"("top_p":0.5)", [](leat_request* r) { r->top_p = number(0.5); }},
        {R"("top_k":40)", [](leat_request* r) { r->top_k = number(40); }},
        {R"("system":"be short")", [](leat_request* r) { r->system = text("be short"); }},
        {R"("output_config":{"effort":"xhigh"})",
         [](leat_request* r) { r->reasoning_effort = text("xhigh"); }},
        {R"("output_config":{"format":{"type":"json_schema","schema":{}}})",
         [](leat_request* r) {
             r->response_format_json = text(R"({"type":"json_schema","schema":{}})");
         }},
        {R"("cache_control":{"type":"ephemeral"})",
         [](leat_request* r) { r->cache_prompt = LEAT_ON; }},
        {R"("metadata":{"user_id":"u"})",
         [](leat_request* r) { r->provider_metadata_json = text(R"({"user_id":"u"})"); }},
        {R"("tools":[{"type":"web_search_20250305","name":"w"}])",
         [](leat_request* r) {
             r->tools_json = text(R"([{"type":"web_search_20250305","name":"w"}])");
         }},
        {R"("tool_choice":{"type":"any"})",
         [](leat_request* r) { r->tool_choice_json = text(R"({"type":"any"})"); }},
        {R"("service_tier":"auto","container":"c")",
         [](leat_request* r) {
             r->extra_json = text(R"( {"service_tier":"auto", "container" : "c"} )");
         }},
    };
    for (const auto& row : rows) expect_members(row.fill, with_max(row.member));
}

TEST(MessagesBuildTest, max_tokens_is_the_requests_then_its_own_json_then_the_default) {
    expect_members([](leat_request* r) { r->max_output_tokens = 1; }, R"("max_tokens":1)");
    expect_members([](leat_request* r) { r->max_output_tokens = UINT32_MAX; },
                   R"("max_tokens":4294967295)");
    expect_members([](leat_request* r) { r->extra_json = text(R"({"max_tokens":9})"); },
                   R"("max_tokens":9)");
}

TEST(MessagesBuildTest, what_no_model_has_is_reported) {
    const struct {
        uint32_t field;
        FillRequest fill;
    } rows[] = {
        {LEAT_FIELD_SEED, [](leat_request* r) { r->seed = number(1); }},
        {LEAT_FIELD_PRESENCE_PENALTY, [](leat_request* r) { r->presence_penalty = number(1); }},
        {LEAT_FIELD_FREQUENCY_PENALTY, [](leat_request* r) { r->frequency_penalty = number(1); }},
        {LEAT_FIELD_PROMPT_CACHE_KEY, [](leat_request* r) { r->prompt_cache_key = text("k"); }},
        {LEAT_FIELD_CACHED_CONTENT, [](leat_request* r) { r->cached_content = text("c"); }},
        {LEAT_FIELD_CHOICES_WANTED, [](leat_request* r) { r->choices_wanted = 2; }},
    };
    for (const auto& row : rows) expect_members(row.fill, max_default, row.field);
    leat_format json{};
    json.kind = LEAT_FORMAT_JSON;
    expect_members([&](leat_request* r) { r->format = &json; }, max_default,
                   LEAT_FIELD_FORMAT_JSON);
}

TEST(MessagesBuildTest, a_model_that_refuses_an_option_does_not_get_it) {
    const FillRequest all = [](leat_request* r) {
        r->temperature = number(1);
        r->top_p = number(0.96);
        r->top_k = number(5);
    };
    const uint32_t three = LEAT_FIELD_TEMPERATURE | LEAT_FIELD_TOP_P | LEAT_FIELD_TOP_K;
    for (const char* model : {"claude-opus-4-7", "claude-opus-4-8", "claude-opus-5",
                              "claude-sonnet-5", "claude-fable-5", "claude-opus-4-7-20260416",
                              "anthropic.claude-opus-4-7-v1:0"}) {
        expect_members(all, max_default, three, model);
    }
    for (const char* model : {"claude-opus-4-1-20250805", "claude-sonnet-4-5",
                              "claude-haiku-4-5-20251001", "claude-opus-4-6"}) {
        expect_members(all, with_max(R"("temperature":1,"top_k":5)"), LEAT_FIELD_TOP_P, model);
        expect_members([](leat_request* r) { r->top_p = number(0.5); },
                       with_max(R"("top_p":0.5)"), 0, model);
    }
    for (const char* model : {"claude-3-haiku-20240307", "claude-opus-4-70", "claude-opus-50",
                              "gateway-model"}) {
        expect_members(all, with_max(R"("temperature":1,"top_p":0.96,"top_k":5)"), 0, model);
    }
}

struct ThinkingRow {
    const char* model;
    leat_switch thinking;
    double budget;  // NAN: not set
    const char* members;
    uint32_t ignored;
};

TEST(MessagesBuildTest, thinking_is_asked_for_as_the_model_takes_it) {
    const uint32_t switch_field = LEAT_FIELD_THINKING;
    const uint32_t budget_field = LEAT_FIELD_THINKING_BUDGET;
    const char adaptive[] = R"("thinking":{"type":"adaptive"},"max_tokens":4096)";
    const char shown[] =
        R"("thinking":{"type":"adaptive","display":"summarized"},"max_tokens":4096)";
    const char off[] = R"("thinking":{"type":"disabled"},"max_tokens":4096)";
    const char least[] =
        R"("thinking":{"type":"enabled","budget_tokens":1024},"max_tokens":5120)";
    const char given[] =
        R"("thinking":{"type":"enabled","budget_tokens":2048},"max_tokens":6144)";
    const ThinkingRow rows[] = {
        {"m", LEAT_UNSET, NAN, max_default, 0},
        {"m", LEAT_ON, NAN, adaptive, 0},
        {"m", LEAT_OFF, NAN, off, 0},
        {"m", LEAT_UNSET, 0, off, 0},
        {"m", LEAT_ON, 0, off, switch_field},
        {"m", LEAT_OFF, 0, off, 0},
        {"m", LEAT_OFF, 2048, off, budget_field},
        {"m", LEAT_UNSET, -1, adaptive, 0},
        {"m", LEAT_ON, -1, adaptive, 0},
        {"m", LEAT_UNSET, 2048, given, 0},
        {"m", LEAT_ON, 2048, given, 0},
        {"claude-opus-4-6", LEAT_ON, 2048, given, 0},
        {"claude-opus-4-6", LEAT_ON, NAN, adaptive, 0},
        {"claude-opus-5", LEAT_ON, NAN, shown, 0},
        {"claude-opus-5", LEAT_ON, 2048, shown, budget_field},
        {"claude-opus-5", LEAT_UNSET, 2048, adaptive, budget_field},
        {"claude-opus-5", LEAT_OFF, NAN, off, 0},
        {"claude-fable-5", LEAT_OFF, NAN, max_default, switch_field},
        {"claude-fable-5", LEAT_UNSET, 0, max_default, budget_field},
        {"claude-haiku-4-5", LEAT_ON, NAN, least, 0},
        {"claude-haiku-4-5", LEAT_UNSET, -1, least, budget_field},
        {"claude-3-7-sonnet-20250219", LEAT_ON, 2048, given, 0},
        {"claude-sonnet-4-20250514", LEAT_ON, NAN, least, 0},
    };
    for (const ThinkingRow& row : rows) {
        SCOPED_TRACE(std::string(row.model) + " " + std::to_string(row.thinking) + " " +
                     std::to_string(row.budget));
        expect_members(
            [&](leat_request* r) {
                r->thinking = row.thinking;
                if (!std::isnan(row.budget)) r->thinking_budget_tokens = number(row.budget);
            },
            row.members, row.ignored, row.model);
    }
}

TEST(MessagesBuildTest, a_budget_stands_beside_the_limit_that_was_given) {
    expect_members(
        [](leat_request* r) {
            r->thinking_budget_tokens = number(2048);
            r->max_output_tokens = 3000;
        },
        R"("max_tokens":3000,"thinking":{"type":"enabled","budget_tokens":2048})");
    const BuiltBody huge = build_messages([](leat_request* r) {
        hi(r);
        r->thinking_budget_tokens = number(1e300);
    });
    EXPECT_EQ(huge.status, LEAT_OK);
    for (const double bad : {std::nan(""), HUGE_VAL}) {
        const BuiltBody refused = build_messages([&](leat_request* r) {
            hi(r);
            r->thinking_budget_tokens = number(bad);
        });
        EXPECT_EQ(refused.status, LEAT_E_ARGUMENT);
    }
}

TEST(MessagesBuildTest, thinking_leaves_no_room_for_sampling) {
    const FillRequest cold = [](leat_request* r) {
        r->thinking = LEAT_ON;
        r->temperature = number(0);
        r->top_p = number(0.9);
        r->top_k = number(5);
    };
    expect_members(cold, with_max(R"("thinking":{"type":"adaptive"})"),
                   LEAT_FIELD_TEMPERATURE | LEAT_FIELD_TOP_P | LEAT_FIELD_TOP_K);
    const FillRequest warm = [](leat_request* r) {
        r->thinking = LEAT_ON;
        r->temperature = number(1);
        r->top_p = number(0.95);
    };
    expect_members(warm,
                   with_max(R"("thinking":{"type":"adaptive"},"temperature":1,"top_p":0.95)"));
}

TEST(MessagesBuildTest, stop_sequences_keep_their_order) {
    const leat_str stop[] = {text("END"), text("\"\n")};
    expect_members(
        [&](leat_request* r) {
            r->stop = stop;
            r->stop_count = 2;
        },
        with_max(R"("stop_sequences":["END","\"\n"])"));
}

TEST(MessagesBuildTest, a_schema_is_an_output_format_S18) {
    leat_format format{};
    format.kind = LEAT_FORMAT_JSON_SCHEMA;
    format.schema_json = text(R"({"type":"object"})");
    format.strict = 1;
    expect_members(
        [&](leat_request* r) {
            r->format = &format;
            r->reasoning_effort = text("low");
        },
        with_max(R"("output_config":{"effort":"low",
            "format":{"type":"json_schema","schema":{"type":"object"}}})"));
    const leat_str choices[] = {text("a"), text("b")};
    leat_format choice{};
    choice.kind = LEAT_FORMAT_CHOICE;
    choice.choices = choices;
    choice.choices_count = 2;
    expect_members(
        [&](leat_request* r) { r->format = &choice; },
        with_max(R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object",
            "properties":{"choice":{"type":"string","enum":["a","b"]}},"required":["choice"],
            "additionalProperties":false}}})"));
    leat_format plain{};
    expect_members([&](leat_request* r) { r->format = &plain; }, max_default);
    expect_members(
        [&](leat_request* r) {
            r->format = &format;
            r->response_format_json = text("{}");
        },
        with_max(R"("output_config":{"format":{}})"));
}

// ---- tools

TEST(MessagesBuildTest, G19_tools_are_described_in_the_providers_words) {
    leat_tool list[2] = {};
    list[0].name = text("weather");
    list[0].description = text("of a \"city\"");
    list[0].parameters_json = text(R"({"type":"object","properties":{"c":{}}})");
    list[0].strict = 1;
    list[1].name = text("now");
    leat_tools tools{};
    tools.list = list;
    tools.count = 2;
    const std::string described = R"("tools":[{"name":"weather","description":"of a \"city\"",
        "input_schema":{"type":"object","properties":{"c":{}}},"strict":true},
        {"name":"now","input_schema":{"type":"object","properties":{}}}])";
    const struct {
        leat_tool_mode mode;
        leat_switch parallel;
        const char* choice;
        uint32_t ignored;
    } rows[] = {
        {LEAT_TOOLS_UNSET, LEAT_UNSET, "", 0},
        {LEAT_TOOLS_AUTO, LEAT_UNSET, R"({"type":"auto"})", 0},
        {LEAT_TOOLS_NONE, LEAT_UNSET, R"({"type":"none"})", 0},
        {LEAT_TOOLS_REQUIRED, LEAT_UNSET, R"({"type":"any"})", 0},
        {LEAT_TOOLS_NAMED, LEAT_UNSET, R"({"type":"tool","name":"now"})", 0},
        {LEAT_TOOLS_UNSET, LEAT_OFF, R"({"type":"auto","disable_parallel_tool_use":true})", 0},
        {LEAT_TOOLS_REQUIRED, LEAT_ON, R"({"type":"any","disable_parallel_tool_use":false})", 0},
        {LEAT_TOOLS_NONE, LEAT_OFF, R"({"type":"none"})", LEAT_FIELD_PARALLEL_TOOLS},
    };
    for (const auto& row : rows) {
        tools.mode = row.mode;
        tools.parallel = row.parallel;
        tools.choice = text("now");
        std::string members = with_max(described);
        if (row.choice[0] != '\0') members += std::string(",\"tool_choice\":") + row.choice;
        expect_members([&](leat_request* r) { r->tools = &tools; }, members, row.ignored);
    }
}

TEST(MessagesBuildTest, a_choice_among_no_tools_is_left_out) {
    leat_tools tools{};
    tools.mode = LEAT_TOOLS_REQUIRED;
    tools.parallel = LEAT_OFF;
    expect_members([&](leat_request* r) { r->tools = &tools; }, max_default,
                   LEAT_FIELD_TOOL_CHOICE | LEAT_FIELD_PARALLEL_TOOLS);
    expect_members(
        [&](leat_request* r) {
            r->tools = &tools;
            r->tools_json = text(R"([{"name":"x"}])");
        },
        with_max(R"("tools":[{"name":"x"}],
            "tool_choice":{"type":"any","disable_parallel_tool_use":true})"));
}

// ---- a body given whole

TEST(MessagesBuildTest, a_whole_body_goes_out_as_it_is) {
    const char body[] =
        R"({"model":"own","max_tokens":7,"messages":[{"role":"user","content":"x"}],"stream":true})";
    const FillRequest given = [&](leat_request* r) { r->body_json = text(body); };
    const std::string rest = R"("max_tokens":7,"messages":[{"role":"user","content":"x"}])";
    expect_same(build_messages(given, "endpoint"), R"({"model":"own",)" + rest + "}");
    expect_same(build_messages(given, "endpoint", true),
                R"({"model":"own","stream":true,)" + rest + "}");
    const FillRequest renamed = [&](leat_request* r) {
        r->body_json = text(body);
        r->model = text("asked");
    };
    expect_same(build_messages(renamed, "asked"), R"({"model":"asked",)" + rest + "}");
    const FillRequest nameless = [](leat_request* r) { r->body_json = text(R"({"a":1})"); };
    expect_same(build_messages(nameless, "endpoint"), R"({"model":"endpoint","a":1})");
    for (const char* broken : {"[]", "{", "{\"a\":}", "x"}) {
        const BuiltBody built = build_messages(
            [&](leat_request* r) { r->body_json = text(broken, strlen(broken)); });
        EXPECT_EQ(built.status, LEAT_E_JSON) << broken;
    }
}

TEST(MessagesBuildTest, a_stream_is_asked_for_when_the_call_streams) {
    expect_same(build_messages(hi, "m", true),
                std::string("{\"model\":\"m\",") + hi_messages + ",\"stream\":true," +
                    max_default + "}");
}

TEST(MessagesBuildTest, a_small_arena_ends_in_its_status_at_every_size) {
    const std::string long_text(300, 'x');
    const FillRequest fill = [&](leat_request* r) {
        hi(r);
        r->system = view(long_text);
        r->thinking = LEAT_ON;
        r->reasoning_effort = text("low");
    };
    const BuiltBody whole = build_messages(fill);
    ASSERT_EQ(whole.status, LEAT_OK);
    bool fitted = false;
    for (size_t size = 0; size < 1200; size += 7) {
        const BuiltBody built = build_messages(fill, "m", false, size);
        if (built.status == LEAT_OK) {
            fitted = true;
            ASSERT_EQ(built.body, whole.body);
        } else {
            ASSERT_EQ(built.status, LEAT_E_ITEM_MEMORY) << size;
        }
    }
    EXPECT_TRUE(fitted);
}

}  // namespace
}  // namespace leat
