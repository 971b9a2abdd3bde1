// Reading of Gemini's whole answers: every shape that comes, every reason to finish, hostile bytes.
#include <gtest/gtest.h>

#include "gemini_help.h"

namespace leat {
namespace {

using gemini_test::Answered;

std::string candidate(const std::string& parts, const std::string& finish = "\"STOP\"",
                      const std::string& more = "") {
    return R"({"content":{"parts":[)" + parts + R"(],"role":"model"},"finishReason":)" + finish +
           more + "}";
}

std::string response(const std::string& candidates, const std::string& more = "") {
    return R"({"candidates":[)" + candidates + R"(],"modelVersion":"m-1","responseId":"r-1")" +
           more + "}";
}

std::string said(const std::string& parts, const std::string& finish = "\"STOP\"") {
    return response(candidate(parts, finish));
}

TEST(GeminiParseTest, reads_a_plain_answer_B22) {
    const std::string turn = R"({"parts":[{"text":"hello","thoughtSignature":"s=="}],"role":"model"})";
    Answered a(response(R"({"content":)" + turn + R"(,"finishReason":"STOP","index":0,
        "safetyRatings":[{"category":"C","probability":"LOW"}],"avgLogprobs":-0.1})",
                        R"(,"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":12,
        "totalTokenCount":26,"thoughtsTokenCount":5,"cachedContentTokenCount":3,
        "promptTokensDetails":[{"modality":"TEXT","tokenCount":9}],"serviceTier":"standard"})"));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.text), "hello");
    EXPECT_EQ(str(a.answer.model), "m-1");
    EXPECT_EQ(str(a.answer.response_id), "r-1");
    EXPECT_EQ(str(a.answer.finish_reason), "STOP");
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_STOP);
    EXPECT_EQ(str(a.answer.turn_json), turn);
    EXPECT_EQ(str(a.answer.safety_json), R"([{"category":"C","probability":"LOW"}])");
    EXPECT_EQ(a.answer.block_reason.size, 0u);
    EXPECT_EQ(a.answer.choices, nullptr);
    EXPECT_EQ(a.answer.usage.input_tokens, 9);
    EXPECT_EQ(a.answer.usage.output_tokens, 17);
    EXPECT_EQ(a.answer.usage.reasoning_tokens, 5);
    EXPECT_EQ(a.answer.usage.cached_input_tokens, 3);
    EXPECT_EQ(a.answer.usage.cache_write_tokens, -1);
    EXPECT_EQ(a.answer.usage.total_tokens, 26);
}

TEST(GeminiParseTest, text_parts_are_joined_and_thoughts_kept_apart) {
    const struct {
        const char* parts;
        const char* text;
        const char* thinking;
    } rows[] = {
        {R"({"text":""})", "", ""},
        {R"({"text":"a\n\"\u00e9"})", "a\n\"\xC3\xA9", ""},
        {R"({"text":"a"},{"text":"b\t"},{"text":""},{"text":"c"})", "ab\tc", ""},
        {R"({"thought":true,"text":"hm"},{"text":"a"})", "a", "hm"},
        {R"({"text":"h\\","thought":true},{"text":"a"},{"text":"m","thought":true},{"text":"b"})",
         "ab", "h\\m"},
        {R"({"text":"a","thought":false})", "a", ""},
        {R"({"text":"a","thought":"true"})", "a", ""},
        {R"({"executableCode":{"language":"PYTHON","code":"1"}},{"text":"a"},
            {"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1"}},{"text":"b"})", "ab", ""},
        {R"({"inlineData":{"mimeType":"image/png","data":"AA=="}},{"thoughtSignature":"s"})", "", ""},
        {R"("loose",5,null,[],{"text":null},{"text":["x"]},{"text":"c"})", "c", ""},
        {R"({"te\u0078t":"a"})", "a", ""},
    };
    for (const auto& row : rows) {
        Answered a(said(row.parts));
        ASSERT_EQ(a.parse(), LEAT_OK) << row.parts;
        EXPECT_EQ(str(a.answer.text), row.text) << row.parts;
        EXPECT_EQ(str(a.answer.thinking), row.thinking) << row.parts;
    }
}

