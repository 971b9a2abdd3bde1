// Bodies of Responses requests, compared as trees with what they must say.
#include "adapter_help.h"

namespace leat {
namespace {

constexpr char openai[] = "openai-responses";
constexpr char maritaca[] = "maritaca-responses";

void hi(leat_request* request) { request->prompt = text("hi"); }

// The members that every request to OpenAI has; `rest` begins with a comma.
std::string plain(const std::string& rest) {
    return R"({"model":"m","input":"hi","store":false)" + rest + "}";
}

TEST(ResponsesBuildTest, unset_options_are_absent_but_store) {
    AdapterBody(openai, hi).expect(plain(""));
    AdapterBody(openai, hi, "").expect(R"({"input":"hi","store":false})");
    AdapterBody(maritaca, hi).expect(R"({"model":"m","input":"hi"})");
}

TEST(ResponsesBuildTest, each_option_appears_alone_when_set) {
    const struct {
        FillRequest set;
        const char* member;
    } rows[] = {
        {[](leat_request* r) { r->temperature = number_of(0); }, R"("temperature":0)"},
        {[](leat_request* r) { r->top_p = number_of(0.5); }, R"("top_p":0.5)"},
        {[](leat_request* r) { r->max_output_tokens = 4294967295u; },
         R"("max_output_tokens":4294967295)"},
        {[](leat_request* r) { r->system = text("be \"brief\""); },
         R"("instructions":"be \"brief\"")"},
        {[](leat_request* r) { r->prompt_cache_key = text("k"); }, R"("prompt_cache_key":"k")"},
        {[](leat_request* r) { r->provider_metadata_json = text(R"({"a":"b"})"); },
         R"("metadata":{"a":"b"})"},
        {[](leat_request* r) { r->tool_choice_json = text(R"("auto")"); },
         R"("tool_choice":"auto")"},
        {[](leat_request* r) { r->tools_json = text(R"([{"type":"web_search"}])"); },
         R"("tools":[{"type":"web_search"}])"},
        {[](leat_request* r) { r->response_format_json = text(R"({"type":"text"})"); },
         R"("text":{"format":{"type":"text"}})"},
        {[](leat_request* r) { r->extra_json = text(R"({"truncation":"auto"})"); },
         R"("truncation":"auto")"},
        {[](leat_request* r) { r->reasoning_effort = text("low"); },
         R"("reasoning":{"effort":"low"},"include":["reasoning.encrypted_content"])"},
        {[](leat_request* r) { r->thinking = LEAT_ON; },
         R"("reasoning":{"summary":"auto"},"include":["reasoning.encrypted_content"])"},
    };
    for (const auto& row : rows) {
        const auto both = [&](leat_request* request) {
            hi(request);
            row.set(request);
        };
        const AdapterBody built(openai, both);
        built.expect(plain(std::string(",") + row.member));
        EXPECT_EQ(built.ignored, 0u) << row.member;
    }
    // What says how the call is made is not the caller's to say, and OFF is how it is.
    AdapterBody(openai, [](leat_request* r) {
        hi(r);
        r->thinking = LEAT_OFF;
        r->extra_json = text(R"({"stream":true})");
    }).expect(plain(""));
    AdapterBody(openai, hi, "m", true).expect(plain(R"(,"stream":true)"));
}

TEST(ResponsesBuildTest, the_model_decides_what_is_said_about_reasoning) {
    const char* const asked = R"(,"include":["reasoning.encrypted_content"])";
    const struct {
        const char* model;
        const char* with;     // added to a plain request
        bool ignores;         // an effort and a wish to see the thinking
    } rows[] = {
        {"gpt-4.1-mini", "", true},      {"gpt-4o", "", true},
        {"gpt-3.5-turbo", "", true},     {"chatgpt-4o-latest", "", true},
        {"ft:gpt-4o:org::x", "", true},  {"gpt-5-chat-latest", "", true},
        {"gpt-5", asked, false},         {"gpt-5.6-mini", asked, false},
        {"gpt-10", asked, false},        {"o3", asked, false},
        {"ft:o4-mini:org", asked, false}, {"codex-mini-latest", asked, false},
        {"gpt-oss-120b", "", false},     {"my-deployment", "", false},
        {"gpt-", "", false},             {"o", "", false},
        {"opus", "", false},
    };
    for (const auto& row : rows) {
        const std::string begin =
            std::string(R"({"model":")") + row.model + R"(","input":"hi","store":false)";
        AdapterBody(openai, hi, row.model).expect(begin + row.with + "}");
        const AdapterBody wishes(
            openai,
            [](leat_request* r) {
                hi(r);
                r->reasoning_effort = text("high");
                r->thinking = LEAT_ON;
            },
            row.model);
        const uint32_t both = LEAT_FIELD_REASONING_EFFORT | LEAT_FIELD_THINKING;
        EXPECT_EQ(wishes.ignored, row.ignores ? both : 0u) << row.model;
        wishes.expect(begin + (row.ignores ? "" : asked) +
                      (row.ignores ? "}"
                                   : R"(,"reasoning":{"effort":"high","summary":"auto"}})"));
    }
}

TEST(ResponsesBuildTest, extra_members_replace_or_join_ours) {
    const struct {
        const char* extra;
        const char* expected;
    } rows[] = {
        {R"({"store":true})", R"("store":true)"},
        {R"({"store":false})",
         R"("store":false,"include":["reasoning.encrypted_content"])"},
        {R"({"include":[]})", R"("store":false,"include":[])"},
        {R"({"text":{"verbosity":"low"},"reasoning":{"context":"all_turns"}})",
         R"("store":false,"include":["reasoning.encrypted_content"],"text":{"verbosity":"low"},
            "reasoning":{"context":"all_turns"})"},
    };
    for (const auto& row : rows) {
        AdapterBody(
            openai,
            [&](leat_request* r) {
                hi(r);
                r->extra_json = str_of(row.extra);
            },
            "o3")
            .expect(std::string(R"({"model":"o3","input":"hi",)") + row.expected + "}");
    }
    AdapterBody(
        openai,
        [](leat_request* r) {
            hi(r);
            r->response_format_json = text(R"({"type":"json_object"})");
            r->reasoning_effort = text("low");
            r->extra_json = text(
                R"({"text":{"verbosity":"low"},"reasoning":{"context":"x"},"include":["a"]})");
        })
        .expect(plain(R"(,"text":{"format":{"type":"json_object"},"verbosity":"low"},
            "reasoning":{"effort":"low","context":"x"},"include":["a"])"));
    for (const char* broken : {"[", "{", "5", R"({"text":5})", R"({"reasoning":"x"})", "{} x"}) {
        const AdapterBody built(openai, [&](leat_request* r) {
            hi(r);
            r->extra_json = str_of(broken);
        });
        EXPECT_EQ(built.status, LEAT_E_JSON) << broken;
    }
}

TEST(ResponsesBuildTest, formats_are_flat_in_text) {
    const leat_str words[] = {text("yes"), text("n\"o")};
    leat_format format{};
    const auto with_format = [&](leat_request* r) {
        hi(r);
        r->format = &format;
    };
    AdapterBody(openai, with_format).expect(plain(""));
    format.kind = LEAT_FORMAT_JSON;
    AdapterBody(openai, with_format).expect(plain(R"(,"text":{"format":{"type":"json_object"}})"));
    format.kind = LEAT_FORMAT_JSON_SCHEMA;
    format.schema_json = text(R"({"type":"object"})");
    AdapterBody(openai, with_format)
        .expect(plain(R"(,"text":{"format":{"type":"json_schema","name":"answer",
            "schema":{"type":"object"}}})"));
    format.name = text("n");
    format.description = text("d");
    format.strict = 1;
    AdapterBody(openai, with_format)
        .expect(plain(R"(,"text":{"format":{"type":"json_schema","name":"n","description":"d",
            "schema":{"type":"object"},"strict":true}})"));
    format = leat_format{};
    format.kind = LEAT_FORMAT_CHOICE;
    format.choices = words;
    format.choices_count = 2;
    AdapterBody(openai, with_format)
        .expect(plain(R"(,"text":{"format":{"type":"json_schema","name":"answer","schema":{
            "type":"object","properties":{"choice":{"type":"string","enum":["yes","n\"o"]}},
            "required":["choice"],"additionalProperties":false}}})"));
}

