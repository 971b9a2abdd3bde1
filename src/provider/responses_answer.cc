// provider/responses_answer.cc: reads a Responses answer. What the model said lies in items: texts
// in messages, thinking in reasoning items, calls in items of their own. One walk finds out what
// there is; a second one is made only where parts must be joined or calls listed.
// Depends on codec and base. Lenient about what is not text of the answer, strict about JSON.
#include "base/check.h"
#include "provider/json_read.h"
#include "provider/responses.h"

namespace leat {

namespace {

constexpr uint32_t tool_calls_max = 128;

enum PartKind : uint32_t { part_text, part_refusal, part_thinking, part_kinds };

struct PartType {
    Text word;
    PartKind kind;
};

constexpr PartType part_types[] = {
    {text("output_text"), part_text},
    {text("refusal"), part_refusal},
    {text("summary_text"), part_thinking},
    {text("reasoning_text"), part_thinking},
};

// Between the parts of one item's summary, as in a stream (responses_stream.cc).
constexpr Text summary_gap = text("\n\n");

struct Call {
    JsonValue type;
    JsonValue call_id;
    JsonValue name;
    JsonValue arguments;
    JsonValue input;
    bool is_function() const { return json_is(type, text("function_call")); }
    bool is_custom() const { return json_is(type, text("custom_tool_call")); }
};

// What the first walk counts.
struct Counts {
    JsonValue first[part_kinds];
    size_t raw_bytes[part_kinds] = {};
    uint32_t parts[part_kinds] = {};
    uint32_t calls = 0;

    void part(PartKind kind, const JsonValue& value, bool is_apart) {
        if (parts[kind]++ == 0) first[kind] = value;
        raw_bytes[kind] += value.raw.size + (is_apart ? summary_gap.size : 0);
    }
    void call(const Call&) { ++calls; }
};

// What the second one fills, where the first one's count made room.
struct Filling {
    leat_scratch* scratch;
    char* joined[part_kinds] = {};
    size_t capacity[part_kinds] = {};
    size_t size[part_kinds] = {};
    leat_tool_call* calls = nullptr;
    uint32_t calls_count = 0;
    uint32_t calls_filled = 0;
    leat_status status = LEAT_OK;

    void note(leat_status its) {
        if (status == LEAT_OK) status = its;
    }
    void part(PartKind kind, const JsonValue& value, bool is_apart) {
        if (joined[kind] == nullptr) return;
        if (is_apart) {
            memcpy(joined[kind] + size[kind], summary_gap.data, summary_gap.size);
            size[kind] += summary_gap.size;
        }
        size_t here = 0;
        note(json_string_decode(value.raw, joined[kind] + size[kind], capacity[kind] - size[kind],
                                &here));
        size[kind] += here;
    }
    void string(const JsonValue& value, Text* out) {
        if (value.type == JsonType::string) note(json_text(value, scratch, out));
    }
    void call(const Call& from) {
        if (calls_filled == calls_count) return;
        leat_tool_call* const call = &calls[calls_filled++];
        *call = leat_tool_call{};
        string(from.call_id, &call->id);
        string(from.name, &call->name);
        if (from.is_custom()) {
            // Free text, so the JSON text of it is a string: with its quotes, as it stands.
            const Text input = from.input.raw;
            const bool is_text = from.input.type == JsonType::string;
            if (is_text) call->arguments_json = text(input.data - 1, input.size + 2);
        } else if (from.arguments.type == JsonType::object) {
            call->arguments_json = from.arguments.raw;
        } else {
            string(from.arguments, &call->arguments_json);
        }
        if (empty(call->arguments_json)) call->arguments_json = text("{}");
    }
};

// One part of a message's content or of a reasoning item's summary.
template <typename Sink>
void walk_part(JsonCursor* at, bool is_apart, Sink* sink) {
    JsonValue type;
    JsonValue said;
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("type"))) {
            at->take(&type);
        } else if (json_is(key, text("text")) || json_is(key, text("refusal"))) {
            at->take(&said);
        }
    });
    if (said.type != JsonType::string) return;
    for (const PartType& known : part_types) {
        if (json_is(type, known.word)) sink->part(known.kind, said, is_apart);
    }
}

template <typename Sink>
void walk_item(JsonCursor* at, Sink* sink) {
    Call item;
    each_member(at, [&](const JsonValue& key) {
        const bool is_summary = json_is(key, text("summary"));
        if (is_summary || json_is(key, text("content"))) {
            bool is_first = true;
            each_element(at, [&] {
                walk_part(at, is_summary && !is_first, sink);
                is_first = false;
            });
        } else if (json_is(key, text("type"))) {
            at->take(&item.type);
        } else if (json_is(key, text("call_id"))) {
            at->take(&item.call_id);
        } else if (json_is(key, text("name"))) {
            at->take(&item.name);
        } else if (json_is(key, text("arguments"))) {
            at->take(&item.arguments);
        } else if (json_is(key, text("input"))) {
            at->take(&item.input);
        }
    });
    if (item.is_function() || item.is_custom()) sink->call(item);
}

