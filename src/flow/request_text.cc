// flow/request_text.cc: see request_text.h. The tables name every text once; a field that is added
// to leat_request is added here and nowhere else.
#include "flow/request_text.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {

using TextField = leat_str leat_request::*;

constexpr TextField text_fields[] = {
    &leat_request::id,
    &leat_request::prompt,
    &leat_request::system,
    &leat_request::model,
    &leat_request::reasoning_effort,
    &leat_request::response_format_json,
    &leat_request::tools_json,
    &leat_request::tool_choice_json,
    &leat_request::extra_json,
    &leat_request::body_json,
    &leat_request::path,
    &leat_request::metadata,
};

// Options that a batch may give for all of its items.
constexpr TextField default_fields[] = {
    &leat_request::system,
    &leat_request::model,
    &leat_request::reasoning_effort,
    &leat_request::response_format_json,
    &leat_request::tools_json,
    &leat_request::tool_choice_json,
    &leat_request::extra_json,
    &leat_request::path,
};

constexpr leat_number leat_request::*number_fields[] = {
    &leat_request::temperature,      &leat_request::top_p,
    &leat_request::seed,             &leat_request::presence_penalty,
    &leat_request::frequency_penalty,
};

constexpr leat_str leat_message::*message_fields[] = {
    &leat_message::role,         &leat_message::content,         &leat_message::content_json,
    &leat_message::tool_call_id, &leat_message::tool_calls_json,
};

size_t arrays_bytes(const leat_request& from) {
    return sizeof(leat_message) * from.messages_count + sizeof(leat_str) * from.stop_count;
}

void copy_text(char** at, leat_str* t) {
    if (t->size == 0) {
        *t = leat_str{nullptr, 0};
        return;
    }
    memcpy(*at, t->data, t->size);
    t->data = *at;
    *at += t->size;
}

// A text that has bytes says where they are.
bool is_sound(const leat_str& t) { return t.size == 0 || t.data != nullptr; }

bool is_zero(const uint8_t (&bytes)[7]) {
    constexpr uint8_t zero[sizeof bytes] = {};
    return memcmp(bytes, zero, sizeof bytes) == 0;
}

}  // namespace

size_t request_copy_bytes(const leat_request& from) {
    size_t bytes = arrays_bytes(from);
    for (const TextField field : text_fields) bytes += (from.*field).size;
    for (uint32_t i = 0; i < from.messages_count; ++i) {
        for (const auto field : message_fields) bytes += (from.messages[i].*field).size;
    }
    for (uint32_t i = 0; i < from.stop_count; ++i) bytes += from.stop[i].size;
    return bytes;
}

void request_copy(const leat_request& from, char* memory, leat_request* to) {
    LEAT_CHECK(memory != nullptr || request_copy_bytes(from) == 0);
    LEAT_CHECK(reinterpret_cast<uintptr_t>(memory) % alignof(leat_message) == 0);
    *to = from;
    leat_message* const messages = reinterpret_cast<leat_message*>(memory);
    leat_str* const stop = reinterpret_cast<leat_str*>(messages + from.messages_count);
    char* at = memory + arrays_bytes(from);
    for (const TextField field : text_fields) copy_text(&at, &(to->*field));
    for (uint32_t i = 0; i < from.messages_count; ++i) {
        messages[i] = from.messages[i];
        for (const auto field : message_fields) copy_text(&at, &(messages[i].*field));
    }
    for (uint32_t i = 0; i < from.stop_count; ++i) {
        stop[i] = from.stop[i];
        copy_text(&at, &stop[i]);
    }
    to->messages = from.messages_count > 0 ? messages : nullptr;
    to->stop = from.stop_count > 0 ? stop : nullptr;
}

void request_fill(leat_request* request, const leat_request& defaults) {
    LEAT_CHECK(request != nullptr);
    for (const TextField field : default_fields) {
        if ((request->*field).size == 0) request->*field = defaults.*field;
    }
    for (const auto field : number_fields) {
        if ((request->*field).is_set == 0) request->*field = defaults.*field;
    }
    if (request->max_output_tokens == 0) request->max_output_tokens = defaults.max_output_tokens;
    if (request->timeout_ms == 0) request->timeout_ms = defaults.timeout_ms;
    if (request->deadline_ms == 0) request->deadline_ms = defaults.deadline_ms;
    if (request->stop_count == 0) {
        request->stop = defaults.stop;
        request->stop_count = defaults.stop_count;
    }
}

leat_status defaults_check(const leat_request& request) {
    if (request.struct_size != sizeof(leat_request)) return LEAT_E_STRUCT_SIZE;
    if (request.reserved != 0 || (request.flags & ~uint32_t{LEAT_COPY}) != 0) {
        return LEAT_E_RESERVED;
    }
    for (const auto field : number_fields) {
        if (!is_zero((request.*field).reserved)) return LEAT_E_RESERVED;
    }
    if (request.messages_count > 0 && request.messages == nullptr) return LEAT_E_ARGUMENT;
    if (request.stop_count > 0 && request.stop == nullptr) return LEAT_E_ARGUMENT;
    for (const TextField field : text_fields) {
        if (!is_sound(request.*field)) return LEAT_E_ARGUMENT;
    }
    for (uint32_t i = 0; i < request.stop_count; ++i) {
        if (!is_sound(request.stop[i])) return LEAT_E_ARGUMENT;
    }
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        for (const auto field : message_fields) {
            if (!is_sound(request.messages[i].*field)) return LEAT_E_ARGUMENT;
        }
    }
    return LEAT_OK;
}

leat_status request_check(const leat_request& request) {
    const leat_status status = defaults_check(request);
    if (status != LEAT_OK) return status;
    const bool has_turns = request.prompt.size > 0 || request.messages_count > 0;
    const bool has_body = request.body_json.size > 0;
    return has_turns == has_body ? LEAT_E_ARGUMENT : LEAT_OK;
}

}  // namespace leat
