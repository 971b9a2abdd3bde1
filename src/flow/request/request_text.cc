// flow/request/request_text.cc: see request_text.h. One walk names every array and every text of a request
// once; measuring, copying and checking are three visitors of it. A field that is added to
// leat_request is added here and nowhere else.
#include "flow/request/request_text.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {

using TextField = leat_str leat_request::*;

// Texts that belong to one request alone ...
constexpr TextField own_fields[] = {
    &leat_request::id, &leat_request::prompt, &leat_request::body_json, &leat_request::metadata,
    &leat_request::method,
};

// ... and options that a batch may give for all of its items.
constexpr TextField option_fields[] = {
    &leat_request::system,
    &leat_request::model,
    &leat_request::reasoning_effort,
    &leat_request::prompt_cache_key,
    &leat_request::cached_content,
    &leat_request::provider_metadata_json,
    &leat_request::response_format_json,
    &leat_request::tools_json,
    &leat_request::tool_choice_json,
    &leat_request::extra_json,
    &leat_request::path,
};

constexpr leat_number leat_request::*number_fields[] = {
    &leat_request::temperature,       &leat_request::top_p,
    &leat_request::top_k,             &leat_request::seed,
    &leat_request::presence_penalty,  &leat_request::frequency_penalty,
    &leat_request::thinking_budget_tokens,
};

constexpr uint32_t leat_request::*count_fields[] = {
    &leat_request::max_output_tokens,
    &leat_request::timeout_ms,
    &leat_request::choices_wanted,
};

constexpr leat_switch leat_request::*switch_fields[] = {
    &leat_request::thinking,
    &leat_request::stream,
    &leat_request::cache_prompt,
};

constexpr leat_str leat_message::*message_fields[] = {
    &leat_message::role,         &leat_message::content,         &leat_message::content_json,
    &leat_message::tool_call_id, &leat_message::tool_calls_json, &leat_message::name,
    &leat_message::turn_json,
};

// The walk. visit->array(&pointer, count) answers the elements to go on with, nullptr for none.
template <typename Visit>
void walk_call(leat_tool_call* call, Visit* visit) {
    visit->text(&call->id);
    visit->text(&call->name);
    visit->text(&call->arguments_json);
}

template <typename Visit>
void walk_message(leat_message* message, Visit* visit) {
    for (const auto field : message_fields) visit->text(&(message->*field));
    leat_part* const parts = visit->array(&message->parts, message->parts_count);
    for (uint32_t i = 0; parts != nullptr && i < message->parts_count; ++i) {
        visit->text(&parts[i].content);
        visit->text(&parts[i].media_type);
        visit->text(&parts[i].detail);
    }
    leat_tool_call* const calls = visit->array(&message->tool_calls, message->tool_calls_count);
    for (uint32_t i = 0; calls != nullptr && i < message->tool_calls_count; ++i) {
        walk_call(&calls[i], visit);
    }
}

template <typename Visit>
void walk_tools(leat_tools* tools, Visit* visit) {
    visit->text(&tools->choice);
    leat_tool* const list = visit->array(&tools->list, tools->count);
    for (uint32_t i = 0; list != nullptr && i < tools->count; ++i) {
        visit->text(&list[i].name);
        visit->text(&list[i].description);
        visit->text(&list[i].parameters_json);
    }
}

template <typename Visit>
void walk_texts(const leat_str** texts, uint32_t count, Visit* visit) {
    leat_str* const list = visit->array(texts, count);
    for (uint32_t i = 0; list != nullptr && i < count; ++i) visit->text(&list[i]);
}

template <typename Visit>
void walk(leat_request* request, Visit* visit) {
    for (const TextField field : own_fields) visit->text(&(request->*field));
    for (const TextField field : option_fields) visit->text(&(request->*field));
    leat_message* const messages = visit->array(&request->messages, request->messages_count);
    for (uint32_t i = 0; messages != nullptr && i < request->messages_count; ++i) {
        walk_message(&messages[i], visit);
    }
    walk_texts(&request->stop, request->stop_count, visit);
    leat_header* const headers = visit->array(&request->headers, request->headers_count);
    for (uint32_t i = 0; headers != nullptr && i < request->headers_count; ++i) {
        visit->text(&headers[i].name);
        visit->text(&headers[i].value);
    }
    leat_tools* const tools = visit->array(&request->tools, request->tools == nullptr ? 0 : 1);
    if (tools != nullptr) walk_tools(tools, visit);
    leat_format* const format = visit->array(&request->format, request->format == nullptr ? 0 : 1);
    if (format == nullptr) return;
    visit->text(&format->schema_json);
    visit->text(&format->name);
    visit->text(&format->description);
    walk_texts(&format->choices, format->choices_count, visit);
}

