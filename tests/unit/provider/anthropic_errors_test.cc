// Errors of the Messages API: every documented type, where it decides and where the HTTP status or
// the words do; and bodies that are no JSON.
#include <gtest/gtest.h>

#include "anthropic_help.h"

namespace leat {
namespace {

std::string error(const std::string& type, const std::string& message,
                  const std::string& more = "") {
    return R"({"type":"error","error":{"type":")" + type + R"(","message":")" + message + "\"" +
           more + R"(},"request_id":"req_1"})";
}

TEST(MessagesClassifyTest, every_documented_error_has_its_status_G28) {
    const struct {
        int32_t http_status;
        const char* type;
        leat_status status;
        int retryable;
        int rate_limit;
    } rows[] = {
        {400, "invalid_request_error", LEAT_E_INVALID_REQUEST, 0, 0},
        {401, "authentication_error", LEAT_E_AUTHENTICATION, 0, 0},
        {402, "billing_error", LEAT_E_QUOTA, 0, 0},
        {403, "permission_error", LEAT_E_PERMISSION, 0, 0},
        {404, "not_found_error", LEAT_E_MODEL, 0, 0},
        {409, "conflict_error", LEAT_E_SERVER, 1, 0},
        {413, "request_too_large", LEAT_E_INVALID_REQUEST, 0, 0},
        {429, "rate_limit_error", LEAT_E_RATE_LIMIT, 1, 1},
        {500, "api_error", LEAT_E_SERVER, 1, 0},
        {504, "timeout_error", LEAT_E_SERVER, 1, 0},
        {529, "overloaded_error", LEAT_E_OVERLOADED, 1, 0},
    };
    for (const auto& row : rows) {
        MessageAnswer a(error(row.type, "why"), row.http_status);
        const leat_fault& fault = a.classify();
        EXPECT_EQ(fault.status, row.status) << row.type;
        EXPECT_EQ(fault.retryable, row.retryable) << row.type;
        EXPECT_EQ(fault.rate_limit, row.rate_limit) << row.type;
        EXPECT_EQ(str(fault.message), "why");
        EXPECT_EQ(str(fault.code), row.type);
        MessageAnswer in_stream(error(row.type, "why"), 200);
        EXPECT_EQ(in_stream.classify().status, row.status) << row.type << " inside a success";
        EXPECT_EQ(in_stream.fault.retryable, row.retryable) << row.type;
        EXPECT_EQ(in_stream.fault.rate_limit, row.rate_limit) << row.type;
    }
}

TEST(MessagesClassifyTest, an_exact_type_outweighs_the_status_a_vague_one_does_not) {
    const struct {
        int32_t http_status;
        const char* type;
        leat_status status;
        int retryable;
    } rows[] = {
        {500, "overloaded_error", LEAT_E_OVERLOADED, 1},
        {503, "rate_limit_error", LEAT_E_RATE_LIMIT, 1},
        {400, "billing_error", LEAT_E_QUOTA, 0},
        {400, "api_error", LEAT_E_INVALID_REQUEST, 0},
        {405, "invalid_request_error", LEAT_E_INVALID_REQUEST, 0},
        {403, "invalid_request_error", LEAT_E_PERMISSION, 0},
        {502, "something_new", LEAT_E_SERVER, 1},
        {418, "something_new", LEAT_E_HTTP, 0},
    };
    for (const auto& row : rows) {
        MessageAnswer a(error(row.type, "why"), row.http_status);
        EXPECT_EQ(a.classify().status, row.status) << row.http_status << " " << row.type;
        EXPECT_EQ(a.fault.retryable, row.retryable) << row.http_status << " " << row.type;
    }
    MessageAnswer unknown(error("something_new", "why"), 200);
    EXPECT_EQ(unknown.classify().status, LEAT_E_HTTP);
    EXPECT_EQ(unknown.fault.retryable, 0);
}

TEST(MessagesClassifyTest, a_spend_limit_is_no_rate_limit) {
    const std::string details = R"(,"details":{"error_code":"enforced_spend_limit_reached"})";
    for (const std::string& more : {details, std::string(R"(,"code":"enforced_spend_limit_reached")")}) {
        MessageAnswer a(error("rate_limit_error", "cap", more), 429, {{"x-should-retry", "true"}});
        EXPECT_EQ(a.classify().status, LEAT_E_QUOTA);
        EXPECT_EQ(a.fault.retryable, 0);
        EXPECT_EQ(a.fault.rate_limit, 0);
        EXPECT_EQ(str(a.fault.code), "enforced_spend_limit_reached");
    }
    MessageAnswer other(error("rate_limit_error", "slow", R"(,"details":{"error_code":"x"})"), 429);
    EXPECT_EQ(other.classify().status, LEAT_E_RATE_LIMIT);
}

TEST(MessagesClassifyTest, words_decide_where_the_api_has_nothing_else_G28) {
    const struct {
        const char* message;
        leat_status status;
    } rows[] = {
        {"prompt is too long: 3333404 tokens > 200000 maximum", LEAT_E_CONTEXT_LENGTH},
        {"input length and `max_tokens` exceed context limit: 1 + 2 > 2", LEAT_E_CONTEXT_LENGTH},
        {"You have reached your specified API usage limits. Soon.", LEAT_E_QUOTA},
        {"You have reached your specified workspace API usage limits.", LEAT_E_QUOTA},
        {"Your credit balance is too low to access the API.", LEAT_E_QUOTA},
        {"max_tokens: Field required", LEAT_E_INVALID_REQUEST},
    };
    for (const auto& row : rows) {
        for (const int32_t http_status : {400, 413, 200}) {
            MessageAnswer a(error("invalid_request_error", row.message), http_status);
            EXPECT_EQ(a.classify().status, row.status) << http_status << " " << row.message;
            EXPECT_EQ(a.fault.retryable, 0);
        }
    }
    MessageAnswer server(error("api_error", "the prompt is too long to tell"), 500);
    EXPECT_EQ(server.classify().status, LEAT_E_SERVER) << "words do not outweigh a 500";
}

TEST(MessagesClassifyTest, x_should_retry_is_obeyed_before_the_type) {
    const struct {
        int32_t http_status;
        const char* type;
        const char* header;
        int retryable;
        int rate_limit;
    } rows[] = {
        {429, "rate_limit_error", "false", 0, 0}, {529, "overloaded_error", "false", 0, 0},
        {500, "api_error", "false", 0, 0},        {429, "rate_limit_error", "true", 1, 1},
        {401, "authentication_error", "true", 1, 0}, {402, "billing_error", "true", 0, 0},
        {429, "rate_limit_error", "maybe", 1, 1},
    };
    for (const auto& row : rows) {
        MessageAnswer a(error(row.type, "why"), row.http_status, {{"x-should-retry", row.header}});
        EXPECT_EQ(a.classify().retryable, row.retryable) << row.type << " " << row.header;
        EXPECT_EQ(a.fault.rate_limit, row.rate_limit) << row.type << " " << row.header;
    }
}

TEST(MessagesClassifyTest, the_wait_is_the_headers) {
    MessageAnswer a(error("rate_limit_error", "why"), 429, {{"retry-after", "12"}});
    EXPECT_EQ(a.classify().wait_ms, 12000);
    MessageAnswer none(error("overloaded_error", "why"), 529);
    EXPECT_EQ(none.classify().wait_ms, -1);
}

TEST(MessagesClassifyTest, other_bodies_leave_the_status_and_show_their_beginning) {
    const std::string page = "<html>" + std::string(500, 'x');
    for (const std::string& body :
         {page, std::string("[]"), std::string("{\"error\":"), std::string("{}"), std::string()}) {
        MessageAnswer a(body, 503);
        EXPECT_EQ(a.classify().status, LEAT_E_OVERLOADED) << body;
        EXPECT_EQ(a.fault.retryable, 1);
        EXPECT_EQ(str(a.fault.message), body.substr(0, 200));
        EXPECT_EQ(a.fault.code.size, 0u);
    }
    for (const char* body : {R"({"message":"told"})", R"({"error":"told"})",
                             R"({"error":{"message":"t\u006fld"}})"}) {
        MessageAnswer a(body, 400);
        EXPECT_EQ(str(a.classify().message), "told") << body;
    }
}

}  // namespace
}  // namespace leat
