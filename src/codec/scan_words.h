// codec/scan_words.h: eight bytes at a time in a 64-bit word: the portable form of the scans, exact
// for every byte (no carry runs from one byte to the next). Depends on nothing but the C library's
// memcpy. Answers mark a byte by its top bit; which end of the word comes first is the machine's.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace leat::simd {

constexpr uint64_t byte_ones = 0x0101010101010101u;
constexpr uint64_t byte_tops = 0x8080808080808080u;

inline uint64_t load_8(const char* data) {
    uint64_t word = 0;
    memcpy(&word, data, sizeof word);
    return word;
}

// Top bit of each byte that equals `byte`, exact: no borrow runs from byte to byte, as the add is
// done on seven bits.
inline uint64_t bytes_equal(uint64_t word, unsigned char byte) {
    const uint64_t difference = word ^ (byte_ones * byte);
    return ~(((difference & ~byte_tops) + ~byte_tops) | difference | ~byte_tops);
}

// Top bit of each byte below `limit` (limit <= 0x80), exact.
inline uint64_t bytes_below(uint64_t word, unsigned char limit) {
    const uint64_t at_least = (word & ~byte_tops) + byte_ones * (0x80u - limit);
    return ~(at_least | word) & byte_tops;
}

inline uint64_t string_stops_word(uint64_t word) {
    return bytes_equal(word, '"') | bytes_equal(word, '\\') | bytes_below(word, 0x20);
}

inline bool is_string_stop(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// The index of the first byte in memory that is marked; mark is not 0.
inline size_t first_marked(uint64_t mark) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return static_cast<size_t>(__builtin_clzll(mark)) / 8;
#else
    return static_cast<size_t>(__builtin_ctzll(mark)) / 8;
#endif
}

}  // namespace leat::simd
