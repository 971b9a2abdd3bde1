// flow/observe/events.h: what the pipeline says about itself. A stage calls one function where something has
// happened; it counts (meter/metrics) and tells the observers that asked for it.
// Depends on engine.h. Invariant: nothing here changes an item, a batch's counts or a gate; each
// LLM_CALL_STARTED is followed by exactly one LLM_CALL_ENDED or LLM_CALL_FAILED, each BATCH_STARTED by one
// BATCH_COMPLETED.
#pragma once

#include <leat/observe.h>

#include "flow/engine.h"

namespace leat {

inline bool is_observed(const Engine& engine, leat_observed what) {
    return ((engine.observed >> static_cast<uint32_t>(what)) & 1u) != 0;
}

// Batches.
void saw_batch_open(Engine* engine, Batch* batch);
// Its stop was asked for, the first time.
void saw_batch_stop(Engine* engine, Batch* batch);
// Whether it has ended is asked here; it is told once.
void saw_batch_end(Engine* engine, Batch* batch);

// Items.
void saw_admission(Engine* engine, Item* item);
void saw_call_begin(Engine* engine, Item* item);
// The answer was taken.
void saw_answer(Engine* engine, Item* item);
// An attempt ended in that way; what it had cost in tokens.
void saw_failure(Engine* engine, Item* item, leat_status status, const leat_usage& usage);
// An attempt was cut: cancelled, or no longer wanted. It may not have begun.
void saw_cut(Engine* engine, Item* item, leat_status status);
void saw_rate_limit(Engine* engine, Item* item, const leat_fault& fault);
void saw_retry(Engine* engine, Item* item, leat_status status, uint64_t wait_ns);
void saw_fallback(Engine* engine, Item* item, leat_status status);
// The item has its result. It may be gone when this returns.
void saw_item_end(Engine* engine, Item* item);
// The same for a request that never became an item.
void saw_unsent(Engine* engine, Batch* batch, const leat_result& result);
// A tool begins, and has ended after that long.
void saw_tool_begin(Engine* engine, Item* item, Text name);
void saw_tool_end(Engine* engine, Item* item, Text name, leat_status status, uint64_t took_ns);

// Limit domains.
void saw_pause(Engine* engine, Domain* domain, leat_status status);
// Whether its pause is over is asked here.
void saw_pause_end(Engine* engine, Domain* domain);
// Nanoseconds of all its pauses until now.
uint64_t cooldown_ns(const Engine& engine, const Domain& domain);

enum class CallbackKind : uint8_t {
    observer,
    result,
    progress,
    post_process,
    middleware,
    validate,
    on_attempt,
    tool
};

// Lives around a call of the caller's: one that takes too long is logged, counted and told. It reads the
// port's clock, not the engine's, which stands still inside a step.
class CallbackWatch {
public:
    CallbackWatch(Engine* engine, CallbackKind kind)
        : engine_(engine), kind_(kind), limit_ms_(limit_ms(*engine, kind)) {
        if (limit_ms_ != 0) begun_ns_ = clock_ns();
    }
    ~CallbackWatch() {
        if (limit_ms_ != 0) end();
    }
    CallbackWatch(const CallbackWatch&) = delete;
    CallbackWatch& operator=(const CallbackWatch&) = delete;

private:
    static uint32_t limit_ms(const Engine& engine, CallbackKind kind) {
        return kind == CallbackKind::post_process ? engine.config.post_process_slow_ms
                                                  : engine.config.callback_slow_ms;
    }
    uint64_t clock_ns() const { return engine_->ports.clock->now_ns(engine_->ports.clock_user); }
    void end();

    Engine* engine_;
    CallbackKind kind_;
    uint32_t limit_ms_;
    uint64_t begun_ns_ = 0;
};

}  // namespace leat
