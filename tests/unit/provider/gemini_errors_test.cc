// What Gemini's errors mean: HTTP status x status word x details x message, and blocked prompts.
#include <gtest/gtest.h>

#include "gemini_help.h"

namespace leat {
namespace {

using gemini_test::Answered;

enum Fate { fails, again, pauses };  // not retried; retried; pauses the endpoint

Fate fate_of(const leat_fault& fault) {
    if (fault.rate_limit != 0) return pauses;
    return fault.retryable != 0 ? again : fails;
}

std::string error(const std::string& members) { return R"({"error":{)" + members + "}}"; }

std::string word(const std::string& status, const std::string& more = "") {
    return error(R"("message":"m\n","status":")" + status + "\"" + more);
}

void expect_fault(int32_t http, const std::string& body, leat_status status, Fate fate) {
    for (const std::string& form : {body, "[" + body + "]", " [" + body + "\n,\n{}]"}) {
        Answered a(form, http);
        const leat_fault& fault = a.classify();
        EXPECT_STREQ(leat_status_name(fault.status), leat_status_name(status)) << http << form;
        EXPECT_EQ(fate_of(fault), fate) << http << form;
    }
}

TEST(GeminiClassifyTest, each_status_word_has_its_meaning_G28_B32) {
    const struct {
        int32_t http;
        const char* word;
        leat_status status;
        Fate fate;
    } rows[] = {
        {400, "INVALID_ARGUMENT", LEAT_E_INVALID_REQUEST, fails},
        {400, "OUT_OF_RANGE", LEAT_E_INVALID_REQUEST, fails},
        {400, "FAILED_PRECONDITION", LEAT_E_PERMISSION, fails},
        {401, "UNAUTHENTICATED", LEAT_E_AUTHENTICATION, fails},
        {402, "RESOURCE_EXHAUSTED", LEAT_E_QUOTA, fails},
        {402, "FAILED_PRECONDITION", LEAT_E_QUOTA, fails},
        {403, "PERMISSION_DENIED", LEAT_E_PERMISSION, fails},
        {404, "NOT_FOUND", LEAT_E_MODEL, fails},
        {409, "ABORTED", LEAT_E_SERVER, again},
        {429, "RESOURCE_EXHAUSTED", LEAT_E_RATE_LIMIT, pauses},
        {500, "INTERNAL", LEAT_E_SERVER, again},
        {500, "UNKNOWN", LEAT_E_SERVER, again},
        {503, "UNAVAILABLE", LEAT_E_OVERLOADED, again},
        {504, "DEADLINE_EXCEEDED", LEAT_E_SERVER, again},
    };
    for (const auto& row : rows) {
        expect_fault(row.http, word(row.word), row.status, row.fate);
        // In a 200, or in the event of a stream, the error's own code stands for the HTTP status.
        const std::string code = R"(,"code":)" + std::to_string(row.http);
        expect_fault(200, word(row.word, code), row.status, row.fate);
        Answered a(word(row.word), row.http);
        EXPECT_EQ(str(a.classify().code), row.word);
        EXPECT_EQ(str(a.fault.message), "m\n");
        EXPECT_EQ(a.fault.wait_ms, -1);
    }
}

TEST(GeminiClassifyTest, without_a_word_the_code_and_the_HTTP_status_decide_B32) {
    const struct {
        int32_t http;
        leat_status status;
        Fate fate;
    } rows[] = {
        {400, LEAT_E_INVALID_REQUEST, fails}, {401, LEAT_E_AUTHENTICATION, fails},
        {403, LEAT_E_PERMISSION, fails},      {404, LEAT_E_MODEL, fails},
        {405, LEAT_E_INVALID_REQUEST, fails}, {408, LEAT_E_SERVER, again},
        {410, LEAT_E_HTTP, fails},            {422, LEAT_E_INVALID_REQUEST, fails},
        {425, LEAT_E_SERVER, again},          {429, LEAT_E_RATE_LIMIT, pauses},
        {499, LEAT_E_HTTP, fails},            {500, LEAT_E_SERVER, again},
        {502, LEAT_E_SERVER, again},          {503, LEAT_E_OVERLOADED, again},
        {504, LEAT_E_SERVER, again},
    };
    for (const auto& row : rows) {
        for (const char* body : {"", "{}", "<html>gateway</html>", R"({"error":"text"})", "[]",
                                 R"({"error":{}})", R"({"error":{"status":5,"details":{}}})"}) {
            Answered a(body, row.http);
            EXPECT_EQ(a.classify().status, row.status) << row.http << body;
            EXPECT_EQ(fate_of(a.fault), row.fate) << row.http << body;
        }
        expect_fault(200, error(R"("code":)" + std::to_string(row.http)), row.status, row.fate);
    }
    for (const char* code : {"null", "\"x\"", "200", "-1", "99999999999", "600"}) {
        expect_fault(200, error(std::string(R"("code":)") + code), LEAT_E_HTTP, fails);
    }
    // An HTTP status that is an error itself is not overruled by a number.
    expect_fault(503, error(R"("code":400)"), LEAT_E_OVERLOADED, again);
    // What is not told is the body's beginning, or nothing; never what lay in memory before.
    Answered mute(R"({"error":{"details":[{}]}})", 400);
    EXPECT_EQ(str(mute.classify().message), R"({"error":{"details":[{}]}})");
    EXPECT_EQ(mute.fault.code.size, 0u);
    Answered page("<html>gateway</html>", 502);
    EXPECT_EQ(str(page.classify().message), "<html>gateway</html>");
}

std::string exhausted(const std::string& details, const std::string& message = "m") {
    return error(R"("code":429,"message":")" + message +
                 R"(","status":"RESOURCE_EXHAUSTED","details":[)" + details + "]");
}

