// cli/item.cc: a line as a whole: its members in order, then what the form at hand demands.
// The members themselves are read in item_fields.cc.
#include "cli/item.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/utf8.h"

namespace cli {

using leat::JsonCursor;
using leat::JsonType;

bool ItemParser::fail(const char* code, const char* format, ...) {
    fault_->code = code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault_->reason, sizeof fault_->reason, format, arguments);
    va_end(arguments);
    return false;
}

void ItemParser::warn_once(const Value& key) {
    if (warned_) {
        return;
    }
    warned_ = true;
    fprintf(stderr,
            "leat run: the member \"%.*s\" is unknown and ignored; to send it, put it under "
            "\"extra\" (said once)\n",
            static_cast<int>(key.raw.size < 60 ? key.raw.size : 60), key.raw.data);
}

bool ItemParser::read_member(const Value& key, const Value& value) {
    for (const Field* field = fields; field->name != nullptr; ++field) {
        if (leat::json_is(key, leat::text(field->name, strlen(field->name)))) {
            field_ = field->name;
            return value.type == JsonType::null || (this->*field->read)(value);
        }
    }
    warn_once(key);
    return true;
}

bool ItemParser::read_members(JsonCursor* at) {
    Value key;
    Value value;
    bool good = true;
    while (at->member(&key)) {
        // After a fault the rest is still walked: the line may have an id, or be no JSON at all.
        if (!at->take(&value)) {
            break;
        }
        if (good || leat::json_is(key, leat::text("id")) ||
            leat::json_is(key, leat::text("custom_id"))) {
            Fault kept = *fault_;
            if (!read_member(key, value)) {
                if (!good) {
                    *fault_ = kept;
                }
                good = false;
            }
        }
    }
    return good;
}

bool ItemParser::check_id() {
    if (request_->id.size > id_bytes_max) {
        const size_t size = request_->id.size;
        request_->id = leat_str{nullptr, 0};
        return fail("too_long_id", "the id has %zu bytes, %zu are allowed", size, id_bytes_max);
    }
    return true;
}

bool ItemParser::parse_json(const Line& line, leat_request* request, Fault* fault) {
    request_ = request;
    fault_ = fault;
    own_fields_ = false;
    url_ = leat_str{nullptr, 0};
    conversation_ = leat_str{nullptr, 0};
    image_files_.clear();
    format_ = leat_format{};
    tool_choice_ = Value{};
    has_tools_ = false;
    parts_count_ = calls_count_ = images_count_ = 0;
    *fault = Fault{"", ""};
    JsonCursor at(leat::text(line.data, line.size));
    const bool is_object = at.enter_object();
    const bool good = is_object && read_members(&at);
    const leat_status status = at.finish();
    if (status != LEAT_OK) {
        request->id = leat_str{nullptr, 0};
        return status == LEAT_E_TOO_LARGE
                   ? fail("too_deep", "nested deeper than %u levels", leat::json_depth_max)
                   : fail("invalid_json", "not valid JSON at byte %zu", at.offset() + 1);
    }
    if (!is_object) {
        return fail("not_an_object", "the line is not a JSON object");
    }
    if (!good || !check_id()) {
        return false;
    }
    if (request->method.size > 0) {
        return finish_call();
    }
    return request->body_json.size > 0 ? finish_batch_form() : finish_own_form();
}

bool ItemParser::parse_text(const Line& line, leat_request* request, Fault* fault) {
    request_ = request;
    fault_ = fault;
    conversation_ = leat_str{nullptr, 0};
    *fault = Fault{"", ""};
    request->prompt = leat_str{line.data, line.size};
    request->model = model_;
    const size_t valid = leat::utf8_valid_prefix(request->prompt);
    if (valid != line.size) {
        return fail("invalid_utf8", "not valid UTF-8 at byte %zu", valid + 1);
    }
    return true;
}

// {"custom_id","method","url","body"}: the body goes out as it is.
bool ItemParser::finish_batch_form() {
    if (own_fields_) {
        return fail("two_forms", "\"body\" stands beside members of the plain form");
    }
    Value stream;
    bool streams = false;
    if (leat::json_find(request_->body_json, leat::text("stream"), &stream) &&
        leat::json_to_bool(stream, &streams)) {
        request_->stream = streams ? LEAT_ON : LEAT_OFF;
    }
    if (override_model_) {
        request_->model = model_;
    }
    return leat::empty(url_) || take_path();
}

bool ItemParser::take_path() {
    if (leat::empty(url_) || url_.data[0] != '/') {
        return fail("invalid_field", "\"url\" must be a path such as /v1/chat/completions");
    }
    // The base URL brings its version along, so the path's own goes.
    request_->path = leat::starts_with(url_, leat::text("/v1/")) ? leat::tail(url_, 3) : url_;
    return true;
}

// {"id","method":"GET","url"}: another resource of the service, whose answer is the record's body.
bool ItemParser::finish_call() {
    if (own_fields_) {
        return fail("two_forms", "\"method\" stands beside members of the plain form");
    }
    return take_path();
}

bool ItemParser::finish_own_form() {
    if (leat::empty(request_->prompt) && request_->messages_count == 0) {
        return fail("no_prompt", "the line has no \"prompt\", \"messages\" or \"body\"");
    }
    if (!finish_tools() || !finish_images()) {
        return false;
    }
    if (!defaults_.checks() && format_.kind != LEAT_FORMAT_CHOICE) {
        format_.unchecked = 1;
    }
    if (leat::empty(request_->model)) {
        request_->model = model_;
    }
    return true;
}

}  // namespace cli
