// provider/gemini_errors.cc: explains a failure in Google's words: {"error":{code, message, status,
// details}}, alone or in an array of one, or a blocked or empty answer that came with a 200.
// The status word and the typed details decide; the message is consulted last: for a context that
// is too long, a spending cap, and a wait that no detail gives. Depends on codec and base.
#include "base/check.h"
#include "codec/duration.h"
#include "provider/classify.h"
#include "provider/gemini_walk.h"

namespace leat {

namespace {

struct WordRule {
    Text word;
    leat_status status;
    bool retryable;
    bool rate_limit;
};

// google.rpc.Code.
constexpr WordRule words[] = {
    {text("INVALID_ARGUMENT"), LEAT_E_INVALID_REQUEST, false, false},
    {text("OUT_OF_RANGE"), LEAT_E_INVALID_REQUEST, false, false},
    {text("FAILED_PRECONDITION"), LEAT_E_PERMISSION, false, false},  // billing or region
    {text("UNAUTHENTICATED"), LEAT_E_AUTHENTICATION, false, false},
    {text("PERMISSION_DENIED"), LEAT_E_PERMISSION, false, false},
    {text("NOT_FOUND"), LEAT_E_MODEL, false, false},
    {text("RESOURCE_EXHAUSTED"), LEAT_E_RATE_LIMIT, true, true},
    {text("ABORTED"), LEAT_E_SERVER, true, false},
    {text("INTERNAL"), LEAT_E_SERVER, true, false},
    {text("UNKNOWN"), LEAT_E_SERVER, true, false},
    {text("UNAVAILABLE"), LEAT_E_OVERLOADED, true, false},
    {text("DEADLINE_EXCEEDED"), LEAT_E_SERVER, true, false},
};

constexpr int64_t ns_per_ms = 1'000'000;
constexpr size_t message_bytes_max = 200;  // of a body that has no message
constexpr size_t blocked_bytes_max = 512;

struct Told {
    Text message{nullptr, 0};
    Text word{nullptr, 0};
    Text reason{nullptr, 0};  // of an ErrorInfo
    int64_t code = -1;
    int64_t wait_ms = -1;
    bool is_quota_spent = false;  // a day's quota is used up, or there is none
};

// "48s", "0.25s", in milliseconds rounded up.
int64_t wait_of(Text delay) {
    int64_t ns = 0;
    if (!parse_duration_ns(delay, &ns)) return -1;
    return ns / ns_per_ms + (ns % ns_per_ms != 0 ? 1 : 0);
}

void read_violation(JsonCursor* at, leat_scratch* scratch, Told* told) {
    Text quota{nullptr, 0};
    int64_t value = -1;
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("quotaId"))) {
            (void)take_text(at, scratch, &quota);
        } else if (json_is(key, text("quotaValue"))) {
            take_count(at, &value);
        }
    });
    const bool is_daily = find_ignoring_case(quota, text("PerDay")) != not_found;
    if (is_daily || value == 0) told->is_quota_spent = true;
}

// Details differ by @type; their members do not collide, so the type is not needed.
void read_detail(JsonCursor* at, leat_scratch* scratch, Told* told) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("reason"))) {
            (void)take_text(at, scratch, &told->reason);
        } else if (json_is(key, text("violations"))) {
            each_element(at, [&] { read_violation(at, scratch, told); });
        } else if (json_is(key, text("retryDelay"))) {
            Text delay{nullptr, 0};
            (void)take_text(at, scratch, &delay);
            told->wait_ms = wait_of(delay);
        }
    });
}

void read_error(JsonCursor* at, leat_scratch* scratch, Told* told) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("message"))) {
            (void)take_text(at, scratch, &told->message);
        } else if (json_is(key, text("status"))) {
            (void)take_text(at, scratch, &told->word);
        } else if (json_is(key, text("code"))) {
            take_count(at, &told->code);
        } else if (json_is(key, text("details"))) {
            each_element(at, [&] { read_detail(at, scratch, told); });
        }
    });
}

// The error object: a member of the body, or of one element of it.
bool find_error(Text body, Text* error) {
    JsonCursor list(body);
    bool found = false;
    const auto look = [&](Text object) {
        JsonValue value;
        if (!json_find(object, text("error"), &value) || value.type != JsonType::object) return;
        *error = value.raw;
        found = true;
    };
    if (!list.enter_array()) {
        look(body);
        return found;
    }
    JsonValue element;
    while (list.element()) {
        if (list.take_if(JsonType::object, &element)) look(element.raw);
    }
    return found;
}

bool speaks_of(Text message, Text phrase) {
    return find_ignoring_case(message, phrase) != not_found;
}

void set_fault(leat_fault* fault, leat_status status, bool retryable, bool rate_limit) {
    fault->status = status;
    fault->retryable = retryable ? 1 : 0;
    fault->rate_limit = rate_limit ? 1 : 0;
}

