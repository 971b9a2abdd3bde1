// Requests in Gemini's words: each body compared, as a tree, with what it must say, and each path.
#include <gtest/gtest.h>

#include "gemini_help.h"
#include "json_tree.h"
#include "provider/gemini.h"

namespace leat {
namespace {

using gemini_test::build;
using gemini_test::Built;
using gemini_test::Fill;
using gemini_test::number;

void hi(leat_request* r) { r->prompt = text("hi"); }

const std::string hi_contents = R"("contents":[{"role":"user","parts":[{"text":"hi"}]}])";

void expect_body(const char* provider, const Fill& fill, const std::string& expected,
                 const std::string& model = "gemini-x", uint32_t ignored = 0) {
    const Built built = build(provider, fill, model);
    ASSERT_STREQ(leat_status_name(built.status), "LEAT_OK") << expected;
    EXPECT_TRUE(json_tree(built.body) == json_tree(expected)) << built.body << "\nbut expected\n"
                                                              << expected;
    EXPECT_EQ(built.ignored, ignored) << expected;
}

TEST(GeminiPathTest, model_and_verb_stand_in_the_path) {
    const struct {
        const char* model;
        const char* path;
    } rows[] = {
        {"gemini-2.5-flash", "/models/gemini-2.5-flash"},
        {"models/gemini-2.5-flash", "/models/gemini-2.5-flash"},
        {"tunedModels/mine-1_2", "/tunedModels/mine-1_2"},
        {"gemini-1.5-pro@001", "/models/gemini-1.5-pro@001"},
        {"a?b#c:d%e&f", "/models/a%3Fb%23c%3Ad%25e%26f"},
        {"..", "/models/.."},
    };
    for (const char* provider : {"gemini", "vertex"}) {
        for (const auto& row : rows) {
            EXPECT_EQ(build(provider, hi, row.model).path,
                      std::string(row.path) + ":generateContent");
            EXPECT_EQ(build(provider, hi, row.model, true).path,
                      std::string(row.path) + ":streamGenerateContent?alt=sse");
        }
    }
    // The request's own path stands for itself.
    const Fill own = [](leat_request* r) {
        hi(r);
        r->path = text("/models/y:generateContent");
    };
    EXPECT_EQ(build("gemini", own).path, "");
    EXPECT_EQ(build("gemini", own).status, LEAT_OK);
}

TEST(GeminiPathTest, strange_model_names_are_refused) {
    const struct {
        std::string model;
        leat_status status;
    } rows[] = {
        {"", LEAT_E_ARGUMENT},           {"models/", LEAT_E_ARGUMENT},
        {"a/b", LEAT_E_TEXT},            {"../x", LEAT_E_TEXT},
        {"models/../x", LEAT_E_TEXT},    {"a b", LEAT_E_TEXT},
        {"a\r\nX-Evil: 1", LEAT_E_TEXT}, {std::string("a\0b", 3), LEAT_E_TEXT},
        {"mod\xC3\xA8le", LEAT_E_TEXT},  {"a\x7f", LEAT_E_TEXT},
        {std::string(201, 'm'), LEAT_E_TOO_LARGE},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(build("gemini", hi, row.model).status, row.status) << row.model;
    }
    EXPECT_EQ(build("gemini", hi, std::string(200, '?')).path.size(), 600 + 8 + 16u);
}

TEST(GeminiRequestTest, unset_options_are_absent_B22) {
    for (const char* provider : {"gemini", "vertex"}) {
        expect_body(provider, hi, "{" + hi_contents + "}");
    }
}

TEST(GeminiRequestTest, each_option_appears_alone_when_set) {
    const struct {
        const char* member;
        Fill fill;
    } rows[] = {
        {R"("temperature":0)", [](leat_request* r) { r->temperature = number(0); }},
        {R"("topP":0.95)", [](leat_request* r) { r->top_p = number(0.95); }},
        {R"("topK":40)", [](leat_request* r) { r->top_k = number(40); }},
        {R"("seed":-5)", [](leat_request* r) { r->seed = number(-5); }},
        {R"("presencePenalty":-2)", [](leat_request* r) { r->presence_penalty = number(-2); }},
        {R"("frequencyPenalty":1.5)", [](leat_request* r) { r->frequency_penalty = number(1.5); }},
        {R"("maxOutputTokens":4294967295)",
         [](leat_request* r) { r->max_output_tokens = UINT32_MAX; }},
        {R"("candidateCount":1)", [](leat_request* r) { r->choices_wanted = 1; }},
        {R"("candidateCount":3)", [](leat_request* r) { r->choices_wanted = 3; }},
        {R"("thinkingConfig":{"includeThoughts":true})",
         [](leat_request* r) { r->thinking = LEAT_ON; }},
        {R"("thinkingConfig":{"includeThoughts":false})",
         [](leat_request* r) { r->thinking = LEAT_OFF; }},
        {R"("thinkingConfig":{"thinkingBudget":0})",
         [](leat_request* r) { r->thinking_budget_tokens = number(0); }},
        {R"("thinkingConfig":{"thinkingBudget":-1})",
         [](leat_request* r) { r->thinking_budget_tokens = number(-1); }},
        {R"("thinkingConfig":{"thinkingLevel":"LOW"})",
         [](leat_request* r) { r->reasoning_effort = text("low"); }},
        {R"("thinkingConfig":{"thinkingLevel":"MINIMAL"})",
         [](leat_request* r) { r->reasoning_effort = text("Minimal"); }},
        {R"("responseMimeType":"text/x.enum","responseSchema":{"type":"STRING"})",
         [](leat_request* r) {
             r->response_format_json = text(
                 R"({"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING"}})");
         }},
        {R"("mediaResolution":"MEDIA_RESOLUTION_LOW")",
         [](leat_request* r) {
             r->extra_json =
                 text(R"({"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_LOW"}})");
         }},
    };
    for (const auto& row : rows) {
        const Fill both = [&](leat_request* r) {
            hi(r);
            row.fill(r);
        };
        expect_body("gemini", both,
                    "{" + hi_contents + R"(,"generationConfig":{)" + row.member + "}}");
    }
}

TEST(GeminiRequestTest, all_options_together) {
    const leat_str stop[] = {text("END"), text("\"\n")};
    leat_format format{};
    format.kind = LEAT_FORMAT_JSON_SCHEMA;
    format.schema_json = text(R"({"type":"object","properties":{"a":{"type":"string"}}})");
    expect_body(
        "vertex",
        [&](leat_request* r) {
            hi(r);
            r->system = text("be \"short\"");
            r->temperature = number(1e-7);
            r->top_k = number(2);
            r->stop = stop;
            r->stop_count = 2;
            r->format = &format;
            r->thinking = LEAT_ON;
            r->thinking_budget_tokens = number(1024);
            r->cached_content = text("projects/p/locations/l/cachedContents/1");
            r->provider_metadata_json = text(R"({"team":"a"})");
            r->tools_json = text(R"([{"googleSearch":{}}])");
            r->tool_choice_json = text(R"({"functionCallingConfig":{"mode":"VALIDATED"}})");
            r->extra_json = text(R"({"safetySettings":[],"generationConfig":{"logprobs":3}})");
        },
        R"({"systemInstruction":{"parts":[{"text":"be \"short\""}]},)" + hi_contents +
            R"(,"cachedContent":"projects/p/locations/l/cachedContents/1","labels":{"team":"a"},
            "tools":[{"googleSearch":{}}],"toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"}},
            "safetySettings":[],"generationConfig":{"temperature":1e-7,"topK":2,
            "stopSequences":["END","\"\n"],"responseMimeType":"application/json",
            "responseJsonSchema":{"type":"object","properties":{"a":{"type":"string"}}},
            "thinkingConfig":{"includeThoughts":true,"thinkingBudget":1024},"logprobs":3}})",
        "gemini-2.5-flash");
}

