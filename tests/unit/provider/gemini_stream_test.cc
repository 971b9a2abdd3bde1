// Gemini's streams: equal to the whole answer however they are cut, ended by a reason to finish,
// errors and blocks in their midst.
#include <gtest/gtest.h>

#include "gemini_help.h"

namespace leat {
namespace {

using gemini_test::Answered;
using gemini_test::plain;
using gemini_test::Streamed;

// Lines end as the service ends them.
std::string event(const std::string& json) { return "data: " + json + "\r\n\r\n"; }

const std::vector<std::string> chunks = {
    R"({"candidates":[{"content":{"parts":[{"text":"h\n","thought":true}],"role":"model"},)"
    R"("index":0}],"usageMetadata":{"promptTokenCount":5,"totalTokenCount":5},)"
    R"("modelVersion":"m-1","responseId":"r-1"})",
    R"({"candidates":[{"content":{"parts":[{"text":"Hel\"lo"}],"role":"model"},)"
    R"("safetyRatings":[{"probability":"LOW"}]},{"content":{"parts":[{"text":"zwei"}]},"index":1}],)"
    R"("usageMetadata":{"trafficType":"ON_DEMAND"},"modelVersion":"m-1","responseId":"r-1"})",
    R"({"candidates":[{"content":{"parts":[{"text":" \u00e9"},{"functionCall":{"name":"f\u0041",)"
    R"("args":{"a": 1},"id":"c1"}}],"role":"model"},"index":0}]})",
    R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"g"}},{"text":""}]},)"
    R"("finishReason":"STOP","safetyRatings":[{"probability":"HIGH"}]},)"
    R"({"index":1,"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":5,)"
    R"("candidatesTokenCount":9,"thoughtsTokenCount":2,"totalTokenCount":16}})",
};

std::string stream_of(const std::vector<std::string>& list) {
    std::string body;
    for (const std::string& chunk : list) body += event(chunk);
    return body;
}

std::string array_of(const std::vector<std::string>& list) {
    std::string body = "[";
    for (size_t i = 0; i < list.size(); ++i) body += (i == 0 ? "" : ",\r\n") + list[i];
    return body + "]\n";
}

TEST(GeminiStreamTest, a_stream_and_the_array_of_its_events_are_the_same_answer) {
    for (size_t begin = 0; begin < chunks.size(); ++begin) {
        const std::vector<std::string> rest(chunks.begin() + static_cast<long>(begin), chunks.end());
        Streamed streamed;
        Answered whole(array_of(rest));
        ASSERT_EQ(streamed.run(stream_of(rest)), LEAT_OK);
        ASSERT_EQ(whole.parse(), LEAT_OK);
        EXPECT_EQ(plain(streamed.answer), plain(whole.answer)) << begin;
    }
    Streamed all;
    ASSERT_EQ(all.run(stream_of(chunks)), LEAT_OK);
    EXPECT_EQ(str(all.answer.text), "Hel\"lo \xC3\xA9");
    EXPECT_EQ(str(all.answer.thinking), "h\n");
    EXPECT_EQ(str(all.answer.safety_json), R"([{"probability":"HIGH"}])");
    EXPECT_EQ(all.answer.finish, LEAT_FINISH_TOOL_CALLS);
    EXPECT_EQ(all.answer.usage.output_tokens, 11);
    ASSERT_EQ(all.answer.choices_count, 2u);
    EXPECT_EQ(all.answer.choices[1].finish, LEAT_FINISH_LENGTH);
    const auto calls = gemini_test::calls_of(all.answer.tool_calls, all.answer.tool_calls_count);
    EXPECT_EQ(calls.all, (std::vector<std::string>{R"(c1|fA|{"a": 1})", "|g|{}"}));
}

TEST(GeminiStreamTest, the_answer_does_not_depend_on_the_cuts) {
    const std::string body = stream_of(chunks);
    Streamed whole;
    ASSERT_EQ(whole.run(body), LEAT_OK);
    Streamed bytes;
    for (const char byte : body) ASSERT_EQ(bytes.feed(std::string(1, byte)), LEAT_OK);
    ASSERT_EQ(bytes.finish(), LEAT_OK);
    EXPECT_EQ(plain(bytes.answer), plain(whole.answer));
    for (size_t cut = 0; cut <= body.size(); ++cut) {
        Streamed two;
        ASSERT_EQ(two.feed(body.substr(0, cut)), LEAT_OK) << cut;
        ASSERT_EQ(two.feed(body.substr(cut)), LEAT_OK) << cut;
        ASSERT_EQ(two.finish(), LEAT_OK) << cut;
        ASSERT_EQ(plain(two.answer), plain(whole.answer)) << cut;
    }
}

