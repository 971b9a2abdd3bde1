// What a chat completion tells beside its first text: several choices, the turn as it came, thoughts
// among the parts of the content. Shapes of one choice are in openai_answer_test.cc.
#include <gtest/gtest.h>

#include "adapter_help.h"
#include "answer_help.h"

namespace leat {
namespace {

std::string completion(const std::string& message) {
    return R"({"id":"c-1","model":"m-1","choices":[{"index":0,"message":)" + message +
           R"(,"finish_reason":"stop"}]})";
}

TEST(ChatChoicesTest, several_choices_are_all_told) {
    Answered a(R"({"choices":[{"message":{"content":"one"},"finish_reason":"stop"},)"
               R"({"message":{"content":"t\u0077o","reasoning":"hm","refusal":null,"tool_calls":[)"
               R"({"id":"c","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"},)"
               R"({"message":{"content":[{"text":"3"}],"refusal":"no"},"finish_reason":"length"}],)"
               R"("model":"m"})");
    ASSERT_EQ(a.parse(), LEAT_OK);
    ASSERT_EQ(a.answer.choices_count, 3u);
    const leat_choice* const choices = a.answer.choices;
    EXPECT_EQ(str(choices[0].text), "one");
    EXPECT_EQ(choices[0].finish, LEAT_FINISH_STOP);
    EXPECT_EQ(str(choices[1].text), "two");
    EXPECT_EQ(str(choices[1].thinking), "hm");
    EXPECT_EQ(choices[1].finish, LEAT_FINISH_TOOL_CALLS);
    ASSERT_EQ(choices[1].tool_calls_count, 1u);
    EXPECT_EQ(str(choices[1].tool_calls[0].name), "f");
    EXPECT_EQ(str(choices[2].text), "3");
    EXPECT_EQ(str(choices[2].refusal), "no");
    EXPECT_EQ(str(choices[2].finish_reason), "length");
    EXPECT_EQ(choices[2].finish, LEAT_FINISH_LENGTH);
    EXPECT_EQ(str(a.answer.model), "m");
    EXPECT_EQ(a.answer.tool_calls_count, 0u) << "the first one's fields are the answer's";
    Answered one(completion(R"({"content":"x"})"));
    ASSERT_EQ(one.parse(), LEAT_OK);
    EXPECT_EQ(one.answer.choices_count, 0u) << "only when there are several";
    EXPECT_EQ(one.answer.choices, nullptr);
}

TEST(ChatChoicesTest, eight_choices_are_the_most) {
    for (const size_t count : {size_t{7}, size_t{8}, size_t{9}}) {
        std::string body = R"({"choices":[)";
        for (size_t i = 0; i < count; ++i) {
            body += (i == 0 ? "" : ",") + std::string(R"({"message":{"content":"x"}})");
        }
        Answered a(body + "]}");
        EXPECT_EQ(a.parse(), count <= 8 ? LEAT_OK : LEAT_E_TOO_MANY) << count;
        EXPECT_EQ(a.answer.choices_count, count <= 8 ? count : 0u);
    }
}

TEST(ChatChoicesTest, every_choice_has_to_be_whole) {
    const std::string begin = R"({"choices":[{"message":{"content":"x"}},)";
    const struct {
        const char* second;
        leat_status status;
    } rows[] = {
        {R"({"message":{"content":"y"}})", LEAT_OK},
        {R"({"finish_reason":"content_filter"})", LEAT_OK},
        {"{}", LEAT_E_PARSE},
        {"null", LEAT_E_PARSE},
        {R"({"message":null,"finish_reason":"stop"})", LEAT_E_PARSE},
        {R"({"error":{"message":"no"},"message":{"content":""}})", LEAT_E_HTTP},
    };
    for (const auto& row : rows) {
        Answered a(begin + row.second + "]}");
        EXPECT_EQ(a.parse(), row.status) << row.second;
    }
}

TEST(ChatChoicesTest, the_turn_is_the_message_as_it_came) {
    const std::string message = R"({ "role":"assistant", "content":"a\n", "audio":null })";
    Answered a(completion(message));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.turn_json), message);
    Answered two(R"({"choices":[{"message":{"content":"1"}},{"message":{"content":"2"}}]})");
    ASSERT_EQ(two.parse(), LEAT_OK);
    EXPECT_EQ(str(two.answer.turn_json), R"({"content":"1"})") << "the first one's";
    Answered blocked(R"({"choices":[{"finish_reason":"content_filter"}]})");
    ASSERT_EQ(blocked.parse(), LEAT_OK);
    EXPECT_EQ(blocked.answer.turn_json.size, 0u);
}

TEST(ChatChoicesTest, filter_results_are_the_first_choices) {
    const struct {
        const char* results;
        const char* expected;
    } rows[] = {
        {R"({"hate":{"filtered":false}})", R"({"hate":{"filtered":false}})"},
        {"{}", ""},
        {"null", ""},
        {R"([{"hate":1}])", ""},
    };
    for (const auto& row : rows) {
        const std::string choice = std::string(R"("content_filter_results":)") + row.results + "}";
        Answered a(R"({"choices":[{"message":{"content":"x"},)" + choice +
                   R"(,{"message":{},"content_filter_results":{"violence":1}}]})");
        ASSERT_EQ(a.parse(), LEAT_OK) << row.results;
        EXPECT_EQ(str(a.answer.safety_json), row.expected);
        const AdapterStream streamed(
            "azure", R"(data: {"choices":[{"delta":{"content":"x"},)" + choice +
                         "]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\","
                         "\"content_filter_results\":{}},{\"index\":1,\"finish_reason\":\"stop\","
                         "\"content_filter_results\":{\"violence\":1}}]}\n\ndata: [DONE]\n\n");
        EXPECT_EQ(streamed.status, LEAT_OK);
        EXPECT_EQ(streamed.answer.safety_json, row.expected);
    }
}

TEST(ChatChoicesTest, parts_hold_thoughts_too) {
    const struct {
        const char* content;
        const char* text;
        const char* thinking;
    } rows[] = {
        {R"([{"type":"thinking","thinking":[{"type":"text","text":"h\u006d"},{"text":"!"}]},)"
         R"({"type":"text","text":"b"}])",
         "b", "hm!"},
        {R"([{"text":"a"},{"type":"thinking","thinking":[{"text":"x"}]},{"text":"b"},)"
         R"({"thinking":[{"text":"y"}]}])",
         "ab", "xy"},
        {R"([{"type":"thinking","thinking":[]}])", "", ""},
        {R"([{"type":"thinking","thinking":"no list"},{"thinking":[5,{"text":null}]}])", "", ""},
    };
    for (const auto& row : rows) {
        Answered a(completion(std::string(R"({"content":)") + row.content + "}"));
        ASSERT_EQ(a.parse(), LEAT_OK) << row.content;
        EXPECT_EQ(str(a.answer.text), row.text) << row.content;
        EXPECT_EQ(str(a.answer.thinking), row.thinking) << row.content;
    }
}

}  // namespace
}  // namespace leat
