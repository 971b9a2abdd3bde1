// provider/openai_errors.cc: explains an error body of an OpenAI-like service. Shapes: {"error":
// {message, type, code}} (code text or number), {"error": "text", "code": ...} (xAI), {"message":
// ...} and {"detail": ...} (Mistral), one of these in a list, or no JSON at all (a proxy's page).
// The provider's code decides; the message is consulted only for a context that is too long.
#include "base/check.h"
#include "provider/classify.h"
#include "provider/json_read.h"
#include "provider/openai_chat.h"

namespace leat {

namespace {

struct CodeRule {
    Text code;
    leat_status status;
    bool retryable;
    bool rate_limit;
};

constexpr CodeRule rules[] = {
    {text("insufficient_quota"), LEAT_E_QUOTA, false, false},
    {text("credit_balance_exhausted"), LEAT_E_QUOTA, false, false},
    {text("organization_spend_limit_exceeded"), LEAT_E_QUOTA, false, false},
    {text("project_spend_limit_exceeded"), LEAT_E_QUOTA, false, false},
    {text("organization_usage_limit_exceeded"), LEAT_E_QUOTA, false, false},
    {text("billing_hard_limit_reached"), LEAT_E_QUOTA, false, false},
    {text("billing_not_active"), LEAT_E_QUOTA, false, false},
    {text("context_length_exceeded"), LEAT_E_CONTEXT_LENGTH, false, false},
    {text("exceed_context_size_error"), LEAT_E_CONTEXT_LENGTH, false, false},  // llama.cpp
    {text("content_filter"), LEAT_E_CONTENT_FILTER, false, false},
    {text("model_not_found"), LEAT_E_MODEL, false, false},
    {text("DeploymentNotFound"), LEAT_E_MODEL, false, false},
    {text("invalid_api_key"), LEAT_E_AUTHENTICATION, false, false},
    {text("authentication_error"), LEAT_E_AUTHENTICATION, false, false},
    {text("rate_limit_exceeded"), LEAT_E_RATE_LIMIT, true, true},
    {text("RateLimitReached"), LEAT_E_RATE_LIMIT, true, true},
    {text("slow_down"), LEAT_E_RATE_LIMIT, true, true},
    {text("server_is_overloaded"), LEAT_E_OVERLOADED, true, false},
    {text("overloaded_error"), LEAT_E_OVERLOADED, true, false},
};

// Types that name the kind of failure only where the HTTP status does not: in an error that comes
// inside a success. (Ollama calls every error api_error, its 400s too.)
constexpr CodeRule types_in_success[] = {
    {text("rate_limit_error"), LEAT_E_RATE_LIMIT, true, true},
    {text("rate_limit"), LEAT_E_RATE_LIMIT, true, true},
    {text("server_error"), LEAT_E_SERVER, true, false},
    {text("api_error"), LEAT_E_SERVER, true, false},
    {text("timeout_error"), LEAT_E_SERVER, true, false},
};

// Only told in words by some (DeepSeek, OpenRouter, Ollama, Responses).
constexpr Text context_phrases[] = {
    text("maximum context length"),
    text("exceeded max context length"),
    text("exceeds the context window"),
    text("prompt is too long"),
};

struct Told {
    Text message;
    Text code;
    Text type;
    int64_t number = -1;  // a code that is a number
};

void read_code(JsonCursor* at, leat_scratch* scratch, Told* told) {
    if (at->peek() == JsonType::number) {
        JsonValue value;
        if (at->take(&value) && json_to_count(value, &told->number)) told->code = value.raw;
        return;
    }
    (void)take_text(at, scratch, &told->code);
    uint64_t number = 0;  // "429" as text
    if (parse_u64(told->code, &number) && number < 1000) {
        told->number = static_cast<int64_t>(number);
    }
}

void read_told(JsonCursor* at, leat_scratch* scratch, Told* told) {
    each_member(at, [&](const JsonValue& key) {
        const bool is_text_error = json_is(key, text("error")) && at->peek() == JsonType::string;
        if (is_text_error || json_is(key, text("message")) || json_is(key, text("detail"))) {
            (void)take_text(at, scratch, &told->message);
        } else if (json_is(key, text("code"))) {
            read_code(at, scratch, told);
        } else if (json_is(key, text("type"))) {
            (void)take_text(at, scratch, &told->type);
        }
    });
}

// The error object wherever it is; the whole body when it is nowhere in particular.
Text find_error(Text body) {
    JsonValue value;
    Text object = body;
    JsonCursor list(body);
    if (list.enter_array() && list.element() && list.take_if(JsonType::object, &value)) {
        object = value.raw;
    }
    if (json_find(object, text("error"), &value) && value.type == JsonType::object) {
        return value.raw;
    }
    JsonValue choices;
    if (!json_find(object, text("choices"), &choices)) return object;
    JsonCursor at(choices.raw);
    if (at.enter_array() && at.element() && at.take_if(JsonType::object, &value) &&
        json_find(value.raw, text("error"), &choices) && choices.type == JsonType::object) {
        return choices.raw;
    }
    return object;
}

// refuses_retry: the service said x-should-retry: false, which its own clients obey first.
template <size_t N>
bool apply_code(const CodeRule (&table)[N], Text code, bool refuses_retry, leat_fault* fault) {
    for (const CodeRule& rule : table) {
        if (!equal(rule.code, code)) continue;
        fault->status = rule.status;
        fault->retryable = rule.retryable && !refuses_retry ? 1 : 0;
        fault->rate_limit = rule.rate_limit && !refuses_retry ? 1 : 0;
        return true;
    }
    return false;
}

// A request over a minute's tokens is refused with the code of a rate limit, however long one waits.
void refuse_what_never_fits(Text message, leat_fault* fault) {
    if (fault->rate_limit == 0) return;
    if (find_ignoring_case(message, text("request too large")) == not_found) return;
    fault->status = LEAT_E_INVALID_REQUEST;
    fault->retryable = 0;
    fault->rate_limit = 0;
}

bool speaks_of_context(Text message) {
    for (const Text phrase : context_phrases) {
        if (find_ignoring_case(message, phrase) != not_found) return true;
    }
    return false;
}

}  // namespace

void chat_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault) {
    LEAT_CHECK(reply != nullptr && fault != nullptr);
    Told told{};
    JsonCursor at(find_error(reply->body));
    read_told(&at, scratch, &told);
    fault->message = empty(told.message) ? head(reply->body, 200) : told.message;
    fault->code = empty(told.code) ? told.type : told.code;
    const Text should = leat_reply_header(reply, text("x-should-retry"));
    const bool refuses = equal(should, text("false"));
    if (apply_code(rules, told.code, refuses, fault) ||
        apply_code(rules, told.type, refuses, fault)) {
        refuse_what_never_fits(told.message, fault);
        return;
    }
    const bool inside_success = reply->http_status >= 200 && reply->http_status < 300;
    if (inside_success && apply_code(types_in_success, told.type, refuses, fault)) return;
    if (inside_success && told.number >= 400 && told.number < 600) {
        fault_from_code(static_cast<int32_t>(told.number), fault);
    }
    const bool is_invalid = fault->status == LEAT_E_INVALID_REQUEST || inside_success;
    if (is_invalid && speaks_of_context(told.message)) {
        fault->status = LEAT_E_CONTEXT_LENGTH;
        fault->retryable = 0;
    }
}

}  // namespace leat
