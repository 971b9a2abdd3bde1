// cli/item_fields.cc: the members that a line may have, in one table, and how each is read.
// null is as good as absent. A value of the wrong type is a fault that names its member.
#include <string.h>

#include "base/bytes.h"
#include "cli/item.h"
#include "codec/number.h"

namespace cli {

using leat::JsonCursor;
using leat::JsonType;

const ItemParser::Field ItemParser::fields[] = {
    {"id", &ItemParser::read_id},
    {"custom_id", &ItemParser::read_id},
    {"method", &ItemParser::read_method},
    {"url", &ItemParser::read_url},
    {"body", &ItemParser::read_body},
    {"prompt", &ItemParser::read_prompt},
    {"messages", &ItemParser::read_messages},
    {"system", &ItemParser::read_system},
    {"model", &ItemParser::read_model},
    {"temperature", &ItemParser::read_temperature},
    {"top_p", &ItemParser::read_top_p},
    {"max_tokens", &ItemParser::read_max_tokens},
    {"max_output_tokens", &ItemParser::read_max_tokens},
    {"max_completion_tokens", &ItemParser::read_max_tokens},
    {"stop", &ItemParser::read_stop},
    {"seed", &ItemParser::read_seed},
    {"presence_penalty", &ItemParser::read_presence},
    {"frequency_penalty", &ItemParser::read_frequency},
    {"reasoning_effort", &ItemParser::read_effort},
    {"response_format", &ItemParser::read_format},
    {"schema", &ItemParser::read_schema},
    {"choices", &ItemParser::read_choices},
    {"thinking", &ItemParser::read_thinking},
    {"tools", &ItemParser::read_tools},
    {"tool_choice", &ItemParser::read_tool_choice},
    {"images", &ItemParser::read_images},
    {"top_k", &ItemParser::read_top_k},
    {"n", &ItemParser::read_n},
    {"cached_content", &ItemParser::read_cached_content},
    {"stream", &ItemParser::read_stream},
    {"headers", &ItemParser::read_headers},
    {"extra", &ItemParser::read_extra},
    {"extra_body", &ItemParser::read_extra},
    {"metadata", &ItemParser::read_metadata},
    {"timeout_s", &ItemParser::read_timeout},
    {"deadline_s", &ItemParser::read_deadline},
    {"conversation", &ItemParser::read_conversation},
    {nullptr, nullptr},
};

bool ItemParser::wrong(const char* wanted) {
    return fail("invalid_field", "\"%s\" must be %s", field_, wanted);
}

// The text of a string, decoded in place.
bool ItemParser::text_of(const Value& value, leat_str* out) {
    if (value.type != JsonType::string) {
        return wrong("a string");
    }
    return leat::json_string_in_place(value, out) == LEAT_OK ||
           wrong("a string without broken escapes");
}

bool ItemParser::json_of(const Value& value, JsonType type, const char* wanted, leat_str* out) {
    if (value.type != type) {
        return wrong(wanted);
    }
    *out = value.raw;
    return true;
}

bool ItemParser::number_of(const Value& value, leat_number* out) {
    own_fields_ = true;
    if (value.type != JsonType::number || !leat::parse_double(value.raw, &out->value)) {
        return wrong("a number");
    }
    out->is_set = 1;
    return true;
}

bool ItemParser::milliseconds_of(const Value& value, uint64_t* out) {
    leat_number seconds{};
    const bool own = own_fields_;
    if (!number_of(value, &seconds)) {
        return false;
    }
    own_fields_ = own;  // both forms may have it
    if (!(seconds.value > 0 && seconds.value <= 1e6)) {
        return wrong("seconds, more than 0 and at most 1000000");
    }
    *out = static_cast<uint64_t>(seconds.value * 1000 + 0.999);
    return true;
}

bool ItemParser::read_id(const Value& value) {
    if (value.type == JsonType::number) {
        request_->id = value.raw;
        return true;
    }
    if (!text_of(value, &request_->id)) {
        return wrong("a string or a number");
    }
    return true;
}

bool ItemParser::read_method(const Value& value) {
    constexpr leat_str calls[] = {leat::text("GET"), leat::text("PUT"), leat::text("PATCH"),
                                  leat::text("DELETE")};
    leat_str method{nullptr, 0};
    if (!text_of(value, &method)) {
        return false;
    }
    for (const leat_str& one : calls) {
        if (leat::equal_ignoring_case(method, one)) {
            request_->method = one;
            return true;
        }
    }
    return leat::equal_ignoring_case(method, leat::text("POST")) ||
           wrong("\"POST\", \"GET\", \"PUT\", \"PATCH\" or \"DELETE\"");
}

bool ItemParser::read_url(const Value& value) { return text_of(value, &url_); }

bool ItemParser::read_body(const Value& value) {
    return json_of(value, JsonType::object, "an object", &request_->body_json);
}

bool ItemParser::read_prompt(const Value& value) {
    own_fields_ = true;
    return text_of(value, &request_->prompt);
}

bool ItemParser::read_system(const Value& value) {
    own_fields_ = true;
    return text_of(value, &request_->system);
}

bool ItemParser::read_model(const Value& value) {
    own_fields_ = true;
    return text_of(value, &request_->model);
}

bool ItemParser::read_temperature(const Value& value) {
    return number_of(value, &request_->temperature);
}

bool ItemParser::read_top_p(const Value& value) { return number_of(value, &request_->top_p); }

bool ItemParser::read_max_tokens(const Value& value) {
    own_fields_ = true;
    int64_t count = 0;
    if (value.type != JsonType::number || !leat::parse_int(value.raw, &count) || count < 1 ||
        count > UINT32_MAX) {
        return wrong("a whole number above 0");
    }
    request_->max_output_tokens = static_cast<uint32_t>(count);
    return true;
}

bool ItemParser::read_stop(const Value& value) {
    own_fields_ = true;
    request_->stop = stops_;
    request_->stop_count = 1;
    if (value.type == JsonType::string) {
        return text_of(value, &stops_[0]);
    }
    if (value.type != JsonType::array) {
        return wrong("a string or an array of strings");
    }
    JsonCursor at(value.raw);
    uint32_t count = 0;
    Value element;
    bool more = at.enter_array();
    while (more && at.element()) {
        if (count == stops_max) {
            return fail("too_many_stops", "more than %u stop sequences", stops_max);
        }
        if (!at.take(&element) || !text_of(element, &stops_[count])) {
            return wrong("a string or an array of strings");
        }
        ++count;
    }
    request_->stop_count = count;
    return true;
}

bool ItemParser::read_seed(const Value& value) { return number_of(value, &request_->seed); }

bool ItemParser::read_presence(const Value& value) {
    return number_of(value, &request_->presence_penalty);
}

bool ItemParser::read_frequency(const Value& value) {
    return number_of(value, &request_->frequency_penalty);
}

bool ItemParser::read_effort(const Value& value) {
    own_fields_ = true;
    return text_of(value, &request_->reasoning_effort);
}

bool ItemParser::read_top_k(const Value& value) { return number_of(value, &request_->top_k); }

bool ItemParser::read_n(const Value& value) {
    leat_number count{};
    if (!number_of(value, &count)) {
        return false;
    }
    if (!(count.value >= 1 && count.value <= 8)) {
        return wrong("a whole number from 1 to 8");
    }
    request_->choices_wanted = static_cast<uint32_t>(count.value);
    return static_cast<double>(request_->choices_wanted) == count.value ||
           wrong("a whole number from 1 to 8");
}

bool ItemParser::read_cached_content(const Value& value) {
    own_fields_ = true;
    return text_of(value, &request_->cached_content);
}

// Both forms may have it.
bool ItemParser::read_stream(const Value& value) {
    bool on = false;
    if (!leat::json_to_bool(value, &on)) {
        return wrong("true or false");
    }
    request_->stream = on ? LEAT_ON : LEAT_OFF;
    return true;
}

bool ItemParser::read_headers(const Value& value) {
    JsonCursor at(value.raw);
    Value key;
    Value text;
    if (value.type != JsonType::object || !at.enter_object()) {
        return wrong("an object of names and strings");
    }
    while (at.member(&key) && at.take(&text)) {
        if (request_->headers_count == item_headers_max) {
            return wrong("at most 8 headers");
        }
        leat_header* const header = &headers_[request_->headers_count++];
        if (!text_of(key, &header->name) || !text_of(text, &header->value)) {
            return wrong("an object of names and strings");
        }
    }
    request_->headers = headers_;
    return true;
}

bool ItemParser::read_extra(const Value& value) {
    own_fields_ = true;
    return json_of(value, JsonType::object, "an object", &request_->extra_json);
}

bool ItemParser::read_metadata(const Value& value) {
    const bool quoted = value.type == JsonType::string;
    request_->metadata = quoted ? leat_str{value.raw.data - 1, value.raw.size + 2} : value.raw;
    return true;
}

bool ItemParser::read_conversation(const Value& value) {
    if (!text_of(value, &conversation_)) {
        return false;
    }
    const bool good = conversation_.size > 0 && conversation_.size <= conversation_name_bytes;
    return good || wrong("a name of 1 to 128 bytes");
}

bool ItemParser::read_timeout(const Value& value) {
    uint64_t milliseconds = 0;
    if (!milliseconds_of(value, &milliseconds)) {
        return false;
    }
    request_->timeout_ms = static_cast<uint32_t>(milliseconds);
    return true;
}

bool ItemParser::read_deadline(const Value& value) {
    return milliseconds_of(value, &request_->deadline_ms);
}

}  // namespace cli
