// Reading of Responses answers: items of every kind, how they end, and hostile ones.
#include "adapter_help.h"

namespace leat {
namespace {

constexpr char openai[] = "openai-responses";

std::string response(const std::string& output, const std::string& rest = "",
                     const std::string& status = "\"completed\"") {
    return R"({"id":"resp_1","object":"response","model":"m-1","status":)" + status +
           R"(,"error":null,"incomplete_details":null,"output":)" + output + rest + "}";
}

std::string message(const std::string& content) {
    return R"({"id":"msg","type":"message","role":"assistant","content":[)" + content + "]}";
}

const char hello[] = R"({"type":"output_text","text":"hello","annotations":[],"logprobs":[]})";

TEST(ResponsesParseTest, reads_a_plain_answer) {
    const AdapterAnswer a(
        openai, response("[" + message(hello) + "]",
                         R"(,"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":3,
        "cache_write_tokens":2},"output_tokens":12,"output_tokens_details":{"reasoning_tokens":5},
        "total_tokens":21},"text":{"format":{"type":"text"}},"tools":[{"name":"x"}])"));
    ASSERT_EQ(a.status, LEAT_OK);
    EXPECT_EQ(a.answer.text, "hello");
    EXPECT_EQ(a.answer.model, "m-1");
    EXPECT_EQ(a.answer.response_id, "resp_1");
    EXPECT_EQ(a.answer.finish_reason, "completed");
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_STOP);
    EXPECT_EQ(a.answer.usage_text(), "9 12 3 2 5 21");
    EXPECT_EQ(a.answer.turn_json, "[" + message(hello) + "]");
    EXPECT_TRUE(a.answer.calls.empty());
}

TEST(ResponsesParseTest, texts_are_joined_in_order_whatever_item_holds_them) {
    const struct {
        const char* output;
        const char* text;
        const char* refusal;
        const char* thinking;
    } rows[] = {
        {"[]", "", "", ""},
        {R"([{"type":"message","content":[{"type":"output_text","text":"a\n\u00e9"}]}])",
         "a\n\xC3\xA9", "", ""},
        {R"([{"type":"message","content":[{"type":"output_text","text":"a\t"},
            {"type":"output_text","text":"b"}]},{"type":"web_search_call","action":{}},
            {"content":[{"text":"c","type":"output_text"}],"type":"message"}])",
         "a\tbc", "", ""},
        {R"([{"type":"message","content":[{"type":"refusal","refusal":"n\"o"}]}])", "", "n\"o",
         ""},
        {R"([{"type":"message","content":[{"type":"refusal","refusal":"n"},
            {"type":"output_text","text":"x"},{"type":"refusal","refusal":"o"}]}])",
         "x", "no", ""},
        {R"([{"type":"reasoning","summary":[{"type":"summary_text","text":"one"},
            {"type":"summary_text","text":"two"}],"encrypted_content":"gAAA"},
            {"type":"message","content":[{"type":"output_text","text":"x"}]}])",
         "x", "", "one\n\ntwo"},
        {R"([{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"a"},
            {"type":"reasoning_text","text":"b"}]},
            {"type":"reasoning","summary":[{"type":"summary_text","text":"c"}]}])",
         "", "", "abc"},
        {R"([{"type":"reasoning","summary":null,"content":null},5,null,"x",[],{},
            {"type":"message","content":"loose"},{"type":"message","content":[5,{"type":5},
            {"type":"output_text"},{"type":"output_text","text":null},{"text":"no type"},
            {"type":"input_text","text":"not said"},{"type":"output_text","text":"y"}]}])",
         "y", "", ""},
        {R"([{"type":"message","content":[{"type":"output_text","text":""},
            {"type":"output_text","text":""}]}])", "", "", ""},
        {R"([{"type":"mcp_call","arguments":"{}","name":"f","output":"[{\"text\":\"no\"}]"},
            {"type":"tool_search_call","call_id":"c","arguments":{"a":1}},
            {"type":"message","content":[{"type":"output_text","text":"z"}]}])", "z", "", ""},
    };
    for (const auto& row : rows) {
        const AdapterAnswer a(openai, response(row.output));
        ASSERT_EQ(a.status, LEAT_OK) << row.output;
        EXPECT_EQ(a.answer.text, row.text) << row.output;
        EXPECT_EQ(a.answer.refusal, row.refusal) << row.output;
        EXPECT_EQ(a.answer.thinking, row.thinking) << row.output;
        EXPECT_TRUE(a.answer.calls.empty()) << row.output;
        EXPECT_EQ(a.answer.turn_json, row.output);
        EXPECT_EQ(a.answer.finish, *row.refusal == '\0' ? LEAT_FINISH_STOP : LEAT_FINISH_REFUSAL);
    }
}

