// Bodies of Ollama's /api/chat, compared as trees with what they must say.
#include "adapter_help.h"

namespace leat {
namespace {

constexpr char ollama[] = "ollama";

void hi(leat_request* request) { request->prompt = text("hi"); }

// `rest` begins with a comma.
std::string plain(const std::string& rest) {
    return R"({"model":"m","messages":[{"role":"user","content":"hi"}],"stream":false)" + rest +
           "}";
}

TEST(OllamaBuildTest, unset_options_are_absent_but_stream) {
    AdapterBody(ollama, hi).expect(plain(""));
    AdapterBody(ollama, hi, "", true)
        .expect(R"({"messages":[{"role":"user","content":"hi"}],"stream":true})");
}

TEST(OllamaBuildTest, each_option_appears_alone_when_set) {
    const leat_str stop[] = {text("a"), text("\n")};
    const struct {
        FillRequest set;
        const char* member;
    } rows[] = {
        {[](leat_request* r) { r->temperature = number_of(0); }, R"("options":{"temperature":0})"},
        {[](leat_request* r) { r->top_p = number_of(0.5); }, R"("options":{"top_p":0.5})"},
        {[](leat_request* r) { r->top_k = number_of(40); }, R"("options":{"top_k":40})"},
        {[](leat_request* r) { r->seed = number_of(42); }, R"("options":{"seed":42})"},
        {[](leat_request* r) { r->presence_penalty = number_of(1); },
         R"("options":{"presence_penalty":1})"},
        {[](leat_request* r) { r->frequency_penalty = number_of(-1); },
         R"("options":{"frequency_penalty":-1})"},
        {[](leat_request* r) { r->max_output_tokens = 4294967295u; },
         R"("options":{"num_predict":4294967295})"},
        {[&](leat_request* r) {
             r->stop = stop;
             r->stop_count = 2;
         },
         R"("options":{"stop":["a","\n"]})"},
        {[](leat_request* r) { r->thinking = LEAT_ON; }, R"("think":true)"},
        {[](leat_request* r) { r->thinking = LEAT_OFF; }, R"("think":false)"},
        {[](leat_request* r) { r->reasoning_effort = text("low"); }, R"("think":"low")"},
        {[](leat_request* r) { r->reasoning_effort = text("none"); }, R"("think":false)"},
        {[](leat_request* r) { r->response_format_json = text(R"("json")"); },
         R"("format":"json")"},
        {[](leat_request* r) { r->tools_json = text(R"([{"type":"function"}])"); },
         R"("tools":[{"type":"function"}])"},
        {[](leat_request* r) { r->extra_json = text(R"({"keep_alive":"10m","stream":true})"); },
         R"("keep_alive":"10m")"},
        {[](leat_request* r) { r->extra_json = text(R"({"options":{"num_ctx":8192}})"); },
         R"("options":{"num_ctx":8192})"},
    };
    for (const auto& row : rows) {
        const AdapterBody built(ollama, [&](leat_request* r) {
            hi(r);
            row.set(r);
        });
        built.expect(plain(std::string(",") + row.member));
        EXPECT_EQ(built.ignored, 0u) << row.member;
    }
}

TEST(OllamaBuildTest, the_callers_options_join_ours) {
    AdapterBody(ollama, [](leat_request* r) {
        hi(r);
        r->temperature = number_of(0.5);
        r->max_output_tokens = 10;
        r->extra_json = text(R"({"options":{"num_ctx":8192,"min_p":0.1},"keep_alive":-1})");
    }).expect(plain(R"(,"options":{"temperature":0.5,"num_predict":10,"num_ctx":8192,"min_p":0.1},
        "keep_alive":-1)"));
    for (const char* broken : {"[", "{", R"({"options":5})", R"({"options":{"a"}})"}) {
        const AdapterBody built(ollama, [&](leat_request* r) {
            hi(r);
            r->extra_json = str_of(broken);
        });
        EXPECT_EQ(built.status, LEAT_E_JSON) << broken;
    }
}

TEST(OllamaBuildTest, one_member_says_how_to_think) {
    const struct {
        leat_switch thinking;
        const char* effort;
        const char* expected;
        uint32_t ignored;
    } rows[] = {
        {LEAT_ON, "high", R"(,"think":"high")", 0},
        {LEAT_ON, "none", R"(,"think":false)", 0},
        {LEAT_OFF, "high", R"(,"think":false)", LEAT_FIELD_REASONING_EFFORT},
        {LEAT_UNSET, "", "", 0},
    };
    for (const auto& row : rows) {
        const AdapterBody built(ollama, [&](leat_request* r) {
            hi(r);
            r->thinking = row.thinking;
            r->reasoning_effort = str_of(row.effort);
        });
        built.expect(plain(row.expected));
        EXPECT_EQ(built.ignored, row.ignored) << row.expected;
    }
}

TEST(OllamaBuildTest, formats_are_json_or_a_schema) {
    const leat_str words[] = {text("yes"), text("no")};
    leat_format format{};
    const auto with_format = [&](leat_request* r) {
        hi(r);
        r->format = &format;
    };
    AdapterBody(ollama, with_format).expect(plain(""));
    format.kind = LEAT_FORMAT_JSON;
    AdapterBody(ollama, with_format).expect(plain(R"(,"format":"json")"));
    format.kind = LEAT_FORMAT_JSON_SCHEMA;
    format.schema_json = text(R"({"type":"array"})");
    AdapterBody(ollama, with_format).expect(plain(R"(,"format":{"type":"array"})"));
    format.kind = LEAT_FORMAT_CHOICE;
    format.choices = words;
    format.choices_count = 2;
    AdapterBody(ollama, with_format)
        .expect(plain(R"(,"format":{"type":"object","properties":{"choice":{"type":"string",
            "enum":["yes","no"]}},"required":["choice"],"additionalProperties":false})"));
}

TEST(OllamaBuildTest, tools_are_nested_and_a_choice_is_kept_or_told) {
    leat_tool list[1] = {};
    list[0].name = text("f");
    list[0].description = text("d");
    const std::string tools_member =
        R"(,"tools":[{"type":"function","function":{"name":"f","description":"d",
            "parameters":{"type":"object","properties":{}}}}])";
    const struct {
        leat_tool_mode mode;
        bool has_tools;
        uint32_t ignored;
    } rows[] = {
        {LEAT_TOOLS_UNSET, true, 0},
        {LEAT_TOOLS_AUTO, true, 0},
        {LEAT_TOOLS_NONE, false, 0},
        {LEAT_TOOLS_REQUIRED, true, LEAT_FIELD_TOOL_CHOICE},
        {LEAT_TOOLS_NAMED, true, LEAT_FIELD_TOOL_CHOICE},
    };
    for (const auto& row : rows) {
        leat_tools tools{};
        tools.list = list;
        tools.count = 1;
        tools.mode = row.mode;
        const AdapterBody built(ollama, [&](leat_request* r) {
            hi(r);
            r->tools = &tools;
        });
        built.expect(plain(row.has_tools ? tools_member : ""));
        EXPECT_EQ(built.ignored, row.ignored) << row.mode;
    }
    const AdapterBody chosen(ollama, [](leat_request* r) {
        hi(r);
        r->tool_choice_json = text(R"("required")");
    });
    chosen.expect(plain(""));
    EXPECT_EQ(chosen.ignored, uint32_t{LEAT_FIELD_TOOL_CHOICE});
}

