// codec/scan_copy.cc: the copying loops. With room to spare whole blocks are stored and the place
// moves only as far as the block was plain; near an end it goes by words, then by bytes.
// Depends on base, scan_simd and json_escape (short escapes are resolved on the way).
// Invariant: as in scan_copy.h.
#include "codec/scan_copy.h"

#include <string.h>

#include "base/check.h"
#include "codec/json_escape.h"
#include "codec/scan_simd.h"
#include "codec/scan_words.h"

namespace leat {

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
        const uint64_t slashes = simd::bytes_equal(word, '\\');
        if (slashes != 0 && !overshoot) break;
        memcpy(out, &word, sizeof word);
        if (slashes != 0) {
            *from = p + simd::first_marked(slashes);
            *to = out + simd::first_marked(slashes);
            return;
        }
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
        const uint64_t stops = simd::string_stops_word(word);
        memcpy(out + at, &word, sizeof word);
        if (stops != 0) return at + simd::first_marked(stops);
    }
    for (; at < most && !simd::is_string_stop(data[at]); ++at) out[at] = data[at];
    return at;
}

}  // namespace leat