TEST(ResponsesParseTest, calls_have_the_call_id_and_exact_arguments) {
    const AdapterAnswer a(openai, response(R"([
        {"type":"reasoning","summary":[]},
        {"type":"function_call","id":"fc_1","call_id":"call_1","name":"f",
         "arguments":"{\"a\": \"b\\n\"}","status":"completed"},
        {"arguments":"","name":"g\u0031","call_id":null,"type":"function_call"},
        {"type":"function_call","call_id":"c3","name":"h","arguments":{"x":[1]}},
        {"type":"function_call"},
        {"type":"custom_tool_call","call_id":"c5","name":"run","input":"print(\"x\")\n"},
        {"type":"custom_tool_call","call_id":"c6","name":"run"},
        {"type":"message","content":[{"type":"output_text","text":"calling"}]}])"));
    ASSERT_EQ(a.status, LEAT_OK);
    const std::vector<std::string> expected = {
        R"(call_1 f {"a": "b\n"})", " g1 {}", R"(c3 h {"x":[1]})", "  {}",
        R"(c5 run "print(\"x\")\n")", "c6 run {}",
    };
    EXPECT_EQ(a.answer.calls, expected);
    EXPECT_EQ(a.answer.text, "calling");
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_TOOL_CALLS);
    EXPECT_EQ(a.answer.finish_reason, "completed");
}

TEST(ResponsesParseTest, no_more_calls_are_read_than_a_result_holds) {
    std::string calls;
    for (int i = 0; i < 130; ++i) {
        calls += std::string(i == 0 ? "" : ",") + R"({"type":"function_call","call_id":"c)" +
                 std::to_string(i) + R"(","name":"f","arguments":"{}"})";
    }
    const AdapterAnswer a(openai, response("[" + calls + "]"));
    ASSERT_EQ(a.status, LEAT_OK);
    ASSERT_EQ(a.answer.calls.size(), 128u);
    EXPECT_EQ(a.answer.calls[127], "c127 f {}");
}

TEST(ResponsesParseTest, the_status_or_what_is_incomplete_is_the_finish) {
    const struct {
        const char* status;
        const char* details;
        leat_finish finish;
        const char* word;
    } rows[] = {
        {"\"completed\"", "null", LEAT_FINISH_STOP, "completed"},
        {"\"complete\"", "null", LEAT_FINISH_STOP, "complete"},
        {"\"incomplete\"", R"({"reason":"max_output_tokens"})", LEAT_FINISH_LENGTH,
         "max_output_tokens"},
        {"\"incomplete\"", R"({"reason":"content_filter"})", LEAT_FINISH_CONTENT_FILTER,
         "content_filter"},
        {"\"incomplete\"", R"({"reason":"new"})", LEAT_FINISH_OTHER, "new"},
        {"\"incomplete\"", R"({"reason":null})", LEAT_FINISH_OTHER, "incomplete"},
        {"\"incomplete\"", R"({"reason":""})", LEAT_FINISH_OTHER, "incomplete"},
        {"\"incomplete\"", "null", LEAT_FINISH_OTHER, "incomplete"},
        {"\"incomplete\"", "[5]", LEAT_FINISH_OTHER, "incomplete"},
        {"\"completed\"", R"({"reason":"content_filter"})", LEAT_FINISH_STOP, "completed"},
        {"null", "null", LEAT_FINISH_UNKNOWN, ""},
        {"\"strange\"", "null", LEAT_FINISH_OTHER, "strange"},
    };
    for (const auto& row : rows) {
        const AdapterAnswer a(openai, std::string(R"({"status":)") + row.status +
                                          R"(,"incomplete_details":)" + row.details +
                                          R"(,"output":[]})");
        ASSERT_EQ(a.status, LEAT_OK) << row.status << row.details;
        EXPECT_EQ(a.answer.finish, row.finish) << row.status << row.details;
        EXPECT_EQ(a.answer.finish_reason, row.word);
    }
    // A call that was cut by the limit is no call to carry out.
    const AdapterAnswer cut(openai, R"({"status":"incomplete","output":[{"type":"function_call"}],
        "incomplete_details":{"reason":"max_output_tokens"}})");
    EXPECT_EQ(cut.answer.finish, LEAT_FINISH_LENGTH);
}

