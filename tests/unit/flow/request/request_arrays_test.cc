// request_arrays_test.cc: a request's arrays inside arrays: parts, calls, tools, formats, headers.
// Depends on gtest and flow/request/request_text.h. Rule: copied with all their texts, checked, bounded.
#include "flow/request/request_text.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace leat {
namespace {

std::string str(Text t) { return std::string(t.data == nullptr ? "" : t.data, t.size); }

leat_request fresh() {
    leat_request request;
    leat_request_init(&request);
    return request;
}

// A request whose arrays lie in arrays: parts and calls in turns, tools, a format, headers.
class DeepRequest {
public:
    DeepRequest() {
        request = fresh();
        request.messages = &message_;
        request.messages_count = 1;
        message_ = leat_message{};
        message_.role = text("user");
        message_.parts = parts_;
        message_.parts_count = 2;
        parts_[0] = leat_part{};
        parts_[0].content = text("part");
        parts_[1] = leat_part{};
        parts_[1].type = LEAT_PART_IMAGE_BYTES;
        parts_[1].content = text("png");
        parts_[1].media_type = text("image/png");
        parts_[1].detail = text("low");
        message_.tool_calls = &call_;
        message_.tool_calls_count = 1;
        call_ = leat_tool_call{text("id"), text("f"), text("{}")};
        request.tools = &tools_;
        tools_ = leat_tools{};
        tools_.list = &tool_;
        tools_.count = 1;
        tools_.mode = LEAT_TOOLS_NAMED;
        tools_.choice = text("f");
        tool_ = leat_tool{};
        tool_.name = text("f");
        tool_.description = text("does");
        tool_.parameters_json = text("{\"type\":\"object\"}");
        request.format = &format_;
        format_ = leat_format{};
        format_.kind = LEAT_FORMAT_CHOICE;
        format_.schema_json = text("{}");
        format_.name = text("n");
        format_.description = text("d");
        format_.choices = choices_;
        format_.choices_count = 2;
        choices_[0] = text("yes");
        choices_[1] = text("no");
        request.headers = &header_;
        request.headers_count = 1;
        header_ = leat_header{text("X-A"), text("b")};
    }
    leat_message* message() { return &message_; }
    leat_part* parts() { return parts_; }
    leat_tools* tools() { return &tools_; }
    leat_format* format() { return &format_; }
    leat_request request;

private:
    leat_message message_;
    leat_part parts_[2];
    leat_tool_call call_;
    leat_tools tools_;
    leat_tool tool_;
    leat_format format_;
    leat_str choices_[2];
    leat_header header_;
};

// Fails unless [at, at + size) lies inside the memory of the copy.
void expect_inside(const void* at, size_t size, const std::vector<uint64_t>& memory) {
    const char* const begin = reinterpret_cast<const char*>(memory.data());
    const char* const its = static_cast<const char*>(at);
    EXPECT_TRUE(its >= begin && its + size <= begin + memory.size() * 8);
}

TEST(RequestTextTest, arrays_inside_arrays_are_copied_with_their_texts) {
    DeepRequest deep;
    const size_t bytes = request_copy_bytes(deep.request);
    std::vector<uint64_t> memory(bytes / 8 + 1);
    leat_request copy;
    request_copy(deep.request, reinterpret_cast<char*>(memory.data()), &copy);
    ASSERT_EQ(copy.messages_count, 1u);
    const leat_message& message = copy.messages[0];
    expect_inside(message.parts, 2 * sizeof(leat_part), memory);
    EXPECT_EQ(str(message.parts[0].content), "part");
    EXPECT_EQ(message.parts[1].type, LEAT_PART_IMAGE_BYTES);
    EXPECT_EQ(str(message.parts[1].media_type), "image/png");
    EXPECT_EQ(str(message.parts[1].detail), "low");
    expect_inside(message.parts[1].content.data, 3, memory);
    expect_inside(message.tool_calls, sizeof(leat_tool_call), memory);
    EXPECT_EQ(str(message.tool_calls[0].name), "f");
    expect_inside(copy.tools, sizeof(leat_tools), memory);
    EXPECT_EQ(str(copy.tools->choice), "f");
    EXPECT_EQ(str(copy.tools->list[0].description), "does");
    expect_inside(copy.tools->list[0].parameters_json.data, 17, memory);
    expect_inside(copy.format, sizeof(leat_format), memory);
    EXPECT_EQ(copy.format->kind, LEAT_FORMAT_CHOICE);
    EXPECT_EQ(str(copy.format->choices[1]), "no");
    expect_inside(copy.format->choices[1].data, 2, memory);
    expect_inside(copy.headers, sizeof(leat_header), memory);
    EXPECT_EQ(str(copy.headers[0].value), "b");
}

TEST(RequestCheckTest, arrays_without_memory_are_refused_wherever_they_are) {
    const std::function<void(DeepRequest*)> breaks[] = {
        [](DeepRequest* r) { r->message()->parts = nullptr; },
        [](DeepRequest* r) { r->message()->tool_calls = nullptr; },
        [](DeepRequest* r) { r->parts()[0].content = Text{nullptr, 1}; },
        [](DeepRequest* r) { r->tools()->list = nullptr; },
        [](DeepRequest* r) { r->tools()->choice = Text{nullptr, 1}; },
        [](DeepRequest* r) { r->format()->choices = nullptr; },
        [](DeepRequest* r) { r->request.headers = nullptr; },
    };
    EXPECT_EQ(request_check(DeepRequest().request), LEAT_OK);
    for (const auto& break_it : breaks) {
        DeepRequest deep;
        break_it(&deep);
        EXPECT_EQ(request_check(deep.request), LEAT_E_ARGUMENT);
    }
}

// As a careless caller would: never as a value of the enum, which the language forbids.
template <typename Enum>
void put_unknown(Enum* field, int number) {
    static_assert(sizeof *field == sizeof number);
    memcpy(field, &number, sizeof number);
}

TEST(RequestCheckTest, values_that_no_enum_has_are_refused) {
    const std::function<void(DeepRequest*)> breaks[] = {
        [](DeepRequest* r) { put_unknown(&r->request.stream, 3); },
        [](DeepRequest* r) { put_unknown(&r->request.thinking, -1); },
        [](DeepRequest* r) { put_unknown(&r->request.cache_prompt, 7); },
        [](DeepRequest* r) { put_unknown(&r->tools()->mode, 5); },
        [](DeepRequest* r) { put_unknown(&r->tools()->parallel, 3); },
        [](DeepRequest* r) { put_unknown(&r->format()->kind, 4); },
        [](DeepRequest* r) { put_unknown(&r->parts()[1].type, 4); },
    };
    for (const auto& break_it : breaks) {
        DeepRequest deep;
        break_it(&deep);
        EXPECT_EQ(request_check(deep.request), LEAT_E_ARGUMENT);
    }
}

TEST(RequestCheckTest, counts_are_bounded_at_their_limit) {
    std::vector<leat_header> headers(request_headers_max + 1, leat_header{text("A"), text("b")});
    std::vector<leat_tool> list(request_tools_max + 1);
    for (const int over : {-1, 0, 1}) {
        const leat_status expected = over > 0 ? LEAT_E_TOO_MANY : LEAT_OK;
        leat_request request = fresh();
        request.prompt = text("p");
        request.headers = headers.data();
        request.headers_count = request_headers_max + static_cast<uint32_t>(over);
        EXPECT_EQ(request_check(request), expected);
        request.headers_count = 0;
        leat_tools tools{};
        tools.list = list.data();
        tools.count = request_tools_max + static_cast<uint32_t>(over);
        request.tools = &tools;
        EXPECT_EQ(request_check(request), expected);
        request.tools = nullptr;
        request.choices_wanted = request_choices_max + static_cast<uint32_t>(over);
        EXPECT_EQ(request_check(request), expected);
    }
}

TEST(RequestFillTest, pointers_and_switches_come_from_the_defaults_when_unset) {
    DeepRequest deep;
    leat_request defaults = deep.request;
    defaults.stream = LEAT_ON;
    defaults.thinking = LEAT_OFF;
    defaults.cache_prompt = LEAT_ON;
    defaults.choices_wanted = 3;
    leat_request request = fresh();
    request.thinking = LEAT_ON;
    request_fill(&request, defaults);
    EXPECT_EQ(request.tools, defaults.tools);
    EXPECT_EQ(request.format, defaults.format);
    EXPECT_EQ(request.headers, defaults.headers);
    EXPECT_EQ(request.headers_count, 1u);
    EXPECT_EQ(request.stream, LEAT_ON);
    EXPECT_EQ(request.thinking, LEAT_ON);
    EXPECT_EQ(request.cache_prompt, LEAT_ON);
    EXPECT_EQ(request.choices_wanted, 3u);
    EXPECT_EQ(request.messages_count, 0u) << "a conversation is nobody's default";
}

}  // namespace
}  // namespace leat
