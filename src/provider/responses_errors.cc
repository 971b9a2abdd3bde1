// provider/responses_errors.cc: explains a Responses error. Outside a success it is Chat
// Completions' error (chat_classify). Inside one it is a response that failed, whose codes are its
// own, or a stream's error event; or a response that is not done, for which leat does not wait.
// Depends on codec and base. The code decides, never the message.
#include "base/check.h"
#include "provider/json_read.h"
#include "provider/openai_chat.h"
#include "provider/responses.h"

namespace leat {

namespace {

struct CodeRule {
    Text code;
    leat_status status;
    bool retryable;
};

// Codes that only a failed response has. Those that are not listed speak of the request, mostly of
// an image in it: the same request fails again.
constexpr CodeRule rules[] = {
    {text(""), LEAT_E_SERVER, true},
    {text("error"), LEAT_E_SERVER, true},  // an error event's type, where it has no code
    {text("server_error"), LEAT_E_SERVER, true},
    {text("api_error"), LEAT_E_SERVER, true},
    {text("vector_store_timeout"), LEAT_E_SERVER, true},
    {text("image_content_policy_violation"), LEAT_E_CONTENT_FILTER, false},
    {text("bio_policy"), LEAT_E_CONTENT_FILTER, false},
};

void apply(Text code, leat_fault* fault) {
    fault->status = LEAT_E_INVALID_REQUEST;
    fault->retryable = 0;
    for (const CodeRule& rule : rules) {
        if (!equal(rule.code, code)) continue;
        fault->status = rule.status;
        fault->retryable = rule.retryable ? 1 : 0;
    }
}

// Asked for in the background, it goes on without us.
bool explain_unfinished(Text response, leat_scratch* scratch, leat_fault* fault) {
    JsonValue status;
    if (!json_find(response, text("status"), &status) || status.type != JsonType::string) {
        return false;
    }
    if (!responses_has_no_answer(status) || json_is(status, text("failed"))) return false;
    fault->status = LEAT_E_UNSUPPORTED;
    fault->retryable = 0;
    fault->message = text("the response is not done, and leat does not wait for those that run in "
                          "the background");
    (void)json_text(status, scratch, &fault->code);
    return true;
}

}  // namespace

void responses_classify(const leat_reply* reply, leat_scratch* scratch, leat_fault* fault) {
    LEAT_CHECK(reply != nullptr && scratch != nullptr && fault != nullptr);
    leat_reply inner = *reply;
    JsonValue response;
    if (json_find(reply->body, text("response"), &response) &&
        response.type == JsonType::object) {
        inner.body = response.raw;  // a stream's last event
    }
    const leat_status before = fault->status;
    chat_classify(&inner, scratch, fault);
    const bool inside_success = reply->http_status >= 200 && reply->http_status < 300;
    if (!inside_success || fault->status != before) return;
    JsonValue error;
    const bool has_error =
        json_find(inner.body, text("error"), &error) && error.type != JsonType::null;
    if (!has_error && explain_unfinished(inner.body, scratch, fault)) return;
    apply(fault->code, fault);
}

}  // namespace leat
