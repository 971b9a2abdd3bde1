// codec/scan_simd.cc: the vector and word loops behind scan_simd.h.
// Which form runs is a compile-time matter, save AVX2: that is asked of the processor through the
// compiler's own table (filled before main by the compiler's C support library, so there is no
// guard and no constructor here).
// Invariant: vector loops take whole blocks only; what is left goes through the portable form.
#include "codec/scan_simd.h"

#include "base/check.h"
#include "codec/json_escape.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define LEAT_TARGET_AVX2 __attribute__((target("avx2")))
#elif defined(LEAT_SIMD_NEON)
#include <arm_neon.h>
#endif

namespace leat {
namespace simd {
namespace {

constexpr uint64_t ones = 0x0101010101010101u;
constexpr uint64_t tops = 0x8080808080808080u;

uint64_t load_8(const char* data) {
    uint64_t word = 0;
    memcpy(&word, data, sizeof word);
    return word;
}

// Top bit of each byte that equals `byte`, exact: no borrow runs from byte to byte, as the add is
// done on seven bits.
uint64_t bytes_equal(uint64_t word, unsigned char byte) {
    const uint64_t difference = word ^ (ones * byte);
    return ~(((difference & ~tops) + ~tops) | difference | ~tops);
}

// Top bit of each byte below `limit` (limit <= 0x80), exact.
uint64_t bytes_below(uint64_t word, unsigned char limit) {
    const uint64_t at_least = (word & ~tops) + ones * (0x80u - limit);
    return ~(at_least | word) & tops;
}

uint64_t string_stops_word(uint64_t word) {
    return bytes_equal(word, '"') | bytes_equal(word, '\\') | bytes_below(word, 0x20);
}

bool is_string_stop(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// What escaping this byte adds.
size_t growth_of(char c) {
    switch (c) {
        case '"':
        case '\\':
        case '\b':
        case '\f':
        case '\n':
        case '\r':
        case '\t':
            return 1;
        default:
            return static_cast<unsigned char>(c) < 0x20 ? 5 : 0;
    }
}

}  // namespace

size_t string_run_portable(const char* data, size_t size, bool* high) {
    size_t at = 0;
    for (; size - at >= 8; at += 8) {
        const uint64_t word = load_8(data + at);
        if (string_stops_word(word) != 0) break;
        *high |= (word & tops) != 0;
    }
    while (at < size && !is_string_stop(data[at])) {
        *high |= static_cast<unsigned char>(data[at]) >= 0x80;
        ++at;
    }
    return at;
}

size_t escape_growth_portable(const char* data, size_t size) {
    size_t growth = 0;
    size_t at = 0;
    for (; size - at >= 8; at += 8) {
        const uint64_t word = load_8(data + at);
        if (string_stops_word(word) == 0) continue;
        for (size_t i = 0; i < 8; ++i) growth += growth_of(data[at + i]);
    }
    for (; at < size; ++at) growth += growth_of(data[at]);
    return growth;
}

size_t ascii_run_portable(const char* data, size_t size) {
    size_t at = 0;
    while (size - at >= 8 && (load_8(data + at) & tops) == 0) at += 8;
    while (at < size && static_cast<unsigned char>(data[at]) < 0x80) ++at;
    return at;
}

size_t blank_run_portable(const char* data, size_t size) {
    size_t at = 0;
    for (; size - at >= 8; at += 8) {
        if (load_8(data + at) != ones * ' ') break;
    }
    while (at < size && is_blank(data[at])) ++at;
    return at;
}

#if defined(__x86_64__)

bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }

size_t string_run_sse2(const char* data, size_t size, bool* high) {
    size_t at = 0;
    __m128i seen = _mm_setzero_si128();
    for (; size - at >= 32; at += 32) {
        const __m128i a = load_16(data + at);
        const __m128i b = load_16(data + at + 16);
        if (byte_mask(_mm_or_si128(string_stops(a), string_stops(b))) != 0) break;
        seen = _mm_or_si128(seen, _mm_or_si128(a, b));
    }
    *high |= byte_mask(seen) != 0;
    for (; size - at >= 16; at += 16) {
        const __m128i bytes = load_16(data + at);
        const uint32_t stops = byte_mask(string_stops(bytes));
        const uint32_t highs = byte_mask(bytes);
        if (stops != 0) {
            *high |= (highs & (stops - 1) & ~stops) != 0;
            return at + trailing_zeros(stops);
        }
        *high |= highs != 0;
    }
    return at + string_run_portable(data + at, size - at, high);
}

LEAT_TARGET_AVX2 static inline __m256i string_stops_32(__m256i bytes) {
    const __m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
    const __m256i slash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
    const __m256i control =
        _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes);
    return _mm256_or_si256(_mm256_or_si256(quote, slash), control);
}

LEAT_TARGET_AVX2 static inline __m256i load_32(const char* data) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data));
}

