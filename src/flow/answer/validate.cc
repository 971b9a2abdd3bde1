// flow/answer/validate.cc: see validate.h. Depends on codec's schema check and scanner.
// A body or a response_format that goes out as it is replaces the format, so nothing is checked then.
#include "flow/answer/validate.h"

#include "base/check.h"
#include "codec/json_scan.h"
#include "codec/json_schema.h"
#include "flow/item.h"

namespace leat {

namespace {

constexpr SchemaBounds bounds = {format_work_max, format_depth_max, false};
constexpr SchemaBounds bounds_validated = {format_work_max, format_depth_max, true};
constexpr Text any_object = text("{\"type\":\"object\"}");

leat_status tell(leat_status status, const SchemaFault& fault, FormatFinding* finding) {
    const Text path = text(fault.path, fault.path_size);
    const Text detail = text(fault.detail, fault.detail_size);
    finding->put(empty(path) ? text("(root)") : path);
    if (fault.path_cut != 0) finding->put(text("..."));
    finding->put(text(": "));
    if (!starts_with(detail, fault.rule)) {
        finding->put(fault.rule);
        finding->put(text(" "));
    }
    finding->put(detail);
    finding->status = status;
    return status;
}

leat_status tell(leat_status status, Text message, FormatFinding* finding) {
    finding->put(message);
    finding->status = status;
    return status;
}

// The model's text is no answer to the question: what the format says does not apply to it.
bool is_exempt(const leat_result& result) {
    return !empty(result.refusal) || result.finish == LEAT_FINISH_REFUSAL ||
           result.finish == LEAT_FINISH_CONTENT_FILTER || result.tool_calls_count > 0;
}

leat_status check_schema(Text schema, const leat_result& result, FormatFinding* finding) {
    SchemaFault fault;
    const leat_status status = json_schema_check(schema, result.text, &fault, bounds_validated);
    if (status == LEAT_OK) return LEAT_OK;
    if (status == LEAT_E_TOO_LARGE) {
        return tell(status, text("the answer or the schema is too deep or too large to be checked"),
                    finding);
    }
    if (status == LEAT_E_CONFIG) return tell(status, fault, finding);
    return tell(LEAT_E_SCHEMA, fault, finding);
}

// Index of the choice that this is, or of the first that differs in case only; -1.
int32_t find_choice(const leat_format& format, Text t) {
    for (uint32_t i = 0; i < format.choices_count; ++i) {
        if (equal(format.choices[i], t)) return static_cast<int32_t>(i);
    }
    for (uint32_t i = 0; i < format.choices_count; ++i) {
        if (equal_ignoring_case(format.choices[i], t)) return static_cast<int32_t>(i);
    }
    return -1;
}

// A model that was given a schema answers {"choice":"..."}; some answer "..." with its quotes.
bool find_named(Text reply, JsonValue* named) {
    if (json_find(reply, text("choice"), named)) return named->type == JsonType::string;
    JsonCursor at(reply);
    return at.take_if(JsonType::string, named) && at.finish() == LEAT_OK;
}

leat_status take_choice(const leat_format& format, Item* item) {
    leat_result* const result = &item->result;
    const Text reply = json_trim(result->text);
    int32_t choice = find_choice(format, reply);
    JsonValue named;
    if (choice < 0 && find_named(reply, &named)) {
        Text decoded = named.raw;
        if (named.escaped) {
            char* const room = static_cast<char*>(item->arena.take(named.raw.size, 1));
            if (room == nullptr) return LEAT_E_ITEM_MEMORY;
            LEAT_TRY(json_string_decode(named.raw, room, named.raw.size, &decoded.size));
            decoded.data = room;
        }
        choice = find_choice(format, json_trim(decoded));
    }
    if (choice < 0) return LEAT_OK;  // P20: no failure, the text stays
    // Copied: the result may outlive the request's own texts.
    Text copy{nullptr, 0};
    if (!item->arena.copy(format.choices[choice], &copy)) return LEAT_E_ITEM_MEMORY;
    result->choice = choice;
    result->text = copy;
    return LEAT_OK;
}

}  // namespace

void FormatFinding::put(Text t) {
    const Text part = head(t, sizeof bytes - size);
    if (part.size > 0) memcpy(bytes + size, part.data, part.size);
    size += static_cast<uint32_t>(part.size);
}

const leat_format* checked_format(const leat_request& request) {
    const leat_format* const format = request.format;
    if (format == nullptr || format->unchecked != 0) return nullptr;
    return empty(request.body_json) && empty(request.response_format_json) ? format : nullptr;
}

leat_status format_validate(const leat_format& format, FormatFinding* finding) {
    LEAT_CHECK(finding != nullptr && finding->size == 0);
    if (format.kind == LEAT_FORMAT_CHOICE && format.choices_count == 0) {
        return tell(LEAT_E_CONFIG, text("the format has no choices"), finding);
    }
    if (format.kind != LEAT_FORMAT_JSON_SCHEMA) return LEAT_OK;
    SchemaFault fault;
    const leat_status status = json_schema_validate(format.schema_json, &fault, bounds);
    if (status == LEAT_OK) return LEAT_OK;
    if (status == LEAT_E_TOO_LARGE) {
        return tell(LEAT_E_CONFIG, text("(root): the schema is too deep or too large"), finding);
    }
    return tell(LEAT_E_CONFIG, fault, finding);
}

leat_status format_check(Item* item, FormatFinding* finding) {
    LEAT_CHECK(item != nullptr && finding != nullptr && finding->size == 0);
    item->result.choice = -1;
    const leat_format* const format = checked_format(*item->asked);
    if (format == nullptr || is_exempt(item->result)) return LEAT_OK;
    leat_status status = LEAT_OK;
    switch (format->kind) {
        case LEAT_FORMAT_TEXT: return LEAT_OK;
        case LEAT_FORMAT_JSON: return check_schema(any_object, item->result, finding);
        case LEAT_FORMAT_JSON_SCHEMA:
            return check_schema(format->schema_json, item->result, finding);
        case LEAT_FORMAT_CHOICE: status = take_choice(*format, item); break;
    }
    finding->status = status;
    return status;
}

}  // namespace leat
