// Conversations in Gemini's words: turns, parts, calls and what tools answered.
#include <gtest/gtest.h>

#include "gemini_help.h"
#include "json_tree.h"

namespace leat {
namespace {

using gemini_test::build;
using gemini_test::Built;
using gemini_test::Fill;

using Messages = std::vector<leat_message>;

leat_message message(const char* role, const char* content = "") {
    leat_message m{};
    m.role = text_of(role);
    m.content = text_of(content);
    return m;
}

Fill with(const Messages& messages) {
    return [&messages](leat_request* r) {
        r->messages = messages.data();
        r->messages_count = static_cast<uint32_t>(messages.size());
    };
}

void expect_body(const Messages& messages, const std::string& expected,
                 const std::string& model = "gemini-2.5-pro") {
    const Built built = build("gemini", with(messages), model);
    ASSERT_STREQ(leat_status_name(built.status), "LEAT_OK") << expected;
    EXPECT_TRUE(json_tree(built.body) == json_tree(expected)) << built.body << "\nbut expected\n"
                                                              << expected;
}

void expect_status(const Messages& messages, leat_status status) {
    EXPECT_EQ(build("gemini", with(messages)).status, status);
}

TEST(GeminiContentsTest, roles_are_user_and_model_and_the_prompt_comes_last) {
    const Messages messages = {message("user", "a"), message("assistant", "b"),
                               message("model", "c"), message("user", "d\"\n")};
    const Built built = build("gemini", [&](leat_request* r) {
        with(messages)(r);
        r->prompt = text("e");
    });
    EXPECT_TRUE(json_tree(built.body) == json_tree(R"({"contents":[
        {"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]},
        {"role":"model","parts":[{"text":"c"}]},{"role":"user","parts":[{"text":"d\"\n"}]},
        {"role":"user","parts":[{"text":"e"}]}]})"))
        << built.body;
    expect_status({message("critic", "x")}, LEAT_E_ARGUMENT);
    expect_status({message("user", "\xFF")}, LEAT_E_TEXT);
}

TEST(GeminiContentsTest, system_turns_make_one_instruction) {
    Messages messages = {message("system", "b"), message("user", "u"), message("developer", "c"),
                         message("system")};
    messages[3].content_json = text(R"([{"text":"d"},{"text":"e"}])");
    const Built built = build("gemini", [&](leat_request* r) {
        with(messages)(r);
        r->system = text("a");
    });
    EXPECT_TRUE(json_tree(built.body) == json_tree(R"({"systemInstruction":{"parts":[{"text":"a"},
        {"text":"b"},{"text":"c"},{"text":"d"},{"text":"e"}]},
        "contents":[{"role":"user","parts":[{"text":"u"}]}]})"))
        << built.body;
}

TEST(GeminiContentsTest, parts_are_text_and_images_by_address_or_by_value) {
    leat_part parts[4] = {};
    parts[0].content = text("look");
    parts[1].type = LEAT_PART_IMAGE_URL;
    parts[1].content = text("https://h/p.png?a=\"");
    parts[1].media_type = text("image/png");
    parts[2].type = LEAT_PART_IMAGE_BYTES;
    parts[2].content = text("\x00\x01\xFF", 3);
    parts[2].media_type = text("image/jpeg");
    parts[3].type = LEAT_PART_IMAGE_BASE64;
    parts[3].content = text("AAH/");
    parts[3].media_type = text("image/webp");
    Messages messages = {message("user", "not sent beside parts")};
    messages[0].parts = parts;
    messages[0].parts_count = 4;
    expect_body(messages, R"({"contents":[{"role":"user","parts":[{"text":"look"},
        {"fileData":{"mimeType":"image/png","fileUri":"https://h/p.png?a=\""}},
        {"inlineData":{"mimeType":"image/jpeg","data":"AAH/"}},
        {"inlineData":{"mimeType":"image/webp","data":"AAH/"}}]}]})");
    parts[1].media_type = Text{nullptr, 0};
    messages[0].parts = &parts[1];
    messages[0].parts_count = 1;
    expect_body(messages, R"({"contents":[{"role":"user","parts":[
        {"fileData":{"fileUri":"https://h/p.png?a=\""}}]}]})");
    parts[3].content = text("A\"B=");
    messages[0].parts = &parts[3];
    expect_status(messages, LEAT_E_TEXT);
}

TEST(GeminiContentsTest, ready_JSON_is_parts_and_a_ready_turn_is_a_content) {
    const struct {
        const char* json;
        const char* parts;
    } rows[] = {
        {R"([{"text":"a"},{"text":"b"}])", R"([{"text":"a"},{"text":"b"}])"},
        {" [ \n {\"text\":\"a\"} \n ] ", R"([{"text":"a"}])"},
        {R"({"fileData":{"fileUri":"u"}})", R"([{"fileData":{"fileUri":"u"}}])"},
        {"[ \n ]", "[]"},
    };
    for (const auto& row : rows) {
        Messages messages = {message("user", "content_json wins")};
        messages[0].content_json = text_of(row.json);
        expect_body(messages, std::string(R"({"contents":[{"role":"user","parts":)") + row.parts +
                                  "}]}");
    }
    for (const char* bad : {"\"text\"", "5", "[", "[{}] 1"}) {
        Messages messages = {message("user")};
        messages[0].content_json = text_of(bad);
        expect_status(messages, LEAT_E_JSON);
    }
    for (const char* role : {"assistant", "system", "tool", ""}) {
        Messages messages = {message(role, "turn_json wins")};
        const char* const turn = R"({"role":"model","parts":[{"thoughtSignature":"s","text":"a"}]})";
        messages[0].turn_json = text_of(turn);
        messages[0].content_json = text("[1]");
        expect_body(messages, std::string(R"({"contents":[)") + turn + "]}");
    }
}