// Sums up. Writes nothing.
struct Measure {
    size_t array_bytes = 0;
    size_t text_bytes = 0;
    template <typename T>
    T* array(const T** list, uint32_t count) {
        static_assert(sizeof(T) % alignof(leat_message) == 0);
        array_bytes += sizeof(T) * count;
        return count == 0 ? nullptr : const_cast<T*>(*list);
    }
    void text(const leat_str* t) { text_bytes += t->size; }
};

// Copies arrays to one place, texts to another, and points to the copies.
struct Copy {
    char* arrays;
    char* texts;
    template <typename T>
    T* array(const T** list, uint32_t count) {
        if (count == 0) {
            *list = nullptr;
            return nullptr;
        }
        T* const copy = reinterpret_cast<T*>(arrays);
        memcpy(copy, *list, sizeof(T) * count);
        arrays += sizeof(T) * count;
        *list = copy;
        return copy;
    }
    void text(leat_str* t) {
        if (t->size == 0) {
            *t = leat_str{nullptr, 0};
            return;
        }
        LEAT_CHECK(texts != nullptr && t->data != nullptr);
        memcpy(texts, t->data, t->size);
        t->data = texts;
        texts += t->size;
    }
};

// Points to where arrays and texts have moved to, by the same distance.
struct Moved {
    ptrdiff_t by;
    template <typename T>
    T* array(const T** list, uint32_t count) {
        if (count == 0) return nullptr;
        *list = reinterpret_cast<const T*>(reinterpret_cast<const char*>(*list) + by);
        return const_cast<T*>(*list);
    }
    void text(leat_str* t) {
        if (t->size > 0) t->data += by;
    }
};

// What has bytes or elements says where they are. Writes nothing.
struct Check {
    bool sound = true;
    template <typename T>
    T* array(const T** list, uint32_t count) {
        sound = sound && (count == 0 || *list != nullptr);
        return count == 0 ? nullptr : const_cast<T*>(*list);
    }
    void text(const leat_str* t) { sound = sound && (t->size == 0 || t->data != nullptr); }
};

bool has_reserved_bits(const leat_request& request) {
    if ((request.flags & ~uint32_t{LEAT_COPY | LEAT_KEEP_STREAM}) != 0) return true;
    if (request.reserved != 0) return true;
    for (const auto field : number_fields) {
        for (const uint8_t byte : (request.*field).reserved) {
            if (byte != 0) return true;
        }
    }
    return false;
}

bool enums_are_known(const leat_request& request) {
    bool known = enum_number(request.lane) <= LEAT_LANE_BACKGROUND;
    for (const auto field : switch_fields) known &= enum_number(request.*field) <= LEAT_OFF;
    if (request.tools != nullptr) {
        known &= enum_number(request.tools->mode) <= LEAT_TOOLS_NAMED;
        known &= enum_number(request.tools->parallel) <= LEAT_OFF;
    }
    if (request.format != nullptr) {
        known &= enum_number(request.format->kind) <= LEAT_FORMAT_CHOICE;
    }
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        const leat_message& message = request.messages[i];
        for (uint32_t k = 0; k < message.parts_count; ++k) {
            known &= enum_number(message.parts[k].type) <= LEAT_PART_IMAGE_BASE64;
        }
    }
    return known;
}

// The methods of calls that have an answer with a body, as every other one's is read.
bool is_known_method(Text method) {
    constexpr Text known[] = {text("GET"), text("POST"), text("PUT"), text("PATCH"), text("DELETE")};
    for (const Text one : known) {
        if (equal(one, method)) return true;
    }
    return false;
}

// Has bytes, and shows nothing.
bool is_blank(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        const char c = t.data[i];
        if (c != ' ' && (c < '\t' || c > '\r')) return false;
    }
    return t.size > 0;
}

bool counts_fit(const leat_request& request) {
    const uint32_t tools = request.tools == nullptr ? 0 : request.tools->count;
    return request.headers_count <= request_headers_max && tools <= request_tools_max &&
           request.choices_wanted <= request_choices_max;
}

}  // namespace