TEST(GeminiParseTest, every_reason_to_finish_has_its_meaning) {
    const struct {
        const char* word;
        leat_finish finish;
        leat_finish with_call;
    } rows[] = {
        {"STOP", LEAT_FINISH_STOP, LEAT_FINISH_TOOL_CALLS},
        {"MAX_TOKENS", LEAT_FINISH_LENGTH, LEAT_FINISH_LENGTH},
        {"SAFETY", LEAT_FINISH_CONTENT_FILTER, LEAT_FINISH_CONTENT_FILTER},
        {"RECITATION", LEAT_FINISH_CONTENT_FILTER, LEAT_FINISH_CONTENT_FILTER},
        {"BLOCKLIST", LEAT_FINISH_CONTENT_FILTER, LEAT_FINISH_CONTENT_FILTER},
        {"PROHIBITED_CONTENT", LEAT_FINISH_CONTENT_FILTER, LEAT_FINISH_CONTENT_FILTER},
        {"SPII", LEAT_FINISH_CONTENT_FILTER, LEAT_FINISH_CONTENT_FILTER},
        {"IMAGE_SAFETY", LEAT_FINISH_CONTENT_FILTER, LEAT_FINISH_CONTENT_FILTER},
        {"IMAGE_PROHIBITED_CONTENT", LEAT_FINISH_CONTENT_FILTER, LEAT_FINISH_CONTENT_FILTER},
        {"IMAGE_RECITATION", LEAT_FINISH_CONTENT_FILTER, LEAT_FINISH_CONTENT_FILTER},
        {"MODEL_ARMOR", LEAT_FINISH_CONTENT_FILTER, LEAT_FINISH_CONTENT_FILTER},
        {"MALFORMED_FUNCTION_CALL", LEAT_FINISH_ERROR, LEAT_FINISH_ERROR},
        {"UNEXPECTED_TOOL_CALL", LEAT_FINISH_ERROR, LEAT_FINISH_ERROR},
        {"TOO_MANY_TOOL_CALLS", LEAT_FINISH_ERROR, LEAT_FINISH_ERROR},
        {"LANGUAGE", LEAT_FINISH_OTHER, LEAT_FINISH_OTHER},
        {"OTHER", LEAT_FINISH_OTHER, LEAT_FINISH_OTHER},
        {"NO_IMAGE", LEAT_FINISH_OTHER, LEAT_FINISH_OTHER},
        {"IMAGE_OTHER", LEAT_FINISH_OTHER, LEAT_FINISH_OTHER},
        {"FINISH_REASON_UNSPECIFIED", LEAT_FINISH_UNKNOWN, LEAT_FINISH_TOOL_CALLS},
        {"NEVER_SEEN", LEAT_FINISH_OTHER, LEAT_FINISH_OTHER},
        {"", LEAT_FINISH_UNKNOWN, LEAT_FINISH_TOOL_CALLS},
    };
    for (const auto& row : rows) {
        const std::string word = std::string("\"") + row.word + "\"";
        Answered a(said(R"({"text":"x"})", word));
        ASSERT_EQ(a.parse(), LEAT_OK);
        EXPECT_EQ(a.answer.finish, row.finish) << row.word;
        EXPECT_EQ(str(a.answer.finish_reason), row.word);
        EXPECT_EQ(str(a.answer.text), "x");
        const bool is_blocked = row.finish == LEAT_FINISH_CONTENT_FILTER;
        EXPECT_EQ(str(a.answer.block_reason), is_blocked ? row.word : "");
        Answered called(said(R"({"functionCall":{"name":"f"}})", word));
        ASSERT_EQ(called.parse(), LEAT_OK);
        EXPECT_EQ(called.answer.finish, row.with_call) << row.word;
    }
}

TEST(GeminiParseTest, a_blocked_answer_is_a_success_with_what_there_is_B32) {
    Answered a(R"({"candidates":[{"content":{},"finishReason":"SAFETY","safetyRatings":)"
               R"([{"blocked":true}]}],"usageMetadata":{"promptTokenCount":14,"totalTokenCount":14}})");
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_CONTENT_FILTER);
    EXPECT_EQ(str(a.answer.block_reason), "SAFETY");
    EXPECT_EQ(str(a.answer.safety_json), R"([{"blocked":true}])");
    EXPECT_EQ(a.answer.text.size, 0u);
    EXPECT_EQ(a.answer.turn_json.size, 0u);  // an empty turn cannot be sent back
    EXPECT_EQ(a.answer.usage.input_tokens, 14);
    EXPECT_EQ(a.answer.usage.output_tokens, 0);
}

