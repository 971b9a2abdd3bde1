// base/secret.h: wiping of memory that held a credential, in a way no optimiser may drop.
// Depends on nothing. Whoever copies a credential wipes the copy with this.
#pragma once

#include <stddef.h>
#include <string.h>

namespace leat {

inline void wipe(void* at, size_t size) {
    if (size == 0) return;
    memset(at, 0, size);
    // The memory is an input here, so the write above has a reader.
    __asm__ __volatile__("" : : "r"(at) : "memory");
}

}  // namespace leat
