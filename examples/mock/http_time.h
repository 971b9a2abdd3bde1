// Times as HTTP and as JSON write them.
//
// Invariant: UTC only; each writes less than 32 bytes and says how many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>

namespace mock {

// "Sun, 06 Nov 1994 08:49:37 GMT"
inline size_t format_http_date(uint64_t epoch_s, char* into) {
    const auto when = static_cast<time_t>(epoch_s);
    struct tm parts;
    gmtime_r(&when, &parts);
    return strftime(into, 32, "%a, %d %b %Y %H:%M:%S GMT", &parts);
}

// "1994-11-06T08:49:37Z" (RFC 3339)
inline size_t format_utc_time(uint64_t epoch_s, char* into) {
    const auto when = static_cast<time_t>(epoch_s);
    struct tm parts;
    gmtime_r(&when, &parts);
    return strftime(into, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

}  // namespace mock
