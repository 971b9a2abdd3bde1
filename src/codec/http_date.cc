// codec/http_date.cc: the date formats, read by a cursor that knows fixed fields only: a date is
// a sequence of numbers of known width, names and separators.
// Depends on base only. Invariant: a field is range-checked before it is used in arithmetic.
#include "codec/http_date.h"

#include <string.h>

#include "base/check.h"

namespace leat {
namespace {

constexpr int64_t second_ms = 1000;
constexpr int64_t day_ms = 86400 * second_ms;

// Reads fields one after another; once one does not fit, good stays false.
struct Fields {
    Text rest;
    bool good = true;

    void expect(Text literal) {
        good = good && starts_with(rest, literal);
        if (good) rest = tail(rest, literal.size);
    }

    int64_t digits(size_t count) {
        int64_t value = 0;
        good = good && rest.size >= count;
        for (size_t i = 0; good && i < count; ++i) {
            good = is_digit(rest.data[i]);
            value = value * 10 + (rest.data[i] - '0');
        }
        if (good) rest = tail(rest, count);
        return good ? value : 0;
    }

    bool next_is(char c) const { return good && rest.size > 0 && rest.data[0] == c; }
    bool done() const { return good && rest.size == 0; }
};

struct Moment {
    int64_t year = 0;
    int64_t month = 0;
    int64_t day = 0;
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
};

constexpr Text month_names[] = {text("Jan"), text("Feb"), text("Mar"), text("Apr"),
                                text("May"), text("Jun"), text("Jul"), text("Aug"),
                                text("Sep"), text("Oct"), text("Nov"), text("Dec")};
constexpr Text day_names[] = {text("Monday"), text("Tuesday"),  text("Wednesday"), text("Thursday"),
                              text("Friday"), text("Saturday"), text("Sunday")};

bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int64_t month_days(int64_t year, int64_t month) {
    constexpr int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    LEAT_DCHECK(month >= 1 && month <= 12);
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

// By its first three letters, compared where they lie.
bool begins_as(const Fields& at, Text name) {
    return at.rest.size >= 3 && memcmp(at.rest.data, name.data, 3) == 0;
}

int64_t read_month(Fields* at) {
    for (int64_t i = 0; i < 12; ++i) {
        if (!begins_as(*at, month_names[i])) continue;
        at->expect(month_names[i]);
        return i + 1;
    }
    at->good = false;
    return 0;
}

// A day's name, whole or its first three letters; answers whether it was whole.
bool read_day_name(Fields* at) {
    for (const Text name : day_names) {
        if (!begins_as(*at, name)) continue;
        const bool is_whole = starts_with(at->rest, name);
        at->expect(is_whole ? name : head(name, 3));
        return is_whole;
    }
    at->good = false;
    return false;
}

void read_clock(Fields* at, Moment* out) {
    out->hour = at->digits(2);
    at->expect(text(":"));
    out->minute = at->digits(2);
    at->expect(text(":"));
    out->second = at->digits(2);
}

bool to_ms(const Moment& m, int64_t* unix_ms) {
    int64_t day = 0;
    if (!day_to_unix_ms(m.year, m.month, m.day, &day)) return false;
    if (m.hour > 23 || m.minute > 59 || m.second > 60) return false;
    const int64_t second = m.second == 60 ? 59 : m.second;
    *unix_ms = day + ((m.hour * 60 + m.minute) * 60 + second) * second_ms;
    return true;
}

// The year that ends in these two digits and is at most 50 years ahead of now.
int64_t full_year(int64_t two_digits, int64_t now_ms) {
    constexpr int64_t year_ms = 31556952 * second_ms;  // the calendar's mean
    const int64_t this_year =
        now_ms > 0 && now_ms < 8000 * year_ms ? 1970 + now_ms / year_ms : 1970;
    int64_t year = this_year - this_year % 100 + two_digits;
    if (year > this_year + 50) year -= 100;
    if (year < this_year - 49) year += 100;
    return year;
}

}  // namespace

bool day_to_unix_ms(int64_t year, int64_t month, int64_t day, int64_t* unix_ms) {
    LEAT_CHECK(unix_ms != nullptr);
    if (year < 1970 || year > 9999 || month < 1 || month > 12) return false;
    if (day < 1 || day > month_days(year, month)) return false;
    const int64_t before = year - 1;
    int64_t days = 365 * (year - 1970) + (before / 4 - before / 100 + before / 400) -
                   (1969 / 4 - 1969 / 100 + 1969 / 400);
    for (int64_t m = 1; m < month; ++m) days += month_days(year, m);
    *unix_ms = (days + day - 1) * day_ms;
    return true;
}

bool parse_http_date_ms(Text t, int64_t now_ms, int64_t* unix_ms) {
    LEAT_CHECK(unix_ms != nullptr);
    Fields at{t};
    Moment moment;
    const bool whole_name = read_day_name(&at);
    if (at.next_is(',')) {
        const Text separator = whole_name ? text("-") : text(" ");
        at.expect(text(", "));
        moment.day = at.digits(2);
        at.expect(separator);
        moment.month = read_month(&at);
        at.expect(separator);
        moment.year = whole_name ? full_year(at.digits(2), now_ms) : at.digits(4);
        at.expect(text(" "));
        read_clock(&at, &moment);
        at.expect(text(" GMT"));
    } else {
        at.good = at.good && !whole_name;
        at.expect(text(" "));
        moment.month = read_month(&at);
        at.expect(text(" "));
        const bool one_digit = at.next_is(' ');
        if (one_digit) at.expect(text(" "));
        moment.day = at.digits(one_digit ? 1 : 2);
        at.expect(text(" "));
        read_clock(&at, &moment);
        at.expect(text(" "));
        moment.year = at.digits(4);
    }
    return at.done() && to_ms(moment, unix_ms);
}

// "+02:00", "-00:30" or "Z": minutes to subtract.
static int64_t read_offset_minutes(Fields* at) {
    if (at->next_is('Z') || at->next_is('z')) {
        at->rest = tail(at->rest, 1);
        return 0;
    }
    const bool west = at->next_is('-');
    at->expect(west ? text("-") : text("+"));
    const int64_t hours = at->digits(2);
    at->expect(text(":"));
    const int64_t minutes = at->digits(2);
    at->good = at->good && hours <= 23 && minutes <= 59;
    return (hours * 60 + minutes) * (west ? -1 : 1);
}

bool parse_rfc3339_ms(Text t, int64_t* unix_ms) {
    LEAT_CHECK(unix_ms != nullptr);
    Fields at{t};
    Moment moment;
    moment.year = at.digits(4);
    at.expect(text("-"));
    moment.month = at.digits(2);
    at.expect(text("-"));
    moment.day = at.digits(2);
    at.expect(at.next_is('t') ? text("t") : text("T"));
    read_clock(&at, &moment);
    int64_t fraction_ms = 0;
    if (at.next_is('.')) {
        at.expect(text("."));
        size_t count = 0;
        for (int64_t weight = 100; at.rest.size > 0 && is_digit(at.rest.data[0]); weight /= 10) {
            fraction_ms += weight * (at.rest.data[0] - '0');
            at.rest = tail(at.rest, 1);
            ++count;
        }
        at.good = at.good && count > 0;
    }
    const int64_t offset_minutes = read_offset_minutes(&at);
    int64_t local_ms = 0;
    if (!at.done() || !to_ms(moment, &local_ms)) return false;
    const int64_t result = local_ms + fraction_ms - offset_minutes * 60 * second_ms;
    if (result < 0) return false;
    *unix_ms = result;
    return true;
}

}  // namespace leat
