// cli/record_read.cc: see record_read.h. Members that are not ours, or not of their type, are as good
// as absent: a file may come from an older leat, or from another program that writes OpenAI's form.
#include "cli/record_read.h"

#include <leat/status.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/json_scan.h"
#include "codec/number.h"

namespace cli {

using leat::JsonCursor;
using leat::JsonType;
using leat::JsonValue;

namespace {

constexpr double number_most = 1e15;  // days since the beginning of the world, and dollars in it

void take_text(JsonCursor* at, leat_str* out) {
    JsonValue value;
    if (!at->take_if(JsonType::string, &value)) {
        return;
    }
    if (leat::json_string_in_place(value, out) != LEAT_OK) {
        out->size = 0;
    }
}

void take_number(JsonCursor* at, double* out) {
    JsonValue value;
    double number = 0;
    if (at->take_if(JsonType::number, &value) && leat::parse_double(value.raw, &number) &&
        number >= 0 && number <= number_most) {
        *out = number;
    }
}

struct TextField {
    const char* name;
    leat_str RecordFacts::*field;
};

struct NumberField {
    const char* name;
    double RecordFacts::*field;
};

struct CountField {
    const char* name;
    int64_t RecordFacts::*field;
};

constexpr TextField leat_texts[] = {{"status", &RecordFacts::status},
                                    {"model", &RecordFacts::model},
                                    {"endpoint", &RecordFacts::endpoint}};
constexpr TextField error_texts[] = {{"code", &RecordFacts::error_code},
                                     {"message", &RecordFacts::error_message}};
constexpr NumberField leat_numbers[] = {{"cost_usd", &RecordFacts::cost_usd},
                                        {"energy_kwh", &RecordFacts::energy_kwh},
                                        {"gwp_kgco2eq", &RecordFacts::gwp_kgco2eq},
                                        {"started_ms", &RecordFacts::started_ms}};
constexpr NumberField timing_numbers[] = {{"queued", &RecordFacts::queued_ms},
                                          {"first_byte", &RecordFacts::first_byte_ms},
                                          {"first_token", &RecordFacts::first_token_ms},
                                          {"total", &RecordFacts::total_ms},
                                          {"item", &RecordFacts::item_ms}};
constexpr CountField leat_counts[] = {{"attempts", &RecordFacts::attempts},
                                      {"rate_limited", &RecordFacts::rate_limited},
                                      {"tool_rounds", &RecordFacts::tool_rounds}};
constexpr CountField usage_counts[] = {{"input_tokens", &RecordFacts::input_tokens},
                                       {"output_tokens", &RecordFacts::output_tokens},
                                       {"cached_input_tokens", &RecordFacts::cached_input_tokens},
                                       {"reasoning_tokens", &RecordFacts::reasoning_tokens}};

bool is(const JsonValue& key, const char* name) { return leat::json_is(key, leat::text_of(name)); }

template <size_t N>
void read_texts(JsonCursor* at, const JsonValue& key, const TextField (&fields)[N],
                RecordFacts* facts) {
    for (const TextField& one : fields) {
        if (is(key, one.name)) {
            take_text(at, &(facts->*one.field));
        }
    }
}

template <size_t N>
void read_numbers(JsonCursor* at, const JsonValue& key, const NumberField (&fields)[N],
                  RecordFacts* facts) {
    for (const NumberField& one : fields) {
        if (is(key, one.name)) {
            take_number(at, &(facts->*one.field));
        }
    }
}

template <size_t N>
void read_counts(JsonCursor* at, const JsonValue& key, const CountField (&fields)[N],
                 RecordFacts* facts) {
    for (const CountField& one : fields) {
        if (is(key, one.name)) {
            double number = -1;
            take_number(at, &number);
            facts->*one.field = static_cast<int64_t>(number);
        }
    }
}

void read_limited(JsonCursor* at, RecordFacts* facts) {
    JsonValue key;
    if (!at->enter_object()) {
        return;
    }
    while (at->member(&key)) {
        for (int i = 0; i < limiters_count; ++i) {
            if (is(key, leat_limiter_name(static_cast<leat_limiter>(i)))) {
                take_number(at, &facts->limited_ms[i]);
            }
        }
    }
}

void read_leat(JsonCursor* at, RecordFacts* facts) {
    JsonValue key;
    if (!at->enter_object()) {
        return;
    }
    while (at->member(&key)) {
        read_texts(at, key, leat_texts, facts);
        read_numbers(at, key, leat_numbers, facts);
        read_counts(at, key, leat_counts, facts);
        JsonValue cached;
        if (is(key, "cached") && at->take_if(JsonType::boolean, &cached)) {
            facts->cached = leat::equal(cached.raw, leat::text("true"));
        } else if (is(key, "limited_ms")) {
            read_limited(at, facts);
        } else if (is(key, "usage") && at->enter_object()) {
            while (at->member(&key)) {
                read_counts(at, key, usage_counts, facts);
            }
        } else if (is(key, "timing_ms") && at->enter_object()) {
            while (at->member(&key)) {
                read_numbers(at, key, timing_numbers, facts);
            }
        }
    }
}

// The body's model is for records that do not name it themselves.
void read_response(JsonCursor* at, leat_str* body_model, RecordFacts* facts) {
    JsonValue key;
    if (!at->enter_object()) {
        return;
    }
    while (at->member(&key)) {
        if (is(key, "status_code")) {
            double status = 0;
            take_number(at, &status);
            facts->http_status = status < 1000 ? static_cast<int32_t>(status) : 0;
        } else if (is(key, "body") && at->enter_object()) {
            while (at->member(&key)) {
                if (is(key, "model") || is(key, "modelVersion")) {
                    take_text(at, body_model);
                }
            }
        }
    }
}

void forget(RecordFacts* facts) {
    *facts = RecordFacts{};
    for (const NumberField& one : leat_numbers) {
        facts->*one.field = -1;
    }
    for (const NumberField& one : timing_numbers) {
        facts->*one.field = -1;
    }
    for (const CountField& one : leat_counts) {
        facts->*one.field = -1;
    }
    for (const CountField& one : usage_counts) {
        facts->*one.field = -1;
    }
}

void read_member(JsonCursor* at, const JsonValue& key, leat_str* custom_id, leat_str* body_model,
                 RecordFacts* facts) {
    JsonValue inner;
    if (is(key, "id")) {
        take_text(at, &facts->id);
    } else if (is(key, "custom_id")) {
        take_text(at, custom_id);
    } else if (is(key, "response")) {
        read_response(at, body_model, facts);
    } else if (is(key, "error") && at->enter_object()) {
        facts->failed = true;
        while (at->member(&inner)) {
            read_texts(at, inner, error_texts, facts);
        }
    } else if (is(key, "leat")) {
        read_leat(at, facts);
    }
}

}  // namespace

RecordLine read_record(const Line& line, RecordFacts* facts) {
    forget(facts);
    leat_str custom_id{nullptr, 0};
    leat_str body_model{nullptr, 0};
    bool is_settings = false;
    JsonCursor at(leat_str{line.data, line.size});
    JsonValue key;
    if (!at.enter_object()) {
        return RecordLine::broken;
    }
    while (at.member(&key)) {
        JsonValue value;
        if (is(key, "leat_journal")) {
            is_settings = true;
        } else if (is(key, "settings") && at.take_if(JsonType::object, &value)) {
            facts->settings = value.raw;
        } else {
            read_member(&at, key, &custom_id, &body_model, facts);
        }
    }
    if (at.finish() != LEAT_OK) {
        return RecordLine::broken;
    }
    facts->id = leat::empty(facts->id) ? custom_id : facts->id;
    facts->model = leat::empty(facts->model) ? body_model : facts->model;
    if (facts->failed && leat::empty(facts->status)) {
        facts->status = facts->error_code;
    }
    if (is_settings) {
        return RecordLine::settings;
    }
    return leat::empty(facts->id) ? RecordLine::broken : RecordLine::record;
}

bool status_of_word(leat_str word, int32_t* status) {
#define LEAT_NUMBER(name, number, class_name, hint) number,
    constexpr int32_t numbers[] = {LEAT_STATUS_LIST(LEAT_NUMBER)};
#undef LEAT_NUMBER
    for (const int32_t number : numbers) {
        if (leat::equal(word, leat::text_of(leat_status_word(number)))) {
            *status = number;
            return true;
        }
    }
    return false;
}

}  // namespace cli
