// Lines of any bytes as headers: whatever they say, each field of the limits is unknown or from 0 up,
// and the same headers say the same twice.
#include <leat/limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "provider/limit_headers.h"

namespace {

constexpr uint32_t headers_max = 64;

bool sane(const leat_limit& limit) {
    return limit.limit >= -1 && limit.remaining >= -1 && limit.reset_ms >= -1 &&
           limit.window_ms >= -1;
}

}  // namespace

// The first eight bytes are the clock, the rest is one `name: value` a line.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    int64_t wall_ms = 0;
    if (size < sizeof wall_ms) return 0;
    memcpy(&wall_ms, data, sizeof wall_ms);
    leat::Text rest =
        leat::text(reinterpret_cast<const char*>(data) + sizeof wall_ms, size - sizeof wall_ms);
    leat_header headers[headers_max];
    leat_reply reply{};
    while (!leat::empty(rest) && reply.headers_count < headers_max) {
        leat::Text line = leat::take_until(&rest, '\n');
        const leat::Text name = leat::take_until(&line, ':');
        headers[reply.headers_count++] = leat_header{name, leat::trim(line)};
        LEAT_CHECK(leat::limit_reset_ms(line, wall_ms) >= LEAT_LIMIT_UNKNOWN);
    }
    reply.headers = headers;
    leat_rate_limits limits;
    leat_rate_limits again;
    leat_reply_limits(&reply, wall_ms, &limits);
    leat_reply_limits(&reply, wall_ms, &again);
    LEAT_CHECK(memcmp(&limits, &again, sizeof limits) == 0);
    LEAT_CHECK(sane(limits.requests) && sane(limits.tokens));
    LEAT_CHECK(sane(limits.input_tokens) && sane(limits.output_tokens));
    LEAT_CHECK(sane(limits.requests_short) && sane(limits.tokens_short));
    LEAT_CHECK(sane(limits.requests_long) && sane(limits.tokens_long));
    return 0;
}
