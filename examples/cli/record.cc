// cli/record.cc: the JSON form of a record, but for its object "leat". The answer's body stands in
// it as it came when it is valid JSON (line ends between its tokens taken out), else as a string;
// a stream has none.
#include "cli/record.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/impact.h"
#include "codec/json_scan.h"
#include "codec/utf8.h"

namespace cli {

using leat::JsonWriter;

namespace {

leat_status status_of_fault(const char* code) {
    if (strcmp(code, "invalid_json") == 0) {
        return LEAT_E_JSON;
    }
    if (strcmp(code, "invalid_utf8") == 0) {
        return LEAT_E_TEXT;
    }
    return strncmp(code, "too_", 4) == 0 ? LEAT_E_TOO_LARGE : LEAT_E_ARGUMENT;
}

size_t end_line(const JsonWriter& json, char* out, size_t capacity) {
    const size_t size = json.written().size;
    if (!json.ok() || size >= capacity) {
        return 0;
    }
    out[size] = '\n';
    return size + 1;
}

}  // namespace

// The body as a string and the text each up to six bytes a byte, and the small members.
size_t record_bytes_max(size_t item_bytes) { return item_bytes * 13 + 256 * 1024; }

bool RecordWriter::open(Format format, size_t item_bytes) {
    format_ = format;
    return scratch_.map(item_bytes * 3 + 4096);  // U+FFFD takes three bytes
}

// The same text with each byte that is no UTF-8 replaced by U+FFFD.
leat_str RecordWriter::clean(leat_str text) {
    char* const scratch = static_cast<char*>(scratch_.data());
    size_t valid = leat::utf8_valid_prefix(text);
    if (valid == text.size || text.size * 3 > scratch_.bytes()) {
        return leat::head(text, valid);
    }
    size_t size = 0;
    while (!leat::empty(text)) {
        memcpy(scratch + size, text.data, valid);
        size += valid;
        text = leat::tail(text, valid);
        if (!leat::empty(text)) {
            memcpy(scratch + size, "\xEF\xBF\xBD", 3);
            size += 3;
            text = leat::tail(text, 1);
        }
        valid = leat::utf8_valid_prefix(text);
    }
    return leat::text(scratch, size);
}

// Valid JSON without line ends and the blanks behind them; inside a string there can be none.
leat_str RecordWriter::one_line(leat_str json) {
    char* const scratch = static_cast<char*>(scratch_.data());
    if (leat::find_byte(json, '\n') == leat::not_found &&
        leat::find_byte(json, '\r') == leat::not_found) {
        return json;
    }
    size_t size = 0;
    bool indent = false;
    for (size_t i = 0; i < json.size && size < scratch_.bytes(); ++i) {
        const char c = json.data[i];
        const bool line_end = c == '\n' || c == '\r';
        indent = line_end || (indent && (c == ' ' || c == '\t'));
        if (!indent) {
            scratch[size++] = c;
        }
    }
    return leat::text(scratch, size);
}

// Where the last request went; nullptr: there is but one such place, or none was sent.
const char* RecordWriter::who(const leat_result& result) const {
    const bool several = service_ != nullptr && service_->targets_count > 1;
    const ServiceTarget* const owner = several && result.attempts + result.rate_limited > 0
                                           ? service_->owner(result.endpoint)
                                           : nullptr;
    return owner != nullptr ? owner->name : nullptr;
}

size_t RecordWriter::json_result(const leat_result& result, const RunFacts& run, char* out,
                                 size_t capacity) {
    JsonWriter json(out, capacity);
    json.begin_object();
    json.key(leat::text("id"));
    json.string(result.id);
    json.key(leat::text("custom_id"));
    json.string(result.id);
    json.key(leat::text("response"));
    if (result.http_status == 0) {
        json.null();
    } else {
        json.begin_object();
        json.key(leat::text("status_code"));
        json.integer(result.http_status);
        put_text(&json, "request_id", clean(result.request_id));
        json.key(leat::text("body"));
        if (result.streamed != 0 && leat::empty(result.body)) {
            json.null();
        } else if (leat::json_validate(result.body, leat::json_depth_max, nullptr) == LEAT_OK) {
            json.raw(one_line(result.body));
        } else {
            json.string(clean(result.body));
        }
        json.end_object();
    }
    json.key(leat::text("error"));
    if (result.outcome == LEAT_SUCCEEDED) {
        json.null();
    } else {
        const bool told = !leat::empty(result.error_code);
        const bool said = !leat::empty(result.error_message);
        json.begin_object();
        json.key(leat::text("code"));
        json.string(told ? clean(result.error_code) : leat::text_of(leat_status_word(result.status)));
        json.key(leat::text("message"));
        json.string(said ? clean(result.error_message) : leat::text_of(leat_status_hint(result.status)));
        json.end_object();
    }
    leat_footprint footprint;
    const bool known = service_ != nullptr && footprint_of(*service_, result, &footprint);
    write_leat(&json, result, run, who(result), known ? &footprint : nullptr);
    json.end_object();
    return end_line(json, out, capacity);
}

size_t RecordWriter::result(const leat_result& result, const RunFacts& run, char* out,
                            size_t capacity) {
    return format_ == Format::jsonl ? json_result(result, run, out, capacity)
                                    : people_result(result, out, capacity);
}

size_t RecordWriter::fault(leat_str id, leat_str metadata, uint64_t index, uint64_t line,
                           const Fault& fault, char* out, size_t capacity) {
    char message[256];
    const int size = snprintf(message, sizeof message, "line %llu: %s",
                              static_cast<unsigned long long>(line), fault.reason);
    leat_result result{};
    result.outcome = LEAT_FAILED;
    result.status = status_of_fault(fault.code);
    result.id = id;
    result.metadata = metadata;
    result.user_number = index;
    result.error_code = leat::text_of(fault.code);
    result.error_message = leat::text(message, static_cast<size_t>(size));
    result.cost_usd = -1;
    result.usage = leat_usage{-1, -1, -1, -1, -1, -1};
    result.timing = leat_timing{-1, -1, -1, -1, -1, -1};
    return this->result(result, RunFacts{-1, nullptr}, out, capacity);
}

}  // namespace cli
