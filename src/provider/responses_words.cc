// provider/responses_words.cc: what a Responses answer says about itself, whole or streamed: how it
// ended and what it cost. Depends on codec and base. A count that is not told stays unknown.
#include "base/check.h"
#include "provider/json_read.h"
#include "provider/responses.h"

namespace leat {

namespace {

struct Finish {
    Text word;
    leat_finish finish;
};

constexpr Finish finishes[] = {
    {text("completed"), LEAT_FINISH_STOP},
    {text("complete"), LEAT_FINISH_STOP},  // some recorders and gateways
    {text("max_output_tokens"), LEAT_FINISH_LENGTH},
    {text("content_filter"), LEAT_FINISH_CONTENT_FILTER},
};

constexpr Text no_answer[] = {text("failed"), text("cancelled"), text("queued"),
                              text("in_progress")};

leat_finish finish_of(Text word) {
    if (empty(word)) return LEAT_FINISH_UNKNOWN;
    for (const Finish& known : finishes) {
        if (equal(known.word, word)) return known.finish;
    }
    return LEAT_FINISH_OTHER;
}

void read_details(JsonCursor* at, leat_usage* usage) {
    each_member(at, [&](const JsonValue& detail) {
        if (json_is(detail, text("cached_tokens"))) {
            take_count(at, &usage->cached_input_tokens);
        } else if (json_is(detail, text("cache_write_tokens"))) {
            take_count(at, &usage->cache_write_tokens);
        } else if (json_is(detail, text("reasoning_tokens"))) {
            take_count(at, &usage->reasoning_tokens);
        }
    });
}

}  // namespace

void responses_read_usage(JsonCursor* at, leat_usage* usage) {
    LEAT_CHECK(at != nullptr && usage != nullptr);
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("input_tokens"))) {
            take_count(at, &usage->input_tokens);
        } else if (json_is(key, text("output_tokens"))) {
            take_count(at, &usage->output_tokens);
        } else if (json_is(key, text("total_tokens"))) {
            take_count(at, &usage->total_tokens);
        } else if (json_is(key, text("input_tokens_details")) ||
                   json_is(key, text("output_tokens_details"))) {
            read_details(at, usage);
        }
    });
    const bool both = usage->input_tokens >= 0 && usage->output_tokens >= 0;
    if (usage->total_tokens < 0 && both && usage->input_tokens <= INT64_MAX - usage->output_tokens) {
        usage->total_tokens = usage->input_tokens + usage->output_tokens;  // M14
    }
}

void responses_take_incomplete(JsonCursor* at, JsonValue* reason) {
    LEAT_CHECK(at != nullptr && reason != nullptr);
    each_member(at, [&](const JsonValue& key) {
        if (json_is(key, text("reason"))) (void)at->take_if(JsonType::string, reason);
    });
}

JsonValue responses_finish_word(const JsonValue& status, const JsonValue& incomplete_reason) {
    const bool is_told = incomplete_reason.type == JsonType::string &&
                         !empty(incomplete_reason.raw) && json_is(status, text("incomplete"));
    return is_told ? incomplete_reason : status;
}

bool responses_has_no_answer(const JsonValue& status) {
    for (const Text word : no_answer) {
        if (json_is(status, word)) return true;
    }
    return false;
}

// A refusal and a call come with the same status as an answer.
void responses_choose_finish(leat_answer* answer) {
    LEAT_CHECK(answer != nullptr);
    answer->finish = finish_of(answer->finish_reason);
    const bool is_ordinary =
        answer->finish == LEAT_FINISH_STOP || answer->finish == LEAT_FINISH_UNKNOWN;
    if (!is_ordinary) return;
    if (!empty(answer->refusal)) {
        answer->finish = LEAT_FINISH_REFUSAL;
    } else if (answer->tool_calls_count > 0) {
        answer->finish = LEAT_FINISH_TOOL_CALLS;
    }
}

}  // namespace leat
