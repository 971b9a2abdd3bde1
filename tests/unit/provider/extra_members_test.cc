// The caller's extra_json beside what an adapter writes by itself: no name goes out twice, and a
// stream is what the call was opened for, not what extra_json says.
#include <gtest/gtest.h>

#include "adapter_help.h"

namespace leat {
namespace {

TEST(ExtraMembersTest, extra_json_joins_what_is_written_already) {
    const struct {
        const char* adapter;
        bool stream;
        const char* extra;
        const char* expected;  // behind model and messages
    } rows[] = {
        {"openai", true, R"({"stream_options":{"include_obfuscation":false},"a":1})",
         R"("stream":true,"stream_options":{"include_obfuscation":false},"a":1)"},
        {"openai", true, R"({"stream":false,"a":1})",
         R"("stream":true,"stream_options":{"include_usage":true},"a":1)"},
        {"openai", false, R"({"stream":true,"stream_options":{"include_usage":true},"a":1})",
         R"("a":1)"},
        {"mistral", true, R"({"stream_options":{"b":1}})",
         R"("stream":true,"stream_options":{"b":1})"},
        {"anthropic", true, R"({"stream":false,"max_tokens":9})",
         R"("stream":true,"max_tokens":9)"},
        {"anthropic", false, R"({"stream":true,"max_tokens":9})", R"("max_tokens":9)"},
        {"anthropic", false, R"({"output_config":{"task_budget":{"total":5}},"max_tokens":9})",
         R"("output_config":{"task_budget":{"total":5}},"max_tokens":9)"},
    };
    for (const auto& row : rows) {
        const AdapterBody body(
            row.adapter,
            [&](leat_request* request) {
                request->prompt = text("hi");
                request->extra_json = str_of(row.extra);
            },
            "m", row.stream);
        body.expect(std::string(R"({"model":"m","messages":[{"role":"user","content":"hi"}],)") +
                    row.expected + "}");
    }
}

TEST(ExtraMembersTest, an_output_config_joins_effort_and_format) {
    const AdapterBody body("anthropic", [](leat_request* request) {
        request->prompt = text("hi");
        request->max_output_tokens = 9;
        request->reasoning_effort = text("low");
        request->extra_json = text(R"({"output_config":{"task_budget":{"total":5}}})");
    });
    body.expect(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],
                   "output_config":{"effort":"low","task_budget":{"total":5}}})");
}

TEST(ExtraMembersTest, an_output_config_that_is_no_object_is_refused) {
    for (const char* extra : {R"({"output_config":5})", R"({"output_config":[{}]})"}) {
        const AdapterBody body("anthropic", [&](leat_request* request) {
            request->prompt = text("hi");
            request->extra_json = str_of(extra);
        });
        EXPECT_EQ(body.status, LEAT_E_JSON) << extra;
    }
}

}  // namespace
}  // namespace leat
