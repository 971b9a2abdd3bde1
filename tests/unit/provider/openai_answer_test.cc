// Reading of chat completions: every shape that services send, and hostile ones.
#include <gtest/gtest.h>

#include "answer_help.h"

namespace leat {
namespace {

std::string completion(const std::string& message, const std::string& finish = "\"stop\"",
                       const std::string& more = "") {
    return R"({"id":"c-1","object":"chat.completion","model":"m-1","choices":[{"index":0,"message":)" +
           message + R"(,"finish_reason":)" + finish + "}]" + more + "}";
}

std::string with_usage(const std::string& usage) {
    return completion(R"({"role":"assistant","content":"x"})", "\"stop\"", ",\"usage\":" + usage);
}

TEST(ChatParseTest, reads_a_plain_answer) {
    Answered a(completion(R"({"role":"assistant","content":"hello","refusal":null})", "\"stop\"",
                          R"(,"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21,
        "prompt_tokens_details":{"cached_tokens":3,"cache_write_tokens":2,"audio_tokens":0},
        "completion_tokens_details":{"reasoning_tokens":5,"audio_tokens":0}},"service_tier":"x")"));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.text), "hello");
    EXPECT_EQ(str(a.answer.model), "m-1");
    EXPECT_EQ(str(a.answer.response_id), "c-1");
    EXPECT_EQ(str(a.answer.finish_reason), "stop");
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_STOP);
    EXPECT_EQ(a.answer.refusal.size, 0u);
    EXPECT_EQ(a.answer.tool_calls_count, 0u);
    EXPECT_EQ(a.answer.usage.input_tokens, 9);
    EXPECT_EQ(a.answer.usage.output_tokens, 12);
    EXPECT_EQ(a.answer.usage.total_tokens, 21);
    EXPECT_EQ(a.answer.usage.cached_input_tokens, 3);
    EXPECT_EQ(a.answer.usage.cache_write_tokens, 2);
    EXPECT_EQ(a.answer.usage.reasoning_tokens, 5);
}

TEST(ChatParseTest, content_comes_in_every_shape) {
    const struct {
        const char* message;
        const char* expected;
    } rows[] = {
        {R"({"content":null})", ""},
        {R"({})", ""},
        {R"({"content":""})", ""},
        {R"({"content":"a\nb\"\u00e9\ud83d\ude00\/"})", "a\nb\"\xC3\xA9\xF0\x9F\x98\x80/"},
        {R"({"c\u006fntent":"x"})", "x"},
        {R"({"content":[]})", ""},
        {R"({"content":[{"type":"text","text":"a\t"},{"type":"text","text":"b"}]})", "a\tb"},
        {R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},)"
         R"({"type":"text","text":"b"}]})", "b"},
        {R"({"content":[{"type":"image_url","image_url":{"url":"u"}},"loose",5,null,[],)"
         R"({"text":null},{"text":"c"}]})", "c"},
        {R"({"content":{"text":"an object is no content"}})", ""},
        {R"({"content":5})", ""},
        {R"({"content":false})", ""},
        {R"({"content":"first","content":"last"})", "last"},
    };
    for (const auto& row : rows) {
        Answered a(completion(row.message));
        ASSERT_EQ(a.parse(), LEAT_OK) << row.message;
        EXPECT_EQ(str(a.answer.text), row.expected) << row.message;
    }
}

TEST(ChatParseTest, a_refusal_that_stops_is_a_refusal) {
    Answered a(completion(R"({"content":null,"refusal":"I can\u2019t"})"));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.refusal), "I can\xE2\x80\x99t");
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_REFUSAL);
    Answered cut(completion(R"({"content":null,"refusal":"I"})", "\"length\""));
    ASSERT_EQ(cut.parse(), LEAT_OK);
    EXPECT_EQ(cut.answer.finish, LEAT_FINISH_LENGTH);
}

TEST(ChatParseTest, thinking_has_two_names) {
    for (const char* name : {"reasoning_content", "reasoning"}) {
        Answered a(completion(std::string("{\"") + name + R"(":"h\"m","content":"x"})"));
        ASSERT_EQ(a.parse(), LEAT_OK);
        EXPECT_EQ(str(a.answer.thinking), "h\"m");
        EXPECT_EQ(str(a.answer.text), "x");
    }
    Answered none(completion(R"({"reasoning":null,"reasoning_content":{},"content":"x"})"));
    ASSERT_EQ(none.parse(), LEAT_OK);
    EXPECT_EQ(none.answer.thinking.size, 0u);
}

