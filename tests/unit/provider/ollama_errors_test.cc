// Errors of Ollama's own API: by HTTP status, and by words where a stream had begun.
#include "adapter_help.h"

namespace leat {
namespace {

constexpr char ollama[] = "ollama";

TEST(OllamaErrorsTest, the_http_status_decides_but_for_a_prompt_that_is_too_long) {
    const struct {
        int32_t http_status;
        const char* error;
        const char* verdict;
    } rows[] = {
        {400, "\"m does not support tools\"", "invalid_request no"},
        {400, "\"the prompt exceeds the Context Length of m\"", "context_length no"},
        {400, "\"prompt too long; exceeded max context length by 4 tokens\"",
         "context_length no"},
        {413, "\"longer than the context window\"", "context_length no"},
        {500, "\"input is over the maximum context length\"", "context_length no"},
        {500, "\"the runner has stopped\"", "server retry"},
        {500, "\"model not found\"", "server retry"},
        {401, "\"unauthorized\"", "authentication no"},
        {403, "\"no\"", "permission no"},
        {404, "\"model 'x' not found\"", "model no"},
        {404, "\"context length\"", "model no"},
        {408, "\"slow\"", "server retry"},
        {429, "\"too many requests\"", "rate_limit retry pause"},
        {502, "\"upstream unreachable\"", "server retry"},
        {503, "\"server busy, try later\"", "overloaded retry"},
        {503, "\"context length\"", "overloaded retry"},
    };
    for (const auto& row : rows) {
        const AdapterAnswer a(ollama, std::string("{\"error\":") + row.error + "}",
                              row.http_status);
        EXPECT_EQ(a.verdict(), row.verdict) << row.http_status << row.error;
        EXPECT_EQ("\"" + a.message + "\"", row.error);
    }
}

TEST(OllamaErrorsTest, inside_a_success_the_words_decide) {
    const struct {
        const char* error;
        leat_status status;
        int retryable;
        int rate_limit;
    } rows[] = {
        {"the model broke down", LEAT_E_SERVER, 1, 0},
        {"model 'x' not found", LEAT_E_MODEL, 0, 0},
        {"x does not support thinking", LEAT_E_INVALID_REQUEST, 0, 0},
        {"Unauthorized", LEAT_E_AUTHENTICATION, 0, 0},
        {"server busy", LEAT_E_OVERLOADED, 1, 0},
        {"the service is overloaded", LEAT_E_OVERLOADED, 1, 0},
        {"Too Many Requests", LEAT_E_RATE_LIMIT, 1, 1},
        {"rate limit reached", LEAT_E_RATE_LIMIT, 1, 1},
        {"exceeded max context length", LEAT_E_CONTEXT_LENGTH, 0, 0},
        {"server busy: context length", LEAT_E_CONTEXT_LENGTH, 0, 0},
    };
    for (const auto& row : rows) {
        const std::string body = std::string("{\"error\":\"") + row.error + "\"}";
        const AdapterAnswer a(ollama, body);
        EXPECT_EQ(a.status, LEAT_E_HTTP) << row.error;
        const AdapterStream s(ollama,
                              "{\"message\":{\"content\":\"x\"},\"done\":false}\n" + body + "\n");
        EXPECT_EQ(s.status, LEAT_E_HTTP) << row.error;
        EXPECT_EQ(s.answer.text, "x");
        for (const leat_fault& fault : {a.fault, s.fault}) {
            EXPECT_EQ(fault.status, row.status) << row.error;
            EXPECT_EQ(fault.retryable, row.retryable) << row.error;
            EXPECT_EQ(fault.rate_limit, row.rate_limit) << row.error;
            EXPECT_EQ(fault.wait_ms, -1);
        }
        EXPECT_EQ(s.message, row.error);
    }
}

TEST(OllamaErrorsTest, any_body_gives_a_message) {
    const struct {
        const char* body;
        const char* message;
    } rows[] = {
        {"404 page not found", "404 page not found"},
        {R"({"error":{"message":"a \"b\""}})", "a \"b\""},
        {R"({"error":{"code":5}})", R"({"error":{"code":5}})"},
        {R"({"error":5})", R"({"error":5})"},
        {"", ""},
    };
    for (const auto& row : rows) {
        const AdapterAnswer a(ollama, row.body, 404);
        EXPECT_EQ(a.message, row.message);
        EXPECT_EQ(a.verdict(), "model no");
    }
    EXPECT_EQ(AdapterAnswer(ollama, "{}", 429, {{"retry-after", "2"}}).fault.wait_ms, 2000);
}

}  // namespace
}  // namespace leat
