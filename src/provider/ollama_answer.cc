// provider/ollama_answer.cc: reads an answer of Ollama's /api/chat: one message, its counts beside
// it. Arguments of a call are an object. An answer that is not done is none.
// Depends on codec and base. What the server leaves out stays unknown; it does so with the prompt's
// count when the whole prompt was cached.
#include "base/check.h"
#include "provider/json_read.h"
#include "provider/ollama.h"

namespace leat {

namespace {

constexpr uint32_t tool_calls_max = 128;

struct Reading {
    leat_scratch* scratch;
    leat_answer* answer;
    leat_status status = LEAT_OK;
    bool has_message = false;
    bool has_error = false;
    bool is_unfinished = false;

    void note(leat_status its) {
        if (status == LEAT_OK) status = its;
    }
    void text_into(JsonCursor* at, Text* out) { note(take_text(at, scratch, out)); }
};

void read_function(Reading* reading, JsonCursor* at, leat_tool_call* call) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("name"))) {
            reading->text_into(at, &call->name);
        } else if (json_is(key, text("arguments"))) {
            JsonValue value;
            if (!at->take(&value)) return;
            if (value.type == JsonType::object) {
                call->arguments_json = value.raw;
            } else if (value.type == JsonType::string) {
                reading->note(json_text(value, reading->scratch, &call->arguments_json));
            }
        }
    });
}

uint32_t count_objects(Text array) {
    JsonCursor at(array);
    uint32_t count = 0;
    each_element(&at, [&] {
        if (at.peek() == JsonType::object && count < tool_calls_max) ++count;
    });
    return count;
}

void read_calls(Reading* reading, JsonCursor* at) {
    JsonValue array;
    if (!at->take_if(JsonType::array, &array)) return;
    const uint32_t count = count_objects(array.raw);
    if (count == 0) return;
    leat_tool_call* const calls = reinterpret_cast<leat_tool_call*>(leat_scratch_take(
        reading->scratch, sizeof(leat_tool_call) * count, alignof(leat_tool_call)));
    if (calls == nullptr) {
        reading->note(LEAT_E_ITEM_MEMORY);
        return;
    }
    uint32_t n = 0;
    JsonCursor list(array.raw);
    each_element(&list, [&] {
        if (n == count || list.peek() != JsonType::object) return;
        leat_tool_call* const call = &calls[n++];
        *call = leat_tool_call{};
        each_member(&list, [&](const JsonValue& key) {
            if (json_is(key, text("id"))) {
                reading->text_into(&list, &call->id);
            } else if (json_is(key, text("function"))) {
                read_function(reading, &list, call);
            }
        });
        if (empty(call->arguments_json)) call->arguments_json = text("{}");
    });
    LEAT_CHECK(n == count);
    reading->answer->tool_calls = calls;
    reading->answer->tool_calls_count = count;
}

void read_message(Reading* reading, JsonCursor* at, Text body) {
    if (at->peek() != JsonType::object) return;
    const size_t begin = at->offset();
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("content"))) {
            reading->text_into(at, &reading->answer->text);
        } else if (json_is(key, text("thinking"))) {
            reading->text_into(at, &reading->answer->thinking);
        } else if (json_is(key, text("tool_calls"))) {
            read_calls(reading, at);
        }
    });
    reading->answer->turn_json = text(body.data + begin, at->offset() - begin);
    reading->has_message = true;
}

void read_top(Reading* reading, JsonCursor* at, const JsonValue& key, Text body) {
    if (json_is(key, text("message"))) {
        read_message(reading, at, body);
    } else if (json_is(key, text("model"))) {
        reading->text_into(at, &reading->answer->model);
    } else if (json_is(key, text("done_reason"))) {
        reading->text_into(at, &reading->answer->finish_reason);
    } else if (json_is(key, text("done"))) {
        JsonValue value;
        bool is_done = true;
        if (at->take(&value)) (void)json_to_bool(value, &is_done);
        reading->is_unfinished = !is_done;
    } else if (json_is(key, text("error"))) {
        const JsonType type = at->peek();
        reading->has_error = type == JsonType::string || type == JsonType::object;
    } else {
        (void)ollama_read_count(at, key, &reading->answer->usage);
    }
}

leat_finish finish_of(Text word) {
    if (empty(word)) return LEAT_FINISH_UNKNOWN;  // servers of old say none
    if (equal(word, text("stop"))) return LEAT_FINISH_STOP;
    if (equal(word, text("length"))) return LEAT_FINISH_LENGTH;
    return LEAT_FINISH_OTHER;  // load, unload: an empty prompt does just that
}

}  // namespace

bool ollama_read_count(JsonCursor* at, const JsonValue& key, leat_usage* usage) {
    LEAT_CHECK(at != nullptr && usage != nullptr);
    if (json_is(key, text("prompt_eval_count"))) {
        take_count(at, &usage->input_tokens);
        return true;
    }
    if (!json_is(key, text("eval_count"))) return false;
    take_count(at, &usage->output_tokens);
    return true;
}

void ollama_sum(leat_usage* usage) {
    LEAT_CHECK(usage != nullptr);
    const bool both = usage->input_tokens >= 0 && usage->output_tokens >= 0;
    if (both && usage->input_tokens <= INT64_MAX - usage->output_tokens) {
        usage->total_tokens = usage->input_tokens + usage->output_tokens;  // M14
    }
}

void ollama_choose_finish(leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    answer->finish = finish_of(answer->finish_reason);
    const bool is_ordinary =
        answer->finish == LEAT_FINISH_STOP || answer->finish == LEAT_FINISH_UNKNOWN;
    if (is_ordinary && answer->tool_calls_count > 0) answer->finish = LEAT_FINISH_TOOL_CALLS;
}

leat_status ollama_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer) {
    LEAT_CHECK(reply != nullptr && scratch != nullptr && answer != nullptr);
    Reading reading{scratch, answer};
    JsonCursor at(reply->body);
    if (!at.enter_object()) return LEAT_E_PARSE;
    JsonValue key;
    while (at.member(&key)) read_top(&reading, &at, key, reply->body);
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    if (reading.status != LEAT_OK) return reading.status;
    if (reading.has_error) return LEAT_E_HTTP;
    if (!reading.has_message || reading.is_unfinished) return LEAT_E_PARSE;
    ollama_sum(&answer->usage);
    ollama_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
