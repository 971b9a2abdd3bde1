// provider/anthropic_errors.cc: explains an error of the Messages API: {"type":"error","error":
// {type, message, details: {error_code}}}, as an answer or as an event of a stream, or no JSON at
// all (a proxy's page). Depends on codec and base. Invariant: the code decides first, then the type,
// then the HTTP status; words only where the API says in words alone what went wrong.
#include "base/check.h"
#include "provider/anthropic.h"
#include "provider/json_read.h"

namespace leat {

namespace {

constexpr size_t page_bytes_shown = 200;

struct Rule {
    Text word;
    leat_status status;
    bool retryable;
    bool rate_limit;
};

constexpr Rule code_rules[] = {
    // The tier's monthly cap: under the type of a rate limit, but no waiting helps.
    {text("enforced_spend_limit_reached"), LEAT_E_QUOTA, false, false},
};

constexpr Rule type_rules[] = {
    {text("authentication_error"), LEAT_E_AUTHENTICATION, false, false},
    {text("billing_error"), LEAT_E_QUOTA, false, false},
    {text("permission_error"), LEAT_E_PERMISSION, false, false},
    {text("request_too_large"), LEAT_E_INVALID_REQUEST, false, false},
    {text("rate_limit_error"), LEAT_E_RATE_LIMIT, true, true},
    {text("overloaded_error"), LEAT_E_OVERLOADED, true, false},
};

// Types that are less exact than an HTTP status, so they count only where there is none: in an error
// that comes inside a success. ("invalid_request_error" is the API's word for other 4xx, too.)
constexpr Rule types_in_success[] = {
    {text("invalid_request_error"), LEAT_E_INVALID_REQUEST, false, false},
    {text("not_found_error"), LEAT_E_MODEL, false, false},
    {text("conflict_error"), LEAT_E_SERVER, true, false},
    {text("api_error"), LEAT_E_SERVER, true, false},
    {text("timeout_error"), LEAT_E_SERVER, true, false},
};

// All of them are 400 invalid_request_error.
struct Phrase {
    Text words;
    leat_status status;
};

constexpr Phrase phrases[] = {
    {text("prompt is too long"), LEAT_E_CONTEXT_LENGTH},
    {text("exceed context limit"), LEAT_E_CONTEXT_LENGTH},  // prompt and max_tokens together
    {text("reached your specified API usage limits"), LEAT_E_QUOTA},
    {text("reached your specified workspace API usage limits"), LEAT_E_QUOTA},
    {text("credit balance is too low"), LEAT_E_QUOTA},
};

struct Told {
    Text type;
    Text code;
    Text message;
};

void read_details(JsonCursor* at, leat_scratch* scratch, Told* told) {
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("error_code"))) (void)take_text(at, scratch, &told->code);
    });
}

void read_error(JsonCursor* at, leat_scratch* scratch, Told* told) {
    if (at->peek() == JsonType::string) {
        (void)take_text(at, scratch, &told->message);
        return;
    }
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("type"))) {
            (void)take_text(at, scratch, &told->type);
        } else if (json_is(key, text("message"))) {
            (void)take_text(at, scratch, &told->message);
        } else if (json_is(key, text("code"))) {
            (void)take_text(at, scratch, &told->code);
        } else if (json_is(key, text("details"))) {
            read_details(at, scratch, told);
        }
    });
}

template <size_t N>
bool apply(const Rule (&rules)[N], Text word, leat_fault* fault) {
    for (const Rule& rule : rules) {
        if (!equal(rule.word, word)) continue;
        fault->status = rule.status;
        fault->retryable = rule.retryable ? 1 : 0;
        fault->rate_limit = rule.rate_limit ? 1 : 0;
        return true;
    }
    return false;
}

void apply_phrases(Text message, leat_fault* fault) {
    for (const Phrase& phrase : phrases) {
        if (find_ignoring_case(message, phrase.words) == not_found) continue;
        fault->status = phrase.status;
        fault->retryable = 0;
        fault->rate_limit = 0;
        return;
    }
}

// The official clients obey x-should-retry before all else; but what needs other money or another
// request stays as it is.
void obey_header(const leat_reply& reply, leat_fault* fault) {
    const Text should = leat_reply_header(&reply, text("x-should-retry"));
    if (equal(should, text("false"))) {
        fault->retryable = 0;
        fault->rate_limit = 0;
    }
    const bool hopeless = fault->status == LEAT_E_QUOTA || fault->status == LEAT_E_CONTEXT_LENGTH;
    if (equal(should, text("true")) && !hopeless) fault->retryable = 1;
}

}  // namespace

void messages_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault) {
    LEAT_CHECK(reply != nullptr && scratch != nullptr && fault != nullptr);
    Told told{};
    JsonCursor at(reply->body);
    JsonValue key;
    if (at.enter_object()) {
        while (at.member(&key)) {
            if (json_is(key, text("error"))) {
                read_error(&at, scratch, &told);
            } else if (json_is(key, text("message"))) {
                (void)take_text(&at, scratch, &told.message);
            }
        }
    }
    fault->message = empty(told.message) ? head(reply->body, page_bytes_shown) : told.message;
    fault->code = empty(told.code) ? told.type : told.code;
    const bool inside_success = reply->http_status >= 200 && reply->http_status < 300;
    if (!apply(code_rules, told.code, fault) && !apply(type_rules, told.type, fault) &&
        inside_success) {
        (void)apply(types_in_success, told.type, fault);
    }
    if (fault->status == LEAT_E_INVALID_REQUEST) apply_phrases(told.message, fault);
    obey_header(*reply, fault);
}

}  // namespace leat