TEST(OllamaBuildTest, turns_have_one_text_images_beside_it_and_calls_with_objects) {
    leat_part parts[5] = {};
    parts[0].content = text("look \"here\"");
    parts[1].type = LEAT_PART_IMAGE_BYTES;
    parts[1].content = text("abc");
    parts[2].type = LEAT_PART_IMAGE_URL;
    parts[2].content = text("https://not.sent");
    parts[3].content = text("and\there");
    parts[4].type = LEAT_PART_IMAGE_BASE64;
    parts[4].content = text("YWJj");
    leat_tool_call calls[5] = {};
    calls[0] = {text("c1"), text("f"), text(R"( {"a":[1]} )")};
    calls[1] = {text(""), text("g"), text("")};
    calls[2] = {text(""), text("h"), text("not json")};
    calls[3] = {text(""), text("i"), text(R"({"a":1})")};
    calls[4] = {text(""), text("j"), text(R"({"cut)")};
    leat_message messages[8] = {};
    messages[0] = said("developer", "rules");
    messages[1].role = text("user");
    messages[1].parts = parts;
    messages[1].parts_count = 5;
    messages[2].role = text("model");
    messages[2].tool_calls = calls;
    messages[2].tool_calls_count = 5;
    messages[3] = said("function", "r1");
    messages[3].name = text("f");
    messages[3].tool_call_id = text("c1");
    messages[4] = said("assistant", "x");
    messages[4].tool_calls_json = text(R"([{"function":{"name":"f","arguments":{}}}])");
    messages[5].role = text("assistant");
    messages[5].turn_json = text(R"({"role":"assistant","content":"","thinking":"hm"})");
    messages[6].role = text("user");
    messages[6].parts = parts + 1;
    messages[6].parts_count = 1;
    messages[7] = said("critic", "");
    messages[7].content_json = text(R"("as it is")");
    AdapterBody(ollama, [&](leat_request* r) {
        r->system = text("be brief");
        r->messages = messages;
        r->messages_count = 8;
        r->prompt = text("last");
    }).expect(R"({"model":"m","stream":false,"messages":[
        {"role":"system","content":"be brief"},
        {"role":"system","content":"rules"},
        {"role":"user","content":"look \"here\"\n\nand\there","images":["YWJj","YWJj"]},
        {"role":"assistant","content":"","tool_calls":[
            {"id":"c1","function":{"name":"f","arguments":{"a":[1]}}},
            {"function":{"name":"g","arguments":{}}},
            {"function":{"name":"h","arguments":{}}},
            {"function":{"name":"i","arguments":{"a":1}}},
            {"function":{"name":"j","arguments":{}}}]},
        {"role":"tool","content":"r1","tool_name":"f","tool_call_id":"c1"},
        {"role":"assistant","content":"x","tool_calls":[{"function":{"name":"f","arguments":{}}}]},
        {"role":"assistant","content":"","thinking":"hm"},
        {"role":"user","content":"","images":["YWJj"]},
        {"role":"critic","content":"as it is"},
        {"role":"user","content":"last"}]})");
    EXPECT_NE(adapter_of(ollama).lacks & LEAT_FIELD_IMAGE_URL, 0u);
    EXPECT_EQ(adapter_of(ollama).lacks & LEAT_FIELD_IMAGE_DATA, 0u);
}

