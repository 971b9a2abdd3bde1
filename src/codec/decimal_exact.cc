// codec/decimal_exact.cc: long integers of fixed size, and the two conversions as a ratio of two
// of them: the quotient is found bit by bit, what remains decides the rounding.
// Depends on base only. Invariant: a BigNumber's top word is not 0 (zero has no word).
#include "codec/decimal_exact.h"

#include <string.h>

#include "base/check.h"
#include "base/narrow.h"

namespace leat {
namespace {

// 10^(330 + 801) has 3757 bits; the division keeps the numerator within one bit of that.
constexpr uint32_t words_max = 128;

class BigNumber {
public:
    explicit BigNumber(uint64_t value) {
        words_[0] = static_cast<uint32_t>(value);
        words_[1] = static_cast<uint32_t>(value >> 32);
        size_ = words_[1] != 0 ? 2 : (words_[0] != 0 ? 1 : 0);
    }

    bool zero() const { return size_ == 0; }

    uint32_t bit_length() const {
        if (size_ == 0) return 0;
        return 32 * size_ - static_cast<uint32_t>(__builtin_clz(words_[size_ - 1]));
    }

    void multiply_add(uint32_t factor, uint32_t summand) {
        uint64_t carry = summand;
        for (uint32_t i = 0; i < size_; ++i) {
            carry += uint64_t{words_[i]} * factor;
            words_[i] = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) push(static_cast<uint32_t>(carry));
    }

    void multiply_power_of_ten(uint32_t power) {
        for (; power >= 9; power -= 9) multiply_add(1000000000u, 0);
        for (; power > 0; --power) multiply_add(10, 0);
    }

    void shift_left(uint32_t bits) {
        if (size_ == 0 || bits == 0) return;
        const uint32_t words = bits / 32;
        const uint32_t rest = bits % 32;
        LEAT_CHECK(size_ + words < words_max);
        uint32_t top = 0;
        for (uint32_t i = size_; i-- > 0;) {
            const uint64_t wide = uint64_t{words_[i]} << rest;
            const uint32_t above = i + 1 == size_ ? 0 : words_[i + 1 + words];
            words_[i + 1 + words] = above | static_cast<uint32_t>(wide >> 32);
            words_[i + words] = static_cast<uint32_t>(wide);
            if (i + 1 == size_) top = words_[i + 1 + words];
        }
        memset(words_, 0, words * sizeof words_[0]);
        size_ += words + (top != 0 ? 1u : 0u);
    }

    // -1, 0 or 1.
    int compare(const BigNumber& other) const {
        if (size_ != other.size_) return size_ < other.size_ ? -1 : 1;
        for (uint32_t i = size_; i-- > 0;) {
            if (words_[i] != other.words_[i]) return words_[i] < other.words_[i] ? -1 : 1;
        }
        return 0;
    }

    // other must not be larger.
    void subtract(const BigNumber& other) {
        uint64_t borrow = 0;
        for (uint32_t i = 0; i < size_; ++i) {
            const uint64_t part = (i < other.size_ ? uint64_t{other.words_[i]} : 0u) + borrow;
            borrow = words_[i] < part ? 1 : 0;
            words_[i] = static_cast<uint32_t>(words_[i] - part);
        }
        LEAT_CHECK(borrow == 0);
        while (size_ > 0 && words_[size_ - 1] == 0) --size_;
    }

private:
    void push(uint32_t word) {
        LEAT_CHECK(size_ < words_max);
        words_[size_++] = word;
    }

