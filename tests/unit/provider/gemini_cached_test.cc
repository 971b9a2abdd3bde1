// Requests over a context cache: what it holds is not sent again, and without one nothing is sent.
// Bodies are compared as trees.
#include <gtest/gtest.h>

#include "gemini_help.h"
#include "json_tree.h"

namespace leat {
namespace {

using gemini_test::build;
using gemini_test::Built;
using gemini_test::Fill;
using gemini_test::number;

void hi(leat_request* r) { r->prompt = text("hi"); }

const std::string hi_contents = R"("contents":[{"role":"user","parts":[{"text":"hi"}]}])";

void expect_body(const char* provider, const Fill& fill, const std::string& expected,
                 const std::string& model = "gemini-x", uint32_t ignored = 0) {
    const Built built = build(provider, fill, model);
    ASSERT_STREQ(leat_status_name(built.status), "LEAT_OK") << expected;
    EXPECT_TRUE(json_tree(built.body) == json_tree(expected)) << built.body << "\nbut expected\n"
                                                              << expected;
    EXPECT_EQ(built.ignored, ignored) << expected;
}

TEST(GeminiCachedTest, what_the_cache_holds_is_left_out_and_reported_B23_B24) {
    leat_tool tool{};
    tool.name = text("f");
    leat_tools tools{};
    tools.list = &tool;
    tools.count = 1;
    tools.mode = LEAT_TOOLS_AUTO;
    const Fill fill = [&](leat_request* r) {
        hi(r);
        r->system = text("s");
        r->tools = &tools;
        r->temperature = number(1);
        r->cached_content = text("cachedContents/1");
    };
    const std::string rest = R"({"cachedContent":"cachedContents/1",)" + hi_contents;
    expect_body("gemini-cached", fill, rest + R"(,"generationConfig":{"temperature":1}})",
                "gemini-x", LEAT_FIELD_SYSTEM | LEAT_FIELD_TOOLS | LEAT_FIELD_TOOL_CHOICE);
    leat_message message{};
    message.role = text("developer");
    message.content = text("s");
    const Fill turn = [&](leat_request* r) {
        hi(r);
        r->messages = &message;
        r->messages_count = 1;
        r->cached_content = text("cachedContents/1");
    };
    expect_body("gemini-cached", turn, rest + "}", "gemini-x", LEAT_FIELD_SYSTEM);
}

TEST(GeminiCachedTest, without_a_cache_nothing_is_sent_B23) {
    EXPECT_EQ(build("gemini-cached", hi).status, LEAT_E_ARGUMENT);
    const Fill body = [](leat_request* r) { r->body_json = text("{\"contents\":[]}"); };
    EXPECT_EQ(build("gemini-cached", body).status, LEAT_E_ARGUMENT);
    for (const char* own : {R"({"cachedContent":"cachedContents/2"})",
                            R"({"cached_content":"cachedContents/2"})"}) {
        const Fill fill = [&](leat_request* r) {
            r->body_json = text_of(own);
            r->cached_content = text("cachedContents/1");
        };
        expect_body("gemini-cached", fill, own);
    }
    const Fill given = [&](leat_request* r) {
        r->body_json = text("{}");
        r->cached_content = text("cachedContents/1");
    };
    expect_body("gemini-cached", given, R"({"cachedContent":"cachedContents/1"})");
}

}  // namespace
}  // namespace leat
