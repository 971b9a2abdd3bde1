// Lifetimes and times as Google writes them. See content_cache.h.
// Fractions beyond a millisecond are checked and dropped.
#include <ctime>

#include "content_cache.h"
#include "http_time.h"

namespace mock {
namespace {

constexpr int64_t kCentury_ms = int64_t{100} * 366 * 86400 * 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits from *at on, at most count_max.
bool read_digits(std::string_view text, size_t* at, size_t count_min, size_t count_max,
                 int64_t* out) {
    const size_t begin = *at;
    *out = 0;
    while (*at < text.size() && is_digit(text[*at]) && *at - begin < count_max)
        *out = *out * 10 + (text[(*at)++] - '0');
    return *at - begin >= count_min;
}

// ".25" from *at on, if it is there.
bool read_fraction(std::string_view text, size_t* at, int64_t* ms) {
    *ms = 0;
    if (*at >= text.size() || text[*at] != '.') return true;
    const size_t begin = ++*at;
    int64_t weight = 100;
    for (; *at < text.size() && is_digit(text[*at]); ++*at, weight /= 10)
        *ms += weight * (text[*at] - '0');
    return *at != begin && *at - begin <= 9;
}

// "Z", "+01:00": minutes east of Greenwich.
bool read_offset(std::string_view text, size_t* at, int64_t* minutes) {
    if (*at >= text.size()) return false;
    const char sign = text[(*at)++];
    *minutes = 0;
    if (sign == 'Z' || sign == 'z') return true;
    int64_t hour = 0;
    int64_t minute = 0;
    if ((sign != '+' && sign != '-') || !read_digits(text, at, 2, 2, &hour)) return false;
    if (*at >= text.size() || text[(*at)++] != ':' || !read_digits(text, at, 2, 2, &minute))
        return false;
    *minutes = (hour * 60 + minute) * (sign == '-' ? -1 : 1);
    return true;
}

}  // namespace

bool parse_ttl(std::string_view text, int64_t* ms) {
    size_t at = 0;
    int64_t seconds = 0;
    int64_t fraction = 0;
    if (!read_digits(text, &at, 1, 10, &seconds) || !read_fraction(text, &at, &fraction))
        return false;
    if (text.substr(at) != "s") return false;
    *ms = seconds * 1000 + fraction;
    return *ms > 0 && *ms <= kCentury_ms;
}

bool parse_time(std::string_view text, int64_t* ms) {
    constexpr std::string_view kMarks = "--T:::";
    constexpr int64_t kLeast[] = {1970, 1, 1, 0, 0, 0};
    constexpr int64_t kMost[] = {9999, 12, 31, 23, 59, 60};
    int64_t parts[6];
    size_t at = 0;
    for (size_t i = 0; i < 6; ++i) {
        const size_t count = i == 0 ? 4 : 2;
        if (!read_digits(text, &at, count, count, &parts[i])) return false;
        if (parts[i] < kLeast[i] || parts[i] > kMost[i]) return false;
        if (i < 5 && (at >= text.size() || text[at++] != kMarks[i])) return false;
    }
    int64_t fraction = 0;
    int64_t minutes = 0;
    if (!read_fraction(text, &at, &fraction) || !read_offset(text, &at, &minutes)) return false;
    if (at != text.size()) return false;
    struct tm fields = {};
    fields.tm_year = static_cast<int>(parts[0]) - 1900;
    fields.tm_mon = static_cast<int>(parts[1]) - 1;
    fields.tm_mday = static_cast<int>(parts[2]);
    fields.tm_hour = static_cast<int>(parts[3]);
    fields.tm_min = static_cast<int>(parts[4]);
    fields.tm_sec = static_cast<int>(parts[5]);
    *ms = (static_cast<int64_t>(timegm(&fields)) - minutes * 60) * 1000 + fraction;
    return true;
}

void append_time(Buffer& out, int64_t ms) {
    char time[32];
    const size_t size = format_utc_time(static_cast<uint64_t>(ms / 1000), time);
    out.append(time, size - 1);  // without the Z
    char fraction[16];
    const int count =
        std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(ms % 1000));
    out.append(fraction, static_cast<size_t>(count));
}

}  // namespace mock