TEST(ResponsesBuildTest, tools_are_flat_and_say_whether_they_are_strict) {
    leat_tool list[2] = {};
    list[0].name = text("f");
    list[1].name = text("g");
    list[1].description = text("does \"g\"");
    list[1].parameters_json = text(R"({"type":"object","required":["a"]})");
    list[1].strict = 1;
    leat_tools tools{};
    tools.list = list;
    tools.count = 2;
    tools.parallel = LEAT_OFF;
    const auto with_tools = [&](leat_request* r) {
        hi(r);
        r->tools = &tools;
    };
    const std::string g = R"({"type":"function","name":"g","description":"does \"g\"",
        "parameters":{"type":"object","required":["a"]},"strict":true}],
        "parallel_tool_calls":false)";
    const std::string f = R"({"type":"function","name":"f",
        "parameters":{"type":"object","properties":{}})";
    AdapterBody(openai, with_tools).expect(plain(R"(,"tools":[)" + f + R"(,"strict":false},)" + g));
    AdapterBody(maritaca, with_tools)
        .expect(R"({"model":"m","input":"hi","tools":[)" + f + "}," + g + "}");
}

TEST(ResponsesBuildTest, each_tool_mode_has_its_choice) {
    const struct {
        leat_tool_mode mode;
        const char* choice;
    } rows[] = {
        {LEAT_TOOLS_UNSET, ""},
        {LEAT_TOOLS_AUTO, R"(,"tool_choice":"auto")"},
        {LEAT_TOOLS_NONE, R"(,"tool_choice":"none")"},
        {LEAT_TOOLS_REQUIRED, R"(,"tool_choice":"required")"},
        {LEAT_TOOLS_NAMED, R"(,"tool_choice":{"type":"function","name":"f"})"},
    };
    for (const auto& row : rows) {
        leat_tools tools{};
        tools.mode = row.mode;
        tools.choice = text("f");
        tools.parallel = LEAT_ON;
        AdapterBody(openai, [&](leat_request* r) {
            hi(r);
            r->tools = &tools;
        }).expect(plain(std::string(row.choice) + R"(,"parallel_tool_calls":true)"));
    }
}