TEST(ResponsesParseTest, usage_that_is_not_told_is_unknown) {
    const struct {
        const char* usage;
        const char* expected;
    } rows[] = {
        {"null", "-1 -1 -1 -1 -1 -1"},
        {"{}", "-1 -1 -1 -1 -1 -1"},
        {R"({"input_tokens":1,"output_tokens":2})", "1 2 -1 -1 -1 3"},
        {R"({"input_tokens":"1","output_tokens":2.0,"total_tokens":9})", "1 2 -1 -1 -1 9"},
        {R"({"input_tokens":-1,"output_tokens":2,"input_tokens_details":null})",
         "-1 2 -1 -1 -1 -1"},
        {R"({"input_tokens":9223372036854775807,"output_tokens":2})",
         "9223372036854775807 2 -1 -1 -1 -1"},
        {R"({"output_tokens_details":{"reasoning_tokens":0}})", "-1 -1 -1 -1 0 -1"},
    };
    for (const auto& row : rows) {
        const AdapterAnswer a(openai, response("[]", std::string(",\"usage\":") + row.usage));
        ASSERT_EQ(a.status, LEAT_OK) << row.usage;
        EXPECT_EQ(a.answer.usage_text(), row.expected) << row.usage;
    }
}

TEST(ResponsesParseTest, what_is_no_response_is_a_parse_error) {
    const std::string whole = response("[" + message(hello) + "]");
    for (size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(AdapterAnswer(openai, whole.substr(0, size)).status, LEAT_E_PARSE) << size;
    }
    for (const char* body : {"[]", "null", "{}", R"({"status":"completed"})",
                             R"({"status":"completed","output":null})",
                             R"({"status":"completed","output":{}})",
                             R"({"id":"r","object":"response.deleted","deleted":true})"}) {
        EXPECT_EQ(AdapterAnswer(openai, body).status, LEAT_E_PARSE) << body;
    }
    EXPECT_EQ(AdapterAnswer(openai, whole + "x").status, LEAT_E_PARSE);
}

TEST(ResponsesParseTest, little_memory_is_told) {
    const std::string body = response(R"([{"type":"message","content":[
        {"type":"output_text","text":"a\n"},{"type":"output_text","text":"b\n"}]},
        {"type":"function_call","name":"f","arguments":"{\"a\":1}"}])");
    bool was_ok = false;
    for (size_t bytes = 0; bytes < 512; ++bytes) {
        const AdapterAnswer a(openai, body, 200, {}, bytes);
        ASSERT_TRUE(a.status == LEAT_OK || a.status == LEAT_E_ITEM_MEMORY) << bytes;
        ASSERT_TRUE(!was_ok || a.status == LEAT_OK) << bytes;
        was_ok = a.status == LEAT_OK;
        EXPECT_EQ(a.answer.text, was_ok ? "a\nb\n" : "");
    }
    EXPECT_TRUE(was_ok);
    EXPECT_EQ(AdapterAnswer(openai, body, 200, {}, 0).status, LEAT_E_ITEM_MEMORY);
}

}  // namespace
}  // namespace leat
