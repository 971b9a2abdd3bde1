// Streams of the Messages API: the same answer as without a stream, however the bytes are cut; and
// streams that break off, fail or hold what is not known.
#include <gtest/gtest.h>

#include "anthropic_help.h"

namespace leat {
namespace {

std::string event(const std::string& type, const std::string& members = "") {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" +
           (members.empty() ? "" : "," + members) + "   }\n\n";
}

std::string start_block(int index, const std::string& block) {
    return event("content_block_start",
                 "\"index\":" + std::to_string(index) + ",\"content_block\":" + block);
}

std::string delta(int index, const std::string& kind, const std::string& member) {
    return event("content_block_delta", "\"index\":" + std::to_string(index) +
                                            R"(,"delta":{"type":")" + kind + "\"," + member + "}");
}

std::string stop_block(int index) {
    return event("content_block_stop", "\"index\":" + std::to_string(index));
}

std::string text_of_block(const std::string& piece) { return R"("text":")" + piece + "\""; }

const std::string begin =
    event("message_start",
          R"("message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x",)"
          R"("content":[],"stop_reason":null,"usage":{"input_tokens":4,)"
          R"("cache_creation_input_tokens":10,"cache_read_input_tokens":100,"output_tokens":1}})");
const std::string ping = event("ping");
const std::string stop = event("message_stop");

std::string end(const std::string& reason, const std::string& details = "null",
                const std::string& usage = R"({"output_tokens":20})") {
    return event("message_delta", R"("delta":{"stop_reason":")" + reason +
                                      R"(","stop_sequence":null,"stop_details":)" + details +
                                      R"(},"usage":)" + usage);
}

std::string text_block(int index, const std::string& one, const std::string& two) {
    return start_block(index, R"({"type":"text","text":""})") +
           delta(index, "text_delta", text_of_block(one)) +
           delta(index, "text_delta", text_of_block(two)) + stop_block(index);
}