struct Reading {
    leat_scratch* scratch;
    leat_answer* answer;
    leat_status status = LEAT_OK;
    Counts counts{};
    Text output{nullptr, 0};
    JsonValue word{};
    JsonValue incomplete_reason{};
    bool has_output = false;
    bool has_error = false;

    void note(leat_status its) {
        if (status == LEAT_OK) status = its;
    }
};

void read_output(Reading* reading, JsonCursor* at, Text body) {
    if (at->peek() != JsonType::array) return;
    const size_t begin = at->offset();
    reading->counts = Counts{};
    each_element(at, [&] { walk_item(at, &reading->counts); });
    reading->output = text(body.data + begin, at->offset() - begin);
    reading->has_output = true;
}

void read_top(Reading* reading, JsonCursor* at, const JsonValue& key, Text body) {
    if (json_is(key, text("output"))) {
        read_output(reading, at, body);
    } else if (json_is(key, text("status"))) {
        at->take(&reading->word);
    } else if (json_is(key, text("incomplete_details"))) {
        responses_take_incomplete(at, &reading->incomplete_reason);
    } else if (json_is(key, text("usage"))) {
        responses_read_usage(at, &reading->answer->usage);
    } else if (json_is(key, text("model"))) {
        reading->note(take_text(at, reading->scratch, &reading->answer->model));
    } else if (json_is(key, text("id"))) {
        reading->note(take_text(at, reading->scratch, &reading->answer->response_id));
    } else if (json_is(key, text("error"))) {
        const JsonType type = at->peek();
        reading->has_error = type == JsonType::object || type == JsonType::string;
    }
}

leat_status make_room(const Counts& counts, Filling* filling) {
    for (uint32_t kind = 0; kind < part_kinds; ++kind) {
        if (counts.parts[kind] < 2) continue;
        filling->capacity[kind] = counts.raw_bytes[kind];
        // One byte more than may be needed: memory that is not NULL says that there is something.
        filling->joined[kind] = leat_scratch_take(filling->scratch, counts.raw_bytes[kind] + 1, 1);
        if (filling->joined[kind] == nullptr) return LEAT_E_ITEM_MEMORY;
    }
    if (counts.calls == 0) return LEAT_OK;
    const uint32_t count = counts.calls < tool_calls_max ? counts.calls : tool_calls_max;
    filling->calls = reinterpret_cast<leat_tool_call*>(leat_scratch_take(
        filling->scratch, sizeof(leat_tool_call) * count, alignof(leat_tool_call)));
    if (filling->calls == nullptr) return LEAT_E_ITEM_MEMORY;
    filling->calls_count = count;
    return LEAT_OK;
}

// Joins what came in several parts and lists the calls.
leat_status fill(const Reading& reading) {
    const Counts& counts = reading.counts;
    leat_answer* const answer = reading.answer;
    Text* const texts[part_kinds] = {&answer->text, &answer->refusal, &answer->thinking};
    bool is_plain = counts.calls == 0;
    for (uint32_t kind = 0; kind < part_kinds; ++kind) {
        is_plain = is_plain && counts.parts[kind] < 2;
        if (counts.parts[kind] != 1) continue;
        LEAT_TRY(json_text(counts.first[kind], reading.scratch, texts[kind]));
    }
    if (is_plain) return LEAT_OK;
    Filling filling{reading.scratch};
    LEAT_TRY(make_room(counts, &filling));
    JsonCursor at(reading.output);
    each_element(&at, [&] { walk_item(&at, &filling); });
    LEAT_TRY(filling.status);
    for (uint32_t kind = 0; kind < part_kinds; ++kind) {
        if (filling.joined[kind] == nullptr) continue;
        *texts[kind] = text(filling.joined[kind], filling.size[kind]);
    }
    LEAT_CHECK(filling.calls_filled == filling.calls_count);
    answer->tool_calls = filling.calls;
    answer->tool_calls_count = filling.calls_count;
    return LEAT_OK;
}

}  // namespace

leat_status responses_parse(const leat_reply* reply, leat_scratch* scratch, leat_answer* answer) {
    LEAT_CHECK(reply != nullptr && scratch != nullptr && answer != nullptr);
    Reading reading{scratch, answer};
    JsonCursor at(reply->body);
    if (!at.enter_object()) return LEAT_E_PARSE;
    JsonValue key;
    while (at.member(&key)) read_top(&reading, &at, key, reply->body);
    if (at.finish() != LEAT_OK) return LEAT_E_PARSE;
    if (reading.status != LEAT_OK) return reading.status;
    if (reading.has_error || responses_has_no_answer(reading.word)) return LEAT_E_HTTP;
    if (!reading.has_output) return LEAT_E_PARSE;
    LEAT_TRY(fill(reading));
    const JsonValue word = responses_finish_word(reading.word, reading.incomplete_reason);
    if (word.type == JsonType::string) LEAT_TRY(json_text(word, scratch, &answer->finish_reason));
    answer->turn_json = reading.output;
    responses_choose_finish(answer);
    return LEAT_OK;
}

}  // namespace leat