std::string quota(const std::string& id, const std::string& value = "\"10\"") {
    return R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"q",)"
           R"("quotaId":")" + id + R"(","quotaDimensions":{"model":"m"},"quotaValue":)" + value +
           "}]}";
}

const std::string retry = R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"48s"})";
const std::string help = R"({"@type":"type.googleapis.com/google.rpc.Help","links":[{"url":"u"}]})";

TEST(GeminiClassifyTest, a_quota_of_the_minute_passes_and_one_of_the_day_does_not) {
    const struct {
        std::string details;
        leat_status status;
        Fate fate;
    } rows[] = {
        {help + "," + quota("GenerateRequestsPerMinutePerProject") + "," + retry,
         LEAT_E_RATE_LIMIT, pauses},
        {retry, LEAT_E_RATE_LIMIT, pauses},
        {"", LEAT_E_RATE_LIMIT, pauses},
        {quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier") + "," + retry, LEAT_E_QUOTA,
         fails},
        {retry + "," + quota("InputTokensPerDay"), LEAT_E_QUOTA, fails},
        {quota("RequestsPerMinute") + "," + quota("RequestsPerDay"), LEAT_E_QUOTA, fails},
        {quota("RequestsPerMinute", "\"0\"") + "," + retry, LEAT_E_QUOTA, fails},
        {quota("RequestsPerMinute", "0"), LEAT_E_QUOTA, fails},
        {quota("RequestsPerMinute", "null"), LEAT_E_RATE_LIMIT, pauses},
        {R"({"violations":[{}]},{"violations":null},null,5)", LEAT_E_RATE_LIMIT, pauses},
    };
    for (const auto& row : rows) expect_fault(429, exhausted(row.details), row.status, row.fate);
    expect_fault(429, exhausted("", "Your project has exceeded its monthly spending cap."),
                 LEAT_E_QUOTA, fails);
}

TEST(GeminiClassifyTest, the_wait_comes_from_the_details_or_else_from_the_words) {
    const struct {
        const char* delay;  // in the details; NULL: none
        const char* message;
        int64_t wait_ms;
    } rows[] = {
        {"48s", "Please retry in 48.939935699s.", 48000},
        {"0.25s", "", 250},
        {"33.5s", "", 33500},
        {"0.0001s", "", 1},
        {"0s", "", 0},
        {"1.5", "", -1},
        {"soon", "Please retry in 2s.", 2000},
        {"-5s", "", -1},
        {nullptr, "Please retry in 48.939935699s.", 48940},
        {nullptr, "x. Please RETRY IN 1m2s. Thanks", 62000},
        {nullptr, "please retry in 900ms", 900},
        {nullptr, "please retry in a while", -1},
        {nullptr, "please retry in ", -1},
        {nullptr, "please retry in ...", -1},
        {nullptr, "", -1},
    };
    for (const auto& row : rows) {
        const std::string details =
            row.delay == nullptr ? "" : std::string(R"({"retryDelay":")") + row.delay + "\"}";
        Answered a(exhausted(details, row.message), 429);
        EXPECT_EQ(a.classify().wait_ms, row.wait_ms) << details << row.message;
    }
    // Told beside other errors, too.
    Answered busy(word("UNAVAILABLE", R"(,"details":[{"retryDelay":"3s"}])"), 503);
    EXPECT_EQ(busy.classify().wait_ms, 3000);
    EXPECT_EQ(busy.fault.status, LEAT_E_OVERLOADED);
}

