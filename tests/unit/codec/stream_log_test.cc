// stream_log_test.cc: pieces put together again, in any interleaving. Depends on gtest and codec.
// Rule: an answer is the concatenation of its pieces, key by key, and costs no second copy when its
// pieces came in one run.
#include "codec/stream_log.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace leat {
namespace {

std::string str(Text t) { return std::string(t.data == nullptr ? "" : t.data, t.size); }

class StreamLog : public testing::Test {
protected:
    explicit StreamLog() { open(8192); }
    void open(size_t bytes) {
        memory_ = std::make_unique<uint64_t[]>(bytes / 8 + 1);  // fresh: the old one is poisoned
        arena.open(memory_.get(), bytes);
        log.open(&arena);
    }
    void put(leat_delta delta, const char* piece, uint32_t choice = 0, uint32_t tool = 0,
             uint32_t flags = 0) {
        leat_stream_put(&log, delta, choice, tool, text_of(piece), flags);
    }
    leat_answer assembled() {
        leat_answer answer{};
        EXPECT_EQ(log.assemble(&answer), LEAT_OK);
        return answer;
    }
    Arena arena;
    leat_stream log;

private:
    std::unique_ptr<uint64_t[]> memory_;
};

TEST_F(StreamLog, one_run_is_never_copied_again) {
    for (const char* piece : {"Hel", "lo", " ", "world"}) put(LEAT_DELTA_TEXT, piece);
    const size_t used = arena.mark();
    const leat_answer answer = assembled();
    EXPECT_EQ(str(answer.text), "Hello world");
    EXPECT_EQ(arena.mark(), used);
    EXPECT_TRUE(log.has_text());
}

TEST_F(StreamLog, interleaved_texts_come_apart) {
    put(LEAT_DELTA_THINKING, "t1 ");
    put(LEAT_DELTA_TEXT, "a");
    put(LEAT_DELTA_THINKING, "t2");
    put(LEAT_DELTA_TEXT, "b");
    put(LEAT_DELTA_REFUSAL, "no");
    put(LEAT_DELTA_TEXT, "c");
    const leat_answer answer = assembled();
    EXPECT_EQ(str(answer.text), "abc");
    EXPECT_EQ(str(answer.thinking), "t1 t2");
    EXPECT_EQ(str(answer.refusal), "no");
}

TEST_F(StreamLog, parallel_tool_calls_are_told_apart_by_index) {
    put(LEAT_DELTA_TOOL_ID, "call_a", 0, 0);
    put(LEAT_DELTA_TOOL_NAME, "f", 0, 0);
    put(LEAT_DELTA_TOOL_ARGUMENTS, "{\"x\":", 0, 0);
    put(LEAT_DELTA_TOOL_NAME, "g", 0, 5);
    put(LEAT_DELTA_TOOL_ARGUMENTS, "1}", 0, 0);
    put(LEAT_DELTA_TOOL_ID, "call_b", 0, 5);
    put(LEAT_DELTA_TOOL_ID, "call_again", 0, 5);
    put(LEAT_DELTA_TOOL_NAME, "again", 0, 5);
    EXPECT_EQ(leat_stream_tools(&log, 0), 2u);
    const leat_answer answer = assembled();
    ASSERT_EQ(answer.tool_calls_count, 2u);
    EXPECT_EQ(str(answer.tool_calls[0].id), "call_a");
    EXPECT_EQ(str(answer.tool_calls[0].name), "f");
    EXPECT_EQ(str(answer.tool_calls[0].arguments_json), "{\"x\":1}");
    EXPECT_EQ(str(answer.tool_calls[1].id), "call_b") << "the first one stays";
    EXPECT_EQ(str(answer.tool_calls[1].name), "g");
    EXPECT_EQ(str(answer.tool_calls[1].arguments_json), "{}") << "no arguments are an empty object";
}

TEST_F(StreamLog, calls_numbered_among_other_things_count_from_0) {
    const uint32_t numbers[] = {7, 4000000000u, 0};
    for (uint32_t again = 0; again < 2; ++again) {
        for (uint32_t i = 0; i < 3; ++i) EXPECT_EQ(leat_stream_tool(&log, numbers[i]), i);
    }
    EXPECT_EQ(leat_stream_tools(&log, 0), 0u);  // known only once something is put
    for (uint32_t i = 3; i < 128; ++i) EXPECT_EQ(leat_stream_tool(&log, 100 + i), i);
    EXPECT_EQ(leat_stream_tool(&log, 7), 0u);
    EXPECT_EQ(leat_stream_tool(&log, 999), 128u);
    leat_stream_put(&log, LEAT_DELTA_TOOL_NAME, 0, 128, text("f"), 0);
    EXPECT_EQ(log.status(), LEAT_E_TOO_MANY);
}

TEST_F(StreamLog, an_empty_piece_makes_a_call_known) {
    put(LEAT_DELTA_TOOL_ARGUMENTS, "", 0, 3);
    EXPECT_EQ(assembled().tool_calls_count, 1u);
    EXPECT_FALSE(log.has_text());
}

TEST_F(StreamLog, choices_stand_beside_each_other) {
    put(LEAT_DELTA_TEXT, "first", 0);
    put(LEAT_DELTA_TEXT, "third", 2);
    put(LEAT_DELTA_FINISH_REASON, "stop", 0);
    put(LEAT_DELTA_FINISH_REASON, "length", 2);
    const leat_answer answer = assembled();
    EXPECT_EQ(str(answer.text), "first");
    ASSERT_EQ(answer.choices_count, 3u);
    EXPECT_EQ(str(answer.choices[0].text), "first");
    EXPECT_EQ(str(answer.choices[1].text), "");
    EXPECT_EQ(str(answer.choices[2].text), "third");
    EXPECT_EQ(str(answer.choices[2].finish_reason), "length");
}

TEST_F(StreamLog, one_choice_needs_no_list) {
    put(LEAT_DELTA_TEXT, "a");
    EXPECT_EQ(assembled().choices_count, 0u);
}

TEST_F(StreamLog, of_facts_the_first_stays_but_the_last_finish_reason) {
    for (const char* word : {"m-1", "m-2"}) put(LEAT_DELTA_MODEL, word);
    for (const char* word : {"id-1", "id-2"}) put(LEAT_DELTA_RESPONSE_ID, word);
    for (const char* word : {"length", "stop"}) put(LEAT_DELTA_FINISH_REASON, word);
    const leat_answer answer = assembled();
    EXPECT_EQ(str(answer.model), "m-1");
    EXPECT_EQ(str(answer.response_id), "id-1");
    EXPECT_EQ(str(answer.finish_reason), "stop");
}

TEST_F(StreamLog, a_fact_repeated_in_every_chunk_costs_nothing) {
    put(LEAT_DELTA_MODEL, "m");
    put(LEAT_DELTA_TEXT, "x");
    const size_t used = arena.mark();
    for (int i = 0; i < 100; ++i) put(LEAT_DELTA_MODEL, "m");
    EXPECT_EQ(arena.mark(), used);
    put(LEAT_DELTA_TEXT, "y");
    EXPECT_EQ(arena.mark(), used + 1) << "and cuts no run";
}

TEST_F(StreamLog, escapes_are_resolved_and_broken_ones_fail) {
    put(LEAT_DELTA_TEXT, "a\\n\\u00e9\\ud83d\\ude00", 0, 0, LEAT_PUT_ESCAPED);
    EXPECT_EQ(str(assembled().text), "a\n\xC3\xA9\xF0\x9F\x98\x80");
    EXPECT_EQ(log.status(), LEAT_OK);
    put(LEAT_DELTA_TEXT, "\\ud83d", 0, 0, LEAT_PUT_ESCAPED);
    EXPECT_EQ(log.status(), LEAT_E_PARSE);
}

TEST_F(StreamLog, bounds_hold_at_their_limit) {
    put(LEAT_DELTA_TEXT, "x", stream_choices_max - 1, stream_tools_max - 1);
    EXPECT_EQ(log.status(), LEAT_OK);
    put(LEAT_DELTA_TEXT, "x", stream_choices_max, 0);
    EXPECT_EQ(log.status(), LEAT_E_TOO_MANY);
    open(8192);
    put(LEAT_DELTA_TOOL_NAME, "x", 0, stream_tools_max);
    EXPECT_EQ(log.status(), LEAT_E_TOO_MANY);
}

TEST_F(StreamLog, memory_that_runs_out_sticks) {
    for (size_t bytes = 0; bytes <= 64; bytes += 8) {
        open(bytes);
        for (int i = 0; i < 20; ++i) put(LEAT_DELTA_TEXT, "1234567");
        EXPECT_EQ(log.status(), LEAT_E_ITEM_MEMORY) << bytes;
        put(LEAT_DELTA_TEXT, "");
        EXPECT_EQ(log.status(), LEAT_E_ITEM_MEMORY);
    }
}

TEST_F(StreamLog, texts_and_tool_names_are_told_as_they_come) {
    struct Heard {
        std::vector<std::string> pieces;
    } heard;
    log.user = &heard;
    log.on_piece = [](void* user, const leat_stream*, StreamKey key, leat_str piece) {
        static_cast<Heard*>(user)->pieces.push_back(std::to_string(key.delta) + ":" + str(piece));
    };
    put(LEAT_DELTA_MODEL, "m");
    put(LEAT_DELTA_TEXT, "a\\n", 0, 0, LEAT_PUT_ESCAPED);
    put(LEAT_DELTA_TEXT, "");
    put(LEAT_DELTA_TOOL_NAME, "f", 0, 1);
    put(LEAT_DELTA_TOOL_NAME, "f", 0, 1);
    put(LEAT_DELTA_TOOL_ARGUMENTS, "{}", 0, 1);
    put(LEAT_DELTA_FINISH_REASON, "stop");
    EXPECT_EQ(heard.pieces, (std::vector<std::string>{"0:a\n", "4:f", "3:{}"}));
}

TEST_F(StreamLog, raw_bytes_are_kept_beside_the_answer) {
    const StreamKey raw{stream_raw, 0, 0, 0};
    log.put(raw, text("data: {\"a\"}\n"), false);
    put(LEAT_DELTA_TEXT, "a");
    log.put(raw, text("data: b\n"), false);
    put(LEAT_DELTA_TEXT, "b");
    Text bytes{nullptr, 0};
    EXPECT_EQ(str(assembled().text), "ab");
    EXPECT_EQ(log.raw(&bytes), LEAT_OK);
    EXPECT_EQ(str(bytes), "data: {\"a\"}\ndata: b\n");
}

TEST_F(StreamLog, usage_is_unknown_until_it_is_told) {
    EXPECT_EQ(assembled().usage.input_tokens, LEAT_TOKENS_UNKNOWN);
    leat_stream_usage(&log)->input_tokens = 0;
    EXPECT_EQ(assembled().usage.input_tokens, 0);
}

}  // namespace
}  // namespace leat