    uint32_t words_[words_max];  // only the first size_ count
    uint32_t size_;
};

// The next `bits` bits of over / under, which is below 2. over becomes twice the remainder.
uint64_t divide(BigNumber* over, const BigNumber& under, uint32_t bits) {
    LEAT_CHECK(bits <= 64);
    LEAT_CHECK(!under.zero());
    uint64_t quotient = 0;
    for (uint32_t i = 0; i < bits; ++i) {
        quotient <<= 1;
        if (over->compare(under) >= 0) {
            over->subtract(under);
            quotient |= 1;
        }
        over->shift_left(1);
    }
    return quotient;
}

// q x 2^(binary - 63), q with its top bit set, to the bits of a double. rest: more follows q.
uint64_t round_to_double(uint64_t q, int32_t binary, bool rest) {
    LEAT_CHECK((q >> 63) == 1);
    constexpr uint64_t infinity = uint64_t{0x7FF} << 52;
    if (binary > 1023) return infinity;
    const bool normal = binary >= -1022;
    const uint32_t shift = normal ? 11 : 11 + static_cast<uint32_t>(-1022 - binary);
    if (shift > 64) return 0;
    const uint64_t half = uint64_t{1} << (shift - 1);
    const uint64_t kept = shift == 64 ? 0 : q >> shift;
    const uint64_t lost = shift == 64 ? q : q & ((half << 1) - 1);
    const bool up = lost > half || (lost == half && (rest || (kept & 1) != 0));
    const uint64_t rounded = kept + (up ? 1 : 0);
    if (!normal) return rounded;  // a carry makes the smallest normal number: the bits agree
    const uint64_t field = static_cast<uint32_t>(binary + 1023);
    return (field << 52) + (rounded - (uint64_t{1} << 52));
}

}  // namespace

uint64_t exact_double_bits(const char* digits, size_t count, int64_t exponent) {
    LEAT_CHECK(count > 0 && count <= exact_digits_max + 1);
    LEAT_CHECK(digits[0] != '0');
    const int64_t point = static_cast<int64_t>(count) + exponent;
    if (point > 310) return uint64_t{0x7FF} << 52;
    if (point < -330) return 0;
    BigNumber over(static_cast<uint32_t>(digits[0] - '0'));
    for (size_t i = 1; i < count; ++i) {
        over.multiply_add(10, static_cast<uint32_t>(digits[i] - '0'));
    }
    BigNumber under(1);
    if (exponent >= 0) {
        over.multiply_power_of_ten(static_cast<uint32_t>(exponent));
    } else {
        under.multiply_power_of_ten(static_cast<uint32_t>(-exponent));
    }
    // Bring the ratio between 1/2 and 2.
    const int32_t shift =
        static_cast<int32_t>(under.bit_length()) - static_cast<int32_t>(over.bit_length());
    if (shift > 0) over.shift_left(static_cast<uint32_t>(shift));
    if (shift < 0) under.shift_left(static_cast<uint32_t>(-shift));
    uint64_t quotient = divide(&over, under, 64);
    int32_t binary = -shift;
    if ((quotient >> 63) == 0) {  // the bit that enters below is part of the rest
        quotient <<= 1;
        --binary;
    }
    return round_to_double(quotient, binary, !over.zero());
}

ExactDecimal exact_decimal(double value, uint32_t digit_count) {
    LEAT_CHECK(value > 0 && value - value == 0);
    LEAT_CHECK(digit_count >= 1 && digit_count <= 17);
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    const int32_t field = static_cast<int32_t>(bits >> 52);
    const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
    const uint64_t significand = field == 0 ? fraction : fraction | (uint64_t{1} << 52);
    const int32_t binary = field == 0 ? -1074 : field - 1075;
    uint64_t limit = 1;
    for (uint32_t i = 0; i < digit_count; ++i) limit *= 10;

    // log10 from the binary exponent: right, or one or two too small or large; tried until it fits.
    const int32_t top = binary + 63 - __builtin_clzll(significand);
    int32_t exponent = top * 30103 / 100000 - static_cast<int32_t>(digit_count) + 1;
    for (uint32_t tries = 0; tries < 8; ++tries) {
        BigNumber over(significand);
        BigNumber under(1);
        if (exponent < 0) over.multiply_power_of_ten(static_cast<uint32_t>(-exponent));
        if (exponent > 0) under.multiply_power_of_ten(static_cast<uint32_t>(exponent));
        if (binary > 0) over.shift_left(static_cast<uint32_t>(binary));
        if (binary < 0) under.shift_left(static_cast<uint32_t>(-binary));
        const int32_t gap =
            static_cast<int32_t>(over.bit_length()) - static_cast<int32_t>(under.bit_length());
        if (gap < 0 || gap > 62) {
            exponent += gap < 0 ? -1 : 1;
            continue;
        }
        under.shift_left(static_cast<uint32_t>(gap));
        uint64_t digits = divide(&over, under, static_cast<uint32_t>(gap) + 1);
        if (digits < limit / 10 || digits >= limit) {  // judged before rounding can carry
            exponent += digits >= limit ? 1 : -1;
            continue;
        }
        const int half = over.compare(under);  // over is twice the remainder
        if (half > 0 || (half == 0 && (digits & 1) != 0)) ++digits;
        return digits < limit ? ExactDecimal{digits, exponent}
                              : ExactDecimal{limit / 10, exponent + 1};
    }
    LEAT_CHECK(false);
    return ExactDecimal{0, 0};
}

}  // namespace leat
