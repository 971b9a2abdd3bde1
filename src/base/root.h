// base/root.h: the square root, without the mathematics library, which plain C programs do not link.
// Heron's rule; the same bits on every machine and with every compiler.
// Depends on base/check.h only. Pure. Invariant: the result's error is a few units in the last place.
#pragma once

#include "base/check.h"

namespace leat {

inline double square_root(double value) {
    LEAT_CHECK(value >= 0);
    if (value < 1e-300) return 0;
    // Powers of four out, so that the rest is near 1 and few rounds do.
    double scale = 1;
    for (int n = 0; n < 1100 && value >= 4; ++n) {
        value /= 4;
        scale *= 2;
    }
    for (int n = 0; n < 1100 && value < 1; ++n) {
        value *= 4;
        scale /= 2;
    }
    double root = (1 + value) / 2;
    for (int round = 0; round < 6; ++round) root = (root + value / root) / 2;
    return root * scale;
}

}  // namespace leat
