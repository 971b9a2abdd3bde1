// codec/scan_http.h: the byte loops under the reading of HTTP heads, with the same vector forms as
// scan_simd.h, on which it depends. Most names and values are shorter than two vectors: in line.
// Invariant: all forms of a loop answer the same, and none touches bytes outside [data, data + size).
#pragma once

#include "codec/scan_simd.h"

namespace leat {

// The length of the run without CR and LF at the start of data.
inline size_t line_run(const char* data, size_t size) {
    size_t at = 0;
#ifdef LEAT_SIMD_SSE2
    for (; size - at >= 16; at += 16) {
        const __m128i bytes = load_16(data + at);
        const uint32_t ends = byte_mask(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')),
                                                     _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))));
        if (ends != 0) return at + trailing_zeros(ends);
    }
#endif
    while (at < size && data[at] != '\r' && data[at] != '\n') ++at;
    return at;
}

// The length of the run of bytes that a value may hold, the tab (which is rare) not among them.
inline size_t value_run(const char* data, size_t size) {
    size_t at = 0;
#ifdef LEAT_SIMD_SSE2
    for (; size - at >= 16; at += 16) {
        const __m128i bytes = load_16(data + at);
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        const uint32_t stops = byte_mask(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f))));
        if (stops != 0) return at + trailing_zeros(stops);
    }
#endif
    while (at < size && static_cast<unsigned char>(data[at]) >= 0x20 && data[at] != 0x7f) ++at;
    return at;
}

// The length of the run of letters, digits and dashes: all that usual names are made of.
inline size_t name_run(const char* data, size_t size) {
    size_t at = 0;
#ifdef LEAT_SIMD_SSE2
    for (; size - at >= 16; at += 16) {
        const __m128i bytes = load_16(data + at);
        const __m128i letter =
            _mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
        const __m128i digit = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
        const __m128i good = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8('z' - 'a')), letter),
                         _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit)),
            _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
        const uint32_t stops = byte_mask(good) ^ 0xFFFFu;
        if (stops != 0) return at + trailing_zeros(stops);
    }
#endif
    for (; at < size; ++at) {
        const char c = data[at];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-') break;
    }
    return at;
}

// The length of the run without colon, blanks and control bytes at the start of data. Its ASCII
// letters are put in lower case where they lie; what is behind it stays as it is.
inline size_t lower_name_run(char* data, size_t size) {
    size_t at = 0;
#ifdef LEAT_SIMD_SSE2
    const __m128i places = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (; size - at >= 16; at += 16) {
        const __m128i bytes = load_16(data + at);
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(' ')), bytes);
        const uint32_t stops = byte_mask(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(':'))));
        const size_t size_here = stops == 0 ? 16 : trailing_zeros(stops);
        const __m128i inside = _mm_cmplt_epi8(places, _mm_set1_epi8(static_cast<char>(size_here)));
        const __m128i letter = _mm_sub_epi8(bytes, _mm_set1_epi8('A'));
        const __m128i upper = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8('Z' - 'A')), letter);
        const __m128i turned = _mm_and_si128(_mm_and_si128(upper, inside), _mm_set1_epi8(0x20));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(data + at), _mm_or_si128(bytes, turned));
        if (stops != 0) return at + size_here;
    }
#endif
    for (; at < size; ++at) {
        const char c = data[at];
        if (c == ':' || static_cast<unsigned char>(c) <= ' ') break;
        if (c >= 'A' && c <= 'Z') data[at] = static_cast<char>(c | 0x20);
    }
    return at;
}

}  // namespace leat
