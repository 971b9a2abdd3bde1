// Messages answers: every documented form, finish reason and count, and bodies that are none.
#include <gtest/gtest.h>

#include "anthropic_help.h"

namespace leat {
namespace {

std::string message(const std::string& content, const std::string& more = "",
                    const std::string& reason = "\"end_turn\"") {
    return R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":)" +
           content + R"(,"stop_reason":)" + reason + R"(,"stop_sequence":null)" + more + "}";
}

const char plain_blocks[] = R"([{"type":"text","text":"x"}])";

TEST(MessagesParseTest, a_plain_answer_is_read_whole) {
    MessageAnswer a(message(R"([{"type":"text","text":"Hello \"you\""}])",
                            R"(,"usage":{"input_tokens":3,"output_tokens":4})"));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.text), "Hello \"you\"");
    EXPECT_EQ(str(a.answer.model), "claude-x");
    EXPECT_EQ(str(a.answer.response_id), "msg_1");
    EXPECT_EQ(str(a.answer.finish_reason), "end_turn");
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_STOP);
    EXPECT_EQ(str(a.answer.turn_json), R"([{"type":"text","text":"Hello \"you\""}])");
    EXPECT_EQ(a.answer.tool_calls_count, 0u);
    EXPECT_EQ(a.answer.thinking.size, 0u);
}

TEST(MessagesParseTest, blocks_are_joined_by_kind_in_their_order) {
    MessageAnswer a(message(R"([
        {"signature":"s1","thinking":"first\n","type":"thinking"},
        {"type":"text","text":""},
        {"text":"one ","type":"text","citations":[{"cited_text":"no"}]},
        {"type":"redacted_thinking","data":"xyz"},
        {"type":"server_tool_use","id":"srv","name":"web_search","input":{"query":"q"}},
        {"type":"web_search_tool_result","tool_use_id":"srv","content":[{"type":"text","text":"no"}]},
        {"type":"thinking","thinking":"then \u00e9","signature":"s2"},
        {"type":"mcp_tool_use","id":"m","name":"n","input":{}},
        {"type":"something_new","text":"no","thinking":"no"},
        {"type":"text","text":"t\u0077o"}])"));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.text), "one two");
    EXPECT_EQ(str(a.answer.thinking), "first\nthen \xC3\xA9");
    EXPECT_EQ(a.answer.tool_calls_count, 0u);
}

TEST(MessagesParseTest, one_text_without_escapes_is_not_copied) {
    MessageAnswer a(message(R"([{"type":"text","text":""},{"type":"thinking","thinking":"t"},
        {"type":"text","text":"one"},{"type":"text","text":""}])"),
                    200, {}, 0);
    ASSERT_EQ(a.parse(), LEAT_OK) << "no memory was there to copy to";
    EXPECT_EQ(str(a.answer.text), "one");
    EXPECT_EQ(str(a.answer.thinking), "t");
}

TEST(MessagesParseTest, tool_calls_keep_the_exact_text_of_their_input) {
    MessageAnswer a(message(R"([{"type":"text","text":"I look."},
        {"type":"tool_use","id":"toolu_1","name":"weather","input":{"c": "B\u0065rlin", "n":1.50}},
        {"input":{},"name":"no\"w","id":"toolu_2","type":"tool_use","caller":{"type":"direct"}},
        {"type":"tool_use"}])",
                            "", "\"tool_use\""));
    ASSERT_EQ(a.parse(), LEAT_OK);
    ASSERT_EQ(a.answer.tool_calls_count, 3u);
    const leat_tool_call* const calls = a.answer.tool_calls;
    EXPECT_EQ(str(calls[0].id), "toolu_1");
    EXPECT_EQ(str(calls[0].name), "weather");
    EXPECT_EQ(str(calls[0].arguments_json), R"({"c": "B\u0065rlin", "n":1.50})");
    EXPECT_EQ(str(calls[1].name), "no\"w");
    EXPECT_EQ(str(calls[1].arguments_json), "{}");
    EXPECT_EQ(str(calls[2].id) + str(calls[2].name), "");
    EXPECT_EQ(str(calls[2].arguments_json), "{}");
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_TOOL_CALLS);
    EXPECT_EQ(str(a.answer.text), "I look.");
}

std::string many_calls(size_t count) {
    std::string blocks = "[";
    for (size_t i = 0; i < count; ++i) {
        blocks += std::string(i == 0 ? "" : ",") + R"({"type":"tool_use","id":"i","input":{}})";
    }
    return message(blocks + "]");
}

TEST(MessagesParseTest, the_number_of_calls_has_a_limit) {
    MessageAnswer fits(many_calls(128));
    ASSERT_EQ(fits.parse(), LEAT_OK);
    EXPECT_EQ(fits.answer.tool_calls_count, 128u);
    MessageAnswer over(many_calls(129));
    EXPECT_EQ(over.parse(), LEAT_E_TOO_MANY);
}