TEST(GeminiRequestTest, a_format_becomes_a_type_and_a_schema_P20) {
    const leat_str choices[] = {text("yes"), text("n\"o")};
    leat_format format{};
    format.choices = choices;
    format.choices_count = 2;
    const struct {
        leat_format_kind kind;
        const char* config;
    } rows[] = {
        {LEAT_FORMAT_JSON, R"({"responseMimeType":"application/json"})"},
        {LEAT_FORMAT_CHOICE,
         R"({"responseMimeType":"application/json","responseJsonSchema":{"type":"object",
            "properties":{"choice":{"type":"string","enum":["yes","n\"o"]}},
            "required":["choice"],"additionalProperties":false}})"},
    };
    for (const auto& row : rows) {
        format.kind = row.kind;
        const Fill fill = [&](leat_request* r) {
            hi(r);
            r->format = &format;
        };
        expect_body("gemini", fill,
                    "{" + hi_contents + R"(,"generationConfig":)" + row.config + "}");
    }
    format.kind = LEAT_FORMAT_TEXT;
    expect_body(
        "gemini",
        [&](leat_request* r) {
            hi(r);
            r->format = &format;
        },
        "{" + hi_contents + "}");
}

TEST(GeminiRequestTest, thinking_follows_what_the_model_has) {
    const struct {
        const char* model;
        const char* config;
        uint32_t ignored;
    } rows[] = {
        {"gemini-2.5-pro", R"({"thinkingConfig":{"thinkingBudget":5}})",
         LEAT_FIELD_REASONING_EFFORT},
        {"models/gemini-1.5-pro", R"({"thinkingConfig":{"thinkingBudget":5}})",
         LEAT_FIELD_REASONING_EFFORT},
        {"gemini-3-pro", R"({"thinkingConfig":{"thinkingLevel":"HIGH"}})",
         LEAT_FIELD_THINKING_BUDGET},
        {"gemini-flash-latest", R"({"thinkingConfig":{"thinkingLevel":"HIGH"}})",
         LEAT_FIELD_THINKING_BUDGET},
    };
    for (const auto& row : rows) {
        const Fill fill = [](leat_request* r) {
            hi(r);
            r->reasoning_effort = text("high");
            r->thinking_budget_tokens = number(5);
        };
        expect_body("gemini", fill,
                    "{" + hi_contents + R"(,"generationConfig":)" + row.config + "}", row.model,
                    row.ignored);
    }
    for (const char* bad : {"l\"w", "1", "high ", "abcdefghijklmnopqrstuvwxyz"}) {
        const Fill fill = [&](leat_request* r) {
            hi(r);
            r->reasoning_effort = text_of(bad);
        };
        EXPECT_EQ(build("gemini", fill).status, LEAT_E_TEXT) << bad;
    }
}

