// Any bytes as a number, a duration or a date; any eight bytes as a double that must come back.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "codec/duration.h"
#include "codec/http_date.h"
#include "codec/number.h"
#include "codec/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const leat::Text t = leat::text(reinterpret_cast<const char*>(data), size);
    const size_t whole = leat::number_size(t);
    LEAT_CHECK(whole <= size);
    double value = 0;
    int64_t integer = 0;
    int64_t saturated = 0;
    const bool is_double = leat::parse_double(t, &value);
    LEAT_CHECK(!is_double || (size > 0 && whole == size));
    if (leat::parse_int(t, &integer)) {
        LEAT_CHECK(leat::parse_int_saturated(t, &saturated) && saturated == integer);
        LEAT_CHECK(is_double && value == static_cast<double>(integer));
    }
    if (size >= sizeof value) {
        memcpy(&value, data, sizeof value);
        char out[leat::number_bytes_max];
        const size_t printed = leat::print_double(out, value);
        double again = 0;
        LEAT_CHECK(printed <= sizeof out);
        LEAT_CHECK(printed == 0 || leat::parse_double(leat::text(out, printed), &again));
        LEAT_CHECK(printed == 0 || memcmp(&again, &value, sizeof value) == 0);
    }
    int64_t out = 0;
    LEAT_CHECK(!leat::parse_duration_or_seconds_ns(t, &out) || out >= 0);
    LEAT_CHECK(!leat::parse_http_date_ms(t, 1767225600000, &out) || out >= 0);
    LEAT_CHECK(!leat::parse_rfc3339_ms(t, &out) || out >= 0);
    LEAT_CHECK(leat::utf8_valid_prefix(t) <= size);
    return 0;
}
