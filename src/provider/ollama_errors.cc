// provider/ollama_errors.cc: explains an error of Ollama's own API: {"error": "text"}, with a proper
// HTTP status, or with none in a stream that had begun. There are no codes, so where the status
// says little the text must do. Depends on codec and base.
#include "base/check.h"
#include "provider/json_read.h"
#include "provider/ollama.h"

namespace leat {

namespace {

struct PhraseRule {
    Text phrase;
    leat_status status;
    bool retryable;
    bool rate_limit;
};

// Whatever the status: the server answers 400 or 500 to a prompt that is too long.
constexpr Text context_phrases[] = {
    text("context length"),
    text("context window"),
    text("prompt too long"),
    text("prompt is too long"),
};

// Only inside a success.
constexpr PhraseRule phrases[] = {
    {text("not found"), LEAT_E_MODEL, false, false},
    {text("does not support"), LEAT_E_INVALID_REQUEST, false, false},
    {text("unauthorized"), LEAT_E_AUTHENTICATION, false, false},
    {text("server busy"), LEAT_E_OVERLOADED, true, false},
    {text("overloaded"), LEAT_E_OVERLOADED, true, false},
    {text("too many requests"), LEAT_E_RATE_LIMIT, true, true},
    {text("rate limit"), LEAT_E_RATE_LIMIT, true, true},
};

// {"error": "text"}, or {"error": {"message": "text"}} of a proxy before it.
Text message_of(Text body, leat_scratch* scratch) {
    JsonValue error;
    Text message{nullptr, 0};
    if (!json_find(body, text("error"), &error)) return message;
    if (error.type == JsonType::object) {
        const Text inside = error.raw;
        if (!json_find(inside, text("message"), &error)) return message;
    }
    if (error.type == JsonType::string) (void)json_text(error, scratch, &message);
    return message;
}

bool speaks_of_context(Text message) {
    for (const Text phrase : context_phrases) {
        if (find_ignoring_case(message, phrase) != not_found) return true;
    }
    return false;
}

// A model that broke down may do better next time.
void explain_by_text(Text message, leat_fault* fault) {
    fault->status = LEAT_E_SERVER;
    fault->retryable = 1;
    for (const PhraseRule& rule : phrases) {
        if (find_ignoring_case(message, rule.phrase) == not_found) continue;
        fault->status = rule.status;
        fault->retryable = rule.retryable ? 1 : 0;
        fault->rate_limit = rule.rate_limit ? 1 : 0;
        return;
    }
}

}  // namespace

void ollama_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault) {
    LEAT_CHECK(reply != nullptr && scratch != nullptr && fault != nullptr);
    const Text message = message_of(reply->body, scratch);
    fault->message = empty(message) ? head(reply->body, 200) : message;
    const bool inside_success = reply->http_status >= 200 && reply->http_status < 300;
    if (inside_success) explain_by_text(message, fault);
    const bool may_be_context = inside_success || fault->status == LEAT_E_INVALID_REQUEST ||
                                reply->http_status == 500;
    if (!may_be_context || !speaks_of_context(message)) return;
    fault->status = LEAT_E_CONTEXT_LENGTH;
    fault->retryable = 0;
    fault->rate_limit = 0;
}

}  // namespace leat
