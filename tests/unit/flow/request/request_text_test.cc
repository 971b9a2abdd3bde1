// The texts of a request: copied whole, filled in from defaults, and checked.
#include "flow/request/request_text.h"

#include <gtest/gtest.h>

#include <cstddef>

#include "unit/codec/codec_test_help.h"

namespace leat {
namespace {

using TextField = leat_str leat_request::*;
using NumberField = leat_number leat_request::*;

const TextField text_fields[] = {
    &leat_request::id, &leat_request::prompt, &leat_request::system, &leat_request::model,
    &leat_request::reasoning_effort, &leat_request::response_format_json,
    &leat_request::tools_json, &leat_request::tool_choice_json, &leat_request::extra_json,
    &leat_request::body_json, &leat_request::path, &leat_request::metadata,
    &leat_request::prompt_cache_key, &leat_request::cached_content,
    &leat_request::provider_metadata_json, &leat_request::method};

const NumberField number_fields[] = {&leat_request::temperature, &leat_request::top_p,
                                     &leat_request::seed, &leat_request::presence_penalty,
                                     &leat_request::frequency_penalty, &leat_request::top_k,
                                     &leat_request::thinking_budget_tokens};

const std::pair<const char*, leat_str leat_message::*> message_fields[] = {
    {"role", &leat_message::role},
    {"content", &leat_message::content},
    {"content_json", &leat_message::content_json},
    {"tool_call_id", &leat_message::tool_call_id},
    {"tool_calls_json", &leat_message::tool_calls_json},
    {"name", &leat_message::name},
    {"turn_json", &leat_message::turn_json}};

leat_request fresh() {
    leat_request request;
    leat_request_init(&request);
    return request;
}

// A request with every field set, and the memory that its texts lie in.
class FullRequest {
public:
    FullRequest() {
        request = fresh();
        int n = 0;
        for (const TextField field : text_fields) request.*field = keep("text " + std::to_string(n++));
        for (leat_message& message : messages_) {
            message = leat_message{};
            for (const auto& [name, field] : message_fields) {
                message.*field = keep(std::string(name) + std::to_string(n++));
            }
        }
        for (leat_str& stop : stops_) stop = keep("stop" + std::to_string(n++));
        request.messages = messages_;
        request.messages_count = 3;
        request.stop = stops_;
        request.stop_count = 2;
        request.user = this;
        request.user_number = 77;
        request.max_output_tokens = 5;
        request.timeout_ms = 6;
        request.deadline_ms = 7;
        request.estimated_tokens = 8;
        for (const NumberField field : number_fields) {
            request.*field = leat_number{0.5 + n++, 1, {}};
        }
    }
    void overwrite() {
        for (auto& piece : kept_) piece->assign(piece->size(), '#');
        for (leat_message& message : messages_) message = leat_message{};
        for (leat_str& stop : stops_) stop = leat_str{};
    }