// Every kind of event and block, with the answer that says the same.
const std::string rich_stream =
    begin + start_block(0, R"({"type":"thinking","thinking":"","signature":""})") + ping +
    delta(0, "thinking_delta", R"("thinking":"hm \"x\"")") +
    delta(0, "thinking_delta", R"("thinking":"\u00e9.")") +
    delta(0, "signature_delta", R"("signature":"c2ln")") + stop_block(0) +
    start_block(1, R"({"type":"redacted_thinking","data":"zzz"})") + stop_block(1) +
    text_block(2, "I \\\"lo", "ok\\n") +
    start_block(3, R"({"type":"server_tool_use","id":"srv","name":"web_search","input":{}})") +
    delta(3, "input_json_delta", R"("partial_json":"{\"query\":1}")") + stop_block(3) +
    start_block(4, R"({"type":"web_search_tool_result","tool_use_id":"srv","content":[]})") +
    stop_block(4) +
    start_block(5, R"({"type":"tool_use","id":"toolu_1","name":"weather","input":{}})") +
    delta(5, "input_json_delta", R"("partial_json":"")") +
    delta(5, "input_json_delta", R"("partial_json":"{\"city\": \"B\\u0065r")") + ping +
    delta(5, "input_json_delta", R"("partial_json":"lin\"}")") + stop_block(5) +
    start_block(6, R"({"type":"mcp_tool_use","id":"m","name":"n","input":{}})") +
    delta(6, "input_json_delta", R"("partial_json":"{\"no\":0}")") + stop_block(6) +
    start_block(7, R"({"type":"tool_use","id":"toolu_2","name":"now","input":{}})") +
    delta(7, "input_json_delta", R"("partial_json":"{\"z\":1}")") + stop_block(7) + text_block(8, "So", ".") +
    delta(8, "citations_delta", R"("citation":{"cited_text":"no"})") +
    event("something_new", R"("delta":{"text":"no"})") + end("tool_use") + stop;

const char rich_answer[] =
    R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[
        {"type":"thinking","thinking":"hm \"x\"\u00e9.","signature":"c2ln"},
        {"type":"redacted_thinking","data":"zzz"},{"type":"text","text":"I \"look\n"},
        {"type":"server_tool_use","id":"srv","name":"web_search","input":{"query":1}},
        {"type":"web_search_tool_result","tool_use_id":"srv","content":[]},
        {"type":"tool_use","id":"toolu_1","name":"weather","input":{"city": "B\u0065rlin"}},
        {"type":"mcp_tool_use","id":"m","name":"n","input":{"no":0}},
        {"type":"tool_use","id":"toolu_2","name":"now","input":{"z":1}},{"type":"text","text":"So."}],
        "stop_reason":"tool_use","usage":{"input_tokens":4,"cache_creation_input_tokens":10,
        "cache_read_input_tokens":100,"output_tokens":20}})";

std::string whole_text(const std::string& body) {
    MessageAnswer whole(body);
    EXPECT_EQ(whole.parse(), LEAT_OK);
    return answer_text(whole.answer);
}

TEST(MessagesStreamTest, a_stream_gives_the_answer_that_a_whole_body_gives) {
    MessageStream stream;
    ASSERT_EQ(stream.feed(rich_stream).finish(), LEAT_OK);
    EXPECT_TRUE(stream.ended);
    EXPECT_EQ(answer_text(stream.answer), whole_text(rich_answer));
    EXPECT_EQ(stream.answer.turn_json.size, 0u);
    EXPECT_EQ(stream.answer.tool_calls_count, 2u);
}

TEST(MessagesStreamTest, the_answer_does_not_depend_on_how_the_bytes_are_cut) {
    const std::string expected = whole_text(rich_answer);
    MessageStream bytewise;
    for (const char byte : rich_stream) bytewise.feed(std::string(1, byte));
    ASSERT_EQ(bytewise.finish(), LEAT_OK);
    EXPECT_EQ(answer_text(bytewise.answer), expected);
    for (size_t at = 1; at < rich_stream.size(); ++at) {
        MessageStream split;
        split.feed(rich_stream.substr(0, at)).feed(rich_stream.substr(at));
        ASSERT_EQ(split.finish(), LEAT_OK) << at;
        ASSERT_EQ(answer_text(split.answer), expected) << at;
    }
}

TEST(MessagesStreamTest, a_stream_that_breaks_off_is_cut) {
    const size_t last = rich_stream.find("event: message_delta");
    ASSERT_NE(last, std::string::npos);
    for (size_t at = 0; at < rich_stream.size(); at += 13) {
        MessageStream stream;
        const leat_status status = stream.feed(rich_stream.substr(0, at)).finish();
        if (at <= last) {
            ASSERT_TRUE(status == LEAT_E_STREAM_CUT || status == LEAT_E_PARSE) << at;
        }
    }
    MessageStream before;
    EXPECT_EQ(before.feed(rich_stream.substr(0, last)).finish(), LEAT_E_STREAM_CUT);
    EXPECT_EQ(str(before.answer.text), "I \"look\nSo.") << "what came stays";
    MessageStream reason_came;
    EXPECT_EQ(reason_came.feed(begin + text_block(0, "a", "b") + end("end_turn")).finish(), LEAT_OK)
        << "nothing was missing but the marker";
    MessageStream marker_alone;
    EXPECT_EQ(marker_alone.feed(stop).finish(), LEAT_E_STREAM_CUT);
    MessageStream nothing;
    EXPECT_EQ(nothing.finish(), LEAT_E_STREAM_CUT);
    MessageStream reasonless;
    ASSERT_EQ(reasonless.feed(begin + text_block(0, "a", "b") + stop).finish(), LEAT_OK);
    EXPECT_EQ(reasonless.answer.finish, LEAT_FINISH_UNKNOWN);
}

TEST(MessagesStreamTest, finish_reasons_are_those_of_a_whole_answer) {
    for (const char* reason : {"end_turn", "stop_sequence", "max_tokens", "tool_use", "refusal",
                               "pause_turn", "model_context_window_exceeded", "something_new"}) {
        MessageStream stream;
        ASSERT_EQ(stream.feed(begin + text_block(0, "a", "b") + end(reason) + stop).finish(),
                  LEAT_OK);
        leat_answer whole{};
        whole.finish_reason = text(reason, strlen(reason));
        messages_choose_finish(&whole);
        EXPECT_EQ(stream.answer.finish, whole.finish) << reason;
        EXPECT_EQ(str(stream.answer.finish_reason), reason);
    }
}

TEST(MessagesStreamTest, a_refusal_says_why) {
    MessageStream stream;
    const char details[] = R"({"type":"refusal","category":"bio","explanation":"n\u006f"})";
    stream.feed(begin + end("refusal", details) + stop);
    ASSERT_EQ(stream.finish(), LEAT_OK);
    EXPECT_EQ(stream.answer.finish, LEAT_FINISH_REFUSAL);
    EXPECT_EQ(str(stream.answer.refusal), "no");
    EXPECT_EQ(str(stream.answer.block_reason), "bio");
}

TEST(MessagesStreamTest, counts_are_cumulative) {
    const struct {
        const char* at_end;
        leat_usage expected;  // input, output, cached, written, reasoning, total
    } rows[] = {
        {R"({"output_tokens":20})", {114, 20, 100, 10, -1, 134}},
        {R"({"input_tokens":50,"output_tokens":20})", {160, 20, 100, 10, -1, 180}},
        {R"({"input_tokens":4,"cache_creation_input_tokens":10,"cache_read_input_tokens":100,
             "output_tokens":20,"output_tokens_details":{"thinking_tokens":7}})",
         {114, 20, 100, 10, 7, 134}},
        {R"({"cache_read_input_tokens":200,"output_tokens":20})", {214, 20, 200, 10, -1, 234}},
        {R"({"input_tokens":null,"output_tokens":20})", {114, 20, 100, 10, -1, 134}},
        {"null", {114, 1, 100, 10, -1, 115}},
    };
    for (const auto& row : rows) {
        std::string usage = row.at_end;
        for (size_t at = 0; (at = usage.find('\n')) != std::string::npos;) usage[at] = ' ';
        MessageStream stream;
        ASSERT_EQ(stream.feed(begin + end("end_turn", "null", usage) + stop).finish(), LEAT_OK);
        leat_answer expected = stream.answer;
        expected.usage = row.expected;
        EXPECT_EQ(answer_text(stream.answer), answer_text(expected)) << row.at_end;
    }
}

