// tests/fuzz/tls_pool_fuzz.cc: any sequence of takes and gives on the TLS pool keeps it sound and
// its blocks whole. Two bytes a step: what to do, and how much or with which block.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "port/mbedtls/pool.h"

namespace {

struct Held {
    uint8_t* at;
    size_t size;
    uint8_t mark;
};

alignas(16) uint8_t memory[32 * 1024];

void require(bool condition) {
    if (!condition) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static leat::tls::Pool pool;
    Held held[64] = {};
    pool.open(memory, sizeof memory);
    for (size_t i = 0; i + 1 < size; i += 2) {
        Held& slot = held[data[i] & 63];
        if (slot.at != nullptr) {
            for (size_t k = 0; k < slot.size; ++k) require(slot.at[k] == slot.mark);
            pool.give(slot.at);
            slot = Held{};
        } else {
            slot.size = (data[i] & 64) != 0 ? size_t{data[i + 1]} * 67 : data[i + 1];
            slot.mark = static_cast<uint8_t>(i | 1);
            slot.at = static_cast<uint8_t*>(pool.take(1, slot.size));
            if (slot.at != nullptr) {
                for (size_t k = 0; k < slot.size; ++k) require(slot.at[k] == 0);
                memset(slot.at, slot.mark, slot.size);
            }
        }
        require(pool.is_sound());
    }
    for (const Held& slot : held) pool.give(slot.at);
    require(pool.is_sound() && pool.used() == 0);
    pool.close();
    return 0;
}