TEST(MessagesParseTest, finish_reasons_are_told_in_one_vocabulary) {
    const struct {
        const char* word;
        leat_finish finish;
        leat_finish with_calls;
    } rows[] = {
        {"\"end_turn\"", LEAT_FINISH_STOP, LEAT_FINISH_TOOL_CALLS},
        {"\"stop_sequence\"", LEAT_FINISH_STOP, LEAT_FINISH_TOOL_CALLS},
        {"\"max_tokens\"", LEAT_FINISH_LENGTH, LEAT_FINISH_LENGTH},
        {"\"model_context_window_exceeded\"", LEAT_FINISH_LENGTH, LEAT_FINISH_LENGTH},
        {"\"tool_use\"", LEAT_FINISH_TOOL_CALLS, LEAT_FINISH_TOOL_CALLS},
        {"\"refusal\"", LEAT_FINISH_REFUSAL, LEAT_FINISH_REFUSAL},
        {"\"pause_turn\"", LEAT_FINISH_OTHER, LEAT_FINISH_OTHER},
        {"\"something_new\"", LEAT_FINISH_OTHER, LEAT_FINISH_OTHER},
        {"null", LEAT_FINISH_UNKNOWN, LEAT_FINISH_UNKNOWN},
        {"\"\"", LEAT_FINISH_UNKNOWN, LEAT_FINISH_UNKNOWN},
    };
    for (const auto& row : rows) {
        MessageAnswer a(message(plain_blocks, "", row.word));
        ASSERT_EQ(a.parse(), LEAT_OK);
        EXPECT_EQ(a.answer.finish, row.finish) << row.word;
        EXPECT_EQ("\"" + str(a.answer.finish_reason) + "\"",
                  row.word == std::string("null") ? "\"\"" : row.word);
        MessageAnswer calls(message(R"([{"type":"tool_use","input":{}}])", "", row.word));
        ASSERT_EQ(calls.parse(), LEAT_OK);
        EXPECT_EQ(calls.answer.finish, row.with_calls) << row.word;
    }
}

TEST(MessagesParseTest, a_refusal_says_why) {
    MessageAnswer a(message("[]", R"(,"stop_details":{"type":"refusal","category":"cyber",
        "explanation":"I will n\u006ft."})",
                            "\"refusal\""));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_REFUSAL);
    EXPECT_EQ(str(a.answer.refusal), "I will not.");
    EXPECT_EQ(str(a.answer.block_reason), "cyber");
    MessageAnswer none(message("[]", R"(,"stop_details":{"type":"refusal","category":null})",
                               "\"refusal\""));
    ASSERT_EQ(none.parse(), LEAT_OK);
    EXPECT_EQ(none.answer.finish, LEAT_FINISH_REFUSAL);
    EXPECT_EQ(none.answer.block_reason.size, 0u);
}

TEST(MessagesParseTest, the_prompt_is_the_sum_of_its_cached_and_uncached_parts) {
    const int64_t none = LEAT_TOKENS_UNKNOWN;
    const struct {
        const char* usage;
        leat_usage expected;  // input, output, cached, written, reasoning, total
    } rows[] = {
        {R"({"input_tokens":4,"cache_creation_input_tokens":219,"cache_read_input_tokens":9116,
             "output_tokens":156,"output_tokens_details":{"thinking_tokens":33},
             "cache_creation":{"ephemeral_5m_input_tokens":219,"ephemeral_1h_input_tokens":0}})",
         {9339, 156, 9116, 219, 33, 9495}},
        {R"({"output_tokens":1,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,
             "input_tokens":2})",
         {2, 1, 0, 0, none, 3}},
        {R"({"input_tokens":2,"output_tokens":1})", {2, 1, none, none, none, 3}},
        {R"({"input_tokens":2,"output_tokens":1,"cache_read_input_tokens":null,
             "output_tokens_details":null})",
         {2, 1, none, none, none, 3}},
        {R"({"output_tokens":1})", {none, 1, none, none, none, none}},
        {R"({"cache_read_input_tokens":5})", {none, none, 5, none, none, none}},
        {R"({"input_tokens":9223372036854775807,"cache_read_input_tokens":1,"output_tokens":1})",
         {none, 1, 1, none, none, none}},
        {R"({"input_tokens":1,"cache_read_input_tokens":9223372036854775807,
             "cache_creation_input_tokens":9223372036854775807})",
         {none, none, INT64_MAX, INT64_MAX, none, none}},
        {R"({"input_tokens":-1,"output_tokens":1.5})", {none, none, none, none, none, none}},
        {"null", {none, none, none, none, none, none}},
        {"7", {none, none, none, none, none, none}},
    };
    for (const auto& row : rows) {
        MessageAnswer a(message(plain_blocks, std::string(",\"usage\":") + row.usage));
        ASSERT_EQ(a.parse(), LEAT_OK);
        leat_answer expected = a.answer;
        expected.usage = row.expected;
        EXPECT_EQ(answer_text(a.answer), answer_text(expected)) << row.usage;
    }
}

