// flow/observe/middleware.cc: see middleware.h. Those that run for each attempt run behind those that run
// once, and always on what these have left, which is kept in the item's arena.
// Depends on meter. Invariant: item->request's texts lie below request_mark, or are borrowed.
#include "flow/observe/middleware.h"

#include "base/check.h"
#include "base/mutant.h"
#include "flow/admission/admission.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "flow/report.h"
#include "flow/request/request.h"
#include "flow/request/request_text.h"

namespace leat {

namespace {

void pass_over(Engine* engine, Text what) {
    engine->metrics.add(Count::middleware_failures);
    report_line(engine, LEAT_LOG_WARNING, text("middleware was passed over"), what);
}

// What is the item's for good, whatever a middleware has written there.
void restore_handles(const leat_request& from, leat_request* to) {
    to->struct_size = from.struct_size;
    to->id = from.id;
    to->user = from.user;
    to->user_number = from.user_number;
    to->lane = from.lane;
    to->deadline_ms = from.deadline_ms;
}

Text bytes_of(const leat_request& request) {
    return text(reinterpret_cast<const char*>(&request), sizeof request);
}

// The item's request is what a middleware has made of it, if that is a request at all and has room.
void take_request(Engine* engine, Item* item, leat_request changed) {
    const leat_request previous = item->request;
    if (!LEAT_MUTANT_IF(15)) restore_handles(previous, &changed);
    // Byte by byte: where only padding differs it is taken for nothing, which does no harm.
    if (equal(bytes_of(changed), bytes_of(previous))) return;
    if (request_check(changed) != LEAT_OK) {
        pass_over(engine, text("before left no valid request"));
        return;
    }
    const size_t mark = item->arena.mark();
    if (keep_request(item, changed, (changed.flags & LEAT_COPY) != 0) == LEAT_OK) return;
    item->arena.rewind(mark);
    item->request = previous;
    pass_over(engine, text("no room for the request that before left"));
}

// One after the other; false: the item is to be skipped.
bool run_before(Engine* engine, Item* item, bool per_attempt) {
    const Batch& batch = *item->batch;
    for (uint32_t i = 0; i < batch.middleware_count; ++i) {
        const leat_middleware& one = batch.middleware[i];
        if (one.before == nullptr || (one.per_attempt != 0) != per_attempt) continue;
        leat_request changed = item->request;
        leat_pass pass = LEAT_PASS_FAILED;
        {
            const CallbackWatch watch(engine, CallbackKind::middleware);
            pass = one.before(one.user, &changed);
        }
        if (pass == LEAT_PASS_SKIP) return false;
        if (pass == LEAT_PASS) {
            take_request(engine, item, changed);
        } else {
            pass_over(engine, text("before failed"));
        }
    }
    return true;
}

void skip(Engine* engine, Item* item) {
    item->result.error_message = text("skipped by middleware");
    finish_item(engine, item, LEAT_SKIPPED, LEAT_E_SKIPPED, LEAT_STAGE_WAITING);
}

uint32_t tries_of(const Item& item) {
    return item.attempts_before + item.attempts + item.rate_limited;
}

// What those that run for each attempt begin with.
void keep_base(Engine* engine, Item* item) {
    item->tries_prepared = tries_of(*item);
    leat_request* const base = item->arena.make<leat_request>();
    if (base == nullptr) {
        pass_over(engine, text("no room to run again for each attempt"));
        return;
    }
    *base = item->request;
    item->before_attempts = base;
}

// A text that a middleware has answered, into the item's memory.
bool take_text(Engine* engine, Item* item, Text from) {
    Text copy{nullptr, 0};
    if (!is_sound(from) || !item->arena.copy(from, &copy)) {
        pass_over(engine, text("no room for its text"));
        return false;
    }
    item->result.text = copy;
    return true;
}

void run_after(Engine* engine, Item* item) {
    const Batch& batch = *item->batch;
    for (uint32_t i = batch.middleware_count; i-- > 0;) {
        const leat_middleware& one = batch.middleware[i];
        if (one.after == nullptr) continue;
        Text changed = item->result.text;
        leat_pass pass = LEAT_PASS_FAILED;
        {
            const CallbackWatch watch(engine, CallbackKind::middleware);
            pass = one.after(one.user, &item->result, &changed);
        }
        const Text before = item->result.text;
        if (pass != LEAT_PASS) {
            pass_over(engine, text("after failed"));
        } else if (changed.data != before.data || changed.size != before.size) {
            (void)take_text(engine, item, changed);
        }
    }
}

void succeed(leat_result* result) {
    result->outcome = LEAT_SUCCEEDED;
    result->status = LEAT_OK;
    result->stage = LEAT_STAGE_DONE;
    result->partial = 0;
    result->error_message = Text{nullptr, 0};
    result->error_code = Text{nullptr, 0};
}

void run_on_error(Engine* engine, Item* item) {
    const Batch& batch = *item->batch;
    for (uint32_t i = 0; i < batch.middleware_count; ++i) {
        const leat_middleware& one = batch.middleware[i];
        if (one.on_error == nullptr) continue;
        Text answer{nullptr, 0};
        leat_pass pass = LEAT_PASS_FAILED;
        {
            const CallbackWatch watch(engine, CallbackKind::middleware);
            pass = one.on_error(one.user, &item->result, &answer);
        }
        if (pass == LEAT_PASS) continue;
        if (pass != LEAT_PASS_ANSWER) {
            pass_over(engine, text("on_error failed"));
        } else if (take_text(engine, item, answer)) {
            succeed(&item->result);
            if (!LEAT_MUTANT_IF(16)) return;
        }
    }
}

}  // namespace

void fill_middleware(Batch* batch) {
    LEAT_CHECK(batch->config.middleware_count <= LEAT_MIDDLEWARE_MAX);
    batch->middleware_count = batch->config.middleware_count;
    for (uint32_t i = 0; i < batch->middleware_count; ++i) {
        batch->middleware[i] = batch->config.middleware[i];
        const bool again =
            batch->middleware[i].per_attempt != 0 && batch->middleware[i].before != nullptr;
        batch->has_middleware_per_attempt = batch->has_middleware_per_attempt || again;
    }
    batch->config.middleware = nullptr;  // the caller's, and gone when the batch is open
}

bool before_item(Engine* engine, Item* item) {
    const Batch& batch = *item->batch;
    if (batch.middleware_count == 0) return true;
    item->state = ItemState::parked;  // a callback may cancel it
    item->parked_in = nullptr;
    bool goes_on = run_before(engine, item, false);
    if (goes_on && batch.has_middleware_per_attempt) {
        keep_base(engine, item);
        goes_on = run_before(engine, item, true);
    }
    if (!goes_on) skip(engine, item);
    return goes_on;
}

bool before_attempt_again(Engine* engine, Item* item) {
    LEAT_CHECK(item->before_attempts != nullptr && item->state == ItemState::waiting);
    if (item->tries_prepared == tries_of(*item)) return false;
    leave_lists(engine, item);
    item->tries_prepared = tries_of(*item);
    forget_last_attempt(item);
    item->arena.rewind(item->request_mark);
    item->request = *item->before_attempts;
    if (!run_before(engine, item, true)) {
        skip(engine, item);
        return true;
    }
    item->request_mark = item->arena.mark();
    begin_request(engine, item);
    return true;
}

void on_way_out(Engine* engine, Item* item) {
    if (item->batch->middleware_count == 0) return;
    if (item->result.outcome == LEAT_SUCCEEDED) {
        run_after(engine, item);
    } else if (item->result.outcome == LEAT_FAILED) {
        run_on_error(engine, item);
    }
}

}  // namespace leat
