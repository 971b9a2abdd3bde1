// Several answers in one chat completion, the model's own turn, and thoughts among a content's parts:
// what a whole answer tells must be what the stream of the same answer tells.
#include <gtest/gtest.h>

#include "answer_help.h"

namespace leat {
namespace {

std::string choice(const std::string& message, const char* finish = "stop") {
    return R"({"index":0,"message":)" + message + R"(,"finish_reason":")" + finish + "\"}";
}

std::string answer_of(const std::string& choices) {
    return R"({"id":"c-1","model":"m-1","choices":[)" + choices + "]}";
}

const std::string three = answer_of(
    choice(R"({"content":"one \u00e9","reasoning":"hm"})") + "," +
    choice(R"({"content":"two","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]})",
           "tool_calls") +
    " , " + choice(R"({"content":null,"refusal":"no"})"));

TEST(ChatChoicesTest, all_answers_are_told_when_there_are_several) {
    Answered a(three);
    ASSERT_EQ(a.parse(), LEAT_OK);
    ASSERT_EQ(a.answer.choices_count, 3u);
    EXPECT_EQ(str(a.answer.choices[0].text), "one \xC3\xA9");
    EXPECT_EQ(str(a.answer.choices[0].thinking), "hm");
    EXPECT_EQ(a.answer.choices[0].finish, LEAT_FINISH_STOP);
    EXPECT_EQ(str(a.answer.choices[1].text), "two");
    EXPECT_EQ(a.answer.choices[1].finish, LEAT_FINISH_TOOL_CALLS);
    ASSERT_EQ(a.answer.choices[1].tool_calls_count, 1u);
    EXPECT_EQ(str(a.answer.choices[1].tool_calls[0].name), "f");
    EXPECT_EQ(str(a.answer.choices[2].refusal), "no");
    EXPECT_EQ(a.answer.choices[2].finish, LEAT_FINISH_REFUSAL);
}

TEST(ChatChoicesTest, the_first_one_is_the_answer_itself) {
    Answered a(three);
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.text), "one \xC3\xA9");
    EXPECT_EQ(str(a.answer.thinking), "hm");
    EXPECT_EQ(str(a.answer.finish_reason), "stop");
    EXPECT_EQ(a.answer.tool_calls_count, 0u);
    EXPECT_EQ(a.answer.refusal.size, 0u);
}

TEST(ChatChoicesTest, one_answer_is_no_list) {
    Answered a(answer_of(choice(R"({"content":"one"})")));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(a.answer.choices_count, 0u);
    EXPECT_EQ(a.answer.choices, nullptr);
}

TEST(ChatChoicesTest, a_list_that_comes_twice_counts_once) {
    Answered a(R"({"choices":[)" + choice(R"({"content":"one"})") + R"(],"choices":[)" +
               choice(R"({"content":"x"})") + "," + choice(R"({"content":"y"})") + "]}");
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.text), "one");
    EXPECT_EQ(a.answer.choices_count, 0u);
}

TEST(ChatChoicesTest, more_than_can_be_held_are_left_out) {
    std::string many = choice(R"({"content":"0"})");
    for (int i = 1; i < 130; ++i) {
        many += "," + choice(R"({"content":")" + std::to_string(i) + "\"}");
    }
    Answered a(answer_of(many));
    ASSERT_EQ(a.parse(), LEAT_OK);
    ASSERT_EQ(a.answer.choices_count, 128u);
    EXPECT_EQ(str(a.answer.choices[127].text), "127");
}

TEST(ChatChoicesTest, strange_ones_among_them_are_empty) {
    Answered a(answer_of(choice(R"({"content":"one"})") + ",null,7,{}"));
    ASSERT_EQ(a.parse(), LEAT_OK);
    ASSERT_EQ(a.answer.choices_count, 4u);
    for (uint32_t i = 1; i < 4; ++i) {
        EXPECT_EQ(a.answer.choices[i].text.size, 0u);
        EXPECT_EQ(a.answer.choices[i].finish, LEAT_FINISH_UNKNOWN);
    }
}

TEST(ChatChoicesTest, an_error_in_any_of_them_is_an_error) {
    Answered a(answer_of(choice(R"({"content":"one"})") + R"(,{"error":{"message":"x"}})"));
    const leat_status status = a.parse();
    EXPECT_NE(status, LEAT_OK);
    EXPECT_NE(status, LEAT_E_PARSE);
}

TEST(ChatChoicesTest, every_cut_and_every_small_arena_ends_in_a_status) {
    for (size_t size = 0; size < three.size(); ++size) {
        Answered a(three.substr(0, size));
        ASSERT_EQ(a.parse(), LEAT_E_PARSE) << size;
    }
    bool fitted = false;
    for (size_t size = 0; size < 1000 && !fitted; ++size) {
        Answered a(three, 200, {}, size);
        const leat_status status = a.parse();
        fitted = status == LEAT_OK;
        ASSERT_TRUE(fitted || status == LEAT_E_ITEM_MEMORY) << size;
    }
    EXPECT_TRUE(fitted);
}

TEST(ChatTurnTest, the_turn_is_the_first_message_as_it_came) {
    const std::string message = R"({"role":"assistant","content":null,"tool_calls":[{"id":"c",)"
                                R"("function":{"name":"f","arguments":"{\"a\": 1}"}}],"x":[1]})";
    for (const char* blanks : {"", " \n\t"}) {
        Answered a(R"({"choices":[{"finish_reason":"tool_calls","message":)" + std::string(blanks) +
                   message + blanks + "}," + choice(R"({"content":"other"})") + "]}");
        ASSERT_EQ(a.parse(), LEAT_OK);
        EXPECT_EQ(str(a.answer.turn_json), message);
    }
    Answered blocked(R"({"choices":[{"finish_reason":"content_filter"}]})");
    ASSERT_EQ(blocked.parse(), LEAT_OK);
    EXPECT_EQ(blocked.answer.turn_json.size, 0u);
}

TEST(ChatPartsTest, thoughts_among_the_parts_are_told_apart) {
    Answered a(answer_of(choice(
        R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"h\"m"},)"
        R"({"type":"reference","reference_ids":[1]},{"type":"text","text":", so"}]},)"
        R"({"type":"text","text":"b"},{"type":"thinking","thinking":[{"text":"!"}]},)"
        R"({"type":"thinking","thinking":"loose"},{"text":"c"}]})")));
    ASSERT_EQ(a.parse(), LEAT_OK);
    EXPECT_EQ(str(a.answer.text), "bc");
    EXPECT_EQ(str(a.answer.thinking), "h\"m, so!");
}

}  // namespace
}  // namespace leat