TEST(MessagesStreamTest, a_call_whose_input_comes_at_once_is_whole) {
    MessageStream stream;
    stream.feed(begin + start_block(0, R"({"input":{"a": 1},"name":"f","id":"i","type":"tool_use"})") +
                stop_block(0) + end("tool_use") + stop);
    ASSERT_EQ(stream.finish(), LEAT_OK);
    ASSERT_EQ(stream.answer.tool_calls_count, 1u);
    EXPECT_EQ(str(stream.answer.tool_calls[0].arguments_json), R"({"a": 1})");
}

TEST(MessagesStreamTest, a_call_without_a_name_is_a_call_as_in_a_whole_answer) {
    MessageStream stream;
    stream.feed(begin + start_block(0, R"({"type":"tool_use"})") +
                delta(0, "input_json_delta", R"("partial_json":"{\"a\":1}")") + stop_block(0) +
                start_block(1, R"({"type":"tool_use"})") + end("tool_use") + stop);
    ASSERT_EQ(stream.finish(), LEAT_OK);
    ASSERT_EQ(stream.answer.tool_calls_count, 2u);
    EXPECT_EQ(str(stream.answer.tool_calls[0].arguments_json), R"({"a":1})");
    EXPECT_EQ(str(stream.answer.tool_calls[1].arguments_json), "{}");
}

TEST(MessagesStreamTest, the_number_of_calls_has_a_limit) {
    for (const int count : {128, 129}) {
        std::string body = begin;
        for (int i = 0; i < count; ++i) {
            body += start_block(i, R"({"type":"tool_use","id":"i","name":"f","input":{}})");
        }
        MessageStream stream;
        EXPECT_EQ(stream.feed(body + end("tool_use") + stop).finish(),
                  count == 128 ? LEAT_OK : LEAT_E_TOO_MANY);
    }
}

TEST(MessagesStreamTest, deltas_of_no_known_call_are_passed_over) {
    MessageStream stream;
    stream.feed(begin + delta(0, "input_json_delta", R"("partial_json":"{}")") +
                delta(7, "input_json_delta", R"("partial_json":"{}")") + end("end_turn") + stop);
    ASSERT_EQ(stream.finish(), LEAT_OK);
    EXPECT_EQ(stream.answer.tool_calls_count, 0u);
}

TEST(MessagesStreamTest, an_error_may_come_after_the_beginning) {
    const std::string data =
        R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})";
    for (const char* name : {"event: error\n", ""}) {
        MessageStream stream;
        stream.feed(begin + text_block(0, "a", "b") + name + "data: " + data + "\n\n");
        EXPECT_EQ(stream.status, LEAT_E_HTTP);
        MessageAnswer explained(stream.fault_data);
        EXPECT_EQ(explained.classify().status, LEAT_E_OVERLOADED);
        EXPECT_EQ(explained.fault.retryable, 1);
        EXPECT_EQ(str(explained.fault.message), "Overloaded");
    }
    MessageStream nameless;
    EXPECT_EQ(nameless.feed("data: {\"error\":{\"message\":\"x\"}}\n\n").status, LEAT_E_HTTP);
    MessageStream no_json;
    EXPECT_EQ(no_json.feed("event: error\ndata: upstream is gone\n\n").status, LEAT_E_HTTP);
}

