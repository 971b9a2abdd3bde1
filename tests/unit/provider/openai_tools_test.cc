// Tools of a chat completion's request: a list in our types or ready JSON, and the choice among them.
#include <gtest/gtest.h>

#include "adapter_help.h"

namespace leat {
namespace {

const char ready_tools[] = R"([{"type":"function","function":{"name":"f"}}])";

std::string body_with(const std::string& members) {
    return R"({"model":"m","messages":[{"role":"user","content":"hi"}])" + members + "}";
}

TEST(ChatToolsTest, the_choice_goes_out_beside_tools_in_ready_JSON) {
    leat_tools tools{};
    const auto fill = [&](leat_request* request) {
        request->prompt = text("hi");
        request->tools_json = text(ready_tools);
        request->tools = &tools;
    };
    tools.mode = LEAT_TOOLS_REQUIRED;
    tools.parallel = LEAT_OFF;
    const AdapterBody body("openai", fill);
    body.expect(body_with(std::string(R"(,"tools":)") + ready_tools +
                          R"(,"tool_choice":"required","parallel_tool_calls":false)"));
    EXPECT_EQ(body.ignored, 0u);
    AdapterBody("mistral", fill)
        .expect(body_with(std::string(R"(,"tools":)") + ready_tools +
                          R"(,"tool_choice":"any","parallel_tool_calls":false)"));
    tools.mode = LEAT_TOOLS_UNSET;
    tools.parallel = LEAT_UNSET;
    AdapterBody("openai", fill).expect(body_with(std::string(R"(,"tools":)") + ready_tools));
}

TEST(ChatToolsTest, a_choice_among_no_tools_is_left_out_and_reported) {
    leat_tools tools{};
    const auto fill = [&](leat_request* request) {
        request->prompt = text("hi");
        request->tools = &tools;
    };
    const struct {
        leat_tool_mode mode;
        leat_switch parallel;
        uint32_t ignored;
    } rows[] = {
        {LEAT_TOOLS_UNSET, LEAT_UNSET, 0},
        {LEAT_TOOLS_AUTO, LEAT_UNSET, LEAT_FIELD_TOOL_CHOICE},
        {LEAT_TOOLS_UNSET, LEAT_ON, LEAT_FIELD_PARALLEL_TOOLS},
        {LEAT_TOOLS_NONE, LEAT_OFF, LEAT_FIELD_TOOL_CHOICE | LEAT_FIELD_PARALLEL_TOOLS},
    };
    for (const auto& row : rows) {
        tools.mode = row.mode;
        tools.parallel = row.parallel;
        const AdapterBody body("openai", fill);
        body.expect(body_with(""));
        EXPECT_EQ(body.ignored, row.ignored) << row.mode;
    }
}

TEST(ChatToolsTest, ready_JSON_of_the_choice_wins) {
    leat_tools tools{};
    tools.mode = LEAT_TOOLS_REQUIRED;
    tools.parallel = LEAT_ON;
    AdapterBody("openai",
                [&](leat_request* request) {
                    request->prompt = text("hi");
                    request->tools_json = text(ready_tools);
                    request->tool_choice_json = text("\"none\"");
                    request->tools = &tools;
                })
        .expect(body_with(std::string(R"(,"tools":)") + ready_tools +
                          R"(,"tool_choice":"none","parallel_tool_calls":true)"));
}

}  // namespace
}  // namespace leat