    leat_request request;

private:
    Text keep(const std::string& s) {
        kept_.push_back(std::make_unique<std::string>(s));
        bytes += s.size();
        return view(*kept_.back());
    }
    std::vector<std::unique_ptr<std::string>> kept_;
    leat_message messages_[3];
    leat_str stops_[2];

public:
    size_t bytes = 0;
};

TEST(RequestTextTest, counts_every_byte_that_the_copy_takes) {
    FullRequest full;
    full.bytes = 0;
    size_t expected = 3 * sizeof(leat_message) + 2 * sizeof(leat_str);
    for (const TextField field : text_fields) expected += (full.request.*field).size;
    for (uint32_t i = 0; i < 3; ++i) {
        for (const auto& [name, field] : message_fields) {
            expected += (full.request.messages[i].*field).size;
        }
    }
    for (uint32_t i = 0; i < 2; ++i) expected += full.request.stop[i].size;
    EXPECT_EQ(request_copy_bytes(full.request), expected);
    EXPECT_EQ(request_copy_bytes(fresh()), 0u);
    leat_request one = fresh();
    one.prompt = text("hello");
    EXPECT_EQ(request_copy_bytes(one), 5u);
}

TEST(RequestTextTest, a_copy_needs_nothing_of_the_original) {
    FullRequest full;
    FullRequest same;
    const size_t bytes = request_copy_bytes(full.request);
    std::vector<leat_message> memory(bytes / sizeof(leat_message) + 2);
    char* const at = reinterpret_cast<char*>(memory.data());
    memset(at, '!', memory.size() * sizeof(leat_message));
    leat_request copy;
    request_copy(full.request, at, &copy);
    EXPECT_EQ(at[bytes], '!') << "a byte more than counted";
    EXPECT_NE(at[bytes - 1], '!') << "a byte less than counted";
    full.overwrite();
    for (const TextField field : text_fields) EXPECT_EQ(str(copy.*field), str(same.request.*field));
    ASSERT_EQ(copy.messages_count, 3u);
    for (uint32_t i = 0; i < 3; ++i) {
        for (const auto& [name, field] : message_fields) {
            EXPECT_EQ(str(copy.messages[i].*field), str(same.request.messages[i].*field)) << name;
        }
    }
    ASSERT_EQ(copy.stop_count, 2u);
    for (uint32_t i = 0; i < 2; ++i) EXPECT_EQ(str(copy.stop[i]), str(same.request.stop[i]));
    EXPECT_EQ(copy.user, &full);
    EXPECT_EQ(copy.user_number, 77u);
    EXPECT_EQ(copy.max_output_tokens, 5u);
    EXPECT_EQ(copy.timeout_ms, 6u);
    EXPECT_EQ(copy.deadline_ms, 7u);
    EXPECT_EQ(copy.estimated_tokens, 8u);
    for (const NumberField field : number_fields) {
        EXPECT_EQ((copy.*field).value, (same.request.*field).value);
    }
}

TEST(RequestTextTest, empty_texts_come_out_empty_and_point_nowhere) {
    leat_request request = fresh();
    request.prompt = text("p");
    request.system = Text{"not part of it", 0};
    leat_message memory[1];
    leat_request copy;
    request_copy(request, reinterpret_cast<char*>(memory), &copy);
    EXPECT_EQ(copy.system.data, nullptr);
    EXPECT_EQ(copy.messages, nullptr);
    EXPECT_EQ(copy.stop, nullptr);
    request_copy(fresh(), nullptr, &copy);
    EXPECT_EQ(copy.prompt.size, 0u);
}

TEST(RequestFillTest, unset_options_come_from_the_defaults_P15) {
    const FullRequest defaults;
    leat_request request = fresh();
    request.prompt = text("p");
    request_fill(&request, defaults.request);
    for (const TextField field : {&leat_request::system, &leat_request::model,
                                  &leat_request::reasoning_effort,
                                  &leat_request::response_format_json, &leat_request::tools_json,
                                  &leat_request::tool_choice_json, &leat_request::extra_json,
                                  &leat_request::path}) {
        EXPECT_EQ((request.*field).data, (defaults.request.*field).data);
    }
    for (const NumberField field : number_fields) {
        EXPECT_EQ((request.*field).value, (defaults.request.*field).value);
    }
    EXPECT_EQ(request.max_output_tokens, 5u);
    EXPECT_EQ(request.timeout_ms, 6u);
    EXPECT_EQ(request.deadline_ms, 7u);
    EXPECT_EQ(request.stop_count, 2u);
    EXPECT_EQ(request.stop, defaults.request.stop);
}

TEST(RequestFillTest, what_belongs_to_one_item_is_never_filled_in) {
    const FullRequest defaults;
    leat_request request = fresh();
    request.prompt = text("p");
    request_fill(&request, defaults.request);
    EXPECT_EQ(str(request.prompt), "p");
    EXPECT_EQ(request.id.size, 0u);
    EXPECT_EQ(request.metadata.size, 0u);
    EXPECT_EQ(request.body_json.size, 0u);
    EXPECT_EQ(request.method.size, 0u);
    EXPECT_EQ(request.messages_count, 0u);
    EXPECT_EQ(request.user, nullptr);
    EXPECT_EQ(request.user_number, 0u);
}

TEST(RequestFillTest, what_is_set_stays_zero_numbers_too) {
    const FullRequest defaults;
    FullRequest own;
    for (const NumberField field : number_fields) own.request.*field = leat_number{0.0, 1, {}};
    leat_request request = own.request;
    request_fill(&request, defaults.request);
    for (const TextField field : text_fields) {
        EXPECT_EQ((request.*field).data, (own.request.*field).data);
    }
    for (const NumberField field : number_fields) EXPECT_EQ((request.*field).value, 0.0);
    EXPECT_EQ(request.stop, own.request.stop);
}

TEST(RequestCheckTest, wants_exactly_one_kind_of_body) {
    leat_message message{};
    message.role = text("user");
    leat_request request = fresh();
    EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT) << "nothing to ask";
    request.prompt = text("p");
    EXPECT_EQ(request_check(request), LEAT_OK);
    request.messages = &message;
    request.messages_count = 1;
    EXPECT_EQ(request_check(request), LEAT_OK) << "a conversation and a prompt";
    request.prompt = text("");
    EXPECT_EQ(request_check(request), LEAT_OK);
    request.body_json = text("{}");
    EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT) << "two bodies";
    request.messages_count = 0;
    EXPECT_EQ(request_check(request), LEAT_OK);
    request.prompt = text("p");
    EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT);
}

