// Answers of Ollama's /api/chat, whole and line by line.
#include "adapter_help.h"

namespace leat {
namespace {

constexpr char ollama[] = "ollama";

std::string answer(const std::string& message, const std::string& more = "",
                   const std::string& reason = R"("done_reason":"stop",)") {
    return R"({"model":"m:1b","created_at":"2025-08-20T09:45:30Z","message":)" + message + "," +
           reason + R"("done":true)" + more + "}";
}

TEST(OllamaParseTest, reads_a_plain_answer) {
    const std::string message =
        R"({"role":"assistant","content":"a\nb","thinking":"h\u00e9m"})";
    const AdapterAnswer a(ollama, answer(message, R"(,"total_duration":9,"load_duration":8,
        "prompt_eval_count":14,"prompt_eval_duration":7,"eval_count":721,"eval_duration":6)"));
    ASSERT_EQ(a.status, LEAT_OK);
    EXPECT_EQ(a.answer.text, "a\nb");
    EXPECT_EQ(a.answer.thinking, "h\xC3\xA9m");
    EXPECT_EQ(a.answer.model, "m:1b");
    EXPECT_EQ(a.answer.response_id, "");
    EXPECT_EQ(a.answer.turn_json, message);
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_STOP);
    EXPECT_EQ(a.answer.usage_text(), "14 721 -1 -1 -1 735");
}

TEST(OllamaParseTest, each_reason_to_be_done) {
    const struct {
        const char* reason;
        leat_finish finish;
        const char* word;
    } rows[] = {
        {R"("done_reason":"stop",)", LEAT_FINISH_STOP, "stop"},
        {R"("done_reason":"length",)", LEAT_FINISH_LENGTH, "length"},
        {R"("done_reason":"load",)", LEAT_FINISH_OTHER, "load"},
        {R"("done_reason":"unload",)", LEAT_FINISH_OTHER, "unload"},
        {R"("done_reason":null,)", LEAT_FINISH_UNKNOWN, ""},
        {"", LEAT_FINISH_UNKNOWN, ""},
    };
    for (const auto& row : rows) {
        const AdapterAnswer a(ollama, answer(R"({"content":""})", "", row.reason));
        ASSERT_EQ(a.status, LEAT_OK) << row.reason;
        EXPECT_EQ(a.answer.finish, row.finish) << row.reason;
        EXPECT_EQ(a.answer.finish_reason, row.word);
        const AdapterAnswer calls(
            ollama, answer(R"({"tool_calls":[{"function":{"name":"f"}}]})", "", row.reason));
        const bool is_ordinary = row.finish == LEAT_FINISH_STOP || *row.word == '\0';
        EXPECT_EQ(calls.answer.finish, is_ordinary ? LEAT_FINISH_TOOL_CALLS : row.finish);
    }
}

TEST(OllamaParseTest, calls_come_with_objects_and_leniently_without) {
    const AdapterAnswer a(ollama, answer(R"({"content":"","tool_calls":[
        {"id":"call_1","function":{"index":0,"name":"f","arguments":{"city":"Par\u0069s"}}},
        {"function":{"name":"g","arguments":{}}},{"function":{"name":"h"}},5,null,
        {"function":{"name":"i","arguments":"{\"a\":1}"}},{"function":null},
        {"id":7,"function":{"name":"j","arguments":null}}]})"));
    ASSERT_EQ(a.status, LEAT_OK);
    const std::vector<std::string> expected = {
        R"(call_1 f {"city":"Par\u0069s"})", " g {}", " h {}", R"( i {"a":1})", "  {}", " j {}",
    };
    EXPECT_EQ(a.answer.calls, expected);
    for (const char* none : {"null", "[]", "{}", "5"}) {
        const AdapterAnswer b(ollama, answer(std::string(R"({"tool_calls":)") + none + "}"));
        ASSERT_EQ(b.status, LEAT_OK) << none;
        EXPECT_TRUE(b.answer.calls.empty());
    }
}

TEST(OllamaParseTest, counts_that_are_not_told_are_unknown) {
    const struct {
        const char* more;
        const char* expected;
    } rows[] = {
        {"", "-1 -1 -1 -1 -1 -1"},
        {R"(,"eval_count":3)", "-1 3 -1 -1 -1 -1"},  // the whole prompt was cached
        {R"(,"prompt_eval_count":0,"eval_count":3)", "0 3 -1 -1 -1 3"},
        {R"(,"prompt_eval_count":"x","eval_count":-3)", "-1 -1 -1 -1 -1 -1"},
        {R"(,"prompt_eval_count":9223372036854775807,"eval_count":1)",
         "9223372036854775807 1 -1 -1 -1 -1"},
    };
    for (const auto& row : rows) {
        const AdapterAnswer a(ollama, answer(R"({"content":"x"})", row.more));
        EXPECT_EQ(a.answer.usage_text(), row.expected) << row.more;
    }
}

TEST(OllamaParseTest, what_is_no_answer_is_a_parse_error) {
    const std::string whole = answer(R"({"role":"assistant","content":"x"})");
    ASSERT_EQ(AdapterAnswer(ollama, whole).status, LEAT_OK);
    for (size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(AdapterAnswer(ollama, whole.substr(0, size)).status, LEAT_E_PARSE) << size;
    }
    for (const char* body : {"[]", "{}", R"({"message":null,"done":true})", R"({"done":true})",
                             R"({"message":{"content":"x"},"done":false})"}) {
        EXPECT_EQ(AdapterAnswer(ollama, body).status, LEAT_E_PARSE) << body;
    }
    EXPECT_EQ(AdapterAnswer(ollama, whole + "\n" + whole).status, LEAT_E_PARSE);
}

TEST(OllamaParseTest, little_memory_is_told) {
    const std::string body =
        answer(R"({"content":"a\n","tool_calls":[{"function":{"name":"f","arguments":{}}}]})");
    bool was_ok = false;
    for (size_t bytes = 0; bytes < 256; ++bytes) {
        const AdapterAnswer a(ollama, body, 200, {}, bytes);
        ASSERT_TRUE(a.status == LEAT_OK || a.status == LEAT_E_ITEM_MEMORY) << bytes;
        ASSERT_TRUE(!was_ok || a.status == LEAT_OK) << bytes;
        was_ok = a.status == LEAT_OK;
    }
    EXPECT_TRUE(was_ok);
    EXPECT_EQ(AdapterAnswer(ollama, body, 200, {}, 0).status, LEAT_E_ITEM_MEMORY);
}

std::string line(const std::string& message) {
    return R"({"model":"m:1b","created_at":"t","message":)" + message + R"(,"done":false})" + "\n";
}

const char last_line[] =
    R"({"model":"m:1b","message":{"role":"assistant","content":""},"done_reason":"stop",)"
    R"("done":true,"prompt_eval_count":17,"eval_count":63})"
    "\n";

TEST(OllamaStreamTest, a_stream_gives_the_answer_of_the_whole_at_every_cut) {
    const std::string body =
        line(R"({"role":"assistant","content":"","thinking":"h\u00e9"})") +
        line(R"({"role":"assistant","content":"","thinking":"m"})") +
        line(R"({"role":"assistant","content":"a\n"})") + "\r\n" +
        line(R"({"content":"b"})") +
        line(R"({"content":"","tool_calls":[{"id":"c1","function":{"index":0,"name":"f",)"
             R"("arguments":{"x":"\n"}}},{"function":{"name":"g","arguments":"{\"y\":1}"}}]})") +
        line(R"({"tool_calls":[{"id":"c3","function":{"index":0,"name":"h"}}]})") + last_line;
    const AdapterAnswer whole(ollama, answer(R"({"content":"a\nb","thinking":"h\u00e9m",
        "tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"x":"\n"}}},
        {"function":{"name":"g","arguments":"{\"y\":1}"}},
        {"id":"c3","function":{"name":"h"}}]})", R"(,"prompt_eval_count":17,"eval_count":63)"));
    ASSERT_EQ(whole.status, LEAT_OK);
    ASSERT_EQ(whole.answer.calls.size(), 3u);
    ASSERT_EQ(whole.answer.finish, LEAT_FINISH_TOOL_CALLS);
    expect_same(expect_same_at_every_cut(ollama, body), whole.answer);
    const AdapterStream s(ollama, body);
    EXPECT_EQ(s.pieces,
              "2.0:h\xC3\xA9|2.0:m|0.0:a\n|0.0:b|4.0:f|3.0:{\"x\":\"\\n\"}|4.1:g|3.1:{\"y\":1}|"
              "4.2:h|");
    // The last line may lack its end.
    const AdapterStream open(ollama, body.substr(0, body.size() - 1));
    expect_same(open.answer, s.answer);
}

