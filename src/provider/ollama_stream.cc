// provider/ollama_stream.cc: a stream of Ollama's /api/chat: an answer a line, each with a piece of
// the message; tool calls come whole. The last line says done and has the counts. A line with
// "error" may come at any place. Depends on codec and base.
#include "base/check.h"
#include "provider/json_read.h"
#include "provider/ollama.h"

namespace leat {

namespace {

// What one line tells beside the pieces that are put at once.
struct Line {
    leat_stream* stream;
    uint32_t tool = 0;
    bool is_done = false;
    bool has_error = false;

    void put(JsonCursor* at, leat_delta delta) const {
        JsonValue value;
        if (!at->take_if(JsonType::string, &value)) return;
        leat_stream_put(stream, delta, 0, tool, value.raw,
                        value.escaped ? uint32_t{LEAT_PUT_ESCAPED} : 0);
    }
};

void read_function(Line* line, JsonCursor* at) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("name"))) {
            line->put(at, LEAT_DELTA_TOOL_NAME);
        } else if (json_is(key, text("arguments"))) {
            JsonValue value;
            if (at->take_if(JsonType::object, &value)) {
                leat_stream_put(line->stream, LEAT_DELTA_TOOL_ARGUMENTS, 0, line->tool, value.raw,
                                0);
            } else {
                line->put(at, LEAT_DELTA_TOOL_ARGUMENTS);
            }
        }
    });
}

// The server counts calls anew in each line, so its index is of no use.
void read_call(Line* line, JsonCursor* at) {
    if (at->peek() != JsonType::object) return;
    line->tool = leat_stream_tools(line->stream, 0);
    leat_stream_put(line->stream, LEAT_DELTA_TOOL_ARGUMENTS, 0, line->tool, Text{nullptr, 0}, 0);
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("id"))) {
            line->put(at, LEAT_DELTA_TOOL_ID);
        } else if (json_is(key, text("function"))) {
            read_function(line, at);
        }
    });
    line->tool = 0;
}

void read_message(Line* line, JsonCursor* at) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("content"))) {
            line->put(at, LEAT_DELTA_TEXT);
        } else if (json_is(key, text("thinking"))) {
            line->put(at, LEAT_DELTA_THINKING);
        } else if (json_is(key, text("tool_calls"))) {
            each_element(at, [&] { read_call(line, at); });
        }
    });
}

void read_top(Line* line, JsonCursor* at, const JsonValue& key) {
    if (json_is(key, text("message"))) {
        read_message(line, at);
    } else if (json_is(key, text("model"))) {
        line->put(at, LEAT_DELTA_MODEL);
    } else if (json_is(key, text("done_reason"))) {
        line->put(at, LEAT_DELTA_FINISH_REASON);
    } else if (json_is(key, text("done"))) {
        JsonValue value;
        if (at->take(&value)) (void)json_to_bool(value, &line->is_done);
    } else if (json_is(key, text("error"))) {
        const JsonType type = at->peek();
        line->has_error = type == JsonType::string || type == JsonType::object;
    } else {
        (void)ollama_read_count(at, key, leat_stream_usage(line->stream));
    }
}

}  // namespace

leat_status ollama_event(leat_stream* stream, const leat_event* event) {
    LEAT_CHECK(stream != nullptr && event != nullptr);
    Line line{stream};
    JsonCursor at(event->data);
    if (!at.enter_object()) return LEAT_E_PARSE;
    JsonValue key;
    while (at.member(&key)) read_top(&line, &at, key);
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    if (line.has_error) return LEAT_E_HTTP;
    return line.is_done ? LEAT_E_DONE : LEAT_OK;
}

leat_status ollama_assembled(const void* context, uint8_t ended, leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    (void)context;
    if (ended == 0) return LEAT_E_STREAM_CUT;
    ollama_sum(&answer->usage);
    ollama_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
