// codec/decimal_text.cc: see decimal_text.h. A number is taken apart into its significant digits,
// as they lie in the text, and the powers of ten of the first and the last of them.
// Depends on base only. Invariant: no loop runs longer than the text.
#include "codec/decimal_text.h"

#include <stdint.h>

#include "base/check.h"
#include "base/narrow.h"

namespace leat {
namespace {

constexpr int64_t exponent_limit = 1000000000000000;

struct Decimal {
    Text digits{nullptr, 0};  // from the first that is not 0 to the last, perhaps with a point
    int64_t top = 0;          // the power of ten of the first digit
    int64_t low = 0;          // and of the last
    bool negative = false;
    bool zero() const { return digits.size == 0; }
};

int64_t read_exponent(Text t) {
    const bool negative = t.data[0] == '-';
    int64_t value = 0;
    for (size_t i = 0; i < t.size; ++i) {
        if (is_digit(t.data[i]) && value < exponent_limit) value = value * 10 + (t.data[i] - '0');
    }
    value = min_of(value, exponent_limit);
    return negative ? -value : value;
}

Decimal take_apart(Text t) {
    LEAT_CHECK(t.size > 0);
    Decimal decimal;
    decimal.negative = t.data[0] == '-';
    const size_t begin = decimal.negative ? 1 : 0;
    size_t first = t.size;
    size_t last = t.size;
    int64_t whole = 0;  // digits before the point
    int64_t seen = 0;   // digits: the power of the latest is whole - seen, once whole is known
    int64_t seen_first = 0;
    int64_t seen_last = 0;
    bool fraction = false;
    size_t at = begin;
    for (; at < t.size && t.data[at] != 'e' && t.data[at] != 'E'; ++at) {
        if (t.data[at] == '.') {
            fraction = true;
            continue;
        }
        if (!fraction) ++whole;
        ++seen;
        if (t.data[at] == '0') continue;
        if (first == t.size) {
            first = at;
            seen_first = seen;
        }
        last = at;
        seen_last = seen;
    }
    if (first == t.size) return decimal;
    const int64_t shift = whole + (at + 1 < t.size ? read_exponent(tail(t, at + 1)) : 0);
    decimal.digits = text(t.data + first, last - first + 1);
    decimal.top = shift - seen_first;
    decimal.low = shift - seen_last;
    LEAT_DCHECK(decimal.top >= decimal.low);
    return decimal;
}

// The digits of a number one after the other, its point left out, then 0 for ever.
struct Digits {
    Text rest;
    int next() {
        if (rest.size > 0 && rest.data[0] == '.') rest = tail(rest, 1);
        if (rest.size == 0) return 0;
        const int digit = rest.data[0] - '0';
        rest = tail(rest, 1);
        return digit;
    }
    bool done() const { return rest.size == 0; }
};

int compare_magnitudes(const Decimal& a, const Decimal& b) {
    if (a.top != b.top) return a.top < b.top ? -1 : 1;
    Digits of_a{a.digits};
    Digits of_b{b.digits};
    while (!of_a.done() || !of_b.done()) {
        const int digit_a = of_a.next();
        const int digit_b = of_b.next();
        if (digit_a != digit_b) return digit_a < digit_b ? -1 : 1;
    }
    return 0;
}

size_t digit_count(const Decimal& decimal) {
    const bool point = find_byte(decimal.digits, '.') != not_found;
    return decimal.digits.size - (point ? 1 : 0);
}

}  // namespace

int decimal_compare(Text a, Text b) {
    const Decimal of_a = take_apart(a);
    const Decimal of_b = take_apart(b);
    const int sign_a = of_a.zero() ? 0 : (of_a.negative ? -1 : 1);
    const int sign_b = of_b.zero() ? 0 : (of_b.negative ? -1 : 1);
    if (sign_a != sign_b) return sign_a < sign_b ? -1 : 1;
    if (sign_a == 0) return 0;
    const int order = compare_magnitudes(of_a, of_b);
    return sign_a > 0 ? order : -order;
}

bool decimal_is_whole(Text number) {
    const Decimal decimal = take_apart(number);
    return decimal.zero() || decimal.low >= 0;
}

bool decimal_is_divisor(Text number) {
    const Decimal decimal = take_apart(number);
    if (decimal.zero() || decimal.negative) return false;
    return digit_count(decimal) <= decimal_divisor_digits_max;
}

bool decimal_is_multiple(Text number, Text divisor) {
    LEAT_CHECK(decimal_is_divisor(divisor));
    const Decimal of_number = take_apart(number);
    const Decimal of_divisor = take_apart(divisor);
    if (of_number.zero()) return true;
    // number = a x 10^x, divisor = b x 10^y, neither a nor b ends in 0. With x < y no multiple of b
    // x 10^(y - x) can be a, since each ends in 0.
    const int64_t difference = of_number.low - of_divisor.low;
    if (difference < 0) return false;
    uint64_t b = 0;
    for (Digits digits{of_divisor.digits}; !digits.done();) {
        b = b * 10 + static_cast<uint64_t>(digits.next());
    }
    LEAT_CHECK(b > 0 && b < uint64_t{1000000000000000000});
    uint64_t rest = 0;
    for (Digits digits{of_number.digits}; !digits.done();) {
        rest = (rest * 10 + static_cast<uint64_t>(digits.next())) % b;
    }
    // 10^64 holds every 2 and 5 that a b below 2^60 can have: more tens change nothing.
    const int64_t tens = min_of<int64_t>(difference, 64);
    for (int64_t i = 0; i < tens; ++i) rest = rest * 10 % b;
    return rest == 0;
}

}  // namespace leat
