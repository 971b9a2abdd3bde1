// base/sha256.h: SHA-256 (FIPS 180-4), in any number of pieces. Depends on bytes.h only; pure.
// For keys of stored answers, not for secrets: it takes no care of timing or of its traces.
// Invariant: the digest depends on the bytes alone, not on how they were cut.
#pragma once

#include <stdint.h>

#include "base/bytes.h"

namespace leat {

constexpr size_t sha256_bytes = 32;

struct Sha256Digest {
    uint8_t bytes[sha256_bytes];
};

inline Text text_of(const Sha256Digest& digest) {
    return text(reinterpret_cast<const char*>(digest.bytes), sha256_bytes);
}

class Sha256 {
public:
    Sha256() { restart(); }
    void restart();
    void update(Text bytes);
    // The size and the bytes: what follows cannot be taken for a part of them.
    void update_field(Text bytes);
    // Of all bytes so far; then restart() before more.
    Sha256Digest finish();

private:
    static constexpr size_t block_bytes = 64;
    void compress(const char* blocks, size_t count);

    uint32_t state_[8];
    uint64_t size_;  // bytes so far; the last size_ % 64 wait in block_
    char block_[block_bytes];
};

}  // namespace leat