TEST(GeminiRequestTest, what_the_service_lacks_is_reported) {
    leat_part part{};
    part.content = text("x");
    part.cache_here = 1;
    leat_message message{};
    message.role = text("user");
    message.parts = &part;
    message.parts_count = 1;
    leat_tool tool{};
    tool.name = text("f");
    tool.strict = 1;
    leat_tools tools{};
    tools.list = &tool;
    tools.count = 1;
    tools.parallel = LEAT_OFF;
    const Fill fill = [&](leat_request* r) {
        r->messages = &message;
        r->messages_count = 1;
        r->tools = &tools;
        r->cache_prompt = LEAT_ON;
        r->prompt_cache_key = text("k");
        r->provider_metadata_json = text("{}");
    };
    const uint32_t both = LEAT_FIELD_CACHE_HERE | LEAT_FIELD_STRICT | LEAT_FIELD_PARALLEL_TOOLS |
                          LEAT_FIELD_CACHE_PROMPT | LEAT_FIELD_PROMPT_CACHE_KEY;
    const std::string common = R"("contents":[{"role":"user","parts":[{"text":"x"}]}],)"
                               R"("tools":[{"functionDeclarations":[{"name":"f"}]}])";
    expect_body("gemini", fill, "{" + common + "}", "m", both | LEAT_FIELD_PROVIDER_METADATA);
    expect_body("vertex", fill, "{" + common + R"(,"labels":{}})", "m", both);
}