TEST(ResponsesBuildTest, turns_become_items) {
    leat_tool_call calls[2] = {};
    calls[0] = {text("c1"), text("f"), text(R"({"a":"b"})")};
    calls[1] = {text("c2"), text("g"), text("")};
    leat_part parts[4] = {};
    parts[0].content = text("look");
    parts[1].type = LEAT_PART_IMAGE_URL;
    parts[1].content = text("https://x/y.png");
    parts[1].detail = text("low");
    parts[2].type = LEAT_PART_IMAGE_BYTES;
    parts[2].content = text("abc");
    parts[2].media_type = text("image/png");
    parts[3].type = LEAT_PART_IMAGE_BASE64;
    parts[3].content = text("YWJj");
    parts[3].media_type = text("image/gif");
    leat_part own[1] = {};
    own[0].content = text("seen");
    leat_message messages[9] = {};
    messages[0] = said("developer", "rules");
    messages[1].role = text("user");
    messages[1].parts = parts;
    messages[1].parts_count = 4;
    messages[2].role = text("model");
    messages[2].parts = own;
    messages[2].parts_count = 1;
    messages[3].role = text("assistant");
    messages[3].tool_calls = calls;
    messages[3].tool_calls_count = 2;
    messages[4] = said("tool", "r1");
    messages[4].tool_call_id = text("c1");
    messages[5].role = text("function");
    messages[5].tool_call_id = text("c2");
    messages[5].content_json = text(R"([{"type":"input_text","text":"r2"}])");
    messages[6] = said("assistant", "wait");
    messages[6].tool_calls_json = text(R"([{"type":"function_call","call_id":"c3"}])");
    messages[7].role = text("assistant");
    messages[7].turn_json = text(R"([ {"type":"reasoning","id":"r"} , {"type":"message"} ])");
    messages[8] = said("user", "");
    AdapterBody(openai, [&](leat_request* r) {
        r->messages = messages;
        r->messages_count = 9;
        r->prompt = text("last");
    }).expect(R"({"model":"m","store":false,"input":[
        {"role":"developer","content":"rules"},
        {"role":"user","content":[{"type":"input_text","text":"look"},
            {"type":"input_image","image_url":"https://x/y.png","detail":"low"},
            {"type":"input_image","image_url":"data:image/png;base64,YWJj"},
            {"type":"input_image","image_url":"data:image/gif;base64,YWJj"}]},
        {"role":"assistant","content":[{"type":"output_text","text":"seen"}]},
        {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":\"b\"}"},
        {"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},
        {"type":"function_call_output","call_id":"c1","output":"r1"},
        {"type":"function_call_output","call_id":"c2",
            "output":[{"type":"input_text","text":"r2"}]},
        {"role":"assistant","content":"wait"},{"type":"function_call","call_id":"c3"},
        {"type":"reasoning","id":"r"},{"type":"message"},
        {"role":"user","content":""},{"role":"user","content":"last"}]})");
}