TEST(GeminiClassifyTest, a_bad_key_is_a_400_with_a_reason) {
    const std::string info =
        R"(,"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID",)"
        R"("domain":"googleapis.com","metadata":{"service":"s"}}])";
    expect_fault(400, word("INVALID_ARGUMENT", info), LEAT_E_AUTHENTICATION, fails);
    Answered a(word("INVALID_ARGUMENT", info), 400);
    EXPECT_EQ(str(a.classify().code), "API_KEY_INVALID");
    expect_fault(400,
                 error(R"("message":"API key not valid. Please pass a valid API key.",)"
                       R"("status":"INVALID_ARGUMENT")"),
                 LEAT_E_AUTHENTICATION, fails);
}

TEST(GeminiClassifyTest, a_context_that_is_too_long_is_told_in_words_only) {
    const char* const message =
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).";
    expect_fault(400, error(std::string(R"("status":"INVALID_ARGUMENT","message":")") + message + "\""),
                 LEAT_E_CONTEXT_LENGTH, fails);
    expect_fault(400, error(std::string(R"("message":")") + message + "\""),
                 LEAT_E_CONTEXT_LENGTH, fails);
    // The words count only beside a refusal of the request.
    expect_fault(500, error(std::string(R"("status":"INTERNAL","message":")") + message + "\""),
                 LEAT_E_SERVER, again);
    expect_fault(400, error(R"("status":"INVALID_ARGUMENT","message":"top_k exceeds 40")"),
                 LEAT_E_INVALID_REQUEST, fails);
}

TEST(GeminiClassifyTest, a_blocked_prompt_is_said_with_its_reason_and_its_counts_B32) {
    for (const char* reason : {"SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT",
                               "IMAGE_SAFETY", "MODEL_ARMOR", "JAILBREAK", "NEVER_SEEN"}) {
        const std::string body = std::string(R"({"promptFeedback":{"blockReason":")") + reason +
                                 R"("},"usageMetadata":{"promptTokenCount":7},"modelVersion":"m"})";
        Answered a(body);
        EXPECT_EQ(a.classify().status, LEAT_E_CONTENT_FILTER);
        EXPECT_EQ(fate_of(a.fault), fails);
        EXPECT_EQ(str(a.fault.code), reason);
        EXPECT_EQ(str(a.fault.message), std::string("the prompt was blocked: ") + reason);
        EXPECT_EQ(a.fault.usage.input_tokens, 7);
        EXPECT_EQ(a.fault.usage.output_tokens, 0);
    }
    Answered told(R"({"promptFeedback":{"blockReason":"SAFETY","blockReasonMessage":"it hurts"}})");
    EXPECT_EQ(str(told.classify().message), "the prompt was blocked: SAFETY: it hurts");
    Answered small(R"({"promptFeedback":{"blockReason":"SAFETY"}})", 200, 0);
    EXPECT_EQ(str(small.classify().message), "SAFETY");
}

TEST(GeminiClassifyTest, an_answer_without_candidates_is_not_asked_for_again_G25_B32) {
    Answered a(R"({"usageMetadata":{"promptTokenCount":7},"modelVersion":"m"})");
    EXPECT_EQ(a.classify().status, LEAT_E_INVALID_REQUEST);
    EXPECT_EQ(fate_of(a.fault), fails);
    EXPECT_EQ(a.fault.usage.total_tokens, 7);
    EXPECT_EQ(str(a.fault.message), "the answer has no candidates");
}

TEST(GeminiClassifyTest, every_cut_and_changed_byte_ends_in_a_status) {
    const std::string body = exhausted(help + "," + quota("PerDay") + "," + retry);
    for (size_t i = 0; i < body.size(); ++i) {
        Answered cut(body.substr(0, i), 429);
        EXPECT_NE(cut.classify().status, LEAT_OK);
        for (const char byte : {'\0', '"', '\\', '{', ']', ',', '0', '\xFF'}) {
            std::string changed = body;
            changed[i] = byte;
            Answered a(changed, 429);
            EXPECT_NE(a.classify().status, LEAT_OK);
        }
    }
}

}  // namespace
}  // namespace leat
