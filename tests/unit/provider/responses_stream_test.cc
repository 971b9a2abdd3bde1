// Streams of the Responses API: the answer is that of the whole response, however the bytes come.
#include "adapter_help.h"

namespace leat {
namespace {

constexpr char openai[] = "openai-responses";

std::string event(const std::string& type, const std::string& members) {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + members + "}\n\n";
}

std::string delta(const std::string& type, int index, const std::string& piece) {
    return event("response." + type + ".delta", R"("item_id":"i","output_index":)" +
                                                    std::to_string(index) + R"(,"delta":")" +
                                                    piece + R"(","obfuscation":"x")");
}

std::string added(int index, const std::string& item) {
    return event("response.output_item.added",
                 R"("output_index":)" + std::to_string(index) + ",\"item\":" + item);
}

const char begun[] = R"("response":{"id":"resp_1","model":"m-1","status":"in_progress",
    "output":[],"usage":null,"error":null})";
const char items[] = R"([{"type":"reasoning","id":"rs","summary":[
    {"type":"summary_text","text":"one"},{"type":"summary_text","text":"t\u00e9"}]},
    {"type":"web_search_call","id":"ws"},
    {"type":"message","content":[{"type":"output_text","text":"a\nb"},
    {"type":"refusal","refusal":"n\"o"}]},
    {"type":"function_call","id":"fc1","call_id":"c1","name":"f","arguments":"{\"a\":1}"},
    {"type":"custom_tool_call","call_id":"c2","name":"run","input":"x\n\"y\""},
    {"type":"function_call","id":"fc3","call_id":"c3","name":"g","arguments":"{}"}])";

std::string one_line(std::string text) {
    for (size_t at = text.find("\n    "); at != std::string::npos; at = text.find("\n    ")) {
        text.erase(at, 5);
    }
    return text;
}

std::string whole_response(const std::string& status, const std::string& more) {
    return R"({"id":"resp_1","model":"m-1","status":")" + status + R"(","error":null,"output":)" +
           one_line(items) + R"(,"usage":{"input_tokens":5,"output_tokens":7,"total_tokens":12,)" +
           R"("input_tokens_details":{"cached_tokens":0},"output_tokens_details":)" +
           R"({"reasoning_tokens":3}})" + more + "}";
}

std::string stream_of(const std::string& last_type, const std::string& last) {
    const std::string call = R"({"type":"custom_tool_call","call_id":"c2","name":"run","input":")";
    return ": hi\n" + event("response.created", one_line(begun)) +
           event("response.in_progress", one_line(begun)) +
           added(0, R"({"type":"reasoning","id":"rs","summary":[]})") +
           event("response.reasoning_summary_part.added", R"("summary_index":0)") +
           delta("reasoning_summary_text", 0, "on") + delta("reasoning_summary_text", 0, "e") +
           event("response.reasoning_summary_text.done", R"("text":"one")") +
           event("response.reasoning_summary_part.added", R"("summary_index":1)") +
           delta("reasoning_summary_text", 0, "t\\u00e9") +
           event("response.web_search_call.searching", R"("output_index":1)") +
           added(2, R"({"type":"message","content":[]})") +
           event("response.content_part.added", R"("part":{"type":"output_text","text":""})") +
           delta("output_text", 2, "a\\n") + delta("output_text", 2, "b") +
           event("response.output_text.done", R"("text":"a\nb")") +
           delta("refusal", 2, "n\\\"o") +
           added(3, R"({"type":"function_call","id":"fc1","call_id":"c1","name":"f",)"
                    R"("arguments":""})") +
           delta("function_call_arguments", 3, "{\\\"a") + added(4, call + "\"}") +
           event("response.custom_tool_call_input.delta", R"("output_index":4,"delta":"x")") +
           added(5, R"({"type":"function_call","call_id":"c3","name":"g"})") +
           delta("function_call_arguments", 5, "{") +
           delta("function_call_arguments", 3, "\\\":1}") +
           delta("function_call_arguments", 5, "}") +
           event("response.function_call_arguments.done",
                 R"("output_index":3,"arguments":"{\"a\":1}")") +
           event("response.output_item.done",
                 R"("output_index":4,"item":)" + call + R"(x\n\"y\""})") +
           event(last_type, "\"response\":" + last);
}

TEST(ResponsesStreamTest, a_stream_gives_the_answer_of_the_whole_at_every_cut) {
    const std::string whole = whole_response("completed", "");
    const AdapterAnswer expected(openai, whole);
    ASSERT_EQ(expected.status, LEAT_OK);
    ASSERT_EQ(expected.answer.calls.size(), 3u);
    ASSERT_EQ(expected.answer.thinking, "one\n\nt\xC3\xA9");
    expect_same(expect_same_at_every_cut(openai, stream_of("response.completed", whole)),
                expected.answer);
}

TEST(ResponsesStreamTest, calls_that_interleave_stay_apart_and_count_from_0) {
    const std::string whole = whole_response("completed", "");
    const AdapterStream s(openai, stream_of("response.completed", whole));
    EXPECT_EQ(s.pieces,
              "2.0:on|2.0:e|2.0:\n\n|2.0:t\xC3\xA9|0.0:a\n|0.0:b|1.0:n\"o|4.0:f|3.0:{\"a|"
              "4.1:run|4.2:g|3.2:{|3.0:\":1}|3.2:}|3.1:\"x\\n\\\"y\\\"\"|");
    EXPECT_TRUE(s.answer.turn_json.empty());
}

