// cli/siphash.cc: two compression rounds a word, four at the end of each half of the answer.
// Written from the paper; the words are little-endian as it says, on every machine.
#include "cli/siphash.h"

namespace cli {

namespace {

struct State {
    uint64_t a, b, c, d;
};

constexpr uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

void round(State* s) {
    s->a += s->b;
    s->b = rotate(s->b, 13) ^ s->a;
    s->a = rotate(s->a, 32);
    s->c += s->d;
    s->d = rotate(s->d, 16) ^ s->c;
    s->a += s->d;
    s->d = rotate(s->d, 21) ^ s->a;
    s->c += s->b;
    s->b = rotate(s->b, 17) ^ s->c;
    s->c = rotate(s->c, 32);
}

void rounds(State* s, int count) {
    for (int i = 0; i < count; ++i) {
        round(s);
    }
}

uint64_t load(const uint8_t* bytes, size_t count) {
    uint64_t word = 0;
    for (size_t i = 0; i < count; ++i) {
        word |= static_cast<uint64_t>(bytes[i]) << (8 * i);
    }
    return word;
}

void absorb(State* s, uint64_t word) {
    s->d ^= word;
    rounds(s, 2);
    s->a ^= word;
}

}  // namespace

Hash128 siphash(SipKey key, const void* bytes, size_t size) {
    State s{key.k0 ^ 0x736f6d6570736575u, key.k1 ^ 0x646f72616e646f6du ^ 0xee,
            key.k0 ^ 0x6c7967656e657261u, key.k1 ^ 0x7465646279746573u};
    const uint8_t* at = static_cast<const uint8_t*>(bytes);
    size_t rest = size;
    for (; rest >= 8; rest -= 8, at += 8) {
        absorb(&s, load(at, 8));
    }
    absorb(&s, load(at, rest) | static_cast<uint64_t>(size & 0xff) << 56);
    s.c ^= 0xee;
    rounds(&s, 4);
    Hash128 hash{s.a ^ s.b ^ s.c ^ s.d, 0};
    s.b ^= 0xdd;
    rounds(&s, 4);
    hash.high = s.a ^ s.b ^ s.c ^ s.d;
    return hash;
}

}  // namespace cli