TEST(ResponsesBuildTest, a_turn_of_the_callers_is_items_or_an_error) {
    const struct {
        const char* turn;
        leat_status status;
        const char* items;
    } rows[] = {
        {"[]", LEAT_OK, ""},
        {R"({"type":"message"})", LEAT_OK, R"({"type":"message"},)"},
        {R"( [{"a":[1,{}]}] )", LEAT_OK, R"({"a":[1,{}]},)"},
        {"[1]", LEAT_E_JSON, ""},
        {R"(["x"])", LEAT_E_JSON, ""},
        {R"([{"a":1])", LEAT_E_JSON, ""},
        {R"([{"a":1}] x)", LEAT_E_JSON, ""},
        {R"({"a":1} x)", LEAT_E_JSON, ""},
        {"5", LEAT_E_JSON, ""},
        {"x", LEAT_E_JSON, ""},
    };
    for (const auto& row : rows) {
        leat_message messages[1] = {};
        messages[0].role = text("assistant");
        messages[0].turn_json = str_of(row.turn);
        const AdapterBody built(openai, [&](leat_request* r) {
            hi(r);
            r->messages = messages;
            r->messages_count = 1;
        });
        EXPECT_EQ(built.status, row.status) << row.turn;
        if (row.status != LEAT_OK) continue;
        built.expect(std::string(R"({"model":"m","store":false,"input":[)") + row.items +
                     R"({"role":"user","content":"hi"}]})");
    }
}

TEST(ResponsesBuildTest, a_whole_body_goes_out_as_it_is_but_for_model_and_stream) {
    const struct {
        const char* body;
        const char* own;    // the request's model
        const char* model;  // what the build has
        bool stream;
        const char* expected;
    } rows[] = {
        {R"({"model":"a","input":"x"})", "", "e", false, R"({"model":"a","input":"x"})"},
        {R"({"model":"a","input":"x"})", "b", "b", false, R"({"model":"b","input":"x"})"},
        {R"({"input":"x"})", "", "e", false, R"({"model":"e","input":"x"})"},
        {R"({"stream":true,"stream_options":{},"input":"x"})", "", "", false, R"({"input":"x"})"},
        {R"({"stream":false,"stream_options":{"a":1},"input":"x"})", "", "", true,
         R"({"stream":true,"stream_options":{"a":1},"input":"x"})"},
        {R"({})", "", "", true, R"({"stream":true})"},
    };
    for (const auto& row : rows) {
        AdapterBody(
            openai,
            [&](leat_request* r) {
                r->body_json = str_of(row.body);
                r->model = str_of(row.own);
                r->system = text("not sent");
            },
            row.model, row.stream)
            .expect(row.expected);
    }
    for (const char* broken : {"[]", "{", R"({"a":1}x)", R"({"a" 1})"}) {
        const AdapterBody built(openai, [&](leat_request* r) { r->body_json = str_of(broken); });
        EXPECT_EQ(built.status, LEAT_E_JSON) << broken;
    }
}

TEST(ResponsesBuildTest, maritaca_has_stop_and_no_zero_temperature) {
    const leat_str stop[] = {text("a"), text("\n")};
    const auto fill = [&](leat_request* r) {
        hi(r);
        r->stop = stop;
        r->stop_count = 2;
        r->temperature = number_of(0);
        r->reasoning_effort = text("low");
        r->extra_json = text(R"({"reasoning":{"effort":"low"}})");
    };
    AdapterBody(maritaca, fill).expect(R"({"model":"m","input":"hi","temperature":1e-8,
        "stop":["a","\n"],"reasoning":{"effort":"low"}})");
    EXPECT_EQ(adapter_of(maritaca).lacks & LEAT_FIELD_STOP, 0u);
    EXPECT_NE(adapter_of(maritaca).lacks & LEAT_FIELD_REASONING_EFFORT, 0u);
    EXPECT_NE(adapter_of(openai).lacks & LEAT_FIELD_STOP, 0u);
}

TEST(ResponsesBuildTest, bad_text_and_little_memory_are_errors) {
    leat_message messages[1] = {said("user", "\xFF")};
    EXPECT_EQ(AdapterBody(openai,
                          [&](leat_request* r) {
                              r->messages = messages;
                              r->messages_count = 1;
                          })
                  .status,
              LEAT_E_TEXT);
    for (size_t bytes = 0; bytes < 512; bytes += 8) {
        const AdapterBody built(openai, hi, "gpt-5", true, bytes);
        EXPECT_TRUE(built.status == LEAT_OK || built.status == LEAT_E_ITEM_MEMORY);
        const bool is_little = bytes < 64;
        EXPECT_TRUE(!is_little || built.status != LEAT_OK) << bytes;
    }
}

}  // namespace
}  // namespace leat