TEST(ResponsesStreamTest, the_last_event_tells_how_it_ended) {
    const struct {
        const char* type;
        const char* status;
        const char* more;
        leat_finish finish;
        const char* word;
    } rows[] = {
        {"response.completed", "completed", "", LEAT_FINISH_STOP, "completed"},
        {"response.incomplete", "incomplete",
         R"(,"incomplete_details":{"reason":"max_output_tokens"})", LEAT_FINISH_LENGTH,
         "max_output_tokens"},
        {"response.incomplete", "incomplete",
         R"(,"incomplete_details":{"reason":"content_filter"})", LEAT_FINISH_CONTENT_FILTER,
         "content_filter"},
        {"response.incomplete", "incomplete", "", LEAT_FINISH_OTHER, "incomplete"},
    };
    for (const auto& row : rows) {
        const AdapterStream s(
            openai, delta("output_text", 0, "x") +
                        event(row.type, std::string(R"("response":{"status":")") + row.status +
                                            "\"" + row.more + "}"));
        ASSERT_EQ(s.status, LEAT_OK) << row.type;
        EXPECT_EQ(s.answer.finish, row.finish);
        EXPECT_EQ(s.answer.finish_reason, row.word);
        EXPECT_EQ(s.answer.text, "x");
    }
}

TEST(ResponsesStreamTest, without_its_last_event_a_stream_was_cut) {
    const std::string body = stream_of("response.completed", whole_response("completed", ""));
    const size_t last = body.rfind("event: ");
    const AdapterStream s(openai, body.substr(0, last));
    EXPECT_EQ(s.status, LEAT_E_STREAM_CUT);
    EXPECT_EQ(s.answer.text, "a\nb");
    EXPECT_EQ(AdapterStream(openai, "").status, LEAT_E_STREAM_CUT);
    // A copy of the API that ends with Chat Completions' marker says so that it is done.
    const AdapterStream marked(openai, delta("output_text", 0, "x") + "data: [DONE]\n\n");
    EXPECT_EQ(marked.status, LEAT_OK);
    EXPECT_EQ(marked.answer.finish, LEAT_FINISH_UNKNOWN);
}

TEST(ResponsesStreamTest, odd_events_are_passed_over_and_broken_ones_are_not) {
    const std::string end = event("response.completed", R"("response":{"status":"completed"})");
    const struct {
        const char* data;
        leat_status status;
    } rows[] = {
        {R"({"type":"response.new.thing","delta":"no"})", LEAT_OK},
        {R"({"type":"response.output_text.delta"})", LEAT_OK},
        {R"({"type":"response.output_text.delta","delta":5})", LEAT_OK},
        {R"({"type":"response.output_item.added","item":null})", LEAT_OK},
        {R"({"type":"response.output_item.added","item":{"type":5}})", LEAT_OK},
        {R"({"type":"response.reasoning_summary_part.added","summary_index":"x"})", LEAT_OK},
        {R"({"type":"response.created","response":5})", LEAT_OK},
        {R"({"type":5})", LEAT_OK},
        {R"({})", LEAT_OK},
        {" ", LEAT_OK},
        {R"({"type":"response.completed"})", LEAT_E_PARSE},
        {R"({"type":"response.completed","response":null})", LEAT_E_PARSE},
        {R"({"type":"response.output_text.delta","delta":"x"})" "x", LEAT_E_PARSE},
        {"[]", LEAT_E_PARSE},
        {"text", LEAT_E_PARSE},
        {R"({"type":"response.cancelled","response":{"status":"cancelled"}})", LEAT_E_HTTP},
    };
    for (const auto& row : rows) {
        const AdapterStream s(openai, std::string("data: ") + row.data + "\n\n" + end);
        EXPECT_EQ(s.status, row.status) << row.data;
        EXPECT_EQ(s.answer.text, "") << row.data;
    }
    // The event's name serves where the data does not say its type.
    const AdapterStream named(openai, "event: response.output_text.delta\ndata: {\"delta\":\"x\"}\n\n" + end);
    EXPECT_EQ(named.answer.text, "x");
}

TEST(ResponsesStreamTest, calls_without_a_place_and_too_many_of_them) {
    const std::string end = event("response.completed", R"("response":{"status":"completed"})");
    const AdapterStream placeless(
        openai, added(7, R"({"type":"function_call","call_id":"c","name":"f"})") +
                    "data: {\"type\":\"response.function_call_arguments.delta\",\"delta\":\"{}\"}\n\n" +
                    end);
    ASSERT_EQ(placeless.status, LEAT_OK);
    EXPECT_EQ(placeless.answer.calls, std::vector<std::string>{"c f {}"});
    EXPECT_EQ(placeless.answer.finish, LEAT_FINISH_TOOL_CALLS);
    std::string many;
    for (int i = 0; i < 128; ++i) many += added(i * 1000, R"({"type":"function_call","name":"f"})");
    const AdapterStream full(openai, many + end);
    EXPECT_EQ(full.status, LEAT_OK);
    EXPECT_EQ(full.answer.calls.size(), 128u);
    const AdapterStream over(openai, many + added(7, R"({"type":"function_call"})") + end);
    EXPECT_EQ(over.status, LEAT_E_TOO_MANY);
}

TEST(ResponsesStreamTest, a_failure_keeps_the_text_and_the_cost) {
    const AdapterStream s(
        openai, delta("output_text", 0, "so far") +
                    event("response.failed", R"("response":{"status":"failed","error":)"
                                             R"({"code":"server_error","message":"sorry"},)"
                                             R"("usage":{"input_tokens":4,"output_tokens":2}})"));
    EXPECT_EQ(s.status, LEAT_E_HTTP);
    EXPECT_EQ(s.answer.text, "so far");
    EXPECT_EQ(s.answer.usage_text(), "4 2 -1 -1 -1 6");
}

}  // namespace
}  // namespace leat