TEST(ChatParseTest, tool_calls_have_arguments_of_every_shape) {
    const struct {
        const char* arguments;
        const char* expected;
    } rows[] = {
        {R"("{\"a\": \"b\\n\"}")", R"({"a": "b\n"})"},
        {R"("")", "{}"},
        {"null", "{}"},
        {R"({"a":[1,{"b":2}]})", R"({"a":[1,{"b":2}]})"},
        {"{}", "{}"},
        {"5", "{}"},
        {R"("not json")", "not json"},
    };
    for (const auto& row : rows) {
        Answered a(completion(std::string(R"({"content":null,"tool_calls":[{"id":"call_1",)") +
                                  R"("type":"function","function":{"name":"get","arguments":)" +
                                  row.arguments + "}}]}",
                              "\"tool_calls\""));
        ASSERT_EQ(a.parse(), LEAT_OK) << row.arguments;
        ASSERT_EQ(a.answer.tool_calls_count, 1u);
        EXPECT_EQ(str(a.answer.tool_calls[0].id), "call_1");
        EXPECT_EQ(str(a.answer.tool_calls[0].name), "get");
        EXPECT_EQ(str(a.answer.tool_calls[0].arguments_json), row.expected);
        EXPECT_EQ(a.answer.finish, LEAT_FINISH_TOOL_CALLS);
    }
}

TEST(ChatParseTest, tool_calls_may_lack_everything) {
    Answered a(completion(R"({"tool_calls":[{},null,5,{"id":null,"function":null},{"id":"",)"
                          R"("function":{"name":"f"}}]})"));
    ASSERT_EQ(a.parse(), LEAT_OK);
    ASSERT_EQ(a.answer.tool_calls_count, 5u);
    for (uint32_t i = 0; i < 5; ++i) {
        EXPECT_EQ(a.answer.tool_calls[i].id.size, 0u);
        EXPECT_EQ(str(a.answer.tool_calls[i].name), i == 4 ? "f" : "");
        EXPECT_EQ(str(a.answer.tool_calls[i].arguments_json), "{}");
    }
    for (const char* none : {"null", "[]", "{}", "\"x\""}) {
        Answered b(completion(std::string(R"({"content":"x","tool_calls":)") + none + "}"));
        ASSERT_EQ(b.parse(), LEAT_OK);
        EXPECT_EQ(b.answer.tool_calls_count, 0u);
    }
}

TEST(ChatParseTest, several_tool_calls_keep_their_order) {
    std::string calls;
    for (int i = 0; i < 128; ++i) {
        calls += (i == 0 ? "" : ",") + std::string(R"({"id":"c)") + std::to_string(i) +
                 R"(","function":{"name":"f","arguments":"{}"}})";
    }
    Answered a(completion(R"({"tool_calls":[)" + calls + "]}"));
    ASSERT_EQ(a.parse(), LEAT_OK);
    ASSERT_EQ(a.answer.tool_calls_count, 128u);
    for (uint32_t i = 0; i < 128; ++i) {
        EXPECT_EQ(str(a.answer.tool_calls[i].id), "c" + std::to_string(i));
    }
}

TEST(ChatParseTest, usage_oddities_are_unknown_rather_than_wrong) {
    const struct {
        const char* number;
        int64_t expected;
    } rows[] = {
        {"0", 0},       {"7", 7},       {"7.0", 7},     {"\"7\"", 7},  {"7e2", 700},
        {"-1", -1},     {"-0", 0},      {"7.5", -1},    {"1e400", -1}, {"9223372036854775807", INT64_MAX},
        {"9223372036854775808", -1},    {"1e19", -1},   {"null", -1},  {"true", -1},
        {"\"x\"", -1},  {"\"\"", -1},   {"{}", -1},     {"[1]", -1},   {"\"-3\"", -1},
        {"0.000", 0},   {"\"1e400\"", -1},
    };
    for (const auto& row : rows) {
        Answered a(with_usage(std::string("{\"prompt_tokens\":") + row.number + "}"));
        ASSERT_EQ(a.parse(), LEAT_OK) << row.number;
        EXPECT_EQ(a.answer.usage.input_tokens, row.expected) << row.number;
        EXPECT_EQ(a.answer.usage.output_tokens, LEAT_TOKENS_UNKNOWN);
    }
    for (const char* none : {"null", "{}", "[]", "5", "\"x\""}) {
        Answered a(with_usage(none));
        ASSERT_EQ(a.parse(), LEAT_OK) << none;
        EXPECT_EQ(a.answer.usage.input_tokens, LEAT_TOKENS_UNKNOWN);
        EXPECT_EQ(a.answer.usage.total_tokens, LEAT_TOKENS_UNKNOWN);
    }
    Answered without(completion(R"({"content":"x"})"));
    ASSERT_EQ(without.parse(), LEAT_OK);
    EXPECT_EQ(without.answer.usage.total_tokens, LEAT_TOKENS_UNKNOWN);
}