TEST(OllamaBuildTest, joined_text_of_any_length_is_escaped_whole) {
    for (size_t size = 250; size < 262; ++size) {
        const std::string long_text = std::string(size, 'x') + "\"\n\x01\xC3\xA9";
        leat_part parts[2] = {};
        parts[0].content = parts[1].content = view(long_text);
        leat_message messages[1] = {};
        messages[0].role = text("user");
        messages[0].parts = parts;
        messages[0].parts_count = 2;
        const AdapterBody built(ollama, [&](leat_request* r) {
            r->messages = messages;
            r->messages_count = 1;
        });
        ASSERT_EQ(built.status, LEAT_OK);
        const JsonTree tree = json_tree(built.body);
        EXPECT_EQ(tree.members.at("messages").elements.at(0).members.at("content").text,
                  long_text + "\n\n" + long_text);
    }
    leat_part broken[2] = {};
    broken[1].content = text("\xFF");
    leat_message messages[1] = {};
    messages[0].parts = broken;
    messages[0].parts_count = 2;
    EXPECT_EQ(AdapterBody(ollama,
                          [&](leat_request* r) {
                              r->messages = messages;
                              r->messages_count = 1;
                          })
                  .status,
              LEAT_E_TEXT);
}

TEST(OllamaBuildTest, a_whole_body_goes_out_as_it_is_but_for_model_and_stream) {
    const struct {
        const char* body;
        const char* own;
        bool stream;
        const char* expected;
    } rows[] = {
        {R"({"model":"a","prompt":"x"})", "", false,
         R"({"model":"a","prompt":"x","stream":false})"},
        {R"({"model":"a","stream":true})", "b", false, R"({"model":"b","stream":false})"},
        {R"({"stream":false})", "", true, R"({"model":"e","stream":true})"},
    };
    for (const auto& row : rows) {
        AdapterBody(
            ollama,
            [&](leat_request* r) {
                r->body_json = str_of(row.body);
                r->model = str_of(row.own);
            },
            *row.own == '\0' ? "e" : row.own, row.stream)
            .expect(row.expected);
    }
    EXPECT_EQ(AdapterBody(ollama, [](leat_request* r) { r->body_json = text("[]"); }).status,
              LEAT_E_JSON);
}

}  // namespace
}  // namespace leat