void apply_word(const Told& told, leat_fault* fault) {
    for (const WordRule& rule : words) {
        if (!equal(rule.word, told.word)) continue;
        set_fault(fault, rule.status, rule.retryable, rule.rate_limit);
        return;
    }
}

// "Please retry in 48.939935699s."
int64_t wait_in_words(Text message) {
    constexpr Text phrase = text("retry in ");
    const size_t at = find_ignoring_case(message, phrase);
    if (at == not_found) return -1;
    Text delay = tail(message, at + phrase.size);
    size_t size = 0;
    while (size < delay.size && delay.data[size] > ' ') ++size;
    delay = head(delay, size);
    while (delay.size > 0 && delay.data[delay.size - 1] == '.') --delay.size;
    return wait_of(delay);
}

// What the status word leaves open.
void refine(const Told& told, leat_fault* fault) {
    switch (fault->status) {
        case LEAT_E_INVALID_REQUEST:
            if (speaks_of(told.message, text("input token count")) &&
                speaks_of(told.message, text("exceeds"))) {
                fault->status = LEAT_E_CONTEXT_LENGTH;
            } else if (speaks_of(told.message, text("API key not valid"))) {
                fault->status = LEAT_E_AUTHENTICATION;
            }
            break;
        case LEAT_E_RATE_LIMIT:
            if (told.is_quota_spent || speaks_of(told.message, text("spending cap"))) {
                set_fault(fault, LEAT_E_QUOTA, false, false);
                break;
            }
            if (told.wait_ms < 0 && fault->wait_ms < 0) {
                fault->wait_ms = wait_in_words(told.message);
            }
            break;
        default:
            break;
    }
}

void explain_error(const leat_reply& reply, leat_scratch* scratch, Text error, leat_fault* fault) {
    Told told;
    JsonCursor at(error);
    read_error(&at, scratch, &told);
    fault->message = empty(told.message) ? head(reply.body, message_bytes_max) : told.message;
    fault->code = empty(told.reason) ? told.word : told.reason;
    const bool inside_success = reply.http_status >= 200 && reply.http_status < 300;
    const bool has_code = told.code >= 400 && told.code < 600;
    if (inside_success && has_code) fault_from_code(static_cast<int32_t>(told.code), fault);
    apply_word(told, fault);
    if (told.wait_ms >= 0) fault->wait_ms = told.wait_ms;
    if (reply.http_status == 402 || told.code == 402) {
        set_fault(fault, LEAT_E_QUOTA, false, false);
    } else if (equal(told.reason, text("API_KEY_INVALID"))) {
        set_fault(fault, LEAT_E_AUTHENTICATION, false, false);
    } else {
        refine(told, fault);
    }
}

// Takes nothing from the answer but its counts.
struct Counts {
    leat_usage* counts;
    leat_usage* usage() const { return counts; }
    void part(uint32_t, const GeminiPart&) const {}
    void candidate(const GeminiCandidate&) const {}
};

// "the prompt was blocked: SAFETY: why".
Text blocked_message(const GeminiFrame& frame, leat_scratch* scratch) {
    const Text parts[] = {text("the prompt was blocked: "), frame.block_reason.raw,
                          frame.block_message.raw.size > 0 ? text(": ") : Text{nullptr, 0},
                          head(frame.block_message.raw, blocked_bytes_max)};
    size_t bytes = 0;
    for (const Text part : parts) bytes += part.size;
    char* const out = leat_scratch_take(scratch, bytes, 1);
    if (out == nullptr) return frame.block_reason.raw;
    size_t size = 0;
    for (const Text part : parts) {
        if (part.size > 0) memcpy(out + size, part.data, part.size);
        size += part.size;
    }
    LEAT_CHECK(size == bytes);
    return text(out, size);
}

}  // namespace

void gemini_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault) {
    LEAT_CHECK(reply != nullptr && scratch != nullptr && fault != nullptr);
    Text error{nullptr, 0};
    if (find_error(reply->body, &error)) {
        explain_error(*reply, scratch, error, fault);
        return;
    }
    fault->message = head(reply->body, message_bytes_max);
    if (reply->http_status < 200 || reply->http_status >= 300) return;
    Counts counts{&fault->usage};
    GeminiFrame frame;
    const leat_status read = gemini_walk(reply->body, &frame, &counts);
    if (read == LEAT_OK && frame.candidates_count == 0) {
        fault->message = text("the answer has no candidates");
    }
    if (read != LEAT_E_CONTENT_FILTER) return;
    set_fault(fault, LEAT_E_CONTENT_FILTER, false, false);
    fault->code = frame.block_reason.raw;
    fault->message = blocked_message(frame, scratch);
}

}  // namespace leat