TEST(GeminiParseTest, calls_keep_their_arguments_as_they_stand) {
    const struct {
        const char* call;
        const char* expected;
    } rows[] = {
        {R"({"name":"f","args":{"a": [1, {"b":"\u0041"}]},"id":"c1"})",
         R"(c1|f|{"a": [1, {"b":"\u0041"}]})"},
        {R"({"name":"f"})", "|f|{}"},
        {R"({"name":"f","args":null})", "|f|{}"},
        {R"({"name":"f","args":"x"})", "|f|{}"},
        {R"({"args":{}})", "||{}"},
        {R"({"name":"f\"","id":"i\\"})", R"(i\|f"|{})"},
        {"{}", "||{}"},
    };
    for (const auto& row : rows) {
        Answered a(said(std::string(R"({"functionCall":)") + row.call + R"(,"thoughtSignature":"s"})"));
        ASSERT_EQ(a.parse(), LEAT_OK) << row.call;
        const auto calls =
            gemini_test::calls_of(a.answer.tool_calls, a.answer.tool_calls_count).all;
        ASSERT_EQ(calls.size(), 1u);
        EXPECT_EQ(calls[0], row.expected);
        EXPECT_EQ(a.answer.finish, LEAT_FINISH_TOOL_CALLS);
    }
    for (const char* none : {"null", "[]", "5", "\"f\""}) {
        Answered a(said(std::string(R"({"functionCall":)") + none + "}"));
        ASSERT_EQ(a.parse(), LEAT_OK);
        EXPECT_EQ(a.answer.tool_calls_count, 0u);
    }
}

std::string many_calls(int count) {
    std::string parts;
    for (int i = 0; i < count; ++i) {
        parts += (i == 0 ? "" : ",") + std::string(R"({"functionCall":{"name":"f)") +
                 std::to_string(i) + R"("}})";
    }
    return said(parts);
}

TEST(GeminiParseTest, calls_keep_their_order_up_to_the_limit_and_not_over) {
    Answered a(many_calls(128));
    ASSERT_EQ(a.parse(), LEAT_OK);
    ASSERT_EQ(a.answer.tool_calls_count, 128u);
    for (uint32_t i = 0; i < 128; ++i) {
        EXPECT_EQ(str(a.answer.tool_calls[i].name), "f" + std::to_string(i));
    }
    Answered over(many_calls(129));
    EXPECT_EQ(over.parse(), LEAT_E_TOO_MANY);
}

TEST(GeminiParseTest, several_candidates_are_choices_by_their_index) {
    const std::string a = R"("content":{"parts":[{"text":"a"}]},"finishReason":"STOP")";
    const std::string b =
        R"("content":{"parts":[{"functionCall":{"name":"f"}}]},"finishReason":"STOP")";
    const struct {
        std::string candidates;
    } rows[] = {
        {"{" + a + "},{" + b + "}"},
        {"{" + a + R"(},{"index":1,)" + b + "}"},
        {"{" + b + R"(,"index":1},{)" + a + "}"},
        {"{" + b + R"(,"index":"1"},{)" + a + R"(,"index":0})"},
    };
    for (const auto& row : rows) {
        Answered answered(response(row.candidates));
        ASSERT_EQ(answered.parse(), LEAT_OK) << row.candidates;
        const leat_answer& answer = answered.answer;
        EXPECT_EQ(str(answer.text), "a");
        EXPECT_EQ(answer.finish, LEAT_FINISH_STOP);
        ASSERT_EQ(answer.choices_count, 2u);
        EXPECT_EQ(str(answer.choices[0].text), "a");
        EXPECT_EQ(answer.choices[1].finish, LEAT_FINISH_TOOL_CALLS);
        ASSERT_EQ(answer.choices[1].tool_calls_count, 1u);
        EXPECT_EQ(str(answer.turn_json), R"({"parts":[{"text":"a"}]})");
    }
    for (const char* index : {"8", "4294967295", "4294967296", "9223372036854775807"}) {
        Answered over(response("{" + a + R"(,"index":)" + index + "}"));
        EXPECT_EQ(over.parse(), LEAT_E_TOO_MANY) << index;
    }
    Answered last(response("{" + a + R"(,"index":7})"));
    ASSERT_EQ(last.parse(), LEAT_OK);
    EXPECT_EQ(last.answer.choices_count, 8u);
}

