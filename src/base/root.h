// base/root.h: the square root, without the mathematics library, which plain C programs do not link.
// Heron's rule; the same bits on every machine and with every compiler.
// Depends on base/check.h only. Pure. Invariant: the result's error is a few units in the last place.
#pragma once

#include <stdint.h>

#include <bit>

#include "base/check.h"

namespace leat {

inline double square_root(double value) {
    LEAT_CHECK(value >= 0);
    if (value < 1e-300) return 0;
    // value = rest * 4^half, rest in [1, 4), where few rounds do: only the exponent changes (IEEE 754).
    constexpr int bias = 1023;
    constexpr int fraction_bits = 52;
    const uint64_t bits = std::bit_cast<uint64_t>(value);
    const int exponent = static_cast<int>(bits >> fraction_bits) - bias;
    if (exponent > bias) return value;  // infinity
    const int half = exponent >> 1;
    const auto power = [](int n) { return static_cast<uint64_t>(n + bias) << fraction_bits; };
    const uint64_t fraction = bits & ((UINT64_C(1) << fraction_bits) - 1);
    const double rest = std::bit_cast<double>(fraction | power(exponent - 2 * half));
    double root = (1 + rest) / 2;
    for (int round = 0; round < 6; ++round) root = (root + rest / root) / 2;
    return root * std::bit_cast<double>(power(half));
}

}  // namespace leat
