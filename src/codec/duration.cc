// codec/duration.cc: a duration is a sum of parts, each a decimal number and its unit.
// Depends on base only. Invariant: every sum and product is checked; overflow is a refusal.
#include "codec/duration.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {
namespace {

constexpr int64_t second_ns = 1000000000;

struct Unit {
    Text name;
    int64_t ns;
};

// "ms" must be looked for before "m".
constexpr Unit units[] = {
    {text("ns"), 1},
    {text("us"), 1000},
    {text("\xC2\xB5s"), 1000},  // micro sign
    {text("\xCE\xBCs"), 1000},  // Greek mu
    {text("ms"), 1000000},
    {text("s"), second_ns},
    {text("m"), 60 * second_ns},
    {text("h"), 3600 * second_ns},
};

// A decimal number as it stands: digits and at most one point, at least one digit.
struct Decimal {
    int64_t whole = 0;
    Text fraction{nullptr, 0};
};

bool take_decimal(Text* rest, Decimal* out) {
    const Text t = *rest;
    size_t at = 0;
    for (; at < t.size && is_digit(t.data[at]); ++at) {
        if (!checked_mul<int64_t>(out->whole, 10, &out->whole)) return false;
        if (!checked_add<int64_t>(out->whole, t.data[at] - '0', &out->whole)) return false;
    }
    const size_t whole_digits = at;
    if (at < t.size && t.data[at] == '.') {
        const size_t start = ++at;
        while (at < t.size && is_digit(t.data[at])) ++at;
        out->fraction = text(t.data + start, at - start);
    }
    *rest = tail(t, at);
    return whole_digits + out->fraction.size > 0;
}

bool take_unit(Text* rest, int64_t* ns) {
    for (const Unit& unit : units) {
        if (!starts_with(*rest, unit.name)) continue;
        *ns = unit.ns;
        *rest = tail(*rest, unit.name.size);
        return true;
    }
    return false;
}

// unit_ns x 0.fraction, cut to whole nanoseconds. From the last digit to the first: cutting after
// each division by ten gives the same as cutting once at the end, since all else is whole.
int64_t fraction_ns(Text fraction, int64_t unit_ns) {
    LEAT_DCHECK(unit_ns > 0 && unit_ns <= 3600 * second_ns);
    int64_t share = 0;
    for (size_t i = fraction.size; i-- > 0;) {
        share = ((fraction.data[i] - '0') * unit_ns + share) / 10;
    }
    LEAT_DCHECK(share < unit_ns);
    return share;
}

bool add_part(const Decimal& number, int64_t unit_ns, int64_t* sum) {
    int64_t part = 0;
    if (!checked_mul(number.whole, unit_ns, &part)) return false;
    if (!checked_add(part, fraction_ns(number.fraction, unit_ns), &part)) return false;
    return checked_add(*sum, part, sum);
}

}  // namespace

bool parse_duration_ns(Text t, int64_t* ns) {
    LEAT_CHECK(ns != nullptr);
    if (empty(t)) return false;
    int64_t sum = 0;
    Text rest = t;
    while (!empty(rest)) {
        Decimal number;
        int64_t unit_ns = 0;
        if (!take_decimal(&rest, &number)) return false;
        if (!take_unit(&rest, &unit_ns)) {
            if (!equal(t, text("0"))) return false;
            unit_ns = 1;
        }
        if (!add_part(number, unit_ns, &sum)) return false;
    }
    LEAT_CHECK(sum >= 0);
    *ns = sum;
    return true;
}

bool parse_seconds_ns(Text t, int64_t* ns) {
    LEAT_CHECK(ns != nullptr);
    Decimal number;
    Text rest = t;
    int64_t sum = 0;
    if (!take_decimal(&rest, &number) || !empty(rest)) return false;
    if (!add_part(number, second_ns, &sum)) return false;
    *ns = sum;
    return true;
}

bool parse_duration_or_seconds_ns(Text t, int64_t* ns) {
    return parse_seconds_ns(t, ns) || parse_duration_ns(t, ns);
}

}  // namespace leat