size_t request_copy_bytes(const leat_request& from) {
    Measure measure;
    walk(const_cast<leat_request*>(&from), &measure);
    return measure.array_bytes + measure.text_bytes;
}

void request_copy(const leat_request& from, char* memory, leat_request* to) {
    LEAT_CHECK(memory != nullptr || request_copy_bytes(from) == 0);
    LEAT_CHECK(reinterpret_cast<uintptr_t>(memory) % alignof(leat_message) == 0);
    Measure measure;
    walk(const_cast<leat_request*>(&from), &measure);
    *to = from;
    Copy copy{memory, memory + measure.array_bytes};
    walk(to, &copy);
    LEAT_CHECK(copy.arrays == memory + measure.array_bytes);
}

size_t message_copy_bytes(const leat_message& from) {
    Measure measure;
    walk_message(const_cast<leat_message*>(&from), &measure);
    return measure.array_bytes + measure.text_bytes;
}

void message_copy(const leat_message& from, char* memory, leat_message* to) {
    LEAT_CHECK(memory != nullptr || message_copy_bytes(from) == 0);
    LEAT_CHECK(reinterpret_cast<uintptr_t>(memory) % alignof(leat_message) == 0);
    Measure measure;
    walk_message(const_cast<leat_message*>(&from), &measure);
    *to = from;
    Copy copy{memory, memory + measure.array_bytes};
    walk_message(to, &copy);
    LEAT_CHECK(copy.arrays == memory + measure.array_bytes);
}

void message_moved(leat_message* message, ptrdiff_t by) {
    Moved moved{by};
    walk_message(message, &moved);
}

leat_status messages_check(const leat_message* list, uint32_t count) {
    if (count > 0 && list == nullptr) return LEAT_E_ARGUMENT;
    leat_request request{};
    request.struct_size = sizeof request;
    request.messages = list;
    request.messages_count = count;
    return defaults_check(request);
}

void request_fill(leat_request* request, const leat_request& defaults) {
    LEAT_CHECK(request != nullptr);
    for (const TextField field : option_fields) {
        if ((request->*field).size == 0) request->*field = defaults.*field;
    }
    for (const auto field : number_fields) {
        if ((request->*field).is_set == 0) request->*field = defaults.*field;
    }
    for (const auto field : count_fields) {
        if (request->*field == 0) request->*field = defaults.*field;
    }
    for (const auto field : switch_fields) {
        if (request->*field == LEAT_UNSET) request->*field = defaults.*field;
    }
    if (request->deadline_ms == 0) request->deadline_ms = defaults.deadline_ms;
    if (request->tools == nullptr) request->tools = defaults.tools;
    if (request->format == nullptr) request->format = defaults.format;
    if (request->conversation == nullptr) request->conversation = defaults.conversation;
    if (request->context == nullptr) request->context = defaults.context;
    if (request->stop_count == 0) {
        request->stop = defaults.stop;
        request->stop_count = defaults.stop_count;
    }
    if (request->headers_count == 0) {
        request->headers = defaults.headers;
        request->headers_count = defaults.headers_count;
    }
}

leat_status defaults_check(const leat_request& request) {
    if (request.struct_size != sizeof(leat_request)) return LEAT_E_STRUCT_SIZE;
    if (has_reserved_bits(request)) return LEAT_E_RESERVED;
    Check check;
    walk(const_cast<leat_request*>(&request), &check);
    if (!check.sound || !enums_are_known(request)) return LEAT_E_ARGUMENT;
    return counts_fit(request) ? LEAT_OK : LEAT_E_TOO_MANY;
}

leat_status request_check(const leat_request& request) {
    const leat_status status = defaults_check(request);
    if (status != LEAT_OK) return status;
    // Nobody could read it (B1); without one the index names the item.
    if (is_blank(request.id)) return LEAT_E_ARGUMENT;
    const bool has_turns = request.prompt.size > 0 || request.messages_count > 0;
    const bool has_body = request.body_json.size > 0;
    if (request.method.size > 0) {
        return has_turns || !is_known_method(request.method) ? LEAT_E_ARGUMENT : LEAT_OK;
    }
    return has_turns == has_body ? LEAT_E_ARGUMENT : LEAT_OK;
}

}  // namespace leat
