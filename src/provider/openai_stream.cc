// provider/openai_stream.cc: a Chat Completions stream: chunks with deltas of one or more choices,
// usage in one of the last ones, "[DONE]" at the end (not everywhere). Lenient where services
// differ, as openai_answer.cc is. Tool calls are told apart by their index, never by their id.
#include "base/check.h"
#include "base/narrow.h"
#include "provider/json_read.h"
#include "provider/openai_chat.h"

namespace leat {

namespace {

// Where the deltas of a chunk go.
struct Chunk {
    leat_stream* stream;
    uint32_t choice = 0;
    uint32_t tool = 0;
    bool has_error = false;
    bool has_usage = false;

    // The next value, when it is a string.
    void put(JsonCursor* at, leat_delta delta) const {
        JsonValue value;
        if (!at->take_if(JsonType::string, &value)) return;
        leat_stream_put(stream, delta, choice, tool, value.raw,
                        value.escaped ? uint32_t{LEAT_PUT_ESCAPED} : 0);
    }
};

void read_function(Chunk* chunk, JsonCursor* at) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("name"))) {
            chunk->put(at, LEAT_DELTA_TOOL_NAME);
        } else if (json_is(key, text("arguments"))) {
            JsonValue value;
            if (at->take_if(JsonType::object, &value)) {
                leat_stream_put(chunk->stream, LEAT_DELTA_TOOL_ARGUMENTS, chunk->choice,
                                chunk->tool, value.raw, 0);
            } else {
                chunk->put(at, LEAT_DELTA_TOOL_ARGUMENTS);
            }
        }
    });
}

// Members come in any order, so the index is looked up before the rest is read. One over what a log
// can hold stays over it, and is refused there.
uint32_t find_index(Text object, uint32_t otherwise) {
    JsonValue value;
    int64_t number = -1;
    if (!json_find(object, text("index"), &value) || !json_to_count(value, &number)) {
        return otherwise;
    }
    return number > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(number);
}

void read_tool_call(Chunk* chunk, JsonCursor* at, uint32_t position) {
    JsonValue object;
    if (!at->take_if(JsonType::object, &object)) return;
    chunk->tool = find_index(object.raw, position);
    leat_stream_put(chunk->stream, LEAT_DELTA_TOOL_ARGUMENTS, chunk->choice, chunk->tool, Text{}, 0);
    JsonCursor inside(object.raw);
    each_member(&inside, [&](const JsonValue& key) {
        if (json_is(key, text("id"))) {
            chunk->put(&inside, LEAT_DELTA_TOOL_ID);
        } else if (json_is(key, text("function"))) {
            read_function(chunk, &inside);
        }
    });
    chunk->tool = 0;
}

// Mistral's thinking models: content as a list of {type: text|thinking ...}.
void read_part(Chunk* chunk, JsonCursor* at) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("text"))) {
            chunk->put(at, LEAT_DELTA_TEXT);
        } else if (json_is(key, text("thinking"))) {
            each_element(at, [&] {
                each_member(at, [&](const JsonValue& inner) {
                    if (json_is(inner, text("text"))) chunk->put(at, LEAT_DELTA_THINKING);
                });
            });
        }
    });
}

void read_delta(Chunk* chunk, JsonCursor* at) {
    bool has_thinking = false;  // some send the same thought under both names
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("content"))) {
            if (at->peek() == JsonType::array) {
                each_element(at, [&] { read_part(chunk, at); });
            } else {
                chunk->put(at, LEAT_DELTA_TEXT);
            }
        } else if (json_is(key, text("refusal"))) {
            chunk->put(at, LEAT_DELTA_REFUSAL);
        } else if (json_is(key, text("reasoning_content")) || json_is(key, text("reasoning"))) {
            if (has_thinking || at->peek() != JsonType::string) return;
            has_thinking = true;
            chunk->put(at, LEAT_DELTA_THINKING);
        } else if (json_is(key, text("tool_calls"))) {
            uint32_t position = 0;
            each_element(at, [&] { read_tool_call(chunk, at, position++); });
        }
    });
}

// Azure's; the last chunk has an empty one.
void put_filter_results(leat_stream* stream, JsonCursor* at) {
    JsonValue results;
    if (!at->take_if(JsonType::object, &results) || !json_has_members(results)) return;
    leat_stream_put(stream, LEAT_DELTA_SAFETY_JSON, 0, 0, results.raw, 0);
}

void read_choice(Chunk* chunk, JsonCursor* at) {
    JsonValue object;
    if (!at->take_if(JsonType::object, &object)) return;
    chunk->choice = find_index(object.raw, 0);
    JsonCursor inside(object.raw);
    each_member(&inside, [&](const JsonValue& key) {
        if (json_is(key, text("delta"))) {
            read_delta(chunk, &inside);
        } else if (json_is(key, text("finish_reason"))) {
            chunk->put(&inside, LEAT_DELTA_FINISH_REASON);
        } else if (json_is(key, text("content_filter_results")) && chunk->choice == 0) {
            put_filter_results(chunk->stream, &inside);
        } else if (json_is(key, text("error")) && inside.peek() == JsonType::object) {
            chunk->has_error = true;
        } else if (json_is(key, text("usage")) && inside.peek() == JsonType::object) {
            chat_read_usage(&inside, leat_stream_usage(chunk->stream));  // Moonshot, some vLLM
        }
    });
    chunk->choice = 0;
}

void read_member(Chunk* chunk, JsonCursor* at, const JsonValue& key) {
    if (json_is(key, text("choices"))) {
        each_element(at, [&] { read_choice(chunk, at); });
    } else if (json_is(key, text("model"))) {
        chunk->put(at, LEAT_DELTA_MODEL);
    } else if (json_is(key, text("id"))) {
        chunk->put(at, LEAT_DELTA_RESPONSE_ID);
    } else if (json_is(key, text("usage"))) {
        if (at->peek() == JsonType::object) chat_read_usage(at, leat_stream_usage(chunk->stream));
    } else if (json_is(key, text("x_groq"))) {
        each_member(at, [&](const JsonValue& inner) {
            if (json_is(inner, text("usage")) && at->peek() == JsonType::object) {
                chat_read_usage(at, leat_stream_usage(chunk->stream));
            }
        });
    } else if (json_is(key, text("error"))) {
        const JsonType type = at->peek();
        if (type == JsonType::object || type == JsonType::string) chunk->has_error = true;
    }
}

}  // namespace

leat_status chat_event(leat_stream* stream, const leat_event* event) {
    LEAT_CHECK(stream != nullptr && event != nullptr);
    if (starts_with(event->data, text("[DONE]"))) return LEAT_E_DONE;
    if (equal(event->name, text("error"))) return LEAT_E_HTTP;  // Groq
    if (empty(trim(event->data))) return LEAT_OK;
    Chunk chunk{stream};
    JsonCursor at(event->data);
    if (!at.enter_object()) return LEAT_E_PARSE;
    JsonValue key;
    while (at.member(&key)) read_member(&chunk, &at, key);
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    return chunk.has_error ? LEAT_E_HTTP : LEAT_OK;
}

leat_status chat_assembled(const void* context, uint8_t ended, leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    (void)context;
    // Neither a marker nor a reason: it was cut. (Perplexity and GPUStack send no marker.)
    if (ended == 0 && empty(answer->finish_reason)) return LEAT_E_STREAM_CUT;
    chat_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