LEAT_TARGET_AVX2 static inline uint32_t byte_mask_32(__m256i bytes) {
    return static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
}

LEAT_TARGET_AVX2 size_t string_run_avx2(const char* data, size_t size, bool* high) {
    size_t at = 0;
    __m256i seen = _mm256_setzero_si256();
    for (; size - at >= 64; at += 64) {
        const __m256i a = load_32(data + at);
        const __m256i b = load_32(data + at + 32);
        if (byte_mask_32(_mm256_or_si256(string_stops_32(a), string_stops_32(b))) != 0) break;
        seen = _mm256_or_si256(seen, _mm256_or_si256(a, b));
    }
    *high |= byte_mask_32(seen) != 0;
    for (; size - at >= 32; at += 32) {
        const __m256i bytes = load_32(data + at);
        const uint32_t stops = byte_mask_32(string_stops_32(bytes));
        const uint32_t highs = byte_mask_32(bytes);
        if (stops != 0) {
            *high |= (highs & (stops - 1) & ~stops) != 0;
            return at + trailing_zeros(stops);
        }
        *high |= highs != 0;
    }
    return at + string_run_sse2(data + at, size - at, high);
}

size_t escape_growth_sse2(const char* data, size_t size) {
    size_t growth = 0;
    size_t at = 0;
    for (; size - at >= 16; at += 16) {
        const uint32_t stops = byte_mask(string_stops(load_16(data + at)));
        for (uint32_t left = stops; left != 0; left &= left - 1) {
            growth += growth_of(data[at + trailing_zeros(left)]);
        }
    }
    return growth + escape_growth_portable(data + at, size - at);
}

LEAT_TARGET_AVX2 size_t escape_growth_avx2(const char* data, size_t size) {
    size_t growth = 0;
    size_t at = 0;
    for (; size - at >= 32; at += 32) {
        const uint32_t stops = byte_mask_32(string_stops_32(load_32(data + at)));
        for (uint32_t left = stops; left != 0; left &= left - 1) {
            growth += growth_of(data[at + trailing_zeros(left)]);
        }
    }
    return growth + escape_growth_sse2(data + at, size - at);
}

#elif defined(LEAT_SIMD_NEON)

namespace {

// Whether any byte of a block of 16 ends a run of plain string text.
bool has_string_stop_neon(uint8x16_t bytes) {
    const uint8x16_t quote = vceqq_u8(bytes, vdupq_n_u8('"'));
    const uint8x16_t slash = vceqq_u8(bytes, vdupq_n_u8('\\'));
    const uint8x16_t control = vcltq_u8(bytes, vdupq_n_u8(0x20));
    return vmaxvq_u8(vorrq_u8(vorrq_u8(quote, slash), control)) != 0;
}

uint8x16_t load_neon(const char* data) {
    return vld1q_u8(reinterpret_cast<const uint8_t*>(data));
}

size_t string_run_neon(const char* data, size_t size, bool* high) {
    size_t at = 0;
    for (; size - at >= 16; at += 16) {
        const uint8x16_t bytes = load_neon(data + at);
        if (has_string_stop_neon(bytes)) break;
        *high |= vmaxvq_u8(bytes) >= 0x80;
    }
    return at + string_run_portable(data + at, size - at, high);
}

size_t escape_growth_neon(const char* data, size_t size) {
    size_t growth = 0;
    size_t at = 0;
    for (; size - at >= 16; at += 16) {
        if (!has_string_stop_neon(load_neon(data + at))) continue;
        growth += escape_growth_portable(data + at, 16);
    }
    return growth + escape_growth_portable(data + at, size - at);
}

}  // namespace
#endif

}  // namespace simd

size_t string_run_far(const char* data, size_t size, bool* high) {
    LEAT_DCHECK(high != nullptr);
    LEAT_DCHECK(data != nullptr || size == 0);
#if defined(__x86_64__)
    if (size >= 64 && simd::has_avx2()) return simd::string_run_avx2(data, size, high);
    return simd::string_run_sse2(data, size, high);
#elif defined(LEAT_SIMD_NEON)
    return simd::string_run_neon(data, size, high);
#else
    return simd::string_run_portable(data, size, high);
#endif
}