TEST(GeminiParseTest, an_array_of_responses_is_one_answer) {
    const std::string first = R"({"candidates":[{"content":{"parts":[{"text":"a"},{"thought":true,
        "text":"h"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":1,
        "candidatesTokenCount":1,"totalTokenCount":2},"modelVersion":"m-1","responseId":"r-1"})";
    const std::string second = R"({"candidates":[{"content":{"parts":[{"text":"b"},
        {"functionCall":{"name":"f","args":{"x":1}}}]},"finishReason":"MAX_TOKENS"}],
        "usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":7,"totalTokenCount":8},
        "modelVersion":"m-2","responseId":"r-2"})";
    Answered a("[" + first + "\n,\r\n" + second + "\n]");
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.text), "ab");
    EXPECT_EQ(str(a.answer.thinking), "h");
    EXPECT_EQ(a.answer.tool_calls_count, 1u);
    EXPECT_EQ(a.answer.finish, LEAT_FINISH_LENGTH);
    EXPECT_EQ(a.answer.usage.total_tokens, 8);
    EXPECT_EQ(str(a.answer.model), "m-1");
    EXPECT_EQ(a.answer.turn_json.size, 0u);  // in two pieces, like a stream's
    Answered one("[" + said(R"({"text":"a"})") + "]");
    ASSERT_EQ(one.parse(), LEAT_OK);
    EXPECT_EQ(str(one.answer.turn_json), R"({"parts":[{"text":"a"}],"role":"model"})");
    for (const char* bad : {"[]", "[1]", "[null]", "[[]]", "[\"x\"]"}) {
        Answered none(bad);
        EXPECT_EQ(none.parse(), LEAT_E_PARSE) << bad;
    }
}

TEST(GeminiParseTest, absent_counts_are_0_beside_others_and_unknown_without_B22) {
    const struct {
        const char* usage;
        int64_t input, output, cached, reasoning, total;
    } rows[] = {
        {R"({"promptTokenCount":5})", 5, 0, 0, 0, 5},
        {R"({"promptTokenCount":5,"toolUsePromptTokenCount":7,"totalTokenCount":13})",
         12, 0, 0, 0, 13},
        {R"({"candidatesTokenCount":3,"thoughtsTokenCount":4})", 0, 7, 0, 4, 7},
        {R"({"promptTokenCount":5,"cachedContentTokenCount":4})", 5, 0, 4, 0, 5},
        {R"({"promptTokenCount":"5"})", 5, 0, 0, 0, 5},
        {R"({"promptTokenCount":-5,"candidatesTokenCount":1})", -1, 1, 0, 0, -1},
        {R"({"promptTokenCount":null,"totalTokenCount":9})", -1, 0, 0, 0, 9},
        {R"({"promptTokenCount":9223372036854775807,"toolUsePromptTokenCount":1})", -1, 0, 0, 0, -1},
        {R"({"totalTokenCount":"x","promptTokenCount":2})", 2, 0, 0, 0, 2},
        {"{}", -1, -1, -1, -1, -1},
        {R"({"trafficType":"ON_DEMAND"})", -1, -1, -1, -1, -1},
        {"null", -1, -1, -1, -1, -1},
        {"[1]", -1, -1, -1, -1, -1},
    };
    for (const auto& row : rows) {
        Answered a(response(candidate(R"({"text":"x"})"),
                            std::string(",\"usageMetadata\":") + row.usage));
        ASSERT_EQ(a.parse(), LEAT_OK) << row.usage;
        EXPECT_EQ(a.answer.usage.input_tokens, row.input) << row.usage;
        EXPECT_EQ(a.answer.usage.output_tokens, row.output) << row.usage;
        EXPECT_EQ(a.answer.usage.cached_input_tokens, row.cached) << row.usage;
        EXPECT_EQ(a.answer.usage.reasoning_tokens, row.reasoning) << row.usage;
        EXPECT_EQ(a.answer.usage.total_tokens, row.total) << row.usage;
    }
}