TEST(RequestCheckTest, a_method_stands_for_a_call_with_a_body_or_none) {
    leat_request request = fresh();
    for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
        request.method = text_of(method);
        EXPECT_EQ(request_check(request), LEAT_OK) << method;
    }
    request.body_json = text("{}");
    EXPECT_EQ(request_check(request), LEAT_OK);
    request.prompt = text("p");
    EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT) << "a call and a chat";
    request.prompt = Text{nullptr, 0};
    for (const char* method : {"get", "HEAD", "CONNECT", "P\r\n"}) {
        request.method = text_of(method);
        EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT) << method;
    }
}

TEST(RequestCheckTest, unknown_sizes_flags_and_reserved_fields_are_refused) {
    leat_request request = fresh();
    request.prompt = text("p");
    for (const uint32_t size : {0u, uint32_t{sizeof(leat_request)} - 1,
                                uint32_t{sizeof(leat_request)} + 1, UINT32_MAX}) {
        request.struct_size = size;
        EXPECT_EQ(request_check(request), LEAT_E_STRUCT_SIZE);
    }
    request.struct_size = sizeof request;
    for (const uint32_t flags : {uint32_t{LEAT_COPY}, uint32_t{LEAT_KEEP_STREAM},
                                 uint32_t{LEAT_COPY | LEAT_KEEP_STREAM}}) {
        request.flags = flags;
        EXPECT_EQ(request_check(request), LEAT_OK);
    }
    request.flags = LEAT_KEEP_STREAM << 1;
    EXPECT_EQ(request_check(request), LEAT_E_RESERVED);
}

TEST(RequestCheckTest, reserved_bytes_of_numbers_are_looked_at) {
    for (const NumberField field : number_fields) {
        for (size_t i = 0; i < sizeof(leat_number::reserved); ++i) {
            leat_request request = fresh();
            request.prompt = text("p");
            (request.*field).reserved[i] = 1;
            EXPECT_EQ(request_check(request), LEAT_E_RESERVED);
        }
    }
}

TEST(RequestCheckTest, defaults_need_no_body) {
    EXPECT_EQ(defaults_check(fresh()), LEAT_OK);
    leat_request request = fresh();
    request.model = Text{nullptr, 1};
    EXPECT_EQ(defaults_check(request), LEAT_E_ARGUMENT);
    request.struct_size = 1;
    EXPECT_EQ(defaults_check(request), LEAT_E_STRUCT_SIZE);
}

TEST(RequestCheckTest, texts_without_memory_are_refused) {
    for (const TextField field : text_fields) {
        leat_request request = fresh();
        if (field != &leat_request::body_json) request.prompt = text("p");
        request.*field = Text{nullptr, 3};
        EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT);
    }
    leat_request request = fresh();
    request.prompt = text("p");
    request.messages_count = 1;
    EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT);
    request.messages_count = 0;
    request.stop_count = 1;
    EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT);
}

TEST(RequestCheckTest, texts_without_memory_inside_arrays_are_refused) {
    for (const auto& [name, field] : message_fields) {
        leat_message messages[2] = {};
        messages[0].role = text("user");
        messages[1].*field = Text{nullptr, 3};
        leat_request request = fresh();
        request.messages = messages;
        request.messages_count = 2;
        EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT) << name;
    }
    const leat_str stop[] = {text("a"), Text{nullptr, 1}};
    leat_request request = fresh();
    request.prompt = text("p");
    request.stop = stop;
    request.stop_count = 2;
    EXPECT_EQ(request_check(request), LEAT_E_ARGUMENT);
}

}  // namespace
}  // namespace leat