TEST(OllamaStreamTest, without_its_last_line_a_stream_was_cut) {
    const AdapterStream s(ollama, line(R"({"content":"so far"})"));
    EXPECT_EQ(s.status, LEAT_E_STREAM_CUT);
    EXPECT_EQ(s.answer.text, "so far");
    EXPECT_EQ(AdapterStream(ollama, "").status, LEAT_E_STREAM_CUT);
    EXPECT_EQ(AdapterStream(ollama, "\n\n").status, LEAT_E_STREAM_CUT);
}

TEST(OllamaStreamTest, odd_lines_are_passed_over_and_broken_ones_are_not) {
    const struct {
        const char* line;
        leat_status status;
    } rows[] = {
        {"{}", LEAT_OK},
        {R"({"message":null,"done":null})", LEAT_OK},
        {R"({"message":{"content":5,"tool_calls":[5,null]}})", LEAT_OK},
        {"[]", LEAT_E_PARSE},
        {"x", LEAT_E_PARSE},
        {R"({"message":{"content":"x"})", LEAT_E_PARSE},
        {R"({"error":"sorry"})", LEAT_E_HTTP},
        {R"({"error":{"message":"sorry"}})", LEAT_E_HTTP},
        {R"({"error":null})", LEAT_OK},
    };
    for (const auto& row : rows) {
        const AdapterStream s(ollama, std::string(row.line) + "\n" + last_line);
        EXPECT_EQ(s.status, row.status) << row.line;
        EXPECT_TRUE(s.answer.calls.empty());
    }
}

}  // namespace
}  // namespace leat