TEST(GeminiStreamTest, without_a_reason_to_finish_it_was_cut) {
    Streamed nothing;
    EXPECT_EQ(nothing.run(""), LEAT_E_STREAM_CUT);
    for (size_t count = 0; count < chunks.size(); ++count) {
        Streamed cut;
        const std::vector<std::string> begin(chunks.begin(), chunks.begin() + static_cast<long>(count));
        EXPECT_EQ(cut.run(stream_of(begin)), LEAT_E_STREAM_CUT) << count;
    }
    // Each candidate has to tell its own.
    Streamed one_of_two;
    EXPECT_EQ(one_of_two.run(event(R"({"candidates":[{"finishReason":"STOP"},{"index":1,)"
                                   R"("content":{"parts":[{"text":"b"}]}}]})")),
              LEAT_E_STREAM_CUT);
    Streamed empty;
    EXPECT_EQ(empty.run(event(R"({"candidates":[{"finishReason":"STOP"}]})")), LEAT_OK);
    EXPECT_EQ(empty.answer.text.size, 0u);
}

TEST(GeminiStreamTest, counts_may_come_after_the_reason) {
    Streamed s;
    ASSERT_EQ(s.run(event(R"({"candidates":[{"content":{"parts":[{"text":"a"}]},)"
                          R"("finishReason":"STOP"}]})") +
                    event(R"({"usageMetadata":{"promptTokenCount":2}})")),
              LEAT_OK);
    EXPECT_EQ(s.answer.usage.input_tokens, 2);
    EXPECT_EQ(s.answer.usage.total_tokens, 2);
}

TEST(GeminiStreamTest, errors_and_blocks_end_it) {
    const struct {
        const char* json;
        leat_status status;
    } rows[] = {
        {R"({"error":{"code":503,"status":"UNAVAILABLE"}})", LEAT_E_HTTP},
        {R"([{"error":{"code":503}}])", LEAT_E_HTTP},
        {R"({"promptFeedback":{"blockReason":"SAFETY"}})", LEAT_E_CONTENT_FILTER},
        {R"({"candidates":[)", LEAT_E_PARSE},
        {"[DONE]", LEAT_E_PARSE},
        {"5", LEAT_E_PARSE},
        {R"({"candidates":[{"index":8,"finishReason":"STOP"}]})", LEAT_E_TOO_MANY},
        {R"({"candidates":[{"content":{"parts":[{"text":"\uD800"}]}}]})", LEAT_E_PARSE},
    };
    for (const auto& row : rows) {
        Streamed s;
        ASSERT_EQ(s.feed(event(chunks[0])), LEAT_OK);
        EXPECT_STREQ(leat_status_name(s.run(event(row.json))), leat_status_name(row.status))
            << row.json;
        if (row.status == LEAT_E_HTTP || row.status == LEAT_E_CONTENT_FILTER) {
            EXPECT_EQ(s.fault_data, row.json);  // classify reads it
        }
    }
}

TEST(GeminiStreamTest, events_without_data_and_unknown_members_are_passed_over) {
    Streamed s;
    EXPECT_EQ(s.run(": comment\r\n\r\nevent: x\r\ndata: \r\n\r\n" +
                    event(R"({"newThing":{"a":[1]}})") + event("{}") +
                    event(R"({"candidates":[null,{"finishReason":"STOP","new":1}]})")),
              LEAT_OK);
}

TEST(GeminiStreamTest, calls_over_the_limit_are_refused) {
    std::string parts;
    for (int i = 0; i < 129; ++i) {
        parts += (i == 0 ? "" : ",") + std::string(R"({"functionCall":{"name":"f"}})");
    }
    Streamed s;
    EXPECT_EQ(s.run(event(R"({"candidates":[{"content":{"parts":[)" + parts + "]}}]}")),
              LEAT_E_TOO_MANY);
}

TEST(GeminiStreamTest, a_small_arena_ends_in_its_status_at_every_size) {
    const std::string body = stream_of(chunks);
    Streamed whole;
    ASSERT_EQ(whole.run(body), LEAT_OK);
    bool fitted = false;
    for (size_t size = 0; size < 1200; ++size) {
        Streamed s(size);
        const leat_status status = s.run(body);
        if (status == LEAT_OK) {
            fitted = true;
            ASSERT_EQ(plain(s.answer), plain(whole.answer));
        } else {
            ASSERT_EQ(status, LEAT_E_ITEM_MEMORY) << size;
        }
    }
    EXPECT_TRUE(fitted);
}

}  // namespace
}  // namespace leat
