// codec/http_date.h: points in time as servers write them, to milliseconds since 1970 UTC.
// Depends on base only. Pure functions: no time zone, no libc, no clock.
// Invariant: only dates of the calendar are answered (no 30 February), years 1970 to 9999.
#pragma once

#include <leat/types.h>
#include <stdint.h>

#include "base/bytes.h"

namespace leat {

// RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT", and the two old forms
// "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994". The day of the week is read but
// not compared. now_ms decides the century of a two-digit year: it is never over 50 years ahead.
[[nodiscard]] bool parse_http_date_ms(Text t, int64_t now_ms, int64_t* unix_ms);

// RFC 3339: "2025-03-15T09:38:23Z", with a fraction and an offset ("+02:00") allowed; "T" and "Z"
// in either case. A leap second counts as the second before it.
[[nodiscard]] bool parse_rfc3339_ms(Text t, int64_t* unix_ms);

// Milliseconds at the start of a day of the Gregorian calendar. False when there is no such day.
[[nodiscard]] bool day_to_unix_ms(int64_t year, int64_t month, int64_t day, int64_t* unix_ms);

}  // namespace leat