TEST(GeminiParseTest, what_is_no_answer_has_its_status_G25_B32) {
    const struct {
        const char* body;
        leat_status status;
    } rows[] = {
        {"", LEAT_E_PARSE},
        {"{}", LEAT_E_PARSE},
        {"null", LEAT_E_PARSE},
        {"\"x\"", LEAT_E_PARSE},
        {"<html>", LEAT_E_PARSE},
        {R"({"totalTokens":5})", LEAT_E_PARSE},
        {R"({"candidates":[{}]})", LEAT_E_PARSE},
        {R"({"candidates":[{"content":{"parts":[]}}]})", LEAT_E_PARSE},
        {R"({"candidates":[{"index":0}],"x":1} 1)", LEAT_E_PARSE},
        {R"({"candidates":[]})", LEAT_E_INVALID_REQUEST},
        {R"({"candidates":null})", LEAT_E_INVALID_REQUEST},
        {R"({"candidates":[null,5]})", LEAT_E_INVALID_REQUEST},
        {R"({"usageMetadata":{"promptTokenCount":1}})", LEAT_E_INVALID_REQUEST},
        {R"({"promptFeedback":{"blockReason":""}})", LEAT_E_INVALID_REQUEST},
        {R"({"promptFeedback":{"blockReason":"SAFETY"}})", LEAT_E_CONTENT_FILTER},
        {R"([{"promptFeedback":{"blockReason":"OTHER"}}])", LEAT_E_CONTENT_FILTER},
        {R"({"error":{"code":500}})", LEAT_E_HTTP},
        {R"([{"error":{}}])", LEAT_E_HTTP},
        {R"({"candidates":[{"finishReason":"STOP"}],"error":{"code":500}})", LEAT_E_HTTP},
        {R"({"candidates":[{"finishReason":"STOP"}],"error":null})", LEAT_OK},
        {R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}]})", LEAT_OK},
        {R"({"candidates":[{"finishReason":"STOP"}],"promptFeedback":{"safetyRatings":[]}})", LEAT_OK},
    };
    for (const auto& row : rows) {
        Answered a(row.body);
        EXPECT_STREQ(leat_status_name(a.parse()), leat_status_name(row.status)) << row.body;
    }
}

// Answers that use every branch of the reader.
const std::string rich[] = {
    response(R"({"content":{"parts":[{"text":"a\"b"},{"thought":true,"text":"h\n"},{"text":"\u00e9"},)"
             R"({"functionCall":{"name":"n\\","id":"\"1","args":{"b":[true,null]}}}],"role":"model"},)"
             R"("finishReason":"ST\u004fP","index":0,"safetyRatings":[{"blocked":false}]},)"
             R"({"index":1,"content":{"parts":[{"text":"t\t"}]},"finishReason":"MAX_TOKENS"})",
             R"(,"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2},)"
             R"("promptFeedback":{"safetyRatings":[]})"),
    "[" + said(R"({"text":"a\n"})") + "," + said(R"({"text":"b\n"})") + "]",
    R"({"promptFeedback":{"blockReason":"SAFETY","blockReasonMessage":"w\n"},)"
    R"("usageMetadata":{"promptTokenCount":3}})",
    R"([{"error":{"code":429,"message":"m\n","status":"RESOURCE_EXHAUSTED","details":[)"
    R"({"violations":[{"quotaId":"q","quotaValue":"1"}]},{"retryDelay":"1s"},{"reason":"r"}]}}])",
};

TEST(GeminiParseTest, every_cut_is_told_from_a_whole_answer) {
    for (const std::string& body : rich) {
        for (size_t size = 0; size < body.size(); ++size) {
            Answered a(body.substr(0, size));
            ASSERT_EQ(a.parse(), LEAT_E_PARSE) << body.substr(0, size);
            (void)a.classify();
        }
    }
}

TEST(GeminiParseTest, every_changed_byte_ends_in_a_status) {
    for (const std::string& body : rich) {
        for (size_t i = 0; i < body.size(); ++i) {
            for (const char byte : {'\0', '"', '\\', '{', '}', '[', ']', ',', '0', '\x80', '\xFF'}) {
                std::string changed = body;
                changed[i] = byte;
                Answered a(changed);
                const leat_status status = a.parse();
                if (status != LEAT_OK) {
                    EXPECT_NE(a.classify().status, LEAT_OK) << changed;
                }
            }
        }
    }
}

TEST(GeminiParseTest, a_small_arena_ends_in_its_status_at_every_size) {
    for (const std::string& body : {rich[0], rich[1]}) {
        Answered whole(body);
        ASSERT_EQ(whole.parse(), LEAT_OK);
        bool fitted = false;
        for (size_t size = 0; size < 800; ++size) {
            Answered a(body, 200, size);
            const leat_status status = a.parse();
            if (status == LEAT_OK) {
                fitted = true;
                ASSERT_EQ(gemini_test::plain(a.answer), gemini_test::plain(whole.answer));
            } else {
                ASSERT_EQ(status, LEAT_E_ITEM_MEMORY) << size;
                ASSERT_FALSE(fitted) << size;
            }
        }
        EXPECT_TRUE(fitted);
    }
}

}  // namespace
}  // namespace leat
