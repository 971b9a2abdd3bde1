// flow/answer/retry.cc: the one retry layer. A failed attempt ends in one of: sent again on a fresh
// connection (a kept one had died), waiting for the domain's pause (rate limit), sleeping
// (backoff), waiting at once (the extra pass of retry_failed), or the item's final failure.
// Invariant: an item that comes here holds no permit and no connection.
#include "base/check.h"
#include "base/mutant.h"
#include "base/narrow.h"
#include "base/redact.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/context/context.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/exchange/stream.h"
#include "flow/observe/events.h"
#include "flow/outcome/outcome.h"
#include "flow/report.h"
#include "flow/request/request.h"
#include "meter/price.h"
#include "meter/usage.h"

namespace leat {

namespace {

constexpr size_t error_text_bytes_max = 500;  // B5

// A kept connection may have been closed by the peer just as it was used again. Sending once more
// is safe enough when not one byte of an answer had come (what other clients do as well).
bool may_replay(const Item& item, leat_status status) {
    const bool died = status == LEAT_E_CONNECTION_CLOSED || status == LEAT_E_CONNECTION_RESET ||
                      status == LEAT_E_TLS_TRUNCATED;
    return died && item.reused_connection && !item.replayed && !item.response_open;
}

void keep_fault(Item* item, const leat_fault& fault) {
    Text message = fault.message;
    Text code = fault.code;
    keep_error_text(item, message, &item->result.error_message);
    keep_error_text(item, code, &item->result.error_code);
    usage_add(&item->result.usage_failed, fault.usage);
}

// A provider that echoes the key in its error must not put it into the result either. Both texts
// lie in the item's own arena.
void mask_answer(Item* item) {
    const Endpoint& endpoint = *item->endpoint;
    const Text texts[] = {item->result.body, item->result.request_id};
    for (const Text& t : texts) {
        mask_secrets(const_cast<char*>(t.data), t.size, endpoint.secrets, endpoint.secrets_count);
    }
}

uint64_t pause_left_ns(const Engine& engine, const Gate& gate) {
    return gate.paused(engine.now_ns) ? gate.paused_until_ns() - engine.now_ns : 0;
}

bool batch_goes_on(const Item& item) {
    return item.batch->stop == BatchStop::none && !item.cancel_asked;
}

void rate_limited(Engine* engine, Item* item, const AttemptEnd& end) {
    ++item->rate_limited;
    ++engine->stats.rate_limited;
    saw_rate_limit(engine, item, end.fault);
    LEAT_CHECK(item->attempts > 0);
    if (!LEAT_MUTANT_IF(10)) --item->attempts;
    leat_rate_limit_info info{};
    info.status = end.fault.status;
    info.http_status = item->result.http_status;
    info.wait_ms = end.fault.wait_ms;
    Gate* const gate = &item->domain->gate;
    // What was refused has cost nothing.
    gate->settle(engine->now_ns, item->ticket, Used{0, 0});
    const bool paused =
        gate->rate_limited(engine->now_ns, item->ticket, info, engine->random.unit());
    if (paused) {
        report(engine, LEAT_LOG_INFO, item->endpoint, text("endpoint pauses"), end.fault.status);
        saw_pause(engine, item->domain, end.fault.status);
    }
    if (!item->is_twin && fall_back(engine, item, end.fault.status)) return;
    if (item->is_twin || item->rate_limited > item->endpoint->cooldown.retries_max || !batch_goes_on(*item)) {
        finish_item(engine, item, LEAT_FAILED, end.fault.status, end.stage);
        return;
    }
    to_waiting(engine, item);
    saw_retry(engine, item, end.fault.status, pause_left_ns(*engine, *gate));
}

// The service is down. True when that was known: the item waits for the end of the outage.
bool overloaded(Engine* engine, Item* item, const AttemptEnd& end) {
    Gate* const gate = &item->domain->gate;
    gate->settle(engine->now_ns, item->ticket, Used{0, 0});
    const uint32_t before = gate->generation();
    const bool known = gate->overloaded(engine->now_ns, item->ticket, end.fault.wait_ms);
    if (gate->generation() != before) saw_pause(engine, item->domain, end.fault.status);
    if (!known || !batch_goes_on(*item)) return false;
    if (fall_back(engine, item, end.fault.status)) return true;
    // cooldown.overload_max_ms bounds how long this can go on.
    --item->attempts;
    ++engine->stats.overload_probes;
    to_waiting(engine, item);
    saw_retry(engine, item, end.fault.status, pause_left_ns(*engine, *gate));
    return true;
}

// Whether the domain can afford another try of this item. Only trouble of the service counts: an answer
// that is none, or of the wrong form, is the item's own affair.
bool draws_retry(Item* item, leat_status status) {
    constexpr uint32_t trouble = uint32_t{LEAT_ON_SERVER} | uint32_t{LEAT_ON_OVERLOADED} |
                                 uint32_t{LEAT_ON_NETWORK} | uint32_t{LEAT_ON_TIMEOUT};
    item->retry_drawn = 0;
    if ((leat_status_family(status) & trouble) == 0) return true;
    const bool after_timeout = leat_status_class(status) == LEAT_CLASS_TIMEOUT;
    return item->domain->retry_quota.draw(after_timeout, &item->retry_drawn);
}

void sleep_item(Engine* engine, Item* item, const AttemptEnd& end) {
    const Endpoint& endpoint = *item->endpoint;
    const leat_pacing& pacing = *endpoint.pacing;
    uint64_t wait_ns = pacing.backoff_ns(pacing.user, &endpoint.retry, item->attempts,
                                         engine->random.unit());
    if (end.fault.wait_ms > 0) {
        const uint64_t asked = min_of(static_cast<uint64_t>(end.fault.wait_ms),
                                      uint64_t{item->endpoint->cooldown.retry_after_max_ms});
        wait_ns = max_of(wait_ns, asked * UINT64_C(1000000));
    }
    to_sleep(engine, item, engine->now_ns + wait_ns);
    saw_retry(engine, item, end.fault.status, wait_ns);
}

// A reply of the wrong form says nothing about the service: it is asked again at once (B29).
bool waits_for_nothing(const leat_fault& fault) {
    return leat_status_family(fault.status) == LEAT_ON_SCHEMA && fault.wait_ms <= 0;
}

// What the next attempt is to know of this one.
void remember(Item* item, const leat_fault& fault) {
    item->last_status = fault.status;
    if (item->batch->config.on_attempt != nullptr) {
        // Without room it is not told the words.
        (void)item->arena.keep_copy(item->result.error_message, &item->last_message);
    }
    if (add_correction(item, fault.status)) item->build_again = true;
}

// The next attempt, now: of the same bytes, unless it is to ask for something else.
void try_again(Engine* engine, Item* item) {
    if (item->build_again || item->batch->config.on_attempt != nullptr) {
        begin_request(engine, item);
    } else {
        to_waiting(engine, item);
    }
}

bool takes_extra_pass(Item* item, const leat_fault& fault) {
    const leat_retry_failed rule = item->batch->config.retry_failed;
    if (rule == LEAT_RETRY_FAILED_OFF || item->extra_pass) return false;
    return rule == LEAT_RETRY_FAILED_ANY || fault.retryable != 0;
}

}  // namespace

void keep_error_text(Item* item, Text from, Text* to) {
    *to = Text{nullptr, 0};
    const size_t room = min_of(from.size, error_text_bytes_max);
    if (room == 0) return;
    char* const out = static_cast<char*>(item->arena.take(room, 1));
    if (out == nullptr) return;
    *to = redact(from, item->endpoint->secrets, item->endpoint->secrets_count, out, room);
}

bool is_retryable(leat_status status) {
    switch (leat_status_class(status)) {
        case LEAT_CLASS_NETWORK:
            return status != LEAT_E_PROXY_AUTH && status != LEAT_E_RESOLVE;
        case LEAT_CLASS_TLS:
            return status == LEAT_E_TLS_HANDSHAKE || status == LEAT_E_TLS_RECORD ||
                   status == LEAT_E_TLS_TRUNCATED || status == LEAT_E_TLS_MEMORY;
        case LEAT_CLASS_TIMEOUT:
            return status != LEAT_E_DEADLINE_ITEM && status != LEAT_E_DEADLINE_BATCH;
        case LEAT_CLASS_ALERT:
            return true;  // a fresh connection may lead to a sane peer; attempts bound it
        case LEAT_CLASS_PROVIDER:  // found by ourselves, in a stream
            return status == LEAT_E_PARSE || status == LEAT_E_STREAM_CUT ||
                   leat_status_family(status) == LEAT_ON_SCHEMA;
        case LEAT_CLASS_OK:
        case LEAT_CLASS_INFO:
        case LEAT_CLASS_CALLER:
        case LEAT_CLASS_LIMIT:
        case LEAT_CLASS_STOPPED:
            return false;
    }
    return false;
}

leat_fault fault_of(leat_status status) {
    leat_fault fault{};
    fault.status = status;
    fault.retryable = is_retryable(status) ? 1 : 0;
    fault.wait_ms = -1;
    fault.usage = unknown_usage();
    return fault;
}

void wake_item(Engine* engine, Item* item) {
    LEAT_CHECK(item->state == ItemState::sleeping);
    engine->sleeping.remove(item);
    try_again(engine, item);
}

void wire_failed(Engine* engine, Item* item, leat_status status, leat_stage stage) {
    LEAT_CHECK(on_wire(item->state) && status != LEAT_OK);
    const bool replay = may_replay(*item, status) && batch_goes_on(*item);
    const bool was_whole = stream_has_ended(*item);
    lease_end(engine, item, false);
    if (was_whole || stream_has_fault(*item)) {
        // The answer, or the reason why there is none, had come before the wire failed.
        parse_response(engine, item);
        return;
    }
    if (replay) {
        item->replayed = true;
        saw_cut(engine, item, status);
        --item->attempts;
        ++engine->stats.connections_replayed;
        to_waiting_first(engine, item);
        return;
    }
    item->domain->gate.troubled(item->ticket);
    AttemptEnd end{};
    end.fault = fault_of(status);
    end.stage = stage;
    item->result.http_status = 0;
    if (item->stream == nullptr) item->result.body = Text{nullptr, 0};
    keep_partial(item);
    if (item->stream != nullptr) end.fault.usage = item->stream->answer.usage;
    attempt_failed(engine, item, end);
}

void attempt_failed(Engine* engine, Item* item, const AttemptEnd& end) {
    LEAT_CHECK(item->connection == nullptr && end.fault.status != LEAT_OK);
    item->replayed = false;
    keep_fault(item, end.fault);
    mask_answer(item);
    if (!end.is_paid) settle_cost(item, end.fault.usage, false);
    item->batch->summary.cost_failed_usd += to_dollars(item->attempt_cost);
    saw_failure(engine, item, end.fault.status, end.fault.usage);
    if (context_recovers(engine, item, end.fault)) return;
    note_failure(engine, item, end.fault.status);
    if (end.fault.rate_limit != 0) {
        rate_limited(engine, item, end);
        return;
    }
    if (item->is_twin) {  // has one attempt
        finish_item(engine, item, LEAT_FAILED, end.fault.status, end.stage);
        return;
    }
    if (end.fault.status == LEAT_E_OVERLOADED && overloaded(engine, item, end)) return;
    const bool goes_on = batch_goes_on(*item);
    if (goes_on && end.fault.retryable != 0 &&
        item->attempts < item->endpoint->retry.attempts_max && !item->extra_pass &&
        draws_retry(item, end.fault.status)) {
        ++engine->stats.retries;
        remember(item, end.fault);
        if (waits_for_nothing(end.fault)) {
            saw_retry(engine, item, end.fault.status, 0);
            try_again(engine, item);
        } else {
            sleep_item(engine, item, end);
        }
        return;
    }
    if (goes_on && takes_extra_pass(item, end.fault)) {
        item->extra_pass = true;
        item->result.retried = 1;
        ++engine->stats.retries;
        remember(item, end.fault);
        saw_retry(engine, item, end.fault.status, 0);
        try_again(engine, item);
        return;
    }
    if (goes_on && fall_back(engine, item, end.fault.status)) return;
    finish_item(engine, item, LEAT_FAILED, end.fault.status, end.stage);
}

}  // namespace leat
