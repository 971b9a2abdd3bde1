// A conversation's messages in fixed memory: kept whole, dropped by turns, never half a pair.
#include "flow/conversation/history.h"

#include <gtest/gtest.h>
#include <leat/leat.h>

#include "base/narrow.h"
#include "codec/rope.h"
#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

using Said = std::vector<std::pair<std::string, std::string>>;  // role, content

leat_message message(const char* role, const std::string& content) {
    leat_message m{};
    m.role = text_of(role);
    m.content = view(content);
    return m;
}

// A history in memory of exactly the size that it asks for.
class HistoryTest : public testing::Test {
protected:
    void open(uint32_t messages_max, size_t text_bytes) {
        memory_.resize(History::bytes_for(messages_max, text_bytes) / 8);
        history.open(memory_.data(), messages_max, text_bytes);
    }
    leat_status say(const char* role, const std::string& content) {
        const leat_message one = message(role, content);
        return history.append(&one, 1);
    }
    leat_status turn(const std::string& prompt, const std::string& reply, bool may_drop = false) {
        leat_request request{};
        request.prompt = view(prompt);
        return history.append_turn(request, view(reply), may_drop);
    }
    Said said() const {
        Said all;
        for (uint32_t i = 0; i < history.count(); ++i) {
            const leat_message& m = history.list()[i];
            all.emplace_back(std::string(m.role.data, m.role.size),
                             std::string(m.content.data, m.content.size));
        }
        return all;
    }
    History history;

private:
    std::vector<uint64_t> memory_;
};

// What a turn of these two texts takes of the text memory.
size_t turn_bytes(size_t prompt, size_t reply) { return align_up(4 + prompt, 8) + align_up(9 + reply, 8); }

TEST_F(HistoryTest, P9_a_turn_is_the_prompt_and_the_reply_as_they_were) {
    open(10, 1000);
    ASSERT_EQ(say("system", "Be short."), LEAT_OK);
    {
        std::string prompt = "Why?";
        std::string reply = "So.";
        ASSERT_EQ(turn(prompt, reply), LEAT_OK);
        prompt.assign(4, '#');  // they were copied, so this must not show
        reply.assign(3, '#');
    }
    EXPECT_EQ(said(), (Said{{"system", "Be short."}, {"user", "Why?"}, {"assistant", "So."}}));
}

TEST_F(HistoryTest, P9_a_turn_has_the_requests_own_messages_but_not_its_system_words) {
    open(10, 1000);
    const std::string a = "for you alone", b = "first", c = "second";
    const leat_message own[] = {message("system", a), message("developer", a), message("user", b)};
    leat_request request{};
    request.messages = own;
    request.messages_count = 3;
    request.prompt = view(c);
    ASSERT_EQ(history.append_turn(request, text("both"), false), LEAT_OK);
    EXPECT_EQ(said(), (Said{{"user", "first"}, {"user", "second"}, {"assistant", "both"}}));
}

TEST_F(HistoryTest, parts_and_tool_calls_are_copied_with_their_texts) {
    open(4, 1000);
    std::string words = "look at this";
    leat_part parts[2] = {};
    parts[0].content = view(words);
    parts[1].type = LEAT_PART_IMAGE_URL;
    parts[1].content = text("https://example.org/a.png");
    leat_tool_call call{text("id"), text("name"), text("{}")};
    leat_message one{};
    one.role = text("user");
    one.parts = parts;
    one.parts_count = 2;
    one.tool_calls = &call;
    one.tool_calls_count = 1;
    ASSERT_EQ(history.append(&one, 1), LEAT_OK);
    words.assign(words.size(), '#');
    parts[1].content = Text{nullptr, 0};
    call.name = Text{nullptr, 0};
    const leat_message& kept = history.list()[0];
    EXPECT_TRUE(equal(kept.parts[0].content, text("look at this")));
    EXPECT_TRUE(equal(kept.parts[1].content, text("https://example.org/a.png")));
    EXPECT_TRUE(equal(kept.tool_calls[0].name, text("name")));
}

TEST_F(HistoryTest, text_memory_holds_a_turn_at_its_size_and_not_one_byte_below) {
    const size_t bytes = turn_bytes(12, 15);  // both without padding
    for (const int more : {-1, 0, 1}) {
        open(2, bytes + static_cast<size_t>(more));
        const leat_status expected = more < 0 ? LEAT_E_CONVERSATION_FULL : LEAT_OK;
        EXPECT_EQ(turn(std::string(12, 'a'), std::string(15, 'b')), expected) << more;
        EXPECT_EQ(history.count(), more < 0 ? 0u : 2u) << "never half a pair";
    }
}

TEST_F(HistoryTest, messages_max_holds_so_many_and_not_one_more) {
    for (const uint32_t most : {3u, 4u, 5u}) {
        open(most, 1000);
        ASSERT_EQ(turn("a", "b"), LEAT_OK);
        EXPECT_EQ(turn("c", "d"), most < 4 ? LEAT_E_CONVERSATION_FULL : LEAT_OK);
        EXPECT_EQ(history.count(), most < 4 ? 2u : 4u);
    }
}

