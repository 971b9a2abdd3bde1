// cli/siphash.h: SipHash-2-4 with a 128-bit answer (Aumasson and Bernstein, 2012), for the id
// table and for the settings' identity. Keyed, so that no input file can aim at collisions.
// Pure; depends on nothing.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace cli {

struct Hash128 {
    uint64_t low;
    uint64_t high;
};

struct SipKey {
    uint64_t k0;
    uint64_t k1;
};

Hash128 siphash(SipKey key, const void* bytes, size_t size);

}  // namespace cli
