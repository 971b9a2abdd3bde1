// codec/number.cc: the grammar of JSON numbers, and the fast exact paths. A number with at most 19
// digits whose value fits 53 bits, and a power of ten up to 22, needs one multiplication or
// division of two doubles that are both exact, so the result is rounded once, that is correctly.
// All else goes to decimal_exact. Invariant: what number_size refuses, nothing here accepts.
#include "codec/number.h"

#include <float.h>

#include "base/check.h"
#include "codec/decimal_exact.h"

namespace leat {
namespace {

constexpr double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int64_t power_max = 22;
constexpr uint64_t exact_max = uint64_t{1} << 53;
constexpr int64_t exponent_limit = 1000000000000000;  // far beyond any text's length

size_t digits_at(Text t, size_t at) {
    size_t end = at;
    while (end < t.size && is_digit(t.data[end])) ++end;
    return end - at;
}

// A number taken apart: head x 10^exponent, plus something smaller when more is set.
struct Parts {
    uint64_t head = 0;  // the first 19 significant digits
    int64_t exponent = 0;
    bool negative = false;
    bool more = false;  // a digit that is not 0 follows the head
};

int64_t read_exponent(Text t, size_t at) {
    const bool negative = t.data[at] == '-';
    if (t.data[at] == '-' || t.data[at] == '+') ++at;
    int64_t value = 0;
    for (; at < t.size; ++at) {
        if (value < exponent_limit) value = value * 10 + (t.data[at] - '0');
    }
    return negative ? -value : value;
}

// t is a valid number.
Parts take_apart(Text t) {
    Parts parts;
    size_t at = 0;
    parts.negative = t.data[0] == '-';
    if (parts.negative) ++at;
    uint32_t count = 0;
    bool fraction = false;
    for (; at < t.size; ++at) {
        const char c = t.data[at];
        if (c == '.') {
            fraction = true;
            continue;
        }
        if (!is_digit(c)) break;
        if (count < 19) {
            parts.head = parts.head * 10 + static_cast<uint64_t>(c - '0');
            if (parts.head != 0) ++count;
            if (fraction) --parts.exponent;
        } else {
            parts.more = parts.more || c != '0';
            if (!fraction) ++parts.exponent;
        }
    }
    if (at < t.size) parts.exponent += read_exponent(t, at + 1);
    return parts;
}

enum class IntFit : uint8_t { fits, not_whole, too_large };

IntFit to_magnitude(Parts parts, uint64_t* magnitude) {
    const uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (parts.negative ? 1 : 0);
    if (parts.head == 0) {
        *magnitude = 0;
        return IntFit::fits;
    }
    while (parts.head % 10 == 0 && parts.exponent < 0) {
        parts.head /= 10;
        ++parts.exponent;
    }
    if (parts.exponent < 0) return IntFit::not_whole;
    if (parts.more && parts.exponent > 0) return IntFit::too_large;
    if (parts.head > limit) return IntFit::too_large;
    if (parts.more) return IntFit::not_whole;
    for (; parts.exponent > 0; --parts.exponent) {
        if (parts.head > limit / 10) return IntFit::too_large;
        parts.head *= 10;
    }
    *magnitude = parts.head;
    return parts.head > limit ? IntFit::too_large : IntFit::fits;
}

int64_t with_sign(uint64_t magnitude, bool negative) {
    return static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
}

bool parse_any_int(Text t, bool saturate, int64_t* out) {
    LEAT_CHECK(out != nullptr);
    if (t.size == 0 || number_size(t) != t.size) return false;
    const Parts parts = take_apart(t);
    uint64_t magnitude = 0;
    switch (to_magnitude(parts, &magnitude)) {
        case IntFit::fits:
            *out = with_sign(magnitude, parts.negative);
            return true;
        case IntFit::not_whole:
            return false;
        case IntFit::too_large:
            if (saturate) *out = parts.negative ? INT64_MIN : INT64_MAX;
            return saturate;
    }
    return false;
}

// The digits of t that matter for rounding, and a last 1 for those left out.
uint64_t parse_exact(Text t) {
    char digits[exact_digits_max + 1];
    size_t count = 0;
    int64_t exponent = 0;
    bool fraction = false;
    bool more = false;
    size_t at = t.data[0] == '-' ? 1 : 0;
    for (; at < t.size; ++at) {
        const char c = t.data[at];
        if (c == '.') {
            fraction = true;
            continue;
        }
        if (!is_digit(c)) break;
        const bool kept = count < exact_digits_max;
        if (kept && (count > 0 || c != '0')) digits[count++] = c;
        if (!kept && c != '0') more = true;
        if (kept == fraction) exponent += fraction ? -1 : 1;
    }
    if (at < t.size) exponent += read_exponent(t, at + 1);
    if (more) {
        digits[count++] = '1';
        --exponent;
    }
    return exact_double_bits(digits, count, exponent);
}

// Writes the digits of a decimal with its point after the digit `point` (from 1 on; 0 or less:
// before all), or with an exponent when that would be long.
size_t print_decimal(char* out, uint64_t value, int32_t exponent) {
    while (value % 10 == 0 && exponent < 0) {
        value /= 10;
        ++exponent;
    }
    char digits[20];
    const size_t count = print_u64(digits, value);
    const int32_t point = static_cast<int32_t>(count) + exponent;
    size_t size = 0;
    if (point > 17 || point < -5) {
        out[size++] = digits[0];
        size_t last = count;
        while (last > 1 && digits[last - 1] == '0') --last;
        if (last > 1) out[size++] = '.';
        for (size_t i = 1; i < last; ++i) out[size++] = digits[i];
        out[size++] = 'e';
        if (point < 1) out[size++] = '-';
        const int32_t power = point < 1 ? 1 - point : point - 1;
        return size + print_u64(out + size, static_cast<uint64_t>(power));
    }
    if (point <= 0) {
        out[size++] = '0';
        out[size++] = '.';
        for (int32_t i = point; i < 0; ++i) out[size++] = '0';
    }
    for (size_t i = 0; i < count; ++i) {
        if (i > 0 && static_cast<int32_t>(i) == point) out[size++] = '.';
        out[size++] = digits[i];
    }
    for (int32_t i = 0; i < exponent; ++i) out[size++] = '0';
    LEAT_CHECK(size < number_bytes_max);
    return size;
}

// A positive value as digits x 10^-decimals with few digits, by the test that parse_double's fast
// path would pass: it is then the same double. False when there is no such form.
bool short_decimal(double value, uint64_t* digits, int32_t* exponent) {
    if (FLT_EVAL_METHOD != 0 || !(value < 1e15) || !(value >= 1e-6)) return false;
    for (int32_t decimals = 0; decimals <= 18; ++decimals) {
        const double scaled = value * powers_of_ten[decimals];
        if (!(scaled < static_cast<double>(exact_max))) return false;
        const double above = scaled + 0.5;  // a wrong guess fails the test below
        const uint64_t whole = static_cast<uint64_t>(above);
        if (static_cast<double>(whole) / powers_of_ten[decimals] == value) {
            *digits = whole;
            *exponent = -decimals;
            return true;
        }
    }
    return false;
}

}  // namespace

size_t number_size(Text t) {
    size_t at = 0;
    if (at < t.size && t.data[at] == '-') ++at;
    const size_t whole = digits_at(t, at);
    if (whole == 0) return 0;
    if (t.data[at] == '0' && whole > 1) return 0;
    at += whole;
    if (at < t.size && t.data[at] == '.') {
        const size_t fraction = digits_at(t, at + 1);
        if (fraction == 0) return 0;
        at += 1 + fraction;
    }
    if (at < t.size && (t.data[at] == 'e' || t.data[at] == 'E')) {
        ++at;
        if (at < t.size && (t.data[at] == '-' || t.data[at] == '+')) ++at;
        const size_t exponent = digits_at(t, at);
        if (exponent == 0) return 0;
        at += exponent;
    }
    return at;
}

bool parse_int(Text t, int64_t* out) { return parse_any_int(t, false, out); }

bool parse_int_saturated(Text t, int64_t* out) { return parse_any_int(t, true, out); }

bool parse_double(Text t, double* out) {
    LEAT_CHECK(out != nullptr);
    if (t.size == 0 || number_size(t) != t.size) return false;
    const Parts parts = take_apart(t);
    const int64_t power = parts.exponent < 0 ? -parts.exponent : parts.exponent;
    double value = 0;
    if (parts.head == 0) {
        value = 0;
    } else if (FLT_EVAL_METHOD == 0 && !parts.more && parts.head <= exact_max &&
               power <= power_max) {
        value = static_cast<double>(parts.head);
        value = parts.exponent < 0 ? value / powers_of_ten[power] : value * powers_of_ten[power];
    } else {
        const uint64_t bits = parse_exact(t);
        if (bits >> 52 == 0x7FF) return false;
        memcpy(&value, &bits, sizeof value);
    }
    *out = parts.negative ? -value : value;
    return true;
}

size_t print_int(char* out, int64_t value) {
    LEAT_CHECK(out != nullptr);
    if (value >= 0) return print_u64(out, static_cast<uint64_t>(value));
    out[0] = '-';
    return 1 + print_u64(out + 1, 0 - static_cast<uint64_t>(value));
}

size_t print_double(char* out, double value) {
    LEAT_CHECK(out != nullptr);
    if (value - value != 0) return 0;  // NaN and infinities
    size_t size = 0;
    if (__builtin_signbit(value)) {
        out[size++] = '-';
        value = -value;
    }
    uint64_t digits = 0;
    int32_t exponent = 0;
    if (value != 0 && !short_decimal(value, &digits, &exponent)) {
        for (uint32_t count = 15; count <= 17; ++count) {
            const ExactDecimal decimal = exact_decimal(value, count);
            digits = decimal.digits;
            exponent = decimal.exponent;
            double again = 0;
            char printed[number_bytes_max];
            const size_t printed_size = print_decimal(printed, digits, exponent);
            if (parse_double(text(printed, printed_size), &again) && again == value) break;
        }
    }
    return size + print_decimal(out + size, digits, exponent);
}

}  // namespace leat