TEST(MessagesParseTest, an_error_inside_a_success_is_an_error) {
    MessageAnswer a(R"({"type":"error","error":{"type":"overloaded_error","message":"busy"}})");
    EXPECT_EQ(a.parse(), LEAT_E_HTTP);
    EXPECT_EQ(a.classify().status, LEAT_E_OVERLOADED);
    EXPECT_EQ(a.fault.retryable, 1);
    EXPECT_EQ(a.fault.wait_ms, -1);
    MessageAnswer fine(message(plain_blocks, R"(,"error":null)"));
    EXPECT_EQ(fine.parse(), LEAT_OK) << "an error of null is none";
}

TEST(MessagesParseTest, what_is_no_message_is_refused) {
    for (const char* body :
         {"", "null", "[]", "\"x\"", "<html>502</html>", "{", "{}", "{}{}", R"({"input_tokens":641})",
          R"({"content":null})", R"({"content":"text"})", R"({"content":{}})",
          R"({"content":[}]})", "{\"content\":[{\"type\":\"text\",\"text\":\"\xFF\"}]}",
          R"({"content":[{"type":"text","text":"\ud800"}]})"}) {
        MessageAnswer a(body);
        EXPECT_EQ(a.parse(), LEAT_E_PARSE) << body;
    }
    for (const char* body : {R"({"content":[]})", R"({"content":[null,5,"x",[],{}]})",
                             R"({"content":[{"type":"text"},{"type":"text","text":7}]})"}) {
        MessageAnswer a(body);
        EXPECT_EQ(a.parse(), LEAT_OK) << body;
        EXPECT_EQ(a.answer.text.size, 0u);
    }
}

// Uses every branch of the reader.
const std::string rich = message(
    R"([{"type":"thinking","thinking":"a\"","signature":"s"},{"type":"text","text":"b\n"},
        {"type":"tool_use","id":"\"1","name":"n\\","input":{"a":[1,{"b":null}]}},
        {"type":"thinking","thinking":"c"},{"type":"text","text":"d"}])",
    R"(,"stop_details":{"explanation":"e\t","category":"c"},
        "usage":{"input_tokens":1,"output_tokens_details":{"thinking_tokens":1}})");

TEST(MessagesParseTest, every_cut_is_told_from_a_whole_answer) {
    for (size_t size = 0; size < rich.size(); ++size) {
        MessageAnswer a(rich.substr(0, size));
        ASSERT_EQ(a.parse(), LEAT_E_PARSE) << rich.substr(0, size);
        (void)a.classify();
    }
}

TEST(MessagesParseTest, every_changed_byte_ends_in_a_status) {
    for (size_t i = 0; i < rich.size(); ++i) {
        for (const char byte : {'\0', '"', '\\', '{', '}', '[', ']', ',', '0', '\x80', '\xFF'}) {
            std::string changed = rich;
            changed[i] = byte;
            MessageAnswer a(changed);
            (void)a.parse();
            EXPECT_NE(a.classify().status, LEAT_OK);
        }
    }
}

TEST(MessagesParseTest, a_small_arena_ends_in_its_status_at_every_size) {
    MessageAnswer whole(rich);
    ASSERT_EQ(whole.parse(), LEAT_OK);
    bool fitted = false;
    for (size_t size = 0; size < 300; ++size) {
        MessageAnswer a(rich, 200, {}, size);
        const leat_status status = a.parse();
        if (status == LEAT_OK) {
            fitted = true;
            ASSERT_EQ(answer_text(a.answer), answer_text(whole.answer));
        } else {
            ASSERT_EQ(status, LEAT_E_ITEM_MEMORY) << size;
        }
    }
    EXPECT_TRUE(fitted);
}

TEST(MessagesParseTest, an_answered_turn_can_be_sent_back) {
    MessageAnswer a(rich);
    ASSERT_EQ(a.parse(), LEAT_OK);
    leat_message turn{};
    turn.role = text("assistant");
    turn.turn_json = a.answer.turn_json;
    const BuiltBody built = build_messages([&](leat_request* r) {
        r->messages = &turn;
        r->messages_count = 1;
    });
    EXPECT_NE(built.body.find(R"({"role":"assistant","content":)" + str(a.answer.turn_json) + "}"),
              std::string::npos)
        << built.body;
}

}  // namespace
}  // namespace leat