TEST(GeminiRequestTest, tools_are_declared_and_chosen) {
    leat_tool list[2] = {};
    list[0].name = text("get");
    list[0].description = text("gets \"it\"");
    list[0].parameters_json = text(R"({"type":"object","properties":{"a":{"type":"integer"}}})");
    list[1].name = text("none");
    leat_tools tools{};
    tools.list = list;
    tools.count = 2;
    tools.choice = text("get");
    const std::string declared =
        "{" + hi_contents + R"(,"tools":[{"functionDeclarations":[{"name":"get",
        "description":"gets \"it\"","parametersJsonSchema":{"type":"object","properties":{"a":
        {"type":"integer"}}}},{"name":"none"}]}])";
    const struct {
        leat_tool_mode mode;
        const char* config;
    } rows[] = {
        {LEAT_TOOLS_UNSET, ""},
        {LEAT_TOOLS_AUTO, R"({"mode":"AUTO"})"},
        {LEAT_TOOLS_NONE, R"({"mode":"NONE"})"},
        {LEAT_TOOLS_REQUIRED, R"({"mode":"ANY"})"},
        {LEAT_TOOLS_NAMED, R"({"mode":"ANY","allowedFunctionNames":["get"]})"},
    };
    for (const auto& row : rows) {
        tools.mode = row.mode;
        const std::string config =
            row.config[0] == '\0'
                ? ""
                : std::string(R"(,"toolConfig":{"functionCallingConfig":)") + row.config + "}";
        const Fill fill = [&](leat_request* r) {
            hi(r);
            r->tools = &tools;
        };
        expect_body("gemini", fill, declared + config + "}");
    }
}

TEST(GeminiBodyTest, a_whole_body_goes_out_as_it_is_but_for_model_and_stream) {
    const Fill fill = [](leat_request* r) {
        r->body_json = text(R"({"model":"models/own","contents":[1],"stream":true,)"
                            R"("stream_options":{"a":1},"x":{"stream":2}})");
        r->temperature = number(1);  // not looked at
    };
    const std::string rest = R"({"contents":[1],"x":{"stream":2}})";
    expect_body("gemini", fill, rest);
    EXPECT_EQ(build("gemini", fill).path, "/models/own:generateContent");
    EXPECT_EQ(build("gemini", fill, "m", true).path,
              "/models/own:streamGenerateContent?alt=sse");
    const Fill asked = [&](leat_request* r) {
        fill(r);
        r->model = text("asked");
    };
    EXPECT_EQ(build("gemini", asked, "asked").path, "/models/asked:generateContent");
    const Fill without = [](leat_request* r) { r->body_json = text("{}"); };
    EXPECT_EQ(build("gemini", without, "m").path, "/models/m:generateContent");
    EXPECT_EQ(build("gemini", without, "").status, LEAT_E_ARGUMENT);
}

TEST(GeminiBodyTest, what_is_no_JSON_object_is_refused) {
    for (const char* bad : {"[", "[]", "{\"contents\":1", "{} {}", "x", "{\"a\":\"\xFF\"}"}) {
        const Fill body = [&](leat_request* r) { r->body_json = text_of(bad); };
        EXPECT_EQ(build("gemini", body).status, LEAT_E_JSON) << bad;
        const Fill extra = [&](leat_request* r) {
            hi(r);
            r->extra_json = text_of(bad);
        };
        EXPECT_EQ(build("gemini", extra).status, LEAT_E_JSON) << bad;
        const Fill format = [&](leat_request* r) {
            hi(r);
            r->response_format_json = text_of(bad);
        };
        EXPECT_EQ(build("gemini", format).status, LEAT_E_JSON) << bad;
    }
    const Fill escaped = [](leat_request* r) { r->body_json = text("{\"model\":\"a\\/b\"}"); };
    EXPECT_EQ(build("gemini", escaped).status, LEAT_E_TEXT);
    const Fill no_text = [](leat_request* r) { r->body_json = text("{\"model\":5}"); };
    EXPECT_EQ(build("gemini", no_text).status, LEAT_E_TEXT);
}

TEST(GeminiRequestTest, a_small_arena_ends_in_its_status_at_every_size) {
    const std::string prompt(400, '"');
    const Fill fill = [&](leat_request* r) {
        r->system = text("s");
        r->prompt = view(prompt);
        r->temperature = number(0.5);
        r->extra_json = text(R"({"a":1,"generationConfig":{"b":[1,2,3]}})");
    };
    const Built whole = build("gemini", fill);
    bool fitted = false;
    for (size_t size = 0; size < 1500; ++size) {
        const Built built = build("gemini", fill, "gemini-x", false, size);
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
