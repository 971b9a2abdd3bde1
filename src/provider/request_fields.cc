// provider/request_fields.cc: see request_fields.h. A body given whole sets no options: it goes out
// as it is.
#include "provider/request_fields.h"

#include "base/bytes.h"

namespace leat {

namespace {

struct NumberField {
    leat_number leat_request::*member;
    uint32_t field;
};

constexpr NumberField number_fields[] = {
    {&leat_request::temperature, LEAT_FIELD_TEMPERATURE},
    {&leat_request::top_p, LEAT_FIELD_TOP_P},
    {&leat_request::top_k, LEAT_FIELD_TOP_K},
    {&leat_request::seed, LEAT_FIELD_SEED},
    {&leat_request::presence_penalty, LEAT_FIELD_PRESENCE_PENALTY},
    {&leat_request::frequency_penalty, LEAT_FIELD_FREQUENCY_PENALTY},
    {&leat_request::thinking_budget_tokens, LEAT_FIELD_THINKING_BUDGET},
};

struct TextField {
    leat_str leat_request::*member;
    uint32_t field;
};

constexpr TextField text_fields[] = {
    {&leat_request::system, LEAT_FIELD_SYSTEM},
    {&leat_request::reasoning_effort, LEAT_FIELD_REASONING_EFFORT},
    {&leat_request::prompt_cache_key, LEAT_FIELD_PROMPT_CACHE_KEY},
    {&leat_request::cached_content, LEAT_FIELD_CACHED_CONTENT},
    {&leat_request::provider_metadata_json, LEAT_FIELD_PROVIDER_METADATA},
    {&leat_request::tools_json, LEAT_FIELD_TOOLS},
    {&leat_request::tool_choice_json, LEAT_FIELD_TOOL_CHOICE},
};

constexpr uint32_t bit_if(bool is_set, uint32_t field) { return is_set ? field : 0; }

uint32_t part_fields(const leat_part& part) {
    uint32_t fields = bit_if(part.cache_here != 0, LEAT_FIELD_CACHE_HERE);
    if (part.type == LEAT_PART_TEXT) return fields;
    fields |= part.type == LEAT_PART_IMAGE_URL ? LEAT_FIELD_IMAGE_URL : LEAT_FIELD_IMAGE_DATA;
    return fields | bit_if(!empty(part.detail), LEAT_FIELD_IMAGE_DETAIL);
}

uint32_t message_fields(const leat_request& request) {
    uint32_t fields = 0;
    for (uint32_t i = 0; i < request.messages_count; ++i) {
        const leat_message& message = request.messages[i];
        for (uint32_t k = 0; k < message.parts_count; ++k) fields |= part_fields(message.parts[k]);
    }
    return fields;
}

uint32_t tool_fields(const leat_tools& tools) {
    uint32_t fields = bit_if(tools.count > 0, LEAT_FIELD_TOOLS);
    fields |= bit_if(tools.mode != LEAT_TOOLS_UNSET, LEAT_FIELD_TOOL_CHOICE);
    fields |= bit_if(tools.parallel != LEAT_UNSET, LEAT_FIELD_PARALLEL_TOOLS);
    for (uint32_t i = 0; i < tools.count; ++i) {
        fields |= bit_if(tools.list[i].strict != 0, LEAT_FIELD_STRICT);
    }
    return fields;
}

uint32_t format_fields(const leat_format& format) {
    switch (format.kind) {
        case LEAT_FORMAT_TEXT: return 0;
        case LEAT_FORMAT_JSON: return LEAT_FIELD_FORMAT_JSON;
        case LEAT_FORMAT_JSON_SCHEMA:
        case LEAT_FORMAT_CHOICE: break;
    }
    return LEAT_FIELD_FORMAT_SCHEMA | bit_if(format.strict != 0, LEAT_FIELD_STRICT);
}

}  // namespace

uint32_t request_fields(const leat_request& request) {
    if (!empty(request.body_json)) return 0;
    uint32_t fields = message_fields(request);
    for (const NumberField& f : number_fields) {
        fields |= bit_if((request.*f.member).is_set != 0, f.field);
    }
    for (const TextField& f : text_fields) fields |= bit_if(!empty(request.*f.member), f.field);
    fields |= bit_if(request.max_output_tokens != 0, LEAT_FIELD_MAX_OUTPUT_TOKENS);
    fields |= bit_if(request.stop_count != 0, LEAT_FIELD_STOP);
    fields |= bit_if(request.thinking != LEAT_UNSET, LEAT_FIELD_THINKING);
    fields |= bit_if(request.stream == LEAT_ON, LEAT_FIELD_STREAM);
    fields |= bit_if(request.cache_prompt != LEAT_UNSET, LEAT_FIELD_CACHE_PROMPT);
    fields |= bit_if(request.choices_wanted > 1, LEAT_FIELD_CHOICES_WANTED);
    if (request.tools != nullptr) fields |= tool_fields(*request.tools);
    if (request.format != nullptr) fields |= format_fields(*request.format);
    return fields;
}

}  // namespace leat

#define LEAT_FIELD_WORD(name, bit, word) \
    case bit: return word;

const char* leat_field_name(uint32_t bit) {
    switch (bit) {
        LEAT_FIELD_LIST(LEAT_FIELD_WORD)
        default: return nullptr;
    }
}
