// tests/unit/flow/cache/cache_value_test.cc: an answer written for a store and read again is the same answer,
// whatever its texts hold; what is no such text is told apart.
#include "flow/cache/cache_value.h"

#include <gtest/gtest.h>

#include <vector>

#include "meter/usage.h"

namespace leat {
namespace {

std::string copy(Text t) { return t.size == 0 ? std::string() : std::string(t.data, t.size); }

class CacheValue : public ::testing::Test {
protected:
    CacheValue() {
        arena.open(memory, sizeof memory);
        result.usage = unknown_usage();
    }
    leat_status read_back(leat_answer* answer) {
        const Text value = write_value(result, &arena);
        EXPECT_TRUE(is_value(value));
        stored = copy(value);
        *answer = leat_answer{};
        answer->usage = unknown_usage();
        return read_value(const_cast<char*>(value.data), value.size, &arena, answer);
    }
    alignas(16) char memory[64 * 1024];
    Arena arena;
    leat_result result{};
    std::string stored;
};

TEST_F(CacheValue, S16_an_empty_answer_is_an_answer) {
    leat_answer answer;
    ASSERT_EQ(read_back(&answer), LEAT_OK);
    EXPECT_EQ(stored, "{\"leat_answer\":1,\"finish\":0,\"usage\":{}}");
    EXPECT_EQ(answer.usage.total_tokens, LEAT_TOKENS_UNKNOWN);
    EXPECT_EQ(answer.tool_calls, nullptr);
}

TEST_F(CacheValue, S16_every_field_comes_back) {
    const std::string odd = "a\"b\\c\n\t\x01 \xc3\xa9 \xf0\x9f\x98\x80 </x>";
    const leat_tool_call calls[] = {{LEAT_STR("c1"), LEAT_STR("f"), LEAT_STR("{\"x\":\"\\\"\"}")},
                                    {LEAT_STR(""), LEAT_STR("g"), LEAT_STR("")}};
    leat_choice choices[2] = {};
    choices[0].text = text(odd.data(), odd.size());
    choices[0].finish = LEAT_FINISH_STOP;
    choices[1].refusal = LEAT_STR("no");
    choices[1].finish = LEAT_FINISH_TOOL_CALLS;
    choices[1].tool_calls = calls;
    choices[1].tool_calls_count = 2;
    result.text = text(odd.data(), odd.size());
    result.refusal = LEAT_STR("r");
    result.thinking = LEAT_STR("t\r");
    result.finish = LEAT_FINISH_OTHER;
    result.finish_reason = LEAT_STR("why");
    result.model = LEAT_STR("m");
    result.response_id = LEAT_STR("id");
    result.turn_json = LEAT_STR("{\"role\":\"assistant\"}");
    result.safety_json = LEAT_STR("[1]");
    result.block_reason = LEAT_STR("b");
    result.tool_calls = calls;
    result.tool_calls_count = 2;
    result.choices = choices;
    result.choices_count = 2;
    result.usage = leat_usage{1, 2, 0, LEAT_TOKENS_UNKNOWN, 4, INT64_MAX};
    leat_answer answer;
    ASSERT_EQ(read_back(&answer), LEAT_OK);
    EXPECT_EQ(copy(answer.text), odd);
    EXPECT_EQ(copy(answer.refusal), "r");
    EXPECT_EQ(copy(answer.thinking), "t\r");
    EXPECT_EQ(answer.finish, LEAT_FINISH_OTHER);
    EXPECT_EQ(copy(answer.finish_reason), "why");
    EXPECT_EQ(copy(answer.model), "m");
    EXPECT_EQ(copy(answer.response_id), "id");
    EXPECT_EQ(copy(answer.turn_json), "{\"role\":\"assistant\"}");
    EXPECT_EQ(copy(answer.safety_json), "[1]");
    EXPECT_EQ(copy(answer.block_reason), "b");
    ASSERT_EQ(answer.tool_calls_count, 2u);
    EXPECT_EQ(copy(answer.tool_calls[0].arguments_json), "{\"x\":\"\\\"\"}");
    EXPECT_EQ(copy(answer.tool_calls[1].name), "g");
    EXPECT_EQ(copy(answer.tool_calls[1].id), "");
    ASSERT_EQ(answer.choices_count, 2u);
    EXPECT_EQ(copy(answer.choices[0].text), odd);
    EXPECT_EQ(copy(answer.choices[1].refusal), "no");
    EXPECT_EQ(answer.choices[1].finish, LEAT_FINISH_TOOL_CALLS);
    ASSERT_EQ(answer.choices[1].tool_calls_count, 2u);
    EXPECT_EQ(copy(answer.choices[1].tool_calls[0].id), "c1");
    EXPECT_EQ(memcmp(&answer.usage, &result.usage, sizeof answer.usage), 0);
}

TEST_F(CacheValue, without_room_nothing_is_written) {
    const std::string large(40000, 'x');
    result.text = text(large.data(), large.size());
    EXPECT_FALSE(empty(write_value(result, &arena)));
    EXPECT_TRUE(empty(write_value(result, &arena)));
}

TEST_F(CacheValue, the_reserve_for_escapes_is_enough) {
    const std::string controls(5000, '\x01');
    result.text = text(controls.data(), controls.size());
    leat_answer answer;
    ASSERT_EQ(read_back(&answer), LEAT_OK);
    EXPECT_EQ(copy(answer.text), controls);
}

TEST_F(CacheValue, S16_what_is_damaged_is_refused_at_every_place) {
    result.text = LEAT_STR("some text");
    const leat_tool_call call = {LEAT_STR("c1"), LEAT_STR("f"), LEAT_STR("{}")};
    result.tool_calls = &call;
    result.tool_calls_count = 1;
    const std::string whole = copy(write_value(result, &arena));
    for (size_t size = 0; size < whole.size(); ++size) {
        std::string cut = whole.substr(0, size);
        leat_answer answer{};
        EXPECT_NE(read_value(cut.data(), cut.size(), &arena, &answer), LEAT_OK) << cut;
    }
    // Any byte changed to any of these: an answer or a refusal, never a crash.
    for (size_t at = 0; at < whole.size(); ++at) {
        for (const char c : {'"', '\\', '{', '}', '[', ']', ',', ':', '0', 'x', '\0', '\xff'}) {
            std::string changed = whole;
            changed[at] = c;
            const size_t mark = arena.mark();
            leat_answer answer{};
            (void)read_value(changed.data(), changed.size(), &arena, &answer);
            arena.rewind(mark);
        }
    }
}

TEST_F(CacheValue, a_providers_body_is_no_such_text) {
    for (const char* const body : {"", "{}", "{\"id\":1}", "{\"leat_answer\":2,", " {\"leat_answer\":1,"}) {
        EXPECT_FALSE(is_value(text_of(body))) << body;
    }
}

}  // namespace
}  // namespace leat
