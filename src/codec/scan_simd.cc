// codec/scan_simd.cc: the vector and word loops behind scan_simd.h.
// Which form runs is a compile-time matter, save AVX2: that is asked of the processor through the
// compiler's own table (filled before main by the compiler's C support library, so there is no
// guard and no constructor here).
// Invariant: vector loops take whole blocks only; what is left goes through the portable form.
#include "codec/scan_simd.h"

#include "base/check.h"
#include "codec/scan_words.h"

#ifdef LEAT_SIMD_SSE2
#include <immintrin.h>
#define LEAT_TARGET_AVX2 __attribute__((target("avx2")))
#elif defined(LEAT_SIMD_NEON)
#include <arm_neon.h>
#endif

namespace leat {
namespace simd {
namespace {

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
        const uint64_t stops = string_stops_word(word);
        const bool some_high = (word & byte_tops) != 0;
        if (stops != 0) {
            if (some_high) break;
            return at + first_marked(stops);
        }
        *high |= some_high;
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
    while (size - at >= 8 && (load_8(data + at) & byte_tops) == 0) at += 8;
    while (at < size && static_cast<unsigned char>(data[at]) < 0x80) ++at;
    return at;
}

size_t blank_run_portable(const char* data, size_t size) {
    size_t at = 0;
    for (; size - at >= 8; at += 8) {
        if (load_8(data + at) != byte_ones * ' ') break;
    }
    while (at < size && is_blank(data[at])) ++at;
    return at;
}

// Where the last word is not whole, it overlaps the one before.
bool is_plain_ascii_portable(const char* data, size_t size) {
    uint64_t seen = 0;
    if (size < 8) {
        for (size_t i = 0; i < size; ++i) {
            if (is_string_stop(data[i]) || static_cast<unsigned char>(data[i]) >= 0x80) return false;
        }
        return true;
    }
    for (size_t at = 0; at < size - 8; at += 8) {
        const uint64_t word = load_8(data + at);
        seen |= string_stops_word(word) | word;
    }
    const uint64_t last = load_8(data + size - 8);
    return ((seen | string_stops_word(last) | last) & byte_tops) == 0;
}

#ifdef LEAT_SIMD_SSE2

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

// As signed numbers the bytes beyond ASCII are below the blank, too.
static inline __m128i not_plain(__m128i bytes) {
    const __m128i outside = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    return _mm_or_si128(outside, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                              _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
}

// size is 16 or more: the last block overlaps the one before.
bool is_plain_ascii_sse2(const char* data, size_t size) {
    __m128i seen = not_plain(load_16(data + size - 16));
    for (size_t at = 0; at < size - 16; at += 16) {
        seen = _mm_or_si128(seen, not_plain(load_16(data + at)));
    }
    return byte_mask(seen) == 0;
}

LEAT_TARGET_AVX2 static inline __m256i string_stops_32(__m256i bytes) {
    const __m256i turned = _mm256_xor_si256(bytes, _mm256_set1_epi8(2));
    const __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(turned, _mm256_set1_epi8(0x20)), turned);
    return _mm256_or_si256(low, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
}

LEAT_TARGET_AVX2 static inline __m256i load_32(const char* data) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data));
}

LEAT_TARGET_AVX2 static inline uint32_t byte_mask_32(__m256i bytes) {
    return static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
}

LEAT_TARGET_AVX2 static inline __m256i not_plain_32(__m256i bytes) {
    const __m256i inside = _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(0x1F));
    const __m256i marks = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')),
                                          _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
    return _mm256_or_si256(_mm256_xor_si256(inside, _mm256_set1_epi8(-1)), marks);
}

