// A regular expression, up to the first line end, and a text, the rest: compiled and run within a
// work that is linear in both, whatever the bytes.
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "codec/json_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const leat::Text input = leat::text(reinterpret_cast<const char*>(data), size);
    const size_t line = leat::find_byte(input, '\n');
    const size_t pattern_size = line == leat::not_found ? size : line;
    const leat::Text text = leat::tail(input, pattern_size + 1);
    leat::JsonPattern pattern;
    leat::JsonWork work(UINT64_MAX);
    const leat::PatternFault fault =
        leat::json_pattern_compile(leat::text(input.data, pattern_size), &work, &pattern);
    LEAT_CHECK(UINT64_MAX - work.left() <= (1 + pattern_size) * 4 * leat::json_pattern_words_max);
    if (fault != leat::PatternFault::none) return 0;
    leat::JsonWork run(UINT64_MAX);
    (void)leat::json_pattern_matches(pattern, text, &run);
    const uint64_t each = 2 + leat::json_pattern_ranges_max / 8;
    LEAT_CHECK(UINT64_MAX - run.left() <= (1 + text.size) * (1 + each * pattern.words_count));
    return 0;
}
