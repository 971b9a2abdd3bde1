// provider/responses_stream.cc: a Responses stream: typed events. Deltas carry the text; the last
// event repeats the whole response, of which only status and usage are read. There is no end
// marker but that event. A tool call is known by its place among the items, output_index.
// Depends on codec and base. Nothing of an event is put before all of it proved to be JSON.
#include "base/check.h"
#include "provider/json_read.h"
#include "provider/responses.h"

namespace leat {

namespace {

struct DeltaType {
    Text word;
    leat_delta delta;
};

constexpr DeltaType delta_types[] = {
    {text("response.output_text.delta"), LEAT_DELTA_TEXT},
    {text("response.function_call_arguments.delta"), LEAT_DELTA_TOOL_ARGUMENTS},
    {text("response.reasoning_summary_text.delta"), LEAT_DELTA_THINKING},
    {text("response.reasoning_text.delta"), LEAT_DELTA_THINKING},
    {text("response.refusal.delta"), LEAT_DELTA_REFUSAL},
};

constexpr Text last_types[] = {
    text("response.completed"),
    text("response.incomplete"),
    text("response.failed"),
    text("response.cancelled"),
};

// The members of an event that matter, wherever they stand.
struct Event {
    JsonValue type;
    JsonValue delta;
    JsonValue output_index;
    JsonValue summary_index;
    JsonValue item;
    JsonValue response;
    bool has_error = false;
};

void take_member(Event* event, JsonCursor* at, const JsonValue& key) {
    if (json_is(key, text("type"))) {
        at->take(&event->type);
    } else if (json_is(key, text("delta"))) {
        at->take(&event->delta);
    } else if (json_is(key, text("output_index"))) {
        at->take(&event->output_index);
    } else if (json_is(key, text("summary_index"))) {
        at->take(&event->summary_index);
    } else if (json_is(key, text("item"))) {
        at->take(&event->item);
    } else if (json_is(key, text("response"))) {
        at->take(&event->response);
    } else if (json_is(key, text("error"))) {
        event->has_error = at->peek() == JsonType::object || at->peek() == JsonType::string;
    }
}

void put(leat_stream* stream, leat_delta delta, uint32_t tool, const JsonValue& value) {
    if (value.type != JsonType::string) return;
    leat_stream_put(stream, delta, 0, tool, value.raw,
                    value.escaped ? uint32_t{LEAT_PUT_ESCAPED} : 0);
}

// The tool's own number for a call that is known by its place; the newest where no place is told.
uint32_t tool_of(leat_stream* stream, const JsonValue& output_index) {
    int64_t place = 0;
    if (json_to_count(output_index, &place) && place <= UINT32_MAX) {
        return leat_stream_tool(stream, static_cast<uint32_t>(place));
    }
    const uint32_t tools = leat_stream_tools(stream, 0);
    return tools == 0 ? 0 : tools - 1;
}

// A call begins with its name; one of a custom tool, whose input is free text, is taken when it is
// whole, as a JSON string.
void read_item(leat_stream* stream, const Event& event, bool is_done) {
    JsonValue type;
    JsonValue call_id;
    JsonValue name;
    JsonValue input;
    JsonCursor at(event.item.raw);
    each_member(&at, [&](const JsonValue& key) {
        if (json_is(key, text("type"))) {
            at.take(&type);
        } else if (json_is(key, text("call_id"))) {
            at.take(&call_id);
        } else if (json_is(key, text("name"))) {
            at.take(&name);
        } else if (json_is(key, text("input"))) {
            at.take(&input);
        }
    });
    const bool is_custom = json_is(type, text("custom_tool_call"));
    if (!is_custom && !json_is(type, text("function_call"))) return;
    const uint32_t tool = tool_of(stream, event.output_index);
    if (!is_done) {
        leat_stream_put(stream, LEAT_DELTA_TOOL_ARGUMENTS, 0, tool, Text{nullptr, 0}, 0);
        put(stream, LEAT_DELTA_TOOL_ID, tool, call_id);
        put(stream, LEAT_DELTA_TOOL_NAME, tool, name);
    } else if (is_custom && input.type == JsonType::string) {
        const Text quoted = text(input.raw.data - 1, input.raw.size + 2);
        leat_stream_put(stream, LEAT_DELTA_TOOL_ARGUMENTS, 0, tool, quoted, 0);
    }
}

bool is_last(const JsonValue& type) {
    for (const Text word : last_types) {
        if (json_is(type, word)) return true;
    }
    return false;
}

// The response as it is at the beginning, or as it was at the end.
leat_status read_response(leat_stream* stream, const Event& event) {
    JsonValue status;
    JsonValue reason;
    bool has_error = false;
    JsonCursor at(event.response.raw);
    each_member(&at, [&](const JsonValue& key) {
        JsonValue value;
        if (json_is(key, text("id"))) {
            if (at.take(&value)) put(stream, LEAT_DELTA_RESPONSE_ID, 0, value);
        } else if (json_is(key, text("model"))) {
            if (at.take(&value)) put(stream, LEAT_DELTA_MODEL, 0, value);
        } else if (json_is(key, text("status"))) {
            at.take(&status);
        } else if (json_is(key, text("incomplete_details"))) {
            responses_take_incomplete(&at, &reason);
        } else if (json_is(key, text("usage"))) {
            responses_read_usage(&at, leat_stream_usage(stream));
        } else if (json_is(key, text("error"))) {
            has_error = at.peek() == JsonType::object || at.peek() == JsonType::string;
        }
    });
    if (!is_last(event.type)) return LEAT_OK;
    if (has_error || responses_has_no_answer(status)) return LEAT_E_HTTP;
    put(stream, LEAT_DELTA_FINISH_REASON, 0, responses_finish_word(status, reason));
    return LEAT_E_DONE;
}

leat_status read_event(leat_stream* stream, const Event& event) {
    for (const DeltaType& known : delta_types) {
        if (!json_is(event.type, known.word)) continue;
        const bool is_of_tool = known.delta == LEAT_DELTA_TOOL_ARGUMENTS;
        const uint32_t tool = is_of_tool ? tool_of(stream, event.output_index) : 0;
        put(stream, known.delta, tool, event.delta);
        return LEAT_OK;
    }
    if (event.response.type == JsonType::object) return read_response(stream, event);
    if (event.has_error || json_is(event.type, text("error"))) return LEAT_E_HTTP;
    if (is_last(event.type)) return LEAT_E_PARSE;  // the end of nothing
    const bool is_done = json_is(event.type, text("response.output_item.done"));
    if (is_done || json_is(event.type, text("response.output_item.added"))) {
        if (event.item.type == JsonType::object) read_item(stream, event, is_done);
        return LEAT_OK;
    }
    int64_t part = 0;
    if (json_is(event.type, text("response.reasoning_summary_part.added")) &&
        json_to_count(event.summary_index, &part) && part > 0) {
        leat_stream_put(stream, LEAT_DELTA_THINKING, 0, 0, text("\n\n"), 0);
    }
    return LEAT_OK;
}

}  // namespace

leat_status responses_event(leat_stream* stream, const leat_event* event) {
    LEAT_CHECK(stream != nullptr && event != nullptr);
    // OpenAI sends none; those who copy its API may.
    if (starts_with(event->data, text("[DONE]"))) return LEAT_E_DONE;
    if (empty(trim(event->data))) return LEAT_OK;
    JsonCursor at(event->data);
    if (!at.enter_object()) return LEAT_E_PARSE;
    Event members;
    members.type.type = JsonType::string;
    members.type.raw = event->name;  // unless the data says so too, as it does
    JsonValue key;
    while (at.member(&key)) take_member(&members, &at, key);
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    return read_event(stream, members);
}

leat_status responses_assembled(const void* context, uint8_t ended, leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    (void)context;
    if (ended == 0) return LEAT_E_STREAM_CUT;
    responses_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
