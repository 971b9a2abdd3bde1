// meter/estimate_text.h: how many tokens a text may have, without a tokenizer's tables. Pure functions
// over bytes; depends on base.
// Invariant: any bytes have an estimate, at most three tokens a byte, in time linear in their number.
#pragma once

#include <stdint.h>

#include "base/bytes.h"

namespace leat {

// By scripts: the text is cut into pieces as tokenizers of the o200k kind do (a word with what stands
// before it, up to three digits, signs, blanks), and each piece costs what such pieces cost on average.
uint64_t estimate_by_scripts(Text t);

// A token for 4 characters, rounded down, at least 1 (M7).
uint64_t estimate_by_quarters(Text t);
uint64_t quarter_of(uint64_t characters);

}  // namespace leat
