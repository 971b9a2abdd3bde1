// api/status.cc: names, classes and hints of statuses and small enums, all from the lists in the
// public headers. Pure; static text only.
#include <leat/batch.h>
#include <leat/client.h>
#include <leat/status.h>

#include "base/narrow.h"

namespace {

struct Entry {
    leat_status status;
    leat_class class_of;
    const char* name;
    const char* hint;
};

#define LEAT_STATUS_ROW(name, number, class_name, hint) \
    {(number), LEAT_CLASS_##class_name, #name, (hint)},
constexpr Entry entries[] = {LEAT_STATUS_LIST(LEAT_STATUS_ROW)};
#undef LEAT_STATUS_ROW

// The lower-case words, made at compile time: "rate_limit" from "LEAT_E_RATE_LIMIT".
struct Word {
    char text[32];
};

constexpr Word word_of(const char* name) {
    Word word{};
    const bool is_error = name[5] == 'E' && name[6] == '_';
    // LEAT_OK -> ok, LEAT_E_X -> x, LEAT_ALERT_X -> alert_x
    const char* at = name + (is_error ? 7 : 5);
    for (unsigned i = 0; i + 1 < sizeof word.text && at[i] != '\0'; ++i) {
        const char c = at[i];
        word.text[i] = (c >= 'A' && c <= 'Z') ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return word;
}

#define LEAT_STATUS_WORD(name, number, class_name, hint) word_of(#name),
constexpr Word words[] = {LEAT_STATUS_LIST(LEAT_STATUS_WORD)};
#undef LEAT_STATUS_WORD

constexpr unsigned entries_count = sizeof entries / sizeof entries[0];

unsigned index_of(leat_status status) {
    for (unsigned i = 0; i < entries_count; ++i) {
        if (entries[i].status == status) return i;
    }
    return entries_count;
}

}  // namespace

const char* leat_status_name(leat_status status) {
    const unsigned i = index_of(status);
    return i < entries_count ? entries[i].name : "LEAT_E_?";
}

const char* leat_status_word(leat_status status) {
    const unsigned i = index_of(status);
    return i < entries_count ? words[i].text : "?";
}

const char* leat_status_hint(leat_status status) {
    const unsigned i = index_of(status);
    return i < entries_count ? entries[i].hint : "a number that leat never returns";
}

uint32_t leat_status_family(leat_status status) {
    switch (status) {
        case LEAT_E_RATE_LIMIT: return LEAT_ON_RATE_LIMIT;
        case LEAT_E_OVERLOADED: return LEAT_ON_OVERLOADED;
        case LEAT_E_SERVER:
        case LEAT_E_HTTP:
            return LEAT_ON_SERVER;
        case LEAT_E_AUTHENTICATION: return LEAT_ON_AUTHENTICATION;
        case LEAT_E_PERMISSION: return LEAT_ON_PERMISSION;
        case LEAT_E_QUOTA: return LEAT_ON_QUOTA;
        case LEAT_E_INVALID_REQUEST: return LEAT_ON_INVALID_REQUEST;
        case LEAT_E_CONTEXT_LENGTH: return LEAT_ON_CONTEXT_LENGTH;
        case LEAT_E_CONTENT_FILTER: return LEAT_ON_CONTENT_FILTER;
        case LEAT_E_MODEL: return LEAT_ON_MODEL;
        case LEAT_E_PARSE:
        case LEAT_E_STREAM_CUT:
        case LEAT_E_REDIRECT:
            return LEAT_ON_PARSE;
        case LEAT_E_SCHEMA:
        case LEAT_E_REJECTED: return LEAT_ON_SCHEMA;
        case LEAT_E_DEADLINE_ITEM:
        case LEAT_E_DEADLINE_BATCH:
            return 0;
        default: break;
    }
    switch (leat_status_class(status)) {
        case LEAT_CLASS_NETWORK:
        case LEAT_CLASS_TLS:
        case LEAT_CLASS_ALERT:
            return LEAT_ON_NETWORK;
        case LEAT_CLASS_TIMEOUT: return LEAT_ON_TIMEOUT;
        case LEAT_CLASS_OK:
        case LEAT_CLASS_INFO:
        case LEAT_CLASS_CALLER:
        case LEAT_CLASS_LIMIT:
        case LEAT_CLASS_PROVIDER:
        case LEAT_CLASS_STOPPED:
            break;
    }
    return 0;
}

leat_class leat_status_class(leat_status status) {
    const unsigned i = index_of(status);
    return i < entries_count ? entries[i].class_of : LEAT_CLASS_CALLER;
}

const char* leat_outcome_name(leat_outcome outcome) {
    if (leat::enum_number(outcome) > LEAT_CANCELLED) return "?";
    switch (outcome) {
        case LEAT_SUCCEEDED:
            return "succeeded";
        case LEAT_FAILED:
            return "failed";
        case LEAT_SKIPPED:
            return "skipped";
        case LEAT_CANCELLED:
            return "cancelled";
    }
    return "?";
}

const char* leat_finish_name(leat_finish finish) {
    if (leat::enum_number(finish) > LEAT_FINISH_TOOL_LIMIT) return "?";
    switch (finish) {
        case LEAT_FINISH_UNKNOWN:
            return "unknown";
        case LEAT_FINISH_STOP:
            return "stop";
        case LEAT_FINISH_LENGTH:
            return "length";
        case LEAT_FINISH_TOOL_CALLS:
            return "tool_calls";
        case LEAT_FINISH_CONTENT_FILTER:
            return "content_filter";
        case LEAT_FINISH_REFUSAL:
            return "refusal";
        case LEAT_FINISH_TOOL_LIMIT:
            return "tool_limit";
        case LEAT_FINISH_ERROR:
            return "error";
        case LEAT_FINISH_OTHER:
            return "other";
    }
    return "?";
}

const char* leat_stage_name(leat_stage stage) {
    if (leat::enum_number(stage) > LEAT_STAGE_DONE) return "?";
    switch (stage) {
        case LEAT_STAGE_WAITING:
            return "waiting";
        case LEAT_STAGE_BUILD:
            return "build";
        case LEAT_STAGE_CONNECT:
            return "connect";
        case LEAT_STAGE_TLS:
            return "tls";
        case LEAT_STAGE_SEND:
            return "send";
        case LEAT_STAGE_RECEIVE:
            return "receive";
        case LEAT_STAGE_PARSE:
            return "parse";
        case LEAT_STAGE_DONE:
            return "done";
    }
    return "?";
}

const char* leat_limiter_name(leat_limiter limiter) {
    if (leat::enum_number(limiter) > LEAT_LIMITER_BUDGET) return "?";
    switch (limiter) {
        case LEAT_LIMITER_NONE:
            return "none";
        case LEAT_LIMITER_IN_FLIGHT:
            return "in-flight";
        case LEAT_LIMITER_COOLDOWN:
            return "cooldown";
        case LEAT_LIMITER_SLOW_START:
            return "slow-start";
        case LEAT_LIMITER_REQUESTS:
            return "requests/min";
        case LEAT_LIMITER_TOKENS:
            return "tokens/min";
        case LEAT_LIMITER_CONNECTIONS:
            return "connections";
        case LEAT_LIMITER_ITEMS:
            return "items";
        case LEAT_LIMITER_SOURCE:
            return "source";
        case LEAT_LIMITER_OVERLOAD:
            return "overload";
        case LEAT_LIMITER_DAY:
            return "per-day";
        case LEAT_LIMITER_LEARNED:
            return "learned rate";
        case LEAT_LIMITER_BUDGET:
            return "budget";
    }
    return "?";
}
