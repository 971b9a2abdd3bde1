// base/mutant.h: faults planted on purpose, to see that the tests find them (tests/sim/swarm). In
// every normal build LEAT_MUTANT_IF(n) is the constant false, and there is no global.
// Depends on nothing. Invariant: only a build with LEAT_MUTANTS has mutants, and one chosen at most.
#pragma once

#include <stdint.h>

namespace leat {

#ifdef LEAT_MUTANTS

inline uint32_t chosen_mutant = 0;

inline bool choose_mutant(uint32_t number) {
    chosen_mutant = number;
    return true;
}

#define LEAT_MUTANT_IF(number) (::leat::chosen_mutant == (number))

#else

// True when there is nothing to choose.
inline bool choose_mutant(uint32_t number) { return number == 0; }

constexpr bool no_mutant(uint32_t) { return false; }
#define LEAT_MUTANT_IF(number) (::leat::no_mutant(number))

#endif

}  // namespace leat
