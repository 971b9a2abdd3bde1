// flow/observe/events.cc: see events.h. An observation is filled in only when somebody has asked for its
// event.
// Depends on meter. Invariant: while an observer runs in_step is set, so that it cannot step, close or be
// run inside itself by a call that comes from outside a step.
#include "flow/observe/events.h"

#include "base/check.h"
#include "base/narrow.h"
#include "flow/engine.h"
#include "flow/outcome/outcome.h"
#include "flow/report.h"
#include "meter/usage.h"

namespace leat {

namespace {

constexpr double ns_per_ms = 1e6;
constexpr double ns_per_second = 1e9;

double to_ms(uint64_t ns) { return static_cast<double>(ns) / ns_per_ms; }

leat_observation observation_of(leat_observed what) {
    leat_observation out{};
    out.struct_size = sizeof out;
    out.what = what;
    out.index = LEAT_NO_INDEX;
    out.duration_ms = -1.0;
    out.wait_ms = -1.0;
    out.usage = unknown_usage();
    return out;
}

leat_observation about(leat_observed what, const Batch& batch) {
    leat_observation out = observation_of(what);
    out.batch = &batch;
    out.user = batch.config.user;
    out.total = batch.accepted;
    return out;
}

leat_observation about(leat_observed what, const Engine& engine, const Item& item) {
    leat_observation out = about(what, *item.batch);
    out.index = item.index;
    out.id = item.request.id;
    out.user = item.request.user;
    out.user_number = item.request.user_number;
    out.attempt = item.attempts_before + item.attempts;
    out.endpoint = static_cast<leat_endpoint>(item.endpoint - engine.endpoints);
    out.model = item.model;
    out.http_status = item.result.http_status;
    return out;
}

void tell(Engine* engine, leat_observation* observation) {
    const bool was_in_step = engine->in_step;
    engine->in_step = true;
    observation->time_ns = engine->now_ns;
    observation->wall_ms = unix_ms(*engine);
    for (uint32_t i = 0; i < engine->observers_count; ++i) {
        const leat_observer observer = engine->observers[i];
        if ((observer.events & LEAT_OBSERVED_BIT(observation->what)) == 0) continue;
        const CallbackWatch watch(engine, CallbackKind::observer);
        leat_observation own = *observation;  // none sees what another has done to it (B48)
        observer.on_event(observer.user, &own);
    }
    engine->in_step = was_in_step;
}

void tell_batch(Engine* engine, leat_observed what, const Batch& batch) {
    if (!is_observed(*engine, what)) return;
    leat_observation out = about(what, batch);
    out.in_flight = batch.config.max_in_flight;
    tell(engine, &out);
}

void tell_processing(Engine* engine, leat_observed what) {
    if (!is_observed(*engine, what)) return;
    leat_observation out = observation_of(what);
    tell(engine, &out);
}

Text model_of(const Target& target) {
    return empty(target.model) ? target.endpoint->model : target.model;
}

void tell_workers(Engine* engine, leat_observed what, const Batch& batch) {
    if (!is_observed(*engine, what)) return;
    for (uint32_t i = 0; i < batch.targets_count; ++i) {
        const Target& target = batch.targets[i];
        leat_observation out = about(what, batch);
        out.endpoint = static_cast<leat_endpoint>(target.endpoint - engine->endpoints);
        out.model = model_of(target);
        if (what == LEAT_OBSERVED_WORKER_STOPPED) out.status = target.endpoint->stopped;
        tell(engine, &out);
    }
}

// How long the attempt has taken; -1: it had not begun.
double attempt_ms(const Engine& engine, const Item& item) {
    const uint64_t begun_ns = item.times.begun_ns;
    return begun_ns == 0 ? -1.0 : to_ms(engine.now_ns - begun_ns);
}

void tell_call_end(Engine* engine, const Item& item, leat_status status, const leat_usage& usage) {
    const leat_observed what =
        status == LEAT_OK ? LEAT_OBSERVED_LLM_CALL_ENDED : LEAT_OBSERVED_LLM_CALL_FAILED;
    if (!is_observed(*engine, what)) return;
    leat_observation out = about(what, *engine, item);
    out.status = status;
    out.duration_ms = attempt_ms(*engine, item);
    out.usage = usage;
    tell(engine, &out);
}

leat_observed end_of(leat_outcome outcome) {
    switch (outcome) {
        case LEAT_SUCCEEDED:
            return LEAT_OBSERVED_ITEM_COMPLETED;
        case LEAT_FAILED:
            return LEAT_OBSERVED_ITEM_FAILED;
        case LEAT_SKIPPED:
            return LEAT_OBSERVED_ITEM_SKIPPED;
        case LEAT_CANCELLED:
            break;
    }
    return LEAT_OBSERVED_ITEM_CANCELLED;
}

void tell_item(Engine* engine, leat_observed what, const Item& item) {
    if (!is_observed(*engine, what)) return;
    leat_observation out = about(what, *engine, item);
    out.result = &item.result;
    out.status = item.result.status;
    out.attempt = item.result.attempts;
    out.duration_ms = item.result.timing.item_ms;
    out.usage = item.result.usage;
    tell(engine, &out);
}

leat_observation about(leat_observed what, const Engine& engine, const Domain& domain) {
    leat_observation out = observation_of(what);
    out.endpoint = static_cast<leat_endpoint>(domain.endpoint - engine.endpoints);
    out.model = text(domain.name, domain.name_size);
    return out;
}

uint64_t pause_so_far_ns(const Engine& engine, const Domain& domain) {
    if (domain.paused_until_ns == 0) return 0;
    return min_of(engine.now_ns, domain.paused_until_ns) - domain.paused_since_ns;
}

void end_pause(Engine* engine, Domain* domain) {
    const uint64_t took_ns = pause_so_far_ns(*engine, *domain);
    domain->metrics.cooldown_ns += took_ns;
    domain->paused_until_ns = 0;
    if (!is_observed(*engine, LEAT_OBSERVED_COOLDOWN_ENDED)) return;
    leat_observation out = about(LEAT_OBSERVED_COOLDOWN_ENDED, *engine, *domain);
    out.duration_ms = to_ms(took_ns);
    tell(engine, &out);
}

Text word_of(CallbackKind kind) {
    switch (kind) {
        case CallbackKind::observer:
            return text("observer");
        case CallbackKind::result:
            return text("on_result");
        case CallbackKind::progress:
            return text("on_progress");
        case CallbackKind::post_process:
            return text("post_process");
        case CallbackKind::middleware:
            return text("middleware");
        case CallbackKind::validate:
            return text("validate");
        case CallbackKind::on_attempt:
            return text("on_attempt");
        case CallbackKind::tool:
            break;
    }
    return text("tool");
}

}  // namespace

void CallbackWatch::end() {
    const uint64_t now_ns = clock_ns();
    // A clock that went back tells nothing.
    if (now_ns < begun_ns_ || now_ns - begun_ns_ <= uint64_t{limit_ms_} * UINT64_C(1000000)) return;
    engine_->metrics.add(Count::slow_callbacks);
    report_line(engine_, LEAT_LOG_WARNING, text("a callback took too long"), word_of(kind_));
    if (!is_observed(*engine_, LEAT_OBSERVED_CALLBACK_SLOW) || engine_->tells_slow) return;
    leat_observation out = observation_of(LEAT_OBSERVED_CALLBACK_SLOW);
    out.name = word_of(kind_);
    out.duration_ms = to_ms(now_ns - begun_ns_);
    // An observer that is slow here as well is counted, and not told about.
    engine_->tells_slow = true;
    tell(engine_, &out);
    engine_->tells_slow = false;
}

void saw_batch_open(Engine* engine, Batch* batch) {
    engine->metrics.add(Count::batches_started);
    const bool was_idle = engine->batches_under_way++ == 0;
    if (was_idle) tell_processing(engine, LEAT_OBSERVED_PROCESSING_STARTED);
    tell_batch(engine, LEAT_OBSERVED_BATCH_STARTED, *batch);
    tell_workers(engine, LEAT_OBSERVED_WORKER_STARTED, *batch);
}

void saw_batch_stop(Engine* engine, Batch* batch) {
    engine->metrics.add(Count::batches_aborted);
    if (!is_observed(*engine, LEAT_OBSERVED_BATCH_ABORTED)) return;
    leat_observation out = about(LEAT_OBSERVED_BATCH_ABORTED, *batch);
    out.status = batch->stop_status;
    out.index = batch->stopped_by;
    out.hard = batch->stop == BatchStop::hard ? 1 : 0;
    tell(engine, &out);
}

void saw_batch_end(Engine* engine, Batch* batch) {
    if (batch->end_told || !batch_is_done(*batch)) return;
    batch->end_told = true;
    LEAT_CHECK(engine->batches_under_way > 0);
    --engine->batches_under_way;
    engine->metrics.add(Count::batches_completed);
    tell_workers(engine, LEAT_OBSERVED_WORKER_STOPPED, *batch);
    if (is_observed(*engine, LEAT_OBSERVED_BATCH_COMPLETED)) {
        leat_observation out = about(LEAT_OBSERVED_BATCH_COMPLETED, *batch);
        const leat_summary summary = summary_of(*batch);
        out.summary = &summary;
        out.duration_ms = summary.wall_ms;
        tell(engine, &out);
    }
    // Whoever was told may have opened the next one.
    if (engine->batches_under_way == 0) {
        tell_processing(engine, LEAT_OBSERVED_PROCESSING_COMPLETED);
    }
}

void saw_admission(Engine* engine, Item* item) {
    const uint64_t wait_ns = engine->now_ns - item->times.waiting_ns;
    engine->metrics.add(Count::admissions);
    engine->metrics.admission_seconds.note(wait_bounds,
                                           static_cast<double>(wait_ns) / ns_per_second);
    constexpr leat_observed both[] = {LEAT_OBSERVED_ITEM_ADMITTED, LEAT_OBSERVED_ITEM_STARTED};
    for (const leat_observed what : both) {
        if (!is_observed(*engine, what)) continue;
        leat_observation out = about(what, *engine, *item);
        out.wait_ms = to_ms(wait_ns);
        out.in_flight = engine->stats.in_flight;
        tell(engine, &out);
    }
}

void saw_call_begin(Engine* engine, Item* item) {
    engine->metrics.add(Count::calls);
    if (!is_observed(*engine, LEAT_OBSERVED_LLM_CALL_STARTED)) return;
    leat_observation out = about(LEAT_OBSERVED_LLM_CALL_STARTED, *engine, *item);
    tell(engine, &out);
}

void saw_answer(Engine* engine, Item* item) {
    const leat_usage& usage = item->result.usage;
    DomainMetrics* const domain = &item->domain->metrics;
    domain->answered_seconds.note(operation_bounds, attempt_ms(*engine, *item) / 1e3);
    domain->input_tokens.note(token_bounds, static_cast<double>(usage.input_tokens));
    domain->output_tokens.note(token_bounds, static_cast<double>(usage.output_tokens));
    engine->metrics.note_usage(usage);
    tell_call_end(engine, *item, LEAT_OK, usage);
}

void saw_failure(Engine* engine, Item* item, leat_status status, const leat_usage& usage) {
    item->had_schema_fault = item->had_schema_fault || status == LEAT_E_SCHEMA;
    ++engine->metrics.attempt_errors[status_place(status)];
    item->domain->metrics.failed_seconds.note(operation_bounds, attempt_ms(*engine, *item) / 1e3);
    engine->metrics.note_usage(usage);
    tell_call_end(engine, *item, status, usage);
}

void saw_cut(Engine* engine, Item* item, leat_status status) {
    if (item->times.begun_ns != 0) tell_call_end(engine, *item, status, unknown_usage());
}

void saw_rate_limit(Engine* engine, Item* item, const leat_fault& fault) {
    engine->metrics.add(Count::rate_limits_hit);
    ++item->domain->metrics.rate_limits;
    if (!is_observed(*engine, LEAT_OBSERVED_RATE_LIMIT_HIT)) return;
    leat_observation out = about(LEAT_OBSERVED_RATE_LIMIT_HIT, *engine, *item);
    out.status = fault.status;
    out.wait_ms = static_cast<double>(fault.wait_ms);
    tell(engine, &out);
}

void saw_retry(Engine* engine, Item* item, leat_status status, uint64_t wait_ns) {
    engine->metrics.add(Count::retries);
    if (!is_observed(*engine, LEAT_OBSERVED_RETRY_SCHEDULED)) return;
    leat_observation out = about(LEAT_OBSERVED_RETRY_SCHEDULED, *engine, *item);
    out.status = status;
    out.wait_ms = to_ms(wait_ns);
    tell(engine, &out);
}

void saw_fallback(Engine* engine, Item* item, leat_status status) {
    engine->metrics.add(Count::fallbacks);
    if (!is_observed(*engine, LEAT_OBSERVED_MODEL_FALLBACK)) return;
    leat_observation out = about(LEAT_OBSERVED_MODEL_FALLBACK, *engine, *item);
    const Target& target = item->batch->targets[item->target];
    out.model = model_of(target);
    out.status = status;
    tell(engine, &out);
}

void saw_item_end(Engine* engine, Item* item) {
    const leat_result& result = item->result;
    Metrics* const metrics = &engine->metrics;
    metrics->note_item(result);
    if (item->cost_is_known) metrics->add(Count::cost, item->cost);
    if (result.outcome == LEAT_SUCCEEDED && item->had_schema_fault)
        metrics->add(Count::items_recovered);
    if (engine->observed == 0) return;
    if (result.status == LEAT_E_DEADLINE_ITEM || result.status == LEAT_E_DEADLINE_BATCH) {
        tell_item(engine, LEAT_OBSERVED_ITEM_DEADLINE_EXCEEDED, *item);
    }
    if (result.cached != 0) tell_item(engine, LEAT_OBSERVED_ITEM_REPLAYED, *item);
    tell_item(engine, end_of(result.outcome), *item);
}

void saw_unsent(Engine* engine, Batch* batch, const leat_result& result) {
    engine->metrics.note_item(result);
    if (!is_observed(*engine, LEAT_OBSERVED_ITEM_CANCELLED)) return;
    leat_observation out = about(LEAT_OBSERVED_ITEM_CANCELLED, *batch);
    out.index = result.index;
    out.id = result.id;
    out.user = result.user;
    out.user_number = result.user_number;
    out.status = result.status;
    out.result = &result;
    out.duration_ms = result.timing.item_ms;
    tell(engine, &out);
}

void saw_tool_begin(Engine* engine, Item* item, Text name) {
    engine->metrics.add(Count::tool_calls);
    if (!is_observed(*engine, LEAT_OBSERVED_TOOL_CALL_STARTED)) return;
    leat_observation out = about(LEAT_OBSERVED_TOOL_CALL_STARTED, *engine, *item);
    out.name = name;
    tell(engine, &out);
}

void saw_tool_end(Engine* engine, Item* item, Text name, leat_status status, uint64_t took_ns) {
    if (!is_observed(*engine, LEAT_OBSERVED_TOOL_CALL_ENDED)) return;
    leat_observation out = about(LEAT_OBSERVED_TOOL_CALL_ENDED, *engine, *item);
    out.name = name;
    out.status = status;
    out.duration_ms = to_ms(took_ns);
    tell(engine, &out);
}

void saw_pause(Engine* engine, Domain* domain, leat_status status) {
    if (domain->paused_until_ns != 0) end_pause(engine, domain);  // another began inside it
    domain->paused_since_ns = engine->now_ns;
    domain->paused_until_ns = max_of(domain->gate.paused_until_ns(), engine->now_ns);
    engine->metrics.add(Count::cooldowns);
    if (!is_observed(*engine, LEAT_OBSERVED_COOLDOWN_STARTED)) return;
    leat_observation out = about(LEAT_OBSERVED_COOLDOWN_STARTED, *engine, *domain);
    out.status = status;
    out.duration_ms = to_ms(domain->paused_until_ns - engine->now_ns);
    out.consecutive = domain->gate.pauses_in_a_row();
    tell(engine, &out);
}

void saw_pause_end(Engine* engine, Domain* domain) {
    if (domain->paused_until_ns == 0 || domain->gate.paused(engine->now_ns)) return;
    end_pause(engine, domain);
}

uint64_t cooldown_ns(const Engine& engine, const Domain& domain) {
    return domain.metrics.cooldown_ns + pause_so_far_ns(engine, domain);
}

}  // namespace leat