TEST_F(HistoryTest, what_is_refused_changes_nothing) {
    open(5, 1000);
    ASSERT_EQ(turn("a", "b"), LEAT_OK);
    const Said before = said();
    const size_t used = history.bytes_used();
    EXPECT_EQ(turn("prompt", "\xff"), LEAT_E_TEXT);
    EXPECT_EQ(turn("\xc3", "reply", true), LEAT_E_TEXT);
    EXPECT_EQ(turn(std::string(1000, 'x'), "y", true), LEAT_E_CONVERSATION_FULL);
    const std::string c = "c", bad = "\x80";
    const leat_message both[] = {message("user", c), message("assistant", bad)};
    EXPECT_EQ(history.append(both, 2), LEAT_E_TEXT);
    const leat_message four[] = {both[0], both[0], both[0], both[0]};
    EXPECT_EQ(history.append(four, 4), LEAT_E_CONVERSATION_FULL);
    EXPECT_EQ(history.append(nullptr, 1), LEAT_E_ARGUMENT);
    leat_message no_text = both[0];
    no_text.content = Text{nullptr, 5};
    EXPECT_EQ(history.append(&no_text, 1), LEAT_E_ARGUMENT);
    EXPECT_EQ(said(), before);
    EXPECT_EQ(history.bytes_used(), used);
}

TEST_F(HistoryTest, the_oldest_turns_go_and_the_systems_words_stay) {
    open(7, 1000);
    ASSERT_EQ(say("system", "S"), LEAT_OK);
    for (const char* n : {"1", "2", "3"}) ASSERT_EQ(turn(n, n), LEAT_OK);
    EXPECT_EQ(turn("4", "4"), LEAT_E_CONVERSATION_FULL);
    EXPECT_EQ(turn("4", "4", true), LEAT_OK);
    EXPECT_EQ(said(), (Said{{"system", "S"}, {"user", "2"}, {"assistant", "2"}, {"user", "3"},
                            {"assistant", "3"}, {"user", "4"}, {"assistant", "4"}}));
}

TEST_F(HistoryTest, a_turn_that_is_dropped_goes_whole_with_its_tools) {
    open(7, 1000);
    ASSERT_EQ(say("user", "1"), LEAT_OK);
    ASSERT_EQ(say("developer", "D"), LEAT_OK);
    ASSERT_EQ(say("assistant", "call"), LEAT_OK);
    ASSERT_EQ(say("tool", "result"), LEAT_OK);
    ASSERT_EQ(say("assistant", "1"), LEAT_OK);
    ASSERT_EQ(say("user", "2"), LEAT_OK);
    ASSERT_EQ(say("user", "2 as well"), LEAT_OK);
    EXPECT_EQ(history.turn_end(0), 5u);
    EXPECT_EQ(history.turn_end(5), 7u);
    EXPECT_EQ(turn("3", "3", true), LEAT_OK);
    EXPECT_EQ(said(), (Said{{"developer", "D"}, {"user", "2"}, {"user", "2 as well"}, {"user", "3"},
                            {"assistant", "3"}}));
}

TEST_F(HistoryTest, no_more_turns_go_than_room_needs) {
    const size_t one = turn_bytes(4, 7);
    open(20, 4 * one);
    for (const char c : {'1', '2', '3', '4'}) {
        ASSERT_EQ(turn(std::string(4, c), std::string(7, c)), LEAT_OK);
    }
    EXPECT_EQ(turn(std::string(4, '5'), std::string(7, '5'), true), LEAT_OK);
    EXPECT_EQ(history.count(), 8u);
    EXPECT_EQ(turn(std::string(4 + 8, '6'), std::string(7, '6'), true), LEAT_OK);
    EXPECT_EQ(said().front().second, "4444");
    EXPECT_EQ(history.count(), 6u);
}

TEST_F(HistoryTest, a_turn_that_does_not_fit_beside_the_systems_words_drops_nothing) {
    open(20, 128);
    ASSERT_EQ(say("system", std::string(50, 's')), LEAT_OK);
    ASSERT_EQ(turn("a", "b"), LEAT_OK);
    const Said before = said();
    EXPECT_EQ(turn(std::string(60, 'x'), "y", true), LEAT_E_CONVERSATION_FULL);
    EXPECT_EQ(said(), before);
    EXPECT_EQ(turn(std::string(30, 'x'), "y", true), LEAT_OK);
    EXPECT_EQ(history.count(), 3u);
}

TEST_F(HistoryTest, has_room_asks_for_what_the_request_says) {
    open(4, turn_bytes(4, 7) + turn_bytes(12, 0));
    ASSERT_EQ(turn("1234", "1234567"), LEAT_OK);
    const std::string fits(12, 'x'), over(13, 'x'), dropping(20, 'x');
    leat_request request{};
    request.prompt = view(fits);
    EXPECT_TRUE(history.has_room(request, false));
    request.prompt = view(over);
    EXPECT_FALSE(history.has_room(request, false));
    EXPECT_TRUE(history.has_room(request, true));
    const std::string huge(1000, 'x');
    request.prompt = view(huge);
    EXPECT_FALSE(history.has_room(request, true));
}