TEST(ChatParseTest, a_missing_total_is_the_sum_M14) {
    Answered a(with_usage(R"({"prompt_tokens":3,"completion_tokens":4})"));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(a.answer.usage.total_tokens, 7);
    Answered told(with_usage(R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":99})"));
    ASSERT_EQ(told.parse(), LEAT_OK);
    EXPECT_EQ(told.answer.usage.total_tokens, 99) << "xAI's total has reasoning beside completion";
    Answered huge(with_usage(
        R"({"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807})"));
    ASSERT_EQ(huge.parse(), LEAT_OK);
    EXPECT_EQ(huge.answer.usage.total_tokens, LEAT_TOKENS_UNKNOWN) << "no overflow";
}

TEST(ChatParseTest, cached_tokens_have_three_places) {
    for (const char* usage : {R"({"prompt_tokens_details":{"cached_tokens":5}})",
                              R"({"prompt_cache_hit_tokens":5,"prompt_cache_miss_tokens":1})",
                              R"({"cached_tokens":5})"}) {
        Answered a(with_usage(usage));
        ASSERT_EQ(a.parse(), LEAT_OK);
        EXPECT_EQ(a.answer.usage.cached_input_tokens, 5) << usage;
    }
}

TEST(ChatParseTest, finish_reasons_are_told_in_one_vocabulary) {
    const struct {
        const char* word;
        leat_finish finish;
    } rows[] = {
        {"\"stop\"", LEAT_FINISH_STOP},
        {"\"length\"", LEAT_FINISH_LENGTH},
        {"\"tool_calls\"", LEAT_FINISH_TOOL_CALLS},
        {"\"function_call\"", LEAT_FINISH_TOOL_CALLS},
        {"\"content_filter\"", LEAT_FINISH_CONTENT_FILTER},
        {"\"eos\"", LEAT_FINISH_STOP},
        {"\"model_length\"", LEAT_FINISH_LENGTH},
        {"\"error\"", LEAT_FINISH_ERROR},
        {"\"insufficient_system_resource\"", LEAT_FINISH_OTHER},
        {"\"Stop\"", LEAT_FINISH_OTHER},
        {"null", LEAT_FINISH_UNKNOWN},
        {"\"\"", LEAT_FINISH_UNKNOWN},
        {"7", LEAT_FINISH_UNKNOWN},
    };
    for (const auto& row : rows) {
        Answered a(completion(R"({"content":"x"})", row.word));
        ASSERT_EQ(a.parse(), LEAT_OK);
        EXPECT_EQ(a.answer.finish, row.finish) << row.word;
    }
}

TEST(ChatParseTest, the_first_choice_is_the_answer) {
    Answered a(R"({"choices":[{"message":{"content":"one"},"finish_reason":"stop"},)"
               R"({"message":{"content":"two"},"finish_reason":"length"}]})");
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.text), "one");
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_STOP);
}

TEST(ChatParseTest, an_error_inside_a_success_is_an_error) {
    for (const char* body : {R"({"error":{"message":"x","code":429}})", R"({"error":"x"})",
                             R"({"choices":[{"error":{"message":"x"},"message":{"content":""}}]})",
                             R"({"choices":[{"message":{"content":"x"}}],"error":{"message":"y"}})"}) {
        Answered a(body);
        const leat_status status = a.parse();
        EXPECT_NE(status, LEAT_OK) << body;
        EXPECT_NE(status, LEAT_E_PARSE) << body;
    }
    Answered fine(completion(R"({"content":"x"})", "\"stop\"", R"(,"error":null)"));
    EXPECT_EQ(fine.parse(), LEAT_OK) << "an error of null is none";
}

TEST(ChatParseTest, no_choice_is_no_answer_G25) {
    for (const char* body : {"{}", R"({"choices":[]})", R"({"choices":null})", R"({"id":"x"})"}) {
        Answered a(body);
        EXPECT_EQ(a.parse(), LEAT_E_INVALID_REQUEST) << body;
    }
}

