// port/sim/provider_text.cc: numbers, spans and dates as text.
// Depends on provider_text.h. Dates are counted from 1970 on, in the Gregorian calendar.
// Invariant: what is written follows from the arguments alone.
#include "provider_text.h"

namespace leat_simulator {
namespace {

struct Calendar {
    uint64_t year;
    uint64_t month;    // 1..12
    uint64_t day;      // 1..31
    uint64_t weekday;  // 0: Thursday, as 1970 began with
    uint64_t hour, minute, second;
};

// Years begin in March here, so that the day that comes and goes is the last one of a year.
Calendar calendar_of(uint64_t seconds) {
    const uint64_t days = seconds / 86400;
    const uint64_t shifted = days + 719468;
    const uint64_t era = shifted / 146097;
    const uint64_t day_of_era = shifted % 146097;
    const uint64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const uint64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const uint64_t from_march = (5 * day_of_year + 2) / 153;
    Calendar out = {};
    out.day = day_of_year - (153 * from_march + 2) / 5 + 1;
    out.month = from_march < 10 ? from_march + 3 : from_march - 9;
    out.year = year_of_era + era * 400 + (out.month <= 2 ? 1 : 0);
    out.weekday = days % 7;
    out.hour = seconds / 3600 % 24;
    out.minute = seconds / 60 % 60;
    out.second = seconds % 60;
    return out;
}

leat_str three_of(const char* names, uint64_t index) { return {names + 3 * index, 3}; }

}  // namespace

ProviderText& ProviderText::add(leat_str text) {
    (void)leat_sim_response_text(response_, text);
    return *this;
}

ProviderText& ProviderText::number(uint64_t value, uint32_t digits_min) {
    char digits[20];
    size_t count = 0;
    do {
        digits[sizeof digits - ++count] = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value > 0 || count < digits_min);
    return add({digits + sizeof digits - count, count});
}

ProviderText& ProviderText::duration(uint64_t span_ms) {
    if (span_ms == 0) return add(LEAT_STR("0s"));
    if (span_ms < 1000) return number(span_ms).add(LEAT_STR("ms"));
    const uint64_t minutes = span_ms / 60000;
    if (minutes >= 60) number(minutes / 60).add(LEAT_STR("h"));
    if (minutes > 0) number(minutes % 60).add(LEAT_STR("m"));
    number(span_ms / 1000 % 60);
    uint64_t rest = span_ms % 1000;
    uint32_t digits = 3;
    for (; digits > 0 && rest % 10 == 0; --digits) rest /= 10;
    if (digits > 0) add(LEAT_STR(".")).number(rest, digits);
    return add(LEAT_STR("s"));
}

ProviderText& ProviderText::rfc3339(int64_t wall_ms) {
    const Calendar at = calendar_of((static_cast<uint64_t>(wall_ms) + 999) / 1000);
    number(at.year, 4).add(LEAT_STR("-")).number(at.month, 2).add(LEAT_STR("-")).number(at.day, 2);
    add(LEAT_STR("T")).number(at.hour, 2).add(LEAT_STR(":")).number(at.minute, 2);
    return add(LEAT_STR(":")).number(at.second, 2).add(LEAT_STR("Z"));
}

ProviderText& ProviderText::http_date(int64_t wall_ms) {
    const Calendar at = calendar_of(static_cast<uint64_t>(wall_ms) / 1000);
    add(three_of("ThuFriSatSunMonTueWed", at.weekday)).add(LEAT_STR(", ")).number(at.day, 2);
    add(LEAT_STR(" ")).add(three_of("JanFebMarAprMayJunJulAugSepOctNovDec", at.month - 1));
    add(LEAT_STR(" ")).number(at.year, 4).add(LEAT_STR(" ")).number(at.hour, 2);
    add(LEAT_STR(":")).number(at.minute, 2).add(LEAT_STR(":")).number(at.second, 2);
    return add(LEAT_STR(" GMT"));
}

void add_header(leat_sim_response* response, leat_str name, leat_str value) {
    const uint32_t most = sizeof response->headers / sizeof response->headers[0];
    if (response->headers_count < most)
        response->headers[response->headers_count++] = {name, value};
}

void add_number_header(leat_sim_response* response, leat_str name, uint64_t value) {
    add_header(response, name, ProviderText(response).number(value).text());
}

}  // namespace leat_simulator