TEST(MessagesStreamTest, what_is_no_JSON_is_refused) {
    for (const char* data : {"x", "[]", "{", "{}x", "[DONE]", "{\"type\":\"ping\"", "null",
                             "{\"type\":\"\xFF\"}"}) {
        MessageStream stream;
        stream.feed(begin + "data: " + data + "\n\n");
        EXPECT_EQ(stream.status, LEAT_E_PARSE) << data;
    }
    for (const char* data : {"{}", " ", "{\"type\":5}", "{\"type\":\"content_block_delta\"}",
                             "{\"type\":\"message_start\",\"message\":[]}",
                             "{\"type\":\"content_block_start\",\"index\":\"x\"}",
                             "{\"type\":\"message_delta\",\"delta\":7,\"usage\":\"\"}"}) {
        MessageStream stream;
        stream.feed(begin + "data: " + data + "\n\n");
        EXPECT_EQ(stream.status, LEAT_OK) << data;
    }
}

TEST(MessagesStreamTest, members_of_an_event_come_in_any_order) {
    MessageStream stream;
    stream.feed(begin);
    stream.feed("data: {\"content_block\":{\"text\":\"a\",\"type\":\"text\"},\"index\":0,"
                "\"type\":\"content_block_start\"}\n\n");
    stream.feed("data: {\"delta\":{\"text\":\"b\",\"type\":\"text_delta\"},\"index\":0,"
                "\"type\":\"content_block_delta\"}\n\n");
    ASSERT_EQ(stream.feed(end("end_turn") + stop).finish(), LEAT_OK);
    EXPECT_EQ(str(stream.answer.text), "ab");
}

TEST(MessagesStreamTest, a_small_arena_ends_in_its_status_at_every_size) {
    const std::string expected = whole_text(rich_answer);
    bool fitted = false;
    for (size_t size = 0; size < 1024; ++size) {
        MessageStream stream(size);
        const leat_status status = stream.feed(rich_stream).finish();
        if (status == LEAT_OK) {
            fitted = true;
            ASSERT_EQ(answer_text(stream.answer), expected);
        } else {
            ASSERT_EQ(status, LEAT_E_ITEM_MEMORY) << size;
        }
    }
    EXPECT_TRUE(fitted);
}

TEST(MessagesStreamTest, every_changed_byte_ends_in_a_status) {
    for (size_t i = 0; i < rich_stream.size(); ++i) {
        for (const char byte : {'\0', '"', '\\', '{', ']', ',', '\n', '\xFF'}) {
            std::string changed = rich_stream;
            changed[i] = byte;
            MessageStream stream;
            (void)stream.feed(changed).finish();
            EXPECT_LE(stream.answer.tool_calls_count, 2u);
        }
    }
}

}  // namespace
}  // namespace leat
