// base/sha256.cc: see sha256.h. The names of FIPS 180-4: a message schedule w, eight working
// variables, 64 rounds. Depends on base only.
#include "base/sha256.h"

#include "base/narrow.h"

namespace leat {
namespace {

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
constexpr uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

constexpr uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

uint32_t turn(uint32_t x, unsigned right) { return x >> right | x << (32 - right); }

uint32_t load_big(const char* at) {
    uint32_t word = 0;
    for (unsigned i = 0; i < 4; ++i) word = word << 8 | static_cast<unsigned char>(at[i]);
    return word;
}

void store_big(char* out, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out[i] = static_cast<char>(value >> (8 * (bytes - 1 - i)) & 0xff);
}

void fill_schedule(uint32_t* w, const char* block) {
    for (unsigned t = 0; t < 16; ++t) w[t] = load_big(block + size_t{4} * t);
    for (unsigned t = 16; t < 64; ++t) {
        const uint32_t s0 = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ w[t - 15] >> 3;
        const uint32_t s1 = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
}

}  // namespace

void Sha256::restart() {
    memcpy(state_, start, sizeof state_);
    size_ = 0;
}

void Sha256::compress(const char* blocks, size_t count) {
    for (size_t n = 0; n < count; ++n) {
        uint32_t w[64];
        fill_schedule(w, blocks + n * block_bytes);
        uint32_t a = state_[0], b = state_[1], c = state_[2], d = state_[3];
        uint32_t e = state_[4], f = state_[5], g = state_[6], h = state_[7];
        for (unsigned t = 0; t < 64; ++t) {
            const uint32_t sum1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
            const uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + constants[t] + w[t];
            const uint32_t sum0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
            const uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        const uint32_t working[8] = {a, b, c, d, e, f, g, h};
        for (unsigned i = 0; i < 8; ++i) state_[i] += working[i];
    }
}

void Sha256::update(Text bytes) {
    if (empty(bytes)) return;
    const size_t waiting = static_cast<size_t>(size_ % block_bytes);
    size_ += bytes.size;
    if (waiting > 0) {
        const size_t part = min_of(bytes.size, block_bytes - waiting);
        memcpy(block_ + waiting, bytes.data, part);
        bytes = tail(bytes, part);
        if (waiting + part < block_bytes) return;
        compress(block_, 1);
    }
    const size_t whole = bytes.size / block_bytes;
    if (whole > 0) compress(bytes.data, whole);
    const Text rest = tail(bytes, whole * block_bytes);
    if (!empty(rest)) memcpy(block_, rest.data, rest.size);
}

void Sha256::update_field(Text bytes) {
    char size[8];
    store_big(size, bytes.size, sizeof size);
    update(text(size, sizeof size));
    update(bytes);
}

Sha256Digest Sha256::finish() {
    const uint64_t bits = size_ * 8;
    static constexpr char padding[block_bytes] = {'\x80'};
    const size_t waiting = static_cast<size_t>(size_ % block_bytes);
    update(text(padding, (waiting < 56 ? 56 : 120) - waiting));
    char length[8];
    store_big(length, bits, sizeof length);
    update(text(length, sizeof length));
    Sha256Digest digest;
    for (unsigned i = 0; i < 8; ++i) {
        store_big(reinterpret_cast<char*>(digest.bytes) + size_t{4} * i, state_[i], 4);
    }
    return digest;
}

}  // namespace leat