TEST(GeminiContentsTest, calls_are_parts_with_their_arguments_as_they_stand_G20) {
    leat_tool_call calls[2] = {};
    calls[0].id = text("c1");
    calls[0].name = text("f");
    calls[0].arguments_json = text(R"({"a":[1, 2]})");
    calls[1].name = text("g");
    Messages messages = {message("assistant")};
    messages[0].tool_calls = calls;
    messages[0].tool_calls_count = 2;
    const std::string g = R"(,{"functionCall":{"name":"g","args":{}}}]}]})";
    const std::string f = R"({"functionCall":{"id":"c1","name":"f","args":{"a":[1,2]}})";
    expect_body(messages, R"({"contents":[{"role":"model","parts":[)" + f + "}" + g);
    // From Gemini 3 on a call must show a signature.
    expect_body(messages,
                R"({"contents":[{"role":"model","parts":[)" + f +
                    R"(,"thoughtSignature":"c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="})" + g,
                "models/gemini-3-pro");
    messages[0].content = text("I call");
    expect_body(messages,
                R"({"contents":[{"role":"model","parts":[{"text":"I call"},)" + f + "}" + g);
    for (const char* bad : {"[]", "5", "{", "not json", "{} {}"}) {
        calls[1].arguments_json = text_of(bad);
        expect_status(messages, LEAT_E_JSON);
    }
    messages[0].content = Text{nullptr, 0};
    messages[0].tool_calls_json = text(R"([{"functionCall":{"name":"h"},"thoughtSignature":"s"}])");
    expect_body(messages, R"({"contents":[{"role":"model","parts":[
        {"functionCall":{"name":"h"},"thoughtSignature":"s"}]}]})");
}

TEST(GeminiContentsTest, a_tools_answer_is_an_object_G21) {
    const struct {
        const char* content;
        uint8_t is_error;
        const char* response;
    } rows[] = {
        {R"({"a":1})", 0, R"({"a":1})"},
        {" {} ", 0, "{}"},
        {"sunny", 0, R"({"result":"sunny"})"},
        {"", 0, R"({"result":""})"},
        {"[1,2]", 0, R"({"result":"[1,2]"})"},
        {"{\"a\":", 0, R"({"result":"{\"a\":"})"},
        {"{} {}", 0, R"({"result":"{} {}"})"},
        {"no such \"city\"", 1, R"({"error":"no such \"city\""})"},
        {R"({"why":"x"})", 1, R"({"error":{"why":"x"}})"},
    };
    for (const auto& row : rows) {
        Messages messages = {message("tool", row.content)};
        messages[0].name = text("f");
        messages[0].is_error = row.is_error;
        expect_body(messages,
                    std::string(R"({"contents":[{"role":"user","parts":[{"functionResponse":)") +
                        R"({"name":"f","response":)" + row.response + "}}]}]}");
    }
}

TEST(GeminiContentsTest, the_answers_to_one_turn_are_one_turn_G20) {
    leat_tool_call calls[2] = {};
    calls[0].id = text("c1");
    calls[0].name = text("f");
    calls[1].id = text("c2");
    calls[1].name = text("g");
    Messages messages = {message("assistant"), message("tool", "1"), message("function", "2"),
                         message("user", "and?")};
    messages[0].tool_calls = calls;
    messages[0].tool_calls_count = 2;
    messages[1].tool_call_id = text("c2");  // names come from the calls
    messages[2].tool_call_id = text("c1");
    messages[2].name = text("own");
    const std::string called = R"({"role":"model","parts":[
        {"functionCall":{"id":"c1","name":"f","args":{}}},
        {"functionCall":{"id":"c2","name":"g","args":{}}}]})";
    expect_body(messages, R"({"contents":[)" + called + R"(,{"role":"user","parts":[
        {"functionResponse":{"id":"c2","name":"g","response":{"result":"1"}}},
        {"functionResponse":{"id":"c1","name":"own","response":{"result":"2"}}}]},
        {"role":"user","parts":[{"text":"and?"}]}]})");
    messages[1].tool_call_id = text("c3");
    expect_status(messages, LEAT_E_ARGUMENT);
    messages[1].tool_call_id = Text{nullptr, 0};
    expect_status(messages, LEAT_E_ARGUMENT);
}

TEST(GeminiContentsTest, images_that_a_tool_answers_follow_in_a_turn_of_their_own) {
    leat_part parts[3] = {};
    parts[0].content = text("a");
    parts[1].type = LEAT_PART_IMAGE_URL;
    parts[1].content = text("https://h/i");
    parts[2].content = text("b");
    Messages messages = {message("tool"), message("tool")};
    messages[0].name = text("f");
    messages[0].parts = parts;
    messages[0].parts_count = 3;
    messages[1].content_json = text(R"([{"functionResponse":{"name":"g","response":{}}}])");
    messages[1].parts = parts;  // content_json wins
    messages[1].parts_count = 3;
    const std::string tail = R"(,{"functionResponse":{"name":"g","response":{}}}]},
        {"role":"user","parts":[{"fileData":{"fileUri":"https://h/i"}}]}]})";
    const std::string head = R"({"contents":[{"role":"user","parts":[{"functionResponse":)";
    expect_body(messages, head + R"({"name":"f","response":{"result":["a","b"]}}})" + tail);
    parts[0].content = text(R"({"x":1})");
    messages[0].parts_count = 2;
    expect_body(messages, head + R"({"name":"f","response":{"x":1}}})" + tail);
    messages[0].parts = &parts[1];
    messages[0].parts_count = 1;
    expect_body(messages, head + R"({"name":"f","response":{"result":""}}})" + tail);
}

}  // namespace
}  // namespace leat
