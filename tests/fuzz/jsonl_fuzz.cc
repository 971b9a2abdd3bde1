// Any bytes, in any pieces, through the line splitter: lines tile the input, whatever the pieces.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "codec/jsonl.h"

namespace {

struct Sum {
    uint64_t lines = 0;
    uint64_t end = 0;
    uint64_t hash = 0;
};

void add(leat::LineKind kind, const leat::Line& line, Sum* sum) {
    LEAT_CHECK(line.number == sum->lines + 1);
    LEAT_CHECK(sum->lines == 0 || line.offset == sum->end);
    LEAT_CHECK(line.size_bytes > 0);
    sum->lines = line.number;
    sum->end = line.offset + line.size_bytes;
    sum->hash = sum->hash * 31 + static_cast<uint64_t>(kind);
    for (size_t i = 0; i < line.text.size; ++i) {
        sum->hash = sum->hash * 31 + static_cast<unsigned char>(line.text.data[i]);
    }
}

Sum run(const char* data, size_t size, size_t line_max, size_t piece) {
    char buffer[64 + 5];
    leat::LineSplitter splitter;
    splitter.open(buffer, leat::LineSplitter::bytes_for(line_max), line_max);
    Sum sum;
    leat::Line line;
    for (size_t at = 0; at < size;) {
        size_t room = 0;
        char* const to = splitter.room(&room);
        LEAT_CHECK(room > 0);
        size_t part = room < piece ? room : piece;
        if (part > size - at) part = size - at;
        memcpy(to, data + at, part);
        splitter.filled(part);
        at += part;
        for (;;) {
            const leat::LineKind kind = splitter.next(&line);
            if (kind == leat::LineKind::none) break;
            add(kind, line, &sum);
        }
    }
    splitter.finish();
    for (;;) {
        const leat::LineKind kind = splitter.next(&line);
        if (kind == leat::LineKind::none) break;
        add(kind, line, &sum);
    }
    LEAT_CHECK(sum.lines == 0 || sum.end == size);
    return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    const char* const input = reinterpret_cast<const char*>(data) + 2;
    const size_t line_max = 1 + data[0] % 64;
    const Sum whole = run(input, size - 2, line_max, size);
    const Sum parts = run(input, size - 2, line_max, 1 + data[1] % 16);
    LEAT_CHECK(whole.lines == parts.lines && whole.hash == parts.hash);
    return 0;
}
