// tests/sim/swarm/load_store.cc: the store in which batches keep answers: small, shared by all, often full;
// it fails now and then, or gives half of what it was given. Depends on load.h and leat/store.h.
// Invariant: what a batch is told of the store is counted as it happens.
#include "sim/swarm/load.h"

namespace swarm {

void Load::make_store() {
    const size_t bytes = chance_.fork(7).pick({4096u, 16384u, 65536u});
    if (leat_memory_store_open(store_memory_.of(bytes), bytes, &store_) != LEAT_OK) {
        verdict_->fail("open", "no store");
    }
    store_ops_ = leat_memory_store_ops;
    store_ops_.get = on_get;
    store_ops_.put = on_put;
}

leat_status Load::on_get(void* store, const uint8_t* key, int64_t wall_ms, void* value,
                         size_t capacity, size_t* size) {
    BatchRun* const run = static_cast<BatchRun*>(store);
    Load* const self = run->load;
    if (run->plan->cache_mode == LEAT_CACHE_REFRESH) {
        self->verdict_->fail("cache", "it is read although all is asked for");
    }
    if (self->chance_.percent(run->plan->store_fails_percent)) {
        ++run->store_failures;
        return LEAT_E_WOULD_BLOCK;
    }
    const leat_status status =
        leat_memory_store_ops.get(self->store_, key, wall_ms, value, capacity, size);
    if (status == LEAT_OK && self->chance_.percent(run->plan->store_fails_percent)) *size /= 2;
    return status;
}

leat_status Load::on_put(void* store, const uint8_t* key, int64_t wall_ms,
                         const leat_store_entry* entry) {
    BatchRun* const run = static_cast<BatchRun*>(store);
    Load* const self = run->load;
    if (run->plan->cache_mode == LEAT_CACHE_READ_ONLY || entry->value.size == 0) {
        self->verdict_->fail("cache", "it is written although it is only read, or with nothing");
    }
    if (std::string(entry->value.data, entry->value.size).find(LEAT_SWARM_CANARY) !=
        std::string::npos) {
        self->verdict_->fail("credential", "a key goes into the store");
    }
    leat_status status = LEAT_E_STORE_FULL;
    if (!self->chance_.percent(run->plan->store_fails_percent)) {
        status = leat_memory_store_ops.put(self->store_, key, wall_ms, entry);
    }
    run->store_sets += status == LEAT_OK ? 1u : 0u;
    run->store_failures += status != LEAT_OK && status != LEAT_E_TOO_LARGE ? 1u : 0u;
    return status;
}

}  // namespace swarm
