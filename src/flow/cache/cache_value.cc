// flow/cache/cache_value.cc: see cache_value.h. One table of names serves writing and reading.
// Depends on codec's JSON.
#include "flow/cache/cache_value.h"

#include "base/check.h"
#include "codec/json_scan.h"
#include "codec/json_write.h"
#include "codec/number.h"

namespace leat {

namespace {

constexpr Text prefix = text("{\"leat_answer\":1,");
constexpr size_t member_bytes = 64;   // a name, its punctuation, and a number where it has one
constexpr size_t members_most = 24;   // of one answer, besides its lists

template <typename Answer>
struct Field {
    Text name;
    Text Answer::*text;
};

constexpr Field<leat_answer> answer_fields[] = {
    {text("text"), &leat_answer::text},
    {text("refusal"), &leat_answer::refusal},
    {text("thinking"), &leat_answer::thinking},
    {text("finish_reason"), &leat_answer::finish_reason},
    {text("model"), &leat_answer::model},
    {text("response_id"), &leat_answer::response_id},
    {text("turn_json"), &leat_answer::turn_json},
    {text("safety_json"), &leat_answer::safety_json},
    {text("block_reason"), &leat_answer::block_reason},
};
constexpr Field<leat_choice> choice_fields[] = {
    {text("text"), &leat_choice::text},
    {text("refusal"), &leat_choice::refusal},
    {text("thinking"), &leat_choice::thinking},
    {text("finish_reason"), &leat_choice::finish_reason},
};
constexpr Field<leat_tool_call> call_fields[] = {
    {text("id"), &leat_tool_call::id},
    {text("name"), &leat_tool_call::name},
    {text("arguments"), &leat_tool_call::arguments_json},
};

struct Count {
    Text name;
    int64_t leat_usage::*count;
};
constexpr Count counts[] = {
    {text("input_tokens"), &leat_usage::input_tokens},
    {text("output_tokens"), &leat_usage::output_tokens},
    {text("cached_input_tokens"), &leat_usage::cached_input_tokens},
    {text("cache_write_tokens"), &leat_usage::cache_write_tokens},
    {text("reasoning_tokens"), &leat_usage::reasoning_tokens},
    {text("total_tokens"), &leat_usage::total_tokens},
};

leat_answer answer_of(const leat_result& result) {
    leat_answer answer{};
    answer.text = result.text;
    answer.refusal = result.refusal;
    answer.thinking = result.thinking;
    answer.finish = result.finish;
    answer.finish_reason = result.finish_reason;
    answer.tool_calls = result.tool_calls;
    answer.tool_calls_count = result.tool_calls_count;
    answer.choices = result.choices;
    answer.choices_count = result.choices_count;
    answer.model = result.model;
    answer.response_id = result.response_id;
    answer.turn_json = result.turn_json;
    answer.safety_json = result.safety_json;
    answer.block_reason = result.block_reason;
    answer.usage = result.usage;
    return answer;
}

// ---------------------------------------------------------------- how much room

template <typename Answer, size_t N>
size_t texts_bytes(const Answer& answer, const Field<Answer> (&fields)[N]) {
    size_t bytes = members_most * member_bytes;
    for (const Field<Answer>& field : fields) bytes += json_escaped_size(answer.*field.text);
    return bytes;
}

template <typename Answer>
size_t calls_bytes(const Answer& answer) {
    size_t bytes = 0;
    for (uint32_t i = 0; i < answer.tool_calls_count; ++i) {
        bytes += texts_bytes(answer.tool_calls[i], call_fields);
    }
    return bytes;
}

size_t bytes_most(const leat_answer& answer) {
    size_t bytes = texts_bytes(answer, answer_fields) + calls_bytes(answer);
    for (uint32_t i = 0; i < answer.choices_count; ++i) {
        bytes += texts_bytes(answer.choices[i], choice_fields) + calls_bytes(answer.choices[i]);
    }
    return bytes;
}

// ---------------------------------------------------------------- writing

template <typename Answer, size_t N>
void put_texts(JsonWriter* out, const Answer& answer, const Field<Answer> (&fields)[N]) {
    for (const Field<Answer>& field : fields) {
        if (empty(answer.*field.text)) continue;
        out->key(field.name);
        out->string(answer.*field.text);
    }
}

// What an answer and each of its choices have.
template <typename Answer>
void put_end(JsonWriter* out, const Answer& answer) {
    out->key(text("finish"));
    out->integer(answer.finish);
    if (answer.tool_calls_count == 0) return;
    out->key(text("tool_calls"));
    out->begin_array();
    for (uint32_t i = 0; i < answer.tool_calls_count; ++i) {
        out->begin_object();
        put_texts(out, answer.tool_calls[i], call_fields);
        out->end_object();
    }
    out->end_array();
}

void put_choices(JsonWriter* out, const leat_answer& answer) {
    if (answer.choices_count == 0) return;
    out->key(text("choices"));
    out->begin_array();
    for (uint32_t i = 0; i < answer.choices_count; ++i) {
        out->begin_object();
        put_texts(out, answer.choices[i], choice_fields);
        put_end(out, answer.choices[i]);
        out->end_object();
    }
    out->end_array();
}

void put_usage(JsonWriter* out, const leat_usage& usage) {
    out->key(text("usage"));
    out->begin_object();
    for (const Count& count : counts) {
        if (usage.*count.count == LEAT_TOKENS_UNKNOWN) continue;
        out->key(count.name);
        out->integer(usage.*count.count);
    }
    out->end_object();
}

// ---------------------------------------------------------------- reading

// True when the member was one of those.
template <typename Answer, size_t N>
bool take_text(JsonCursor* at, const JsonValue& key, const Field<Answer> (&fields)[N], Answer* answer,
               bool* is_sound) {
    for (const Field<Answer>& field : fields) {
        if (!json_is(key, field.name)) continue;
        JsonValue value;
        const bool is_text =
            at->take(&value) && json_string_in_place(value, &(answer->*field.text)) == LEAT_OK;
        *is_sound = *is_sound && is_text;
        return true;
    }
    return false;
}

uint32_t count_elements(Text array) {
    JsonCursor at(array);
    uint32_t count = 0;
    if (!at.enter_array()) return 0;
    while (at.element()) ++count;
    return count;
}

// For each element of the array a zeroed T, which read() fills in; nullptr when there are none.
template <typename T, typename Read>
leat_status read_list(const JsonValue& array, Arena* arena, const T** list, uint32_t* count, Read read) {
    if (array.type != JsonType::array) return LEAT_E_JSON;
    *count = count_elements(array.raw);
    *list = nullptr;
    if (*count == 0) return LEAT_OK;
    T* const made = arena->make<T>(*count);
    if (made == nullptr) return LEAT_E_ITEM_MEMORY;
    *list = made;
    JsonCursor at(array.raw);
    if (!at.enter_array()) return LEAT_E_JSON;
    for (uint32_t i = 0; at.element(); ++i) {
        made[i] = T{};
        JsonValue element;
        if (!at.take(&element)) return LEAT_E_JSON;
        LEAT_TRY(read(element, &made[i]));
    }
    return LEAT_OK;
}

leat_status read_call(const JsonValue& object, leat_tool_call* call) {
    JsonCursor at(object.raw);
    JsonValue key;
    bool is_sound = at.enter_object();
    while (is_sound && at.member(&key)) (void)take_text(&at, key, call_fields, call, &is_sound);
    return is_sound ? LEAT_OK : LEAT_E_JSON;
}

// True when the member was one of those that an answer and a choice both have.
template <typename Answer>
bool take_end(JsonCursor* at, const JsonValue& key, Arena* arena, Answer* answer, leat_status* status) {
    JsonValue value;
    if (json_is(key, text("finish"))) {
        int64_t number = -1;
        at->take_count(&number);
        const bool is_known = number >= LEAT_FINISH_UNKNOWN && number <= LEAT_FINISH_OTHER;
        if (!is_known) *status = LEAT_E_JSON;
        answer->finish = is_known ? static_cast<leat_finish>(number) : LEAT_FINISH_UNKNOWN;
        return true;
    }
    if (!json_is(key, text("tool_calls"))) return false;
    if (!at->take(&value)) *status = LEAT_E_JSON;
    if (*status == LEAT_OK) {
        *status = read_list(value, arena, &answer->tool_calls, &answer->tool_calls_count, read_call);
    }
    return true;
}

leat_status read_choice(const JsonValue& object, Arena* arena, leat_choice* choice) {
    JsonCursor at(object.raw);
    JsonValue key;
    leat_status status = LEAT_OK;
    bool is_sound = at.enter_object();
    while (is_sound && status == LEAT_OK && at.member(&key)) {
        if (take_text(&at, key, choice_fields, choice, &is_sound)) continue;
        (void)take_end(&at, key, arena, choice, &status);
    }
    return is_sound ? status : LEAT_E_JSON;
}

void read_usage(JsonCursor* at, leat_usage* usage) {
    if (!at->enter_object()) return;
    JsonValue key;
    while (at->member(&key)) {
        for (const Count& count : counts) {
            if (json_is(key, count.name)) at->take_count(&(usage->*count.count));
        }
    }
}

leat_status read_choices(JsonCursor* at, Arena* arena, leat_answer* answer) {
    JsonValue value;
    if (!at->take(&value)) return LEAT_E_JSON;
    return read_list(value, arena, &answer->choices, &answer->choices_count,
                     [arena](const JsonValue& object, leat_choice* choice) {
                         return read_choice(object, arena, choice);
                     });
}

}  // namespace

bool is_value(Text t) { return starts_with(t, prefix); }

Text write_value(const leat_result& result, Arena* arena) {
    const leat_answer answer = answer_of(result);
    const size_t capacity = bytes_most(answer);
    char* const place = capacity > arena->room() ? nullptr : arena->extend(capacity);
    if (place == nullptr) return Text{nullptr, 0};
    JsonWriter out(place, capacity);
    out.begin_object();
    out.key(text("leat_answer"));
    out.integer(1);
    put_texts(&out, answer, answer_fields);
    put_end(&out, answer);
    put_choices(&out, answer);
    put_usage(&out, answer.usage);
    out.end_object();
    LEAT_CHECK(out.ok() && out.complete());
    return out.written();
}

leat_status read_value(char* value, size_t size, Arena* arena, leat_answer* answer) {
    // Decoding a text overwrites it, so the whole is checked before.
    LEAT_TRY(json_validate(text(value, size), json_depth_max, nullptr));
    JsonCursor at(text(value, size));
    JsonValue key;
    leat_status status = LEAT_OK;
    bool is_sound = at.enter_object();
    while (is_sound && status == LEAT_OK && at.member(&key)) {
        if (take_text(&at, key, answer_fields, answer, &is_sound)) continue;
        if (take_end(&at, key, arena, answer, &status)) continue;
        if (json_is(key, text("choices"))) status = read_choices(&at, arena, answer);
        if (json_is(key, text("usage"))) read_usage(&at, &answer->usage);
    }
    return is_sound && status == LEAT_OK ? at.finish() : status != LEAT_OK ? status : LEAT_E_JSON;
}

}  // namespace leat
