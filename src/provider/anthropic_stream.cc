// provider/anthropic_stream.cc: a streamed message. Events say their kind in data.type (the SSE name
// repeats it); blocks come one after the other, each with its index. Unknown events, blocks and
// deltas are passed over, since the API adds to them. Depends on codec and base.
// Invariant: the slot holds the index of the tool call that is being told, plus one; 0: none was.
#include "base/check.h"
#include "provider/anthropic.h"
#include "provider/json_read.h"

namespace leat {

namespace {

void put(leat_stream* stream, leat_delta delta, const JsonValue& value, uint32_t tool = 0) {
    if (value.type != JsonType::string) return;
    leat_stream_put(stream, delta, 0, tool, value.raw,
                    value.escaped ? uint32_t{LEAT_PUT_ESCAPED} : 0);
}

// The next value, when it is a string.
void take_and_put(JsonCursor* at, leat_stream* stream, leat_delta delta) {
    JsonValue value;
    if (at->take_if(JsonType::string, &value)) put(stream, delta, value);
}

void read_message(leat_stream* stream, JsonCursor* at) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("id"))) {
            take_and_put(at, stream, LEAT_DELTA_RESPONSE_ID);
        } else if (json_is(key, text("model"))) {
            take_and_put(at, stream, LEAT_DELTA_MODEL);
        } else if (json_is(key, text("usage"))) {
            messages_read_usage(at, leat_stream_usage(stream));
        }
    });
}

// What content_block_start and content_block_delta say about a block.
struct Piece {
    JsonValue type;
    JsonValue text;
    JsonValue thinking;
    JsonValue partial_json;
    JsonValue id;
    JsonValue name;
    JsonValue input;
};

Piece take_piece(JsonCursor* at) {
    Piece piece;
    each_member(at, [&](const JsonValue& key) {
        JsonValue* const to = json_is(key, text("type"))           ? &piece.type
                              : json_is(key, text("text"))         ? &piece.text
                              : json_is(key, text("partial_json")) ? &piece.partial_json
                              : json_is(key, text("thinking"))     ? &piece.thinking
                              : json_is(key, text("id"))           ? &piece.id
                              : json_is(key, text("name"))         ? &piece.name
                              : json_is(key, text("input"))        ? &piece.input
                                                                   : nullptr;
        if (to != nullptr) (void)at->take(to);
    });
    return piece;
}

void begin_tool(leat_stream* stream, const Piece& piece, uint64_t index) {
    const uint32_t tool = leat_stream_tools(stream, 0);
    *leat_stream_slot(stream) = index + 1;
    leat_stream_put(stream, LEAT_DELTA_TOOL_ARGUMENTS, 0, tool, Text{}, 0);
    put(stream, LEAT_DELTA_TOOL_ID, piece.id, tool);
    put(stream, LEAT_DELTA_TOOL_NAME, piece.name, tool);
    // Here the input is empty and comes in deltas; services with the same API send it whole.
    if (!json_has_members(piece.input)) return;
    leat_stream_put(stream, LEAT_DELTA_TOOL_ARGUMENTS, 0, tool, piece.input.raw, 0);
}

void begin_block(leat_stream* stream, const Piece& piece, uint64_t index) {
    if (json_is(piece.type, text("text"))) {
        put(stream, LEAT_DELTA_TEXT, piece.text);
    } else if (json_is(piece.type, text("thinking"))) {
        put(stream, LEAT_DELTA_THINKING, piece.thinking);
    } else if (json_is(piece.type, text("tool_use"))) {
        begin_tool(stream, piece, index);
    }
}

void continue_block(leat_stream* stream, const Piece& piece, uint64_t index) {
    if (json_is(piece.type, text("text_delta"))) {
        put(stream, LEAT_DELTA_TEXT, piece.text);
    } else if (json_is(piece.type, text("thinking_delta"))) {
        put(stream, LEAT_DELTA_THINKING, piece.thinking);
    } else if (json_is(piece.type, text("input_json_delta"))) {
        if (*leat_stream_slot(stream) != index + 1) return;  // of a tool that the service runs
        put(stream, LEAT_DELTA_TOOL_ARGUMENTS, piece.partial_json,
            leat_stream_tools(stream, 0) - 1);
    }
}

void read_stop_details(leat_stream* stream, JsonCursor* at) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("explanation"))) {
            take_and_put(at, stream, LEAT_DELTA_REFUSAL);
        } else if (json_is(key, text("category"))) {
            take_and_put(at, stream, LEAT_DELTA_BLOCK_REASON);
        }
    });
}

void read_end(leat_stream* stream, JsonCursor* at) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("stop_reason"))) {
            take_and_put(at, stream, LEAT_DELTA_FINISH_REASON);
        } else if (json_is(key, text("stop_details"))) {
            read_stop_details(stream, at);
        }
    });
}

// An event's members; they may come in any order, and mean something only once all are known.
struct Told {
    JsonValue type;
    JsonValue message;
    JsonValue block;
    JsonValue delta;
    JsonValue usage;
    JsonValue error;
    uint64_t index = 0;
};

leat_status take_told(Text data, Told* told) {
    JsonCursor at(data);
    if (!at.enter_object()) return LEAT_E_PARSE;
    JsonValue key;
    while (at.member(&key)) {
        JsonValue* const to = json_is(key, text("type"))            ? &told->type
                              : json_is(key, text("message"))       ? &told->message
                              : json_is(key, text("content_block")) ? &told->block
                              : json_is(key, text("delta"))         ? &told->delta
                              : json_is(key, text("usage"))         ? &told->usage
                              : json_is(key, text("error"))         ? &told->error
                                                                    : nullptr;
        if (to != nullptr) {
            (void)at.take(to);
        } else if (json_is(key, text("index"))) {
            int64_t index = 0;
            take_count(&at, &index);
            told->index = static_cast<uint64_t>(index);
        }
    }
    return at.finish() == LEAT_OK ? LEAT_OK : LEAT_E_PARSE;
}

}  // namespace

leat_status messages_event(leat_stream* stream, const leat_event* event) {
    LEAT_CHECK(stream != nullptr && event != nullptr);
    if (equal(event->name, text("error"))) return LEAT_E_HTTP;
    if (empty(trim(event->data))) return LEAT_OK;
    Told told;
    LEAT_TRY(take_told(event->data, &told));
    const bool has_error = told.error.type == JsonType::object;
    if (json_is(told.type, text("error")) || has_error) return LEAT_E_HTTP;
    if (json_is(told.type, text("message_stop"))) return LEAT_E_DONE;
    if (json_is(told.type, text("content_block_delta"))) {
        JsonCursor at(told.delta.raw);
        continue_block(stream, take_piece(&at), told.index);
    } else if (json_is(told.type, text("content_block_start"))) {
        JsonCursor at(told.block.raw);
        begin_block(stream, take_piece(&at), told.index);
    } else if (json_is(told.type, text("message_start"))) {
        JsonCursor at(told.message.raw);
        read_message(stream, &at);
    } else if (json_is(told.type, text("message_delta"))) {
        JsonCursor at(told.delta.raw);
        read_end(stream, &at);
        JsonCursor usage(told.usage.raw);
        messages_read_usage(&usage, leat_stream_usage(stream));
    }
    return LEAT_OK;
}

leat_status messages_assembled(const void* context, uint8_t ended, leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    (void)context;
    // The reason comes with the last counts; an end marker alone is the end of nothing.
    const bool has_begun = !empty(answer->response_id) || !empty(answer->model);
    if (empty(answer->finish_reason) && (ended == 0 || !has_begun)) return LEAT_E_STREAM_CUT;
    messages_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