TEST_F(HistoryTest, P7_a_long_text_lies_ready_in_the_form_that_goes_out) {
    open(10, 10000);
    const std::string shorter(256, '\n');
    const std::string plain(300, 'p');
    const std::string special = std::string(200, 'q') + "\"\\\n\t\x01" + std::string(200, 'r');
    for (const std::string& t : {shorter, plain, special}) ASSERT_EQ(say("user", t), LEAT_OK);
    const KnownTexts known = history.known();
    EXPECT_EQ(known.find(history.list()[0].content), nullptr) << "short ones are copied anyway";
    EXPECT_EQ(known.find(history.list()[1].content)->escaped.data, history.list()[1].content.data);
    const Text escaped = known.find(history.list()[2].content)->escaped;
    EXPECT_EQ(std::string(escaped.data, escaped.size),
              std::string(200, 'q') + "\\\"\\\\\\n\\t\\u0001" + std::string(200, 'r'));
    EXPECT_EQ(known.find(view(special)), nullptr) << "equal, but another text";
    EXPECT_EQ(known.find(tail(history.list()[1].content, 1)), nullptr);
    EXPECT_EQ(known.find(head(history.list()[1].content, 299)), nullptr);
    EXPECT_EQ(known.find(Text{nullptr, 0}), nullptr);
}

// A rope of that text, as bytes.
std::string rope_of(const KnownTexts& known, Text t) {
    std::vector<uint64_t> memory(512);
    Arena arena;
    arena.open(memory.data(), 4096);
    leat_rope rope;
    rope.arena = &arena;
    rope.known = known;
    leat_rope_json_string(&rope, t);
    EXPECT_EQ(rope.status, LEAT_OK);
    std::string out(rope.rope.total_bytes, '\0');
    RopeReader reader(rope.rope);
    EXPECT_EQ(reader.fill(out.data(), out.size()), out.size());
    EXPECT_TRUE(reader.done());
    arena.reset();
    unpoison(memory.data(), 4096);
    return out;
}

// Against a list of strings, over many turns of all sizes.
TEST_F(HistoryTest, stays_what_was_said_over_many_turns) {
    TestRandom random(7);
    open(9, 4000);
    Said expected;
    ASSERT_EQ(say("system", std::string(300, '"')), LEAT_OK);
    expected.emplace_back("system", std::string(300, '"'));
    for (int n = 0; n < 2000; ++n) {
        const std::string prompt(random.below(500), random.below(2) == 0 ? '\n' : 'p');
        const std::string reply(random.below(500), random.below(2) == 0 ? '"' : 'r');
        ASSERT_EQ(turn(prompt, reply, true), LEAT_OK);
        if (!prompt.empty()) expected.emplace_back("user", prompt);
        expected.emplace_back("assistant", reply);
        const Said now = said();
        ASSERT_GE(now.size(), 2u);
        ASSERT_LE(now.size(), 9u);
        ASSERT_EQ(now.front(), expected.front());
        for (size_t i = 1; i < now.size(); ++i) {
            ASSERT_EQ(now[now.size() - i], expected[expected.size() - i]);
            const Text t = history.list()[i].content;
            ASSERT_EQ(rope_of(history.known(), t), rope_of(KnownTexts(), t));
        }
    }
}

TEST_F(HistoryTest, clear_leaves_nothing_in_memory) {
    open(4, 1000);
    ASSERT_EQ(turn("secret plan", std::string(300, 's')), LEAT_OK);
    const char* const first = history.list()[0].role.data;
    ASSERT_EQ(turn("x", "y"), LEAT_OK);
    history.clear();
    EXPECT_EQ(history.count(), 0u);
    EXPECT_EQ(history.bytes_used(), 0u);
    for (size_t i = 0; i < 400; ++i) ASSERT_EQ(first[i], 0) << i;
    EXPECT_EQ(turn("again", "yes"), LEAT_OK);
}

TEST_F(HistoryTest, M15_tokens_are_counted_by_what_is_sent) {
    open(10, 1000);
    ASSERT_EQ(say("system", "Be short and to the point."), LEAT_OK);
    ASSERT_EQ(turn("one two three", "four five six"), LEAT_OK);
    ASSERT_EQ(turn("seven", "eight"), LEAT_OK);
    const uint64_t first = history.turn_tokens(0, 3);
    const uint64_t second = history.turn_tokens(3, 5);
    EXPECT_GT(first, second);
    EXPECT_EQ(history.tokens(), tokens_of(history.list()[0]) + first + second);
    EXPECT_EQ(history.turn_tokens(0, 1), 0u) << "the system's words are in no turn";
    EXPECT_EQ(history.turn_tokens(5, 5), 0u);
}

TEST(HistoryBytes, a_size_that_cannot_be_is_0) {
    EXPECT_EQ(History::bytes_for(UINT32_MAX, SIZE_MAX), 0u);
    EXPECT_EQ(History::bytes_for(0, 8), 8u);
}

}  // namespace
}  // namespace leat
