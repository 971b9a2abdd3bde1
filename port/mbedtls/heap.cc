// port/mbedtls/heap.cc: where the TLS library's calloc and free end up. They have no argument that
// says whose memory is meant, so each entry into the port names its pool (PoolScope), per thread.
// Depends on pool.h. Invariant: outside a scope nothing is given, and freeing ends the program.
#include "pool.h"

namespace leat::tls {
namespace {

__thread Pool* current_pool __attribute__((tls_model("initial-exec"))) = nullptr;
__thread bool orphan_failed __attribute__((tls_model("initial-exec"))) = false;

}  // namespace

PoolScope::PoolScope(Pool* pool) : previous_(current_pool) {
    current_pool = pool;
    if (orphan_failed) {
        orphan_failed = false;
        pool->latch_failure();
    }
}

PoolScope::~PoolScope() { current_pool = previous_; }

}  // namespace leat::tls

extern "C" void* leat_tls_calloc(size_t count, size_t size) {
    leat::tls::Pool* const pool = leat::tls::current_pool;
    if (pool == nullptr) {
        leat::tls::orphan_failed = true;
        return nullptr;
    }
    return pool->take(count, size);
}

extern "C" void leat_tls_free(void* at) {
    if (at == nullptr) return;
    if (leat::tls::current_pool == nullptr) __builtin_trap();
    leat::tls::current_pool->give(at);
}
