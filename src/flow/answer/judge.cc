// flow/answer/judge.cc: an answer that could be read comes to something: a round of tools, a success, or an
// attempt that failed since the answer has not the form that was asked for, or the caller refuses it; then
// the model is told what was wrong (reask).
// Invariant: item->result holds the answer, the item neither permit nor connection.
#include "base/check.h"
#include "flow/answer/answer.h"
#include "flow/answer/validate.h"
#include "flow/cache/cache.h"
#include "flow/item.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "flow/request/request.h"

namespace leat {

namespace {

constexpr Text refused_begin = text("That answer was not accepted: ");
constexpr Text refused_end = text(
    "\nGive the whole answer again, corrected, and nothing else beside it.");

// Joined, in the item's kept memory.
bool keep_joined(Item* item, Text a, Text b, Text c, Text* out) {
    char* const room = static_cast<char*>(item->arena.keep(a.size + b.size + c.size, 1));
    if (room == nullptr) return false;
    char* at = room;
    const Text parts[] = {a, b, c};
    for (const Text& part : parts) {
        if (part.size > 0) memcpy(at, part.data, part.size);
        at += part.size;
    }
    *out = text(room, static_cast<size_t>(at - room));
    return true;
}

// The caller's own opinion. LEAT_OK, or LEAT_E_REJECTED with its reason; *again: it may be asked again.
leat_status ask_caller(Engine* engine, Item* item, Text* reason, bool* again) {
    const leat_batch_config& config = item->batch->config;
    if (config.validate == nullptr || item->result.tool_calls_count > 0) return LEAT_OK;
    fill_identity(*engine, item);
    item->result.stage = LEAT_STAGE_PARSE;
    const CallbackWatch watch(engine, CallbackKind::validate);
    const leat_status verdict = config.validate(config.user, &item->result, reason);
    *again = verdict == LEAT_E_REJECTED;
    return verdict == LEAT_OK ? LEAT_OK : LEAT_E_REJECTED;
}

// One that calls tools is not the last word. What is wrong is *reason, which may lie in *finding.
leat_status check_answer(Engine* engine, Item* item, FormatFinding* finding, Text* reason, bool* again) {
    if (calls_tools(*item)) return LEAT_OK;
    const leat_status status = format_check(item, finding);
    if (status == LEAT_OK) return ask_caller(engine, item, reason, again);
    *reason = finding->message();
    return status;
}

void go_on(Engine* engine, Item* item) {
    if (calls_tools(*item)) {
        begin_round(engine, item);
    } else {
        finish_item(engine, item, LEAT_SUCCEEDED, LEAT_OK, LEAT_STAGE_DONE);
    }
}

}  // namespace

void judge_answer(Engine* engine, Item* item) {
    LEAT_CHECK(!on_wire(item->state) || item->connection == nullptr);
    FormatFinding finding;
    Text reason{nullptr, 0};
    bool again = true;
    const leat_status status = check_answer(engine, item, &finding, &reason, &again);
    if (status == LEAT_OK) {
        saw_answer(engine, item);
        cache_keep(engine, item);
        go_on(engine, item);
        return;
    }
    AttemptEnd end{};
    end.fault = fault_of(status);
    if (!again) end.fault.retryable = 0;
    end.fault.message = reason;
    end.fault.usage = item->result.usage;
    end.stage = LEAT_STAGE_PARSE;
    end.is_paid = true;
    attempt_failed(engine, item, end);
}

bool judge_kept(Engine* engine, Item* item) {
    FormatFinding finding;
    Text reason{nullptr, 0};
    bool again = true;
    if (check_answer(engine, item, &finding, &reason, &again) != LEAT_OK) return false;
    cache_tell(engine, item);
    go_on(engine, item);
    return true;
}

bool add_correction(Item* item, leat_status status) {
    const Text reason = item->result.error_message;
    const leat_format* const format = item->asked->format;
    if (leat_status_family(status) != LEAT_ON_SCHEMA || empty(reason)) return false;
    if (!empty(item->asked->body_json) || empty(item->result.text)) return false;
    if (status == LEAT_E_SCHEMA && (format == nullptr || format->plain_retry != 0)) return false;
    leat_message answer{};
    leat_message wish{};
    answer.role = text("assistant");
    wish.role = text("user");
    // Without room for all of it the question is asked again as it was.
    return item->arena.keep_copy(item->result.text, &answer.content) &&
           keep_joined(item, refused_begin, reason, refused_end, &wish.content) &&
           add_turn(item, answer, nullptr) && add_turn(item, wish, nullptr);
}

}  // namespace leat
