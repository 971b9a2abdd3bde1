// codec/scan_simd.h: the byte loops under the JSON scanner, the escaper and the UTF-8 check.
// Each has a portable form (8 bytes at a time in a word) and, where the processor has them, vector
// forms: SSE2 on x86-64, AVX2 when the processor at hand has it, NEON on AArch64.
// Depends on <stdint.h>, <string.h> and intrinsics only. Pure functions.
// Invariant: all forms of a loop answer the same, and none reads outside [data, data + size).
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(LEAT_SIMD_NONE)
// asked for: the portable forms alone
#elif defined(__x86_64__)
#include <emmintrin.h>
#define LEAT_SIMD_SSE2 1
#elif defined(__aarch64__) && defined(__ARM_NEON)
#define LEAT_SIMD_NEON 1
#endif

// A call for each token costs more than the token: these become part of their caller.
#define LEAT_INLINE __attribute__((always_inline)) inline

namespace leat {

// The length of the run without `"`, `\` and bytes below 0x20 at the start of data.
// *high becomes true when the run has a byte from 0x80 up; it is never set back.
[[nodiscard]] size_t string_run_far(const char* data, size_t size, bool* high);

// How many bytes escaping adds to data.
[[nodiscard]] size_t escape_growth(const char* data, size_t size);

// Whether all of data is ASCII that a JSON string holds as it is. Reads some bytes twice.
[[nodiscard]] bool is_plain_ascii(const char* data, size_t size);

// The length of the run of bytes below 0x80 at the start of data.
[[nodiscard]] size_t ascii_run(const char* data, size_t size);

// The length of the run of blanks (space, tab, CR, LF) at the start of data.
[[nodiscard]] size_t blank_run_far(const char* data, size_t size);

// The single forms, for tests and measurements; others go through the functions above.
namespace simd {
size_t string_run_portable(const char* data, size_t size, bool* high);
size_t escape_growth_portable(const char* data, size_t size);
size_t ascii_run_portable(const char* data, size_t size);
size_t blank_run_portable(const char* data, size_t size);
bool is_plain_ascii_portable(const char* data, size_t size);
#ifdef LEAT_SIMD_SSE2
bool has_avx2();
size_t string_run_sse2(const char* data, size_t size, bool* high);
size_t string_run_avx2(const char* data, size_t size, bool* high);
size_t escape_growth_sse2(const char* data, size_t size);
size_t escape_growth_avx2(const char* data, size_t size);
bool is_plain_ascii_sse2(const char* data, size_t size);
bool is_plain_ascii_avx2(const char* data, size_t size);
#endif
}  // namespace simd

#ifdef LEAT_SIMD_SSE2
inline __m128i load_16(const char* data) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(data));
}

// 0xFF where a byte ends a run of plain string text. Turning bit 1 over puts the quote (0x22) just
// above the control characters (below 0x20), which stay among themselves: one comparison for both.
inline __m128i string_stops(__m128i bytes) {
    const __m128i turned = _mm_xor_si128(bytes, _mm_set1_epi8(2));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(turned, _mm_set1_epi8(0x20)), turned);
    return _mm_or_si128(low, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
}

inline uint32_t byte_mask(__m128i bytes) { return static_cast<uint32_t>(_mm_movemask_epi8(bytes)); }
#endif

inline size_t trailing_zeros(uint32_t mask) { return static_cast<size_t>(__builtin_ctz(mask)); }

// string_run_far with its first 16 bytes in line: most strings of an answer are short.
inline size_t string_run(const char* data, size_t size, bool* high) {
#ifdef LEAT_SIMD_SSE2
    if (size >= 16) {
        const __m128i bytes = load_16(data);
        const uint32_t stops = byte_mask(string_stops(bytes));
        const uint32_t highs = byte_mask(bytes);
        if (stops != 0) {
            *high |= (highs & (stops - 1) & ~stops) != 0;
            return trailing_zeros(stops);
        }
        *high |= highs != 0;
        return 16 + string_run_far(data + 16, size - 16, high);
    }
#endif
    return string_run_far(data, size, high);
}

inline bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// blank_run_far with its first 16 bytes in line: an indented document has a run before each name.
inline size_t blank_run(const char* data, size_t size) {
    if (size == 0 || !is_blank(data[0])) return 0;
    if (size == 1 || !is_blank(data[1])) return 1;
#ifdef LEAT_SIMD_SSE2
    if (size >= 16) {
        const __m128i bytes = load_16(data);
        const __m128i low = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
                                         _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
        const __m128i rare = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')),
                                          _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')));
        const uint32_t others = byte_mask(_mm_or_si128(low, rare)) ^ 0xFFFFu;
        if (others != 0) return trailing_zeros(others);
    }
#endif
    return blank_run_far(data, size);
}

const char* past_blanks_far(const char* p, const char* end);

// p, or behind the blanks that start there.
inline const char* past_blanks(const char* p, const char* end) {
    const bool more = p < end;
    if (more && static_cast<unsigned char>(*p) > ' ') return p;
    return past_blanks_far(p, end);
}

// What a scanner knows about the 64 bytes from base on. Finding the end of the next string in it is
// a shift and a count, where a scan of its own would wait for a load first; names and words follow
// each other closely, so that wait is most of what reading a small document costs.
struct StringWindow {
    uintptr_t base = 0;  // an address, not a pointer: only ever subtracted
    uint64_t stops = 0;  // a bit for each byte that ends plain string text
    uint64_t highs = 0;  // a bit for each byte from 0x80 up
};

// Sets the window to data; bytes beyond size count as stops.
void open_window(const char* data, size_t size, StringWindow* window);

// The length of the plain run at data if it is ASCII and its end is near; else window_missed, or
// something beyond size.
constexpr size_t window_missed = static_cast<size_t>(-1) / 2;
LEAT_INLINE size_t near_string_run(const char* data, size_t size, StringWindow* window) {
    size_t offset = reinterpret_cast<uintptr_t>(data) - window->base;
    if (offset >= 64 || (window->stops >> offset) == 0) {
        open_window(data, size, window);
        if (window->stops == 0) return window_missed;
        offset = 0;
    }
    const uint64_t stops = window->stops >> offset;
    if (window->highs != 0) {
        const uint64_t before = (stops - 1) & ~stops;
        if (((window->highs >> offset) & before) != 0) return window_missed;
    }
    return static_cast<size_t>(__builtin_ctzll(stops));
}

}  // namespace leat