size_t escape_growth(const char* data, size_t size) {
    LEAT_DCHECK(data != nullptr || size == 0);
    LEAT_DCHECK(size <= static_cast<size_t>(-1) / 6);
#if defined(__x86_64__)
    if (size >= 64 && simd::has_avx2()) return simd::escape_growth_avx2(data, size);
    return simd::escape_growth_sse2(data, size);
#elif defined(LEAT_SIMD_NEON)
    return simd::escape_growth_neon(data, size);
#else
    return simd::escape_growth_portable(data, size);
#endif
}

size_t ascii_run(const char* data, size_t size) {
    size_t at = 0;
#ifdef LEAT_SIMD_SSE2
    for (; size - at >= 32; at += 32) {
        const __m128i both = _mm_or_si128(load_16(data + at), load_16(data + at + 16));
        if (byte_mask(both) != 0) break;
    }
#endif
    return at + simd::ascii_run_portable(data + at, size - at);
}

size_t blank_run_far(const char* data, size_t size) {
    return simd::blank_run_portable(data, size);
}

#ifdef LEAT_SIMD_SSE2

namespace {

inline void store_16(char* out, __m128i bytes) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
}

// A run of at most 32 bytes, copied as 16 or 32.
inline void copy_run(const char* data, size_t run, char* out) {
    store_16(out, load_16(data));
    if (run > 16) store_16(out + 16, load_16(data + 16));
}

// Copies whole blocks, short escapes resolved. Stops at a backslash of another kind, and when
// source or room is short of two blocks (a run may be read and written that far beyond its end).
// All escapes of a block come from one mask, so the loop does not wait for a load after each.
void copy_blocks(const char** from, const char* end, char** to, const char* limit) {
    const __m128i slash = _mm_set1_epi8('\\');
    const char* p = *from;
    char* out = *to;
    while (end - p > 2 * copy_block_bytes && limit - out >= 2 * copy_block_bytes) {
        uint32_t mask = byte_mask(_mm_cmpeq_epi8(load_16(p), slash)) |
                        byte_mask(_mm_cmpeq_epi8(load_16(p + 16), slash)) << 16;
        size_t done = 0;  // bytes of the block that are dealt with
        while (mask != 0) {
            const size_t at = trailing_zeros(mask);
            copy_run(p + done, at - done, out);
            out += at - done;
            const char meaning = json_short_escape(p[at + 1]);
            if (meaning == 0) {
                *from = p + at;
                *to = out;
                return;
            }
            *out++ = meaning;
            done = at + 2;  // up to 33
            mask &= static_cast<uint32_t>(~uint64_t{0} << done);
        }
        if (done < 32) {
            copy_run(p + done, 32 - done, out);
            out += 32 - done;
            done = 32;
        }
        p += done;
    }
    *from = p;
    *to = out;
}

}  // namespace
#endif

void copy_until_backslash(const char** from, const char* end, char** to, const char* limit,
                          bool overshoot) {
    LEAT_DCHECK(*from <= end);
    LEAT_DCHECK(*to <= limit);
#ifdef LEAT_SIMD_SSE2
    if (overshoot) copy_blocks(from, end, to, limit);
#endif
    const char* p = *from;
    char* out = *to;
    while (end - p >= 8 && limit - out >= 8) {
        const uint64_t word = simd::load_8(p);
        if (simd::bytes_equal(word, '\\') != 0) break;
        memcpy(out, &word, sizeof word);
        p += 8;
        out += 8;
    }
    while (p < end && out < limit && *p != '\\') *out++ = *p++;
    *from = p;
    *to = out;
}

size_t copy_plain(const char* data, size_t most, char* out) {
    size_t at = 0;
#ifdef LEAT_SIMD_SSE2
    for (; most - at >= 16; at += 16) {
        const __m128i bytes = load_16(data + at);
        const uint32_t stops = byte_mask(string_stops(bytes));
        store_16(out + at, bytes);
        if (stops != 0) return at + trailing_zeros(stops);
    }
#endif
    for (; most - at >= 8; at += 8) {
        const uint64_t word = simd::load_8(data + at);
        if (simd::string_stops_word(word) != 0) break;
        memcpy(out + at, &word, sizeof word);
    }
    for (; at < most && !simd::is_string_stop(data[at]); ++at) out[at] = data[at];
    return at;
}

}  // namespace leat