TEST(ChatParseTest, a_choice_without_a_message_is_not_what_was_promised) {
    for (const char* body : {R"({"choices":[null]})", R"({"choices":[5]})", R"({"choices":[{}]})",
                             R"({"choices":[{"message":null,"finish_reason":"stop"}]})",
                             R"({"choices":[{"text":"an old completion"}]})"}) {
        Answered a(body);
        EXPECT_EQ(a.parse(), LEAT_E_PARSE) << body;
    }
}

TEST(ChatParseTest, a_blocked_answer_may_lack_its_message) {
    Answered a(R"({"choices":[{"content_filter_results":{},"finish_reason":"content_filter"}]})");
    ASSERT_EQ(a.parse(), LEAT_OK) << "as Azure sends it";
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_CONTENT_FILTER);
    EXPECT_EQ(a.answer.text.size, 0u);
}

TEST(ChatParseTest, what_is_no_JSON_is_refused) {
    for (const char* body : {"", " ", "null", "[]", "\"x\"", "<html>502</html>", "{", "{}{}", "{} x",
                             "{\"choices\":[}", "data: {}", "\xEF\xBB\xBF{}", "{\"a\":\"\xFF\"}",
                             R"({"choices":[{"message":{"content":"\ud800"}}]})",
                             "{\"choices\":[{\"message\":{\"content\":\"\n\"}}]}"}) {
        Answered a(body);
        EXPECT_EQ(a.parse(), LEAT_E_PARSE) << body;
    }
    // Deeper than any reader should follow.
    for (const size_t depth : {size_t{60}, size_t{64}, size_t{100}, size_t{10000}}) {
        const std::string deep = "{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
        Answered a(deep);
        EXPECT_EQ(a.parse(), depth < 64 ? LEAT_E_INVALID_REQUEST : LEAT_E_PARSE) << depth;
    }
}

// Answers that use every branch of the reader.
const std::string rich[] = {
    completion(R"({"content":"a\"b","refusal":"r\n","reasoning":"t\t"})", "\"st\\u006fp\"",
               R"(,"usage":{"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":1}})"),
    completion(R"({"content":[{"type":"text","text":"p\u0041"},{"text":"q"}],"tool_calls":[)"
               R"({"id":"\"1","function":{"name":"n\\","arguments":"{\"a\":1}"}},)"
               R"({"id":"2","function":{"name":"m","arguments":{"b":[true,null]}}}]})"),
    R"({"error":{"message":"m\n","type":"t","code":"c"},"choices":[{"error":{"code":5}}]})",
    R"({"choices":[{"message":{"content":[{"thinking":[{"text":"t\u0041"}]},{"text":"a\n"}]}},)"
    R"({"index":1,"message":{"content":"b\"","reasoning":"c\\","tool_calls":[{"id":"\/"}]}}]})",
};

TEST(ChatParseTest, every_cut_is_told_from_a_whole_answer) {
    for (const std::string& body : rich) {
        for (size_t size = 0; size < body.size(); ++size) {
            Answered a(body.substr(0, size));
            ASSERT_EQ(a.parse(), LEAT_E_PARSE) << body.substr(0, size);
            (void)a.classify();
        }
    }
}

TEST(ChatParseTest, every_changed_byte_ends_in_a_status) {
    for (const std::string& body : rich) {
        for (size_t i = 0; i < body.size(); ++i) {
            for (const char byte : {'\0', '"', '\\', '{', '}', '[', ']', ',', '0', '\x80', '\xFF'}) {
                std::string changed = body;
                changed[i] = byte;
                Answered a(changed);
                (void)a.parse();
                (void)a.classify();
            }
        }
    }
}

TEST(ChatParseTest, a_small_arena_ends_in_its_status_at_every_size) {
    for (const std::string& body : {rich[0], rich[1], rich[3]}) {
        Answered whole(body);
        ASSERT_EQ(whole.parse(), LEAT_OK);
        bool fitted = false;
        for (size_t size = 0; size < 800; ++size) {
            Answered a(body, 200, {}, size);
            const leat_status status = a.parse();
            if (status == LEAT_OK) {
                fitted = true;
                ASSERT_EQ(str(a.answer.text), str(whole.answer.text));
            } else {
                ASSERT_EQ(status, LEAT_E_ITEM_MEMORY) << size;
            }
        }
        EXPECT_TRUE(fitted);
    }
}

}  // namespace
}  // namespace leat