// size is 64 or more: the last block overlaps the one before.
LEAT_TARGET_AVX2 bool is_plain_ascii_avx2(const char* data, size_t size) {
    __m256i seen = _mm256_or_si256(not_plain_32(load_32(data + size - 64)),
                                   not_plain_32(load_32(data + size - 32)));
    for (size_t at = 0; at < size - 64; at += 64) {
        const __m256i both = _mm256_or_si256(not_plain_32(load_32(data + at)),
                                             not_plain_32(load_32(data + at + 32)));
        seen = _mm256_or_si256(seen, both);
    }
    return byte_mask_32(seen) == 0;
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

namespace {

uint64_t join_masks(uint32_t low, uint32_t high) { return low | uint64_t{high} << 32; }

void look_at_64_sse2(const char* data, StringWindow* window) {
    const __m128i a = load_16(data);
    const __m128i b = load_16(data + 16);
    const __m128i c = load_16(data + 32);
    const __m128i d = load_16(data + 48);
    window->stops = join_masks(byte_mask(string_stops(a)) | byte_mask(string_stops(b)) << 16,
                               byte_mask(string_stops(c)) | byte_mask(string_stops(d)) << 16);
    window->highs =
        join_masks(byte_mask(a) | byte_mask(b) << 16, byte_mask(c) | byte_mask(d) << 16);
}

LEAT_TARGET_AVX2 void look_at_64_avx2(const char* data, StringWindow* window) {
    const __m256i a = load_32(data);
    const __m256i b = load_32(data + 32);
    window->stops = join_masks(byte_mask_32(string_stops_32(a)), byte_mask_32(string_stops_32(b)));
    window->highs = join_masks(byte_mask_32(a), byte_mask_32(b));
}

}  // namespace

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

uint8x16_t load_neon(const char* data) { return vld1q_u8(reinterpret_cast<const uint8_t*>(data)); }

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
#ifdef LEAT_SIMD_SSE2
    if (size >= 64 && simd::has_avx2()) return simd::string_run_avx2(data, size, high);
    return simd::string_run_sse2(data, size, high);
#elif defined(LEAT_SIMD_NEON)
    return simd::string_run_neon(data, size, high);
#else
    return simd::string_run_portable(data, size, high);
#endif
}

bool is_plain_ascii(const char* data, size_t size) {
    LEAT_DCHECK(data != nullptr || size == 0);
#ifdef LEAT_SIMD_SSE2
    if (size >= 64 && simd::has_avx2()) return simd::is_plain_ascii_avx2(data, size);
    if (size >= 16) return simd::is_plain_ascii_sse2(data, size);
#endif
    return simd::is_plain_ascii_portable(data, size);
}

size_t escape_growth(const char* data, size_t size) {
    LEAT_DCHECK(data != nullptr || size == 0);
    LEAT_DCHECK(size <= static_cast<size_t>(-1) / 6);
#ifdef LEAT_SIMD_SSE2
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

size_t blank_run_far(const char* data, size_t size) { return simd::blank_run_portable(data, size); }

#ifndef LEAT_SIMD_SSE2
// The top bits of a word's bytes as eight bits, the one at the lowest address first.
static uint64_t gather_tops(uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return ((word & simd::byte_tops) >> 7) * 0x0102040810204080u >> 56;
}

static void look_at_64(const char* data, StringWindow* window) {
    window->stops = 0;
    window->highs = 0;
    for (size_t i = 0; i < 64; i += 8) {
        const uint64_t word = simd::load_8(data + i);
        window->stops |= gather_tops(simd::string_stops_word(word)) << i;
        window->highs |= gather_tops(word) << i;
    }
}
#else
static inline void look_at_64(const char* data, StringWindow* window) {
    if (simd::has_avx2()) {
        simd::look_at_64_avx2(data, window);
    } else {
        simd::look_at_64_sse2(data, window);
    }
}
#endif

// Near the end of a document: what is there is looked at in a copy, filled up with stops.
__attribute__((noinline)) static void look_at_less(const char* data, size_t size,
                                                   StringWindow* window) {
    LEAT_DCHECK(size < 64);
    char block[64] = {};
    memcpy(block, data, size);
    look_at_64(block, window);
}

void open_window(const char* data, size_t size, StringWindow* window) {
    LEAT_DCHECK(data != nullptr);
    window->base = reinterpret_cast<uintptr_t>(data);
    if (size < 64) {
        look_at_less(data, size, window);
    } else {
        look_at_64(data, window);
    }
}

const char* past_blanks_far(const char* p, const char* end) {
    return p + blank_run(p, static_cast<size_t>(end - p));
}

}  // namespace leat
